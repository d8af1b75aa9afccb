//! The way to a server place by place, with the time that each takes: name, connection, TLS. Nothing is asked of it.

use std::{pin::Pin, sync::Arc, time::Duration};

use rustls::{CertificateError, pki_types::ServerName};
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    time::{Instant, timeout_at},
};
use tokio_rustls::TlsConnector;
use url::Url;

use crate::{
    client::{Client, from_rustls},
    error::Error,
    websocket::{Wire, through, to_proxy},
};

/// How long each place on the way took; absent where there is no such place: no name is looked up before a proxy, and there
/// is no TLS to a plain address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reached {
    /// The name was looked up.
    pub name: Option<Duration>,
    /// A connection was made.
    pub connection: Option<Duration>,
    /// It was encrypted, with a certificate that is trusted.
    pub tls: Option<Duration>,
}

/// The place at which the way ended, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotReached {
    /// The name is not known, or not now.
    Name(Error),
    /// Nobody takes connections there.
    Closed(Error),
    /// No connection came about, and nobody refused it.
    Connection(Error),
    /// The certificate is not to be believed.
    Certificate(CertificateFault, Error),
    /// TLS failed otherwise, or took too long.
    Tls(Error),
}

/// Why a certificate is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFault {
    /// It is for another name.
    OtherName,
    /// It has ended, or begins later: by this computer's clock.
    NotNow,
    /// Nobody who is trusted vouches for it.
    Untrusted,
}

impl Client {
    /// Goes to the server of this address, and no further; gives up at that moment. Answers how far it came, too.
    pub async fn reach(&self, url: &Url, until: Instant) -> (Reached, Result<(), NotReached>) {
        let mut reached = Reached::default();
        let outcome = self.go(url, until, &mut reached).await;
        (reached, outcome)
    }

    async fn go(&self, url: &Url, until: Instant, reached: &mut Reached) -> Result<(), NotReached> {
        self.hosts.check(url).map_err(NotReached::Name)?;
        let known = || Some((url.host_str()?, url.port_or_known_default()?));
        let (host, port) = known().ok_or(NotReached::Name(Error::InvalidUrl))?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let began = Instant::now();
        let wire: Pin<Box<dyn Wire>> = match self.proxy.via(url) {
            // A request that is not encrypted is handed to the proxy itself: what it does with it, its answer says.
            Some(via) if url.scheme() != "https" => {
                in_time(until, to_proxy(&via, &self.tls)).await.map_err(NotReached::Connection)?
            }
            Some(via) => in_time(until, through(&via, &self.tls, host, port)).await.map_err(NotReached::Connection)?,
            None => {
                let addresses = in_time(until, self.hosts.resolve(bare, Some(port))).await.map_err(NotReached::Name)?;
                reached.name = Some(began.elapsed());
                match timeout_at(until, TcpStream::connect(addresses.as_slice())).await {
                    Ok(connected) => Box::pin(connected.map_err(|error| not_connected(&error))?),
                    Err(_) => return Err(NotReached::Connection(Error::Timeout)),
                }
            }
        };
        reached.connection = Some(began.elapsed().saturating_sub(reached.name.unwrap_or_default()));
        if url.scheme() != "https" {
            return Ok(());
        }
        let began = Instant::now();
        let name = ServerName::try_from(bare.to_owned()).map_err(|_| NotReached::Name(Error::InvalidUrl))?;
        match timeout_at(until, TlsConnector::from(Arc::clone(&self.tls)).connect(name, wire)).await {
            Ok(Ok(mut stream)) => {
                reached.tls = Some(began.elapsed());
                // Says goodbye; a server that does not hear it has answered already.
                let _ = timeout_at(until, stream.shutdown()).await;
                Ok(())
            }
            Ok(Err(error)) => Err(not_encrypted(&error)),
            Err(_) => Err(NotReached::Tls(Error::Timeout)),
        }
    }
}

async fn in_time<T>(until: Instant, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout_at(until, work).await.unwrap_or(Err(Error::Timeout))
}

fn not_connected(error: &std::io::Error) -> NotReached {
    let is_refused = error.kind() == std::io::ErrorKind::ConnectionRefused;
    let error = Error::Connect(error.to_string());
    if is_refused { NotReached::Closed(error) } else { NotReached::Connection(error) }
}

