//! Keeping the streams of offices open, and copies of remote ones.

mod backoff;
mod outbox;
mod record;
mod replica;
mod supervisor;

pub(crate) use self::{
    outbox::stored_fact,
    supervisor::{Supervision, Supervisor},
};
