//! A socket protocol as a state machine: frames and answers in; frames, requests, events and the next timer out.

use std::{fmt, time::Instant};

use calls::VendorEvent;
use jiff::Timestamp;
use url::Url;

use crate::{
    error::Error,
    redact,
    request::{Answer, Request},
};

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
}

/// What a session wants.
pub enum SessionOutput {
    /// Send this request and tell its answer. There is never more than one on its way.
    Request(Request),
    /// Open a socket at this address.
    Open(Url),
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
    /// The session is over, with its cause.
    End(Error),
}

impl fmt::Debug for SessionOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(request) => f.debug_tuple("Request").field(request).finish(),
            // The address of a socket may be its key.
            Self::Open(url) => f.debug_tuple("Open").field(&redact::target(url, false)).finish(),
            Self::Ping => f.write_str("Ping"),
            Self::Connected => f.write_str("Connected"),
            Self::DrainProgress { events } => f.debug_struct("DrainProgress").field("events", events).finish(),
            Self::Events { events, hold } => {
                f.debug_struct("Events").field("events", &events.len()).field("hold", hold).finish()
            }
            Self::Drained { complete } => f.debug_struct("Drained").field("complete", complete).finish(),
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

/// One user's channel.
pub trait Session: Send {
    /// Takes an input and says what to do, in order.
    fn step(&mut self, input: SessionInput<'_>, now: Moment) -> Vec<SessionOutput>;

    /// When to tell [`SessionInput::Timer`].
    fn next_timer(&self) -> Option<Instant>;
}
