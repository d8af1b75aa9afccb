//! Calls as they stand: the read model that the fold (or a remote office's stream) writes and every list reads.

mod audience;
mod changed;
mod filter;
mod list;
mod record;
mod recordings;
mod regroup;
mod save;

pub use audience::{Audience, Scope, Visible};
pub use changed::{Changed, Step};
pub use filter::Filter;
pub use record::{Cursor, SavedCall};
pub use save::{Moved, Parted, Redirect, Revealed, Save};

pub(crate) use filter::Conditions;
pub(crate) use list::{newest, query};
use record::{COLUMNS, saved_call};
pub(crate) use save::{delete_all, refresh_words};
