//! The zone in which a PBX writes its times, asked of the PBX itself where it tells: before its first webhook is read, and
//! before its history is, which would otherwise lack the newest hours without a word.

use std::sync::PoisonError;

use calls::Decision;
use jiff::tz::TimeZone;
use pbx::{
    ErrorKind,
    query::{Query, Reply},
};

use crate::{connections::Zone, handle::zone_key, links::Link};

impl Link {
    /// Asks for the zone, unless it is known. Whoever cannot be asked shows it by his first live event.
    pub(crate) async fn learn_zone(&self) {
        if self.is_zone_settled() {
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
            // A live event may have shown it meanwhile.
            if known.settled {
                return;
            }
            *known = Zone { zone, settled: true };
        }
        self.keep_text(&zone_key(&self.connection), &name);
        self.decide(Decision::ZoneChosen { zone: name, because: "the PBX says so".to_owned() }).await;
    }
}
