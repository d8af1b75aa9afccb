//! HTTP by hand: these requests are such as no library sends.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Who does not answer within this answers never.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request to a webhook's address: headers in order, repeated ones too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Message {
    pub(crate) fn new(path: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
        Self { path: path.to_owned(), headers: headers.collect(), body: body.into() }
    }

    fn written(&self) -> Vec<u8> {
        let mut out =
            format!("POST {} HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n", self.path).into_bytes();
        for (name, value) in &self.headers {
            out.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        out.extend(format!("Content-Length: {}\r\n\r\n", self.body.len()).into_bytes());
        out.extend(&self.body);
        out
    }
}

/// Posts a message; answers the status.
pub(crate) async fn post(address: SocketAddr, message: &Message) -> u16 {
    exchange(address, &message.written()).await.0
}

/// What is at an address of the gateway, for a bearer of the token: status and body.
pub(crate) async fn get(address: SocketAddr, path: &str, token: &str) -> (u16, Vec<u8>) {
    let asked = format!("GET {path} HTTP/1.1\r\nHost: g\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n");
    exchange(address, asked.as_bytes()).await
}

/// Sends bytes; answers the status and the body. Whoever is refused before he has said everything need not say it.
async fn exchange(address: SocketAddr, bytes: &[u8]) -> (u16, Vec<u8>) {
    let exchange = async {
        let (mut reads, mut writes) = TcpStream::connect(address).await.expect("it listens").into_split();
        let bytes = bytes.to_vec();
        let sending = tokio::spawn(async move {
            // The other side may have heard enough.
            let _ = writes.write_all(&bytes).await;
            writes
        });
        let mut answer = Vec::new();
        let read = reads.read_to_end(&mut answer).await;
        assert!(read.is_ok() || !answer.is_empty(), "no answer: {read:?}");
        drop(sending);
        answer
    };
    let answer = tokio::time::timeout(PATIENCE, exchange).await.expect("it answers");
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let body = &answer[end + 4..];
    let is_chunked = head.to_ascii_lowercase().contains("transfer-encoding");
    (status, if is_chunked { unchunked(body) } else { body.to_vec() })
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let digits = std::str::from_utf8(&rest[..end]).expect("a length");
        let length = usize::from_str_radix(digits, 16).expect("a length");
        if length == 0 {
            break;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 4 + length..];
    }
    body
}
