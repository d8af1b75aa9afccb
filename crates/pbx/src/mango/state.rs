//! States of a leg.

/// A call's state, however it is spelt: `ON_HOLD`, `OnHold`, and the introduction's own `DISONNECTED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Appeared,
    Connected,
    OnHold,
    Disconnected,
}

impl State {
    pub(crate) fn read(raw: &str) -> Option<Self> {
        let word: String = raw.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
        Some(match word.as_str() {
            "APPEARED" => Self::Appeared,
            "CONNECTED" => Self::Connected,
            "ONHOLD" => Self::OnHold,
            "DISCONNECTED" | "DISONNECTED" | "DISCONNECT" => Self::Disconnected,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_however_they_are_spelt() {
        for raw in ["DISCONNECTED", "DISONNECTED", "DISCONNECT", " Disconnected "] {
            assert_eq!(State::read(raw), Some(State::Disconnected), "{raw}");
        }
        for raw in ["ON_HOLD", "OnHold", "ONHOLD", "on hold"] {
            assert_eq!(State::read(raw), Some(State::OnHold), "{raw}");
        }
        assert_eq!(State::read("Appeared"), Some(State::Appeared));
        assert_eq!(State::read("connected"), Some(State::Connected));
        assert_eq!(State::read("RINGING"), None);
    }
}
