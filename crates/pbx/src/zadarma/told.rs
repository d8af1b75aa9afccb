//! What the account tells of itself.

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;

use super::{account, config::Settings, party, responses, statistics};
use crate::{
    error::{Error, ErrorKind},
    fields::{self, Fields},
    query::{self, AccountUser, OwnNumber, PhoneLine, Query, QueryStep, Reply, Row, Statistics, StatisticsKind, rows},
    request::Answer,
    zone::{MOSCOW, UTC},
};

/// Zones by their distance from UTC in minutes, where it is no whole hour.
const BETWEEN_HOURS: [(i64, &str); 6] = [
    (210, "Asia/Tehran"),
    (270, "Asia/Kabul"),
    (330, "Asia/Kolkata"),
    (345, "Asia/Kathmandu"),
    (390, "Asia/Yangon"),
    (570, "Australia/Darwin"),
];

/// What came of a question or a change, or what has to be asked next.
pub(super) fn read(settings: &Settings, query: &Query, answer: &Answer) -> Result<QueryStep, Error> {
    let told = responses::told(answer, query.name())?;
    let unreadable = || responses::failure(answer, query.name());
    Ok(QueryStep::Done(match query {
        Query::Balance => {
            let amount = told.text("balance").ok_or_else(unreadable)?;
            Reply::Balance { amount, currency: told.text("currency") }
        }
        Query::TimeZone => Reply::TimeZone { zone: zone(&told), written: told.text("timezone") },
        Query::Tariff | Query::Price { .. } | Query::Number(_) => {
            Reply::Details(told.object("info").map(|info| facts(&info)).ok_or_else(unreadable)?)
        }
        Query::Users => Reply::Users(extensions(&told).ok_or_else(unreadable)?),
        Query::User(_) | Query::SetRecording { .. } => Reply::Details(without_status(&told)),
        Query::Numbers => Reply::Numbers(rows(&told, "info").ok_or_else(unreadable)?.iter().filter_map(own).collect()),
        Query::Lines => {
            let lines = rows(&told, "sips").ok_or_else(unreadable)?;
            Reply::Lines(lines.iter().filter_map(line).collect())
        }
        Query::Status(_) => Reply::Registered(told.value("is_online").map(fields::flag).ok_or_else(unreadable)?),
        // Of a line, a list of one; of an extension, the answer itself.
        Query::Redirection(_) | Query::SetRedirection { .. } => {
            let listed = rows(&told, "info").and_then(|rows| rows.into_iter().next());
            Reply::Details(listed.map_or_else(|| without_status(&told), |row| facts(&row)))
        }
        Query::Statistics(wanted) => return more(wanted, rows(&told, "stats").ok_or_else(unreadable)?),
        Query::RecordingLinks { .. } => {
            let links = responses::links(&told);
            if links.is_empty() {
                return Err(unreadable());
            }
            Reply::Links { links, until: told.text("lifetime_till") }
        }
        Query::DeleteRecording(_) => {
            let mut deleted = texts(&told, "deleted_files");
            deleted.extend(told.text("file_name"));
            Reply::Deleted { deleted, failed: texts(&told, "failed_files") }
        }
        Query::SendSms { .. } => sent(&told),
        Query::SetCallerId { line, number } => return caller_id(settings, line, number, &told),
        Query::Webhooks => webhooks(&told),
        // First the address, then the switches, then both are read, to be sure.
        Query::SetWebhooks(_) => {
            let next = match (told.value("url"), told.value("notifications")) {
                (Some(_), None) => account::switch_on(settings),
                (None, Some(_)) => account::webhooks(settings),
                (Some(_), Some(_)) => return Ok(QueryStep::Done(webhooks(&told))),
                (None, None) => return Err(unreadable()),
            };
            return Ok(QueryStep::Ask(Box::new(next)));
        }
        Query::RemoveWebhooks => Reply::Done { name: None },
        Query::Channels | Query::Channel(_) | Query::Groups | Query::CreateUser { .. } | Query::ChangeUser { .. } => {
            return Err(Error::unsupported(query.name()));
        }
    }))
}

/// The number is shown if it is the account's: whoever shows another's is taken for him.
fn caller_id(settings: &Settings, line: &str, number: &str, told: &Fields) -> Result<QueryStep, Error> {
    if told.value("new_caller_id").is_some() {
        return Ok(QueryStep::Done(Reply::Done { name: told.text("new_caller_id") }));
    }
    let wanted = party::number(number);
    let numbers = rows(told, "info").unwrap_or_default();
    let is_own = wanted.is_some() && numbers.iter().filter_map(own).any(|own| Some(own.number) == wanted);
    if !is_own {
        let why = "the account has no such number; only its own can be shown";
        return Err(Error::new(ErrorKind::InvalidRequest { field: "number" }, why).before_sending());
    }
    Ok(QueryStep::Ask(Box::new(account::set_caller_id(settings, line, number)?)))
}

