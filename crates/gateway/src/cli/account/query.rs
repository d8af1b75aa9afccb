//! What may be asked on the command line with one question to the PBX.

use std::{
    io::{self, BufRead, IsTerminal},
    time::Duration,
};

use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use pbx::{Destination, Query, RecordingSetting, Redirection, UserChange};
use secrecy::SecretString;

use crate::cli::output;

#[derive(Debug, Subcommand)]
pub(super) enum AccountQuery {
    /// How much money is left.
    Balance,
    /// Who works there, with extensions.
    Users,
    /// One of them.
    User {
        /// The name that the PBX gave.
        name: String,
    },
    /// The zone in which the PBX writes its times.
    TimeZone,
    /// What the account pays for, and how much of it is used.
    Tariff,
    /// What a call costs.
    Price {
        /// The number that is called.
        number: String,
        /// The number that the call shows, where the price depends on it.
        #[arg(long, value_name = "NUMBER")]
        shown: Option<String>,
    },
    /// The numbers of the account.
    Numbers,
    /// The lines on which phones register.
    Lines,
    /// The groups that calls are sent to, with the extensions in them.
    Groups,
    /// Whether a phone is registered at an extension or a line.
    Status {
        /// Which.
        of: String,
    },
    /// Where the calls of an extension or a line are sent.
    Redirection {
        /// Whose calls.
        of: String,
    },
    /// Sends the calls of an extension or a line elsewhere.
    Redirect {
        /// Whose calls.
        of: String,
        /// What they are sent to; `off` to nothing, `on` to where they were sent before.
        to: RedirectTo,
        /// The number, menu, line or SIP address.
        destination: Option<String>,
        /// Only if nobody answers.
        #[arg(long)]
        when_unanswered: bool,
    },
    /// The number that a line shows to those whom it calls: one of the account's own.
    CallerId {
        /// The line.
        line: String,
        /// The number.
        number: String,
    },
    /// Whether and where the calls of an extension are recorded.
    Record {
        /// Whose calls.
        extension: String,
        /// What is to be done.
        setting: RecordSetting,
        /// An address that recordings are mailed to; may be given three times.
        #[arg(long, value_name = "ADDRESS")]
        mail: Vec<String>,
    },
    /// Sends a text message, which is read from stdin.
    Sms {
        /// The numbers that get it.
        #[arg(required = true)]
        to: Vec<String>,
        /// Whom it is from.
        #[arg(long)]
        sender: Option<String>,
    },
    /// Links to a recording, or to all recordings of a call. Whoever has one can hear.
    RecordingLinks {
        /// The PBX's id of the recording or of the call.
        recording: String,
        /// How long they are to work, such as 30m or 2d.
        #[arg(long, value_parser = crate::cli::span::parse)]
        lifetime: Option<jiff::SignedDuration>,
    },
    /// Deletes a recording, or all recordings of a call, at the PBX.
    DeleteRecording {
        /// The PBX's id of the recording or of the call.
        recording: String,
    },
    /// Where the PBX posts what happens, and what of it.
    Webhooks,
    /// Has the PBX post nothing any more, wherever it does now.
    RemoveWebhooks,
    /// Which channels are busy.
    Channels,
    /// One of them.
    Channel {
        /// Its name.
        name: String,
    },
    /// What is known of a telephone number.
    Number {
        /// The number.
        number: String,
    },
    /// Makes a new employee; his phone's password is read from stdin.
    CreateUser {
        /// The extension that he gets.
        #[arg(long)]
        extension: String,
        /// His e-mail address.
        #[arg(long)]
        mail: String,
    },
    /// Changes an employee's e-mail address.
    SetMail {
        /// The name that the PBX gave.
        user: String,
        /// The new address.
        mail: String,
    },
    /// Changes an employee's extension.
    SetExtension {
        /// The name that the PBX gave.
        user: String,
        /// The new one.
        extension: String,
    },
    /// Changes the password of an employee's phone; it is read from stdin.
    SetPassword {
        /// The name that the PBX gave.
        user: String,
    },
    /// Lets callers leave a message for an employee, or not.
    VoiceMail {
        /// The name that the PBX gave.
        user: String,
        /// Whether they may.
        switch: Switch,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Switch {
    On,
    Off,
}

/// What calls are sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RedirectTo {
    Off,
    On,
    Phone,
    VoiceMail,
    Menu,
    Sip,
    SipUri,
}

/// What is done with the recordings of an extension.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum RecordSetting {
    On,
    Off,
    OnMail,
    OffMail,
    OnStore,
    OffStore,
}

