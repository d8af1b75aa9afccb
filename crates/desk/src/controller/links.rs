//! News of offices.

use std::time::Duration;

use calls::{CallId, CommandState, Direction};
use jiff::Timestamp;
use link::wire::{Call, StreamEvent, You};

use super::{
    Controller,
    message::{Finished, Message, News, OfficeSlot},
    office_desk::{OfficeDesk, Touched},
};
use crate::{
    cards::{Arrival, Card, Times},
    contract::{LinkState, NoticeKind},
    me::Me,
    offices::Supervisor,
    ports::Uptime,
    ui_port::UiPort,
};

/// A phone that rang when its office was lost has stopped by then.
const STALE: Duration = Duration::from_secs(45);

impl<U: UiPort> Controller<U> {
    pub(super) fn add_office(&mut self, slot: OfficeSlot) {
        self.generations += 1;
        let id = slot.id.clone();
        let supervisor = Supervisor {
            slot: slot.clone(),
            generation: self.generations,
            store: self.archive.store.clone(),
            chance: self.chance.clone(),
            loop_: self.to_self.clone(),
        };
        self.offices.insert(id, OfficeDesk::new(slot, self.generations, supervisor.start()));
        // Also of an office that cannot be reached now, the copy can be shown.
        self.read_today();
        self.screens.main_changed();
    }

    /// The office in the same process has no connection that could have died meanwhile.
    pub(super) fn woke(&self) {
        self.offices.values().filter(|office| office.slot.replicate).for_each(|office| office.slot.woke.notify_one());
    }

    /// What is open stays as it is.
    pub(super) fn reconnect(&self) {
        self.offices.values().filter(|office| !office.reachable()).for_each(|office| office.slot.woke.notify_one());
    }

    pub(super) fn remove_office(&mut self, id: &str) -> bool {
        let Some(office) = self.offices.remove(id) else { return false };
        drop(office);
        let changes = self.cards.drop_of(id, |_| true);
        self.follow(changes);
        self.cards.forget_office(id);
        self.decisions.forget_office(id);
        self.today.forget_office(id);
        self.placements.forget_office(id);
        self.away.retain(|(of, _)| of != id);
        self.noted.retain(|(of, _)| of != id);
        self.refresh.all();
        self.screens.main_changed();
        true
    }

    pub(super) fn take_news(&mut self, id: &str, generation: u64, news: News) {
        let Some(office) = self.offices.get_mut(id).filter(|office| office.generation == generation) else { return };
        match news {
            News::Opening => {
                if office.link != LinkState::Lost {
                    office.link = LinkState::Connecting;
                }
            }
            News::Hello { now, you, resumed } => self.greeted(id, now, you, resumed),
            News::Event { event, live } => return self.take_event(id, *event, live),
            News::Committed => return self.committed(id),
            News::Step { caught_up: true } => self.caught_up(id),
            News::Step { caught_up: false } => return self.step_told(id),
            News::SetAside => {
                office.set_aside = true;
                office.open.clear();
                office.uncommitted.clear();
                self.today.forget_office(id);
                self.refresh.all();
            }
            News::NotStored { full: true } => self.raise_notice(NoticeKind::DiskFull),
            News::NotStored { full: false } => {}
            News::FactRefused => self.raise_notice_again(NoticeKind::NoteRefused),
            News::Lost(cause) => {
                office.end(LinkState::Lost, cause, &*self.clock);
            }
            News::Refused(cause) => {
                office.end(LinkState::Refused, cause, &*self.clock);
            }
        }
        self.screens.all_changed();
    }

    fn greeted(&mut self, id: &str, now: Timestamp, you: You, resumed: bool) {
        let Some(office) = self.offices.get_mut(id) else { return };
        office.offset = now.duration_since(self.clock.now());
        (office.link, office.cause) = (LinkState::CatchingUp, None);
        office.resumed = resumed;
        office.told_in_step.clear();
        office.connections.clear();
        let anew = office.me.is_none() || office.set_aside;
        office.me = Some(Me::from(you));
        if anew {
            office.seen_while_reading = Some(Default::default());
            self.read_open(id);
            self.read_today();
        }
    }

