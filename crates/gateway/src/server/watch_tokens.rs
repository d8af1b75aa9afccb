//! Tells open streams what becomes of their tokens: the command line writes to the same database.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use calls::ConnectionId;
use jiff::Timestamp;
use office::{Clock, OfficeHandle};
use store::Token;
use tokio::{sync::watch, task::JoinHandle, time::MissedTickBehavior};

use super::stopped;
use crate::tokens;

/// What each token may do and see, by its id; `None` for one that has ended.
pub(crate) type TokenRights = Arc<BTreeMap<String, Option<String>>>;

/// Reads the tokens now and then; the receiver sees a change only where there is one.
pub(super) fn start(
    office: Arc<OfficeHandle>,
    clock: Arc<dyn Clock>,
    every: Duration,
    mut stopping: watch::Receiver<bool>,
) -> Result<(watch::Receiver<TokenRights>, JoinHandle<()>), store::Error> {
    let known = rights_of(&office.store().tokens()?, clock.now());
    let (send, receive) = watch::channel(Arc::new(known));
    let task = tokio::spawn(async move {
        let mut watched = BTreeSet::new();
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stopped(&mut stopping) => return,
            }
            match office.store().tokens() {
                Ok(tokens) => {
                    watch_extensions(&office, &tokens, &mut watched);
                    let rights = rights_of(&tokens, clock.now());
                    send.send_if_modified(|known| {
                        let news = **known != rights;
                        if news {
                            *known = Arc::new(rights);
                        }
                        news
                    });
                }
                Err(error) => tracing::error!(%error, "the tokens cannot be read; open streams keep their rights"),
            }
        }
    });
    Ok((receive, task))
}

fn rights_of(tokens: &[Token], now: Timestamp) -> BTreeMap<String, Option<String>> {
    let rights = |token: &Token| tokens::is_valid(token, now).then(|| tokens::rights(token));
    tokens.iter().map(|token| (token.id.clone(), rights(token))).collect()
}

/// A token issued while the gateway runs may name an extension whose PBX needs a session for it.
fn watch_extensions(office: &OfficeHandle, tokens: &[Token], watched: &mut BTreeSet<(ConnectionId, String)>) {
    let extensions = tokens.iter().filter(|token| token.revoked_at.is_none()).flat_map(|token| &token.extensions);
    for (connection, extension) in extensions {
        if watched.insert((connection.clone(), extension.clone())) {
            office.watch_extension(connection, extension);
        }
    }
}
