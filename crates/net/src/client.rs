//! The HTTP client.

use std::{fmt, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::pki_types::CertificateDer;
use tokio::time::Instant;
use url::Url;

use crate::{
    connecting::{InTime, connected_by},
    error::Error,
    guard::Hosts,
    proxy::SystemProxy,
    sniff::{Content, SNIFF_BYTES, sniff},
    tls,
};

/// How one connection reaches its servers.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The base address; a system proxy is not used when it is on this computer.
    pub base: Url,
    /// Which hosts may be reached.
    pub hosts: Hosts,
    /// Certificates to trust beside the operating system's.
    pub anchors: Vec<CertificateDer<'static>>,
    /// Longest wait for a connection, TLS included.
    pub connect_timeout: Duration,
    /// Longest silence in the middle of an answer.
    pub read_timeout: Duration,
}

impl Settings {
    /// For a server that a person chose: its host alone, private or not.
    pub fn for_base(base: &Url) -> Result<Self, Error> {
        Ok(Self::new(base, Hosts::chosen(base)?))
    }

    /// For a base address with these hosts.
    pub fn new(base: &Url, hosts: Hosts) -> Self {
        Self {
            base: base.clone(),
            hosts,
            anchors: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(65),
        }
    }
}

/// An HTTP request. The body is sent byte for byte.
#[derive(Clone)]
pub struct Request {
    /// HTTP method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Headers; mark secret values as sensitive.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// From the start until the whole answer is read; for a download, until its first bytes are.
    pub timeout: Duration,
    /// Largest answer accepted.
    pub cap: u64,
    /// Where no connection is made by then, nothing is sent.
    pub connected_by: Option<Instant>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str();
        f.debug_struct("Request").field("method", &self.method).field("host", &host).finish_non_exhaustive()
    }
}

impl Request {
    /// A request without headers or body, with 15 s and 1 MiB.
    pub fn new(method: Method, url: Url) -> Self {
        let (headers, body) = (HeaderMap::new(), Bytes::new());
        Self { method, url, headers, body, timeout: Duration::from_secs(15), cap: 1 << 20, connected_by: None }
    }

    /// A GET.
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// A POST of JSON, sent as these bytes.
    pub fn post_json(url: Url, body: impl Into<Bytes>) -> Self {
        let mut request = Self::new(Method::POST, url);
        request.headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request.body = body.into();
        request
    }

    /// With a bearer token, kept out of every log.
    pub fn bearer(self, token: &str) -> Result<Self, Error> {
        self.secret_header(http::header::AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// With a header whose value is secret.
    pub fn secret_header(mut self, name: HeaderName, value: &str) -> Result<Self, Error> {
        let mut value = HeaderValue::from_str(value).map_err(|_| Error::InvalidHeader)?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(self)
    }
}

/// A whole answer.
#[derive(Clone)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.body.len();
        f.debug_struct("Response").field("status", &self.status).field("length", &length).finish_non_exhaustive()
    }
}

/// An answer that is read piece by piece, up to the request's cap.
pub struct Download {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// How long the body says it is.
    pub content_length: Option<u64>,
    response: reqwest::Response,
    head: Bytes,
    taken: u64,
    cap: u64,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Download {
    /// What the body is, by its first bytes.
    pub fn content(&self) -> Content {
        sniff(&self.head)
    }

    /// The first bytes of the body: all of it when it is shorter than [`SNIFF_BYTES`].
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The next piece; `None` at the end. A body shorter than it said is an error.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        if !self.head.is_empty() {
            return Ok(Some(std::mem::take(&mut self.head)));
        }
        self.read().await
    }

    /// The pieces as a stream that ends after the first error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
        stream::unfold(Some(self), |state| async {
            let mut download = state?;
            match download.chunk().await {
                Ok(Some(chunk)) => Some((Ok(chunk), Some(download))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
        .fuse()
    }

    async fn read(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(chunk) = self.response.chunk().await.map_err(from_reqwest)? else { return Ok(None) };
        self.taken = self.taken.saturating_add(chunk.len() as u64);
        if self.taken > self.cap {
            return Err(Error::TooLarge { limit: self.cap });
        }
        Ok(Some(chunk))
    }

    async fn read_head(&mut self) -> Result<(), Error> {
        let mut head = BytesMut::new();
        while head.len() < SNIFF_BYTES {
            let Some(chunk) = self.read().await? else { break };
            head.extend_from_slice(&chunk);
        }
        self.head = head.freeze();
        Ok(())
    }
}

/// The HTTP and WebSocket client of one connection.
#[derive(Debug, Clone)]
pub struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) tls: Arc<rustls::ClientConfig>,
    pub(crate) hosts: Hosts,
    pub(crate) proxy: SystemProxy,
    pub(crate) connect_timeout: Duration,
}

impl Client {
    /// A client for these settings.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let tls = tls::config(settings.anchors.clone())?;
        Self::with_tls(settings, tls)
    }

