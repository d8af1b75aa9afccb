//! The account's socket: who we are, subscriptions, the list of calls after each connection, live events, and whatever
//! else is asked over it.
//!
//! The order is the one that the pages give: connection_info, subscribe, the list of current calls. Nothing that was
//! missed is given again, so the list is all that a new connection knows of what went on before it.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use calls::{Abilities, VendorEvent};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::{
    abilities,
    events::{self, EventContext},
    frame::{self, Frame},
    listing::{Asked, Listing},
    names::Field,
    pages::Step,
    requests,
    shared::Shared,
    subscription::Subscription,
};
use crate::{
    error::{Error, ErrorKind},
    request::{Answer, Request},
    session::{Moment, Session, SessionInput, SessionOutput},
    zone,
};

/// Silence after which the other side is asked for a sign of life.
const PING_AFTER: Duration = Duration::from_secs(30);
/// Silence after which the socket is given up.
const GIVE_UP_AFTER: Duration = Duration::from_secs(75);
/// An answer that takes longer is not waited for.
const ANSWER: Duration = Duration::from_secs(10);
/// What somebody asked over the socket is forgotten after so long: whoever asked waits no longer.
const FORGET: Duration = Duration::from_secs(120);
/// How often the list is read while calls go on, or as long as no event has shown that events come.
const LIST: Duration = Duration::from_secs(60);
/// How often it is read while a call is on hold: nothing that is documented says that it was taken back, and a command that
/// takes it back is believed for no longer than five seconds.
const LIST_HELD: Duration = Duration::from_secs(4);

/// Said where subscriptions are accepted and yet nothing comes.
pub(super) const NO_EVENTS: &str = "the PBX lists calls but sends no events of them: the token's integration channel lacks rights. Give its role the \
     route /ws#subscr (method WEBSOCKET) and its user the right to see calls";
/// Said where the list of calls cannot be read.
const NO_LIST: &str = "the PBX does not give its list of calls, so calls that began before the connection are not seen";
/// Said where recordings cannot be fetched.
const NO_RECORDINGS: &str =
    "the token may not fetch recordings: give its integration channel the capability callrecord";

/// What a frame that was sent asks for.
#[derive(Debug, Clone)]
enum PendingRequest {
    Info,
    Subscribe {
        id: String,
    },
    Unsubscribe,
    /// One that was passed on for somebody else.
    Relayed {
        number: u64,
    },
}

/// The account's socket.
pub(super) struct Socket {
    shared: Arc<Shared>,
    listing: Listing,
    /// Numbers frames, so that answers find them.
    last: u64,
    pending: BTreeMap<String, (PendingRequest, Instant)>,
    subscription: Option<Subscription>,
    /// The PBX has refused what was subscribed to, and it is asked for once more.
    resubscribed_once: bool,
    /// Events of the own subscriber alone are passed on.
    filters: bool,
    connected: bool,
    live: bool,
    is_over: bool,
    /// The list that is being read.
    listing_asked: Option<Asked>,
    /// When it is read next.
    list_at: Option<Instant>,
    /// Since when events are subscribed to and none has come.
    silent_since: Option<Instant>,
    /// How far the vendor's clock is ahead.
    ahead: SignedDuration,
    heard: Option<Instant>,
    pinged: bool,
    cannot_list: bool,
    no_recordings: bool,
    no_events: bool,
    /// The status that was reported last.
    reported: Option<String>,
}

