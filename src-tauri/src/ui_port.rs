//! The screens of this computer, for the desk's controller.

use desk::{
    Notification, UiPort,
    contract::{CallsChanged, CardCorner, CardPhase, CardsView, Event, MainView},
};
use tauri::{AppHandle, Emitter};

use crate::{
    notifications::Notifications,
    platform,
    tray::{self, TrayState},
    windows::{card, main_window},
};

/// The two windows and the desktop's notifications.
pub(crate) struct Screens {
    app: AppHandle,
    notifications: Notifications,
    /// Where windows cannot be placed, notifications stand in for the card.
    card_can_be_placed: bool,
    rings: bool,
    missed: bool,
    tray: TrayState,
}

impl Screens {
    pub(crate) fn new(app: AppHandle, notifications: Notifications) -> Self {
        Self {
            app,
            notifications,
            card_can_be_placed: platform::can_place_windows(),
            rings: false,
            missed: false,
            tray: TrayState::Normal,
        }
    }

    /// A ringing call is shown before a missed one.
    fn update_tray(&mut self) {
        let state = match (self.rings, self.missed) {
            (true, _) => TrayState::Ringing,
            (false, true) => TrayState::Missed,
            (false, false) => TrayState::Normal,
        };
        if state != self.tray {
            self.tray = state;
            log("the tray icon could not be changed", tray::show(&self.app, state));
        }
    }

    fn emit<E: Event>(&self, payload: &E) {
        let event = E::NAME;
        match self.app.emit_to(E::WINDOW.label(), event, payload) {
            Ok(()) => {}
            // The window system has ended; while the program says its farewells there is still something to tell.
            Err(tauri::Error::Runtime(error)) => tracing::debug!(%error, event, "no page is there to be told"),
            Err(error) => tracing::error!(%error, event, "a page could not be told"),
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
        self.emit(view);
        self.rings = view.cards.iter().any(|card| card.phase == CardPhase::Ringing);
        self.update_tray();
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
        self.emit(view);
        self.missed = view.now.to_call_back > 0;
        self.update_tray();
    }

    fn publish_calls(&mut self, changed: &CallsChanged) {
        self.emit(changed);
    }

    fn open_main(&mut self) {
        let app = self.app.clone();
        let open = move || log("the main window could not be opened", main_window::open(&app));
        log("the main window could not be opened", self.app.run_on_main_thread(open));
    }

    fn notify(&mut self, notification: Notification) {
        self.notifications.show(notification);
    }

    fn withdraw(&mut self, id: &str) {
        self.notifications.withdraw(id);
    }
}
