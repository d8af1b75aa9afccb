//! What a wizard is told of makes, and of the steps of a check: the same at a desk's own office and at a gateway.

use std::time::Duration;

use calls::Ability;
use link::wire::{
    CheckField, CheckFinding, CheckOutcome, CheckStep, KeyField, KeyKind, MakeCard, MakeRecordings, MakeView,
    PhoneChoice, Phones, Titles,
};
use pbx::{CardOnRing, CheckReason, Driver, Make, Query, Reply, Text, TrialOutcome, TrialReason, TrialStep};

/// Longest wait for a list of phones: a person can type his own.
const LIST_WITHIN: Duration = Duration::from_secs(20);

/// What can be done with a call, in the order in which it is told.
const CONTROL: [Ability; 10] = [
    Ability::Originate,
    Ability::Answer,
    Ability::Hangup,
    Ability::Hold,
    Ability::TransferBlind,
    Ability::TransferAttended,
    Ability::Pickup,
    Ability::Conference,
    Ability::Dtmf,
    Ability::RecordOn,
];

/// A text in both languages.
pub fn titles(text: Text) -> Titles {
    Titles { ru: text.ru.to_owned(), en: text.en.to_owned() }
}

/// A make, as its own description says what it can do for an office that its PBX can post to, or cannot.
pub fn make_view(make: Make, has_address: bool) -> MakeView {
    let capability = &make.capability;
    let needs_address = make.delivery.needs_public_address();
    let card = match (needs_address && !has_address, capability.card_on_ring) {
        (true, _) | (false, CardOnRing::None) => MakeCard::Afterwards,
        (false, CardOnRing::Live) => MakeCard::Live,
        (false, CardOnRing::Late) => MakeCard::Late,
    };
    let recordings = match capability.can(Ability::Recordings) {
        false => MakeRecordings::No,
        true if capability.recording_link_once => MakeRecordings::ByLinkOnce,
        true => MakeRecordings::Yes,
    };
    // Only of calls that are known while they go on can anything but "call" be asked.
    let is_known = matches!(card, MakeCard::Live | MakeCard::Late);
    let control = CONTROL.into_iter().filter(|ability| capability.can(*ability));
    MakeView {
        make: make.name.to_owned(),
        title: titles(make.title),
        interface: make.interface.map(titles),
        card,
        recordings,
        control: control.filter(|ability| is_known || *ability == Ability::Originate).collect(),
        needs_address,
        first: titles(make.first),
        hook: make.hook.map(titles),
        key_acts_for: titles(make.key_acts_for),
        key_acts_for_all: capability.key_acts_for_all,
        keys: make
            .secrets
            .iter()
            .map(|secret| KeyField {
                name: secret.name.to_owned(),
                title: Some(titles(secret.title)),
                found: titles(secret.found),
                given: secret.given.map(titles),
            })
            .collect(),
        kinds: make
            .kinds
            .iter()
            .map(|kind| KeyKind {
                kind: kind.value.to_owned(),
                title: titles(kind.title),
                acts_for_all: kind.acts_for_all,
            })
            .collect(),
        address: (!make.base_url.is_empty()).then(|| make.base_url.to_owned()),
        // One that tells its zone itself is believed, and where there is one zone nothing is to be chosen.
        zones: match make.zones {
            zones @ [_, _, ..] if !capability.tells_zone => zones.iter().map(|zone| (*zone).to_owned()).collect(),
            _ => Vec::new(),
        },
        lists_phones: capability.can(Ability::Directory),
    }
}

/// The phones that a PBX lists; an error is a sentence.
pub(crate) async fn list_phones(driver: &Driver) -> Result<Phones, String> {
    let phone = |user: pbx::AccountUser| Some(PhoneChoice { phone: user.extension?, name: user.title });
    match tokio::time::timeout(LIST_WITHIN, driver.query(&Query::Users)).await {
        Ok(Ok(Reply::Users(users))) => Ok(Phones { phones: users.into_iter().filter_map(phone).collect() }),
        Ok(Ok(_)) => Ok(Phones { phones: Vec::new() }),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the PBX takes its time; type the phone".to_owned()),
    }
}

/// The step of a check as a driver takes it.
pub fn trial_step(step: CheckStep) -> TrialStep {
    match step {
        CheckStep::Address => TrialStep::Address,
        CheckStep::Key => TrialStep::Key,
        CheckStep::Clock => TrialStep::Clock,
        CheckStep::Live => TrialStep::Live,
        CheckStep::History => TrialStep::History,
    }
}

