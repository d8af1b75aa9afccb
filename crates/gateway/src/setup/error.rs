//! Why a change of the configuration was not made.

use link::OfficeError;

/// Why a change was not made. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupError {
    /// Something is wrong with a field. Never with a secret in it.
    #[error(transparent)]
    Invalid(#[from] OfficeError),
    /// It stands in the gateway's file.
    #[error("this stands in the gateway's configuration file and is changed there")]
    Fixed,
    /// There is no such thing.
    #[error("there is no such connection any more")]
    NotFound,
    /// Somebody else changed the configuration meanwhile.
    #[error("somebody else has changed the configuration meanwhile; look at it anew")]
    Changed,
    /// The office could not take it up.
    #[error(transparent)]
    Office(#[from] office::StartError),
    /// It could not be written.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl SetupError {
    pub(super) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        OfficeError::invalid(field, message).into()
    }
}
