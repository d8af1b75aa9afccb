//! `check`: asks each PBX whether it accepts the credentials.

use std::{process::ExitCode, sync::Arc};

use anyhow::Context;
use calls::ConnectionId;
use clap::Args;
use pbx::{CheckReport, Driver, Make, journal::NoJournal};
use serde::Serialize;

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

#[derive(Debug, Serialize)]
struct Finding {
    connection: ConnectionId,
    pbx: Make,
    #[serde(flatten)]
    report: CheckReport,
}

pub(super) async fn check(arguments: CheckArguments) -> anyhow::Result<ExitCode> {
    let config = arguments.config.read()?;
    let chosen = match arguments.connection {
        Some(id) => vec![id],
        None => config.connections().cloned().collect(),
    };
    let mut findings = Vec::new();
    for id in chosen {
        let connection = config.connection(&id)?;
        let make = connection.make;
        let driver = Driver::new(connection, Arc::new(NoJournal)).with_context(|| format!("connection {id}"))?;
        findings.push(Finding { connection: id, pbx: make, report: driver.check().await });
    }
    if arguments.json {
        output::say(&serde_json::to_string_pretty(&findings)?)?;
    } else {
        for finding in &findings {
            let verdict = if finding.report.ok { "works" } else { "FAILS" };
            output::say(&format!("{}\t{}\t{verdict}\t{}", finding.connection, finding.pbx, finding.report.detail))?;
        }
    }
    Ok(if findings.iter().all(|finding| finding.report.ok) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
