//! The pages' way to the bytes of recordings: `trubka-audio://localhost/{office}/{id}` as they are, with ranges;
//! `…?from=MS&to=MS` a piece of a WAV as PCM.

use desk::{
    Desk,
    contract::{ContractError, ErrorCode},
};
use http::{HeaderValue, Request, Response, StatusCode, header};
use link::ByteRange;
use tauri::{AppHandle, Manager, UriSchemeResponder};

use crate::{starting_desk::StartingDesk, windows::main_window};

/// Name of the scheme.
pub(crate) const SCHEME: &str = "trubka-audio";

/// Headers that a page may read: where a piece lies, and when to ask again.
const EXPOSED: HeaderValue = HeaderValue::from_static("content-range, retry-after");

/// Answers one request of a page.
pub(crate) fn answer(app: &AppHandle, asker: &str, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    // Only main plays: what else asks is no page of ours.
    if asker != main_window::LABEL {
        return responder.respond(empty(StatusCode::FORBIDDEN));
    }
    let desk = app.state::<StartingDesk>().inner().clone();
    tauri::async_runtime::spawn(async move {
        let desk = desk.started().await;
        let origin = request.headers().get(header::ORIGIN).cloned();
        let mut response = read(desk, &request).await;
        let headers = response.headers_mut();
        if let Some(origin) = origin.filter(|origin| is_ours(origin.as_bytes())) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
        headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
        responder.respond(response);
    });
}

/// Pages of this program: their address differs between operating systems.
fn is_ours(origin: &[u8]) -> bool {
    [&b"tauri://localhost"[..], b"http://tauri.localhost", b"https://tauri.localhost"].contains(&origin)
}

async fn read(desk: &Desk, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    let Some((office, id)) = office_and_recording(request.uri().path()) else { return empty(StatusCode::NOT_FOUND) };
    if let Some(query) = request.uri().query() {
        let Some((from, to)) = interval(query) else { return empty(StatusCode::BAD_REQUEST) };
        return match desk.recording_piece(&office, &id, from, to).await {
            Ok(piece) => Response::builder()
                .header(header::CONTENT_TYPE, "audio/wav")
                .body(piece)
                .unwrap_or_else(|_| empty(StatusCode::INTERNAL_SERVER_ERROR)),
            Err(error) => refusal(&error),
        };
    }
    let Some(range) = range(request) else { return empty(StatusCode::RANGE_NOT_SATISFIABLE) };
    match desk.recording_bytes(&office, &id, range).await {
        Ok(part) => {
            let end = part.start + part.bytes.len() as u64 - 1;
            let total = part.total.map_or("*".to_owned(), |total| total.to_string());
            Response::builder()
                .status(StatusCode::PARTIAL_CONTENT)
                .header(header::CONTENT_TYPE, part.mime)
                .header(header::CONTENT_RANGE, format!("bytes {}-{end}/{total}", part.start))
                .body(part.bytes.to_vec())
                .unwrap_or_else(|_| empty(StatusCode::INTERNAL_SERVER_ERROR))
        }
        Err(error) => refusal(&error),
    }
}

/// The office and the recording that a path names. Pages escape what a path may not hold, such as the colon of a port; the name of an
/// office may have slashes of its own.
fn office_and_recording(path: &str) -> Option<(String, String)> {
    let path = percent_encoding::percent_decode_str(path.trim_matches('/')).decode_utf8().ok()?;
    let (office, id) = path.rsplit_once('/')?;
    Some((office.to_owned(), id.to_owned()))
}

/// `from=MS&to=MS`.
fn interval(query: &str) -> Option<(u32, u32)> {
    let (from, to) = query.strip_prefix("from=")?.split_once("&to=")?;
    Some((from.parse().ok()?, to.parse().ok()?))
}

fn refusal(error: &ContractError) -> Response<Vec<u8>> {
    let mut response = empty(status(error));
    if let Some(wait) = error.retry_after_ms {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.div_ceil(1000)));
    }
    response
}

/// `bytes=a-` or `bytes=a-b`; no header means from the beginning.
fn range(request: &Request<Vec<u8>>) -> Option<ByteRange> {
    let Some(given) = request.headers().get(header::RANGE) else { return Some(ByteRange { start: 0, end: None }) };
    let (start, end) = given.to_str().ok()?.strip_prefix("bytes=")?.split_once('-')?;
    let end = if end.is_empty() { None } else { Some(end.parse().ok()?) };
    Some(ByteRange { start: start.parse().ok()?, end })
}

fn status(error: &ContractError) -> StatusCode {
    match error.code {
        ErrorCode::NotReady => StatusCode::ACCEPTED,
        ErrorCode::NotPlayable => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::Storage => StatusCode::INSUFFICIENT_STORAGE,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Gone => StatusCode::GONE,
        ErrorCode::InvalidRequest => StatusCode::RANGE_NOT_SATISFIABLE,
        ErrorCode::Unauthorized
        | ErrorCode::Forbidden
        | ErrorCode::Ended
        | ErrorCode::Unsupported
        | ErrorCode::Refused
        | ErrorCode::UnknownOutcome
        | ErrorCode::Unreachable
        | ErrorCode::Changed
        | ErrorCode::LastAdmin
        | ErrorCode::Fixed
        | ErrorCode::NoAddress
        | ErrorCode::NotAGateway
        | ErrorCode::HttpsNeeded
        | ErrorCode::KeyringLocked
        | ErrorCode::Internal => StatusCode::BAD_GATEWAY,
    }
}

fn empty(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_pages_write_them() {
        let with =
            |value: &str| range(&Request::builder().header(header::RANGE, value).body(Vec::new()).expect("a request"));
        assert_eq!(with("bytes=0-65535"), Some(ByteRange { start: 0, end: Some(65535) }));
        assert_eq!(with("bytes=7-"), Some(ByteRange { start: 7, end: None }));
        assert_eq!(with("bytes=-7"), None);
        assert_eq!(with("lines=1-2"), None);
    }

    #[test]
    fn moments_are_read_as_pages_write_them() {
        assert_eq!(interval("from=0&to=4000"), Some((0, 4000)));
        for wrong in ["", "from=1", "to=1&from=0", "from=-1&to=4", "from=1.5&to=4"] {
            assert_eq!(interval(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_office_is_found_by_its_escaped_name() {
        let named = |path| office_and_recording(path).map(|(office, id)| format!("{office} {id}"));
        assert_eq!(named("/127.0.0.1%3A8443/r1").as_deref(), Some("127.0.0.1:8443 r1"));
        assert_eq!(named("/calls.example.org/north/r1").as_deref(), Some("calls.example.org/north r1"));
        assert_eq!(named("/r1"), None);
        assert_eq!(named("/%FF/r1"), None);
    }

    #[test]
    fn a_page_learns_what_is_wrong_and_when_to_ask_again() {
        let error = |code| ContractError { retry_after_ms: Some(1_500), ..ContractError::new(code, "no") };
        for (code, status) in [(ErrorCode::NotReady, 202), (ErrorCode::NotPlayable, 415), (ErrorCode::Storage, 507)] {
            let response = refusal(&error(code));
            assert_eq!(response.status(), status);
            assert_eq!(response.headers()[header::RETRY_AFTER], "2");
        }
    }

    #[test]
    fn only_our_own_pages_are_answered_across_origins() {
        assert!(is_ours(b"tauri://localhost"));
        assert!(!is_ours(b"https://example.invalid"));
    }
}
