//! The WebSocket client, over the same TLS, hosts and proxy as HTTP.

use std::{pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::{HeaderMap, HeaderValue};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        self, Message, Utf8Bytes,
        client::IntoClientRequest,
        protocol::{CloseFrame, WebSocketConfig, frame::coding::CloseCode},
    },
};
use url::Url;

use crate::{
    client::{Client, from_rustls},
    error::Error,
    filtered::Filtered,
    proxy::Via,
};

/// What to open.
#[derive(Clone)]
pub struct SocketRequest {
    /// A `ws`, `wss`, `http` or `https` address.
    pub url: Url,
    /// Headers of the handshake; mark secret values as sensitive.
    pub headers: HeaderMap,
    /// Largest message accepted.
    pub cap: usize,
    /// No message ends the connection: text messages come as [`Frame::Binary`] and need not be UTF-8, and one that is
    /// longer than the cap comes as [`Frame::LeftOut`].
    pub lenient: bool,
}

impl std::fmt::Debug for SocketRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SocketRequest").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

impl SocketRequest {
    /// Without headers, with messages of up to 1 MiB.
    pub fn new(url: Url) -> Self {
        Self { url, headers: HeaderMap::new(), cap: 1 << 20, lenient: false }
    }

    /// Whose connection is ended by no message, however broken or long.
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// With a bearer token, kept out of every log.
    pub fn bearer(mut self, token: &str) -> Result<Self, Error> {
        let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| Error::InvalidHeader)?;
        value.set_sensitive(true);
        self.headers.insert(http::header::AUTHORIZATION, value);
        Ok(self)
    }
}

/// What came over a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Bytes),
    /// A message that was longer than the cap, and was not read.
    LeftOut {
        /// How long it was.
        bytes: u64,
    },
    /// A ping (answered already) or a pong: the other side lives.
    Alive,
}

/// An open WebSocket.
pub struct Socket {
    stream: WebSocketStream<Pin<Box<dyn Wire>>>,
    cap: usize,
    lenient: bool,
}

pub(crate) trait Wire: AsyncRead + AsyncWrite + Send {}

impl<T: AsyncRead + AsyncWrite + Send> Wire for T {}

impl std::fmt::Debug for Socket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Socket").finish_non_exhaustive()
    }
}

impl Client {
    /// Opens a WebSocket.
    pub async fn socket(&self, request: SocketRequest) -> Result<Socket, Error> {
        // The wait covers name, connection, TLS and handshake together.
        let patience = self.connect_timeout + Duration::from_secs(5);
        tokio::time::timeout(patience, self.open(request))
            .await
            .map_err(|_| Error::Connect("no answer to the WebSocket handshake".to_owned()))?
    }

    async fn open(&self, request: SocketRequest) -> Result<Socket, Error> {
        self.hosts.check(&request.url)?;
        let mut url = request.url;
        let encrypted = matches!(url.scheme(), "https" | "wss");
        url.set_scheme(if encrypted { "wss" } else { "ws" }).map_err(|()| Error::InvalidUrl)?;
        let mut handshake = url.as_str().into_client_request().map_err(|_| Error::InvalidUrl)?;
        handshake.headers_mut().extend(request.headers);

        let mut wire = self.wire(&url, encrypted).await?;
        if request.lenient {
            wire = Box::pin(Filtered::new(wire, request.cap));
        }
        let config = WebSocketConfig::default()
            .max_message_size(Some(request.cap))
            .max_frame_size(Some(request.cap))
            .read_buffer_size(8 << 10)
            .write_buffer_size(0);
        let (stream, _) = client_async_with_config(handshake, wire, Some(config))
            .await
            .map_err(|error| from_tungstenite(error, request.cap))?;
        Ok(Socket { stream, cap: request.cap, lenient: request.lenient })
    }

    async fn wire(&self, url: &Url, encrypted: bool) -> Result<Pin<Box<dyn Wire>>, Error> {
        let host = url.host_str().ok_or(Error::InvalidUrl)?;
        let port = url.port_or_known_default().ok_or(Error::InvalidUrl)?;
        let wire = match self.proxy.via(url) {
            Some(via) => through(&via, &self.tls, host, port).await?,
            None => unencrypted(self.straight(host, port).await?)?,
        };
        if encrypted { encrypt(&self.tls, host, wire).await } else { Ok(wire) }
    }

    async fn straight(&self, host: &str, port: u16) -> Result<TcpStream, Error> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let addresses = self.hosts.resolve(bare, Some(port)).await?;
        TcpStream::connect(addresses.as_slice()).await.map_err(|error| Error::Connect(error.to_string()))
    }
}

fn unencrypted(tcp: TcpStream) -> Result<Pin<Box<dyn Wire>>, Error> {
    tcp.set_nodelay(true).map_err(|error| Error::Connect(error.to_string()))?;
    Ok(Box::pin(tcp))
}

async fn encrypt(
    tls: &Arc<rustls::ClientConfig>,
    host: &str,
    wire: Pin<Box<dyn Wire>>,
) -> Result<Pin<Box<dyn Wire>>, Error> {
    let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(name).map_err(|_| Error::InvalidUrl)?;
    let encrypted = TlsConnector::from(Arc::clone(tls)).connect(name, wire).await;
    Ok(Box::pin(encrypted.map_err(|error| match Error::cause::<rustls::Error>(&error) {
        Some(tls) => from_rustls(tls),
        None => Error::Connect(error.to_string()),
    })?))
}

