//! Makes this program known to a PBX that gives it a key for that.

use std::{sync::Arc, time::Duration};

use calls::Clock;
use secrecy::SecretString;

use super::{Driver, limit::Priority};
use crate::{
    config_error::ConfigError,
    error::{Error, ErrorKind},
    journal::NoJournal,
    make::ConnectionConfig,
};

/// How long the PBX may take to make what it was asked for.
const WITHIN: Duration = Duration::from_secs(20);

/// Why a PBX gave no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoKeyGiven {
    /// Nothing was made.
    #[error(transparent)]
    Refused(Error),
    /// There was no answer, or none that can be read: nobody knows whether something was made.
    #[error("{0}. The PBX may have made an integration all the same: look in the account pages")]
    Unknown(Error),
}

impl ConnectionConfig {
    /// The same, with something in the place of the key that the PBX is still to give. It is sent nowhere.
    #[must_use]
    pub fn without_given_key(mut self) -> Self {
        if let Some(secret) = self.make.given_secret() {
            self.secrets.insert(secret.name.to_owned(), SecretString::from("not given yet"));
        }
        self
    }

    /// A driver that asks for the key.
    pub fn introducing(self, clock: Arc<dyn Clock>) -> Result<Driver, ConfigError> {
        Driver::new(self.without_given_key(), Arc::new(NoJournal), clock)
    }
}

impl Driver {
    /// Makes this program known to the PBX under a name, and gives back the key that it got for that, within 20 seconds.
    /// Sent once: an answer that is lost may have made an integration.
    pub async fn introduce(&self, name: &str) -> Result<SecretString, NoKeyGiven> {
        let unsupported = || NoKeyGiven::Refused(Error::unsupported("give a program its key"));
        let request = self.pbx.introduce(name).ok_or_else(unsupported)?;
        let asked = tokio::time::timeout(WITHIN, self.exchange_once(&request, Priority::Command)).await;
        let late = || Error::new(ErrorKind::Timeout, format!("the PBX did not answer within {} s", WITHIN.as_secs()));
        let given = match asked {
            Ok(Ok(answer)) => self.pbx.read_introduction(&answer),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(late()),
        };
        given.map_err(|error| if is_unknown(&error) { NoKeyGiven::Unknown(error) } else { NoKeyGiven::Refused(error) })
    }
}

/// Whether something may have been made all the same.
fn is_unknown(error: &Error) -> bool {
    let is_unread = matches!(
        error.kind(),
        ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Internal | ErrorKind::Protocol | ErrorKind::TooLarge
    );
    is_unread && !error.unsent()
}
