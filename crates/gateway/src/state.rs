//! The state that requests share. Everything that serves them uses it; it uses none of that.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    sync::Arc,
};

use calls::ConnectionId;
use office::{Clock, OfficeHandle, Trials};
use store::Token;
use tokio::sync::{Notify, Semaphore, mpsc, watch};

use crate::{
    connections::Connections, counters::Counters, invitations::JoinAddress, join_limit::JoinLimit, limits::Limits,
    log_rate::LogRate, own_ca::OwnCa, path_tokens::PathTokens, plain::Front, presence::Presence, setup::Setup,
    throttle::Throttle, tokens,
};

/// What each token may do and see, by its id; `None` for one that has ended.
pub(crate) type TokenRights = Arc<BTreeMap<String, Option<String>>>;

/// What all requests share.
pub(crate) struct State {
    pub(crate) office: Arc<OfficeHandle>,
    pub(crate) clock: Arc<dyn Clock>,
    /// What the office is called.
    pub(crate) name: String,
    /// Where those who are invited find it, where that is known.
    pub(crate) join_address: Option<JoinAddress>,
    /// The certificate that vouches for it, where no public CA does.
    pub(crate) own_ca: Option<OwnCa>,
    pub(crate) path_tokens: PathTokens,
    /// Who speaks TLS.
    pub(crate) front: Front,
    pub(crate) limits: Limits,
    pub(crate) counters: Counters,
    pub(crate) throttle: Throttle,
    /// Who tries codes of invitations.
    pub(crate) join_limit: JoinLimit,
    /// Whose desks look now.
    pub(crate) presence: Presence,
    /// Wakes whoever compares open streams with the tokens.
    pub(crate) tokens_changed: Arc<Notify>,
    /// How the office is configured, where that can be changed.
    pub(crate) setup: Option<Arc<Setup>>,
    /// Checks of connections between their steps.
    pub(crate) trials: Trials,
    /// Held by whoever changes rights: there is always an admin.
    pub(crate) changing_people: tokio::sync::Mutex<()>,
    /// Errors in the log.
    pub(crate) log_rate: LogRate,
    /// Whoever reads tokens.
    pub(crate) token_reader: Semaphore,
    /// Connections that are open.
    pub(crate) connections: Arc<Connections>,
    /// The tokens as they were last read.
    pub(crate) tokens: watch::Receiver<TokenRights>,
    /// Turns true when the gateway stops.
    pub(crate) stopping: watch::Receiver<bool>,
    /// Closes with the last one who shares this, so that the end can be waited for.
    pub(crate) _in_use: mpsc::Sender<Infallible>,
}

impl State {
    /// The ids of the connections that the office has, paused ones too.
    pub(crate) fn connections_of_office(&self) -> BTreeSet<ConnectionId> {
        let configured = self.setup.as_ref().map(|setup| setup.config().connections().cloned().collect::<Vec<_>>());
        self.office.connections().into_iter().chain(configured.into_iter().flatten()).collect()
    }

    /// The first of these groups that the office does not have, where that is known.
    pub(crate) fn unknown_group<'a>(&self, groups: &'a [String]) -> Option<&'a str> {
        let config = self.setup.as_ref()?.config();
        groups.iter().find(|group| !config.has_group(group)).map(String::as_str)
    }

    /// The token that this secret is, if it is valid now; read on a thread that may wait for the database.
    pub(crate) async fn token(&self, secret: &str) -> Result<Option<Token>, store::Error> {
        // One at a time: a flood of guesses leaves the database's other readers to those who have a token.
        let Ok(_turn) = self.token_reader.acquire().await else { return Err(store::Error::Closed) };
        let (hash, now) = (tokens::hash(secret), self.clock.now());
        self.office.store().reading(move |store| tokens::find(store, &hash, now)).await
    }

    /// Notes that a desk was here, what it runs and by which secret it was let in. Where that cannot be written, the desk goes
    /// on all the same.
    pub(crate) async fn note_visit(&self, token: &str, version: &str, presented: [u8; 32]) {
        if let Err(error) = self.office.store().saw_token(token, version, presented, self.clock.now()).await {
            tracing::warn!(%error, "when a desk was here could not be noted");
        }
    }
}

/// Waits until the gateway stops.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that whoever could say so is gone.
    let _ = stopping.wait_for(|stop| *stop).await;
}
