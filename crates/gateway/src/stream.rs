//! The stream to a desk: one WebSocket, text frames, the desk speaks first.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{
        State,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use link::{
    FrameStream, Office, OfficeError, OfficeErrorKind,
    wire::{Cursor, Frame, Resume},
};
use office::View;
use tokio::sync::watch;

use crate::{
    api::auth::Bearer,
    connections::Permit,
    counters::{Open, add},
    problem::ApiError,
    state::{State as Gateway, TokenRights},
    tokens,
};

/// The largest frame that a desk may send: it only ever says where it wants to go on.
const LARGEST: usize = 4096;
/// Room for reading; an idle desk holds this for as long as it looks.
const READ_BUFFER: usize = 1024;
/// The longest name of a program that is kept.
const LONGEST_VERSION: usize = 60;
/// How long a desk is given to answer a close.
const GOODBYE: Duration = Duration::from_secs(2);

/// Opens the stream.
pub(crate) async fn stream(
    State(gateway): State<Arc<Gateway>>,
    bearer: Bearer,
    Extension(connection): Extension<Arc<Permit>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|_| OfficeError::invalid("body", "The stream is a WebSocket; open it as one."))?;
    let Some(permit) = Permit::begin_stream(&connection) else {
        add(&gateway.counters.streams_refused);
        return Ok(too_many_streams());
    };
    let version = version(&headers);
    Ok(upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(LARGEST)
        .max_frame_size(LARGEST)
        .on_upgrade(move |socket| async move {
            let (id, presented) = (bearer.token.id.clone(), bearer.presented);
            let _open = (Open::new(&gateway.counters.streams), gateway.presence.enter(&id), permit);
            gateway.note_visit(&id, &version, presented).await;
            Desk::new(&gateway, bearer, socket).serve().await;
            gateway.note_visit(&id, &version, presented).await;
        }))
}

/// The program that asks, with its version, as far as it says so.
fn version(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    agent.chars().take(LONGEST_VERSION).collect()
}

/// Webhooks and requests need what connections are left.
fn too_many_streams() -> Response {
    let message = "There are too many desks; try again in a few seconds.\n";
    let headers = [(header::RETRY_AFTER, "5"), (header::CONNECTION, "close")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, message).into_response()
}

/// Why a stream is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The desk went away, or was told all there is to tell.
    Normal,
    /// The first frame was none.
    Malformed,
    /// The token was revoked or has expired.
    TokenEnded,
    /// The token may see something else now.
    RightsChanged,
    /// The desk does not take frames fast enough.
    TooSlow,
    /// The gateway stops, or cannot go on: come again.
    Restarting,
}

impl End {
    fn frame(self) -> CloseFrame {
        let (code, reason) = match self {
            Self::Normal => (1000, ""),
            Self::Malformed => (4400, "the first frame must be {\"resume\": …}"),
            Self::TokenEnded => (4401, "token ended"),
            Self::RightsChanged => (4403, "rights changed"),
            Self::TooSlow => (4408, "too slow"),
            Self::Restarting => (1012, "restarting"),
        };
        CloseFrame { code, reason: Utf8Bytes::from_static(reason) }
    }
}

/// A desk that looks.
struct Desk {
    socket: WebSocket,
    view: View,
    rights: Rights,
    patience: Duration,
    first_frame: Duration,
    gateway: Arc<Gateway>,
}

impl Desk {
    fn new(gateway: &Arc<Gateway>, bearer: Bearer, socket: WebSocket) -> Self {
        let rights = Rights {
            id: bearer.token.id.clone(),
            known: tokens::shown(&bearer.viewer.rights, &gateway.office),
            tokens: gateway.tokens.clone(),
            stopping: gateway.stopping.clone(),
        };
        Self {
            socket,
            view: bearer.view,
            rights,
            patience: gateway.limits.slow_desk,
            first_frame: gateway.limits.request,
            gateway: Arc::clone(gateway),
        }
    }

    async fn serve(mut self) {
        let end = self.follow().await;
        if end == End::TooSlow {
            add(&self.gateway.counters.slow_desks);
        }
        // Whoever is gone, or takes nothing any more, is not waited for.
        let _ = tokio::time::timeout(GOODBYE, self.say_goodbye(end)).await;
    }

    async fn say_goodbye(mut self, end: End) {
        if self.socket.send(Message::Close(Some(end.frame()))).await.is_ok() {
            // Until the desk has answered, so that the close is not lost with the connection.
            while let Some(Ok(_)) = self.socket.recv().await {}
        }
    }

    /// Serves until something ends it. After `tooOld` the desk may name another place over the same socket.
    async fn follow(&mut self) -> End {
        let mut late = End::Malformed;
        loop {
            let resume = match self.resume(late).await {
                Ok(resume) => resume,
                Err(end) => return end,
            };
            late = End::Normal;
            let frames = match self.view.stream(resume).await {
                Ok(frames) => frames,
                Err(error) => return cannot_go_on(&error),
            };
            if let Err(end) = self.send_all(frames).await {
                return end;
            }
        }
    }

