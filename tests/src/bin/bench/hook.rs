//! Signed webhooks, posted on a connection that stays open.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

/// Who signs, and how.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) client_id: String,
    pub(crate) key: String,
}

/// What a call's webhooks have in common.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// `incoming` or `outbound`.
    pub(crate) kind: &'static str,
    pub(crate) from: String,
    pub(crate) from_pin: &'static str,
    pub(crate) to: String,
    pub(crate) to_pin: &'static str,
}

impl Session {
    /// The webhook that says that the call is now in this state.
    pub(crate) fn body(&self, state: &str) -> String {
        json!({
            "session_id": self.id,
            "timestamp": Timestamp::now().strftime("%Y-%m-%d %H:%M:%S.%3f").to_string(),
            "type": self.kind,
            "state": state,
            "from_number": self.from,
            "from_pin": self.from_pin,
            "request_number": self.to,
            "request_pin": self.to_pin,
            "disconnect_reason": "",
            "is_record": "",
        })
        .to_string()
    }
}

/// A connection to the hook.
pub(crate) struct Hook {
    address: SocketAddr,
    signer: Signer,
    stream: BufReader<TcpStream>,
}

impl Hook {
    pub(crate) fn open(address: SocketAddr, signer: Signer) -> Result<Self> {
        let stream = TcpStream::connect(address).context("the hook does not listen")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Self { address, signer, stream: BufReader::new(stream) })
    }

    /// Posts a webhook; says when its first byte left, once it is answered 200.
    pub(crate) fn post(&mut self, body: &str) -> Result<Instant> {
        let Signer { client_id, key } = &self.signer;
        let sign = HEXLOWER.encode(&Sha256::digest(format!("{client_id}{body}{key}")));
        let request = format!(
            "POST /hook/demo-rostelecom/call_events HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             X-Client-ID: {client_id}\r\nX-Client-Sign: {sign}\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let sent = Instant::now();
        self.stream.get_mut().write_all(request.as_bytes())?;
        let status = self.line()?;
        let mut length = 0;
        loop {
            let line = self.line()?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(text) = line.strip_prefix("content-length:") {
                length = text.trim().parse()?;
            }
        }
        self.stream.read_exact(&mut vec![0; length])?;
        ensure!(status.starts_with("HTTP/1.1 200"), "the hook answered {status}");
        Ok(sent)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        ensure!(self.stream.read_line(&mut line)? > 0, "the hook closed the connection");
        Ok(line.trim_end().to_owned())
    }
}