    fn caught_up(&mut self, id: &str) {
        let Some(office) = self.offices.get_mut(id) else { return };
        if office.link == LinkState::Live {
            return;
        }
        office.link = LinkState::Live;
        office.told_in_step.clear();
        (office.lost_at, office.lost_since) = (None, None);
        let open: Vec<Call> = office.open.values().cloned().collect();
        for call in open {
            self.card_follows(id, &call, Arrival::CatchUp);
        }
        self.close_vanished(id);
    }

    /// Of a long catch-up the calls that ring are told first: they do not wait for its end.
    fn step_told(&mut self, id: &str) {
        let Some(office) = self.offices.get_mut(id) else { return };
        let told = std::mem::take(&mut office.told_in_step);
        let open: Vec<Call> = told.iter().filter_map(|call| office.open.get(call).cloned()).collect();
        for call in open {
            self.card_follows(id, &call, Arrival::CatchUp);
        }
    }

    /// After a copy was set aside nothing is heard of calls that ended meanwhile and are not shown any more.
    fn close_vanished(&mut self, id: &str) {
        let Some(office) = self.offices.get_mut(id) else { return };
        if !office.set_aside || office.link != LinkState::Live || office.seen_while_reading.is_some() {
            return;
        }
        office.set_aside = false;
        let open = &office.open;
        let changes = self.cards.drop_of(id, |card| card.follows_running_call() && !open.contains_key(&card.call.id));
        self.follow(changes);
    }

    fn take_event(&mut self, id: &str, event: StreamEvent, live: bool) {
        match event {
            StreamEvent::Call { call } => self.take_call(id, *call, live),
            StreamEvent::Gone { id: call } | StreamEvent::Erased { id: call } => self.call_gone(id, &call),
            StreamEvent::Fact { fact } => self.touch(id, Touched::Notes(fact.call)),
            StreamEvent::Command { command } => {
                if command.state == CommandState::Rejected {
                    self.placements.over(command.command);
                }
                let Some(office) = self.offices.get(id) else { return };
                let change = self.cards.command(id, &command, &office.me(), self.clock.uptime());
                self.screens.cards_changed();
                self.follow(change);
            }
            StreamEvent::Connection { connection } => {
                if let Some(office) = self.offices.get_mut(id) {
                    office.connections.insert(connection.id.clone(), connection);
                    // What a connection can do decides on buttons of cards, too.
                    self.screens.all_changed();
                }
            }
            StreamEvent::Disconnected { id: connection } => {
                if let Some(office) = self.offices.get_mut(id) {
                    office.connections.remove(&connection);
                    self.screens.all_changed();
                }
            }
            StreamEvent::Other => {}
        }
    }

    fn take_call(&mut self, id: &str, call: Call, live: bool) {
        self.note_outcome(&call);
        let Some(office) = self.offices.get_mut(id) else { return };
        let missed_it = (!live && office.resumed) || call.late;
        let unseen = call.started_at >= self.away_from && !office.open.contains_key(&call.id);
        if missed_it && unseen && call.direction == Direction::Incoming {
            self.away.insert((id.to_owned(), call.id.clone()));
        }
        office.take_call(&call);
        if !live {
            office.told_in_step.insert(call.id.clone());
        }
        if let Some(seen) = &mut office.seen_while_reading {
            seen.insert(call.id.clone());
        }
        self.today.take(id, &call);
        if let Some(meanwhile) = &mut self.changed_while_reading {
            meanwhile.push((id.to_owned(), call.clone()));
        }
        // Of what was missed a card follows its call but none comes up yet: what counts is where the call stands when
        // the step was told.
        if live || self.cards.has(id, &call) {
            self.card_follows(id, &call, Arrival::Live);
        }
        self.correct_missed(id, &call);
        self.touch(id, Touched::Call(Box::new(call)));
        self.screens.main_changed();
    }

    fn call_gone(&mut self, id: &str, call: &CallId) {
        let Some(office) = self.offices.get_mut(id) else { return };
        office.open.remove(call);
        self.today.forget(id, call);
        let change = self.cards.gone(id, call);
        self.follow(change);
        self.touch(id, Touched::Rows);
        self.screens.main_changed();
    }

