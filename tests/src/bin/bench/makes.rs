//! `makes`: what it takes to verify and to decode one webhook, frame or polled answer of each make.
//!
//! The peer is what nobody can do without: the vendor's digest over the same bytes, or the same bytes through a JSON
//! parser that knows nothing of calls. Each message has a caller and a call of its own, as in life: whatever a make
//! remembers of the one before is of no use to it.

use std::{
    fs, hint,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use calls::Source;
use hmac::{Hmac, Mac};
use jiff::tz::TimeZone;
use pbx::{
    Answer, DecodeContext, MAKES, Make, PollStart, Poller, SessionInput, Verified, WebhookRequest, session::Moment,
};
use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use trubka_fuzz::{Kind, configured, live};

use crate::figure::{Budget, Figure, Peer, percentile};

/// How often each is done in a row, and how many rows there are; the middle row counts.
const IN_A_ROW: u32 = 200;
const ROWS: u32 = 51;
const BUDGET: Budget = Budget { most: Some(20.0), share: None };

/// The message of each make that is measured, of the corpus.
const EVENT: &str = "event-rings";

pub(crate) fn measure() -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for make in MAKES {
        figures.extend(of_make(*make)?);
    }
    Ok(figures)
}

fn of_make(make: Make) -> Result<Vec<Figure>> {
    let kind = Kind::of(make)[0];
    let path = trubka_fuzz::corpus(make, kind).join(EVENT);
    let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    match kind {
        Kind::Webhook => webhook(make, &bytes),
        Kind::Frame => Ok(vec![frame(make, &bytes)?]),
        Kind::Answer => Ok(vec![polled(make, &bytes)?]),
    }
}

/// The number that calls in the messages of the corpus.
const CALLER: &str = "79161234567";
/// How the ids in frames begin.
const CALL: &str = "\"c1";

/// One message after the other, each of another caller and call.
struct Messages {
    text: String,
    told: u32,
}

impl Messages {
    fn like(bytes: &[u8]) -> Result<Self> {
        let text = String::from_utf8(bytes.to_vec())?;
        anyhow::ensure!(text.contains(CALLER), "nobody calls in this message");
        Ok(Self { text, told: 0 })
    }

    fn next(&mut self) -> String {
        self.told += 1;
        let caller = format!("7916{:07}", self.told % 10_000_000);
        self.text.replace(CALLER, &caller).replace(CALL, &format!("\"c{}", self.told))
    }
}

fn webhook(make: Make, bytes: &[u8]) -> Result<Vec<Figure>> {
    let pbx = configured(make);
    let mut messages = Messages::like(bytes)?;
    let mut signed = || {
        let mut request: WebhookRequest = trubka_fuzz::read_webhook(messages.next().as_bytes());
        pbx.sign_webhook(&mut request).map(|()| request)
    };
    let request = signed()?;
    pbx.verify(&request)?;
    let context = DecodeContext { received_at: trubka_fuzz::now().wall, zone: TimeZone::UTC, source: Source::Webhook };
    let verifying = each(&mut signed, |request| request.is_ok_and(|request| pbx.verify(&request).is_ok()));
    let verified = || -> Option<Verified> { pbx.verify(&signed().ok()?).ok() };
    let decoding = each(verified, |verified| verified.map(|verified| pbx.decode(verified, &context)));
    let body = request.body.clone();
    // Who signs with an HMAC says so by the length of what he sends.
    let by_hmac = request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("signature"));
    let (digest, digesting) = match by_hmac {
        true => ("HMAC-SHA1", each(|| (), |()| hmac(&body))),
        false => ("SHA-256", each(|| (), |()| Sha256::digest(&body))),
    };
    Ok(vec![
        figure(make, "verify", verifying, (format!("one {digest} over the same body"), Some(digesting))),
        figure(make, "decode", decoding, parsed(&body)),
    ])
}

fn hmac(body: &[u8]) -> Vec<u8> {
    let mut mac = <Hmac<Sha1> as Mac>::new_from_slice(b"0f1e2d3c4b5a69788796").expect("a key of any length fits");
    mac.update(body);
    mac.finalize().into_bytes().to_vec()
}

/// A frame of a session that is live.
fn frame(make: Make, bytes: &[u8]) -> Result<Figure> {
    let pbx = configured(make);
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut messages = Messages::like(line)?;
    let mut session = live(pbx.as_ref(), make);
    let now = trubka_fuzz::now();
    let decoding = each(|| messages.next(), |line| session.step(SessionInput::Text(&line), now));
    Ok(figure(make, "decode", decoding, parsed(line)))
}

/// A list of the calls that go on, with one call.
fn polled(make: Make, bytes: &[u8]) -> Result<Figure> {
    let pbx = configured(make);
    let mut messages = Messages::like(bytes)?;
    let start = PollStart { held: Vec::new(), zone: TimeZone::UTC, is_zone_settled: true, now: trubka_fuzz::now() };
    let mut poller = pbx.poller(start).context("it is asked")?;
    let nothing = told(br#"{"status":"success","message":null,"data":[]}"#.to_vec());
    let mut at = trubka_fuzz::now();
    let mut times = Vec::new();
    while times.len() < ROWS as usize {
        let (due, request) = poller.due();
        at = Moment { monotonic: due.max(at.monotonic), wall: at.wall };
        let is_list = request.url.path().ends_with("active");
        let list = told(messages.next().into_bytes());
        let began = Instant::now();
        read(poller.as_mut(), if is_list { &list } else { &nothing }, at);
        if is_list {
            times.push(micros(began.elapsed()));
        }
    }
    Ok(figure(make, "decode", percentile(&times, 0.5), parsed(bytes)))
}

fn read(poller: &mut dyn Poller, answer: &Answer, at: Moment) {
    // A list that cannot be read takes no longer than one that can.
    let _ = hint::black_box(poller.read(Ok(answer), at, at));
}

fn told(body: Vec<u8>) -> Answer {
    Answer { status: 200, retry_after: None, date: None, location: None, limits: None, body: body.into() }
}

/// The same bytes through a parser: JSON as it is, the fields of a form one by one, with the JSON that stands in one.
fn parsed(body: &[u8]) -> Peer {
    let is_json = matches!(body.first(), Some(b'{' | b'['));
    let parsing = each(
        || (),
        |()| {
            if is_json {
                return vec![serde_json::from_slice::<Value>(body).ok()];
            }
            let fields = url::form_urlencoded::parse(body);
            fields.map(|(_, value)| serde_json::from_str::<Value>(&value).ok()).collect()
        },
    );
    ("the same bytes through serde_json".to_owned(), Some(parsing))
}

fn figure(make: Make, what: &str, value: f64, peer: Peer) -> Figure {
    Figure::new(format!("{make} {what}"), value, "µs", peer, BUDGET)
}

/// Microseconds of each, what it is made of left out.
fn each<T, R>(mut made: impl FnMut() -> T, mut work: impl FnMut(T) -> R) -> f64 {
    let rows: Vec<f64> = (0..ROWS)
        .map(|_| {
            let things: Vec<T> = (0..IN_A_ROW).map(|_| made()).collect();
            let began = Instant::now();
            for thing in things {
                hint::black_box(work(hint::black_box(thing)));
            }
            micros(began.elapsed()) / f64::from(IN_A_ROW)
        })
        .collect();
    percentile(&rows, 0.5)
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
