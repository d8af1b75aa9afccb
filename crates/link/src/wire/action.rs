//! Actions on calls as they travel: the word stands in the address, the rest in the body.

use calls::{
    Ability, Action, CallId, CommandId, Target,
    number::{DialNumber, Dialable},
};
use serde::{Deserialize, Serialize};

use crate::error::{OfficeError, OfficeErrorKind};

/// Asks for something to be done with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActOnCall {
    /// Identity of the request: it acts once.
    pub command: CommandId,
    /// Which call.
    pub call: CallId,
    /// What.
    pub action: Action,
}

/// What the body of an action holds: the command, and what this action takes. What it does not take is refused, for it
/// might have meant another action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActionBody {
    command: CommandId,
    /// A number, or the id of a call of the same connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// The same, of who joins a talk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    with: Option<String>,
    /// The number as a desk's person was shown it: nothing reads it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<DialNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attended: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digits: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on: Option<bool>,
}

impl ActionBody {
    fn of(command: CommandId) -> Self {
        Self { command, to: None, with: None, number: None, attended: None, digits: None, on: None }
    }

    /// Which action this is, by the word in its address.
    pub fn read(mut self, word: &str) -> Result<Action, OfficeError> {
        let action = match word {
            "answer" => Action::Answer,
            "hangup" => Action::Hangup,
            "hold" => Action::Hold,
            "retrieve" => Action::Retrieve,
            "pickup" => Action::Pickup,
            "transfer" => Action::Transfer { to: self.target("to")?, attended: self.attended.take().unwrap_or(false) },
            "conference" => Action::Conference { with: self.target("with")? },
            "dtmf" => Action::Dtmf { digits: given("digits", self.digits.take())? },
            "record" => Action::Record { on: given("on", self.on.take())? },
            "route" => match self.target("to")? {
                Target::Number(to) => Action::Route { to },
                Target::Call(_) => return Err(OfficeError::invalid("to", "a call is routed to a number")),
            },
            _ => return Err(OfficeError::new(OfficeErrorKind::NotFound, "there is no such command on calls")),
        };
        let left = [
            ("to", self.to.is_some()),
            ("with", self.with.is_some()),
            ("number", self.number.is_some()),
            ("attended", self.attended.is_some()),
            ("digits", self.digits.is_some()),
            ("on", self.on.is_some()),
        ];
        match left.into_iter().find(|(_, is_left)| *is_left) {
            Some((field, _)) => Err(OfficeError::invalid(field, format!("{word} takes no such field"))),
            None => Ok(action),
        }
    }

    /// What the action of this word takes of a connection; `None` where no action is called so.
    pub fn ability(&self, word: &str) -> Option<Ability> {
        Some(match word {
            "answer" => Ability::Answer,
            "hangup" => Ability::Hangup,
            "hold" => Ability::Hold,
            "retrieve" => Ability::Retrieve,
            "pickup" => Ability::Pickup,
            "transfer" if self.attended == Some(true) => Ability::TransferAttended,
            "transfer" => Ability::TransferBlind,
            "conference" => Ability::Conference,
            "dtmf" => Ability::Dtmf,
            "record" if self.on == Some(false) => Ability::RecordOff,
            "record" => Ability::RecordOn,
            "route" => Ability::Route,
            _ => return None,
        })
    }

    /// Its command.
    pub fn command(&self) -> CommandId {
        self.command
    }

    fn target(&mut self, field: &'static str) -> Result<Target, OfficeError> {
        let named = if field == "with" { self.with.take() } else { self.to.take() };
        let text = given(field, named)?;
        match self.number.take() {
            Some(number) if number.digits == text => Ok(Target::Number(number)),
            Some(_) => Err(OfficeError::invalid("number", format!("its digits must be the same as in \"{field}\""))),
            // No number has so many digits, and nothing else in it.
            None => match text.parse() {
                Ok(call) => Ok(Target::Call(call)),
                Err(_) => Dialable::read_to_send(&text)
                    .map(Target::Number)
                    .map_err(|error| OfficeError::invalid(field, error.to_string())),
            },
        }
    }
}

