//! A user's channel: its address, its socket, the drain of what was missed, and live events.
//!
//! The order is the vendor's: channel, socket, register, events. Each register fetches a batch of missed events and
//! deletes the batch before it, so the next is asked for only after the last was stored.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use calls::{Source, VendorEvent};
use sha2::{Digest, Sha256};

use super::{
    config::Settings,
    events::{FrameContext, frame, message},
    requests,
    responses::{self, Batch, ChannelAnswer},
};
use crate::{
    error::{Error, ErrorKind},
    request::{Answer, Request},
    session::{Moment, Session, SessionInput, SessionOutput},
};

/// Silence after which the other side is asked for a sign of life.
const PING_AFTER: Duration = Duration::from_secs(30);
/// Silence after which the socket is given up.
const GIVE_UP_AFTER: Duration = Duration::from_secs(60);
/// Successful batches without an event after which the drain is over: a server that never says "nothing left" must
/// not be asked for ever.
const EMPTY_BATCHES: u8 = 3;
/// Batches without anything new after which the drain is given up: a server that never deletes what it gave would give
/// the same for ever.
const REPEATED_BATCHES: u8 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Asking for the socket's address; `created` once the extension was made a user.
    Channel { created: bool },
    /// Making the extension a user of the integration.
    Creating,
    /// Opening the socket.
    Opening,
    /// Asking for a batch of missed events.
    Draining,
    /// A batch is being stored.
    Storing,
    /// Nothing missed is left.
    Live,
    /// Over.
    Over,
}

/// One user's channel.
#[derive(Debug)]
pub(super) struct Channel {
    settings: Arc<Settings>,
    extension: String,
    phase: Phase,
    registered: bool,
    drained: u64,
    empty: u8,
    repeated: u8,
    /// Digests of the keys of what was drained.
    seen: HashSet<u64>,
    heard: Option<Instant>,
    pinged: bool,
}

impl Channel {
    pub(super) fn new(settings: Arc<Settings>, extension: &str) -> Self {
        Self {
            settings,
            extension: extension.to_owned(),
            phase: Phase::Channel { created: false },
            registered: false,
            drained: 0,
            empty: 0,
            repeated: 0,
            seen: HashSet::new(),
            heard: None,
            pinged: false,
        }
    }

    fn answered(&mut self, answer: &Answer, now: Moment) -> Result<Vec<SessionOutput>, Error> {
        match self.phase {
            Phase::Channel { created } => match responses::channel(&self.settings.wire, answer)? {
                ChannelAnswer::Open(url) => {
                    self.phase = Phase::Opening;
                    Ok(vec![SessionOutput::Open(Request::socket(url))])
                }
                ChannelAnswer::UnknownUser if !created => {
                    self.phase = Phase::Creating;
                    Ok(vec![SessionOutput::Request(requests::users_create(&self.settings, &self.extension))])
                }
                ChannelAnswer::UnknownUser => Err(Error::new(
                    ErrorKind::NotFound,
                    "the PBX has no user with this extension; check the extension in the settings",
                )),
            },
            Phase::Creating => {
                responses::done(&self.settings.wire, answer)?;
                self.phase = Phase::Channel { created: true };
                Ok(vec![SessionOutput::Request(requests::channel(&self.settings, &self.extension))])
            }
            Phase::Draining => {
                let batch = responses::register(&self.settings.wire, answer)?;
                Ok(self.batch(batch, now))
            }
            Phase::Opening | Phase::Storing | Phase::Live | Phase::Over => Ok(Vec::new()),
        }
    }

