//! A desk's side of the stream, frame by frame.

use std::{net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

/// An open stream.
pub(crate) struct Desk(WebSocketStream<TcpStream>);

/// What came next.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Came {
    Frame(Value),
    Closed(u16),
}

impl Desk {
    /// Opens the stream; an error holds the status of the handshake.
    pub(crate) async fn open(address: SocketAddr, token: &str) -> Result<Self, u16> {
        let stream = TcpStream::connect(address).await.expect("connects");
        Self::open_over(stream, token).await
    }

    /// The same over a connection that holds little: the gateway soon notices that nobody reads.
    pub(crate) async fn open_narrow(address: SocketAddr, token: &str) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("is set");
        let stream = socket.connect(address).await.expect("connects");
        Self::open_over(stream, token).await.expect("opens")
    }

    async fn open_over(stream: TcpStream, token: &str) -> Result<Self, u16> {
        let address = stream.peer_addr().expect("an address");
        let mut request = format!("ws://{address}/v1/stream").into_client_request().expect("a request");
        let bearer = format!("Bearer {token}").parse().expect("a header");
        request.headers_mut().insert("Authorization", bearer);
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("the stream does not open: {error}"),
        }
    }

    /// Opens the stream and says where to go on.
    pub(crate) async fn resume(address: SocketAddr, token: &str, resume: Value) -> Self {
        let mut desk = Self::open(address, token).await.expect("opens");
        desk.say(&serde_json::json!({ "resume": resume }).to_string()).await;
        desk
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.expect("is sent");
    }

    pub(crate) async fn next(&mut self) -> Came {
        let next = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Text(text))) => break Came::Frame(serde_json::from_str(&text).expect("JSON")),
                    Some(Ok(Message::Close(frame))) => {
                        break Came::Closed(frame.map_or(1005, |frame| frame.code.into()));
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => break Came::Closed(1006),
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), next).await.expect("something comes")
    }

    pub(crate) async fn frame(&mut self) -> Value {
        match self.next().await {
            Came::Frame(frame) => frame,
            Came::Closed(code) => panic!("closed with {code}"),
        }
    }

    /// The frames up to and with the first `at`, without those about connections.
    pub(crate) async fn up_to_at(&mut self) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            let frame = self.frame().await;
            let ends = frame["kind"] == "at";
            if frame["event"]["kind"] != "connection" {
                frames.push(frame);
            }
            if ends {
                return frames;
            }
        }
    }

    /// The next new state of a call.
    pub(crate) async fn call(&mut self) -> Value {
        loop {
            let mut frame = self.frame().await;
            if frame["event"]["kind"] == "call" {
                return frame["event"]["call"].take();
            }
        }
    }

    /// The code with which the gateway closes.
    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            if let Came::Closed(code) = self.next().await {
                return code;
            }
        }
    }
}
