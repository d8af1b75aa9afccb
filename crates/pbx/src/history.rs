//! What a PBX tells afterwards of calls that are over, for the times in which events may have been missed.

use std::time::Duration;

use calls::VendorEvent;
use jiff::Timestamp;

use crate::request::Request;

/// From when to when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first moment.
    pub from: Timestamp,
    /// The last.
    pub to: Timestamp,
}

/// One question on the way through a history.
#[derive(Debug, Clone)]
pub struct HistoryRequest {
    /// What is asked.
    pub request: Request,
    /// How long to wait before: the PBX still makes what is asked for, or counts its questions.
    pub wait: Duration,
    /// Where on the way it is; the make reads the answer by it.
    pub place: HistoryPlace,
}

/// Where a question stands on the way through a history.
#[derive(Debug, Clone, PartialEq)]
pub enum HistoryPlace {
    /// An export is ordered.
    Order {
        /// How often the same span was found to be ordered already.
        again: u32,
    },
    /// The export of this order is fetched.
    Export {
        /// Which order.
        order: String,
        /// How often it was not ready.
        tries: u32,
    },
    /// So many rows were read before this page.
    Page {
        /// Rows.
        skip: usize,
        /// The calls in them: parts of one call may stand on several pages.
        calls: Vec<HistoryCall>,
    },
    /// Statistics of a part of the span are ordered, or fetched under the key that the order got.
    Part {
        /// Where the part begins.
        from: Timestamp,
        /// Rows of it that were read before.
        skip: usize,
        /// The key, once it is ordered.
        key: Option<String>,
        /// How often it was not ready.
        tries: u32,
    },
}

/// What one answer held.
#[derive(Debug, Clone, Default)]
pub struct HistoryPage {
    /// The calls, each in its events, which are told as kept by the PBX: they ring nobody.
    pub calls: Vec<HistoryCall>,
    /// The next question; none at the end.
    pub next: Option<HistoryRequest>,
}

/// One call of a history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryCall {
    /// The vendor's id of it.
    pub call: String,
    /// Its events in order, the last of which ends it.
    pub events: Vec<VendorEvent>,
    /// It says something of the call that no live event of this make says: a message was left, or a fax sent.
    pub says_more: bool,
    /// The history does not tell enough of it, and the PBX can be asked about it singly
    /// ([`Pbx::call_details`](crate::Pbx::call_details)).
    pub needs_details: bool,
}
