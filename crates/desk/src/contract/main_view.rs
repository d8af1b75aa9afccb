//! What the main window shows besides lists.

use jiff::Timestamp;
pub use link::wire::{Balance, ConnectionState, ConnectionWarning, DownCause, Hole, Titles};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::action::ControlView;
use super::call::{CallRef, CallRow, CallsPage};
use super::card::DemoPhoneView;
use super::dial::DialConnectionRef;
use super::settings::{Language, Settings, Theme};
use super::zone::ZoneView;

/// Everything that the main window shows, but for the lists that it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MainView {
    /// Grows with every change.
    #[ts(type = "number")]
    pub revision: u32,
    /// Where the program stands.
    pub stage: Stage,
    /// Language of the texts (setting, `TRUBKA_LANG` or the system's).
    pub language: Language,
    /// Theme (setting or `TRUBKA_THEME`).
    pub theme: Theme,
    /// What times are shown by.
    pub zone: ZoneView,
    /// What a person has set.
    pub settings: Settings,
    /// Who sits here.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub me: Option<MeView>,
    /// Offices and their connections; also those that cannot be used now.
    pub offices: Vec<OfficeView>,
    /// Calls that are going on, and what happened while away.
    pub now: NowView,
    /// Calls whose card is up, by the names that lists give them.
    pub cards: Vec<CallRef>,
    /// The demo phone.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<DemoPhoneView>,
    /// Things to tell once, each with a way out.
    pub notices: Vec<Notice>,
    /// Something that main is to do now, once: it says when it has.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errand: Option<Errand>,
}

/// What the main window begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MainStart {
    /// What it shows besides its list.
    pub view: MainView,
    /// The first page of its list; absent when that cannot be read, so that the page asks again and says why.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<CallsPage>,
}

/// Something for the main window to do. It stays in the view until the page says that it is done, so that it is not
/// lost while main is being opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Errand {
    /// Names it: what was done once is not done again.
    #[ts(type = "number")]
    pub id: u32,
    /// What to do.
    pub task: ErrandTask,
}

/// What [`Errand`] asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum ErrandTask {
    /// Show what a text would dial, and ask.
    Dial {
        /// The text, as it came.
        text: String,
        /// It came from another program, and no person here has asked for it.
        from_program: bool,
        /// The connection to call through where that is known: a call is called back through the one that it came through.
        #[ts(optional)]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        connection: Option<DialConnectionRef>,
    },
    /// Show the invitation that another program handed over, and ask.
    Join,
    /// Show a call.
    Open {
        /// Which call.
        call: CallRef,
    },
    /// Show a call, and ask to whom it is to go.
    Transfer {
        /// Which call.
        call: CallRef,
    },
}

/// Where the program stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// No office yet: offers the demo, or an address and a token.
    Welcome,
    /// The demo office; a badge says so.
    Demo,
    /// Work.
    Office,
}

/// Who sits at this desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MeView {
    /// Name.
    pub name: String,
    /// Extensions.
    pub extensions: Vec<String>,
}

/// An office that this desk looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfficeView {
    /// Which.
    pub id: String,
    /// How people call it.
    pub name: String,
    /// Address of its gateway; absent for an office in this program.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The demo office.
    pub demo: bool,
    /// The person may administer it.
    pub admin: bool,
    /// Whether it can be reached.
    pub link: LinkState,
    /// Why it is lost or refused.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<LinkCause>,
    /// When it was lost, while it cannot be reached.
    #[ts(optional, type = "string")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_at: Option<Timestamp>,
    /// The office's clock minus this computer's, to be added to "now" by timers of its calls.
    #[ts(type = "number")]
    pub clock_offset_ms: i32,
    /// Its connections to PBXs.
    pub connections: Vec<ConnectionRow>,
}

