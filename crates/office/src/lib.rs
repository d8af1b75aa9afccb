//! An office: links to PBXs, verify, append, fold, publish, commands, recordings.
//!
//! It needs neither a window nor a server. One task, the keeper, writes the log, folds it and publishes what changed, so
//! everybody who looks at the office sees the same things in the same order.

mod account_zone;
mod address_test;
mod backoff;
mod balance;
mod call_entries;
mod call_times;
mod card_causes;
mod card_speed;
mod cause;
mod clock;
mod commands;
mod connection_input;
mod connections;
mod curl;
mod decisions;
mod desks;
mod details;
mod filling;
mod gap_filling;
mod handle;
mod held_back;
mod holes;
mod hook_outcome;
mod journal;
mod journal_body;
mod keeper;
mod late_history;
mod links;
mod mask;
mod method_counts;
mod originals;
mod outside;
mod people;
mod people_refresh;
mod polling;
mod reachability;
mod recordings;
mod request_times;
mod route_commands;
mod routing;
mod rows;
mod rule_answers;
mod sessions;
mod settings;
mod setup;
mod single_calls;
mod skew;
mod staged;
mod state;
mod status;
#[cfg(test)]
mod testing;
mod trial_mode;
mod trials;
mod view;
mod visibility;
mod warnings;
mod watched;

pub use clock::{Clock, SystemClock};
pub use connection_input::{
    fault_of_secret, read_address, read_make, read_program_name, read_secret, read_zone, unusable_settings,
};
pub use handle::{Carrier, Metrics, OfficeHandle, StartError};
pub use hook_outcome::{HookOutcome, ReceivedHook};
pub use journal::WebhookRow;
pub use outside::{Door, Outside, PlainDoor, certificates};
pub use request_times::StoredTimes;
pub use routing::RoutingRules;
pub use settings::{ConnectionSettings, Directory, GroupSettings, LineSettings, Lookups, OfficeConfig, Person, Viewer};
pub use setup::{check_outcome, check_step, make_view, titles, trial_step};
pub use skew::TimeFault;
pub use status::ConnectionStatus;
pub use trials::{PhonesError, Trials};
pub use view::{CallsPage, View};
pub use warnings::{Configured, Warnings};
