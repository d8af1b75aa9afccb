//! Screens that remember what they were asked to show.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    Notification, UiPort,
    contract::{CallsChanged, CardCorner, CardPhase, CardsView, MainView},
};

/// Everything that was shown.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) cards: Vec<CardsView>,
    pub(crate) card_visible: bool,
    pub(crate) main: Vec<MainView>,
    pub(crate) calls: Vec<CallsChanged>,
    pub(crate) main_opened: usize,
    pub(crate) notifications: Vec<Notification>,
    pub(crate) withdrawn: Vec<String>,
}

impl Record {
    /// The phases of the cards that are up, newest call first.
    pub(crate) fn phases(&self) -> Vec<CardPhase> {
        self.cards.last().map(|view| view.cards.iter().map(|card| card.phase).collect()).unwrap_or_default()
    }

    /// The newest view of main.
    pub(crate) fn now(&self) -> &MainView {
        self.main.last().expect("main was published")
    }
}

/// The screens of a test.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown(Arc<Mutex<Record>>);

impl Shown {
    /// What was shown so far.
    pub(crate) fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something holds of what was shown. The paused clock moves a little meanwhile, for what is told
    /// only so often.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Record) -> bool) {
        for _ in 0..PATIENCE {
            if holds(&self.record()) {
                return;
            }
            breathe().await;
            tokio::time::advance(Duration::from_millis(5)).await;
        }
        panic!("never shown: {what}; {:?}", self.record());
    }

    /// Waits until the cards say this.
    pub(crate) async fn until_phases(&self, phases: &[CardPhase]) {
        self.until(&format!("{phases:?}"), |record| record.phases() == phases).await;
    }
}

/// Breaths after which a test gives up what it waits for: more than half a minute, for a computer that is busy.
pub(crate) const PATIENCE: usize = 15_000;

/// Lets everything that lies ready happen. A blocking task keeps Tokio from moving its paused clock.
pub(crate) async fn breathe() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(2))).await.expect("a thread");
}

impl UiPort for Shown {
    fn publish_cards(&mut self, view: &CardsView) {
        self.record().cards.push(view.clone());
    }

    fn show_card(&mut self, _: CardCorner) {
        self.record().card_visible = true;
    }

    fn hide_card(&mut self) {
        self.record().card_visible = false;
    }

    fn publish_main(&mut self, view: &MainView) {
        self.record().main.push(view.clone());
    }

    fn publish_calls(&mut self, changed: &CallsChanged) {
        self.record().calls.push(changed.clone());
    }

    fn open_main(&mut self) {
        self.record().main_opened += 1;
    }

    fn notify(&mut self, notification: Notification) {
        self.record().notifications.push(notification);
    }

    fn withdraw(&mut self, id: &str) {
        self.record().withdrawn.push(id.to_owned());
    }
}
