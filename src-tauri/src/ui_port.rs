//! The screens of this computer, for the desk's controller.

use desk::{
    Notification, UiPort,
    contract::{CallsChanged, CardCorner, CardsView, DialRequested, MainView, OpenCall, event},
};
use serde::Serialize;
use tauri::{AppHandle, Emitter};

use crate::{
    notifications::Notifications,
    platform,
    windows::{card, main_window},
};

/// The two windows and the desktop's notifications.
pub(crate) struct Screens {
    app: AppHandle,
    notifications: Notifications,
    /// Where windows cannot be placed, notifications stand in for the card.
    card_can_be_placed: bool,
}

impl Screens {
    pub(crate) fn new(app: AppHandle, notifications: Notifications) -> Self {
        Self { app, notifications, card_can_be_placed: platform::can_place_windows() }
    }

    fn emit(&self, window: &str, event: &str, payload: &impl Serialize) {
        if let Err(error) = self.app.emit_to(window, event, payload) {
            tracing::error!(%error, event, "a page could not be told");
        }
    }
}

fn log(what: &str, result: tauri::Result<()>) {
    if let Err(error) = result {
        tracing::error!(%error, "{what}");
    }
}

impl UiPort for Screens {
    fn publish_cards(&mut self, view: &CardsView) {
        self.emit(card::LABEL, event::CARDS, view);
    }

    fn show_card(&mut self, corner: CardCorner) {
        if self.card_can_be_placed {
            log("the card could not be shown", card::show(&self.app, corner));
        }
    }

    fn hide_card(&mut self) {
        log("the card could not be hidden", card::hide(&self.app));
    }

    fn publish_main(&mut self, view: &MainView) {
        self.emit(main_window::LABEL, event::MAIN, view);
    }

    fn publish_calls(&mut self, changed: &CallsChanged) {
        self.emit(main_window::LABEL, event::CALLS, changed);
    }

    fn open_main(&mut self) {
        log("the main window could not be opened", main_window::open(&self.app));
    }

    fn dial_requested(&mut self, request: &DialRequested) {
        self.emit(main_window::LABEL, event::DIAL, request);
    }

    fn open_call(&mut self, open: &OpenCall) {
        self.emit(main_window::LABEL, event::OPEN, open);
    }

    fn notify(&mut self, notification: Notification) {
        self.notifications.show(notification);
    }

    fn withdraw(&mut self, id: &str) {
        self.notifications.withdraw(id);
    }
}
