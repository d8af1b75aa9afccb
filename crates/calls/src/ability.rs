//! What a PBX can do for whoever asks, and why not where it cannot.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::IntoDeserializer};
use serde_json::Value;
use ts_rs::TS;

/// Something that a connection may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Ability {
    /// Click-to-dial: ring us, then them.
    Originate,
    /// Click-to-dial that rings them first.
    CustomerFirst,
    /// Ring a group and the customer.
    GroupCallback,
    /// Take a ringing call.
    Answer,
    /// End a call.
    Hangup,
    /// Put a call on hold.
    Hold,
    /// Take a call off hold.
    Retrieve,
    /// Send a call on without asking there.
    TransferBlind,
    /// Send a call on after asking there.
    TransferAttended,
    /// Take a call that rings at a colleague's.
    Pickup,
    /// Talk of three and more.
    Conference,
    /// Press digits in a call.
    Dtmf,
    /// Begin to record a call.
    RecordOn,
    /// Stop recording a call.
    RecordOff,
    /// Send a waiting call to a person.
    Route,
    /// Fetch recordings.
    Recordings,
    /// Read finished calls.
    History,
    /// Tell what is left on the account.
    Balance,
    /// Send a text message.
    Sms,
    /// Tell whether a phone is registered.
    Status,
    /// List the office's people.
    Directory,
}

impl Ability {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 21] = [
        Self::Originate,
        Self::CustomerFirst,
        Self::GroupCallback,
        Self::Answer,
        Self::Hangup,
        Self::Hold,
        Self::Retrieve,
        Self::TransferBlind,
        Self::TransferAttended,
        Self::Pickup,
        Self::Conference,
        Self::Dtmf,
        Self::RecordOn,
        Self::RecordOff,
        Self::Route,
        Self::Recordings,
        Self::History,
        Self::Balance,
        Self::Sms,
        Self::Status,
        Self::Directory,
    ];

    /// In words, to follow "cannot".
    pub fn words(self) -> &'static str {
        match self {
            Self::Originate => "place calls",
            Self::CustomerFirst => "ring the customer first",
            Self::GroupCallback => "call back for a group",
            Self::Answer => "answer a call",
            Self::Hangup => "end a call",
            Self::Hold => "put a call on hold",
            Self::Retrieve => "take a call off hold",
            Self::TransferBlind => "transfer a call",
            Self::TransferAttended => "transfer a call after asking",
            Self::Pickup => "pick up a colleague's call",
            Self::Conference => "add somebody to a talk",
            Self::Dtmf => "press digits in a call",
            Self::RecordOn => "start recording a call",
            Self::RecordOff => "stop recording a call",
            Self::Route => "send a waiting call to a person",
            Self::Recordings => "give recordings",
            Self::History => "list finished calls",
            Self::Balance => "tell the balance",
            Self::Sms => "send text messages",
            Self::Status => "tell whether a phone is registered",
            Self::Directory => "list the office's people",
        }
    }
}

/// Why a connection cannot do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Cannot {
    /// Its interface has no such command.
    #[default]
    NotOffered,
    /// It is done on the phone.
    OnPhone,
    /// The key or the person of the connection has no right to it.
    NoRight,
    /// People with another role in the office do it.
    OtherRole,
}

impl Cannot {
    /// One sentence for a program's user.
    pub fn sentence(self, ability: Ability) -> String {
        let what = ability.words();
        match self {
            Self::NotOffered => format!("this PBX cannot {what} for a program"),
            Self::OnPhone => format!("this PBX cannot {what} for a program: do it on the phone"),
            Self::NoRight => format!("the key of this connection has no right to {what}"),
            Self::OtherRole => format!("a manager or an admin may {what}, an agent may not"),
        }
    }
}

/// Whether a connection can do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Can {
    /// It can.
    Yes,
    /// It cannot, for this reason.
    No(Cannot),
}

/// What a connection can do, and why not the rest. Over the wire: each ability by its name as true or false, and under
/// `why` the reason of each that is false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Abilities([Can; Ability::ALL.len()]);

