//! One task, one loop: everything that a desk knows and decides.
//!
//! Offices, pages, programs and timers tell it things ([`Message`]); what it may ask of screens is [`UiPort`]. It
//! never waits for a disk or a network: what takes time runs beside it and comes back as a message.

mod attention;
mod card_changes;
mod dialling;
mod finished;
mod links;
pub(crate) mod message;
mod office_desk;
mod placements;
mod refresh;
mod reporting;
mod requests;
mod screens;
mod today;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use link::wire::Call;
use tokio::{sync::mpsc, time};

use self::{
    attention::Attention,
    message::{Key, Message},
    office_desk::OfficeDesk,
    placements::Placements,
    refresh::Refresh,
    screens::Screens,
    today::Today,
};
pub(crate) use self::{dialling::USUAL_CONNECTION, reporting::HERE};
use crate::{
    archive::Archive,
    cards::{Cards, Decisions},
    contract::{DemoPhoneView, NoticeKind, Settings},
    language::Surroundings,
    ports::{Chance, Clock, Uptime},
    ui_port::UiPort,
};

/// Setting that holds when this desk was last at work.
pub(crate) const LAST_SEEN: &str = "desk.last-seen";
/// How often that is noted.
const NOTE_SEEN_EVERY: Duration = Duration::from_secs(300);
/// Messages handled before screens are brought up to date, when many wait.
const BATCH: usize = 256;

/// The state of a desk and the loop over it.
pub(crate) struct Controller<U: UiPort> {
    pub(crate) ui: U,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) in_demo: bool,
    pub(crate) archive: Archive,
    pub(crate) surroundings: Surroundings,
    pub(crate) settings: Settings,
    pub(crate) to_self: mpsc::WeakSender<Message>,
    offices: BTreeMap<String, OfficeDesk>,
    generations: u64,
    cards: Cards,
    /// Why they came up or not.
    decisions: Decisions,
    placements: Placements,
    /// The dial connection that was used last.
    usual_connection: Option<(String, String)>,
    today: Today,
    /// Calls that changed while the day is being read from the database; absent while it is not.
    changed_while_reading: Option<Vec<(String, Call)>>,
    read_today_again: bool,
    refresh: Refresh,
    screens: Screens,
    attention: Attention,
    /// Calls that came while this desk was away.
    away: BTreeSet<Key>,
    /// When this desk was last at work before it began: what came earlier was seen then.
    away_from: Timestamp,
    /// When it is next noted that this desk is at work.
    note_seen_at: Uptime,
    /// Calls with notes, among those that screens show by themselves.
    noted: BTreeSet<Key>,
    phone: Option<DemoPhoneView>,
    notices: Vec<NoticeKind>,
    dismissed: Vec<NoticeKind>,
}

/// What a controller begins with.
pub(crate) struct Beginning<U> {
    pub(crate) ui: U,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) in_demo: bool,
    pub(crate) archive: Archive,
    pub(crate) surroundings: Surroundings,
    pub(crate) settings: Settings,
    pub(crate) usual_connection: Option<(String, String)>,
    pub(crate) last_seen: Option<Timestamp>,
    pub(crate) card_can_be_placed: bool,
    pub(crate) to_self: mpsc::WeakSender<Message>,
}

impl<U: UiPort> Controller<U> {
    /// A desk without offices.
    pub(crate) fn new(beginning: Beginning<U>) -> Self {
        let (away_from, note_seen_at) =
            (beginning.last_seen.unwrap_or_else(|| beginning.clock.now()), beginning.clock.uptime());
        let today = Today::of(beginning.clock.now(), &beginning.clock.zone());
        let screens = Screens::new(&*beginning.clock);
        Self {
            ui: beginning.ui,
            clock: beginning.clock,
            chance: beginning.chance,
            in_demo: beginning.in_demo,
            archive: beginning.archive,
            surroundings: beginning.surroundings,
            settings: beginning.settings,
            to_self: beginning.to_self,
            offices: BTreeMap::new(),
            generations: 0,
            cards: Cards::default(),
            decisions: Decisions::default(),
            placements: Placements::default(),
            usual_connection: beginning.usual_connection,
            today,
            changed_while_reading: None,
            read_today_again: false,
            refresh: Refresh::default(),
            screens,
            attention: Attention::new(!beginning.card_can_be_placed),
            away: BTreeSet::new(),
            away_from,
            note_seen_at,
            noted: BTreeSet::new(),
            phone: None,
            notices: if beginning.card_can_be_placed { Vec::new() } else { vec![NoticeKind::NoCardPlacement] },
            dismissed: Vec::new(),
        }
    }

