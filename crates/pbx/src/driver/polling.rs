//! Asks a PBX that tells nothing by itself: the make's state machine decides, this carries out.

use jiff::tz::TimeZone;

use super::{Driver, limit::Priority};
use crate::{
    error::Error,
    poll::{Found, HeldCall, PollStart, Poller},
};

impl Driver {
    /// What asks the PBX again and again; `None` where its events come to us.
    pub fn poller(&self, held: Vec<HeldCall>, zone: TimeZone, is_zone_settled: bool) -> Option<Box<dyn Poller>> {
        self.pbx.poller(PollStart { held, zone, is_zone_settled, now: self.moment() })
    }

    /// Waits until the next question is due, asks it, and says what the answer shows.
    pub async fn poll(&self, poller: &mut dyn Poller) -> Result<Found, Error> {
        let (due, request) = poller.due();
        tokio::time::sleep_until(due.into()).await;
        let asked = self.moment();
        let answer = self.exchange(request, Priority::Background).await;
        poller.read(answer.as_ref(), asked, self.moment())
    }
}
