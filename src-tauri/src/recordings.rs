//! The pages' way to the bytes of recordings: `trubka-audio://localhost/{office}/{id}`, with ranges.

use desk::{
    Desk,
    contract::{ContractError, ErrorCode},
};
use http::{Request, Response, StatusCode, header};
use link::ByteRange;
use tauri::{AppHandle, Manager, UriSchemeResponder};

/// Name of the scheme.
pub(crate) const SCHEME: &str = "trubka-audio";

/// Answers one request of a page.
pub(crate) fn answer(app: &AppHandle, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let desk = app.state::<Desk>().inner().clone();
    tauri::async_runtime::spawn(async move {
        let origin = request.headers().get(header::ORIGIN).cloned();
        let mut response = read(&desk, &request).await;
        let headers = response.headers_mut();
        if let Some(origin) = origin.filter(|origin| is_ours(origin.as_bytes())) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, header::HeaderValue::from_static("content-range"));
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
    let path = request.uri().path().trim_matches('/');
    let Some((office, id)) = path.split_once('/') else { return empty(StatusCode::NOT_FOUND) };
    let Some(range) = range(request) else { return empty(StatusCode::RANGE_NOT_SATISFIABLE) };
    match desk.recording_bytes(office, id, range).await {
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
        Err(error) => empty(status(&error)),
    }
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
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Gone => StatusCode::GONE,
        ErrorCode::InvalidRequest => StatusCode::RANGE_NOT_SATISFIABLE,
        ErrorCode::Unauthorized
        | ErrorCode::Ended
        | ErrorCode::Unsupported
        | ErrorCode::RateLimited
        | ErrorCode::NotPlayable
        | ErrorCode::Refused
        | ErrorCode::UnknownOutcome
        | ErrorCode::Unreachable
        | ErrorCode::Storage
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
    fn only_our_own_pages_are_answered_across_origins() {
        assert!(is_ours(b"tauri://localhost"));
        assert!(!is_ours(b"https://example.invalid"));
    }
}
