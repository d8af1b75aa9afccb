//! A socket protocol as a state machine: frames and answers in; frames, requests, events and the next timer out.

use std::{collections::BTreeSet, fmt, time::Instant};

use calls::{Abilities, VendorEvent};
use jiff::Timestamp;

use crate::{
    error::Error,
    request::{Answer, Request},
};

/// The key of a session that is of no extension: of the account as a whole.
pub const WHOLE_ACCOUNT: &str = "";

/// What a session is told.
pub enum SessionInput<'a> {
    /// Begin.
    Start,
    /// The answer to the one request that is on its way.
    Answered(Result<&'a Answer, &'a Error>),
    /// The socket is open.
    Opened,
    /// A text frame came.
    Text(&'a str),
    /// Something came that carries no message (a ping, a pong).
    Heard,
    /// The events of the last batch that asked for it are stored.
    Stored,
    /// The time of [`Session::next_timer`] has come.
    Timer,
    /// Somebody asks over the socket ([`Request::session`]). The answer is told with the same number.
    Ask {
        /// Tells one asking from another.
        number: u64,
        /// What is asked.
        request: &'a Request,
    },
}

/// What a session wants.
pub enum SessionOutput {
    /// Send this request and tell its answer. There is never more than one on its way.
    Request(Request),
    /// Open a socket with this handshake: its address and headers, signed where it says so.
    Open(Request),
    /// Send this text frame.
    Send(String),
    /// Send a WebSocket ping.
    Ping,
    /// The PBX has tied the user to the socket: live events flow.
    Connected,
    /// So many missed events were fetched so far.
    DrainProgress {
        /// Counted from the start of this session.
        events: u64,
    },
    /// Events to store.
    Events {
        /// What was understood.
        events: Vec<VendorEvent>,
        /// The session goes on only after [`SessionInput::Stored`].
        hold: bool,
    },
    /// No more of what was missed is asked for: events are live from here on.
    Drained {
        /// Nothing of it is left; otherwise the PBX gave the same again and again.
        complete: bool,
    },
    /// All calls that there are at the PBX, as it lists them.
    Snapshot(Snapshot),
    /// What is to be said of the session while it is live; nothing where all is well.
    Notice(Option<String>),
    /// The answer to [`SessionInput::Ask`].
    Answer {
        /// Of which asking.
        number: u64,
        /// The PBX's answer, or why there is none.
        answer: Result<Answer, Error>,
    },
    /// What may be asked by this session's key or person, where the PBX says so at run time: instead of what the make's
    /// description says.
    Rights(Abilities),
    /// The session is over, with its cause.
    End(Error),
}

/// A PBX's own list of its calls.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// When it was asked for. Of calls that are heard of later it says nothing.
    pub asked: Timestamp,
    /// What the list says of each call.
    pub events: Vec<VendorEvent>,
    /// The vendor's ids of the calls on it.
    pub calls: BTreeSet<String>,
}

impl SessionOutput {
    /// The events that it tells.
    pub fn events(&self) -> &[VendorEvent] {
        if let Self::Events { events, .. } = self { events } else { &[] }
    }
}

impl fmt::Debug for SessionOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(request) => f.debug_tuple("Request").field(request).finish(),
            Self::Open(handshake) => f.debug_tuple("Open").field(handshake).finish(),
            // A frame may hold anything.
            Self::Send(text) => f.debug_struct("Send").field("length", &text.len()).finish(),
            Self::Ping => f.write_str("Ping"),
            Self::Connected => f.write_str("Connected"),
            Self::DrainProgress { events } => f.debug_struct("DrainProgress").field("events", events).finish(),
            Self::Events { events, hold } => {
                f.debug_struct("Events").field("events", &events.len()).field("hold", hold).finish()
            }
            Self::Drained { complete } => f.debug_struct("Drained").field("complete", complete).finish(),
            Self::Snapshot(snapshot) => f.debug_struct("Snapshot").field("calls", &snapshot.calls.len()).finish(),
            Self::Notice(notice) => f.debug_tuple("Notice").field(notice).finish(),
            Self::Answer { number, answer } => {
                f.debug_struct("Answer").field("number", number).field("answer", answer).finish()
            }
            Self::Rights(abilities) => f.debug_tuple("Rights").field(abilities).finish(),
            Self::End(error) => f.debug_tuple("End").field(error).finish(),
        }
    }
}

/// The moment at which something is told to a session.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// For timers.
    pub monotonic: Instant,
    /// For the events' received time.
    pub wall: Timestamp,
}

/// One session: a user's, or the account's.
pub trait Session: Send {
    /// Takes an input and says what to do, in order.
    fn step(&mut self, input: SessionInput<'_>, now: Moment) -> Vec<SessionOutput>;

    /// When to tell [`SessionInput::Timer`].
    fn next_timer(&self) -> Option<Instant>;
}
