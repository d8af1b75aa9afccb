//! The external system's address, and one HTTP/1.1 connection to it.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use url::{Host, Url};

use super::Message;

const TIMEOUT: Duration = Duration::from_secs(10);

/// The address for webhooks cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HookError {
    /// It is no URL.
    #[error("the hook is not a URL; write it as http://127.0.0.1:8443/hook/rt1")]
    NotAUrl,
    /// It is not plain HTTP.
    #[error("the hook must be plain http: simulated calls stay on this computer")]
    NotHttp,
    /// It is on another computer.
    #[error("the hook must be a loopback address such as 127.0.0.1: simulated calls stay on this computer")]
    NotLoopback,
}

/// A loopback address that webhooks go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HookUrl {
    host: String,
    port: u16,
    path: String,
}

impl HookUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, HookError> {
        let url = Url::parse(text).map_err(|_| HookError::NotAUrl)?;
        if url.scheme() != "http" {
            return Err(HookError::NotHttp);
        }
        let loopback = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
            Some(Host::Ipv6(ip)) => IpAddr::from(ip).is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        let Some(host) = url.host_str().filter(|_| loopback) else { return Err(HookError::NotLoopback) };
        let path = url.path().trim_end_matches('/').to_owned();
        Ok(Self { host: host.to_owned(), port: url.port_or_known_default().unwrap_or(80), path })
    }

    /// What is asked of the external system: its path, and what the make adds to it.
    fn target(&self, added: &str) -> String {
        match (self.path.as_str(), added) {
            ("", "") => "/".to_owned(),
            (path, "") => path.to_owned(),
            (path, added) => format!("{path}/{added}"),
        }
    }

    /// Asks the address with this query: the status and the body of the answer.
    pub(crate) async fn get(&self, query: &str) -> Result<(u16, Bytes), SendError> {
        let exchange = async {
            let mut sender = connect(self).await?;
            let request = http::Request::get(format!("{}?{query}", self.target("")))
                .header(http::header::HOST, self.authority())
                .body(Full::default())?;
            let answer = sender.send_request(request).await?;
            let status = answer.status().as_u16();
            Ok((status, answer.into_body().collect().await?.to_bytes()))
        };
        tokio::time::timeout(TIMEOUT, exchange).await.map_err(|_| SendError::Timeout)?
    }

    fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// Keeps one connection open for request after request.
#[derive(Debug, Default)]
pub(super) struct HookClient {
    open: Option<(HookUrl, SendRequest<Full<Bytes>>)>,
}

/// The request got no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    #[error("no connection: {0}")]
    Connect(#[from] std::io::Error),
    #[error("the exchange broke: {0}")]
    Exchange(#[from] hyper::Error),
    #[error("the request cannot be written: {0}")]
    Request(#[from] http::Error),
    #[error("no answer in ten seconds")]
    Timeout,
}

impl HookClient {
    /// Posts and reads the whole answer: its status and its body.
    pub(super) async fn post(&mut self, hook: &HookUrl, message: &Message) -> Result<(u16, Bytes), SendError> {
        match tokio::time::timeout(TIMEOUT, self.exchange(hook, message)).await {
            Ok(answer) => answer,
            Err(_) => {
                self.open = None;
                Err(SendError::Timeout)
            }
        }
    }

    async fn exchange(&mut self, hook: &HookUrl, message: &Message) -> Result<(u16, Bytes), SendError> {
        let mut sender = match self.open.take() {
            Some((to, sender)) if to == *hook && !sender.is_closed() => sender,
            Some(_) | None => connect(hook).await?,
        };
        if sender.ready().await.is_err() {
            // The other side closed an idle connection: nothing of the request was sent on it.
            sender = connect(hook).await?;
        }
        let mut request = http::Request::post(hook.target(&message.path))
            .header(http::header::HOST, hook.authority())
            .header(http::header::CONTENT_TYPE, message.content_type);
        for (name, value) in &message.headers {
            request = request.header(*name, value);
        }
        let answer = sender.send_request(request.body(Full::new(message.body.clone()))?).await?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await?.to_bytes();
        self.open = Some((hook.clone(), sender));
        Ok((status, body))
    }
}

async fn connect(hook: &HookUrl) -> Result<SendRequest<Full<Bytes>>, SendError> {
    let stream = TcpStream::connect(hook.authority()).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "the hook's connection broke");
        }
    });
    Ok(sender)
}

/// Announces the whole body, sends half of it and cuts the connection.
pub(super) async fn post_half(hook: &HookUrl, message: &Message) -> std::io::Result<()> {
    let mut head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n",
        hook.target(&message.path),
        hook.authority(),
        message.content_type,
        message.body.len()
    );
    for (name, value) in &message.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut stream = TcpStream::connect(hook.authority()).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&message.body[..message.body.len() / 2]).await?;
    stream.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_hook_is_taken_with_its_path() {
        let hook = HookUrl::parse("http://127.0.0.1:8443/hook/rt1/").expect("loopback");
        assert_eq!((hook.authority().as_str(), hook.path.as_str()), ("127.0.0.1:8443", "/hook/rt1"));
        assert_eq!(hook.target("events/call"), "/hook/rt1/events/call");
        assert_eq!(hook.target(""), "/hook/rt1");
        assert_eq!(HookUrl::parse("http://127.0.0.1:1").expect("loopback").target(""), "/");
        assert!(HookUrl::parse("http://localhost:1/x").is_ok());
        assert_eq!(HookUrl::parse("http://[::1]:9/x").expect("loopback").authority(), "[::1]:9");
    }

    #[test]
    fn any_other_hook_is_refused() {
        assert_eq!(HookUrl::parse("rt1"), Err(HookError::NotAUrl));
        assert_eq!(HookUrl::parse("https://127.0.0.1/x"), Err(HookError::NotHttp));
        assert_eq!(HookUrl::parse("http://192.0.2.1/x"), Err(HookError::NotLoopback));
        assert_eq!(HookUrl::parse("http://calls.example.org/x"), Err(HookError::NotLoopback));
        assert_eq!(HookUrl::parse("http://localhost.example.org/x"), Err(HookError::NotLoopback));
    }
}
