//! The make as a whole, from the page's samples and the readings that it leaves open.

mod actions;
mod live;
mod meaning;
mod requests;

use std::{collections::BTreeMap, time::Duration};

use ::calls::{Effect, VendorEvent};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Era, MAKE};
use crate::{
    make::ConnectionConfig,
    request::{Answer, Request},
    session::{Moment, Session, SessionInput, SessionOutput, Snapshot, WHOLE_ACCOUNT},
    traits::Pbx,
};

pub(super) fn configured(overrides: &[(&str, &str)]) -> Era {
    let config = ConnectionConfig {
        id: "era".parse().expect("an id"),
        make: MAKE,
        zone: None,
        base_url: Some("https://pbx.example".parse().expect("an address")),
        trust_anchor_pem: None,
        secrets: BTreeMap::from([("token".to_owned(), SecretString::from("s3cret"))]),
        overrides: overrides.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    };
    Era::new(&config).expect("good settings")
}

pub(super) fn received() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().expect("a time")
}

pub(super) fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        retry_after: None,
        date: None,
        location: None,
        limits: None,
        body: bytes::Bytes::from(body.to_owned()),
    }
}

/// The account's session, told by hand.
pub(super) struct ByHand {
    pub(super) era: Era,
    session: Box<dyn Session>,
    start: std::time::Instant,
    pub(super) after: Duration,
}

impl ByHand {
    pub(super) fn new(overrides: &[(&str, &str)]) -> Self {
        let era = configured(overrides);
        let session = era.session(WHOLE_ACCOUNT).expect("a session");
        Self { era, session, start: tokio::time::Instant::now().into_std(), after: Duration::ZERO }
    }

    pub(super) fn step(&mut self, input: SessionInput<'_>) -> Vec<SessionOutput> {
        let wall = received() + jiff::SignedDuration::try_from(self.after).expect("in range");
        self.session.step(input, Moment { monotonic: self.start + self.after, wall })
    }

    pub(super) fn text(&mut self, name: &str, body: Value) -> Vec<SessionOutput> {
        self.step(SessionInput::Text(&json!([name, body]).to_string()))
    }

    /// What comes of a list that knows no pages: whoever asks for more gets it once more.
    pub(super) fn answered(&mut self, body: &str) -> Vec<SessionOutput> {
        let outputs = self.step(SessionInput::Answered(Ok(&answer(200, body))));
        let asks_on = |request: &Request| request.operation == "uc/calls";
        match outputs.as_slice() {
            [SessionOutput::Request(more)] if asks_on(more) => self.answered(body),
            _ => outputs,
        }
    }

    /// Lets the time come that the session waits for; says after how many seconds from the beginning.
    pub(super) fn wait(&mut self) -> (u64, Vec<SessionOutput>) {
        let timer = self.session.next_timer().expect("it waits for something");
        self.after = self.after.max(timer.duration_since(self.start));
        (self.after.as_secs(), self.step(SessionInput::Timer))
    }

    /// Connected, subscribed, and with this list of calls.
    pub(super) fn live_with(overrides: &[(&str, &str)], list: &str) -> Self {
        let mut by_hand = Self::new(overrides);
        by_hand.step(SessionInput::Start);
        let (_, info) = sent(&by_hand.step(SessionInput::Opened));
        let outputs = by_hand.text("connection_info_result", json!({"qid": info["qid"], "result": "ok"}));
        let (_, subscribe) = sent(&outputs);
        let outputs =
            by_hand.text("subscribe_result", json!({"qid": subscribe["qid"], "id": subscribe["id"], "result": "ok"}));
        assert!(matches!(outputs.as_slice(), [SessionOutput::Connected, SessionOutput::Request(_)]), "{outputs:?}");
        let outputs = by_hand.answered(list);
        assert!(matches!(outputs.as_slice(), [SessionOutput::Snapshot(_), SessionOutput::Drained { complete: true }]));
        by_hand
    }

    pub(super) fn live() -> Self {
        Self::live_with(&[], "[]")
    }

    /// What a pushed event means.
    pub(super) fn event(&mut self, name: &str, data: Value) -> VendorEvent {
        let outputs = self.text("event", json!({"id": "s", "event": name, "data": data}));
        let mut events = events(&outputs);
        assert_eq!(events.len(), 1, "{outputs:?}");
        events.remove(0)
    }
}

/// The frame that is sent: its name and its object.
pub(super) fn sent(outputs: &[SessionOutput]) -> (String, Value) {
    let sent = outputs.iter().find_map(|output| if let SessionOutput::Send(text) = output { Some(text) } else { None });
    let frame: Value = serde_json::from_str(sent.unwrap_or_else(|| panic!("nothing sent: {outputs:?}"))).expect("JSON");
    (frame[0].as_str().expect("a name").to_owned(), frame[1].clone())
}

pub(super) fn events(outputs: &[SessionOutput]) -> Vec<VendorEvent> {
    let events = outputs.iter().filter_map(|output| {
        if let SessionOutput::Events { events, .. } = output { Some(events.clone()) } else { None }
    });
    events.flatten().collect()
}

pub(super) fn snapshot(outputs: &[SessionOutput]) -> Snapshot {
    let snapshot = outputs
        .iter()
        .find_map(|output| if let SessionOutput::Snapshot(snapshot) = output { Some(snapshot.clone()) } else { None });
    snapshot.unwrap_or_else(|| panic!("no list: {outputs:?}"))
}

pub(super) fn notice(outputs: &[SessionOutput]) -> Option<&Option<String>> {
    outputs.iter().find_map(|output| if let SessionOutput::Notice(notice) = output { Some(notice) } else { None })
}

/// The names of the effects, with their legs' keys.
pub(super) fn names(event: &VendorEvent) -> Vec<String> {
    let name = |effect: &Effect| {
        let json = serde_json::to_value(effect).expect("JSON");
        let leg = json["leg"]["key"].as_str().map(|key| format!(" {key}")).unwrap_or_default();
        format!("{}{leg}", json["effect"].as_str().unwrap_or_default())
    };
    event.effects.iter().map(name).collect()
}
