//! The stream over a WebSocket.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use net::{Socket, SocketRequest};
use secrecy::ExposeSecret;

use crate::{
    error::{OfficeError, OfficeErrorKind},
    office::FrameStream,
    remote::http::{Http, broken, not_a_gateway, unsendable_token},
    wire::{Cursor, Frame, Resume, StreamEvent},
};

/// The gateway sends something every 20 s; after this much silence it is asked for a sign of life.
const ASK_AFTER: Duration = Duration::from_secs(30);
/// Longest wait for that sign.
const GIVE_UP_AFTER: Duration = Duration::from_secs(30);
/// A gateway says hello as soon as it has read where the desk wants to go on.
const HELLO_WITHIN: Duration = Duration::from_secs(20);
/// A frame holds one call at most.
const FRAME_CAP: usize = 4 << 20;

pub(super) async fn open(http: &Http, resume: Option<Cursor>) -> Result<FrameStream, OfficeError> {
    let mut request = SocketRequest::new(http.url(&["v1", "stream"]))
        .bearer(http.token().expose_secret())
        .map_err(|_| unsendable_token())?;
    request.cap = FRAME_CAP;
    let mut socket = http.client().socket(request).await.map_err(|error| handshake(&error))?;
    let first = serde_json::to_string(&Resume { resume }).map_err(|_| not_a_gateway())?;
    socket.send_text(first).await.map_err(|error| broken(&error))?;
    let (hello, socket) = in_time(next(Some(socket))).await?;
    let hello = stream::once(std::future::ready(Ok(hello)));
    Ok(Box::pin(hello.chain(stream::unfold(socket, next))))
}

/// The first frame with what is left of the stream. Signs of life are no hello: what is only kept open by something
/// before the gateway is not waited for.
async fn in_time<S>(
    first: impl Future<Output = Option<(Result<Frame, OfficeError>, S)>>,
) -> Result<(Frame, S), OfficeError> {
    let gone = |message| Err(OfficeError::new(OfficeErrorKind::Unreachable, message));
    match tokio::time::timeout(HELLO_WITHIN, first).await {
        Ok(Some((hello, rest))) => Ok((hello?, rest)),
        Ok(None) => gone("The gateway closed the stream at once."),
        Err(_) => gone("The gateway takes the stream and says nothing."),
    }
}

/// The next frame and what is left of the stream: nothing after an error, and after `tooOld`, which is the last frame.
async fn next(socket: Option<Socket>) -> Option<(Result<Frame, OfficeError>, Option<Socket>)> {
    let mut socket = socket?;
    match read(&mut socket).await {
        Ok(Some(Frame::TooOld)) => Some((Ok(Frame::TooOld), None)),
        Ok(Some(frame)) => Some((Ok(frame), Some(socket))),
        Ok(None) => None,
        Err(error) => Some((Err(error), None)),
    }
}

async fn read(socket: &mut Socket) -> Result<Option<Frame>, OfficeError> {
    let mut asked = false;
    loop {
        let patience = if asked { GIVE_UP_AFTER } else { ASK_AFTER };
        match tokio::time::timeout(patience, socket.next()).await {
            Ok(Ok(net::Frame::Text(text))) => {
                return frame(&text).map(Some);
            }
            Ok(Ok(net::Frame::Binary(_) | net::Frame::LeftOut { .. } | net::Frame::Alive)) => asked = false,
            Ok(Err(error)) => return ended(&error),
            Err(_) if asked => {
                return Err(OfficeError::new(OfficeErrorKind::Unreachable, "The gateway has gone silent."));
            }
            Err(_) => {
                asked = true;
                socket.ping().await.map_err(|error| broken(&error))?;
            }
        }
    }
}

/// A frame. An event that this version does not understand is one of another kind: the stream goes on behind it.
fn frame(text: &str) -> Result<Frame, OfficeError> {
    #[derive(serde::Deserialize)]
    struct Event {
        kind: String,
        seq: u64,
    }
    serde_json::from_str(text).or_else(|_| match serde_json::from_str(text) {
        Ok(Event { kind, seq }) if kind == "event" => {
            tracing::warn!(seq, "an event of the stream is not understood; a newer version may");
            Ok(Frame::Event { seq, event: StreamEvent::Other })
        }
        Ok(Event { .. }) | Err(_) => Err(not_a_gateway()),
    })
}

/// Closes that a desk mends by opening the stream again are an end; the others say why.
fn ended(error: &net::Error) -> Result<Option<Frame>, OfficeError> {
    let net::Error::Closed { code } = error else { return Err(broken(error)) };
    match code {
        4400 => Err(not_a_gateway()),
        4401 => Err(OfficeError::new(OfficeErrorKind::Unauthorized, "The token was revoked or has expired.")),
        _ => Ok(None),
    }
}

/// Only the gateway's 401 speaks of the token; a proxy that forbids today may let through tomorrow.
fn handshake(error: &net::Error) -> OfficeError {
    if matches!(error, net::Error::Handshake { status: 401 }) {
        return OfficeError::new(
            OfficeErrorKind::Unauthorized,
            "The gateway does not know this token, or it was revoked or has expired.",
        );
    }
    broken(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_is_not_understood_is_stepped_over() {
        let strange = r#"{"kind":"event","seq":7,"event":{"kind":"fact","fact":{"id":"x","kind":"mood"}}}"#;
        assert_eq!(frame(strange), Ok(Frame::Event { seq: 7, event: StreamEvent::Other }));
        assert_eq!(frame(r#"{"kind":"weather"}"#), Ok(Frame::Other));
        assert_eq!(frame(r#"{"kind":"at","seq":7}"#), Ok(Frame::At { seq: 7 }));
        for bad in ["", "[]", r#"{"kind":"at"}"#, r#"{"kind":"hello","seq":7}"#, r#"{"kind":"event"}"#] {
            assert_eq!(frame(bad).map_err(|error| error.kind), Err(OfficeErrorKind::Protocol), "{bad}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_gateway_that_says_nothing_is_not_waited_for() {
        let silent = in_time(std::future::pending::<Option<(_, ())>>()).await;
        assert_eq!(silent.map_err(|error| error.kind), Err(OfficeErrorKind::Unreachable));
        let closed = in_time(std::future::ready(None::<(_, ())>)).await;
        assert_eq!(closed.map_err(|error| error.kind), Err(OfficeErrorKind::Unreachable));
        let hello = in_time(std::future::ready(Some((Ok(Frame::At { seq: 1 }), ())))).await;
        assert_eq!(hello, Ok((Frame::At { seq: 1 }, ())));
    }

    #[test]
    fn only_the_gateway_says_that_a_token_ended() {
        let kind = |status| handshake(&net::Error::Handshake { status }).kind;
        assert_eq!(kind(401), OfficeErrorKind::Unauthorized);
        for status in [403, 407, 502, 503] {
            assert_ne!(kind(status), OfficeErrorKind::Unauthorized, "{status}");
        }
        let ended = |code| super::ended(&net::Error::Closed { code }).map_err(|error| error.kind);
        assert_eq!(ended(4401), Err(OfficeErrorKind::Unauthorized));
        assert_eq!(ended(4403), Ok(None));
    }
}
