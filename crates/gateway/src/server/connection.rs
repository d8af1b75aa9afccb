//! Takes connections and speaks HTTP over them.

use std::{sync::Arc, time::Duration};

use axum::{Router, http::Request};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::Instant,
};
use tokio_rustls::TlsAcceptor;

use super::{Limits, Shared, shared_io::SharedIo, stopped};
use crate::{body::Began, router::with_single_slashes};

/// Longest wait for the TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Room for a request's head; also what an idle connection may hold.
const HEAD_BYTES: usize = 16 << 10;

/// Takes connections from a listener.
pub(super) struct Acceptor {
    listener: TcpListener,
    server: Server,
}

#[derive(Clone)]
struct Server {
    tls: Option<TlsAcceptor>,
    router: Router,
    limits: Limits,
    stopping: watch::Receiver<bool>,
}

impl Acceptor {
    pub(super) fn new(
        listener: TcpListener,
        tls: Option<Arc<ServerConfig>>,
        router: Router,
        shared: Arc<Shared>,
    ) -> Self {
        let limits = shared.limits.clone();
        let stopping = shared.stopping.clone();
        Self { listener, server: Server { tls: tls.map(TlsAcceptor::from), router, limits, stopping } }
    }

    /// Serves until the gateway stops.
    pub(super) async fn run(self) {
        let Self { listener, server } = self;
        let mut stopping = server.stopping.clone();
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = stopped(&mut stopping) => break,
                // Keeps the set from growing with those that have ended.
                Some(_) = connections.join_next() => continue,
            };
            match accepted {
                Ok((stream, _)) => {
                    connections.spawn(server.clone().serve(stream));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    // Out of file handles, usually: the next try at once would fail as well.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        drop(listener);
        let ended = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(server.limits.stop, ended).await.is_err() {
            tracing::warn!("some requests did not come to their end in time");
            connections.shutdown().await;
        }
    }
}

impl Server {
    async fn serve(self, stream: TcpStream) {
        // Only speed is lost when the system refuses.
        let _ = stream.set_nodelay(true);
        match self.tls.clone() {
            None => self.speak(stream).await,
            Some(tls) => match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
                Ok(Ok(stream)) => self.speak(stream).await,
                Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
                Err(_) => tracing::debug!("a TLS handshake took too long"),
            },
        }
    }

    async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(self, stream: S) {
        let Self { router, limits, mut stopping, .. } = self;
        let stream = SharedIo::new(stream);
        let (router, io) = (TowerToHyperService::new(router), stream.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            let began = io.unanswered_since().unwrap_or_else(Instant::now);
            request.extensions_mut().insert(Began(began));
            if let Some(uri) = with_single_slashes(request.uri()) {
                *request.uri_mut() = uri;
            }
            router.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.request)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(stream.clone()), service)
            .with_upgrades();
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stopped(&mut stopping) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        match ended {
            Ok(()) => {}
            Err(error) if error.is_timeout() => stream.answer_unfinished_request().await,
            Err(error) => tracing::debug!(%error, "a connection broke"),
        }
    }
}