impl RecordSetting {
    fn setting(self) -> RecordingSetting {
        match self {
            Self::On => RecordingSetting::On,
            Self::Off => RecordingSetting::Off,
            Self::OnMail => RecordingSetting::Mail(true),
            Self::OffMail => RecordingSetting::Mail(false),
            Self::OnStore => RecordingSetting::Store(true),
            Self::OffStore => RecordingSetting::Store(false),
        }
    }
}

impl RedirectTo {
    fn redirection(self, destination: Option<String>, when_unanswered: bool) -> anyhow::Result<Redirection> {
        let kind = match self {
            Self::Off => return Ok(Redirection::Off),
            Self::On => return Ok(Redirection::On),
            Self::Phone => Destination::Phone,
            Self::VoiceMail => Destination::VoiceMail,
            Self::Menu => Destination::Menu,
            Self::Sip => Destination::Sip,
            Self::SipUri => Destination::SipUri,
        };
        if destination.is_none() && kind != Destination::VoiceMail {
            bail!("say where the calls are to go, behind what it is");
        }
        Ok(Redirection::To { kind, destination: destination.unwrap_or_default(), when_unanswered })
    }
}

impl AccountQuery {
    /// What it asks of the PBX.
    pub(super) fn query(self) -> anyhow::Result<Query> {
        let change = |user, change| Query::ChangeUser { user, change };
        Ok(match self {
            Self::Balance => Query::Balance,
            Self::Users => Query::Users,
            Self::User { name } => Query::User(name),
            Self::TimeZone => Query::TimeZone,
            Self::Tariff => Query::Tariff,
            Self::Price { number, shown } => Query::Price { to: number, shown },
            Self::Numbers => Query::Numbers,
            Self::Lines => Query::Lines,
            Self::Groups => Query::Groups,
            Self::Status { of } => Query::Status(of),
            Self::Redirection { of } => Query::Redirection(of),
            Self::Redirect { of, to, destination, when_unanswered } => {
                Query::SetRedirection { of, to: to.redirection(destination, when_unanswered)? }
            }
            Self::CallerId { line, number } => Query::SetCallerId { line, number },
            Self::Record { extension, setting, mail } => {
                Query::SetRecording { extension, recording: setting.setting(), mail }
            }
            Self::Sms { to, sender } => Query::SendSms { to, message: message()?, sender },
            Self::RecordingLinks { recording, lifetime } => {
                let lifetime = lifetime.map(Duration::try_from).transpose()?;
                Query::RecordingLinks { recording, lifetime }
            }
            Self::DeleteRecording { recording } => Query::DeleteRecording(recording),
            Self::Webhooks => Query::Webhooks,
            Self::RemoveWebhooks => Query::RemoveWebhooks,
            Self::Channels => Query::Channels,
            Self::Channel { name } => Query::Channel(name),
            Self::Number { number } => Query::Number(number),
            Self::CreateUser { extension, mail } => Query::CreateUser { extension, mail, password: password()? },
            Self::SetMail { user, mail } => change(user, UserChange::Mail(mail)),
            Self::SetExtension { user, extension } => change(user, UserChange::Extension(extension)),
            Self::SetPassword { user } => change(user, UserChange::Password(password()?)),
            Self::VoiceMail { user, switch } => change(user, UserChange::VoiceMail(matches!(switch, Switch::On))),
        })
    }
}

/// All of stdin: a text may have several lines.
fn message() -> anyhow::Result<String> {
    if io::stdin().is_terminal() {
        output::note("the message, then Ctrl+D:");
    }
    let text = io::read_to_string(io::stdin()).context("the message could not be read from stdin")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// A line of stdin. A command line is seen by everybody on the computer.
fn password() -> anyhow::Result<SecretString> {
    if io::stdin().is_terminal() {
        output::note("the password of the phone, then Enter:");
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("the password could not be read from stdin")?;
    Ok(SecretString::from(line.trim_end_matches(['\r', '\n'])))
}
