//! What the controller may ask of screens.

use crate::contract::{CallRef, CallsChanged, CardCorner, CardsView, MainView};

/// The screens of this computer. Implementations do not block; what fails is logged there, for the desk goes on.
pub trait UiPort: Send + 'static {
    /// The card window paints this.
    fn publish_cards(&mut self, view: &CardsView);
    /// The card window becomes visible in this corner, without taking the focus. Comes after its view was published.
    fn show_card(&mut self, corner: CardCorner);
    /// The card window is hidden.
    fn hide_card(&mut self);
    /// The main window, if open, shows this.
    fn publish_main(&mut self, view: &MainView);
    /// Calls changed: open lists follow.
    fn publish_calls(&mut self, changed: &CallsChanged);
    /// The main window is opened, or brought forward.
    fn open_main(&mut self);
    /// A desktop notification; one with the same id is replaced.
    fn notify(&mut self, notification: Notification);
    /// The notification is taken back.
    fn withdraw(&mut self, id: &str);
}

/// A desktop notification, its texts in the desk's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Names it for replacing, withdrawing and for the answer.
    pub id: String,
    /// The call that it is about.
    pub call: CallRef,
    /// Must be seen at once: a phone rings.
    pub urgent: bool,
    /// First line.
    pub title: String,
    /// Second line.
    pub body: String,
    /// Its buttons, the usual one first.
    pub actions: Vec<NotificationAction>,
}

/// A button of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationAction {
    /// What it does.
    pub kind: ActionKind,
    /// Its text.
    pub label: String,
}

/// What buttons of notifications do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionKind {
    /// Call the number back.
    CallBack,
    /// Show the call in main. Also what a click on the notification itself does.
    Open,
    /// Take the card and the notification away.
    Dismiss,
}

impl ActionKind {
    /// The word by which notification services name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CallBack => "callBack",
            Self::Open => "open",
            Self::Dismiss => "dismiss",
        }
    }

    /// The kind that a notification service named; `default` is a click on the notification itself.
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "callBack" => Some(Self::CallBack),
            "open" | "default" => Some(Self::Open),
            "dismiss" => Some(Self::Dismiss),
            _ => None,
        }
    }
}
