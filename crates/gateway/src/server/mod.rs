//! The gateway over HTTP: what it listens on, and how it stops.

mod connection;
mod shared_io;
mod watch_tokens;

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use office::{Clock, OfficeHandle, SystemClock};
use tokio::{
    net::TcpListener,
    sync::{mpsc, watch},
    task::JoinHandle,
};

pub(crate) use watch_tokens::TokenRights;

use crate::{counters::Counters, few_lines::FewLines, hooks::PathTokens, router, slowdown::Slowdown};

/// Time-outs and sizes; the defaults are those of the interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Longest wait for a whole request.
    pub request: Duration,
    /// Longest wait until a desk takes a frame.
    pub slow_desk: Duration,
    /// How often open streams are compared with the tokens.
    pub token_check: Duration,
    /// Wrong signatures a second that are answered at once.
    pub bad_signatures: u32,
    /// Longest wait for open requests when the gateway stops.
    pub stop: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(20),
            slow_desk: Duration::from_secs(10),
            token_check: Duration::from_secs(2),
            bad_signatures: 100,
            stop: Duration::from_secs(5),
        }
    }
}

/// How a gateway is run.
#[derive(Clone, Default)]
pub struct GatewayOptions {
    /// Words in hook addresses.
    pub path_tokens: PathTokens,
    /// TLS; absent: plain HTTP.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// Time-outs and sizes.
    pub limits: Limits,
}

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) office: Arc<OfficeHandle>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) path_tokens: PathTokens,
    pub(crate) limits: Limits,
    pub(crate) counters: Counters,
    pub(crate) slowdown: Slowdown,
    /// Refusals in the log.
    pub(crate) lines: FewLines,
    /// The tokens as they were last read.
    pub(crate) tokens: watch::Receiver<TokenRights>,
    /// Turns true when the gateway stops.
    pub(crate) stopping: watch::Receiver<bool>,
    /// Closes with the last one who shares this, so that the end can be waited for.
    pub(crate) _in_use: mpsc::Sender<Infallible>,
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
        let (tokens, watcher) =
            watch_tokens::start(Arc::clone(&office), Arc::clone(&clock), options.limits.token_check, stopping.clone())?;
        let shared = Arc::new(Shared {
            office,
            clock,
            path_tokens: options.path_tokens,
            slowdown: Slowdown::new(options.limits.bad_signatures),
            lines: FewLines::default(),
            limits: options.limits,
            counters: Counters::default(),
            tokens,
            stopping,
            _in_use: in_use,
        });
        let acceptor = connection::Acceptor::new(listener, options.tls, router::router(Arc::clone(&shared)), shared);
        let tasks = vec![watcher, tokio::spawn(acceptor.run())];
        tracing::info!(%address, "listening");
        Ok(Running { address, stop, tasks, ended, patience })
    }
}

/// Waits until the gateway stops.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that whoever could say so is gone.
    let _ = stopping.wait_for(|stop| *stop).await;
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
