//! Settings of one connection.

use std::{fmt, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::sign;
use crate::{config_error::ConfigError, make::ConnectionConfig, party::is_digits};

/// The service admits the same request about once in this time. Its table of limits is lost; its announcement says so of
/// changes to a user.
const USUAL_INTERVAL: Duration = Duration::from_secs(60);
/// The longest that may be set.
const LONGEST_INTERVAL: u64 = 3600;

/// One connection's settings.
pub(super) struct Settings {
    pub(super) base: Url,
    pub(super) key: SecretString,
    /// What travels in place of the password, and is as good as it.
    pub(super) hash: SecretString,
    /// The number of the account: what stands before the key's underscore.
    pub(super) account: String,
    /// How often the same may be asked.
    pub(super) interval: Duration,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("account", &self.account).finish_non_exhaustive()
    }
}

impl Settings {
    pub(super) fn read(config: &ConnectionConfig) -> Result<Self, ConfigError> {
        let (key, password) = (config.secret("api_key")?, config.secret("password")?);
        let account = account(key.expose_secret()).ok_or_else(|| ConfigError::MalformedSecret {
            connection: config.id.clone(),
            name: "api_key",
            expected: "the account's number, an underscore and the rest, such as 12345_abc",
        })?;
        let account = account.to_owned();
        let hash = sign::hash(&key, &password);
        let mut settings = Self { base: config.base()?, key, hash, account, interval: USUAL_INTERVAL };
        for (name, value) in &config.overrides {
            settings.interval = match value.parse::<u64>() {
                Ok(seconds) if (1..=LONGEST_INTERVAL).contains(&seconds) => Duration::from_secs(seconds),
                Ok(_) | Err(_) => return Err(config.bad_override(name, "must be a number of seconds, 1 to 3600")),
            };
        }
        Ok(settings)
    }

    /// A text of the service as it may be shown: without what is secret here, should it repeat that.
    pub(super) fn without_secrets(&self, text: &str) -> String {
        let secrets = [&self.key, &self.hash].map(ExposeSecret::expose_secret);
        secrets.into_iter().fold(text.to_owned(), |text, secret| text.replace(secret, "•••"))
    }
}

/// The number of the account that the key belongs to.
fn account(key: &str) -> Option<&str> {
    let (account, rest) = key.split_once('_')?;
    (is_digits(account) && !rest.is_empty()).then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_begins_with_the_number_of_its_account() {
        assert_eq!(account("12345_abcdef"), Some("12345"));
        assert_eq!(account("10_a_b"), Some("10"));
        for bad in ["12345", "12345_", "_abc", "x_abc", "-1_abc", "", "1.5_a", " 1_a"] {
            assert_eq!(account(bad), None, "{bad}");
        }
    }
}