impl Socket {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            listing: Listing::new(Timestamp::UNIX_EPOCH),
            last: 0,
            pending: BTreeMap::new(),
            subscription: None,
            resubscribed_once: false,
            filters: false,
            connected: false,
            live: false,
            is_over: false,
            listing_asked: None,
            list_at: None,
            silent_since: None,
            ahead: SignedDuration::ZERO,
            heard: None,
            pinged: false,
            cannot_list: false,
            no_recordings: false,
            no_events: false,
            reported: None,
        }
    }

    fn context(shared: &Shared, now: Moment) -> EventContext<'_> {
        let Shared { settings, calls, counts } = shared;
        EventContext { wire: &settings.wire, calls, counts, received_at: now.wall }
    }

    /// Sends a request, and waits for its answer.
    fn ask(&mut self, name: &str, mut parameters: Value, request: PendingRequest, now: Moment) -> SessionOutput {
        self.last += 1;
        // Texts, because floating-point numbers do not come back as they went.
        let qid = format!("t{}", self.last);
        if let Some(object) = parameters.as_object_mut() {
            object.insert("qid".to_owned(), Value::from(qid.clone()));
        }
        let patience = if matches!(request, PendingRequest::Relayed { .. }) { FORGET } else { ANSWER };
        self.pending.insert(qid, (request, now.monotonic + patience));
        SessionOutput::Send(frame::message(name, parameters))
    }

    fn subscribe(&mut self, filter: Option<&str>, now: Moment) -> SessionOutput {
        let wire = &self.shared.settings.wire;
        // A new filter gets a new subscription: a change of one is a race with a dense stream.
        let id = format!("trubka-{}-{}", now.wall.as_millisecond(), self.last);
        let subscription = Subscription::new(id.clone(), wire.expires, filter.is_some(), now.monotonic);
        let parameters = subscription.parameters(filter);
        self.subscription = Some(subscription);
        self.ask("subscribe", parameters, PendingRequest::Subscribe { id }, now)
    }

    fn text(&mut self, text: &str, now: Moment) -> Result<Vec<SessionOutput>, Error> {
        if text.trim().eq_ignore_ascii_case("ping") {
            return Ok(vec![SessionOutput::Send("pong".to_owned())]);
        }
        let Some(frame) = Frame::parse(text) else { return Ok(vec![one(events::strange(text))]) };
        if frame.name == "ping" {
            return Ok(vec![SessionOutput::Send(frame::message("pong", frame.body))]);
        }
        let asked = frame.qid().and_then(|qid| self.pending.remove(&qid));
        if let Some((request, _)) = asked {
            return self.answered(request, &frame, now);
        }
        if frame.is_answer() {
            // A slip of the vendor's documents shows another qid than the one asked with.
            let info = self.pending.iter().find(|(_, (request, _))| matches!(request, PendingRequest::Info));
            if let Some(qid) = info.filter(|_| frame.name == "connection_info_result").map(|(qid, _)| qid.clone()) {
                self.shared.counts.count("connection_info_result with another qid");
                self.pending.remove(&qid);
                return self.answered(PendingRequest::Info, &frame, now);
            }
            // Nobody waits for it any more.
            return Ok(Vec::new());
        }
        let wire = &self.shared.settings.wire;
        let Some(pushed) = frame.pushed(wire, &self.shared.counts) else { return Ok(vec![one(events::strange(text))]) };
        let context = Self::context(&self.shared, now);
        let events: Vec<VendorEvent> = pushed.iter().map(|event| events::pushed(event, context)).collect();
        let events: Vec<VendorEvent> = events.into_iter().filter(|event| self.is_wanted(event)).collect();
        self.silent_since = None;
        let mut outputs = Vec::new();
        if !events.is_empty() {
            outputs.push(SessionOutput::Events { events, hold: false });
        }
        if std::mem::take(&mut self.no_events) {
            outputs.extend(self.say());
        }
        self.plan_list(now);
        Ok(outputs)
    }

    /// Where the PBX's own filter was given up, the events of others are left out here.
    fn is_wanted(&self, event: &VendorEvent) -> bool {
        let Some(own) = self.shared.settings.wire.objects.as_deref().filter(|_| self.filters) else { return true };
        let Some(call) = &event.call else { return true };
        self.shared.calls.get(call).is_some_and(|known| known.involves(own))
    }

    fn answered(&mut self, request: PendingRequest, frame: &Frame, now: Moment) -> Result<Vec<SessionOutput>, Error> {
        match request {
            PendingRequest::Info => {
                if let Some(error) = frame::failure(&frame.body) {
                    return Err(error);
                }
                let rights = self.take_info(&frame.body, now)?;
                let filter = self.filter();
                let mut outputs = vec![SessionOutput::Rights(rights), self.subscribe(filter.as_deref(), now)];
                outputs.extend(self.say());
                Ok(outputs)
            }
            PendingRequest::Subscribe { id } => {
                if let Some(error) = frame::failure(&frame.body) {
                    return self.not_subscribed(&id, &error, now);
                }
                let expires =
                    self.shared.settings.wire.read(frame.body.clone()).and_then(|body| body.text(Field::Expires));
                if let Some(subscription) = self.subscription.as_mut().filter(|subscription| subscription.id == id) {
                    subscription.confirm(expires.and_then(|seconds| seconds.parse().ok()), now.monotonic);
                    self.resubscribed_once = false;
                }
                Ok(self.subscribed(now))
            }
            PendingRequest::Unsubscribe => Ok(Vec::new()),
            PendingRequest::Relayed { number } => {
                Ok(vec![SessionOutput::Answer { number, answer: Ok(as_answer(&frame.body)) }])
            }
        }
    }

    /// What the PBX says of the token: what it may do, and the clock.
    fn take_info(&mut self, body: &Value, now: Moment) -> Result<Abilities, Error> {
        let wire = &self.shared.settings.wire;
        let Some(info) = wire.read(body.clone()) else { return Ok(abilities::abilities(wire, None)) };
        let time = info.text(Field::ServerTime).and_then(|raw| zone::read(&raw, &TimeZone::UTC, now.wall));
        self.ahead = time.map_or(SignedDuration::ZERO, |time| time.utc.duration_since(now.wall));
        let Some(capabilities) = info.list(Field::Capabilities) else { return Ok(abilities::abilities(wire, None)) };
        let has = |name: &str| capabilities.iter().any(|capability| capability.eq_ignore_ascii_case(name));
        if !has("subscr") {
            let why = "the token may not subscribe to events: give its integration channel the capability subscr";
            return Err(Error::new(ErrorKind::Forbidden, why));
        }
        self.no_recordings = !has("callrecord");
        Ok(abilities::abilities(wire, Some(&capabilities)))
    }

    fn not_subscribed(&mut self, id: &str, error: &Error, now: Moment) -> Result<Vec<SessionOutput>, Error> {
        if let Some(refused) = self.subscription.take_if(|subscription| subscription.id == id) {
            // What was to be renewed may be over, or only one may be had and the other has been given up by now.
            if self.connected && !std::mem::replace(&mut self.resubscribed_once, true) {
                let filter = self.filter().filter(|_| refused.is_filtered);
                return Ok(vec![self.subscribe(filter.as_deref(), now)]);
            }
            let is_unnamed = error.kind() == ErrorKind::Conflict;
            let kind = if is_unnamed { ErrorKind::Forbidden } else { error.kind() };
            return Err(Error::new(kind, format!("the PBX does not let the token subscribe to events: {error}")));
        }
        Ok(Vec::new())
    }

    /// Events flow from now on, as far as is known: what goes on already is read from the list.
    fn subscribed(&mut self, now: Moment) -> Vec<SessionOutput> {
        if self.connected {
            return Vec::new();
        }
        self.connected = true;
        self.silent_since = Some(now.monotonic);
        let mut outputs = vec![SessionOutput::Connected];
        outputs.extend(self.list(now));
        outputs
    }

    /// Reads the list, unless it is being read.
    fn list(&mut self, now: Moment) -> Option<SessionOutput> {
        self.list_at = None;
        if self.listing_asked.is_some() {
            return None;
        }
        self.listing_asked = Some(Asked { at: now.wall, heard: self.shared.calls.now() });
        Some(SessionOutput::Request(requests::list(&self.shared.settings, None)))
    }

    fn listed(&mut self, answer: Result<&Answer, &Error>, now: Moment) -> Vec<SessionOutput> {
        let Some(asked) = self.listing_asked.take() else { return Vec::new() };
        let context = Self::context(&self.shared, now);
        let snapshot = match self.listing.take(answer.ok(), context) {
            Some(Step::NextPage(row)) => {
                self.listing_asked = Some(asked);
                return vec![SessionOutput::Request(requests::list(&self.shared.settings, Some(row)))];
            }
            Some(Step::Moved) => return self.list(now).into_iter().collect(),
            Some(Step::Whole(rows)) => Some(self.listing.read(rows, asked, self.ahead, context)),
            None => None,
        };
        let mut outputs = Vec::new();
        self.cannot_list = snapshot.is_none();
        if let Some(mut snapshot) = snapshot {
            let shows_calls = !snapshot.calls.is_empty();
            if self.filters {
                snapshot.events.retain(|event| self.is_wanted(event));
            }
            outputs.push(SessionOutput::Snapshot(snapshot));
            let silent = self.silent_since.is_some_and(|since| now.monotonic >= since + LIST);
            if shows_calls && silent {
                outputs.extend(self.nothing_came(now));
            }
        }
        if !self.live {
            self.live = true;
            outputs.push(SessionOutput::Drained { complete: true });
        }
        outputs.extend(self.say());
        self.plan_list(now);
        outputs
    }

    /// There are calls, and no event came of them: the filter may mean something else than we take it for. Without a
    /// filter it is the token's rights.
    fn nothing_came(&mut self, now: Moment) -> Vec<SessionOutput> {
        let Some(former) = self.subscription.take_if(|subscription| subscription.is_filtered) else {
            self.no_events = true;
            return Vec::new();
        };
        self.shared.counts.count("A-11: the filter by subscriber brought nothing");
        self.filters = true;
        self.silent_since = Some(now.monotonic);
        let gone = json!({"id": former.id, "expires": 0});
        vec![self.subscribe(None, now), self.ask("subscribe", gone, PendingRequest::Unsubscribe, now)]
    }

    /// What is to be reported of the session, where that is news.
    fn say(&mut self) -> Option<SessionOutput> {
        let wrong = [(self.no_events, NO_EVENTS), (self.cannot_list, NO_LIST), (self.no_recordings, NO_RECORDINGS)];
        let words: Vec<&str> = wrong.into_iter().filter(|(is_so, _)| *is_so).map(|(_, words)| words).collect();
        let words = (!words.is_empty()).then(|| words.join("; "));
        if words == self.reported {
            return None;
        }
        self.reported.clone_from(&words);
        Some(SessionOutput::Notice(words))
    }

    /// Sets when the list is read next.
    fn plan_list(&mut self, now: Moment) {
        if !self.live || self.listing_asked.is_some() {
            return;
        }
        let (open, held) = self.shared.calls.are_open();
        let wait = if held { LIST_HELD } else { LIST };
        let wanted = (open || self.silent_since.is_some()).then(|| now.monotonic + wait);
        self.list_at = match (wanted, self.list_at) {
            (Some(wanted), Some(planned)) => Some(wanted.min(planned)),
            (wanted, _) => wanted,
        };
    }

    fn timer(&mut self, now: Moment) -> Result<Vec<SessionOutput>, Error> {
        let mut outputs = Vec::new();
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= now.monotonic);
        if due(self.heard.map(|heard| heard + GIVE_UP_AFTER)) {
            return Err(Error::new(ErrorKind::Timeout, "the PBX's socket was silent for over a minute"));
        }
        if !self.pinged && due(self.heard.map(|heard| heard + PING_AFTER)) {
            self.pinged = true;
            outputs.push(SessionOutput::Ping);
        }
        let late: Vec<String> =
            self.pending.iter().filter(|(_, (_, until))| *until <= now.monotonic).map(|(qid, _)| qid.clone()).collect();
        for (request, _) in late.iter().filter_map(|qid| self.pending.remove(qid)).collect::<Vec<_>>() {
            outputs.extend(self.unanswered(&request, now));
        }
        if due(self.subscription.as_ref().map(Subscription::renew_at)) {
            outputs.extend(self.renew(now));
        }
        if due(self.list_at) {
            outputs.extend(self.list(now));
        }
        Ok(outputs)
    }

    /// What no answer came to is taken as done, and not relied upon.
    fn unanswered(&mut self, request: &PendingRequest, now: Moment) -> Vec<SessionOutput> {
        match request {
            PendingRequest::Info => {
                self.shared.counts.count("connection_info without an answer");
                let filter = self.filter();
                vec![self.subscribe(filter.as_deref(), now)]
            }
            PendingRequest::Subscribe { id } => {
                self.shared.counts.count("A-2: subscribe without an answer");
                if let Some(subscription) = self.subscription.as_mut().filter(|subscription| subscription.id == *id) {
                    subscription.doubt();
                }
                self.subscribed(now)
            }
            PendingRequest::Unsubscribe | PendingRequest::Relayed { .. } => Vec::new(),
        }
    }

    fn renew(&mut self, now: Moment) -> Option<SessionOutput> {
        let filter = self.filter();
        let subscription = self.subscription.as_mut()?;
        subscription.renew(now.monotonic);
        let (id, parameters) = (subscription.id.clone(), subscription.renewal(filter.as_deref()));
        Some(self.ask("subscribe", parameters, PendingRequest::Subscribe { id }, now))
    }

    /// The subscriber whose events alone are to come.
    fn filter(&self) -> Option<String> {
        self.shared.settings.wire.objects.clone()
    }

    /// Puts somebody's request; its body is `["<name>", {…}]`.
    fn put(&mut self, number: u64, request: &Request, now: Moment) -> SessionOutput {
        let is_open = self.heard.is_some();
        match Frame::parse(&String::from_utf8_lossy(&request.body)).filter(|_| is_open) {
            Some(Frame { name, body }) => self.ask(&name, body, PendingRequest::Relayed { number }, now),
            None => {
                let why = "the socket to the PBX is not open yet; try again in a moment";
                SessionOutput::Answer { number, answer: Err(Error::new(ErrorKind::Transport, why).before_sending()) }
            }
        }
    }

    fn hear(&mut self, now: Moment) {
        self.heard = Some(now.monotonic);
        self.pinged = false;
    }
}

