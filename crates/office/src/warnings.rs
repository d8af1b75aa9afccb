//! What is to be put right in the settings or data of a connection, though its calls come.

use std::collections::BTreeSet;

use calls::{ConnectionId, Decision, Direction, LogEvent, Source};
use link::wire::ConnectionWarning;
use pbx::Make;
use store::{Filter, Store};

use crate::{
    held_back, rows,
    settings::Directory,
    skew::{Skew, TimeFault},
};

/// Log entries that are looked at, of all connections.
const ENTRIES: usize = 2000;
/// Incoming calls that are looked at.
const CALLS: usize = 500;

/// What a connection's events say against its settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Warnings {
    /// What is wrong with the vendor's times.
    pub time: Option<TimeFault>,
    /// Lines on which calls came and that the settings do not list.
    pub unlisted_lines: BTreeSet<String>,
    /// Calls that are shown as they were, because entries of theirs in the log cannot be read by this version.
    pub unread_calls: usize,
}

/// A connection as the settings have it.
#[derive(Debug, Clone, Copy)]
pub struct Configured<'a> {
    /// Which.
    pub connection: &'a ConnectionId,
    /// Its make.
    pub make: Make,
    /// Its zone, where one is given.
    pub zone: Option<&'a str>,
    /// The lines that are listed.
    pub directory: &'a Directory,
}

impl Warnings {
    /// What the newest part of a log says against these settings, for whoever looks at the log beside its office.
    pub fn in_log(store: &Store, office: &str, configured: Configured<'_>) -> Result<Self, store::Error> {
        let Configured { connection, make, zone, directory } = configured;
        let newest = store.head_seq()?.saturating_sub(ENTRIES as u64);
        let mut skew = Skew::default();
        for stored in store.read_from(connection, newest, ENTRIES)?.into_iter().flatten() {
            match stored.event {
                LogEvent::Vendor(event)
                    if matches!(event.source, Source::Webhook | Source::Unsigned | Source::Push) =>
                {
                    let is_todays = |read_in: Option<&str>| zone.is_none() || read_in.is_none() || read_in == zone;
                    if let Some(time) = event.time.filter(|time| is_todays(time.zone.as_deref())) {
                        skew.saw(stored.received_at, &time, make);
                    }
                }
                LogEvent::Decision(Decision::ZoneChosen { .. }) => skew = Skew::default(),
                LogEvent::Vendor(_) | LogEvent::Decision(_) | LogEvent::Command(_) | LogEvent::Answer(_) => {}
            }
        }
        let direction = Some(Direction::Incoming);
        let incoming = Filter { office: Some(office.to_owned()), direction, ..Filter::default() };
        let calls = store.list(&incoming, None, CALLS)?;
        let calls = calls.iter().filter_map(rows::call).filter(|call| call.connection == *connection);
        let unlisted_lines = calls.filter_map(|call| directory.unlisted_line(&call).map(str::to_owned)).collect();
        Ok(Self { time: skew.fault(), unlisted_lines, unread_calls: held_back::kept(store, connection)?.len() })
    }

    /// As codes.
    pub(crate) fn kinds(&self) -> Vec<ConnectionWarning> {
        let zone = matches!(self.time, Some(TimeFault::Zone { .. })).then_some(ConnectionWarning::WrongZone);
        let line = (!self.unlisted_lines.is_empty()).then_some(ConnectionWarning::UnlistedLine);
        let unread = (self.unread_calls > 0).then_some(ConnectionWarning::UnreadCalls);
        zone.into_iter().chain(line).chain(unread).collect()
    }

    /// How far the vendor's clock is ahead of ours, where that is what is wrong.
    pub(crate) fn clock_ahead_ms(&self) -> Option<i64> {
        if let Some(TimeFault::Clock { ahead_ms }) = self.time { Some(ahead_ms) } else { None }
    }

    /// In words, each with what to do.
    pub fn words(&self) -> Vec<String> {
        let time = self.time.as_ref().map(|fault| match fault {
            TimeFault::Clock { ahead_ms } => format!(
                "the clock of the PBX and the one of this computer are {} minutes apart: set the wrong one",
                ahead_ms.abs() / 60_000
            ),
            TimeFault::Zone { read_in, hours_ahead, fits } => {
                let direction = if *hours_ahead > 0 { "ahead" } else { "behind" };
                let hours = hours_ahead.abs();
                let advice = match fits {
                    Some(fits) => format!("set zone = \"{fits}\" for this connection"),
                    None => "set the zone in which the PBX writes as `zone` of this connection".to_owned(),
                };
                format!("times read in the zone {read_in} are {hours} h {direction}: {advice}")
            }
        });
        let lines = (!self.unlisted_lines.is_empty()).then(|| {
            let lines: Vec<&str> = self.unlisted_lines.iter().map(String::as_str).collect();
            format!(
                "calls come on lines that are not listed: {}. List them under [[line]]; until then no group looks after \
                 them",
                lines.join(", ")
            )
        });
        let unread = (self.unread_calls > 0).then(|| {
            format!(
                "{} call(s) cannot be read by this version and are shown as they were: install the version that wrote them, \
                 or mend the database",
                self.unread_calls
            )
        });
        time.into_iter().chain(lines).chain(unread).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_warning_says_what_to_do() {
        let zone = TimeFault::Zone { read_in: "UTC".into(), hours_ahead: -3, fits: Some("Europe/Moscow".into()) };
        let warnings =
            Warnings { time: Some(zone), unlisted_lines: ["+74951234567".to_owned()].into(), unread_calls: 2 };
        assert_eq!(
            warnings.kinds(),
            [ConnectionWarning::WrongZone, ConnectionWarning::UnlistedLine, ConnectionWarning::UnreadCalls]
        );
        let words = warnings.words();
        assert!(words[0].contains("3 h behind") && words[0].contains("zone = \"Europe/Moscow\""), "{words:?}");
        assert!(words[1].contains("+74951234567") && words[1].contains("[[line]]"), "{words:?}");
        assert!(words[2].starts_with("2 call") && words[2].contains("install"), "{words:?}");
        assert_eq!(warnings.clock_ahead_ms(), None);
        let clock = Warnings { time: Some(TimeFault::Clock { ahead_ms: -600_000 }), ..Warnings::default() };
        assert_eq!((clock.kinds().len(), clock.clock_ahead_ms()), (0, Some(-600_000)));
        assert!(clock.words()[0].contains("10 minutes"), "{:?}", clock.words());
    }
}
