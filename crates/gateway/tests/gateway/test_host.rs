//! A vendor's test host: it answers with and without encryption on one port, and checks who asks.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use url::Url;

use crate::{
    events::{CLIENT_ID, signature_by},
    tls,
};

/// What it makes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answers {
    /// It has this key: another signature is refused.
    Checks(&'static str),
    /// As somebody else's web server does.
    Page,
}

/// It at work.
pub(crate) struct TestHost {
    pub(crate) url: Url,
    pub(crate) answers: Arc<Mutex<Answers>>,
    /// The requests that came, each with whether it was encrypted.
    pub(crate) asked: Arc<Mutex<Vec<(bool, String)>>>,
}

impl TestHost {
    pub(crate) async fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address")).parse().expect("a URL");
        let (answers, asked) = (Arc::new(Mutex::new(answers)), Arc::new(Mutex::new(Vec::new())));
        let acceptor = tokio_rustls::TlsAcceptor::from(tls::server().expect("a certificate"));
        let host = Self { url, answers: Arc::clone(&answers), asked: Arc::clone(&asked) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, answers, asked) = (acceptor.clone(), Arc::clone(&answers), Arc::clone(&asked));
                tokio::spawn(async move {
                    let mut first = [0];
                    // A handshake of TLS begins with this byte.
                    let is_encrypted = stream.peek(&mut first).await.is_ok_and(|read| read == 1) && first == [0x16];
                    if !is_encrypted {
                        answer(stream, false, &answers, &asked).await;
                    } else if let Ok(stream) = acceptor.accept(stream).await {
                        answer(stream, true, &answers, &asked).await;
                    }
                });
            }
        });
        host
    }

    /// The names of the methods that were asked for, each with whether that was encrypted.
    pub(crate) fn methods(&self) -> Vec<(bool, String)> {
        self.asked.lock().expect("whole").clone()
    }
}

async fn answer(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    is_encrypted: bool,
    answers: &Mutex<Answers>,
    asked: &Mutex<Vec<(bool, String)>>,
) {
    let mut bytes = Vec::new();
    let (head, body) = loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0_usize) {
                break (head.to_owned(), body.to_owned());
            }
        }
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return,
            Ok(read) => bytes.extend_from_slice(&piece[..read]),
        }
    };
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().expect("whole").push((is_encrypted, path));
    let header = |name: &str| {
        head.lines().find_map(|line| {
            let (given, value) = line.split_once(": ")?;
            given.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    };
    let (status, text) = match *answers.lock().expect("whole") {
        Answers::Page => (200, "<html>Welcome</html>".to_owned()),
        Answers::Checks(_) if header("x-client-id").as_deref() != Some(CLIENT_ID) => (401, String::new()),
        Answers::Checks(key) if header("x-client-sign") != Some(signature_by(key, body.as_bytes())) => {
            (403, String::new())
        }
        Answers::Checks(_) => (200, json!({"result": "1", "resultMessage": "Запись не найдена"}).to_string()),
    };
    let answer = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
        text.len()
    );
    // The other side may have given up.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}
