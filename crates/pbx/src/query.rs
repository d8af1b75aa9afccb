//! What can be asked of an account beside its calls, and what can be changed in it.

mod facts;
mod reply;

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use url::Url;

pub(crate) use self::facts::{facts, rows};
pub use self::reply::{AccountUser, OwnNumber, PhoneLine, QueryStep, Reply, Row};

/// A question about an account, or a change of it.
#[derive(Debug, Clone)]
pub enum Query {
    /// How much money is left.
    Balance,
    /// In which zone the PBX writes times, and what its clock shows.
    TimeZone,
    /// What the account pays for, and how much of it is used.
    Tariff,
    /// What a call to a number costs.
    Price {
        /// The number that is called.
        to: String,
        /// The number that the call shows, where the price depends on it.
        shown: Option<String>,
    },
    /// Who works there.
    Users,
    /// One of them, by the name that the PBX gave.
    User(String),
    /// Which channels are busy.
    Channels,
    /// One of them.
    Channel(String),
    /// What is known of a telephone number.
    Number(String),
    /// The numbers of the account.
    Numbers,
    /// The lines on which phones register.
    Lines,
    /// The groups that calls are sent to, with the people in them.
    Groups,
    /// Whether a phone is registered at this extension or line.
    Status(String),
    /// Where the calls of this extension or line are sent.
    Redirection(String),
    /// Finished calls as the account counts them.
    Statistics(Statistics),
    /// Links to a recording, or to all recordings of a call.
    RecordingLinks {
        /// The PBX's id of the recording or of the call.
        recording: String,
        /// How long the links are to work.
        lifetime: Option<Duration>,
    },
    /// Where the PBX posts what happens, and what of it.
    Webhooks,
    /// A new employee.
    CreateUser {
        /// The extension that he gets.
        extension: String,
        /// His e-mail address.
        mail: String,
        /// The password of his phone. Never kept.
        password: SecretString,
    },
    /// A change of an employee.
    ChangeUser {
        /// His name at the PBX.
        user: String,
        /// What is to be otherwise.
        change: UserChange,
    },
    /// Whether and how the calls of an extension are recorded.
    SetRecording {
        /// Whose calls.
        extension: String,
        /// What is to be done.
        recording: RecordingSetting,
        /// The addresses that recordings are mailed to.
        mail: Vec<String>,
    },
    /// The number that a line shows to those whom it calls.
    SetCallerId {
        /// The line.
        line: String,
        /// One of the account's own numbers.
        number: String,
    },
    /// Sends the calls of an extension or line elsewhere.
    SetRedirection {
        /// Whose calls.
        of: String,
        /// Where to.
        to: Redirection,
    },
    /// Sends a text message.
    SendSms {
        /// The numbers that get it.
        to: Vec<String>,
        /// What it says.
        message: String,
        /// Whom it is from; the account's usual name or number where it is not given.
        sender: Option<String>,
    },
    /// Deletes a recording, or all recordings of a call, at the PBX.
    DeleteRecording(String),
    /// Has the PBX post everything to this address, which must answer already. It replaces the address that was there.
    SetWebhooks(Url),
    /// Has the PBX post nothing any more.
    RemoveWebhooks,
}

/// What can be changed of an employee.
#[derive(Debug, Clone)]
pub enum UserChange {
    /// The password of his phone. Never kept.
    Password(SecretString),
    /// His e-mail address.
    Mail(String),
    /// His extension.
    Extension(String),
    /// Whether callers may leave a message.
    VoiceMail(bool),
}

/// Whether and where the calls of an extension are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingSetting {
    /// Recorded, wherever recordings go.
    On,
    /// Not recorded.
    Off,
    /// Sent by mail.
    Mail(bool),
    /// Kept by the PBX.
    Store(bool),
}

/// Where calls are sent instead of ringing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redirection {
    /// Nowhere.
    Off,
    /// Where they were sent when it was last on.
    On,
    /// To a number, an extension, a menu or the like.
    To {
        /// What the destination is.
        kind: Destination,
        /// Which; nothing for voice mail.
        destination: String,
        /// Only if nobody answers.
        when_unanswered: bool,
    },
}

/// What calls are sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// A telephone number.
    Phone,
    /// The caller may leave a message.
    VoiceMail,
    /// A menu of the PBX.
    Menu,
    /// A SIP line of the account.
    Sip,
    /// A SIP address.
    SipUri,
}

/// A question for finished calls. What is not read yet is asked for by another question of this kind.
#[derive(Debug, Clone)]
pub struct Statistics {
    /// Which calls.
    pub kind: StatisticsKind,
    /// From when on.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// Only those of this line.
    pub line: Option<String>,
    /// The zone in which the account writes its times.
    pub zone: jiff::tz::TimeZone,
    /// Rows that were read already.
    pub skip: usize,
}

/// Which calls statistics are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatisticsKind {
    /// Those that are paid for.
    General,
    /// Nothing but what they cost together.
    Cost,
    /// Those of the PBX.
    Pbx,
    /// Those from outside.
    Incoming,
}

impl Query {
    /// It changes something, or costs money each time: sent once, whatever comes of it.
    pub fn is_change(&self) -> bool {
        match self {
            Self::Balance
            | Self::TimeZone
            | Self::Tariff
            | Self::Price { .. }
            | Self::Users
            | Self::User(_)
            | Self::Channels
            | Self::Channel(_)
            | Self::Number(_)
            | Self::Numbers
            | Self::Lines
            | Self::Groups
            | Self::Status(_)
            | Self::Redirection(_)
            | Self::Statistics(_)
            | Self::RecordingLinks { .. }
            | Self::Webhooks => false,
            Self::CreateUser { .. }
            | Self::ChangeUser { .. }
            | Self::SetRecording { .. }
            | Self::SetCallerId { .. }
            | Self::SetRedirection { .. }
            | Self::SendSms { .. }
            | Self::DeleteRecording(_)
            | Self::SetWebhooks(_)
            | Self::RemoveWebhooks => true,
        }
    }

    /// What it asks, in a few words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Balance => "tell the balance",
            Self::TimeZone => "tell its time zone",
            Self::Tariff => "tell the tariff",
            Self::Price { .. } => "tell what a call costs",
            Self::Users | Self::User(_) => "tell who works there",
            Self::Channels | Self::Channel(_) => "tell its busy channels",
            Self::Number(_) => "look numbers up",
            Self::Numbers => "list its numbers",
            Self::Lines => "list its lines",
            Self::Groups => "list its groups",
            Self::Status(_) => "tell whether a phone is registered",
            Self::Redirection(_) | Self::SetRedirection { .. } => "send calls elsewhere for a program",
            Self::Statistics(_) => "give statistics",
            Self::RecordingLinks { .. } => "give links to recordings",
            Self::DeleteRecording(_) => "delete recordings",
            Self::Webhooks | Self::SetWebhooks(_) | Self::RemoveWebhooks => "be told where to post events",
            Self::CreateUser { .. } | Self::ChangeUser { .. } => "be told to change its users",
            Self::SetRecording { .. } => "be told whose calls to record",
            Self::SetCallerId { .. } => "be told which number to show",
            Self::SendSms { .. } => "send text messages",
        }
    }
}