fn not_encrypted(error: &std::io::Error) -> NotReached {
    let Some(tls) = Error::cause::<rustls::Error>(error) else {
        return NotReached::Tls(Error::Connect(error.to_string()));
    };
    let error = from_rustls(tls);
    if let rustls::Error::InvalidCertificate(why) = tls {
        NotReached::Certificate(fault(why), error)
    } else {
        NotReached::Tls(error)
    }
}

fn fault(why: &CertificateError) -> CertificateFault {
    use CertificateError as Why;
    if matches!(why, Why::NotValidForName | Why::NotValidForNameContext { .. }) {
        return CertificateFault::OtherName;
    }
    let is_not_now =
        matches!(why, Why::Expired | Why::ExpiredContext { .. } | Why::NotValidYet | Why::NotValidYetContext { .. });
    if is_not_now { CertificateFault::NotNow } else { CertificateFault::Untrusted }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
    use tokio::{
        io::{AsyncRead, AsyncReadExt},
        net::TcpListener,
    };
    use tokio_rustls::TlsAcceptor;

    use super::*;
    use crate::{Settings, proxy::SystemProxy};

    const CA: &[u8] = include_bytes!("../tests/clients/tls/ca.pem");
    const CERT: &[u8] = include_bytes!("../tests/clients/tls/server.pem");
    const KEY: &[u8] = include_bytes!("../tests/clients/tls/server.key");

    async fn listener() -> (TcpListener, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        (listener, port)
    }

    fn client(target: &Url, proxy: &str) -> Client {
        let mut settings = Settings::for_base(target).expect("a host");
        settings.anchors = crate::read_anchors(CA).expect("an authority");
        let mut client = Client::new(settings).expect("is set up");
        client.proxy = SystemProxy::of(proxy);
        client
    }

    fn acceptor() -> TlsAcceptor {
        let certificate = CertificateDer::from_pem_slice(CERT).expect("a certificate");
        let key = PrivateKeyDer::from_pem_slice(KEY).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("a pair");
        TlsAcceptor::from(Arc::new(config))
    }

    async fn asked(stream: &mut (impl AsyncRead + Unpin)) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("a question"));
        }
        String::from_utf8(head).expect("text")
    }

    fn patience() -> Instant {
        Instant::now() + Duration::from_secs(10)
    }

    #[tokio::test]
    async fn a_plain_address_behind_a_proxy_is_asked_for_by_no_tunnel() {
        let (proxy, port) = listener().await;
        let target: Url = "http://calls.example/".parse().expect("a URL");
        let client = client(&target, &format!("http://127.0.0.1:{port}"));
        let said = tokio::spawn(async move {
            let (mut stream, _) = proxy.accept().await.expect("is asked");
            let mut said = Vec::new();
            stream.read_to_end(&mut said).await.expect("ends");
            said
        });
        let (reached, way) = client.reach(&target, patience()).await;
        assert_eq!(way, Ok(()));
        assert!(reached.name.is_none() && reached.connection.is_some() && reached.tls.is_none());
        assert_eq!(said.await.expect("ends"), b"", "the message itself is no tunnel either");
    }

    #[tokio::test]
    async fn a_proxy_that_is_spoken_to_over_tls_is_gone_through() {
        let (proxy, port) = listener().await;
        let target: Url = "https://127.0.0.1:4443/".parse().expect("a URL");
        let client = client(&target, &format!("https://127.0.0.1:{port}"));
        let tunnel = tokio::spawn(async move {
            let (stream, _) = proxy.accept().await.expect("is asked");
            let mut outer = acceptor().accept(stream).await.expect("TLS with the proxy");
            let head = asked(&mut outer).await;
            outer.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.expect("is told");
            outer.flush().await.expect("is told");
            let mut inner = acceptor().accept(outer).await.expect("TLS with the server behind it");
            let _ = inner.read(&mut [0; 1]).await;
            head
        });
        let (reached, way) = client.reach(&target, patience()).await;
        assert_eq!(way, Ok(()));
        assert!(reached.name.is_none() && reached.connection.is_some() && reached.tls.is_some());
        assert!(tunnel.await.expect("ends").starts_with("CONNECT 127.0.0.1:4443 HTTP/1.1\r\n"));
    }
}
