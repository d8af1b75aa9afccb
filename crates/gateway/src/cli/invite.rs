//! `invite`, and `token import`.

use std::{collections::BTreeSet, path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};
use calls::ConnectionId;
use clap::Args;
use link::wire::{ExtensionRef, Role};
use office::{Clock, SystemClock};
use trubka_gateway::{
    config::Config,
    invitations::{self, MadeInvitation, NewInvitation},
    people_table,
};

use super::{
    WithConfig, open, output,
    token::{RoleArgument, extension, name},
};

/// Who the audit says it was.
pub(super) const WHO: &str = "command line";

#[derive(Debug, Args)]
pub(super) struct InviteArguments {
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
    /// How many days his token is valid unless his desk is used; for good when absent.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    token_days: Option<u32>,
}

#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    #[command(flatten)]
    config: WithConfig,
    /// The table: name, role, extensions (rt1:201 rt1:202), groups. UTF-8 or Windows-1251, with , ; or tabs.
    table: PathBuf,
    /// How many days their tokens are valid unless their desks are used; for good when absent.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    token_days: Option<u32>,
}

/// Prints the link, alone, on stdout.
pub(super) async fn invite(arguments: InviteArguments) -> anyhow::Result<ExitCode> {
    let InviteArguments { config, name, role, extensions, groups, token_days } = arguments;
    let config = config.read()?;
    let new = NewInvitation { name, role: role.into(), extensions, groups, days: token_days };
    for made in make(&config, vec![new]).await? {
        output::note(&format!("valid until {}, once; whoever opens it is let in:", made.expires_at));
        output::say(&made.link.0)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a name and a link a line.
pub(super) async fn import(arguments: ImportArguments) -> anyhow::Result<ExitCode> {
    let ImportArguments { config, table, token_days } = arguments;
    let config = config.read()?;
    let bytes = std::fs::read(&table).with_context(|| format!("reading {}", table.display()))?;
    let people = people_table::read(&people_table::decode(&bytes), token_days)
        .with_context(|| format!("{}, nobody was invited", table.display()))?;
    let people: Vec<NewInvitation> = people.into_iter().map(|listed| listed.person).collect();
    let names: Vec<String> = people.iter().map(|person| person.name.clone()).collect();
    let made = make(&config, people).await?;
    for (name, made) in names.iter().zip(made) {
        output::say(&format!("{name}\t{}", made.link.0))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Invites these people; says what they might not have been meant to be.
async fn make(config: &Config, people: Vec<NewInvitation>) -> anyhow::Result<Vec<MadeInvitation>> {
    let store = open::beside(&config.data_dir())?;
    let known = config.connections().cloned().collect();
    for person in &people {
        connections_are_known(&known, &person.extensions).with_context(|| person.name.clone())?;
        if person.role == Role::Agent && person.extensions.is_empty() && person.groups.is_empty() {
            output::note(&format!(
                "note: {}: an agent without extension and group sees no calls of his own",
                person.name
            ));
        }
    }
    let address = config.join_address()?;
    Ok(invitations::invite(&store, &address, people, WHO, SystemClock.now()).await?)
}

fn connections_are_known(known: &BTreeSet<ConnectionId>, extensions: &[ExtensionRef]) -> anyhow::Result<()> {
    for own in extensions {
        if !known.contains(&own.connection) {
            bail!("there is no connection \"{}\"", own.connection);
        }
    }
    Ok(())
}
