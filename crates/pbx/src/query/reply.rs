//! What is told in answer to a question about an account.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Query;
use crate::request::Request;

/// An employee, as the PBX knows him. His phone's password, which some tell along, is not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountUser {
    /// His name there.
    pub name: String,
    /// His extension.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// The name that people read, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// His e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// Whether callers may leave a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice_mail: Option<bool>,
}

/// A number of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnNumber {
    /// In international form with its plus, where it is one.
    pub number: String,
    /// What the account calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What else the PBX says of it, by its own names.
    pub facts: Row,
}

/// A line on which phones register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PhoneLine {
    /// What the PBX calls it.
    pub id: String,
    /// The name that people read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How many calls it carries at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<i64>,
}

/// Values by the PBX's own names.
pub type Row = BTreeMap<String, String>;

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Reply {
    /// The money that is left.
    #[serde(rename_all = "camelCase")]
    Balance {
        /// As the PBX writes it.
        amount: String,
        /// Where it says so.
        #[serde(skip_serializing_if = "Option::is_none")]
        currency: Option<String>,
    },
    /// Who works there.
    Users(Vec<AccountUser>),
    /// The names of the busy channels.
    Channels(Vec<String>),
    /// What the PBX says, by its own names.
    Details(Row),
    /// The zone of the PBX's times.
    #[serde(rename_all = "camelCase")]
    TimeZone {
        /// By its IANA name, where one fits what the PBX's clock shows.
        #[serde(skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
        /// As the PBX writes it.
        #[serde(skip_serializing_if = "Option::is_none")]
        written: Option<String>,
    },
    /// The numbers of the account.
    Numbers(Vec<OwnNumber>),
    /// The lines on which phones register.
    Lines(Vec<PhoneLine>),
    /// Whether a phone is registered.
    Registered(bool),
    /// Rows by the PBX's own names.
    Rows(Vec<Row>),
    /// Links that work until then, or until the PBX ends them.
    #[serde(rename_all = "camelCase")]
    Links {
        /// Where the recordings are. Whoever has a link can hear.
        links: Vec<String>,
        /// As the PBX writes it.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<String>,
    },
    /// A message was sent.
    #[serde(rename_all = "camelCase")]
    Sent {
        /// How many messages were sent: a long one is several.
        messages: i64,
        /// What they cost together.
        #[serde(skip_serializing_if = "Option::is_none")]
        cost: Option<String>,
        /// In which currency.
        #[serde(skip_serializing_if = "Option::is_none")]
        currency: Option<String>,
        /// Who does not get it, each with the PBX's reason.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        denied: BTreeMap<String, String>,
    },
    /// What of several things was done, and what was not.
    #[serde(rename_all = "camelCase")]
    Deleted {
        /// The files that are gone.
        deleted: Vec<String>,
        /// Those that are not.
        failed: Vec<String>,
    },
    /// Where the PBX posts, and what.
    #[serde(rename_all = "camelCase")]
    Webhooks {
        /// The address; nothing where there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Each kind of event, and whether it is posted.
        switches: BTreeMap<String, bool>,
    },
    /// It is done; of a new employee, with his name.
    #[serde(rename_all = "camelCase")]
    Done {
        /// What the PBX calls it.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
}

/// What an answer to a query leads to.
#[derive(Debug)]
pub enum QueryStep {
    /// That is all.
    Done(Reply),
    /// This has to be asked as well.
    Ask(Box<Request>),
    /// These rows are told, and this question asks for those behind them.
    More {
        /// In the PBX's order.
        rows: Vec<Row>,
        /// The next question.
        next: Box<Query>,
    },
}
