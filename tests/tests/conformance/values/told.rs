//! How a PBX tells something, and what its make makes of it.

use std::{collections::BTreeSet, time::Duration};

use calls::{CommandAnswer, CommandId, Source, VendorEvent};
use jiff::{Timestamp, tz::TimeZone};
use pbx::{Answer, DecodeContext, HistoryPlace, Make, Pbx, SessionInput, SessionOutput, Span, WebhookRequest};
use serde_json::Value;
use uuid::Uuid;

/// The effects of events, each once. That the parties are told is left out where more is told.
pub(super) fn effects(events: &[VendorEvent]) -> BTreeSet<String> {
    assert!(!events.is_empty(), "nothing is kept");
    let name = |effect: &calls::Effect| {
        let written = serde_json::to_value(effect).expect("is written");
        let cause = Some(&written["cause"]).filter(|cause| **cause != "normal");
        let accepted =
            Some(&written["accepted"]).filter(|_| written["accepted"] == false).map(|_| "refused".to_owned());
        let words = [Some(&written["effect"]), Some(&written["result"]), cause];
        let words = words.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
        words.chain(accepted).collect::<Vec<_>>().join(" ")
    };
    let mut effects: BTreeSet<String> = events.iter().flat_map(|event| &event.effects).map(name).collect();
    if effects.len() > 1 {
        effects.remove("callUpdated");
    }
    effects
}

/// The same, where it is kept by the PBX and told afterwards: it may ring nobody.
pub(super) fn replayed(events: &[VendorEvent]) -> BTreeSet<String> {
    assert!(events.iter().all(|event| event.source == Source::Replay), "{events:?}");
    effects(events)
}

/// A path and a body, as the PBX posts them.
pub(super) fn posted(pbx: &dyn Pbx, path: &str, body: &str) -> BTreeSet<String> {
    let mut request = request(path, body);
    pbx.sign_webhook(&mut request).unwrap_or_else(|error| panic!("{body}: {error}"));
    let verified = pbx.verify(&request).unwrap_or_else(|error| panic!("{body}: {error}"));
    effects(&pbx.decode(verified, &context(Source::Webhook)).events)
}

/// What is answered to a test of our address: its status.
pub(super) fn address_check(pbx: &dyn Pbx, path: &str, body: &str) -> BTreeSet<String> {
    let reply = pbx.address_check(&request(path, body)).expect("a test of our address");
    [format!("answered {}", reply.status)].into()
}

fn request(path: &str, body: &str) -> WebhookRequest {
    let kind = if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
    WebhookRequest {
        method: if body.is_empty() { "GET" } else { "POST" }.to_owned(),
        path: path.to_owned(),
        headers: vec![("Content-Type".to_owned(), kind.as_bytes().to_vec())],
        body: bytes::Bytes::copy_from_slice(body.as_bytes()),
    }
}

/// A frame of a live session, before which nothing was told.
pub(super) fn framed(make: Make, frame: &Value) -> BTreeSet<String> {
    let mut session = trubka_fuzz::live(trubka_fuzz::configured(make).as_ref(), make);
    let outputs = session.step(SessionInput::Text(&frame.to_string()), trubka_fuzz::now());
    effects(&events(&outputs))
}

/// The events among what a session wants, those of a list too.
pub(super) fn events(outputs: &[SessionOutput]) -> Vec<VendorEvent> {
    let listed = outputs.iter().filter_map(|output| {
        if let SessionOutput::Snapshot(snapshot) = output { Some(snapshot.events.clone()) } else { None }
    });
    outputs.iter().flat_map(|output| output.events().to_vec()).chain(listed.flatten()).collect()
}

/// What an answer to a call that was placed says.
pub(super) fn placed(pbx: &dyn Pbx, status: u16, body: &str) -> BTreeSet<String> {
    let word = match pbx.read_originate(CommandId(Uuid::nil()), &answer(status, body)) {
        CommandAnswer::Accepted { vendor_call, doubt, .. } => {
            let named = if vendor_call.is_some() { ", with the call" } else { "" };
            let doubt = if doubt.is_some() { ", in doubt" } else { "" };
            format!("accepted{named}{doubt}")
        }
        CommandAnswer::Rejected { .. } => "rejected".to_owned(),
        CommandAnswer::Unknown { .. } => "outcome unknown".to_owned(),
    };
    [word].into()
}

/// What the history holds when it is answered so at this place.
pub(super) fn history(pbx: &dyn Pbx, place: &HistoryPlace, body: &str) -> BTreeSet<String> {
    let to = trubka_fuzz::now().wall;
    let span = Span { from: to - Duration::from_secs(86_400), to };
    let page = pbx.read_history(span, place, &answer(200, body), &context(Source::Replay));
    let page = page.unwrap_or_else(|error| panic!("{body}: {error}"));
    replayed(&page.calls.into_iter().flat_map(|call| call.events).collect::<Vec<_>>())
}

/// An answer of the PBX.
pub(super) fn answer(status: u16, body: &str) -> Answer {
    let body = bytes::Bytes::copy_from_slice(body.as_bytes());
    Answer { status, retry_after: None, date: None, location: None, limits: None, body }
}

/// When and how it comes.
pub(super) fn context(source: Source) -> DecodeContext {
    let received_at: Timestamp = trubka_fuzz::now().wall;
    DecodeContext { received_at, zone: TimeZone::get("Europe/Moscow").expect("a zone"), source }
}
