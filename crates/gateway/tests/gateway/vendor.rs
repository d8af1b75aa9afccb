//! A vendor that places calls and holds one recording.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

/// A recording of 15 seconds.
pub(crate) const MP3: &[u8] = include_bytes!("../../../simulator/recordings/en.mp3");

/// What the vendor has of the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kept {
    NotYet,
    #[default]
    There,
    /// Its first half; the rest comes when nobody expects it any more.
    Half,
    NoMore,
    /// It is asked too often, and says for how long not to.
    Busy,
}

/// What the vendor was asked to do.
#[derive(Clone, Default)]
pub(crate) struct Vendor {
    pub(crate) placed: Arc<Mutex<Vec<Value>>>,
    pub(crate) asked: Arc<Mutex<u32>>,
    pub(crate) fetched: Arc<Mutex<u32>>,
    pub(crate) recording: Arc<Mutex<Kept>>,
    base: Arc<Mutex<String>>,
}

impl Vendor {
    /// Serves on a port of its own.
    pub(crate) async fn start() -> (Self, Url) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let vendor = Self::default();
        vendor.base.lock().expect("unpoisoned").clone_from(&base);
        let router = Router::new()
            .route("/call_back", post(call_back))
            .route("/get_record", post(get_record))
            .route("/record/1", get(record))
            .with_state(vendor.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        (vendor, base.parse().expect("a URL"))
    }
}

async fn call_back(State(vendor): State<Vendor>, body: Bytes) -> Json<Value> {
    let mut placed = vendor.placed.lock().expect("unpoisoned");
    placed.push(serde_json::from_slice(&body).expect("JSON"));
    Json(json!({"result": "0", "resultMessage": "ok", "session_id": format!("placed-{}", placed.len())}))
}

async fn get_record(State(vendor): State<Vendor>) -> Response {
    *vendor.asked.lock().expect("unpoisoned") += 1;
    match *vendor.recording.lock().expect("unpoisoned") {
        Kept::NotYet => Json(json!({"result": "-1", "resultMessage": "нет записи", "url": ""})).into_response(),
        Kept::Busy => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "42")]).into_response(),
        Kept::There | Kept::Half | Kept::NoMore => {
            let base = vendor.base.lock().expect("unpoisoned").clone();
            Json(json!({"result": "0", "resultMessage": "ok", "url": format!("{base}/record/1")})).into_response()
        }
    }
}

async fn record(State(vendor): State<Vendor>) -> Response {
    let body = match *vendor.recording.lock().expect("unpoisoned") {
        Kept::NoMore => return StatusCode::GONE.into_response(),
        Kept::Half => {
            let half = stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from_static(&MP3[..MP3.len() / 2]))]);
            Body::from_stream(half.chain(stream::pending()))
        }
        Kept::NotYet | Kept::There | Kept::Busy => Body::from(MP3),
    };
    *vendor.fetched.lock().expect("unpoisoned") += 1;
    ([(header::CONTENT_TYPE, "audio/mpeg")], body).into_response()
}