    fn card_follows(&mut self, id: &str, call: &Call, arrival: Arrival) {
        let Some(office) = self.offices.get(id) else { return };
        let times = Times { local: self.clock.uptime(), office: office.now(self.clock.now()) };
        let (change, rule) = self.cards.take(id, call, &office.me(), arrival, times);
        if let Some(rule) = rule {
            self.decisions.decided(id, &call.id, rule, times.office, times.local);
        }
        self.screens.cards_changed();
        self.follow(change);
    }

    /// Notes a change for lists; of an office that writes its own rows it is in the database already.
    pub(super) fn touch(&mut self, id: &str, touched: Touched) {
        let Some(office) = self.offices.get_mut(id) else { return };
        if office.slot.replicate {
            office.uncommitted.push(touched);
        } else {
            self.readable(id, vec![touched]);
        }
    }

    /// These changes can be read from the database now.
    fn readable(&mut self, id: &str, touched: Vec<Touched>) {
        let calls =
            touched.iter().filter_map(|touched| if let Touched::Call(call) = touched { Some(&**call) } else { None });
        self.look_up_last_talks_again(id, calls);
        for touched in touched {
            self.refresh.add(id, touched);
        }
    }

    fn committed(&mut self, id: &str) {
        self.withdraw_notice(NoticeKind::DiskFull);
        let Some(office) = self.offices.get_mut(id) else { return };
        let touched = std::mem::take(&mut office.uncommitted);
        self.readable(id, touched);
    }

    /// The database may know calls that went on when this desk was last closed.
    fn read_open(&self, id: &str) {
        let Some(office) = self.offices.get(id) else { return };
        let (archive, me, generation, id) = (self.archive.clone(), office.me(), office.generation, id.to_owned());
        self.beside(async move {
            let asked = id.clone();
            let read = tokio::task::spawn_blocking(move || archive.open_calls(&asked)).await.ok()?;
            let calls = read.inspect_err(|error| tracing::warn!(%error, "open calls cannot be read")).ok()?;
            let calls = calls.into_iter().map(|call| me.side_of(call)).collect();
            Some(Message::Finished(Finished::OpenCalls { office: id, generation, calls }))
        });
    }

    pub(super) fn take_open(&mut self, id: &str, generation: u64, calls: Vec<Call>) {
        let Some(office) = self.offices.get_mut(id).filter(|office| office.generation == generation) else { return };
        let live = office.link == LinkState::Live;
        // What the stream told meanwhile is newer than what was read.
        let newer = office.seen_while_reading.take().unwrap_or_default();
        let unknown: Vec<Call> = calls.into_iter().filter(|call| !newer.contains(&call.id)).collect();
        for call in unknown {
            if let Some(office) = self.offices.get_mut(id) {
                office.take_call(&call);
            }
            if live {
                self.card_follows(id, &call, Arrival::CatchUp);
            }
        }
        self.close_vanished(id);
        self.screens.main_changed();
    }

    /// When cards that nobody can confirm any more are taken away.
    pub(super) fn next_stale(&self) -> Option<Uptime> {
        let stale = self.offices.values().filter(|office| self.cards.may_drop(&office.slot.id, stale(office.link)));
        stale.filter_map(|office| Some(office.lost_since? + STALE)).min()
    }

    pub(super) fn drop_stale(&mut self, now: Uptime) {
        let lost = self.offices.values().filter(|office| office.lost_since.is_some_and(|at| now >= at + STALE));
        let lost: Vec<_> = lost.map(|office| (office.slot.id.clone(), office.link)).collect();
        for (id, link) in lost {
            if self.cards.may_drop(&id, stale(link)) {
                let changes = self.cards.drop_of(&id, stale(link));
                self.follow(changes);
            }
        }
    }
}

/// What a card says of an office in this state that cannot be true for long: that a phone rings while the office is
/// lost, and anything at all once it tells no more.
fn stale(link: LinkState) -> impl Fn(&Card) -> bool {
    move |card| match link {
        LinkState::Lost => card.rings(),
        LinkState::Refused => true,
        LinkState::Connecting | LinkState::CatchingUp | LinkState::Live => false,
    }
}
