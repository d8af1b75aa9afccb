//! A connection in miniature: a vendor's messages through the make into the book, its timers, its log.

use std::collections::{BTreeMap, BTreeSet};

use calls::{
    Book, Call, CallId, CallResult, Change, Command, CommandAnswer, CommandId, CommandKind, Decision, Leg, LogEvent,
    Stored, Timer, VendorEvent,
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use pbx::session::Moment;
use pbx::{ConnectionConfig, DecodeContext, Delivery, Make, Pbx, SessionInput, SessionOutput, WebhookRequest};
use secrecy::SecretString;
use serde_json::Value;
use uuid::Uuid;

/// The legs of people of the office.
pub(crate) trait AgentLegs {
    fn agent_legs(&self) -> impl Iterator<Item = &Leg>;
}

impl AgentLegs for Call {
    fn agent_legs(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(|leg| leg.is_agent())
    }
}

/// The moment from which scripts count their milliseconds.
pub(crate) fn at(ms: i64) -> Timestamp {
    "2026-03-02T09:00:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_millis(ms)
}

/// What happens at a moment of a script.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// When it reaches us.
    pub(crate) ms: i64,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    /// A message of the PBX. With keys: a frame over their sessions; without: a webhook.
    Message { channels: &'static [&'static str], body: Value },
    /// A person clicks, and the PBX accepts.
    Click { number: u128, from: &'static str, to: &'static str },
}

impl Step {
    pub(crate) fn is_message(&self) -> bool {
        matches!(self.what, What::Message { .. })
    }
}

/// A sequence and how its calls end undisturbed: the vendor's id and the result.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) name: &'static str,
    pub(crate) make: Make,
    pub(crate) steps: Vec<Step>,
    pub(crate) results: Vec<(&'static str, CallResult)>,
}

pub(crate) struct Office {
    make: Make,
    pbx: Box<dyn Pbx>,
    zone: TimeZone,
    book: Book,
    pub(crate) log: Vec<Stored>,
    keys: BTreeSet<String>,
    pub(crate) calls: BTreeMap<CallId, Call>,
    now: Timestamp,
}

impl Office {
    pub(crate) fn new(make: Make) -> Self {
        let config = Self::config(make);
        let pbx = pbx::build(&config).expect("a make");
        let book = Book::new(config.id, pbx.book_settings());
        let (log, keys, calls) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
        Self { make, pbx, zone: TimeZone::UTC, book, log, keys, calls, now: at(0) }
    }

    /// The make begins anew: what its sessions knew of calls is gone.
    pub(crate) fn forget_sessions(&mut self) {
        self.pbx = pbx::build(&Self::config(self.make)).expect("a make");
    }

    fn config(make: Make) -> ConnectionConfig {
        let secrets = make.secrets.iter().map(|secret| (secret.name.to_owned(), SecretString::from("s3cret")));
        ConnectionConfig {
            id: "pbx1".parse().expect("an id"),
            make,
            zone: Some("UTC".to_owned()),
            base_url: make.base_url.is_empty().then(|| "https://pbx.example".parse().expect("an address")),
            trust_anchor_pem: None,
            secrets: secrets.collect(),
            overrides: BTreeMap::new(),
        }
    }

    pub(crate) fn id(&self, vendor_call: &str) -> CallId {
        CallId::of_vendor(&"pbx1".parse().expect("an id"), vendor_call)
    }

    pub(crate) fn call(&self, vendor_call: &str) -> &Call {
        self.calls.get(&self.id(vendor_call)).expect("the call is known")
    }

    /// Plays the steps.
    pub(crate) fn play(make: Make, steps: &[Step]) -> Self {
        let mut office = Self::new(make);
        steps.iter().for_each(|step| office.step(step));
        office
    }

    /// Plays the steps, and before each of them the program ends and begins again.
    pub(crate) fn play_with_restarts(make: Make, steps: &[Step]) -> Self {
        let mut office = Self::new(make);
        for step in steps {
            office.restart();
            office.step(step);
        }
        office.restart();
        office
    }

    pub(crate) fn step(&mut self, step: &Step) {
        self.wait_until(at(step.ms));
        match &step.what {
            What::Message { channels, body } => {
                for mut event in self.read(channels, body) {
                    self.book.number_attempt(&mut event);
                    if self.keys.insert(event.dedupe_key.clone()) {
                        self.tell(LogEvent::Vendor(event));
                    }
                }
            }
            What::Click { number, from, to } => {
                let command = CommandId(Uuid::from_u128(*number));
                let (from, to) = ((*from).to_owned(), (*to).to_owned());
                let kind = CommandKind::Originate { from, to, customer_first: false };
                self.tell(LogEvent::Command(Command { id: command, author: "Irina".to_owned(), kind }));
                let answer = CommandAnswer::Accepted { command, vendor_call: None, doubt: None };
                self.tell(LogEvent::Answer(answer));
            }
        }
    }

