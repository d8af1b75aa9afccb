//! Words of a later version, read as the nearest word of this one: a call is shown rather than lost.

use calls::{CallResult, CallState, LegState};
use serde::{Deserialize, Deserializer, de::IgnoredAny};

/// A word that is known, or any other value.
#[derive(Deserialize)]
#[serde(untagged)]
enum KnownOrOther<T> {
    Known(T),
    Other(IgnoredAny),
}

fn read<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D, or: impl FnOnce() -> T) -> Result<T, D::Error> {
    Ok(match KnownOrOther::deserialize(from)? {
        KnownOrOther::Known(known) => known,
        KnownOrOther::Other(IgnoredAny) => or(),
    })
}

/// What is not known is not said, or is what the type takes for the least.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    read(from, T::default)
}

/// Of a list what is known.
pub(crate) fn known<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    let words: Vec<KnownOrOther<T>> = read(from, Vec::new)?;
    Ok(words
        .into_iter()
        .filter_map(|word| if let KnownOrOther::Known(known) = word { Some(known) } else { None })
        .collect())
}

/// Known, and nothing more of it.
pub(crate) fn call_state<'de, D: Deserializer<'de>>(from: D) -> Result<CallState, D::Error> {
    read(from, || CallState::New)
}

/// Asked for, and nothing more of it.
pub(crate) fn leg_state<'de, D: Deserializer<'de>>(from: D) -> Result<LegState, D::Error> {
    read(from, || LegState::Initiated)
}

/// It went somehow.
pub(crate) fn result<'de, D: Deserializer<'de>>(from: D) -> Result<Option<CallResult>, D::Error> {
    read(from, || Some(CallResult::Unknown))
}

#[cfg(test)]
mod tests {
    use calls::{Direction, EndCause};
    use serde_json::{Value, json};

    use super::*;
    use crate::wire::{Call, ConnectionState, ConnectionView, ConnectionWarning, DownCause, RecordingState};

    fn call(state: Value, result: Value) -> Value {
        json!({
            "id": calls::CallId::of_vendor(&"rt1".parse().expect("valid"), "1"), "connection": "rt1",
            "state": state, "direction": "sideways", "customer": {}, "line": {}, "startedAt": "2026-03-01T09:00:00Z",
            "legs": [{"role": "agent", "state": "levitating", "endCause": "bored"}],
            "result": result, "ringsForMe": false,
            "recordings": [{"id": calls::RecordingId::of(
                &calls::CallId::of_vendor(&"rt1".parse().expect("valid"), "1"), "r"), "state": "frozen"}],
        })
    }

    #[test]
    fn a_call_with_words_of_a_later_version_is_shown() {
        let read: Call = serde_json::from_value(call("levitating".into(), "charmed".into())).expect("a call");
        assert_eq!((read.state, read.direction), (CallState::New, Direction::Unknown));
        assert_eq!((read.legs[0].state, read.legs[0].end_cause), (LegState::Initiated, EndCause::default()));
        assert_eq!((read.result, read.recordings[0].state), (Some(CallResult::Unknown), RecordingState::Preparing));
    }

    #[test]
    fn words_that_are_known_mean_what_they_say() {
        let read: Call = serde_json::from_value(call("ended".into(), "missed".into())).expect("a call");
        assert_eq!((read.state, read.result), (CallState::Ended, Some(CallResult::Missed)));
        let read: Call = serde_json::from_value(call("ringing".into(), Value::Null)).expect("a call");
        assert_eq!((read.state, read.result), (CallState::Ringing, None));
    }

    #[test]
    fn a_connection_with_words_of_a_later_version_is_shown() {
        let view = |state: &str, cause: &str| -> ConnectionView {
            let view = json!({"id": "rt1", "make": "rostelecom", "state": state, "cause": cause, "capability": {}});
            serde_json::from_value(view).expect("a connection")
        };
        let strange = view("asleep", "tired");
        assert_eq!((strange.state, strange.cause), (ConnectionState::Connecting, None));
        let known = view("down", "storage");
        assert_eq!((known.state, known.cause), (ConnectionState::Down, Some(DownCause::Storage)));
        let warned = json!({"id": "rt1", "make": "rostelecom", "state": "live", "capability": {},
                            "warnings": ["tooQuiet", "wrongZone", {"hours": 3}]});
        let warned: ConnectionView = serde_json::from_value(warned).expect("a connection");
        assert_eq!(warned.warnings, [ConnectionWarning::WrongZone]);
    }
}
