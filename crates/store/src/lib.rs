//! SQLite: log, calls, facts, search; the encrypted recording cache.
//!
//! A [`Store`] is one database. One thread writes and commits for everybody who waits (group commit); readers have
//! connections of their own. Every write is a [`Write`]: nothing happens until it is sent off with
//! [`Write::wait`] (blocks), [`Write::then`] (calls back) or `.await` (any executor), and what it answers is
//! durable as [`Durability`] says.
//!
//! ```no_run
//! # fn main() -> Result<(), store::Error> {
//! let store = store::Store::open_in("data".as_ref(), store::Options::owner("20260301-120000", store::SystemRandom))?;
//! store.set_setting("language", "ru").wait()?;
//! assert_eq!(store.setting("language")?.as_deref(), Some("ru"));
//! # Ok(())
//! # }
//! ```
//!
//! The log ([`Store::append`]) belongs to this process's own office; the calls, facts and redirects of several
//! offices lie beside each other, each row marked with its office, so that a list or a search is one query.

mod audit;
mod blocking;
mod calls;
mod card_decisions;
mod commands;
mod configuration;
mod desk_times;
mod error;
mod facts;
mod folder;
mod invitations;
mod journal;
mod log;
mod office;
mod open;
mod pool;
mod random;
mod schema;
mod search;
mod settings;
mod store;
mod time;
mod tokens;
mod transaction;
mod witness;
mod write;
mod writer;

pub mod cache;
pub mod sealed;

pub use audit::{AuditEntry, AuditRow};
pub use cache::{Cache, CacheError, CacheWriter, Held, RecordingMeta};
pub use calls::{
    Audience, Changed, Cursor, Filter, Moved, Parted, Redirect, Revealed, Save, SavedCall, Scope, Step, Visible,
};
pub use card_decisions::{CardDecisionRow, NewCardDecision};
pub use commands::{Began, CommandRow, CommandStatus, NewCommand};
pub use configuration::Configuration;
pub use desk_times::{DeskTime, NewDeskTime};
pub use error::{Error, ErrorKind};
pub use facts::{FactAppended, ShownFact};
pub use invitations::{Invitation, InvitationStatus, Redeemed};
pub use journal::{JournalPlace, JournalRow, NewJournalRow};
pub use log::{Appended, NewEntry, UnreadEntry};
pub use office::ReplicaCursor;
pub use open::{Access, Durability, Memory, Opened, Options};
pub use random::{Random, SystemRandom};
pub use search::folded_words;
pub use store::Store;
pub use tokens::{Renewal, Token};
pub use write::{Answer, Write};
