//! Desktop notifications with actions.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use desk::{ActionKind, Notification};

use crate::platform;

/// Is told a notification's id and what was chosen.
type Clicked = dyn Fn(&str, ActionKind) + Send + Sync;

/// Shows notifications and tells what was clicked.
#[derive(Clone)]
pub(crate) struct Notifications {
    shown: Arc<Mutex<BTreeMap<String, u32>>>,
    clicked: Arc<Clicked>,
    failed: Arc<dyn Fn() + Send + Sync>,
}

impl Notifications {
    /// Calls `clicked` with the notification's id and what was chosen, `failed` when there is nobody to show any.
    pub(crate) fn new(
        clicked: impl Fn(&str, ActionKind) + Send + Sync + 'static,
        failed: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self { shown: Arc::default(), clicked: Arc::new(clicked), failed: Arc::new(failed) }
    }

    /// Shows it on a thread of its own: a notification service that never answers holds nothing up.
    pub(crate) fn show(&self, notification: Notification) {
        let this = self.clone();
        let spawned = std::thread::Builder::new().name("notification".into()).spawn(move || this.run(&notification));
        if let Err(error) = spawned {
            tracing::warn!(%error, "a notification could not be shown");
        }
    }

    /// Takes it back.
    pub(crate) fn withdraw(&self, id: &str) {
        let Some(number) = self.shown.lock().unwrap_or_else(PoisonError::into_inner).remove(id) else { return };
        let spawned =
            std::thread::Builder::new().name("notification".into()).spawn(move || platform::close_notification(number));
        if let Err(error) = spawned {
            tracing::warn!(%error, "a notification could not be taken back");
        }
    }

    fn run(&self, notification: &Notification) {
        let mut wanted = notify_rust::Notification::new();
        wanted.appname("Trubka").summary(&notification.title).body(&notification.body).icon("trubka");
        if let Some(number) = self.shown.lock().unwrap_or_else(PoisonError::into_inner).get(&notification.id) {
            wanted.id(*number);
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
            self.shown.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), number);
        };
        let chosen = |word: &str| {
            if let Some(kind) = ActionKind::named(word) {
                (self.clicked)(id, kind);
            }
        };
        if let Err(error) = platform::show_notification(&wanted, shown, chosen) {
            tracing::warn!(%error, "there is no notification service");
            (self.failed)();
        }
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}