fn one(event: VendorEvent) -> SessionOutput {
    SessionOutput::Events { events: vec![event], hold: false }
}

/// An answer over the socket, read as one over HTTP is.
fn as_answer(body: &Value) -> Answer {
    Answer { status: 200, retry_after: None, date: None, location: None, limits: None, body: body.to_string().into() }
}

impl Session for Socket {
    fn step(&mut self, input: SessionInput<'_>, now: Moment) -> Vec<SessionOutput> {
        if self.is_over {
            return Vec::new();
        }
        let outputs = match input {
            SessionInput::Start => {
                self.listing = Listing::new(now.wall);
                Ok(vec![SessionOutput::Open(requests::socket(&self.shared.settings))])
            }
            SessionInput::Opened => {
                self.hear(now);
                Ok(vec![self.ask("connection_info", json!({}), PendingRequest::Info, now)])
            }
            SessionInput::Text(text) => {
                self.hear(now);
                self.text(text, now)
            }
            SessionInput::Heard => {
                self.hear(now);
                Ok(Vec::new())
            }
            SessionInput::Answered(answer) => Ok(self.listed(answer, now)),
            SessionInput::Stored => Ok(Vec::new()),
            SessionInput::Timer => self.timer(now),
            SessionInput::Ask { number, request } => Ok(vec![self.put(number, request, now)]),
        };
        outputs.unwrap_or_else(|error| {
            self.is_over = true;
            vec![SessionOutput::End(error)]
        })
    }

    fn next_timer(&self) -> Option<Instant> {
        if self.is_over {
            return None;
        }
        let alive = self.heard.map(|heard| heard + if self.pinged { GIVE_UP_AFTER } else { PING_AFTER });
        let renew = self.subscription.as_ref().map(Subscription::renew_at);
        let answers = self.pending.values().map(|(_, until)| *until).min();
        [alive, renew, answers, self.list_at].into_iter().flatten().min()
    }
}