/// Whether an office can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LinkState {
    /// Being opened.
    Connecting,
    /// Fetching what happened meanwhile.
    CatchingUp,
    /// Up to date.
    Live,
    /// Lost; tried again by itself.
    Lost,
    /// Not tried again by itself: it needs another token, or another address.
    Refused,
}

/// Why an office is lost or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LinkCause {
    /// It cannot be reached.
    Unreachable,
    /// It does not know the token, or knows it no more.
    TokenRefused,
    /// Something before it lets nobody through from this computer.
    Forbidden,
    /// The keyring has no token for it any more.
    TokenMissing,
    /// The keyring does not give the token yet; it is asked again by itself.
    KeyringLocked,
    /// What answers at its address is no Trubka gateway, or one of another version.
    NotAGateway,
    /// Its stored address cannot be used.
    BadAddress,
    /// This computer's database does not take what it tells.
    Storage,
}

/// A connection to a PBX.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionRow {
    /// Which.
    pub id: String,
    /// The make, as people call it; with the connection's name where the office has two with the same title.
    pub title: Titles,
    /// Where it stands.
    pub state: ConnectionState,
    /// Why it is down.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<DownCause>,
    /// Extensions whose sessions the PBX refuses.
    pub refused: Vec<String>,
    /// What is to be put right in its settings, though calls come.
    pub warnings: Vec<ConnectionWarning>,
    /// What is wrong with single sessions or its settings, in the office's or the PBX's own words.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Missed events fetched so far.
    pub drained: u32,
    /// Events may be missing since then.
    #[ts(optional, type = "string")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap_since: Option<Timestamp>,
    /// Times of which calls are missing for good, oldest first.
    pub holes: Vec<Hole>,
    /// What is left on the account, for whoever looks after it.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance: Option<Balance>,
    /// The vendor's clock differs by this much, when that is worth a warning.
    #[ts(optional, type = "number")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_skew_ms: Option<i32>,
    /// It is in trial mode until then: its calls are for administrators alone.
    #[ts(optional, type = "string")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial_until: Option<Timestamp>,
    /// Everything that a connection may be asked for, with the reason where it cannot.
    pub abilities: Vec<ControlView>,
}

/// The view Now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NowView {
    /// Calls that are going on, oldest first.
    pub open: Vec<CallRow>,
    /// Missed today and not reached since, newest first, at most five.
    pub missed: Vec<CallRow>,
    /// All that are missed today and not reached since.
    pub to_call_back: u32,
    /// Calls today: all that the list shows of it.
    pub today: u32,
    /// Answered today.
    pub answered_today: u32,
    /// Missed today: all that the list shows under "missed".
    pub missed_today: u32,
    /// How long callers waited today for an answer, on the average; absent while nobody was answered.
    #[ts(optional, type = "number")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_ms: Option<u32>,
    /// The calls of today by the hour in which they began, without a hole; empty while there is none.
    pub hours: Vec<HourView>,
    /// Calls that came while this desk was away; gone once dismissed, or once main was closed.
    pub while_away: u32,
}

/// Calls of one hour of today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HourView {
    /// Which hour of the day.
    pub hour: u8,
    /// Answered calls.
    pub answered: u32,
    /// Missed calls.
    pub missed: u32,
}

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// What.
    pub kind: NoticeKind,
}

/// Kinds of notices; each has one sentence and one action in the UI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum NoticeKind {
    /// No keyring: keys are kept for this run only.
    NoKeyring,
    /// The keyring did not let a key go that was removed here: the next start takes it out.
    KeyStays,
    /// No tray on this desktop: closing the window ends the program.
    NoTray,
    /// No notification service: only the card tells.
    NoNotifications,
    /// The database was damaged: it was set aside and a new one was started.
    DatabaseSetAside,
    /// The disk is full: events are not taken until there is room.
    DiskFull,
    /// The card cannot be placed on this desktop (Wayland): notifications stand in.
    NoCardPlacement,
    /// An office did not take a note or an outcome, and will not: it stays on this computer only.
    NoteRefused,
}
