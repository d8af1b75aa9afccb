//! What the loop is told.

use std::sync::Arc;

use calls::{CallId, CommandId};
use jiff::Timestamp;
use link::{
    Office, OfficeError,
    wire::{Call, CardDecision, CommandView, StreamEvent, You},
};
use tokio::sync::{Notify, oneshot};

use super::today::Today;
use crate::{
    contract::{
        CallRef, CallRow, CardCorner, CardsView, ContractError, DemoPhoneView, DialConnection, LastTalk, LinkCause,
        MainView, NoticeKind, PlaceCallRequest, PlacedView, Settings,
    },
    me::Me,
    ui_port::ActionKind,
};

/// The way back to whoever asked.
pub(crate) type Reply<T> = oneshot::Sender<T>;

/// Whoever asked may have gone: then nobody misses the answer.
pub(super) fn reply<T>(to: Reply<T>, answer: T) {
    let _ = to.send(answer);
}

/// One office, as the desk is given it.
#[derive(Clone)]
pub(crate) struct OfficeSlot {
    /// Names it at this desk; for the own office also the name under which it writes its rows.
    pub(crate) id: String,
    /// How people call it.
    pub(crate) name: String,
    /// Where its gateway is; absent for the office in the same process.
    pub(crate) address: Option<String>,
    /// The way to it.
    pub(crate) office: Arc<dyn Office>,
    /// Its calls are copied into this computer's database. Not so for the office in the same process, which writes
    /// them there itself.
    pub(crate) replicate: bool,
    /// Wakes whoever sends what was written here.
    pub(crate) written: Arc<Notify>,
    /// Tells the supervisor that the computer has slept.
    pub(crate) woke: Arc<Notify>,
}

/// Everything that the loop is told.
pub(crate) enum Message {
    /// An office's supervisor has news. News of a former supervisor are passed over.
    Link { office: String, generation: u64, news: News },
    /// A page or another program wants something.
    Request(Request),
    /// What was looked up off the loop.
    Finished(Finished),
}

/// What a supervisor tells of its office.
pub(crate) enum News {
    /// The stream is being opened.
    Opening,
    /// It is open.
    Hello {
        now: Timestamp,
        you: You,
        /// It goes on where a copy ended: what it tells now was missed, not merely never seen.
        resumed: bool,
    },
    /// A new state; for a copied office it is not in the database yet.
    Event {
        event: Box<StreamEvent>,
        /// It happened after the stream was opened: `false` for what was missed.
        live: bool,
    },
    /// Everything that was told so far is in the database.
    Committed,
    /// A step of what was missed has been told, in the last of them everything that was.
    Step { caught_up: bool },
    /// The copy was set aside and begins anew.
    SetAside,
    /// The database could not take what came.
    NotStored { full: bool },
    /// It does not take something that was written here, and will not.
    FactRefused,
    /// The stream is lost; it will be opened again.
    Lost(LinkCause),
    /// The office does not know this desk any more, or there is nothing to ask it with: a person has to mend that.
    Refused(LinkCause),
}

/// What a page or another program wants.
pub(crate) enum Request {
    MainSnapshot(Reply<MainView>),
    MainClosed,
    CardSnapshot(Reply<CardsView>),
    CardDismiss(CallRef),
    CardTyping(bool),
    /// This revision of the card was painted.
    CardPainted(u32),
    /// The call of a card that is up.
    CallOfCard {
        card: CallRef,
        reply: Reply<Option<Call>>,
    },
    /// How a call is called back; nothing where main asks first.
    CallBack {
        call: CallBackTo,
        reply: Reply<Option<PlaceCallRequest>>,
    },
    /// The button of a notification that calls back was pressed: the command that it stands for, while it is up.
    CallBackPressed {
        id: String,
        reply: Reply<Option<PressedCallBack>>,
    },
    /// Calling back from a notification failed.
    NotCalledBack {
        call: CallRef,
        from: String,
    },
    /// The id that a call has by now; nothing where its office is not here.
    RulingId {
        call: CallRef,
        reply: Reply<Option<CallId>>,
    },
    OpenCall(CallRef),
    /// The same, to be asked there to whom it is to go.
    TransferCall(CallRef),
    OpenMain,
    ErrandDone(u32),
    NotificationAction {
        id: String,
        action: ActionKind,
    },
    Corner(Reply<CardCorner>),
    PlaceCall {
        request: PlaceCallRequest,
        reply: Reply<Result<PlacedView, ContractError>>,
    },
    DialConnections(Reply<DialConnections>),
    Viewers(Reply<Vec<(String, Me)>>),
    Office {
        id: String,
        reply: Reply<Option<OfficeNow>>,
    },
    SaveSettings(Settings),
    Notice(NoticeKind),
    NoticeOver(NoticeKind),
    DismissNotice(NoticeKind),
    DismissAway,
    DialLink(String),
    /// Another program handed an invitation over.
    ShowInvitation,
    AddOffice(OfficeSlot),
    /// The computer has slept.
    Woke,
    /// A person does not want to wait for the next try.
    Reconnect,
    RemoveOffice {
        id: String,
        reply: Reply<bool>,
    },
    DemoPhone(Option<DemoPhoneView>),
    /// What people wrote about this call changed.
    Touched(CallRef),
}

/// What was looked up, or came back from an office.
pub(crate) enum Finished {
    /// The answer to placing a call.
    Placed { office: String, command: CommandId, answer: Result<CommandView, OfficeError> },
    /// The last talk with a card's number.
    LastTalk { card: CallRef, talk: LastTalk },
    /// Open calls of an office, as the database holds them.
    OpenCalls { office: String, generation: u64, calls: Vec<Call> },
    /// Rows of calls that changed, and which of them have notes.
    Rows(Vec<CallRow>),
    /// An office could not be asked to keep why cards came up or not.
    NotReported { office: String, decisions: Vec<CardDecision> },
    /// The day so far, read from the database.
    Today(Today),
}

/// Whom to call back, and through which connection his call came.
pub(crate) struct CallBackTo {
    pub(crate) office: String,
    pub(crate) connection: String,
    /// The call, under the id that it has now.
    pub(crate) call: CallId,
    /// As the call has it; empty where it is hidden.
    pub(crate) number: String,
    /// Identity of the request, unless an earlier one for the same call goes on.
    pub(crate) command: String,
}

/// What the button of a notification stood for.
pub(crate) struct PressedCallBack {
    pub(crate) call: CallRef,
    pub(crate) command: String,
    /// The call of its card, where that was still up.
    pub(crate) known: Option<Call>,
    /// The notification's words for the caller.
    pub(crate) from: String,
}

/// Connections that a call can go through now, and the extensions that are known here.
pub(crate) struct DialConnections {
    pub(crate) connections: Vec<DialConnection>,
    pub(crate) extensions: Vec<String>,
}

/// An office as a command needs it.
pub(crate) struct OfficeNow {
    pub(crate) office: Arc<dyn Office>,
    /// It can be asked without waiting for it to come back.
    pub(crate) reachable: bool,
    /// What is written here is kept for it until it is reached.
    pub(crate) replicate: bool,
    /// Wakes whoever sends that.
    pub(crate) written: Arc<Notify>,
    /// Who writes.
    pub(crate) author: String,
    /// The office's clock.
    pub(crate) now: Timestamp,
    /// Who looks.
    pub(crate) me: Me,
}

/// Names a call within the loop.
pub(crate) type Key = (String, CallId);
