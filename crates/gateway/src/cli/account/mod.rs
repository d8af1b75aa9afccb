//! `account`: asks about an account at the PBX, and changes it.

mod print;
mod query;
mod statistics;
mod webhooks;

use std::process::ExitCode;

use anyhow::Context;
use calls::ConnectionId;
use clap::{Args, Subcommand};
use pbx::{Driver, Query, Reply};
use trubka_gateway::config::Config;

use self::{query::AccountQuery, statistics::StatisticsArguments};
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
    command: AccountCommand,
}

#[derive(Debug, Subcommand)]
enum AccountCommand {
    /// Finished calls as the account counts them, all pages of them.
    Statistics(StatisticsArguments),
    /// Has the PBX post everything to this gateway, which must be running: the PBX tests its address.
    SetWebhooks {
        /// Also if it posts to another program now, which then hears nothing any more.
        #[arg(long)]
        replace: bool,
    },
    #[command(flatten)]
    Ask(AccountQuery),
}

/// A connection, and how to ask its PBX.
struct Account<'a> {
    config: &'a Config,
    id: ConnectionId,
    driver: Driver,
}

impl Account<'_> {
    async fn ask(&self, query: &Query) -> anyhow::Result<Reply> {
        self.driver.query(query).await.with_context(|| format!("connection {}", self.id))
    }
}

pub(super) async fn account(arguments: AccountArguments) -> anyhow::Result<ExitCode> {
    let config = arguments.config.read()?;
    let driver = check::driver(&config, &arguments.connection)?;
    let account = Account { config: &config, id: arguments.connection, driver };
    let reply = match arguments.command {
        AccountCommand::Statistics(wanted) => statistics::ask(&account, wanted).await?,
        AccountCommand::SetWebhooks { replace } => webhooks::set(&account, replace).await?,
        AccountCommand::Ask(question) => account.ask(&question.query()?).await?,
    };
    if arguments.json {
        output::say(&serde_json::to_string(&reply)?)?;
    } else {
        for line in print::lines(&reply) {
            output::say(&print::printable(&line))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
