//! Keeping the streams of offices open, and copies of remote ones.

mod backoff;
mod outbox;
mod replica;
mod supervisor;

pub(crate) use self::supervisor::{Supervision, Supervisor};
