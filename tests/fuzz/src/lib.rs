//! Bytes that a PBX, or somebody in its place, may send, and what must hold whatever they are: nothing panics, what is
//! read stays in proportion to what was sent, the same bytes mean the same twice, and no other call is touched.
//!
//! `corpus/<page of the make>/<kind>/` holds such bytes. The tests read them and mutations of them.

mod answer;
mod fold;
mod frame;
mod live;
mod webhook;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use pbx::{Answer, ConnectionConfig, Delivery, Make, Pbx, session::Moment};
use secrecy::SecretString;

pub use live::{Live, live};
pub use webhook::read as read_webhook;

/// How bytes reach a make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Posted to our address: an HTTP request, or a body alone.
    Webhook,
    /// Over a socket: a frame a line.
    Frame,
    /// In answer to what we ask: an HTTP answer, or a body alone.
    Answer,
}

impl Kind {
    /// The kinds that a make reads.
    pub fn of(make: Make) -> Vec<Self> {
        let by_events = match make.delivery {
            Delivery::Webhook => Some(Self::Webhook),
            Delivery::Socket | Delivery::SocketPerExtension => Some(Self::Frame),
            Delivery::Polling => None,
        };
        by_events.into_iter().chain([Self::Answer]).collect()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Webhook => "webhook",
            Self::Frame => "frame",
            Self::Answer => "answer",
        })
    }
}

/// Where the corpus of a make and kind is.
pub fn corpus(make: Make, kind: Kind) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(make.page).join(kind.to_string())
}

/// Reads the bytes as the make does, and panics where something does not hold. Says how many events they were taken for.
pub fn check(make: Make, kind: Kind, bytes: &[u8]) -> usize {
    let pbx = configured(make);
    match kind {
        Kind::Webhook => webhook::check(pbx.as_ref(), bytes),
        Kind::Frame => frame::check(pbx.as_ref(), make, bytes),
        Kind::Answer => answer::check(pbx.as_ref(), make, bytes),
    }
}

/// The make, with settings of no account.
pub fn configured(make: Make) -> Box<dyn Pbx> {
    let secret = |name: &str| (name.to_owned(), SecretString::from(format!("12345_s3cret-{name}")));
    let config = ConnectionConfig {
        id: "hostile".parse().expect("an id"),
        make,
        zone: Some("Europe/Moscow".to_owned()),
        base_url: make.base_url.is_empty().then(|| "https://pbx.example".parse().expect("an address")),
        trust_anchor_pem: None,
        secrets: make.secrets.iter().map(|known| secret(known.name)).collect(),
        overrides: BTreeMap::new(),
    };
    pbx::build(&config).expect("good settings")
}

/// The moment at which everything is said to come.
pub fn now() -> Moment {
    Moment { monotonic: tokio::time::Instant::now().into_std(), wall: "2026-03-02T09:00:30Z".parse().expect("a time") }
}

/// A successful answer.
pub(crate) fn told(body: impl Into<Vec<u8>>) -> Answer {
    let body = bytes::Bytes::from(body.into());
    Answer { status: 200, retry_after: None, date: None, location: None, limits: None, body }
}

/// What people read holds nothing of the settings' secrets.
pub(crate) fn says_no_secret(words: &str) {
    assert!(!words.contains("s3cret-"), "{words}");
}
