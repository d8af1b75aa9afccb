//! What can go wrong in the cache.

use std::io;

use crate::error::Error;

/// Why the cache did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CacheError {
    /// The recording is not here.
    #[error("the recording is not in the cache")]
    Absent,
    /// Somebody writes this recording already.
    #[error("the recording is being fetched already")]
    Busy,
    /// Larger than the whole cache may be.
    #[error("the recording is larger than the cache may be: allow the cache more space")]
    TooLarge,
    /// What is on the disk is not what was written. It was removed.
    #[error("the cached recording was damaged and has been removed: fetch it again")]
    Tampered,
    /// The disk is full.
    #[error("the disk is full: free some space")]
    Full,
    /// The system refused a file or the folder.
    #[error("the recording cache cannot be used: {0}")]
    Io(String),
}

impl CacheError {
    pub(crate) fn from_store(error: Error) -> Self {
        if error == Error::Full { Self::Full } else { Self::Io(error.to_string()) }
    }
}

impl From<io::Error> for CacheError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound {
            Self::Absent
        } else if error.kind() == io::ErrorKind::StorageFull {
            Self::Full
        } else if error.kind() == io::ErrorKind::UnexpectedEof {
            // A whole file is as long as its sealed end says.
            Self::Tampered
        } else {
            Self::Io(error.to_string())
        }
    }
}
