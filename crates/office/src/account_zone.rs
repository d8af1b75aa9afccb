//! The zone in which a PBX writes its times, asked of the PBX itself where it tells: before its first webhook is read, and
//! before its history is, which would otherwise lack the newest hours without a word. What it says holds against a zone that an
//! earlier run chose, but not against one that the settings give.

use std::sync::PoisonError;

use calls::Decision;
use jiff::tz::TimeZone;
use pbx::{
    ErrorKind,
    query::{Query, Reply},
};

use crate::{
    connections::{Zone, zone_key},
    links::Link,
};

impl Link {
    /// Asks for the zone, unless the settings give it or the PBX has said it in this run. Whoever cannot be asked shows it
    /// by his first live event.
    pub(crate) async fn learn_zone(&self) {
        let known = self.zone.read().unwrap_or_else(PoisonError::into_inner).clone();
        if known.is_certain || (known.settled && !self.driver.capability().tells_zone) {
            return;
        }
        match self.driver.query(&Query::TimeZone).await {
            Ok(Reply::TimeZone { zone: Some(name), .. }) => self.choose_zone(name).await,
            Ok(_) => {
                tracing::warn!(connection = %self.connection, "the PBX says no time zone that is known by a name");
            }
            Err(error) if error.kind() == ErrorKind::Unsupported => {}
            Err(error) => {
                tracing::info!(connection = %self.connection, kind = ?error.kind(), "the PBX does not say its time zone");
            }
        }
    }

    pub(crate) fn is_zone_settled(&self) -> bool {
        self.zone.read().unwrap_or_else(PoisonError::into_inner).settled
    }

    async fn choose_zone(&self, name: String) {
        let Ok(zone) = TimeZone::get(&name) else { return };
        {
            let mut known = self.zone.write().unwrap_or_else(PoisonError::into_inner);
            let is_known = known.settled && known.zone.iana_name() == Some(name.as_str());
            *known = Zone { zone, settled: true, is_certain: true };
            if is_known {
                return;
            }
        }
        self.keep_text(&zone_key(&self.connection), &name);
        self.decide(Decision::ZoneChosen { zone: name, because: "the PBX says so".to_owned() }).await;
    }
}
