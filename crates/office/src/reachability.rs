//! The regular look at a PBX that posts to us: whether it takes our requests, and whether its webhooks may be lost.
//!
//! Nothing numbers webhooks, so one that was lost is not missed. What can be told is when one may have been lost: while
//! this program does not run, and while the PBX cannot be reached from here, since what cuts our way to it usually cuts
//! its way to us. Such an outage is a gap from the last sign of life, a good look or a webhook, up to the next one. A
//! PBX with a history fills it once it can be asked ([`crate::gap_filling`]); elsewhere it is closed as a hole. A webhook
//! in the middle of an outage shows that only our requests are lost: until the next good look, that outage opens no
//! further gap.

use std::time::Duration;

use jiff::Timestamp;
use link::wire::{ConnectionState, DownCause};
use pbx::CheckReport;

use crate::{backoff::LONGEST, cause, links::Link, people_refresh::PeopleRefresh, status::SessionStatus};

/// A connection is looked at this often while it works; a quota of 1000 requests is not felt.
const LOOK: Duration = Duration::from_secs(300);
/// In between it is only asked whether it is there at all, which counts towards no quota.
const GLANCE: Duration = Duration::from_secs(15);
/// And it is looked at this often while it is out of reach.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// What is known of the way on which webhooks come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reachability {
    /// Open; nothing can have been lost up to this moment.
    Open { complete: Timestamp },
    /// The PBX is out of reach, or was not reached yet. Nothing was heard of it since this webhook.
    Lost { heard: Option<Timestamp> },
    /// The PBX is out of reach for our requests, but webhooks come.
    Inwards,
}

impl Link {
    /// Looks regularly whether a PBX that posts to us still takes our requests.
    pub(crate) async fn keep_checking(self) {
        if let Some(from) = self.complete_until("").await {
            self.open_gap("", from, "stopped").await;
        }
        let mut known = Reachability::Lost { heard: None };
        let mut waiting = true;
        let mut is_there = true;
        let mut people = PeopleRefresh::now();
        loop {
            let report = self.driver.check().await;
            let status = match (report.ok, waiting) {
                (true, true) => SessionStatus::of(ConnectionState::Waiting),
                (true, false) => SessionStatus::of(ConnectionState::Live),
                (false, _) => SessionStatus::down(cause::of_check(report.reason)),
            };
            if !(report.ok && self.is_live()) {
                self.set("", status).await;
            }
            waiting = false;
            if is_out_of_reach(&report) {
                is_there = true;
                known = self.out_of_reach(known).await;
                tokio::time::sleep(LOOK_AGAIN).await;
            } else {
                if report.ok {
                    self.learn_zone().await;
                }
                known = self.reached().await;
                if report.ok {
                    self.refresh_people(&mut people).await;
                }
                let people = report.ok.then_some(&mut people);
                is_there = self.until_lost_or_due(is_there, next_look(&report), &mut known, people).await;
            }
            self.let_bad_signatures_fade().await;
        }
    }

    /// Waits for the next regular look, or until the PBX that was there is not; answers whether it is. One that works
    /// but answers no glance is only looked at regularly. Where it takes our requests, it is asked who works there meanwhile.
    async fn until_lost_or_due(
        &self,
        mut was_there: bool,
        look: Duration,
        known: &mut Reachability,
        mut people: Option<&mut PeopleRefresh>,
    ) -> bool {
        let due = tokio::time::Instant::now() + look;
        while tokio::time::Instant::now() < due {
            match &mut people {
                Some(people) => self.sleep_refreshing_people(GLANCE, people).await,
                None => tokio::time::sleep(GLANCE).await,
            }
            let is_there = self.driver.is_reachable().await;
            if was_there && !is_there {
                return false;
            }
            was_there = is_there;
            if is_there {
                *known = self.reached().await;
            } else {
                self.stamp_if_complete();
            }
            self.let_bad_signatures_fade().await;
        }
        was_there
    }

    /// The PBX is there, so its webhooks find us from now on.
    async fn reached(&self) -> Reachability {
        let now = self.clock.now();
        if self.has_history() {
            self.begin_to_fill();
        } else {
            self.end_hole(now).await;
        }
        self.stamp_if_complete();
        Reachability::Open { complete: now }
    }

    /// The PBX is out of reach: unless webhooks come all the same, they may be lost.
    async fn out_of_reach(&self, known: Reachability) -> Reachability {
        let heard = self.board.heard_at(&self.connection);
        match known {
            Reachability::Open { complete } => {
                let from = heard.map_or(complete, |heard| heard.max(complete));
                self.end_filling();
                self.open_gap("", from, "unreachable").await;
                Reachability::Lost { heard }
            }
            Reachability::Lost { heard: before } => {
                match heard.filter(|heard| before.is_none_or(|before| *heard > before)) {
                    Some(again) => {
                        if !self.has_history() {
                            self.end_hole(again).await;
                        }
                        self.stamp_if_complete();
                        Reachability::Inwards
                    }
                    None => known,
                }
            }
            Reachability::Inwards => {
                self.stamp_if_complete();
                known
            }
        }
    }

    /// The gap, if there is one, was a hole up to this moment.
    async fn end_hole(&self, until: Timestamp) {
        if self.board.has_gap(&self.connection, "") {
            self.close_gap("", until, Some(until)).await;
            self.keeper.status_changed(&self.connection).await;
        }
    }

    /// Keeps the moment at which this run ends, unless webhooks may have been lost before it.
    pub(crate) fn stamp_at_end(&self) {
        self.stamp_if_complete();
    }

    /// Keeps that everything up to now came, unless something may be missing.
    fn stamp_if_complete(&self) {
        if !self.board.has_gap(&self.connection, "") {
            self.stamp("");
        }
    }

