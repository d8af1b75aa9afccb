//! The call model: what is told in, changes out. No I/O, no clock, no async.
//!
//! A [`Book`] folds one connection's log entries ([`Stored`]) into [`Call`]s. Everything it knows it was
//! told, times included, so reading the same log again gives the same calls.

mod ability;
mod action;
pub mod book;
pub mod call;
mod clock;
pub mod event;
mod fact;
pub mod id;
pub mod number;
mod record;
mod subject;

pub use ability::{Abilities, Ability, Can, Cannot};
pub use action::{ActOn, Action, Target};
pub use book::{Book, BookSettings, Change};
pub use call::{
    Attribution, Call, CallResult, CallState, Customer, Direction, EndCause, Leg, LegRole, LegState, Line, Recording,
    RecordingReference, RecordingState,
};
pub use clock::Clock;
pub use event::{
    Command, CommandAnswer, CommandKind, CommandState, Decision, Effect, LegRef, LogEvent, Source, Stored, Timer,
    VendorEvent, VendorTime,
};
pub use fact::{Fact, FactKind};
pub use id::{CallId, CommandId, ConnectionId, IdError, RecordingId};
pub use record::CallRecord;
