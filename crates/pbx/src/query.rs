//! What can be asked of an account beside its calls, and what can be changed in it.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::Serialize;

use crate::request::Request;

/// A question about an account, or a change of it.
#[derive(Debug, Clone)]
pub enum Query {
    /// How much money is left.
    Balance,
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

impl Query {
    /// It changes something: sent once, whatever comes of it.
    pub fn is_change(&self) -> bool {
        match self {
            Self::Balance | Self::Users | Self::User(_) | Self::Channels | Self::Channel(_) | Self::Number(_) => false,
            Self::CreateUser { .. } | Self::ChangeUser { .. } => true,
        }
    }

    /// What it asks, in a few words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Balance => "tell the balance",
            Self::Users | Self::User(_) => "tell who works there",
            Self::Channels | Self::Channel(_) => "tell its busy channels",
            Self::Number(_) => "look numbers up",
            Self::CreateUser { .. } | Self::ChangeUser { .. } => "be told to change its users",
        }
    }
}

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
    Details(BTreeMap<String, String>),
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
}
