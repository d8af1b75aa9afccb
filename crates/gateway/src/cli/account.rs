//! `account`: asks about an account at the PBX, and changes it.

use std::{
    io::{self, BufRead, IsTerminal},
    process::ExitCode,
};

use anyhow::Context;
use calls::ConnectionId;
use clap::{Args, Subcommand, ValueEnum};
use pbx::{AccountUser, Query, Reply, UserChange};
use secrecy::SecretString;

use super::{WithConfig, check, connection_id, output};

#[derive(Debug, Args)]
pub(super) struct AccountArguments {
    #[command(flatten)]
    config: WithConfig,
    /// Which connection's account.
    #[arg(long, value_name = "ID", value_parser = connection_id)]
    connection: ConnectionId,
    /// As JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    question: Question,
}

#[derive(Debug, Subcommand)]
enum Question {
    /// How much money is left.
    Balance,
    /// Who works there, with extensions.
    Users,
    /// One of them.
    User {
        /// The name that the PBX gave.
        name: String,
    },
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
enum Switch {
    On,
    Off,
}

impl Question {
    fn query(self) -> anyhow::Result<Query> {
        let change = |user, change| Query::ChangeUser { user, change };
        Ok(match self {
            Self::Balance => Query::Balance,
            Self::Users => Query::Users,
            Self::User { name } => Query::User(name),
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

/// A line of stdin. A command line is seen by everybody on the computer.
fn password() -> anyhow::Result<SecretString> {
    if io::stdin().is_terminal() {
        output::note("the password of the phone, then Enter:");
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("the password could not be read from stdin")?;
    Ok(SecretString::from(line.trim_end_matches(['\r', '\n'])))
}

pub(super) async fn account(arguments: AccountArguments) -> anyhow::Result<ExitCode> {
    let config = arguments.config.read()?;
    let id = arguments.connection;
    let driver = check::driver(&config, &id)?;
    let reply = driver.query(&arguments.question.query()?).await.with_context(|| format!("connection {id}"))?;
    if arguments.json {
        output::say(&serde_json::to_string(&reply)?)?;
    } else {
        for line in lines(&reply) {
            output::say(&printable(&line))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A line as a terminal may show it: who calls chooses his name, and could write orders to the terminal into it.
fn printable(line: &str) -> String {
    line.chars().map(|c| if c.is_control() && c != '\t' { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn lines(reply: &Reply) -> Vec<String> {
    match reply {
        Reply::Balance { amount, currency } => {
            vec![currency.as_ref().map_or_else(|| amount.clone(), |currency| format!("{amount} {currency}"))]
        }
        Reply::Users(users) => users.iter().map(user).collect(),
        Reply::Channels(channels) => channels.clone(),
        Reply::Details(facts) => facts.iter().map(|(name, value)| format!("{name}\t{value}")).collect(),
        Reply::Done { name } => vec![name.clone().unwrap_or_else(|| "done".to_owned())],
    }
}

/// Name, extension, e-mail address and whether callers may leave a message, each where it is told.
fn user(user: &AccountUser) -> String {
    let voice_mail = user.voice_mail.map(|on| if on { "voice mail on" } else { "voice mail off" });
    let told = [Some(user.name.as_str()), user.extension.as_deref(), user.mail.as_deref(), voice_mail];
    told.map(Option::unwrap_or_default).join("\t").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn orders_to_a_terminal_are_not_printed() {
        assert_eq!(
            printable("CallerIDName\tЗаря\u{1b}[2J\u{9b}0m\r\n"),
            "CallerIDName\tЗаря\u{fffd}[2J\u{fffd}0m\u{fffd}\u{fffd}"
        );
    }
}
