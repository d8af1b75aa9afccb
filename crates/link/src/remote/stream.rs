//! The stream over a WebSocket.

use std::time::Duration;

use futures_util::stream;
use net::{Socket, SocketRequest};

use crate::{
    error::{OfficeError, OfficeErrorKind},
    office::FrameStream,
    remote::http::{Http, broken, not_a_gateway, unsendable_token},
    wire::{Cursor, Frame, Resume},
};

/// The gateway sends something every 20 s; after this much silence it is asked for a sign of life.
const ASK_AFTER: Duration = Duration::from_secs(30);
/// Longest wait for that sign.
const GIVE_UP_AFTER: Duration = Duration::from_secs(30);
/// A frame holds one call at most.
const FRAME_CAP: usize = 4 << 20;

pub(super) async fn open(http: &Http, resume: Option<Cursor>) -> Result<FrameStream, OfficeError> {
    let mut request =
        SocketRequest::new(http.url(&["v1", "stream"])).bearer(http.token()).map_err(|_| unsendable_token())?;
    request.cap = FRAME_CAP;
    let mut socket = http.client().socket(request).await.map_err(|error| handshake(&error))?;
    let first = serde_json::to_string(&Resume { resume }).map_err(|_| not_a_gateway())?;
    socket.send_text(first).await.map_err(|error| broken(&error))?;
    Ok(Box::pin(stream::unfold(Some(socket), next)))
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
                return serde_json::from_str(&text).map(Some).map_err(|_| not_a_gateway());
            }
            Ok(Ok(net::Frame::Binary(_) | net::Frame::Alive)) => asked = false,
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

/// Closes that a desk mends by opening the stream again are an end; the others say why.
fn ended(error: &net::Error) -> Result<Option<Frame>, OfficeError> {
    let net::Error::Closed { code } = error else { return Err(broken(error)) };
    match code {
        4400 => Err(not_a_gateway()),
        4401 => Err(OfficeError::new(OfficeErrorKind::Unauthorized, "The token was revoked or has expired.")),
        _ => Ok(None),
    }
}

fn handshake(error: &net::Error) -> OfficeError {
    if !matches!(error, net::Error::Handshake { status: 401 }) {
        return broken(error);
    }
    OfficeError::new(
        OfficeErrorKind::Unauthorized,
        "The gateway does not know this token, or it was revoked or has expired.",
    )
}
