//! HTTP by hand: one request, one connection, whatever comes back.

use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use trubka_simulator::Access;

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("an answer of JSON")
    }

    /// The length that was announced.
    pub(crate) fn length(&self) -> usize {
        let line = self.head.lines().find(|line| line.to_lowercase().starts_with("content-length:"));
        line.and_then(|line| line.split(':').nth(1)).map_or(0, |value| value.trim().parse().expect("a length"))
    }
}

pub(crate) async fn get(url: &str, headers: &[(&str, &str)]) -> Answer {
    request("GET", url, headers, b"").await.expect("an answer")
}

pub(crate) async fn post(url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    request("POST", url, headers, body.as_bytes()).await.expect("an answer")
}

pub(crate) async fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> std::io::Result<Answer> {
    let rest = url.strip_prefix("http://").expect("plain HTTP");
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    let mut answer = Vec::new();
    let mut piece = vec![0; 65_536];
    // A connection that breaks leaves what came before.
    while let Ok(count @ 1..) = stream.read(&mut piece).await {
        answer.extend(&piece[..count]);
    }
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok(Answer { status, head, body: answer[end + 4..].to_vec() })
}

/// The digest of Rostelecom, written down a second time.
pub(crate) fn digest(access: &Access, body: &str) -> String {
    let text = format!("{}{body}{}", access.secret("client_id"), access.secret("key"));
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A signed request to Rostelecom.
pub(crate) async fn ask(access: &Access, method: &str, body: &str) -> Answer {
    let sign = digest(access, body);
    let headers = [("X-Client-ID", access.secret("client_id")), ("X-Client-Sign", sign.as_str())];
    post(&format!("{}/{method}", access.url), &headers, body).await
}