    pub(crate) fn with_tls(settings: Settings, tls: rustls::ClientConfig) -> Result<Self, Error> {
        let proxy = SystemProxy::for_base(&settings.base);
        let resolver = GuardedResolver { hosts: settings.hosts.clone(), proxy: proxy.clone() };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.clone())
            .dns_resolver(Arc::new(resolver))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .user_agent(concat!("Trubka/", env!("CARGO_PKG_VERSION")))
            .connector_layer(InTime)
            .connect_timeout(settings.connect_timeout)
            .read_timeout(settings.read_timeout)
            .pool_idle_timeout(Duration::from_secs(20))
            .pool_max_idle_per_host(4)
            .tcp_nodelay(true);
        if !proxy.is_used() {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| Error::Setup(Error::root_cause(&error)))?;
        Ok(Self { http, tls: Arc::new(tls), hosts: settings.hosts, proxy, connect_timeout: settings.connect_timeout })
    }

    /// Which hosts may be reached.
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// Sends a request and reads the whole answer, whatever its status.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        let (timeout, cap) = (request.timeout, request.cap);
        let answer = async {
            let mut response = self.start(request).await?;
            if response.content_length().is_some_and(|length| length > cap) {
                return Err(Error::TooLarge { limit: cap });
            }
            let status = response.status().as_u16();
            let headers = std::mem::take(response.headers_mut());
            let mut body = BytesMut::new();
            while let Some(chunk) = response.chunk().await.map_err(from_reqwest)? {
                if (body.len() + chunk.len()) as u64 > cap {
                    return Err(Error::TooLarge { limit: cap });
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Response { status, headers, body: body.freeze() })
        };
        tokio::time::timeout(timeout, answer).await.map_err(|_| Error::Timeout)?
    }

    /// Sends a request and reads the beginning of the answer; the rest is read as it is wanted.
    pub async fn download(&self, request: Request) -> Result<Download, Error> {
        let (timeout, cap) = (request.timeout, request.cap);
        let beginning = async {
            let mut response = self.start(request).await?;
            let content_length = response.content_length();
            if content_length.is_some_and(|length| length > cap) {
                return Err(Error::TooLarge { limit: cap });
            }
            let status = response.status().as_u16();
            let headers = std::mem::take(response.headers_mut());
            let head = Bytes::new();
            let mut download = Download { status, headers, content_length, response, head, taken: 0, cap };
            download.read_head().await?;
            Ok(download)
        };
        tokio::time::timeout(timeout, beginning).await.map_err(|_| Error::Timeout)?
    }

    async fn start(&self, request: Request) -> Result<reqwest::Response, Error> {
        self.hosts.check(&request.url)?;
        let sending = self.http.request(request.method, request.url).headers(request.headers).body(request.body).send();
        connected_by(request.connected_by, sending).await.map_err(from_reqwest)
    }
}

/// Resolves names to addresses that the connection may reach.
#[derive(Debug)]
struct GuardedResolver {
    hosts: Hosts,
    proxy: SystemProxy,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (hosts, proxy) = (self.hosts.clone(), self.proxy.clone());
        Box::pin(async move {
            let name = name.as_str();
            let found = if proxy.is_proxy(name) {
                tokio::net::lookup_host((name, 0)).await?.collect()
            } else {
                hosts.resolve(name, None).await?
            };
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

fn from_reqwest(error: reqwest::Error) -> Error {
    if let Some(refused) = Error::cause::<Error>(&error) {
        return refused.clone();
    }
    if let Some(tls) = Error::cause::<rustls::Error>(&error) {
        return from_rustls(tls);
    }
    if error.is_connect() {
        return Error::Connect(if error.is_timeout() { "no answer".to_owned() } else { Error::root_cause(&error) });
    }
    if error.is_timeout() {
        return Error::Timeout;
    }
    if error.is_builder() {
        return Error::InvalidUrl;
    }
    Error::Transport(Error::root_cause(&error))
}

pub(crate) fn from_rustls(error: &rustls::Error) -> Error {
    if matches!(error, rustls::Error::InvalidCertificate(_)) {
        Error::Untrusted(error.to_string())
    } else {
        Error::Connect(error.to_string())
    }
}