fn broken(error: std::io::Error) -> Error {
    Error::Connect(format!("the proxy does not answer ({})", error.kind()))
}

/// A connection to a proxy itself, encrypted where its address says so.
pub(crate) async fn to_proxy(via: &Via, tls: &Arc<rustls::ClientConfig>) -> Result<Pin<Box<dyn Wire>>, Error> {
    let usual = match via.uri.scheme_str() {
        Some("http") => 80,
        Some("https") => 443,
        Some(_) | None => {
            return Err(Error::Connect("the system's proxy is of a kind that cannot be gone through".to_owned()));
        }
    };
    let proxy = via.uri.host().ok_or(Error::InvalidUrl)?;
    let bare = proxy.trim_start_matches('[').trim_end_matches(']');
    let tcp = TcpStream::connect((bare, via.uri.port_u16().unwrap_or(usual))).await.map_err(broken)?;
    let wire = unencrypted(tcp)?;
    if usual == 443 { encrypt(tls, proxy, wire).await } else { Ok(wire) }
}

/// A tunnel through a proxy.
pub(crate) async fn through(
    via: &Via,
    tls: &Arc<rustls::ClientConfig>,
    host: &str,
    port: u16,
) -> Result<Pin<Box<dyn Wire>>, Error> {
    let mut tcp = to_proxy(via, tls).await?;
    let mut ask = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n").into_bytes();
    if let Some(authorization) = &via.authorization {
        ask.extend_from_slice(b"Proxy-Authorization: ");
        ask.extend_from_slice(authorization.as_bytes());
        ask.extend_from_slice(b"\r\n");
    }
    ask.extend_from_slice(b"\r\n");
    tcp.write_all(&ask).await.map_err(broken)?;
    tcp.flush().await.map_err(broken)?;

    // Byte by byte, so that nothing of the tunnel itself is taken.
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() > 8 << 10 {
            return Err(Error::Connect("the proxy's answer is too long".to_owned()));
        }
        answer.push(tcp.read_u8().await.map_err(broken)?);
    }
    let line = String::from_utf8_lossy(&answer);
    match line.split_whitespace().nth(1) {
        Some("200") => Ok(tcp),
        Some("407") => Err(Error::Connect("the proxy wants a user and password".to_owned())),
        Some(_) | None => Err(Error::Connect("the proxy refused the connection".to_owned())),
    }
}

impl Socket {
    /// The next frame. May be dropped and asked again without losing one.
    pub async fn next(&mut self) -> Result<Frame, Error> {
        loop {
            let Some(message) = self.stream.next().await else { return Err(Error::Closed { code: 1006 }) };
            match message.map_err(|error| from_tungstenite(error, self.cap))? {
                // The filter leaves no other text messages.
                Message::Text(text) if self.lenient => {
                    return Ok(Frame::LeftOut { bytes: text.as_str().parse().unwrap_or(u64::MAX) });
                }
                Message::Text(text) => return Ok(Frame::Text(text.as_str().to_owned())),
                Message::Binary(bytes) => return Ok(Frame::Binary(bytes)),
                Message::Ping(_) => {
                    // The pong is queued; flushing sends it.
                    self.stream.flush().await.map_err(|error| from_tungstenite(error, self.cap))?;
                    return Ok(Frame::Alive);
                }
                Message::Pong(_) => return Ok(Frame::Alive),
                Message::Close(frame) => {
                    return Err(Error::Closed { code: frame.map_or(1005, |frame| u16::from(frame.code)) });
                }
                Message::Frame(_) => {}
            }
        }
    }

    /// Sends a text message.
    pub async fn send_text(&mut self, text: impl Into<String>) -> Result<(), Error> {
        self.send(Message::Text(Utf8Bytes::from(text.into()))).await
    }

    /// Asks the other side for a sign of life, which comes as [`Frame::Alive`].
    pub async fn ping(&mut self) -> Result<(), Error> {
        self.send(Message::Ping(Bytes::new())).await
    }

    /// Says goodbye and waits up to two seconds for the other side's.
    pub async fn close(mut self) {
        let frame = CloseFrame { code: CloseCode::Normal, reason: Utf8Bytes::from_static("") };
        let goodbye = async {
            if self.stream.close(Some(frame)).await.is_ok() {
                while let Some(Ok(_)) = self.stream.next().await {}
            }
        };
        // Gone is gone, whether the other side answered or not.
        let _ = tokio::time::timeout(Duration::from_secs(2), goodbye).await;
    }

    async fn send(&mut self, message: Message) -> Result<(), Error> {
        self.stream.send(message).await.map_err(|error| from_tungstenite(error, self.cap))
    }
}

fn from_tungstenite(error: tungstenite::Error, cap: usize) -> Error {
    use tungstenite::Error as Ws;
    match error {
        Ws::ConnectionClosed | Ws::AlreadyClosed => Error::Closed { code: 1006 },
        Ws::Io(error) => Error::Transport(error.kind().to_string()),
        Ws::Capacity(_) => Error::TooLarge { limit: cap as u64 },
        Ws::Http(response) => Error::Handshake { status: response.status().as_u16() },
        Ws::Url(_) => Error::InvalidUrl,
        Ws::Tls(_) | Ws::Protocol(_) | Ws::WriteBufferFull(_) | Ws::Utf8(_) | Ws::AttackAttempt | Ws::HttpFormat(_) => {
            Error::Transport(error.to_string())
        }
    }
}