    /// The desk's frame that says where to go on; `late` is what it means when none comes in time.
    async fn resume(&mut self, late: End) -> Result<Option<Cursor>, End> {
        let frame = tokio::time::timeout(self.first_frame, async {
            loop {
                match self.socket.recv().await {
                    Some(Ok(Message::Text(text))) => break Ok(text),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Binary(_)) | Err(_)) => break Err(End::Malformed),
                    Some(Ok(Message::Close(_))) | None => break Err(End::Normal),
                }
            }
        });
        let ended = self.rights.ended();
        let text = tokio::select! {
            frame = frame => frame.unwrap_or(Err(late))?,
            end = ended => return Err(end),
        };
        read_resume(&text).ok_or(End::Malformed)
    }

    /// Sends until the frames end with `tooOld`.
    async fn send_all(&mut self, mut frames: FrameStream) -> Result<(), End> {
        loop {
            let frame = tokio::select! {
                frame = frames.next() => frame,
                end = self.rights.ended() => return Err(end),
                heard = self.socket.recv() => match heard {
                    // A desk has nothing to say here; what it says is not for this version.
                    Some(Ok(Message::Text(_) | Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Normal),
                },
            };
            let frame = match frame {
                Some(Ok(frame)) => frame,
                // The office gave up on a desk that fell too far behind.
                Some(Err(error)) if error.kind == OfficeErrorKind::RateLimited => return Err(End::TooSlow),
                Some(Err(error)) => return Err(cannot_go_on(&error)),
                // The office stops, or can tell now what its database could not hold: the desk is to resume.
                None => return Err(End::Restarting),
            };
            self.send(&frame).await?;
            if frame == Frame::TooOld {
                return Ok(());
            }
        }
    }

    async fn send(&mut self, frame: &Frame) -> Result<(), End> {
        let Ok(text) = serde_json::to_string(frame) else { return Err(End::Restarting) };
        let sent = tokio::time::timeout(self.patience, self.socket.send(Message::text(text)));
        tokio::select! {
            sent = sent => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(End::Normal),
                Err(_) => Err(End::TooSlow),
            },
            end = self.rights.ended() => Err(end),
        }
    }
}

/// What the first frame says; `None` when it is none. Unknown fields are ignored, a missing `resume` is not.
fn read_resume(text: &str) -> Option<Option<Cursor>> {
    let fields: BTreeMap<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    fields.get("resume")?;
    serde_json::from_str::<Resume>(text).ok().map(|first| first.resume)
}

fn cannot_go_on(error: &OfficeError) -> End {
    tracing::error!(kind = ?error.kind, "a stream cannot go on");
    End::Restarting
}

/// What a stream's token may do, watched for as long as the stream is open.
struct Rights {
    id: String,
    known: String,
    tokens: watch::Receiver<TokenRights>,
    stopping: watch::Receiver<bool>,
}

impl Rights {
    /// Waits until the token ends, may see something else, or the gateway stops.
    async fn ended(&mut self) -> End {
        loop {
            if *self.stopping.borrow_and_update() {
                return End::Restarting;
            }
            if let Some(end) = self.compare() {
                return end;
            }
            let still_served = tokio::select! {
                changed = self.tokens.changed() => changed.is_ok(),
                changed = self.stopping.changed() => changed.is_ok(),
            };
            if !still_served {
                return End::Restarting;
            }
        }
    }

    fn compare(&mut self) -> Option<End> {
        // A token that was issued a moment ago is not in the list yet.
        match self.tokens.borrow_and_update().get(&self.id)? {
            None => Some(End::TokenEnded),
            Some(rights) => (*rights != self.known).then_some(End::RightsChanged),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_token_that_ends_or_changes_is_told_from_one_that_is_not_listed_yet() {
        let listed = |rights: Option<&str>| Arc::new(BTreeMap::from([("t1".to_owned(), rights.map(str::to_owned))]));
        let (tell, tokens) = watch::channel(TokenRights::default());
        let (stop, stopping) = watch::channel(false);
        let mut rights = Rights { id: "t1".to_owned(), known: "agent".to_owned(), tokens, stopping };
        assert_eq!(rights.compare(), None, "issued a moment ago");
        tell.send_replace(listed(Some("agent")));
        assert_eq!(rights.compare(), None);
        tell.send_replace(listed(Some("manager")));
        assert_eq!(rights.ended().await, End::RightsChanged);
        tell.send_replace(listed(None));
        assert_eq!(rights.ended().await, End::TokenEnded);
        stop.send_replace(true);
        assert_eq!(rights.ended().await, End::Restarting);
        assert_eq!(End::RightsChanged.frame().code, 4403);
    }

    #[test]
    fn the_first_frame_names_a_place_or_null_and_nothing_else() {
        assert_eq!(read_resume(r#"{"resume":null}"#), Some(None));
        let cursor = Cursor { epoch: "e".to_owned(), seq: 7 };
        assert_eq!(read_resume(r#"{"resume":{"epoch":"e","seq":7},"later":1}"#), Some(Some(cursor)));
        for bad in [
            "",
            "{}",
            "null",
            "[]",
            "{\"resume\":7}",
            r#"{"resume":{"epoch":"e"}}"#,
            r#"{"resume":{"epoch":"e","seq":-1}}"#,
        ] {
            assert_eq!(read_resume(bad), None, "{bad}");
        }
    }
}
