//! Desktop notifications with actions.

mod active;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use desk::{ActionKind, Notification};

use self::active::ActiveNotifications;
use crate::platform;

/// Is told a notification's id and what was chosen.
type Clicked = dyn Fn(&str, ActionKind) + Send + Sync;

/// Shows notifications and tells what was clicked.
#[derive(Clone)]
pub(crate) struct Notifications {
    active: Arc<Mutex<ActiveNotifications>>,
    clicked: Arc<Clicked>,
    failed: Arc<dyn Fn() + Send + Sync>,
}

impl Notifications {
    /// Calls `clicked` with the notification's id and what was chosen, `failed` when there is nobody to show any.
    pub(crate) fn new(
        clicked: impl Fn(&str, ActionKind) + Send + Sync + 'static,
        failed: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self { active: Arc::default(), clicked: Arc::new(clicked), failed: Arc::new(failed) }
    }

    /// Shows it on a thread of its own: a notification service that never answers holds nothing up.
    pub(crate) fn show(&self, notification: Notification) {
        let (generation, replaces) = self.active().begin(&notification.id);
        let this = self.clone();
        on_new_thread("a notification could not be shown", move || this.run(&notification, generation, replaces));
    }

    /// Takes it back.
    pub(crate) fn withdraw(&self, id: &str) {
        if let Some(number) = self.active().withdraw(id) {
            on_new_thread("a notification could not be taken back", move || platform::close_notification(number));
        }
    }

    fn active(&self) -> MutexGuard<'_, ActiveNotifications> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, notification: &Notification, generation: u64, replaces: Option<u32>) {
        let mut wanted = notify_rust::Notification::new();
        wanted.appname("Trubka").summary(&notification.title).body(&notification.body).icon("trubka");
        if let Some(number) = replaces {
            wanted.id(number);
        }
        if notification.urgent {
            platform::make_urgent(&mut wanted);
        }
        wanted.action("default", "");
        for action in &notification.actions {
            wanted.action(action.kind.as_str(), &action.label);
        }
        let id = &notification.id;
        let shown = |number| {
            if !self.active().shown(id, generation, number) {
                platform::close_notification(number);
            }
        };
        let chosen = |word: &str| {
            // The service tells of a click to everybody who waits for this number, also to those that were replaced.
            let kind = ActionKind::named(word).filter(|_| self.active().is_current(id, generation));
            if let Some(kind) = kind {
                (self.clicked)(id, kind);
            }
        };
        if let Err(error) = platform::show_notification(&wanted, shown, chosen) {
            tracing::warn!(%error, "there is no notification service");
            (self.failed)();
        }
        self.active().ended(id, generation);
    }
}

fn on_new_thread(failed: &'static str, work: impl FnOnce() + Send + 'static) {
    if let Err(error) = std::thread::Builder::new().name("notification".into()).spawn(work) {
        tracing::warn!(%error, failed);
    }
}