/// The step of a check as it is told.
pub fn check_step(step: TrialStep) -> CheckStep {
    match step {
        TrialStep::Address => CheckStep::Address,
        TrialStep::Key => CheckStep::Key,
        TrialStep::Clock => CheckStep::Clock,
        TrialStep::Live => CheckStep::Live,
        TrialStep::History => CheckStep::History,
    }
}

/// What came of a step, as it is told.
pub fn check_outcome(step: CheckStep, outcome: TrialOutcome) -> CheckOutcome {
    CheckOutcome {
        ok: outcome.ok,
        took_ms: u32::try_from(outcome.took.as_millis()).unwrap_or(u32::MAX),
        finding: finding(outcome.reason),
        field: if outcome.ok { None } else { field(step, outcome.reason) },
        detail: outcome.detail,
    }
}

fn finding(reason: TrialReason) -> CheckFinding {
    match reason {
        TrialReason::Found(CheckReason::Works) => CheckFinding::Works,
        TrialReason::Found(CheckReason::WrongCredentials) => CheckFinding::WrongKey,
        TrialReason::Found(CheckReason::NotAdmitted) => CheckFinding::NotAdmitted,
        TrialReason::Found(CheckReason::Unreachable) => CheckFinding::Unreachable,
        TrialReason::Found(CheckReason::TimedOut) => CheckFinding::TimedOut,
        TrialReason::Found(CheckReason::NotTrusted) => CheckFinding::NotTrusted,
        TrialReason::Found(CheckReason::Busy) => CheckFinding::Busy,
        TrialReason::Found(CheckReason::NotThisPbx) => CheckFinding::NotThisPbx,
        TrialReason::Found(CheckReason::PbxFailed) => CheckFinding::PbxFailed,
        TrialReason::NoSuchPhone => CheckFinding::NoSuchPhone,
        TrialReason::ClockOff => CheckFinding::ClockOff,
        TrialReason::NoTimeTold => CheckFinding::NoTimeTold,
        TrialReason::TakesLong => CheckFinding::TakesLong,
    }
}

/// The field that mends what a step found; nothing where it is mended elsewhere, or by waiting.
fn field(step: CheckStep, reason: TrialReason) -> Option<CheckField> {
    match reason {
        TrialReason::NoSuchPhone => Some(CheckField::Phone),
        TrialReason::Found(CheckReason::WrongCredentials | CheckReason::NotAdmitted) => Some(CheckField::Keys),
        TrialReason::Found(CheckReason::Unreachable | CheckReason::TimedOut | CheckReason::NotTrusted) => {
            Some(CheckField::Address)
        }
        // What answers there with something else is another service, or another path of it.
        TrialReason::Found(CheckReason::NotThisPbx) if step != CheckStep::Live => Some(CheckField::Address),
        TrialReason::Found(
            CheckReason::Works | CheckReason::Busy | CheckReason::NotThisPbx | CheckReason::PbxFailed,
        )
        | TrialReason::ClockOff
        | TrialReason::NoTimeTold
        | TrialReason::TakesLong => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_token_acts_for_one_and_a_domains_for_all() {
        let view = make_view(pbx::era::MAKE, true);
        let kinds: Vec<(&str, bool)> = view.kinds.iter().map(|kind| (kind.kind.as_str(), kind.acts_for_all)).collect();
        assert_eq!(kinds, [("user", false), ("token", true)]);
        for kind in pbx::era::MAKE.kinds {
            let mut config = crate::testing::connection_config("e1", pbx::era::MAKE);
            config.overrides.insert(kind.name.to_owned(), kind.value.to_owned());
            let capability = pbx::build(&config).expect("a make").capability(pbx::era::MAKE.capability.clone());
            assert_eq!(
                capability.key_acts_for_all, kind.acts_for_all,
                "{}: as the running connection has it",
                kind.value
            );
        }
    }

    #[test]
    fn a_key_is_told_by_the_title_that_its_make_gives_it() {
        let keys = make_view(pbx::zadarma::MAKE, true).keys;
        let titles: Vec<_> = keys.iter().map(|key| key.title.as_ref().map(|title| title.en.as_str())).collect();
        assert_eq!(titles, [Some("Key"), Some("Secret key")]);
    }
}
