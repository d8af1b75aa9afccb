//! Randomness as a parameter.

use std::{fmt, io};

/// Gives random bytes that nobody can guess.
pub trait Random: fmt::Debug + Send + Sync {
    /// Fills all of it, or says that there is no randomness.
    fn fill(&self, bytes: &mut [u8]) -> io::Result<()>;
}

/// The operating system's random bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "the one place where the operating system is asked for keys")]
    fn fill(&self, bytes: &mut [u8]) -> io::Result<()> {
        getrandom::fill(bytes).map_err(io::Error::other)
    }
}
