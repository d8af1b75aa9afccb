//! `check`: asks each PBX whether it accepts the credentials, and proves what the gateway itself needs.

mod address;
mod certificate;
mod host;
mod posting;

use std::{collections::BTreeSet, process::ExitCode, sync::Arc};

use anyhow::Context;
use calls::ConnectionId;
use clap::Args;
use jiff::Timestamp;
use office::{Clock, Configured, Directory, StoredTimes, SystemClock, Warnings};
use pbx::{CheckReason, CheckReport, Driver, Make, journal::NoJournal};
use serde::Serialize;
use trubka_gateway::config::{Config, OFFICE};

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
    /// What its events say against its settings, each with what to do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// What came of one thing that the gateway itself needs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnFinding {
    /// What was looked at: `database`, `space`, `secrets`, `certificate`, `clock`, `address`, `hook`.
    check: &'static str,
    /// Whose hook it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    hook: Option<ConnectionId>,
    ok: bool,
    /// A code that scripts branch on.
    reason: &'static str,
    /// In words, with what to do where something is to be done.
    detail: String,
}

impl OwnFinding {
    fn new(check: &'static str, ok: bool, reason: &'static str, detail: impl Into<String>) -> Self {
        Self { check, hook: None, ok, reason, detail: detail.into() }
    }

    /// Works, and needs something all the same.
    fn warns(&self) -> bool {
        self.ok && !matches!(self.reason, WORKS | UNKNOWN)
    }
}

/// The reason of what is as it should be.
const WORKS: &str = "works";
/// The reason of what cannot be known here.
const UNKNOWN: &str = "unknown";

/// What is printed as JSON: the connections, then the gateway itself.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum JsonFinding<'a> {
    Connection(&'a Finding),
    Own(&'a OwnFinding),
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
    let (chosen, is_whole) = match arguments.connection {
        Some(id) => (vec![id], false),
        None => (config.connections().cloned().collect(), true),
    };
    let mut findings = Vec::new();
    for id in chosen {
        // What the file does not name is a slip of the hand, not a finding.
        let make = config.make(&id)?;
        findings.push(find(&config, id, make).await);
    }
    let own = if is_whole { own_findings(&config, &findings, SystemClock.now()).await } else { Vec::new() };
    if arguments.json {
        let lines = findings.iter().map(JsonFinding::Connection).chain(own.iter().map(JsonFinding::Own));
        output::say(&serde_json::to_string_pretty(&lines.collect::<Vec<_>>())?)?;
    } else {
        say(&findings, &own)?;
    }
    let is_good = findings.iter().all(|finding| finding.ok) && own.iter().all(|finding| finding.ok);
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn say(findings: &[Finding], own: &[OwnFinding]) -> anyhow::Result<()> {
    for finding in findings {
        let verdict = if finding.ok { "works" } else { "FAILS" };
        output::say(&format!("{}\t{}\t{verdict}\t{}", finding.connection, finding.pbx, finding.detail))?;
        for warning in &finding.warnings {
            output::say(&format!("{}\t{}\tWARNS\t{warning}", finding.connection, finding.pbx))?;
        }
    }
    for finding in own {
        let verdict = match (finding.ok, finding.warns()) {
            (false, _) => "FAILS",
            (true, true) => "WARNS",
            (true, false) => "works",
        };
        let of = finding.hook.as_ref().map_or("gateway", ConnectionId::as_str);
        output::say(&format!("{of}\t{}\t{verdict}\t{}", finding.check, finding.detail))?;
    }
    Ok(())
}

/// What the gateway itself needs.
async fn own_findings(config: &Config, connections: &[Finding], now: Timestamp) -> Vec<OwnFinding> {
    let mut own =
        vec![host::database(&config.data_dir()).await, host::space(&config.data_dir()), host::secrets(config)];
    own.push(host::clock(connections.iter().filter_map(|finding| finding.clock_ahead_ms)));
    own.extend(host::admins(&config.data_dir(), now));
    own.extend(certificate::find(config, now));
    own.extend(address::find(config).await);
    own
}

/// What the log says against the settings of a connection. There is none before the first start.
fn warnings(config: &Config, id: &ConnectionId, pbx: Make) -> Vec<String> {
    let read = || -> anyhow::Result<Vec<String>> {
        let Some(store) = host::existing(&config.data_dir())? else { return Ok(Vec::new()) };
        let naming = driver(config, id)?.capability().names_agent_on_ring.then(|| id.clone());
        let naming: BTreeSet<_> = naming.into_iter().collect();
        let directory = Directory::new(config.lines(), &[], Vec::new(), Default::default(), naming);
        let zone = config.zone(id)?;
        let configured = Configured { connection: id, make: pbx, zone, directory: &directory };
        Ok(Warnings::in_log(&store, OFFICE, configured)?.words())
    };
    // What hinders reading is a finding of its own.
    read().unwrap_or_default()
}

/// A connection that cannot even be asked is a finding like any other, and the next one is asked all the same.
async fn find(config: &Config, id: ConnectionId, pbx: Make) -> Finding {
    let mut warnings = warnings(config, &id, pbx);
    match driver(config, &id) {
        Ok(driver) => {
            let CheckReport { ok, reason, detail, took, clock_ahead, .. } = driver.check().await;
            if ok {
                warnings.extend(posting::warning(config, &driver, &id).await);
            }
            Finding {
                connection: id,
                pbx,
                ok,
                reason: Reason::Asked(reason),
                detail,
                took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                clock_ahead_ms: clock_ahead.map(|ahead| i64::try_from(ahead.as_millis()).unwrap_or(i64::MAX)),
                warnings,
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
            warnings,
        },
    }
}

/// A driver that shares the limits of its key with a gateway that runs.
pub(super) fn driver(config: &Config, id: &ConnectionId) -> anyhow::Result<Driver> {
    let driver = Driver::new(config.connection(id)?, Arc::new(NoJournal), Arc::new(SystemClock))
        .with_context(|| format!("connection {id}"))?;
    // What hinders reading the database is a finding of its own.
    Ok(match host::existing(&config.data_dir()).ok().flatten() {
        Some(store) => driver.keeping_times(Arc::new(StoredTimes::new(store))),
        None => driver,
    })
}
