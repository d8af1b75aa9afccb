//! A PBX on loopback that says what a test tells it to.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use calls::Clock;
use futures_util::{SinkExt, StreamExt};
use jiff::Timestamp;
use pbx::{Commands, ConnectionConfig, Driver, Journal, JournalEntry, Make, Pbx};
use secrecy::SecretString;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_tungstenite::{accept_async, tungstenite::Message};
use url::Url;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// `POST /call_back`.
    pub(crate) line: String,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.head.lines().find_map(|line| {
            let (given, value) = line.split_once(':')?;
            given.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }
}

/// What the PBX does with a request.
pub(crate) enum Reply {
    /// Answers with a status, a content type and a body.
    Answer(u16, &'static str, Vec<u8>),
    /// Sends on to this path of its own.
    Redirect(&'static str),
    /// Asks to be left alone for so many seconds.
    Busy(u64),
    /// Says that there were too many requests, the time by its clock, and when it counts anew in Unix seconds.
    Limited(&'static str, &'static str),
    /// Takes the request and breaks the connection.
    Cut,
    /// Announces more than it sends, then breaks the connection.
    Half(Vec<u8>),
    /// Takes the request and never answers.
    Silence,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::Answer(status, "application/json", body.as_bytes().to_vec())
    }
}

type Handler = dyn FnMut(&Seen, &str) -> Reply + Send;
/// What is sent back for a frame.
type Answers = dyn FnMut(&str) -> Vec<String> + Send;

/// A PBX on loopback.
pub(crate) struct FakePbx {
    pub(crate) url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    handshakes: Arc<Mutex<Vec<Seen>>>,
    /// Sends text frames over the socket that is open; dropping it closes the socket.
    pub(crate) frames: Option<mpsc::Sender<String>>,
}

impl FakePbx {
    /// Answers every request with what `handler` says; it is told the request and the PBX's own address. A request
    /// for a WebSocket opens one.
    pub(crate) async fn start(handler: impl FnMut(&Seen, &str) -> Reply + Send + 'static) -> Self {
        Self::start_with_socket(handler, |_| Vec::new()).await
    }

    /// The same, with a socket on which frames are answered.
    pub(crate) async fn start_with_socket(
        handler: impl FnMut(&Seen, &str) -> Reply + Send + 'static,
        answers: impl FnMut(&str) -> Vec<String> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (frames, to_send) = mpsc::channel(16);
        let handler: Arc<Mutex<Handler>> = Arc::new(Mutex::new(handler));
        let answers: Arc<Mutex<Answers>> = Arc::new(Mutex::new(answers));
        let handshakes = Arc::new(Mutex::new(Vec::new()));
        let shaken = Arc::clone(&handshakes);
        let to_send = Arc::new(tokio::sync::Mutex::new(to_send));
        let (own, log) = (url.clone(), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (handler, log, own, to_send) = (handler.clone(), log.clone(), own.clone(), to_send.clone());
                let (answers, shaken) = (answers.clone(), shaken.clone());
                tokio::spawn(async move {
                    match handshake(&stream).await {
                        Some(handshake) => {
                            shaken.lock().expect("no panic").push(handshake);
                            socket(stream, &to_send, &answers).await;
                        }
                        None => serve(stream, &handler, &log, &own).await,
                    }
                });
            }
        });
        Self { url: url.parse().expect("a URL"), seen, handshakes, frames: Some(frames) }
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no panic").clone()
    }

    /// The sockets that were opened so far.
    pub(crate) fn handshakes(&self) -> Vec<Seen> {
        self.handshakes.lock().expect("no panic").clone()
    }

    /// The requests so far, by method and path.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }
}

