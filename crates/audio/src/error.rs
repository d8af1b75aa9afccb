//! Why a recording does not play.

use serde::Serialize;

/// What is wrong with a file that should be a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// Nothing is in it: no bytes, or a recording without sound.
    Empty,
    /// A web page, as servers send instead of a file that is gone.
    Html,
    /// Some other text.
    Text,
    /// More than [`crate::MAX_BYTES`].
    TooLarge,
    /// Sound, in a coding that is not played.
    Coding,
    /// Begins like sound, but no whole piece of it is there.
    Broken,
    /// Not a kind of sound that is known.
    NotAudio,
    /// The file itself cannot be read.
    Unreadable,
}

/// Why a recording cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Error {
    /// What is wrong with it.
    pub reason: Reason,
}

impl Error {
    pub(crate) const fn new(reason: Reason) -> Self {
        Self { reason }
    }

    fn sentence(&self) -> &'static str {
        match self.reason {
            Reason::Empty => "the recording is empty",
            Reason::Html => "the file is a web page, not a recording: the link has probably expired",
            Reason::Text => "the file is text, not a recording",
            Reason::TooLarge => "the file is larger than 256 MiB",
            Reason::Coding => "the recording is in a coding that cannot be played",
            Reason::Broken => "the recording is damaged: nothing in it can be played",
            Reason::NotAudio => "the file is not a recording of a known kind",
            Reason::Unreadable => "the file cannot be read",
        }
    }
}
