//! The three desks that listen: what their streams told of each call.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{net::TcpStream, task::AbortHandle, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::gateway::Served;

/// Whoever listens from the beginning.
pub(crate) const NAMES: [&str; 3] = ["boss", "anna", "boris"];
/// Longer than a stream takes to open.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a stream told of one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct ObservedCall {
    /// Whether it ever rang for this desk.
    pub(crate) rang: bool,
    /// Its last state.
    pub(crate) last: Value,
}

type Calls = Arc<Mutex<BTreeMap<String, ObservedCall>>>;

struct Desk {
    token: String,
    calls: Calls,
    listening: AbortHandle,
}

/// All of them.
pub(crate) struct Desks(BTreeMap<&'static str, Desk>);

impl Desks {
    /// Opens the streams; each has caught up with what there was.
    pub(crate) async fn listen(served: &Served) -> Result<Self, String> {
        let mut desks = BTreeMap::new();
        for name in NAMES {
            let token = served.token(name).await?;
            let mut stream = timeout(PATIENCE, open(served.address, &token))
                .await
                .map_err(|_| format!("the stream of {name} does not open"))??;
            let calls = Calls::default();
            while !take(&mut stream, &calls).await? {}
            let heard = Arc::clone(&calls);
            let listening =
                tokio::spawn(async move { while take(&mut stream, &heard).await.is_ok() {} }).abort_handle();
            desks.insert(name, Desk { token, calls, listening });
        }
        Ok(Self(desks))
    }

    pub(crate) fn token(&self, desk: &str) -> Result<&str, String> {
        self.desk(desk).map(|desk| desk.token.as_str())
    }

    /// What this desk was told of a call by now.
    pub(crate) fn told(&self, desk: &str, call: &str) -> Result<Option<ObservedCall>, String> {
        let calls = self.desk(desk)?.calls.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(calls.get(call).cloned())
    }

    fn desk(&self, desk: &str) -> Result<&Desk, String> {
        self.0.get(desk).ok_or_else(|| format!("there is no desk \"{desk}\""))
    }
}

impl Drop for Desks {
    fn drop(&mut self) {
        for desk in self.0.values() {
            desk.listening.abort();
        }
    }
}

async fn open(address: SocketAddr, token: &str) -> Result<WebSocketStream<TcpStream>, String> {
    let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let mut request = format!("ws://{address}/v1/stream").into_client_request().expect("a request");
    request.headers_mut().insert("Authorization", format!("Bearer {token}").parse().expect("a header"));
    let (mut socket, _) = client_async(request, stream).await.map_err(|error| error.to_string())?;
    socket.send(Message::text(r#"{"resume":null}"#)).await.map_err(|error| error.to_string())?;
    Ok(socket)
}

/// Takes one frame; whether it ended the catch-up.
async fn take(stream: &mut WebSocketStream<TcpStream>, calls: &Calls) -> Result<bool, String> {
    let frame = stream.next().await.ok_or("the stream has ended")?.map_err(|error| error.to_string())?;
    let Message::Text(text) = frame else { return Ok(false) };
    let mut frame: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    if frame["event"]["kind"] == "call" {
        let call = frame["event"]["call"].take();
        let mut calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
        let told = calls.entry(call["id"].as_str().unwrap_or_default().to_owned()).or_default();
        told.rang |= call["ringsForMe"] == true;
        told.last = call;
    }
    Ok(frame["kind"] == "at")
}
