//! What changed is written and told: to whom, in which order, and how far a desk may resume.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    sync::Arc,
};

use calls::{CallId, Change, CommandId, ConnectionId};
use link::wire;
use store::{Audience, CommandStatus, Redirect, Revealed};

use super::unread::is_for_good;
use super::{
    published::{Head, Published},
    state::{AudienceLookup, Keeper},
};
use crate::{rows, visibility};

/// What the database says to an [`AudienceLookup`].
#[derive(Default)]
struct Answer {
    author: Option<String>,
    audience: Option<Audience>,
}

impl Keeper {
    /// Remembers what is to be written and published.
    pub(super) fn note(&mut self, seq: u64, connection: &ConnectionId, changes: Vec<Change>) {
        let unsaved = self.unsaved.entry(connection.clone()).or_default();
        unsaved.folded = unsaved.folded.max(seq);
        for change in changes {
            let unsaved = self.unsaved.entry(connection.clone()).or_default();
            match change {
                Change::Call(call) => {
                    let call = Arc::new(visibility::to_stored(&call, &self.directory));
                    let audience = Arc::new(rows::audience(&call, &self.directory));
                    unsaved.calls.insert(call.id.clone(), rows::Changed { call: Arc::clone(&call), seq });
                    self.warn_of_unlisted_line(seq, &call);
                    self.news.push(Published::Call { seq, call, audience, parted: Arc::default() });
                }
                Change::Redirect { from, to } => {
                    unsaved.calls.remove(&from);
                    unsaved.redirects.push(Redirect { from, to, seq });
                }
                Change::Command { id, call, state, detail } => {
                    let status = CommandStatus { id, call: call.clone(), state, detail: detail.clone() };
                    unsaved.commands.insert(id, status);
                    let (audience, author) = (self.ask(Some(id), &call), Arc::default());
                    let command = Arc::new(wire::CommandView { command: id, call, state, detail });
                    self.news.push(Published::Command { seq, command, author, audience });
                }
            }
        }
    }

    /// Asks what the next item of the news needs to know; answers who sees the call as far as memory says.
    pub(super) fn ask(&mut self, command: Option<CommandId>, call: &CallId) -> Arc<Audience> {
        let changed = self.unsaved.values().find_map(|unsaved| unsaved.calls.get(call));
        let known = changed.map(|changed| rows::audience(&changed.call, &self.directory));
        let call = known.is_none().then(|| call.clone());
        if command.is_some() || call.is_some() {
            self.lookups.push(AudienceLookup { item: self.news.len(), command, call, is_answered: false });
        }
        Arc::new(known.unwrap_or_default())
    }

    /// Says that calls come on a line which the settings do not list.
    fn warn_of_unlisted_line(&mut self, seq: u64, call: &wire::Call) {
        let Some(line) = self.directory.unlisted_line(call) else { return };
        if self.board.unlisted_line(&call.connection, line) {
            self.news.push(Published::Status { seq, connection: call.connection.clone() });
        }
    }

    /// Reads what was asked, on a thread that may wait for the database. What cannot be read just now stays a lookup,
    /// and its item is published once it can be: told to nobody it would be missing on desks for good. A row that can
    /// never be read says of nobody that he sees the call, and keeps no other back.
    async fn run_lookups(&mut self) {
        if self.lookups.is_empty() || !self.reads.rest().is_zero() {
            return;
        }
        let mut lookups = std::mem::take(&mut self.lookups);
        let (store, office, directory) = (self.store.clone(), self.office.clone(), Arc::clone(&self.directory));
        let read = move |lookup: &AudienceLookup| -> Result<Answer, store::Error> {
            let author = lookup.command.map(|id| store.command(id)).transpose()?.flatten();
            let row = lookup.call.as_ref().map(|call| store.get(&office, call)).transpose()?.flatten();
            let call = row.and_then(|row| rows::call(&row));
            let author = author.map(|row| row.command.author);
            Ok(Answer { author, audience: call.map(|call| rows::audience(&call, &directory)) })
        };
        let read = move |lookup: &AudienceLookup| match read(lookup) {
            Ok(answer) => Some(answer),
            Err(error) if is_for_good(&error) => {
                tracing::error!(%error, "a row cannot be read by this version: who sees its call is not known");
                Some(Answer::default())
            }
            Err(_) => None,
        };
        let asked = lookups.clone();
        let reading = tokio::task::spawn_blocking(move || asked.iter().map(read).collect());
        // Where reading itself came to an end, nothing was answered.
        let answers: Vec<Option<Answer>> = reading.await.unwrap_or_default();
        for (place, answer) in answers.into_iter().enumerate() {
            if let Some((lookup, answer)) = lookups.get(place).zip(answer) {
                self.take_answer(lookup.item, answer);
                lookups[place].is_answered = true;
            }
        }
        self.lookups = lookups.into_iter().filter(|lookup| !lookup.is_answered).collect();
        if !self.lookups.is_empty() {
            tracing::error!("who sees a call cannot be read: what people wrote on it is told once it can");
            self.reads.failed();
        }
    }

