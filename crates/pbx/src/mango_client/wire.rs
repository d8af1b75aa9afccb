//! The wire, ASSUMED throughout: the vendor's introduction names paths, states and codes but no field.
//!
//! Everything here can be overridden by the names in [`Wire::set`]; `docs/makes/mango-client.md` lists them with
//! what is documented and what is not.

/// Success.
pub(super) const DONE: i64 = 0;
/// Nothing more is left of what was missed.
pub(super) const NOTHING_LEFT: i64 = 109;
/// The user is not one of the integration's yet.
pub(super) const NO_SUCH_OBJECT: i64 = 3300;
/// The token is wrong.
pub(super) const WRONG_KEY: i64 = 3105;

/// Paths and names that configuration may replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wire {
    pub(super) users_create: String,
    pub(super) channel: String,
    pub(super) register: String,
    pub(super) unregister: String,
    pub(super) ping: String,
    pub(super) callback: String,
    /// The header that carries the token.
    pub(super) token_header: String,
    /// What stands before the token, a blank included.
    pub(super) token_prefix: String,
    /// The field of `callback` that carries the number.
    pub(super) destination: String,
    /// Missed events asked for at a time.
    pub(super) limit: u32,
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            users_create: "/v1/users/create".to_owned(),
            channel: "/v1/channel/".to_owned(),
            register: "/v1/session/register".to_owned(),
            unregister: "/v1/session/unregister/".to_owned(),
            ping: "/session/ping".to_owned(),
            callback: "/v1/callback".to_owned(),
            token_header: "authorization".to_owned(),
            token_prefix: "Bearer ".to_owned(),
            destination: "DESTINATION_NUMBER".to_owned(),
            limit: 100,
        }
    }
}

impl Wire {
    /// Replaces a part by its name, or says why not.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<(), &'static str> {
        let place = match name {
            "path.users_create" => &mut self.users_create,
            "path.channel" => &mut self.channel,
            "path.register" => &mut self.register,
            "path.unregister" => &mut self.unregister,
            "path.ping" => &mut self.ping,
            "path.callback" => &mut self.callback,
            "token_header" => &mut self.token_header,
            "token_prefix" => &mut self.token_prefix,
            "destination" => &mut self.destination,
            "limit" => {
                self.limit = value
                    .parse()
                    .ok()
                    .filter(|limit| (1..=1000).contains(limit))
                    .ok_or("must be a number from 1 to 1000")?;
                return Ok(());
            }
            _ => {
                return Err("is not known; mango-client knows path.users_create, path.channel, path.register, \
                            path.unregister, path.ping, path.callback, token_header, token_prefix, destination and limit");
            }
        };
        if name.starts_with("path.") && !value.starts_with('/') {
            return Err("must begin with a slash");
        }
        if name == "token_header" && http::HeaderName::try_from(value).is_err() {
            return Err("must be the name of an HTTP header");
        }
        value.clone_into(place);
        Ok(())
    }
}

/// A call's state, however it is spelt: `ON_HOLD`, `OnHold`, and the introduction's own `DISONNECTED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Appeared,
    Connected,
    OnHold,
    Disconnected,
}

impl State {
    pub(super) fn read(raw: &str) -> Option<Self> {
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
