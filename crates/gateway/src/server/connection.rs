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
use office::{Carrier, OfficeHandle};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::Instant,
};
use tokio_rustls::TlsAcceptor;

use super::shared_io::SharedIo;
use crate::{
    body::Began,
    connections::{Connections, Permit},
    counters::add,
    limits::Limits,
    router::with_single_slashes,
    state::{State, stopped},
};

/// Longest wait for the TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Longest wait for what was being answered over plain HTTP when trial mode ended.
const LAST_ANSWER: Duration = Duration::from_secs(1);
/// The first byte of a TLS connection: a handshake record.
const TLS_HANDSHAKE: u8 = 0x16;
/// Room for a request's head; also what an idle connection may hold.
const HEAD_BYTES: usize = 16 << 10;

/// Takes connections from a listener.
pub(super) struct Acceptor {
    listener: TcpListener,
    state: Arc<State>,
    server: Server,
}

#[derive(Clone)]
struct Server {
    tls: Option<TlsAcceptor>,
    office: Arc<OfficeHandle>,
    router: Router,
    limits: Limits,
    stopping: watch::Receiver<bool>,
}

impl Acceptor {
    pub(super) fn new(
        listener: TcpListener,
        tls: Option<Arc<ServerConfig>>,
        router: Router,
        state: &Arc<State>,
    ) -> Self {
        let limits = state.limits.clone();
        let stopping = state.stopping.clone();
        Self {
            listener,
            state: Arc::clone(state),
            server: Server {
                tls: tls.map(TlsAcceptor::from),
                office: Arc::clone(&state.office),
                router,
                limits,
                stopping,
            },
        }
    }

    /// Serves until the gateway stops.
    pub(super) async fn run(self) {
        let Self { listener, state, server } = self;
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
                Ok((stream, address)) => match Connections::admit(&state.connections, address.ip()) {
                    Some(permit) => {
                        connections.spawn(server.clone().serve(stream, permit));
                    }
                    None => {
                        add(&state.counters.connections_refused);
                        server.turn_away(&stream);
                    }
                },
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    // Out of file handles, usually: the next try at once would fail as well.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        drop((listener, state));
        let ended = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(server.limits.stop, ended).await.is_err() {
            tracing::warn!("some requests did not come to their end in time");
            connections.shutdown().await;
        }
    }
}

impl Server {
    /// Says that there are too many connections, as far as that can be said without waiting.
    fn turn_away(&self, stream: &TcpStream) {
        const TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\n\
            content-type: text/plain\r\ncontent-length: 59\r\n\r\nThere are too many connections; try again in a few seconds.";
        if self.tls.is_none() {
            // Whoever does not hear it notices the end of the connection.
            let _ = stream.try_write(TOO_MANY);
        }
    }

    async fn serve(self, stream: TcpStream, permit: Permit) {
        // Only speed is lost when the system refuses.
        let _ = stream.set_nodelay(true);
        match self.tls.clone() {
            // How a request came is for a proxy to say.
            None => self.speak(stream, permit, None).await,
            Some(tls) => {
                let until = Instant::now() + HANDSHAKE;
                if self.office.is_any_in_trial() && is_plain(&stream, until).await {
                    return self.speak(stream, permit, Some(Carrier::PlainInTrial)).await;
                }
                match tokio::time::timeout_at(until, tls.accept(stream)).await {
                    Ok(Ok(stream)) => self.speak(stream, permit, Some(Carrier::Tls)).await,
                    Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
                    Err(_) => tracing::debug!("a TLS handshake took too long"),
                }
            }
        }
    }

    async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        self,
        stream: S,
        permit: Permit,
        carrier: Option<Carrier>,
    ) {
        let Self { router, limits, office, mut stopping, .. } = self;
        let permit = Arc::new(permit);
        let stream = SharedIo::new(stream, Arc::clone(&permit), limits.slow_client);
        let (router, io) = (TowerToHyperService::new(router), stream.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            let began = io.unanswered_since().unwrap_or_else(Instant::now);
            request.extensions_mut().insert(Began(began));
            request.extensions_mut().insert(Arc::clone(&permit));
            if let Some(carrier) = carrier {
                request.extensions_mut().insert(carrier);
            }
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
        let trials_ended = async {
            match carrier {
                Some(Carrier::PlainInTrial) => office.trials_ended().await,
                Some(Carrier::Tls | Carrier::Plain) | None => std::future::pending().await,
            }
        };
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stopped(&mut stopping) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
            () = trials_ended => {
                connection.as_mut().graceful_shutdown();
                match tokio::time::timeout(LAST_ANSWER, connection).await {
                    Ok(ended) => ended,
                    Err(_) => return,
                }
            }
        };
        match ended {
            Ok(()) => {}
            Err(error) if error.is_timeout() => stream.answer_unfinished_request().await,
            Err(error) => tracing::debug!(%error, "a connection broke"),
        }
    }
}

/// Whether something else than TLS begins; waits for the first byte until then.
async fn is_plain(stream: &TcpStream, until: Instant) -> bool {
    let mut first = [0];
    let peeked = tokio::time::timeout_at(until, stream.peek(&mut first)).await;
    matches!(peeked, Ok(Ok(1))) && first != [TLS_HANDSHAKE]
}