    fn take_answer(&mut self, item: usize, answer: Answer) {
        if let Some(Published::Command { author, .. }) = self.news.get_mut(item)
            && let Some(whose) = answer.author
        {
            *author = Arc::from(whose);
        }
        if let Some(Published::Command { audience, .. } | Published::Fact { audience, .. }) = self.news.get_mut(item)
            && let Some(seen_by) = answer.audience
        {
            *audience = Arc::new(seen_by);
        }
    }

    /// Writes the rows of what changed and publishes it. Rows that cannot be written are tried again; until they are,
    /// and until everything is folded and told, the head stays where it is, so that a desk that resumes from it misses
    /// nothing.
    pub(super) async fn save(&mut self) {
        let mut parted = BTreeMap::new();
        let mut revealed = Vec::new();
        if self.rows.rest().is_zero() {
            let is_kept = self.keep_unread().await.inspect_err(|error| {
                tracing::error!(kind = ?error.kind(), "which calls cannot be read could not be kept");
            });
            let unsaved = if is_kept.is_ok() { std::mem::take(&mut self.unsaved) } else { BTreeMap::new() };
            for (connection, unsaved) in unsaved {
                let save = rows::save(&connection, &unsaved, &self.directory);
                match self.store.save_and_tell(&self.office, save).await {
                    Ok(moved) => {
                        parted.extend(moved.parted.into_iter().map(|left| (left.call, left.who)));
                        revealed.extend(moved.revealed);
                    }
                    Err(error) => {
                        tracing::error!(kind = ?error.kind(), "the call list could not be written");
                        self.unsaved.insert(connection, unsaved);
                    }
                }
            }
            if is_kept.is_ok() && self.unsaved.is_empty() { self.rows.worked() } else { self.rows.failed() }
        }
        self.run_lookups().await;
        if self.unfolded.is_empty() && self.lookups.is_empty() {
            self.reads.worked();
        }
        self.news.extend(revealed.into_iter().map(fact_for_others));
        let was = *self.head.borrow();
        let behind = !(self.unsaved.is_empty() && self.unfolded.is_empty() && self.lookups.is_empty());
        self.head.send_replace(Head { seq: if behind { was.seq } else { self.logged }, behind });
        self.publish_news(parted);
        if was.behind && !behind {
            self.publish(Published::Recovered);
        }
    }

    /// Publishes what is new. Who saw one state of a call is told when he does not see the next.
    fn publish_news(&mut self, mut parted: BTreeMap<CallId, Audience>) {
        let news = self.take_news();
        let Some(now) = (!news.is_empty()).then(|| self.clock.now()) else { return };
        for mut item in news {
            if let Published::Call { seq, call, audience, parted: left } = &mut item {
                self.times.published(&call.id, *seq, now);
                match parted.entry(call.id.clone()) {
                    Entry::Occupied(mut before) => {
                        *left = Arc::new(before.get().clone());
                        before.get_mut().add(audience);
                    }
                    Entry::Vacant(none) => {
                        none.insert((**audience).clone());
                    }
                }
            }
            self.publish(item);
        }
    }

    /// What is to be published now, in the order of the log. What has a lookup open is kept back.
    fn take_news(&mut self) -> Vec<Published> {
        let asked: BTreeSet<usize> = self.lookups.iter().map(|lookup| lookup.item).collect();
        let mut news = Vec::with_capacity(self.news.len());
        for (item, published) in std::mem::take(&mut self.news).into_iter().enumerate() {
            if asked.contains(&item) { self.news.push(published) } else { news.push(published) }
        }
        let places: BTreeMap<usize, usize> = asked.into_iter().enumerate().map(|(now, before)| (before, now)).collect();
        for lookup in &mut self.lookups {
            lookup.item = places.get(&lookup.item).copied().unwrap_or_default();
        }
        news.sort_by_key(Published::seq);
        news
    }

    pub(super) fn publish(&self, item: Published) {
        // An error says that nobody looks at the office just now.
        let _ = self.published.send(item);
    }
}

/// What a person wrote about a call, for those who see the call from now on.
fn fact_for_others(revealed: Revealed) -> Published {
    let Revealed { fact, seq, who } = revealed;
    Published::Fact { seq, fact: Arc::new(fact), audience: Arc::new(who) }
}