    fn batch(&mut self, batch: Batch, now: Moment) -> Vec<SessionOutput> {
        let mut outputs = Vec::new();
        if !self.registered {
            self.registered = true;
            outputs.push(SessionOutput::Connected);
        }
        match batch {
            Batch::Events(events) if events.is_empty() && self.empty + 1 < EMPTY_BATCHES => {
                self.empty += 1;
                outputs.push(self.ask_for_batch());
            }
            Batch::Events(events) if !events.is_empty() => {
                self.empty = 0;
                let context = self.context(Source::Replay, now);
                let events: Vec<VendorEvent> = events.into_iter().map(|event| message(event, &context)).collect();
                let new = events.iter().filter(|event| self.seen.insert(digest(&event.dedupe_key))).count();
                self.repeated = if new == 0 { self.repeated + 1 } else { 0 };
                self.drained = self.drained.saturating_add(new as u64);
                if self.repeated >= REPEATED_BATCHES {
                    outputs.push(self.go_live(false));
                } else if new == 0 {
                    outputs.push(self.ask_for_batch());
                } else {
                    self.phase = Phase::Storing;
                    outputs.push(SessionOutput::Events { events, hold: true });
                    outputs.push(SessionOutput::DrainProgress { events: self.drained });
                }
            }
            Batch::Events(_) | Batch::Empty => outputs.push(self.go_live(true)),
        }
        outputs
    }

    fn go_live(&mut self, complete: bool) -> SessionOutput {
        self.phase = Phase::Live;
        self.seen = HashSet::new();
        SessionOutput::Drained { complete }
    }

    fn ask_for_batch(&mut self) -> SessionOutput {
        self.phase = Phase::Draining;
        SessionOutput::Request(requests::register(&self.settings, &self.extension))
    }

    fn context(&self, source: Source, now: Moment) -> FrameContext<'_> {
        let Settings { zone, wire, .. } = &*self.settings;
        FrameContext { extension: &self.extension, source, received_at: now.wall, zone, wire }
    }

    fn timer(&mut self, now: Moment) -> Vec<SessionOutput> {
        let Some(heard) = self.heard else { return Vec::new() };
        let silence = now.monotonic.saturating_duration_since(heard);
        if silence >= GIVE_UP_AFTER {
            self.phase = Phase::Over;
            let error = Error::new(ErrorKind::Timeout, "the PBX's socket was silent for a minute");
            return vec![SessionOutput::End(error)];
        }
        if silence >= PING_AFTER && !self.pinged {
            self.pinged = true;
            return vec![SessionOutput::Ping];
        }
        Vec::new()
    }

    fn heard(&mut self, now: Moment) {
        self.heard = Some(now.monotonic);
        self.pinged = false;
    }
}

/// A short stand-in for a key: a drain may hold two weeks of them.
fn digest(key: &str) -> u64 {
    let digest = Sha256::digest(key);
    digest[..8].iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

impl Session for Channel {
    fn step(&mut self, input: SessionInput<'_>, now: Moment) -> Vec<SessionOutput> {
        let outputs = match (input, self.phase) {
            (_, Phase::Over) => Ok(Vec::new()),
            (SessionInput::Start, _) => {
                Ok(vec![SessionOutput::Request(requests::channel(&self.settings, &self.extension))])
            }
            (SessionInput::Answered(Ok(answer)), _) => self.answered(answer, now),
            (SessionInput::Answered(Err(error)), _) => Err(error.clone()),
            (SessionInput::Opened, _) => {
                self.heard(now);
                Ok(vec![self.ask_for_batch()])
            }
            (SessionInput::Text(text), _) => {
                self.heard(now);
                let event = frame(text, &self.context(Source::Push, now));
                Ok(vec![SessionOutput::Events { events: vec![event], hold: false }])
            }
            (SessionInput::Heard, _) => {
                self.heard(now);
                Ok(Vec::new())
            }
            (SessionInput::Stored, Phase::Storing) => Ok(vec![self.ask_for_batch()]),
            (SessionInput::Stored, _) => Ok(Vec::new()),
            (SessionInput::Timer, _) => Ok(self.timer(now)),
            (SessionInput::Ask { number, .. }, _) => {
                let answer = Err(Error::unsupported("be asked over its socket"));
                Ok(vec![SessionOutput::Answer { number, answer }])
            }
        };
        outputs.unwrap_or_else(|error| {
            self.phase = Phase::Over;
            vec![SessionOutput::End(error)]
        })
    }

    fn next_timer(&self) -> Option<Instant> {
        let heard = self.heard.filter(|_| self.phase != Phase::Over)?;
        Some(heard + if self.pinged { GIVE_UP_AFTER } else { PING_AFTER })
    }
}
