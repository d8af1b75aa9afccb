//! `check`: asks each PBX whether it accepts the credentials.

use std::{process::ExitCode, sync::Arc};

use anyhow::Context;
use calls::ConnectionId;
use clap::Args;
use office::SystemClock;
use pbx::{CheckReason, CheckReport, Driver, Make, journal::NoJournal};
use serde::Serialize;
use trubka_gateway::config::Config;

use super::{WithConfig, connection_id, output};

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    config: WithConfig,
    /// Only this connection.
    #[arg(long, value_name = "ID", value_parser = connection_id)]
    connection: Option<ConnectionId>,
    /// As JSON, an array with one object per connection.
    #[arg(long)]
    json: bool,
}

/// What came of one connection.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    connection: ConnectionId,
    pbx: Make,
    ok: bool,
    reason: Reason,
    detail: String,
    took_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_ahead_ms: Option<i64>,
}

/// A code that scripts branch on.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Reason {
    /// What the PBX's answer shows.
    Asked(CheckReason),
    /// The PBX was not asked: `misconfigured`.
    NotAsked(&'static str),
}

pub(super) async fn check(arguments: CheckArguments) -> anyhow::Result<ExitCode> {
    let config = arguments.config.read()?;
    let chosen = match arguments.connection {
        Some(id) => vec![id],
        None => config.connections().cloned().collect(),
    };
    let mut findings = Vec::new();
    for id in chosen {
        // What the file does not name is a slip of the hand, not a finding.
        let make = config.make(&id)?;
        findings.push(find(&config, id, make).await);
    }
    if arguments.json {
        output::say(&serde_json::to_string_pretty(&findings)?)?;
    } else {
        for finding in &findings {
            let verdict = if finding.ok { "works" } else { "FAILS" };
            output::say(&format!("{}\t{}\t{verdict}\t{}", finding.connection, finding.pbx, finding.detail))?;
        }
    }
    Ok(if findings.iter().all(|finding| finding.ok) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A connection that cannot even be asked is a finding like any other, and the next one is asked all the same.
async fn find(config: &Config, id: ConnectionId, pbx: Make) -> Finding {
    match driver(config, &id) {
        Ok(driver) => {
            let CheckReport { ok, reason, detail, took, clock_ahead, .. } = driver.check().await;
            Finding {
                connection: id,
                pbx,
                ok,
                reason: Reason::Asked(reason),
                detail,
                took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                clock_ahead_ms: clock_ahead.map(|ahead| i64::try_from(ahead.as_millis()).unwrap_or(i64::MAX)),
            }
        }
        Err(error) => Finding {
            connection: id,
            pbx,
            ok: false,
            reason: Reason::NotAsked("misconfigured"),
            detail: format!("{error:#}"),
            took_ms: 0,
            clock_ahead_ms: None,
        },
    }
}

fn driver(config: &Config, id: &ConnectionId) -> anyhow::Result<Driver> {
    Driver::new(config.connection(id)?, Arc::new(NoJournal), Arc::new(SystemClock))
        .with_context(|| format!("connection {id}"))
}
