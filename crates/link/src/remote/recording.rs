//! Pieces of recordings over HTTP ranges.

use calls::RecordingId;
use http::{HeaderMap, HeaderValue, header};
use net::{Request, Response};

use crate::{
    error::{OfficeError, OfficeErrorKind},
    office::{ByteRange, RecordingPart},
    remote::http::{Http, not_a_gateway, refusal},
};

pub(super) async fn part(http: &Http, id: &RecordingId, range: ByteRange) -> Result<RecordingPart, OfficeError> {
    let mut request = Request::get(http.url(&["v1", "recordings", id.as_str()]));
    // The first request makes the gateway fetch it from the PBX, which takes its time.
    request.timeout = std::time::Duration::from_secs(60);
    let wanted = match range.end {
        Some(end) => format!("bytes={}-{end}", range.start),
        None => format!("bytes={}-", range.start),
    };
    let wanted = HeaderValue::from_str(&wanted)
        .map_err(|_| OfficeError::invalid("range", "A range is two numbers, the first not above the second."))?;
    request.headers.insert(header::RANGE, wanted);
    read(http.send(request).await?, range)
}

fn read(response: Response, range: ByteRange) -> Result<RecordingPart, OfficeError> {
    let mime = mime(&response.headers);
    match response.status {
        206 => {
            let (start, total) = content_range(&response.headers).ok_or_else(not_a_gateway)?;
            if start != range.start {
                return Err(not_a_gateway());
            }
            Ok(RecordingPart { bytes: response.body, start, total, mime })
        }
        // Something between us and the gateway took the range away.
        200 => {
            let total = response.body.len() as u64;
            if range.start >= total && total > 0 {
                return Err(OfficeError::invalid("range", "The recording is shorter than that."));
            }
            let end = range.end.map_or(total, |end| end.saturating_add(1).min(total));
            let (from, to) = (usize::try_from(range.start), usize::try_from(end));
            let (Ok(from), Ok(to)) = (from, to) else { return Err(not_a_gateway()) };
            let bytes = response.body.slice(from.min(to)..to);
            Ok(RecordingPart { bytes, start: range.start, total: Some(total), mime })
        }
        202 => {
            let mut error = refusal(&response);
            error.kind = OfficeErrorKind::NotReady;
            Err(error)
        }
        416 => Err(OfficeError::invalid("range", "The recording is shorter than that.")),
        _ => Err(refusal(&response)),
    }
}

/// First byte and length of the whole, of `bytes 0-99/200` or `bytes 0-99/*`.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let text = headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
    let (span, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = span.split_once('-')?;
    let total = if total == "*" { None } else { Some(total.parse().ok()?) };
    Some((start.parse().ok()?, total))
}

fn mime(headers: &HeaderMap) -> &'static str {
    match headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) {
        Some(text) if text.starts_with("audio/wav") || text.starts_with("audio/x-wav") => "audio/wav",
        Some(_) | None => "audio/mpeg",
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn response(status: u16, range: Option<&'static str>, body: &'static str) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(range) = range {
            headers.insert(header::CONTENT_RANGE, HeaderValue::from_static(range));
        }
        Response { status, headers, body: Bytes::from_static(body.as_bytes()) }
    }

    #[test]
    fn a_piece_knows_its_place_and_the_whole_length_once_it_is_known() {
        let wanted = ByteRange { start: 2, end: Some(4) };
        let part = read(response(206, Some("bytes 2-4/10"), "cde"), wanted).expect("a piece");
        assert_eq!((part.start, part.total, &part.bytes[..]), (2, Some(10), &b"cde"[..]));
        let part = read(response(206, Some("bytes 2-3/*"), "cd"), wanted).expect("a piece");
        assert_eq!((part.start, part.total), (2, None));
    }

    #[test]
    fn a_whole_answer_is_cut_to_what_was_wanted() {
        let part = read(response(200, None, "abcdef"), ByteRange { start: 4, end: None }).expect("the end");
        assert_eq!((part.total, &part.bytes[..]), (Some(6), &b"ef"[..]));
        let beyond = read(response(200, None, "abc"), ByteRange { start: 3, end: None });
        assert_eq!(beyond.map_err(|error| error.field), Err(Some("range")));
    }

    #[test]
    fn another_piece_than_was_asked_for_is_refused() {
        let other = read(response(206, Some("bytes 0-4/10"), "abcde"), ByteRange { start: 2, end: None });
        assert_eq!(other.map_err(|error| error.kind), Err(OfficeErrorKind::Protocol));
    }
}
