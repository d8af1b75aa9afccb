//! `token issue | list | revoke`.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use jiff::SignedDuration;
use link::wire::{AuditAction, ExtensionRef, Role};
use office::{Clock, SystemClock};
use secrecy::ExposeSecret;
use store::{AuditEntry, Token};
use trubka_gateway::{
    config::Config,
    invitations::{extension_ref, person_name},
    tokens::{self, NewToken},
};

use super::{WithConfig, invite, open, output, span};

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Makes a token and prints it, alone, on stdout. It is shown this once.
    Issue(IssueArguments),
    /// Invites all people of a table, all or nobody: prints a name and a link a line.
    Import(invite::ImportArguments),
    /// A line each: id, role, name, extensions, expiry.
    List(WithConfig),
    /// Takes a token back; its open stream closes within seconds.
    Revoke(RevokeArguments),
}

#[derive(Debug, Args)]
pub(super) struct IssueArguments {
    #[command(flatten)]
    config: WithConfig,
    /// Whose it is.
    #[arg(long, value_parser = name)]
    name: String,
    /// What may be seen: an agent his calls, a manager everything, an admin administration too.
    #[arg(long)]
    role: RoleArgument,
    /// An extension that is his; may be given several times.
    #[arg(long = "extension", value_name = "CONNECTION:EXT", value_parser = extension)]
    extensions: Vec<ExtensionRef>,
    /// A group whose lines ring for him; may be given several times.
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// How long it is valid, such as 90d; for good when absent.
    #[arg(long, value_parser = span::parse)]
    expires: Option<SignedDuration>,
}

#[derive(Debug, Args)]
pub(super) struct RevokeArguments {
    #[command(flatten)]
    config: WithConfig,
    /// The id that `token list` shows.
    id: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum RoleArgument {
    Agent,
    Manager,
    Admin,
}

impl From<RoleArgument> for Role {
    fn from(role: RoleArgument) -> Self {
        match role {
            RoleArgument::Agent => Self::Agent,
            RoleArgument::Manager => Self::Manager,
            RoleArgument::Admin => Self::Admin,
        }
    }
}

pub(super) async fn run(command: TokenCommand) -> anyhow::Result<ExitCode> {
    match command {
        TokenCommand::Issue(arguments) => issue(arguments).await,
        TokenCommand::Import(arguments) => invite::import(arguments).await,
        TokenCommand::List(config) => list(&config.read()?),
        TokenCommand::Revoke(arguments) => revoke(&arguments.config.read()?, &arguments.id).await,
    }
}

async fn issue(arguments: IssueArguments) -> anyhow::Result<ExitCode> {
    let config = arguments.config.read()?;
    let store = open::beside(&config.data_dir())?;
    for own in &arguments.extensions {
        if !config.connections().any(|id| *id == own.connection) {
            bail!("--extension: there is no connection \"{}\" in the configuration", own.connection);
        }
    }
    for group in arguments.groups.iter().filter(|group| !config.has_group(group)) {
        output::note(&format!("note: the configuration names no group \"{group}\"; nothing rings for it"));
    }
    let role = Role::from(arguments.role);
    if role == Role::Agent && arguments.extensions.is_empty() && arguments.groups.is_empty() {
        output::note("note: an agent without --extension and --group sees no calls of his own");
    }
    let expires_at = match arguments.expires {
        Some(span) => Some(SystemClock.now().checked_add(span).context("--expires: that is too far away")?),
        None => None,
    };
    let (name, role_name) = (arguments.name.clone(), tokens::role_name(role));
    let detail = |id: &str| format!("token {id}: {role_name}");
    let new =
        NewToken { name: arguments.name, role, extensions: arguments.extensions, groups: arguments.groups, expires_at };
    let issued = tokens::issue(&store, new).await.context("keeping the token")?;
    store.audit(audit(AuditAction::IssuedToken, &name, detail(&issued.id))).await.context("noting it")?;
    output::note(&format!("id {}; the token is shown this once:", issued.id));
    output::say(issued.secret.expose_secret())?;
    Ok(ExitCode::SUCCESS)
}

fn list(config: &Config) -> anyhow::Result<ExitCode> {
    let store = open::beside(&config.data_dir())?;
    for token in store.tokens().context("reading the tokens")? {
        if token.revoked_at.is_none() {
            output::say(&line(&token))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn revoke(config: &Config, id: &str) -> anyhow::Result<ExitCode> {
    let store = open::beside(&config.data_dir())?;
    let entry = audit(AuditAction::RemovedPerson, id, String::new());
    if !store.revoke_token(id, entry).await.context("revoking the token")? {
        bail!("there is no token {id} that could be revoked; `token list` shows those there are");
    }
    Ok(ExitCode::SUCCESS)
}

fn audit(action: AuditAction, subject: &str, detail: String) -> AuditEntry {
    let who = invite::WHO.to_owned();
    AuditEntry { at: SystemClock.now(), who, action: action.name().to_owned(), subject: subject.to_owned(), detail }
}

fn line(token: &Token) -> String {
    let extensions: Vec<String> =
        token.extensions.iter().map(|(connection, extension)| format!("{connection}:{extension}")).collect();
    let extensions = if extensions.is_empty() { "-".to_owned() } else { extensions.join(",") };
    let expiry = token.expires_at.map_or("never".to_owned(), |end| end.to_string());
    [token.id.as_str(), &token.role, &token.name, &extensions, &expiry].join("\t")
}

pub(super) fn extension(text: &str) -> Result<ExtensionRef, String> {
    extension_ref(text)
}

pub(super) fn name(text: &str) -> Result<String, String> {
    person_name(text).ok_or_else(|| "a name is one line of text, of at most 100 characters".to_owned())
}
