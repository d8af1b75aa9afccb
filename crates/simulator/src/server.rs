//! The listeners: plain HTTP on a port of one make, which can be down and come back.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::fault::is_down;
use crate::make::Make;
use crate::world::World;

/// The address a request came from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Serves a make until the task is stopped; while the make is down, its port refuses connections.
pub(crate) async fn serve(world: Arc<World>, make: Make, listener: TcpListener, router: Router) {
    let Ok(address) = listener.local_addr() else { return };
    let mut faults = world.faults.watch();
    let down = is_down(&faults.borrow(), make);
    let mut listener = (!down).then_some(listener);
    loop {
        if faults.wait_for(|faults| !is_down(faults, make)).await.is_err() {
            return;
        }
        let bound = match listener.take() {
            Some(listener) => listener,
            None => match TcpListener::bind(address).await {
                Ok(listener) => listener,
                Err(error) => {
                    tracing::warn!(%make, %error, "the port is taken, trying again");
                    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                    continue;
                }
            },
        };
        tokio::select! {
            () = accept(&bound, &router) => {}
            _ = faults.wait_for(|faults| is_down(faults, make)) => {}
        }
    }
}

/// Accepts connections; they end with this future.
async fn accept(listener: &TcpListener, router: &Router) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            }
        };
        // Events must not wait for a full packet: a ringing phone cannot wait.
        let _ = stream.set_nodelay(true);
        while connections.try_join_next().is_some() {}
        let service = TowerToHyperService::new(router.clone().layer(Extension(Peer(peer))));
        connections.spawn(async move {
            let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades();
            if let Err(error) = serving.await {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
}
