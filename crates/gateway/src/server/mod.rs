//! The gateway over HTTP: what it listens on, and how it stops.

mod connection;
mod shared_io;
mod watch_tokens;
mod watch_trials;

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use link::wire::CertificateRole;
use office::{Clock, Door, OfficeHandle, Outside, SystemClock, Trials};
use tokio::{
    net::TcpListener,
    sync::{Notify, Semaphore, mpsc, watch},
    task::JoinHandle,
};
use url::Url;

use crate::{
    certificate, connections::Connections, counters::Counters, invitations::JoinAddress, join_limit::JoinLimit,
    limits::Limits, log_rate::LogRate, own_ca::OwnCa, path_tokens::PathTokens, plain::Front, platform,
    presence::Presence, router, setup::Setup, state::State, throttle::Throttle,
};

/// How a gateway is run.
#[derive(Clone, Default)]
pub struct GatewayOptions {
    /// Words in hook addresses.
    pub path_tokens: PathTokens,
    /// TLS; absent: plain HTTP.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// Time-outs and sizes.
    pub limits: Limits,
    /// What the office is called; its host when empty.
    pub name: String,
    /// Where vendors and desks reach the gateway; where it listens when absent, and that is this computer.
    pub public_url: Option<Url>,
    /// The certificate that vouches for it, where no public CA does.
    pub own_ca: Option<OwnCa>,
    /// How the office is configured, where admins may change that.
    pub setup: Option<Arc<Setup>>,
}

/// An office behind HTTP.
pub struct Gateway;

impl Gateway {
    /// Serves the office to whoever connects to the listener, until [`Running::shutdown`].
    pub async fn serve(
        listener: TcpListener,
        office: Arc<OfficeHandle>,
        options: GatewayOptions,
    ) -> Result<Running, ServeError> {
        Self::serve_with_clock(listener, office, options, Arc::new(SystemClock)).await
    }

    /// The same with another clock, by which tokens expire.
    pub async fn serve_with_clock(
        listener: TcpListener,
        office: Arc<OfficeHandle>,
        options: GatewayOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Running, ServeError> {
        let address = listener.local_addr().map_err(ServeError::Listener)?;
        let (stop, stopping) = watch::channel(false);
        let (in_use, ended) = mpsc::channel(1);
        let patience = options.limits.stop;
        let tokens_changed = Arc::new(Notify::new());
        let schedule =
            watch_tokens::Schedule { every: options.limits.token_check, at_once: Arc::clone(&tokens_changed) };
        let (tokens, watcher) =
            watch_tokens::start(Arc::clone(&office), Arc::clone(&clock), schedule, stopping.clone()).await?;
        let join_address = join_address(&options, address);
        let host = join_address.as_ref().and_then(|join| join.url.host_str()).unwrap_or_default();
        let name = if options.name.is_empty() { host.to_owned() } else { options.name };
        let descriptors = platform::raise_descriptor_limit();
        let connections = Connections::new(&options.limits, descriptors);
        tracing::debug!(most = connections.most(), "connections at a time");
        let state = Arc::new(State {
            office,
            clock,
            name,
            join_address,
            own_ca: options.own_ca,
            join_limit: JoinLimit::default(),
            presence: Presence::default(),
            tokens_changed,
            setup: options.setup,
            trials: Trials::default(),
            changing_people: tokio::sync::Mutex::default(),
            path_tokens: options.path_tokens,
            front: Front::of(options.tls.is_some(), options.public_url.as_ref()),
            throttle: Throttle::new(options.limits.bad_signatures),
            log_rate: LogRate::default(),
            token_reader: Semaphore::new(1),
            connections: Arc::new(connections),
            limits: options.limits,
            counters: Counters::default(),
            tokens,
            stopping,
            _in_use: in_use,
        });
        state.office.set_outside(outside(&state, options.public_url));
        let acceptor = connection::Acceptor::new(listener, options.tls, router::router(Arc::clone(&state)), &state);
        let trials = watch_trials::start(Arc::clone(&state.office), state.limits.token_check, state.stopping.clone());
        let tasks = vec![watcher, trials, tokio::spawn(acceptor.run())];
        tracing::info!(%address, "listening");
        Ok(Running { address, stop, tasks, ended, patience })
    }
}

/// How the office is reached from outside, where its settings say at which address.
fn outside(state: &State, named: Option<Url>) -> Outside {
    let file = state.setup.as_ref().and_then(|setup| setup.config().certificate());
    let shown = file.and_then(|file| std::fs::read(file).ok()).unwrap_or_default();
    // What follows the first one in the file vouches for it.
    let own = office::certificates(&shown, CertificateRole::Own).into_iter().take(1);
    let ca = state.own_ca.as_ref().map(|ca| ca.pem.as_bytes()).unwrap_or_default();
    let door = named.map(|public_url| Door {
        public_url,
        path_tokens: state.path_tokens.all().clone(),
        authority: ca.to_vec(),
    });
    let public_url = state.join_address.as_ref().map(|address| &address.url);
    Outside {
        door,
        chain: certificate::chain(&shown),
        trial: Some(state.front.plain_door(public_url)),
        public_url: public_url.cloned(),
        certificates: own.chain(office::certificates(ca, CertificateRole::OwnAuthority)).collect(),
    }
}

/// Where those who are invited find the gateway.
fn join_address(options: &GatewayOptions, listening: SocketAddr) -> Option<JoinAddress> {
    let here = || {
        let scheme = if options.tls.is_some() { "https" } else { "http" };
        listening.ip().is_loopback().then(|| Url::parse(&format!("{scheme}://{listening}/")).ok()).flatten()
    };
    let url = options.public_url.clone().or_else(here)?;
    Some(JoinAddress { url, ca: options.own_ca.as_ref().map(|ca| ca.fingerprint) })
}

/// Why a gateway did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The listener has no address.
    #[error("the address to listen on cannot be used: {0}")]
    Listener(std::io::Error),
    /// The tokens cannot be read.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// A gateway that serves. It stops at once when this is dropped.
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    ended: mpsc::Receiver<Infallible>,
    patience: Duration,
}

impl Running {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more requests, tells the desks to come again (1012), and lets what runs come to its end.
    pub async fn shutdown(mut self) {
        // Without receivers everything has stopped already.
        let _ = self.stop.send(true);
        for task in std::mem::take(&mut self.tasks) {
            if let Err(error) = task.await {
                tracing::error!(%error, "a part of the gateway did not stop in order");
            }
        }
        // Streams have left their connections' tasks; each says goodbye for itself.
        if tokio::time::timeout(self.patience, self.ended.recv()).await.is_err() {
            tracing::warn!("some desks did not answer the goodbye in time");
        }
    }
}