    async fn let_bad_signatures_fade(&self) {
        if self.board.let_bad_signatures_fade(&self.connection, self.clock.now()) {
            self.keeper.status_changed(&self.connection).await;
        }
    }

    fn is_live(&self) -> bool {
        self.board.state(&self.connection) == Some(ConnectionState::Live)
    }
}

/// When a PBX that is there is looked at again. One that refuses our credentials will do so for a while, and each look
/// counts towards a quota; one that is asked too often says when it may be.
pub(crate) fn next_look(report: &CheckReport) -> Duration {
    if report.ok {
        return LOOK;
    }
    match cause::of_check(report.reason) {
        DownCause::Unauthorized | DownCause::RateLimited => {
            LOOK.max(report.retry_after.unwrap_or_default()).min(LONGEST)
        }
        DownCause::Unreachable | DownCause::Protocol | DownCause::Storage | DownCause::BadSignatures => LOOK_AGAIN,
    }
}

/// Whether nobody who can be the PBX answered.
fn is_out_of_reach(report: &CheckReport) -> bool {
    !report.ok && cause::of_check(report.reason) == DownCause::Unreachable
}

#[cfg(test)]
mod tests {
    use calls::Decision;
    use pbx::CheckReason;

    use super::*;
    use crate::testing::{Bench, at};

    /// The holes that were logged, each with its end; open while it has none.
    async fn holes(bench: &Bench) -> Vec<(Timestamp, Option<Timestamp>)> {
        bench.settle().await;
        let mut holes = Vec::new();
        for decision in bench.decisions() {
            if let Decision::GapOpened { session: None, from, .. } = decision {
                holes.push((from, None));
            } else if let Decision::GapClosed { session: None, hole_until, .. } = decision {
                holes.last_mut().expect("was opened").1 = hole_until;
            }
        }
        holes
    }

    #[tokio::test]
    async fn an_outage_is_a_hole_from_the_last_sign_of_life_to_the_next() {
        let bench = Bench::new(pbx::mango_client::MAKE).await;
        let link = &bench.link;
        let known = link.out_of_reach(Reachability::Lost { heard: None }).await;
        assert_eq!(
            (known, holes(&bench).await),
            (Reachability::Lost { heard: None }, Vec::new()),
            "never reached, so nothing is known"
        );
        bench.set(100);
        let known = link.reached().await;
        bench.set(115);
        let known = link.out_of_reach(known).await;
        assert_eq!(holes(&bench).await, [(at(100), None)]);
        bench.set(130);
        link.out_of_reach(known).await;
        bench.set(145);
        link.reached().await;
        assert_eq!(holes(&bench).await, [(at(100), Some(at(145)))]);
        link.reached().await;
        assert_eq!(bench.decisions().len(), 2, "nothing is told while all is well");
    }

    #[tokio::test]
    async fn a_webhook_shows_that_only_our_requests_are_lost() {
        let bench = Bench::new(pbx::mango_client::MAKE).await;
        let link = &bench.link;
        bench.set(100);
        let known = link.reached().await;
        link.board.heard(&link.connection, at(107));
        bench.set(115);
        let known = link.out_of_reach(known).await;
        assert_eq!(holes(&bench).await, [(at(107), None)], "from the last sign of life");
        link.board.heard(&link.connection, at(122));
        bench.set(130);
        let known = link.out_of_reach(known).await;
        assert_eq!(known, Reachability::Inwards);
        assert_eq!(holes(&bench).await, [(at(107), Some(at(122)))]);
        bench.set(145);
        assert_eq!(link.out_of_reach(known).await, Reachability::Inwards);
        assert_eq!(holes(&bench).await.len(), 1, "no further gap in the same outage");
    }

    #[tokio::test]
    async fn a_run_that_ends_in_order_leaves_no_hole() {
        let bench = Bench::new(pbx::mango_vpbx::MAKE).await;
        bench.set(100);
        let known = bench.link.reached().await;
        bench.set(114);
        bench.link.stamp_at_end();
        bench.set(118);
        bench.settle().await;
        assert_eq!(bench.link.complete_until("").await, None, "the next one begins four seconds later");
        bench.link.out_of_reach(known).await;
        bench.set(140);
        bench.link.stamp_at_end();
        bench.settle().await;
        assert_eq!(bench.link.complete_until("").await, Some(at(114)), "in an outage nothing vouches for the end");
    }

    fn report(reason: CheckReason, retry_after: Option<u64>) -> CheckReport {
        CheckReport {
            ok: reason == CheckReason::Works,
            reason,
            detail: String::new(),
            took: Duration::ZERO,
            retry_after: retry_after.map(Duration::from_secs),
            clock_ahead: None,
        }
    }

    #[test]
    fn a_pbx_that_refuses_is_left_alone_for_as_long_as_it_wishes() {
        let cases = [
            (CheckReason::Works, None, LOOK),
            (CheckReason::WrongCredentials, None, LOOK),
            (CheckReason::NotAdmitted, None, LOOK),
            (CheckReason::Busy, None, LOOK),
            (CheckReason::Busy, Some(30), LOOK),
            (CheckReason::Busy, Some(3600), Duration::from_secs(3600)),
            (CheckReason::Busy, Some(u64::MAX), LONGEST),
            (CheckReason::PbxFailed, None, LOOK_AGAIN),
        ];
        for (reason, retry_after, expected) in cases {
            assert_eq!(next_look(&report(reason, retry_after)), expected, "{reason:?} {retry_after:?}");
        }
        assert!(is_out_of_reach(&report(CheckReason::TimedOut, None)));
        assert!(!is_out_of_reach(&report(CheckReason::Busy, None)));
    }
}
