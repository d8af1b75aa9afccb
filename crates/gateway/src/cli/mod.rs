//! The command line.

mod account;
mod cert;
mod check;
mod hook_address;
mod init;
mod init_texts;
mod introduce;
mod invite;
mod journal;
mod message;
mod number;
mod open;
mod output;
mod replay;
mod serve;
mod span;
mod token;

use std::{path::PathBuf, process::ExitCode};

use calls::ConnectionId;
use clap::{Args, Parser, Subcommand};
use store::Store;
use tracing_subscriber::EnvFilter;
use trubka_gateway::config::Config;

/// The office behind HTTPS: receives webhooks, holds the PBX keys, and serves each desk what it may see.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes a folder with all that a gateway needs, and the first admin's invitation.
    Init(init::InitArguments),
    /// Makes and prints the gateway's certificate.
    #[command(subcommand)]
    Cert(cert::CertCommand),
    /// Runs the gateway until it is told to stop.
    Serve(WithConfig),
    /// Issues, lists and revokes tokens; also while the gateway runs.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Invites somebody: prints the link that he opens with Trubka.
    Invite(invite::InviteArguments),
    /// Asks each PBX whether it accepts the credentials, and proves what the gateway itself needs.
    Check(check::CheckArguments),
    /// Makes the gateway known to a PBX that gives it a key for that, once.
    Introduce(introduce::IntroduceArguments),
    /// Asks about an account at the PBX, and changes it.
    Account(account::AccountArguments),
    /// Prints what went to and from the PBXs lately, without secrets: a JSON object a line.
    Journal(journal::JournalArguments),
    /// Prints a webhook with the signature that the PBX would send with it.
    Sign(message::MessageArguments),
    /// Says whether a webhook is authentic: exits 0, or 1 with the reason.
    Verify(message::MessageArguments),
    /// Sends a webhook from a file to a gateway; signs it first when it bears no signature.
    Replay(replay::ReplayArguments),
    /// Reads numbers as people write them, one a line on stdin: prints for each, as a JSON object, what a desk would dial.
    Number,
}

/// Every command reads the configuration.
#[derive(Debug, Args)]
pub(crate) struct WithConfig {
    /// The TOML file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl WithConfig {
    /// The file together with what admins have added while the gateway ran.
    fn read(&self) -> anyhow::Result<Config> {
        let config = self.read_file()?;
        if !Store::exists_in(&config.data_dir()) {
            return Ok(config);
        }
        match open::beside(&config.data_dir()).and_then(|store| Ok(config.with_stored(&store)?)) {
            Ok(whole) => Ok(whole),
            Err(error) => {
                // Whoever needs the database says what is wrong with it.
                tracing::warn!(error = format!("{error:#}"), "what admins have added is not known");
                Ok(config)
            }
        }
    }

    /// The file alone.
    fn read_file(&self) -> anyhow::Result<Config> {
        Ok(Config::read(&self.config)?)
    }
}

/// A connection, as the command line names it.
fn connection_id(text: &str) -> Result<ConnectionId, String> {
    text.parse().map_err(|error: calls::IdError| error.to_string())
}

/// Runs the command; what went wrong goes to stderr.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        EnvFilter::new(match arguments.command {
            Command::Serve(_) => "info",
            Command::Init(_)
            | Command::Cert(_)
            | Command::Token(_)
            | Command::Invite(_)
            | Command::Check(_)
            | Command::Introduce(_)
            | Command::Account(_)
            | Command::Journal(_)
            | Command::Sign(_)
            | Command::Verify(_)
            | Command::Replay(_)
            | Command::Number => "warn",
        })
    });
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours).init();
    match tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(act(arguments.command)))
    {
        Ok(code) => code,
        Err(error) => {
            output::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn act(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Init(arguments) => init::init(arguments).await,
        Command::Cert(command) => cert::run(&command),
        Command::Serve(config) => serve::serve(&config.read_file()?).await,
        Command::Token(command) => token::run(command).await,
        Command::Invite(arguments) => invite::invite(arguments).await,
        Command::Check(arguments) => check::check(arguments).await,
        Command::Introduce(arguments) => introduce::introduce(arguments).await,
        Command::Account(arguments) => account::account(arguments).await,
        Command::Journal(arguments) => journal::journal(&arguments),
        Command::Sign(arguments) => message::sign(&arguments),
        Command::Verify(arguments) => message::verify(&arguments),
        Command::Replay(arguments) => replay::replay(&arguments).await,
        Command::Number => number::read_lines(),
    }
}