/// A page, and the question for the next: behind its rows, or for the next part of a longer span.
fn more(wanted: &Statistics, found: Vec<Fields>) -> Result<QueryStep, Error> {
    let is_full = found.len() >= statistics::PAGE && wanted.kind != StatisticsKind::Cost;
    let end = statistics::end_of_part(wanted.from, wanted.to);
    let rows = found.iter().map(facts).collect();
    let next = match is_full {
        true => Statistics { skip: wanted.skip + found.len(), ..wanted.clone() },
        false if end < wanted.to => Statistics { from: end + SignedDuration::from_secs(1), skip: 0, ..wanted.clone() },
        false => return Ok(QueryStep::Done(Reply::Rows(rows))),
    };
    Ok(QueryStep::More { rows, next: Box::new(Query::Statistics(next)) })
}

/// The zone that the account's clock shows, by how far it is from UTC.
fn zone(told: &Fields) -> Option<String> {
    let now = Timestamp::from_second(told.integer("unixtime")?).ok()?;
    let local = DateTime::strptime("%Y-%m-%d %H:%M:%S", told.text("datetime")?).ok()?;
    let ahead = local.to_zoned(TimeZone::UTC).ok()?.timestamp().duration_since(now).as_secs();
    // Zones differ by quarters of an hour.
    let quarters = (ahead + 450).div_euclid(900);
    ((ahead - quarters * 900).abs() < 300).then(|| named(quarters * 15, now))?
}

/// A zone that is so many minutes ahead of UTC.
fn named(minutes: i64, now: Timestamp) -> Option<String> {
    let fits =
        |name: &str| TimeZone::get(name).is_ok_and(|zone| i64::from(zone.to_offset(now).seconds()) == minutes * 60);
    if let Some(known) = [UTC, MOSCOW].into_iter().find(|name| fits(name)) {
        return Some(known.to_owned());
    }
    let between = BETWEEN_HOURS.iter().find(|(ahead, _)| *ahead == minutes).map(|(_, name)| (*name).to_owned());
    // The names of these zones count westwards.
    let full_hours = (minutes % 60 == 0).then(|| format!("Etc/GMT{:+}", -minutes / 60));
    between.or(full_hours).filter(|name| TimeZone::get(name).is_ok())
}

fn extensions(told: &Fields) -> Option<Vec<AccountUser>> {
    let user = |number: &Value| {
        let extension = fields::text(number)?;
        let (name, extension) = (extension.clone(), Some(extension));
        Some(AccountUser { name, extension, title: None, mail: None, voice_mail: None })
    };
    Some(told.array("numbers")?.iter().filter_map(user).collect())
}

fn own(row: &Fields) -> Option<OwnNumber> {
    let raw = row.text("number")?;
    let number = party::number(&raw).unwrap_or(raw);
    let mut facts = facts(row);
    facts.remove("number");
    Some(OwnNumber { number, title: facts.remove("number_name"), facts })
}

fn line(row: &Fields) -> Option<PhoneLine> {
    Some(PhoneLine { id: row.text("id")?, title: row.text("display_name"), channels: row.integer("lines") })
}

fn sent(told: &Fields) -> Reply {
    let denied = rows(told, "denied_numbers").unwrap_or_default();
    let denied = denied.iter().filter_map(|row| Some((row.text("number")?, row.text("message").unwrap_or_default())));
    Reply::Sent {
        messages: told.integer("messages").unwrap_or_default(),
        cost: told.text("cost"),
        currency: told.text("currency"),
        denied: denied.collect(),
    }
}

fn webhooks(told: &Fields) -> Reply {
    let switches = told.object("notifications").unwrap_or_default();
    let is_on = |name: &str| (name.to_owned(), switches.flag(name));
    Reply::Webhooks { url: told.text("url"), switches: account::SWITCHES.into_iter().map(is_on).collect() }
}

fn texts(told: &Fields, name: &str) -> Vec<String> {
    told.array(name).map(|list| list.iter().filter_map(fields::text).collect()).unwrap_or_default()
}

/// What an answer says beside that it is a success.
fn without_status(told: &Fields) -> Row {
    let mut facts = facts(told);
    facts.remove("status");
    facts
}

/// What the service says of something, but for anything secret.
fn facts(told: &Fields) -> Row {
    query::facts(told.to_json()).unwrap_or_default()
}