    /// Works until nobody holds the desk any more.
    pub(crate) async fn run(mut self, mut inbox: mpsc::Receiver<Message>) {
        loop {
            let wake = self.next_wake();
            tokio::select! {
                biased;
                message = inbox.recv() => {
                    let Some(message) = message else { return };
                    self.take(message);
                    for _ in 1..BATCH {
                        let Ok(message) = inbox.try_recv() else { break };
                        self.take(message);
                    }
                }
                () = sleep_until(wake) => {}
            }
            self.pass_time();
            self.bring_up_to_date();
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Link { office, generation, news } => self.take_news(&office, generation, news),
            Message::Request(request) => self.answer(request),
            Message::Finished(finished) => self.take_finished(finished),
        }
        // A card is not kept waiting for what else lies in the inbox.
        self.publish_cards();
    }

    /// Does what the clock asks for.
    fn pass_time(&mut self) {
        let (now, uptime) = (self.clock.now(), self.clock.uptime());
        self.note_seen(uptime);
        let changes = self.cards.expire(uptime);
        self.follow(changes);
        self.drop_stale(uptime);
        self.report_decisions(uptime);
        let moved = self.clock.zone() != *self.screens.zone();
        if now >= self.today.until() || now < self.today.from() || moved {
            self.today = Today::of(now, &self.clock.zone());
            self.read_today();
            self.screens.read_zone(&*self.clock);
        }
    }

    /// Notes that this desk is at work, now and then: what comes later than the last note came while it was away.
    fn note_seen(&mut self, uptime: Uptime) {
        if uptime < self.note_seen_at {
            return;
        }
        self.note_seen_at = uptime + NOTE_SEEN_EVERY;
        self.forget_old_placements();
        self.forget_old_decisions();
        let (archive, now) = (self.archive.clone(), self.clock.now());
        self.beside(async move {
            if let Err(error) = archive.choose(LAST_SEEN, &now).await {
                tracing::warn!(%error, "it was not noted that the desk is at work");
            }
            None
        });
    }

    fn bring_up_to_date(&mut self) {
        self.publish_cards();
        self.start_refresh();
        self.publish_main_when_due();
    }

    /// How long nothing is to be done unless something is told.
    fn next_wake(&self) -> Option<Duration> {
        let moments = [
            self.cards.next_deadline(),
            self.decisions.due(),
            self.next_stale(),
            self.refresh.due(),
            self.screens.main_due(),
            Some(self.note_seen_at),
        ];
        let next = moments.into_iter().flatten().min()?;
        let midnight = Duration::try_from(self.today.until().duration_since(self.clock.now())).unwrap_or_default();
        Some(next.saturating_sub(self.clock.uptime()).min(midnight))
    }

    /// Runs something beside the loop; what it finds comes back as a message.
    fn beside(&self, work: impl Future<Output = Option<Message>> + Send + 'static) {
        let Some(to_self) = self.to_self.upgrade() else { return };
        tokio::spawn(async move {
            if let Some(message) = work.await {
                // The loop has ended: nobody waits for this any more.
                let _ = to_self.send(message).await;
            }
        });
    }
}

async fn sleep_until(wake: Option<Duration>) {
    match wake {
        Some(wait) => time::sleep(wait).await,
        None => std::future::pending().await,
    }
}
