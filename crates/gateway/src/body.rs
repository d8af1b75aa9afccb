//! Reads bodies with a bound and in time.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::Extensions,
};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use link::{OfficeError, problem};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::{problem::ApiError, state::State as Gateway};

/// How much of a body that is too large is read and thrown away: who is in the middle of sending reads no answer.
const DISCARDED: usize = 16 << 20;
/// Longest time spent on that.
const DISCARDING: Duration = Duration::from_secs(5);

/// When the first byte of a request came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Began(pub(crate) Instant);

/// Until when the last byte of a request must have come: its head and its body have one time together.
pub(crate) fn deadline(request: &Extensions, time: Duration) -> Instant {
    request.get::<Began>().map_or_else(Instant::now, |began| began.0) + time
}

/// The whole body of a request, of at most `CAP` bytes.
pub(crate) struct WholeBody<const CAP: usize>(pub(crate) Bytes);

impl<const CAP: usize> FromRequest<Arc<Gateway>> for WholeBody<CAP> {
    type Rejection = ApiError;

    async fn from_request(request: Request, gateway: &Arc<Gateway>) -> Result<Self, ApiError> {
        let deadline = deadline(request.extensions(), gateway.limits.request);
        read(request.into_body(), CAP, deadline).await.map(Self)
    }
}

/// The whole body.
pub(crate) async fn read(body: Body, cap: usize, deadline: Instant) -> Result<Bytes, ApiError> {
    let mut pieces = body.into_data_stream();
    let read = async {
        let mut bytes = BytesMut::new();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|_| OfficeError::invalid("body", "The body broke off."))?;
            if bytes.len() + piece.len() > cap {
                return Err(ApiError::too_large(cap));
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes.freeze())
    };
    let read = tokio::time::timeout_at(deadline, read).await.unwrap_or_else(|_| Err(ApiError::too_late()));
    if read.as_ref().is_err_and(ApiError::is_too_large) {
        let discard = async {
            let mut left = DISCARDED;
            while let Some(Ok(piece)) = pieces.next().await {
                let Some(rest) = left.checked_sub(piece.len()) else { break };
                left = rest;
            }
        };
        // The answer is the same however far this came.
        let _ = tokio::time::timeout(DISCARDING, discard).await;
    }
    read
}

/// A JSON body. An error names the field that is wrong and never repeats its value.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let mut parser = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut parser);
    // What follows the value is no part of it.
    let end = read.is_ok().then(|| parser.end().is_err());
    match read {
        Ok(value) if end == Some(false) => Ok(value),
        Ok(_) => Err(no_json()),
        Err(error) => Err(refusal(&error)),
    }
}

/// The same for a JSON value that was read before.
pub(crate) fn from_json<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(value).map_err(|error| refusal(&error))
}

fn refusal(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    // The parser's own text may repeat what was sent; the name of a field that is missing is ours.
    let text = error.inner().to_string();
    let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let given = error.path().iter().next().map(ToString::to_string);
    match missing.or(given.as_deref()).and_then(problem::field) {
        Some(field) => OfficeError::invalid(field, format!("The field \"{field}\" is missing or wrong.")).into(),
        None if text.starts_with("unknown field `") => {
            OfficeError::invalid("body", "The body has a field that is not known here.").into()
        }
        None => no_json(),
    }
}

fn no_json() -> ApiError {
    OfficeError::invalid("body", "The body is not the JSON that is expected here.").into()
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use link::wire::PlaceCall;

    use super::*;

    const COMMAND: &str = "0190c9a5-7e5b-7c33-9d83-000000000001";

    async fn told(body: String) -> (u16, String) {
        let error = json::<PlaceCall>(body.as_bytes()).expect_err("is refused");
        let response = error.into_response();
        let status = response.status().as_u16();
        let body =
            read(response.into_body(), 4096, Instant::now() + Duration::from_secs(1)).await.expect("a short body");
        (status, String::from_utf8(body.to_vec()).expect("JSON"))
    }

    #[tokio::test(start_paused = true)]
    async fn head_and_body_have_one_time_together() {
        let mut request = Extensions::new();
        let began = Instant::now();
        request.insert(Began(began));
        tokio::time::advance(Duration::from_secs(15)).await;
        let deadline = deadline(&request, Duration::from_secs(20));
        assert_eq!(deadline, began + Duration::from_secs(20));
        let late = read(
            Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::convert::Infallible>>()),
            10,
            deadline,
        )
        .await;
        assert_eq!(late.expect_err("never ends").into_response().status(), 408);
        assert_eq!(Instant::now(), deadline, "the body had what the head had left");
    }

    #[tokio::test]
    async fn a_wrong_field_is_named_and_its_value_is_not() {
        let cases = [
            (format!(r#"{{"command":"{COMMAND}","connection":"rt1"}}"#), "\"field\":\"to\""),
            (r#"{"command":"79001234567","connection":"rt1","to":"1"}"#.to_owned(), "\"field\":\"command\""),
            (
                format!(r#"{{"command":"{COMMAND}","connection":"Rt 79001234567","to":"1"}}"#),
                "\"field\":\"connection\"",
            ),
            (format!(r#"{{"command":"{COMMAND}","connection":"rt1","to":79001234567}}"#), "\"field\":\"to\""),
            (
                format!(r#"{{"command":"{COMMAND}","connection":"rt1","to":"1","from":{{"79001234567":1}}}}"#),
                "\"field\":\"from\"",
            ),
            (format!(r#"{{"command":"{COMMAND}","connection":"rt1","to":"1"}} 79001234567"#), "\"field\":\"body\""),
            ("[79001234567]".to_owned(), "\"field\":\"body\""),
            ("{".to_owned(), "\"field\":\"body\""),
        ];
        for (body, part) in cases {
            let (status, answer) = told(body).await;
            assert_eq!(status, 400);
            assert!(answer.contains(part), "{answer}");
            assert!(!answer.contains("79001234567"), "{answer}");
        }
    }
}