    /// Through the make, from the vendor's bytes.
    fn read(&self, channels: &[&str], body: &Value) -> Vec<VendorEvent> {
        let text = body.to_string();
        if matches!(self.make.delivery, Delivery::Socket | Delivery::SocketPerExtension) {
            let over = |channel: &&str| {
                let mut session = self.pbx.session(channel).expect("a channel");
                let now = Moment { monotonic: tokio::time::Instant::now().into_std(), wall: self.now };
                session.step(SessionInput::Text(&text), now)
            };
            let events = |output| {
                let SessionOutput::Events { events, .. } = output else { panic!("no event: {output:?}") };
                events
            };
            return channels.iter().flat_map(over).flat_map(events).collect();
        }
        if self.make == pbx::zadarma::MAKE {
            return self.receive("", form(body));
        }
        if self.make == pbx::mango_vpbx::MAKE {
            return self.receive("", text);
        }
        self.receive("/call_events", text)
    }

    /// A webhook, signed as the PBX does.
    fn receive(&self, path: &str, body: String) -> Vec<VendorEvent> {
        let (method, path) = ("POST".to_owned(), path.to_owned());
        let mut request = WebhookRequest { method, path, headers: Vec::new(), body: body.into() };
        self.pbx.sign_webhook(&mut request).expect("signed");
        let verified = self.pbx.verify(&request).expect("authentic");
        let context = DecodeContext { received_at: self.now, zone: self.zone.clone(), source: calls::Source::Webhook };
        self.pbx.decode(verified, &context).events
    }

    fn tell(&mut self, event: LogEvent) {
        let seq = self.log.len() as u64 + 1;
        let connection = "pbx1".parse().expect("an id");
        self.log.push(Stored { seq, connection, received_at: self.now, event });
        let last = self.log.len() - 1;
        self.fold(last);
    }

    fn fold(&mut self, place: usize) {
        let (before, rest) = self.log.split_at(place);
        // A call that the book has let go is brought back for a straggler.
        if let Some(call) = rest[0].event.subject(&rest[0].connection).filter(|call| !self.book.holds(call)) {
            let former = self.calls.get(&call).and_then(|known| known.redirected_from.clone());
            let is_its = |entry: &&Stored| {
                let subject = entry.event.subject(&entry.connection);
                subject.as_ref() == Some(&call) || subject.is_some() && subject == former
            };
            self.book.restore(before.iter().filter(is_its));
        }
        for change in self.book.apply(&rest[0]) {
            match change {
                Change::Call(call) => {
                    self.calls.insert(call.id.clone(), call);
                }
                Change::Redirect { from, .. } => {
                    self.calls.remove(&from);
                }
                Change::Command { .. } => {}
            }
        }
    }

    /// The program ends and begins again: what is open is read from the log, from its floor on.
    fn restart(&mut self) {
        let floor = self.book.floor().unwrap_or(u64::MAX);
        let mut book = self.empty_book();
        for stored in self.log.iter().filter(|stored| stored.seq >= floor) {
            book.apply(stored);
        }
        let open = |book: &Book| book.open_calls().cloned().collect::<Vec<_>>();
        assert_eq!(open(&book), open(&self.book), "the log from the floor on");
        self.book = book;
    }

    fn empty_book(&self) -> Book {
        Book::new("pbx1".parse().expect("an id"), self.pbx.book_settings())
    }

    /// The calls that the log alone gives, read from its beginning.
    pub(crate) fn read_again(&self) -> BTreeMap<CallId, Call> {
        let mut again = Self::new(self.make);
        again.log.clone_from(&self.log);
        for place in 0..again.log.len() {
            again.fold(place);
        }
        again.calls
    }

    pub(crate) fn wait_until(&mut self, moment: Timestamp) {
        while let Some((due, timer)) = self.book.next_deadline().filter(|(due, _)| *due <= moment) {
            self.now = self.now.max(due);
            self.tell(LogEvent::Decision(Decision::TimerFired { timer }));
        }
        self.now = self.now.max(moment);
    }

    /// Fires what the open calls wait for.
    pub(crate) fn settle(mut self) -> Self {
        while let Some((due, timer)) = self.book.next_deadline() {
            if matches!(timer, Timer::Tombstone { .. }) && self.book.open_calls().next().is_none() {
                break;
            }
            self.now = self.now.max(due);
            self.tell(LogEvent::Decision(Decision::TimerFired { timer }));
        }
        self
    }
}

/// The members of an object as the fields of a form.
fn form(body: &Value) -> String {
    let fields = body.as_object().into_iter().flatten();
    let texts = fields.map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(texts).finish()
}
