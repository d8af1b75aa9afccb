//! The makes of PBX behind one trait, and the driver that talks to them.
//!
//! A make is pure: it builds requests, reads answers and runs its socket protocol as a state machine. The
//! [`Driver`] owns sockets, clock, limits, signing, retry, redaction and the request journal. Nothing outside this
//! crate asks which make a connection is; it asks the [`Capability`].

pub mod capability;
pub mod check;
mod config;
mod config_error;
mod dedupe;
pub mod delivery;
mod dial;
pub mod driver;
pub mod era;
pub mod error;
mod fields;
mod form;
pub mod history;
pub mod journal;
mod json;
pub mod lock_out;
pub mod make;
mod mango;
pub mod mango_client;
pub mod mango_vpbx;
mod party;
pub mod poll;
pub mod query;
pub mod quota;
mod redact;
mod registry;
pub mod request;
pub mod ringcloud;
pub mod rostelecom;
mod routing;
mod secret;
pub mod session;
pub mod stages;
mod traits;
pub mod webhook;
mod wire_form;
pub mod zadarma;
pub mod zone;

pub use capability::{Capability, CardOnRing};
pub use check::{CheckReason, CheckReport, RightProbe};
pub use config::{build, validate};
pub use config_error::ConfigError;
pub use delivery::Delivery;
pub use driver::{
    AskedAgain, Commands, Download, Driver, HistoryReading, LARGEST_RECORDING, NoKeyGiven, NotKept, ReadAgain,
    Received, ReceivedTest, SeenTest, SessionReport, SignedBy, TEST_LATE, TEST_NOTIFICATION, TestNames, TestWatch,
    Trial, TrialOutcome, TrialReason, TrialStep,
};
pub use error::{Error, ErrorKind, Retry};
pub use history::{HistoryCall, HistoryPage, HistoryPlace, HistoryRequest, Span};
pub use journal::{Journal, JournalEntry, JournalKind, JournalOutcome, Original};
pub use make::{ConnectionConfig, Description, Kind, Make, MethodLimit, Secret, TestMessage, Text};
pub use party::extension;
pub use poll::{Found, HeldCall, PollStart, Poller};
pub use query::{
    AccountUser, Destination, OwnNumber, PhoneLine, Query, QueryStep, RecordingSetting, Redirection, Reply, Row,
    Statistics, StatisticsKind, UserChange,
};
pub use quota::{Counted, Quota, QuotaUse, RequestTimes, RequestTimesKeeper};
pub use redact::is_cut;
pub use registry::{MAKES, MakeError};
pub use request::{Answer, RateLimits, Request, Times};
pub use routing::{Incoming, NotCarriedOut, Refusal, Route, RouteReply, RuleOutcomes, Target};
pub use secret::{SecretFault, clean_secret};
pub use session::{Session, SessionInput, SessionOutput, Snapshot, WHOLE_ACCOUNT};
pub use stages::{StageAdvice, Stages};
pub use traits::{GroupCallback, Pbx, RecordingStep};
pub use webhook::{DecodeContext, Decoded, Verified, VerifyError, WebhookReply, WebhookRequest};
pub use wire_form::WireForm;
