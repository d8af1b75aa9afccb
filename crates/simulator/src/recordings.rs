//! The recorded conversations, and the ways a download of them can go wrong.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderValue, StatusCode, header};

use crate::fault::{Fault, Faults};
use crate::script::Topic;

const FLUSH: Duration = Duration::from_millis(30);
const HTML: &str = "<!DOCTYPE html><html><head><title>404</title></head><body><h1>File not found</h1></body></html>";

/// The whole MP3 file of a conversation.
pub(crate) fn mp3(topic: Topic) -> Bytes {
    Bytes::from_static(match topic {
        Topic::Order => include_bytes!("../recordings/order.mp3"),
        Topic::Complaint => include_bytes!("../recordings/complaint.mp3"),
        Topic::En => include_bytes!("../recordings/en.mp3"),
    })
}

/// The answer to a download, with whatever faults are on.
pub(crate) fn download(topic: Topic, faults: &Faults) -> Response {
    if faults.has(Fault::RecordingHtml) {
        return ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], HTML).into_response();
    }
    let file = if faults.has(Fault::RecordingEmpty) { Bytes::new() } else { mp3(topic) };
    let length = HeaderValue::from(file.len());
    let rate = faults.find(|fault| if let Fault::SlowRecording(rate) = fault { Some(rate) } else { None });
    let body = match (faults.has(Fault::RecordingTruncated), rate) {
        (true, _) => broken_off(file),
        (false, Some(rate)) => slow(file, rate),
        (false, None) => Body::from(file),
    };
    let mut response = (StatusCode::OK, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/mpeg"));
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    response
}

/// The first half of the file, then the connection breaks.
fn broken_off(file: Bytes) -> Body {
    let half = file.slice(..file.len() / 2);
    let broken = stream::once(async {
        // The half must have left before.
        tokio::time::sleep(FLUSH).await;
        Err(io::Error::other("cut by the fault recording-truncated"))
    });
    Body::from_stream(stream::iter([Ok::<Bytes, io::Error>(half)]).chain(broken))
}

/// The file in ten pieces a second.
fn slow(file: Bytes, rate: u64) -> Body {
    let piece = usize::try_from(rate / 10).unwrap_or(usize::MAX).max(1);
    let pause = Duration::from_secs_f64(piece as f64 / rate as f64);
    Body::from_stream(stream::unfold(file, move |mut left| async move {
        if left.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let next = left.split_to(piece.min(left.len()));
        Some((Ok::<_, io::Error>(next), left))
    }))
}
