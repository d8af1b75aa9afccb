//! Recordings, whole or in ranges, and their shape.

use axum::{
    Json,
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use calls::RecordingId;
use futures_util::stream;
use link::{ByteRange, Office, OfficeError, RecordingPart, wire::PeaksView};
use office::View;

use super::{
    auth::Bearer,
    range::{Wanted, wanted},
    segment::Segment,
};
use crate::problem::ApiError;

/// The audio, or the part of it that was asked for.
pub(crate) async fn audio(
    bearer: Bearer,
    Segment(id): Segment<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = read_id(&id)?;
    let view = bearer.view;
    match wanted(&headers) {
        Wanted::All => whole_recording(view, id).await,
        Wanted::Span { start, end } => span(view, id, start, end).await,
        Wanted::Last(length) => {
            // Its place is known only once the length is, so this waits for nothing that is not there.
            match total(&view, &id).await? {
                Some(total) => span(view, id, total.saturating_sub(length), None).await,
                None => whole_recording(view, id).await,
            }
        }
        Wanted::Nothing => {
            let total = total(&view, &id).await?;
            Err(ApiError::range(OfficeError::invalid("range", "No byte was asked for."), total))
        }
    }
}

/// Shape and length.
pub(crate) async fn peaks(bearer: Bearer, Segment(id): Segment<String>) -> Result<Json<PeaksView>, ApiError> {
    Ok(Json(bearer.view.peaks(&read_id(&id)?).await?))
}

/// From `start` to `end`, or to the last byte: all of it where the length is known, otherwise what is there.
async fn span(view: View, id: RecordingId, start: u64, end: Option<u64>) -> Result<Response, ApiError> {
    let first = match view.recording(&id, ByteRange { start, end }).await {
        Err(error) if error.field == Some("range") => return Err(ApiError::range(error, total(&view, &id).await?)),
        first => first?,
    };
    let (mime, total) = (first.mime, first.total);
    let there = first.bytes.len() as u64;
    let Some(whole) = total else {
        return Ok(partial(start, there, None, mime, Body::from(first.bytes)));
    };
    let end = end.map_or(whole, |last| last.saturating_add(1).min(whole));
    let length = end.saturating_sub(start);
    let body = if there == length { Body::from(first.bytes) } else { follow(view, id, first, Some(end)) };
    Ok(partial(start, length, total, mime, body))
}

/// The length of the whole, where it is known already.
async fn total(view: &View, id: &RecordingId) -> Result<Option<u64>, OfficeError> {
    Ok(view.recording(id, ByteRange { start: 0, end: Some(0) }).await?.total)
}

async fn whole_recording(view: View, id: RecordingId) -> Result<Response, ApiError> {
    let first = view.recording(&id, ByteRange { start: 0, end: None }).await?;
    let (mime, total) = (first.mime, first.total);
    let mut response = follow(view, id, first, None).into_response();
    let headers = describe(&mut response, mime);
    if let Some(total) = total {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(total));
    }
    Ok(response)
}

/// This piece and all that follow it, as they arrive, up to the byte before `end` or to the last.
fn follow(view: View, id: RecordingId, first: RecordingPart, end: Option<u64>) -> Body {
    enum Step {
        Give(RecordingPart),
        Ask(u64),
        Done,
    }
    let last = end.map(|end| end.saturating_sub(1));
    let pieces = stream::unfold((view, id, Step::Give(first)), move |(view, id, step)| async move {
        let part = match step {
            Step::Give(part) => Ok(part),
            Step::Ask(start) => view.recording(&id, ByteRange { start, end: last }).await,
            Step::Done => return None,
        };
        match part {
            Ok(part) => {
                let next = part.start + part.bytes.len() as u64;
                let ended = part.bytes.is_empty() || end.or(part.total).is_some_and(|end| next >= end);
                Some((Ok(part.bytes), (view, id, if ended { Step::Done } else { Step::Ask(next) })))
            }
            // While it was being fetched nobody knew that this was its end.
            Err(error) if error.field == Some("range") => None,
            // Breaks the body off, so that nobody takes a part for the whole.
            Err(error) => Some((Err(error), (view, id, Step::Done))),
        }
    });
    Body::from_stream(pieces)
}

fn partial(start: u64, length: u64, total: Option<u64>, mime: &'static str, body: Body) -> Response {
    let mut response = (StatusCode::PARTIAL_CONTENT, body).into_response();
    let end = (start + length).saturating_sub(1);
    let total = total.map_or("*".to_owned(), |total| total.to_string());
    let headers = describe(&mut response, mime);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if let Ok(range) = HeaderValue::from_str(&format!("bytes {start}-{end}/{total}")) {
        headers.insert(header::CONTENT_RANGE, range);
    }
    response
}

fn describe<'a>(response: &'a mut Response, mime: &'static str) -> &'a mut HeaderMap {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers
}

fn read_id(text: &str) -> Result<RecordingId, ApiError> {
    text.parse().map_err(|_| ApiError::not_found("There is no such recording."))
}
