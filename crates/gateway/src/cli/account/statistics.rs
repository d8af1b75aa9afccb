//! Finished calls as the account counts them.

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use jiff::{civil::DateTime, tz::TimeZone};
use office::{Clock, SystemClock};
use pbx::{Query, Reply, Statistics, StatisticsKind};

use super::Account;

#[derive(Debug, Args)]
pub(super) struct StatisticsArguments {
    /// Which calls.
    kind: Kind,
    /// From when on, in the account's time: 2026-03-01, or "2026-03-01 09:00:00".
    #[arg(long, value_name = "DATE")]
    from: DateTime,
    /// Until when; until now where it is not given.
    #[arg(long, value_name = "DATE")]
    to: Option<DateTime>,
    /// Only those of this line.
    #[arg(long)]
    line: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// Those that are paid for.
    General,
    /// What they cost together.
    Cost,
    /// Those of the PBX.
    Pbx,
    /// Those from outside.
    Incoming,
}

/// Reads all of them, however many questions that takes.
pub(super) async fn ask(account: &Account<'_>, wanted: StatisticsArguments) -> anyhow::Result<Reply> {
    let zone = zone(account).await?;
    let moment = |local: DateTime| local.to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
    let (from, to) = (moment(wanted.from)?, wanted.to.map(moment).transpose()?.unwrap_or_else(|| SystemClock.now()));
    let kind = match wanted.kind {
        Kind::General => StatisticsKind::General,
        Kind::Cost => StatisticsKind::Cost,
        Kind::Pbx => StatisticsKind::Pbx,
        Kind::Incoming => StatisticsKind::Incoming,
    };
    account.ask(&Query::Statistics(Statistics { kind, from, to, line: wanted.line, zone, skip: 0 })).await
}

/// The zone of the settings, or the one that the account says.
async fn zone(account: &Account<'_>) -> anyhow::Result<TimeZone> {
    if let Some(given) = account.config.zone(&account.id)? {
        return TimeZone::get(given).context("zone");
    }
    let Reply::TimeZone { zone: Some(zone), .. } = account.ask(&Query::TimeZone).await? else {
        bail!("the account does not say its time zone; give it as `zone` of the connection");
    };
    TimeZone::get(&zone).context("the account's zone")
}
