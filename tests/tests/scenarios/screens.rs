//! Screens that remember what they were asked to show.

use std::time::Duration;

use desk::{
    Notification, UiPort,
    contract::{CallsChanged, CardCorner, CardPhase, CardView, CardsView, ConnectionRow, LinkState, MainView},
};
use simulator::Make;
use tokio::sync::watch;

use crate::settings::{OFFICE, connection};

/// Longer than anything takes on a machine that has much else to do.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// Everything that was shown.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) cards: Vec<CardsView>,
    pub(crate) card_visible: bool,
    pub(crate) main: Option<MainView>,
    pub(crate) notifications: Vec<Notification>,
}

impl Record {
    /// What the cards of the calls with this party said, one after the other; `None` is a hidden number.
    pub(crate) fn story(&self, party: Option<&str>) -> Vec<CardPhase> {
        let cards = self.cards.iter().flat_map(|view| &view.cards);
        let mut phases: Vec<_> = cards.filter(|card| with(card, party)).map(|card| card.phase).collect();
        phases.dedup();
        phases
    }

    /// The card of the call with this party, if it is up.
    pub(crate) fn card(&self, party: Option<&str>) -> Option<&CardView> {
        self.cards.last()?.cards.iter().find(|card| with(card, party))
    }

    /// How often a card came up.
    pub(crate) fn cards_of(&self, party: Option<&str>) -> usize {
        let up = |view: &CardsView| view.cards.iter().any(|card| with(card, party));
        let shown: Vec<bool> = self.cards.iter().map(up).collect();
        usize::from(shown.first() == Some(&true)) + shown.windows(2).filter(|pair| pair == &[false, true]).count()
    }

    /// A connection as main shows it.
    pub(crate) fn connection(&self, make: Make) -> Option<&ConnectionRow> {
        let office = self.main.as_ref()?.offices.iter().find(|office| office.id == OFFICE)?;
        office.connections.iter().find(|row| row.id == connection(make).as_str())
    }

    /// Whether the desk reaches the office, as main shows it.
    pub(crate) fn link(&self) -> Option<LinkState> {
        self.main.as_ref()?.offices.iter().find(|office| office.id == OFFICE).map(|office| office.link)
    }
}

fn with(card: &CardView, party: Option<&str>) -> bool {
    card.party.dial.as_deref() == party
}

/// The screens of a test; clones are the same ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Screens(watch::Sender<Record>);

impl Screens {
    /// What was shown so far.
    pub(crate) fn record(&self) -> watch::Ref<'_, Record> {
        self.0.borrow()
    }

    /// Waits until something holds of what was shown.
    pub(crate) async fn until(&self, what: &str, holds: impl FnMut(&Record) -> bool) {
        let mut changes = self.0.subscribe();
        let waited = tokio::time::timeout(PATIENCE, changes.wait_for(holds)).await.is_ok();
        assert!(waited, "never shown: {what}; {}", self.told());
    }

    /// Waits until the card of the call with this party says so.
    pub(crate) async fn until_card(&self, party: Option<&str>, phase: CardPhase) -> CardView {
        let says = |record: &Record| record.card(party).is_some_and(|card| card.phase == phase);
        self.until(&format!("{phase:?} of {party:?}"), says).await;
        let cards = self.record();
        let shown = cards.cards.iter().rev().flat_map(|view| &view.cards);
        shown.clone().find(|card| with(card, party) && card.phase == phase).expect("it was there").clone()
    }

    /// Waits until main says so of a connection.
    pub(crate) async fn until_connection(&self, make: Make, what: &str, holds: impl Fn(&ConnectionRow) -> bool) {
        self.until(&format!("{make} {what}"), |record| record.connection(make).is_some_and(&holds)).await;
    }

    /// Waits until the desk reaches the office, or not.
    pub(crate) async fn until_link(&self, link: LinkState) {
        self.until(&format!("{link:?}"), |record| record.link() == Some(link)).await;
    }

    fn told(&self) -> String {
        let record = self.record();
        let last = record.cards.last().map(|view| &view.cards);
        let now = record.main.as_ref().map(|main| (&main.offices, &main.now));
        let mut phases: Vec<_> = record.cards.iter().flat_map(|view| &view.cards).map(|card| card.phase).collect();
        phases.dedup();
        format!("phases {phases:?}, cards {last:?}, main {now:?}")
    }
}

impl UiPort for Screens {
    fn publish_cards(&mut self, view: &CardsView) {
        self.0.send_modify(|record| record.cards.push(view.clone()));
    }

    fn show_card(&mut self, _: CardCorner) {
        self.0.send_modify(|record| record.card_visible = true);
    }

    fn hide_card(&mut self) {
        self.0.send_modify(|record| record.card_visible = false);
    }

    fn publish_main(&mut self, view: &MainView) {
        self.0.send_modify(|record| record.main = Some(view.clone()));
    }

    fn publish_calls(&mut self, _: &CallsChanged) {}

    fn open_main(&mut self) {}

    fn notify(&mut self, notification: Notification) {
        self.0.send_modify(|record| record.notifications.push(notification));
    }

    fn withdraw(&mut self, _: &str) {}
}