impl Default for Abilities {
    fn default() -> Self {
        Self::NONE
    }
}

impl Abilities {
    /// Nothing.
    pub const NONE: Self = Self([Can::No(Cannot::NotOffered); Ability::ALL.len()]);

    /// These as well.
    #[must_use]
    pub const fn with(self, abilities: &[Ability]) -> Self {
        self.set(abilities, Can::Yes)
    }

    /// Not these, for this reason.
    #[must_use]
    pub const fn without(self, abilities: &[Ability], why: Cannot) -> Self {
        self.set(abilities, Can::No(why))
    }

    /// Whether it can do this.
    pub const fn of(&self, ability: Ability) -> Can {
        self.0[ability as usize]
    }

    /// Whether it can do this, the reason aside.
    pub const fn can(&self, ability: Ability) -> bool {
        matches!(self.of(ability), Can::Yes)
    }

    const fn set(mut self, abilities: &[Ability], can: Can) -> Self {
        let mut place = 0;
        while place < abilities.len() {
            self.0[abilities[place] as usize] = can;
            place += 1;
        }
        self
    }
}

/// How it travels. A later version may have other abilities and other reasons.
#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(flatten)]
    can: BTreeMap<String, Value>,
    #[serde(default)]
    why: BTreeMap<String, Value>,
}

impl From<Abilities> for Written {
    fn from(abilities: Abilities) -> Self {
        let named = |ability: Ability| serde_json::to_value(ability).ok()?.as_str().map(str::to_owned);
        let can = |ability| Some((named(ability)?, Value::Bool(abilities.can(ability))));
        let why = |ability| match abilities.of(ability) {
            Can::Yes => None,
            Can::No(why) => Some((named(ability)?, serde_json::to_value(why).ok()?)),
        };
        Self {
            can: Ability::ALL.into_iter().filter_map(can).collect(),
            why: Ability::ALL.into_iter().filter_map(why).collect(),
        }
    }
}

impl From<Written> for Abilities {
    fn from(written: Written) -> Self {
        let mut abilities = Self::NONE;
        for (name, can) in &written.can {
            let Some(ability) = ability(name) else { continue };
            let why = || written.why.get(name).and_then(|why| Cannot::deserialize(why).ok()).unwrap_or_default();
            let can = if *can == Value::Bool(true) { Can::Yes } else { Can::No(why()) };
            abilities = abilities.set(&[ability], can);
        }
        abilities
    }
}

fn ability(name: &str) -> Option<Ability> {
    let name: serde::de::value::StrDeserializer<'_, serde::de::value::Error> = name.into_deserializer();
    Ability::deserialize(name).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_ability_has_a_place_of_its_own() {
        for (place, ability) in Ability::ALL.into_iter().enumerate() {
            assert_eq!(ability as usize, place);
            assert!(Abilities::NONE.with(&[ability]).can(ability));
        }
    }

    #[test]
    fn abilities_travel_with_the_reason_of_each_no() {
        let abilities = Abilities::NONE.with(&[Ability::Hold]).without(&[Ability::Hangup], Cannot::OnPhone);
        let written = serde_json::to_value(abilities).expect("JSON");
        assert_eq!((&written["hold"], &written["why"]["hold"]), (&json!(true), &Value::Null));
        assert_eq!((&written["hangup"], &written["why"]["hangup"]), (&json!(false), &json!("onPhone")));
        assert_eq!(written["why"]["answer"], "notOffered");
        assert_eq!(serde_json::from_value::<Abilities>(written).expect("the same shape"), abilities);
    }

    #[test]
    fn what_another_version_says_or_leaves_out_is_borne() {
        let read = |text: &str| serde_json::from_str::<Abilities>(text).expect("abilities");
        let older = read(r#"{"originate":true,"answer":false}"#);
        assert!(older.can(Ability::Originate));
        assert_eq!(older.of(Ability::Answer), Can::No(Cannot::NotOffered));
        let later = read(r#"{"hologram":true,"hangup":false,"answer":"soon","why":{"hangup":"badMood","hologram":1}}"#);
        assert_eq!(later, Abilities::NONE);
    }
}
