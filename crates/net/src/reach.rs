//! The way to a server place by place, with the time that each takes: name, connection, TLS. Nothing is asked of it.

use std::{sync::Arc, time::Duration};

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
    websocket::through,
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
        let tcp = match self.proxy.via(url) {
            Some(via) => in_time(until, through(&via, host, port)).await.map_err(NotReached::Connection)?,
            None => {
                let addresses = in_time(until, self.hosts.resolve(bare, Some(port))).await.map_err(NotReached::Name)?;
                reached.name = Some(began.elapsed());
                match timeout_at(until, TcpStream::connect(addresses.as_slice())).await {
                    Ok(connected) => connected.map_err(|error| not_connected(&error))?,
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
        match timeout_at(until, TlsConnector::from(Arc::clone(&self.tls)).connect(name, tcp)).await {
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