async fn serve(mut stream: TcpStream, handler: &Mutex<Handler>, log: &Mutex<Vec<Seen>>, own: &str) {
    while let Some(seen) = read(&mut stream).await {
        log.lock().expect("no panic").push(seen.clone());
        let reply = (handler.lock().expect("no panic"))(&seen, own);
        let (head, body) = match reply {
            Reply::Answer(status, kind, body) => {
                let length = body.len();
                let head = format!("HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n");
                (head, body)
            }
            Reply::Half(body) => (format!("HTTP/1.1 200 X\r\nContent-Length: {}\r\n\r\n", body.len() * 2), body),
            Reply::Redirect(path) => {
                (format!("HTTP/1.1 302 X\r\nLocation: {own}{path}\r\nContent-Length: 0\r\n\r\n"), Vec::new())
            }
            Reply::Busy(seconds) => {
                let head = format!("HTTP/1.1 429 X\r\nRetry-After: {seconds}\r\nContent-Length: 0\r\n\r\n");
                (head, Vec::new())
            }
            Reply::Limited(date, reset) => {
                let limit = format!("X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: {reset}");
                (format!("HTTP/1.1 429 X\r\nDate: {date}\r\n{limit}\r\nContent-Length: 0\r\n\r\n"), Vec::new())
            }
            Reply::Cut => return,
            Reply::Silence => std::future::pending().await,
        };
        let half = head.contains(&format!("Content-Length: {}\r", body.len() * 2)) && !body.is_empty();
        stream.write_all(head.as_bytes()).await.expect("written");
        stream.write_all(&body).await.expect("written");
        if half {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).expect("text");
    let line = head.lines().next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let mut seen = Seen { line, head, body: Vec::new() };
    let length = seen.header("content-length").map_or(0, |length| length.parse().expect("a length"));
    seen.body = vec![0; length];
    stream.read_exact(&mut seen.body).await.ok()?;
    Some(seen)
}

/// The request for a WebSocket that stands at the beginning, not taken.
async fn handshake(stream: &TcpStream) -> Option<Seen> {
    let mut start = [0; 2048];
    let peeked = stream.peek(&mut start).await.unwrap_or(0);
    let head = String::from_utf8_lossy(&start[..peeked]).into_owned();
    let line = head.lines().next()?.trim_end_matches(" HTTP/1.1").to_owned();
    head.to_ascii_lowercase().contains("upgrade: websocket").then(|| Seen { line, head, body: Vec::new() })
}

async fn socket(stream: TcpStream, to_send: &tokio::sync::Mutex<mpsc::Receiver<String>>, answers: &Mutex<Answers>) {
    let mut socket = accept_async(stream).await.expect("a handshake");
    let mut to_send = to_send.lock().await;
    loop {
        tokio::select! {
            frame = to_send.recv() => match frame {
                Some(text) => socket.send(Message::text(text)).await.expect("sent"),
                None => return,
            },
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    let answered = (answers.lock().expect("no panic"))(text.as_str());
                    for text in answered {
                        socket.send(Message::text(text)).await.expect("sent");
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
        }
    }
}

/// Keeps entries for a test to look at.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Vec<JournalEntry>>);

impl Kept {
    pub(crate) fn entries(&self) -> Vec<JournalEntry> {
        self.0.lock().expect("no panic").clone()
    }
}

impl Journal for Kept {
    fn record(&self, entry: JournalEntry) {
        self.0.lock().expect("no panic").push(entry);
    }
}

/// Settings of a connection to this address.
pub(crate) fn config(make: Make, base_url: &Url) -> ConnectionConfig {
    let needs = |name: &str| make.secrets.iter().any(|secret| secret.name == name);
    let values = [
        ("client_id", "0A1B2C3D"),
        // Beside a secret the key is what names the account.
        ("key", if needs("secret") { "0A1B2C3D" } else { "s3cret-key" }),
        ("secret", "s3cret-key"),
        ("token", "s3cret-token"),
        // RingCloud's names the account.
        ("api_key", if needs("password") { "12345_0A1B2C3D" } else { "0A1B2C3D" }),
        ("password", "s3cret-word"),
        ("api_salt", "s3cret-salt"),
    ];
    let secrets = values.into_iter().filter(|(name, _)| needs(name));
    ConnectionConfig {
        id: "test".parse().expect("an id"),
        make,
        zone: None,
        base_url: Some(base_url.clone()),
        trust_anchor_pem: None,
        secrets: secrets.map(|(name, value)| (name.to_owned(), SecretString::from(value))).collect(),
        overrides: BTreeMap::new(),
    }
}

/// A clock that stands still.
#[derive(Debug)]
pub(crate) struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        "2026-03-05T09:00:00Z".parse().expect("a time")
    }
}

/// The make itself, with the same settings: signs and checks as the PBX does.
pub(crate) fn make(make: Make, pbx: &FakePbx) -> Box<dyn Pbx> {
    pbx::build(&config(make, &pbx.url)).expect("a make")
}

/// Commands that somebody asks for at this moment.
pub(crate) fn now(driver: &Driver) -> Commands<'_> {
    driver.commands(tokio::time::Instant::now())
}

/// A driver of this make for a PBX, and its journal.
pub(crate) fn driver(make: Make, pbx: &FakePbx) -> (Driver, Arc<Kept>) {
    let kept = Arc::new(Kept::default());
    let journal = Arc::clone(&kept) as Arc<dyn Journal>;
    let driver = Driver::new(config(make, &pbx.url), journal, Arc::new(FixedClock)).expect("a driver");
    (driver, kept)
}
