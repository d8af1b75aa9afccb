//! The moment by which a request's connection has to be made. A request that is wanted now must not be sent later, when a
//! server that did not accept connections accepts them again.
//!
//! The HTTP client makes a connection in the task of the request that needs it, so the task carries the moment to where
//! the connection is made.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tokio::time::{Instant, timeout_at};
use tower_layer::Layer;
use tower_service::Service;

use crate::error::Error;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

tokio::task_local! {
    static CONNECTED_BY: Option<Instant>;
}

/// Sends something; a connection that is not made by then is given up, and nothing is sent.
pub(crate) async fn connected_by<T>(moment: Option<Instant>, sending: impl Future<Output = T>) -> T {
    CONNECTED_BY.scope(moment, sending).await
}

/// Gives connections up that are not made in time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InTime;

impl<S> Layer<S> for InTime {
    type Service = Connector<S>;

    fn layer(&self, inner: S) -> Connector<S> {
        Connector(inner)
    }
}

/// Makes connections, in time or not at all.
#[derive(Debug, Clone)]
pub(crate) struct Connector<S>(S);

impl<S, T> Service<T> for Connector<S>
where
    S: Service<T, Error = BoxError>,
    S::Future: Send + 'static,
    S::Response: 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, target: T) -> Self::Future {
        let connecting = self.0.call(target);
        let Some(moment) = CONNECTED_BY.try_get().ok().flatten() else { return Box::pin(connecting) };
        let late = || Error::Connect("no connection was made in time, so nothing was sent".to_owned());
        Box::pin(async move { timeout_at(moment, connecting).await.unwrap_or_else(|_| Err(late().into())) })
    }
}