impl From<&ActOnCall> for ActionBody {
    fn from(request: &ActOnCall) -> Self {
        let body = Self::of(request.command);
        match &request.action {
            Action::Answer | Action::Hangup | Action::Hold | Action::Retrieve | Action::Pickup => body,
            Action::Transfer { to, attended } => {
                let (to, number) = written(to);
                Self { to: Some(to), number, attended: Some(*attended), ..body }
            }
            Action::Conference { with } => {
                let (with, number) = written(with);
                Self { with: Some(with), number, ..body }
            }
            Action::Dtmf { digits } => Self { digits: Some(digits.clone()), ..body },
            Action::Record { on } => Self { on: Some(*on), ..body },
            Action::Route { to } => Self { to: Some(to.digits.clone()), number: Some(to.clone()), ..body },
        }
    }
}

fn written(target: &Target) -> (String, Option<DialNumber>) {
    match target {
        Target::Number(number) => (number.digits.clone(), Some(number.clone())),
        Target::Call(call) => (call.as_str().to_owned(), None),
    }
}

fn given<T>(field: &'static str, value: Option<T>) -> Result<T, OfficeError> {
    value.ok_or_else(|| OfficeError::invalid(field, "it is missing"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn read(word: &str, rest: serde_json::Value) -> Result<Action, Option<&'static str>> {
        let mut body = json!({"command": Uuid::nil()});
        body.as_object_mut().expect("an object").extend(rest.as_object().cloned().unwrap_or_default());
        let body: ActionBody = serde_json::from_value(body).map_err(|_| None)?;
        body.read(word).map_err(|error| error.field)
    }

    fn number(text: &str) -> DialNumber {
        Dialable::read(text).expect("a number").number
    }

    #[test]
    fn every_action_comes_out_as_it_went_in() {
        let call: CallId = "abcdefghijklmnopqrstuvwxyz".parse().expect("an id");
        let (colleague, outside) = (number("203"), number("+74951234567"));
        for action in [
            Action::Answer,
            Action::Hangup,
            Action::Hold,
            Action::Retrieve,
            Action::Pickup,
            Action::Transfer { to: Target::Number(colleague.clone()), attended: false },
            Action::Transfer { to: Target::Call(call.clone()), attended: true },
            Action::Conference { with: Target::Number(outside) },
            Action::Dtmf { digits: "1*2#".to_owned() },
            Action::Record { on: false },
            Action::Route { to: colleague },
        ] {
            let request = ActOnCall { command: CommandId(Uuid::nil()), call: call.clone(), action };
            let body = serde_json::to_value(ActionBody::from(&request)).expect("JSON");
            let back: ActionBody = serde_json::from_value(body).expect("the same shape");
            assert_eq!(back.ability(request.action.name()), Some(request.action.ability()));
            assert_eq!(back.read(request.action.name()), Ok(request.action));
        }
    }

    #[test]
    fn a_script_names_a_number_or_a_call() {
        let to = |text: &str| read("transfer", json!({"to": text}));
        let blind = |to| Ok(Action::Transfer { to, attended: false });
        assert_eq!(to("8 (495) 123-45-67"), blind(Target::Number(number("+74951234567"))));
        let call = "abcdefghijklmnopqrstuvwx23";
        assert_eq!(to(call), blind(Target::Call(call.parse().expect("an id"))));
        assert_eq!(read("route", json!({"to": call})), Err(Some("to")));
    }

    #[test]
    fn what_an_action_does_not_take_or_lacks_is_refused_by_its_name() {
        for (word, body, field) in [
            ("hangup", json!({"to": "203"}), Some("to")),
            ("hold", json!({"attended": true}), Some("attended")),
            ("transfer", json!({}), Some("to")),
            ("transfer", json!({"to": "203", "on": true}), Some("on")),
            ("transfer", json!({"to": "203", "number": number("204")}), Some("number")),
            ("transfer", json!({"to": "nobody"}), Some("to")),
            ("conference", json!({"to": "203"}), Some("with")),
            ("dtmf", json!({}), Some("digits")),
            ("record", json!({}), Some("on")),
            ("answer", json!({"loudly": true}), None),
            ("record", json!({"on": "yes"}), None),
        ] {
            assert_eq!(read(word, body.clone()), Err(field), "{word} {body}");
        }
        assert_eq!(read("sing", json!({})), Err(None));
    }
}
