//! An external system that takes the webhooks of makes that send forms.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use http::{HeaderMap, StatusCode, Uri};
use tokio::sync::mpsc;
use trubka_simulator::{Make, Simulator};
use url::form_urlencoded;

/// A form as it came, its fields decoded.
#[derive(Debug)]
pub(crate) struct Form {
    /// What the make added to the hook's address.
    pub(crate) path: String,
    /// The header `Signature`; empty where there is none.
    pub(crate) signature: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    /// The field of this name; empty where there is none.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }
}

pub(crate) struct FormHook {
    pub(crate) url: String,
    received: mpsc::UnboundedReceiver<Form>,
    /// What every form is answered.
    pub(crate) answer: Arc<Mutex<String>>,
}

impl FormHook {
    /// Begins to listen and is made the hook of a make.
    pub(crate) async fn of(simulator: &Simulator, make: Make) -> Self {
        let (forms, received) = mpsc::unbounded_channel();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let answer = Arc::default();
        let router = Router::new().fallback(receive).with_state((forms, Arc::clone(&answer)));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let url = format!("http://{address}/hook/one");
        simulator.set_hook(make, &url).expect("loopback");
        Self { url, received, answer }
    }

    pub(crate) async fn next(&mut self) -> Form {
        tokio::time::timeout(Duration::from_secs(10), self.received.recv())
            .await
            .expect("a webhook in time")
            .expect("the hook listens")
    }

    /// Every form up to the first that fits, which is the last.
    pub(crate) async fn until(&mut self, fits: impl Fn(&Form) -> bool) -> Vec<Form> {
        let mut forms = Vec::new();
        loop {
            forms.push(self.next().await);
            if forms.last().is_some_and(&fits) {
                return forms;
            }
        }
    }
}

async fn receive(
    State((forms, answer)): State<(mpsc::UnboundedSender<Form>, Arc<Mutex<String>>)>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Response {
    // The check of an address: it repeats what it is asked.
    if let Some(text) = uri.query().and_then(|query| query.strip_prefix("zd_echo=")) {
        return text.to_owned().into_response();
    }
    let signature = headers.get("signature").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let path = uri.path().trim_start_matches("/hook/one").trim_matches('/').to_owned();
    let fields = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    // A test that has ended reads no more webhooks.
    let _ = forms.send(Form { path, signature, fields });
    (StatusCode::OK, answer.lock().expect("no panic").clone()).into_response()
}
