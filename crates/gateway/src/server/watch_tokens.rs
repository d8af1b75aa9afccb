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
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
    time::MissedTickBehavior,
};

use crate::{
    state::{TokenRights, stopped},
    tokens,
};

/// When the tokens are read.
pub(super) struct Schedule {
    /// Now and then, since the command line tells nobody.
    pub(super) every: Duration,
    /// At once, when a request has changed them.
    pub(super) at_once: Arc<Notify>,
}

/// Reads the tokens now and then; the receiver sees a change only where there is one.
pub(super) async fn start(
    office: Arc<OfficeHandle>,
    clock: Arc<dyn Clock>,
    schedule: Schedule,
    mut stopping: watch::Receiver<bool>,
) -> Result<(watch::Receiver<TokenRights>, JoinHandle<()>), store::Error> {
    let known = rights_of(&office, &tokens::all(office.store()).await?, clock.now());
    let (send, receive) = watch::channel(Arc::new(known));
    let task = tokio::spawn(async move {
        let mut watched: BTreeSet<(ConnectionId, String)> = BTreeSet::new();
        let mut ticks = tokio::time::interval(schedule.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let is_told = tokio::select! {
                _ = ticks.tick() => false,
                () = schedule.at_once.notified() => true,
                () = stopped(&mut stopping) => return,
            };
            match tokens::all(office.store()).await {
                Ok(tokens) => {
                    let now = clock.now();
                    if is_told {
                        // A connection may be another one, whose sessions have not begun; asking twice keeps one.
                        watched.iter().for_each(|(connection, own)| office.watch_extension(connection, own));
                    }
                    watch_extensions(&office, &tokens, now, &mut watched);
                    let rights = rights_of(&office, &tokens, now);
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

/// What each token shows now.
fn rights_of(office: &OfficeHandle, tokens: &[Token], now: Timestamp) -> BTreeMap<String, Option<String>> {
    let rights = |token: &Token| token.is_valid(now).then(|| tokens::shown(&tokens::rights(token), office));
    tokens.iter().map(|token| (token.id.clone(), rights(token))).collect()
}

/// Keeps the sessions of the extensions that valid tokens name, and ends those that none names any more.
fn watch_extensions(
    office: &OfficeHandle,
    tokens: &[Token],
    now: Timestamp,
    watched: &mut BTreeSet<(ConnectionId, String)>,
) {
    let wanted = wanted(tokens, now);
    for (connection, extension) in wanted.difference(watched) {
        office.watch_extension(connection, extension);
    }
    for (connection, extension) in watched.difference(&wanted) {
        office.unwatch_extension(connection, extension);
    }
    *watched = wanted;
}

/// The extensions that valid tokens name.
fn wanted(tokens: &[Token], now: Timestamp) -> BTreeSet<(ConnectionId, String)> {
    let valid = tokens.iter().filter(|token| token.is_valid(now));
    valid.flat_map(|token| token.extensions.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_valid_tokens_keep_sessions() {
        let at = |second| Timestamp::from_second(second).expect("in range");
        let own = |extension: &str| ("m1".parse().expect("valid"), extension.to_owned());
        let token = |extension, expires_at, revoked_at| Token {
            id: String::new(),
            hash: [0; 32],
            name: String::new(),
            role: "agent".to_owned(),
            extensions: vec![own(extension), own("100")],
            groups: Vec::new(),
            expires_at,
            revoked_at,
            days: None,
            device: String::new(),
            version: String::new(),
            seen_at: None,
            is_new_unused: false,
        };
        let tokens = [
            token("101", None, None),
            token("102", Some(at(50)), None),
            token("103", None, Some(at(40))),
            token("104", Some(at(200)), None),
        ];
        let all = ["100", "101", "104"].map(own);
        assert_eq!(wanted(&tokens, at(100)), BTreeSet::from(all));
        assert_eq!(wanted(&tokens[1..3], at(100)), BTreeSet::new());
    }
}
