//! An external system that takes Rostelecom's webhooks and checks every signature.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use http::{HeaderMap, StatusCode, Uri};
use serde_json::Value;
use tokio::sync::mpsc;
use trubka_simulator::{Make, Simulator};

use crate::client::digest;
use crate::office;

#[derive(Debug)]
pub(crate) struct Webhook {
    pub(crate) path: String,
    pub(crate) body: String,
    /// Whether the signature over the raw body is right.
    pub(crate) signed: bool,
    pub(crate) sign: Option<String>,
}

impl Webhook {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a webhook of JSON")
    }
}

pub(crate) struct Hook {
    url: String,
    received: mpsc::UnboundedReceiver<Webhook>,
    pub(crate) status: Arc<AtomicU16>,
    /// What the platform asked about callers.
    pub(crate) questions: Arc<Mutex<Vec<Value>>>,
    /// What it is answered.
    pub(crate) answer: Arc<Mutex<String>>,
}

#[derive(Clone)]
struct Receiver {
    simulator: Simulator,
    webhooks: mpsc::UnboundedSender<Webhook>,
    status: Arc<AtomicU16>,
    questions: Arc<Mutex<Vec<Value>>>,
    answer: Arc<Mutex<String>>,
}

impl Hook {
    /// Begins to listen and is made the hook of the simulator.
    pub(crate) async fn of(simulator: &Simulator) -> Self {
        let (webhooks, received) = mpsc::unbounded_channel();
        let status = Arc::new(AtomicU16::new(200));
        let (questions, answer) = (Arc::default(), Arc::default());
        let state = Receiver {
            simulator: simulator.clone(),
            webhooks,
            status: Arc::clone(&status),
            questions: Arc::clone(&questions),
            answer: Arc::clone(&answer),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(receive).with_state(state)).await });
        let url = format!("http://{address}/hook/rt1");
        simulator.set_hook(Make::ROSTELECOM, &url).expect("loopback");
        Self { url, received, status, questions, answer }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) async fn next(&mut self) -> Webhook {
        tokio::time::timeout(Duration::from_secs(10), self.received.recv())
            .await
            .expect("a webhook in time")
            .expect("the hook listens")
    }

    /// The events of calls up to the first end, each rightly signed.
    pub(crate) async fn call(&mut self) -> Vec<Value> {
        self.until("end").await
    }

    /// The same up to another state.
    pub(crate) async fn until(&mut self, state: &str) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            let webhook = self.next().await;
            assert!(webhook.signed, "{}", webhook.body);
            assert_eq!(webhook.path, "/hook/rt1/call_events");
            events.push(webhook.json());
            if events.last().is_some_and(|event| event["state"] == state) {
                return events;
            }
        }
    }
}

async fn receive(State(state): State<Receiver>, uri: Uri, headers: HeaderMap, body: String) -> (StatusCode, String) {
    let access = office::rostelecom(&state.simulator);
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let sign = header("x-client-sign");
    let signed = header("x-client-id").as_deref() == Some(access.secret("client_id"))
        && sign.as_deref() == Some(digest(&access, &body).as_str());
    let status = StatusCode::from_u16(state.status.load(Ordering::SeqCst)).expect("a status");
    let asked = serde_json::from_str(&body).ok().filter(|_| signed && uri.path().ends_with("/get_number_info"));
    if let Some(question) = asked {
        state.questions.lock().expect("no panic").push(question);
        return (status, state.answer.lock().expect("no panic").clone());
    }
    // A test that has ended reads no more webhooks.
    let _ = state.webhooks.send(Webhook { path: uri.path().to_owned(), body, signed, sign });
    (status, String::new())
}

/// The states of a call with the extension that each names, blanks taken off.
pub(crate) fn states(events: &[Value]) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").trim().to_owned();
    events
        .iter()
        .map(|event| {
            let pin = if event["type"] == "outbound" { &event["from_pin"] } else { &event["request_pin"] };
            (text(&event["state"]), text(pin))
        })
        .collect()
}

/// The same, as it is written in a test.
pub(crate) fn told(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(state, pin)| ((*state).to_owned(), (*pin).to_owned())).collect()
}
