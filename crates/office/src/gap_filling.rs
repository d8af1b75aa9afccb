//! Fills the times in which webhooks may have been lost from what the PBX tells afterwards of calls that are over.
//!
//! What is read is told as kept by the PBX, so it rings nobody. A call that came live is not told again. Where the PBX
//! keeps no history, or does not give it, the time is closed as a hole.

use std::{collections::BTreeMap, panic::AssertUnwindSafe, sync::PoisonError, time::Duration};

use calls::{CallId, CallResult, CallState, Direction, Effect, LogEvent, RecordingId, Source, VendorEvent, VendorTime};
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use link::wire::Call;
use pbx::{DecodeContext, Error, ErrorKind, HistoryCall, Span};

use crate::{links::Link, rows};

/// A call that was on when the gap began may have ended in it.
const BEFORE: SignedDuration = SignedDuration::from_hours(1);
/// Waits between tries; after the last the time is a hole.
const TRIES: [Duration; 5] = [
    Duration::from_secs(60),
    Duration::from_secs(300),
    Duration::from_secs(900),
    Duration::from_secs(1800),
    Duration::from_secs(3600),
];
/// Calls that are told together.
const TOGETHER: usize = 100;

impl Link {
    /// Whether a gap can be filled afterwards.
    pub(crate) fn has_history(&self) -> bool {
        self.driver.history_reaches(self.clock.now()).is_some()
    }

    /// Fills the connection's gap, if there is one, unless that is being done already.
    pub(crate) fn begin_to_fill(&self) {
        let Some(since) = self.board.gap(&self.connection, "") else { return };
        // A history may be written in the account's time: until the zone is known its calls would be dated wrongly.
        if !self.is_zone_settled() && !self.driver.capability().history_without_zone {
            return;
        }
        // The task may not hold what ends it.
        let link = Self { filling: Default::default(), ..self.clone() };
        self.filling.begin(async move { link.fill(since).await });
    }

    /// The PBX is out of reach again: what is missing is read from the beginning of the gap once it is not.
    pub(crate) fn end_filling(&self) {
        self.filling.end();
    }

    async fn fill(&self, since: Timestamp) {
        let mut waits = TRIES.iter();
        loop {
            // Webhooks come from now on.
            let until = self.clock.now();
            let reaches = self.driver.history_reaches(until).unwrap_or(until);
            let hole = match self.read_missed(since.max(reaches), until).await {
                Ok(()) => (since < reaches).then_some(reaches),
                Err(error) => {
                    tracing::warn!(connection = %self.connection, kind = ?error.kind(), "the PBX's history cannot be read");
                    if let Some(wait) = waits.next().filter(|_| may_pass(&error)) {
                        tokio::time::sleep(*wait).await;
                        continue;
                    }
                    Some(until)
                }
            };
            self.close_gap("", until, hole).await;
            self.stamp_at("", until);
            self.keeper.status_changed(&self.connection).await;
            return;
        }
    }

    /// Reads the calls of this time and tells those that are not known.
    pub(crate) async fn read_missed(&self, from: Timestamp, until: Timestamp) -> Result<(), Error> {
        counted(self.read_all(from, until)).await
    }

    async fn read_all(&self, from: Timestamp, until: Timestamp) -> Result<(), Error> {
        let span = Span { from: from.checked_sub(BEFORE).unwrap_or(from), to: until };
        let context = self.history_context(until);
        let mut history = self.driver.history(span, &context)?;
        let (mut total, mut told) = (0, 0);
        while let Some(mut calls) = history.next().await? {
            total += calls.len();
            while !calls.is_empty() {
                let rest = calls.split_off(calls.len().min(TOGETHER));
                told += self.tell_missed(std::mem::replace(&mut calls, rest)).await?;
            }
        }
        tracing::info!(connection = %self.connection, total, told, "the PBX's history was read for a time without events");
        Ok(())
    }

    /// How a history that is read now is understood.
    pub(crate) fn history_context(&self, now: Timestamp) -> DecodeContext {
        let zone = self.zone.read().unwrap_or_else(PoisonError::into_inner).zone.clone();
        DecodeContext { received_at: now, zone, source: Source::Replay }
    }

    /// Tells what is not known of these calls, and has those asked about of which not enough is; how many had news.
    pub(crate) async fn tell_missed(&self, mut calls: Vec<HistoryCall>) -> Result<usize, Error> {
        calls.iter_mut().for_each(|call| self.people.name(&mut call.events));
        let link = self.clone();
        // Each call is looked up in the database.
        let looking_up = tokio::task::spawn_blocking(move || {
            let missed = |call: HistoryCall| (link.missed(&call), call);
            calls.into_iter().map(missed).filter(|(events, _)| !events.is_empty()).collect()
        });
        let missed: Vec<(Vec<VendorEvent>, HistoryCall)> = looking_up
            .await
            .map_err(|_| Error::new(ErrorKind::Internal, "what was read could not be compared with what is stored"))?;
        let told = missed.len();
        let (mut events, calls): (Vec<_>, Vec<_>) = missed.into_iter().unzip();
        for (events, call) in events.iter_mut().zip(&calls) {
            let id = CallId::of_vendor(&self.connection, &call.call);
            if let Some(held) = self.keeper.call(&self.connection, &id).await {
                by_known_keys(events, &held);
            }
        }
        let events = events.into_iter().flatten().map(LogEvent::Vendor).collect();
        if self.keeper.tell(&self.connection, self.clock.now(), events).await.is_err() {
            return Err(Error::new(ErrorKind::Internal, "what was read could not be stored"));
        }
        self.details.ask(calls.iter().filter(|call| call.needs_details));
        Ok(told)
    }

    /// What of this call did not come live. Of one that did, at most how it went, and its recordings: its times are known
    /// better.
    fn missed(&self, call: &HistoryCall) -> Vec<VendorEvent> {
        let id = CallId::of_vendor(&self.connection, &call.call);
        let row = self.store.get(&self.office, &id).ok().flatten();
        let known = row.as_ref().and_then(rows::call).filter(|known| {
            let has_result = known.result.is_some_and(|result| result != CallResult::Unknown);
            let has_direction = known.direction != Direction::Unknown;
            known.state == CallState::Ended && !known.partial && has_result && has_direction
        });
        let Some(known) = known else { return call.events.clone() };
        let says_as_much = matches!(known.result, Some(CallResult::Voicemail | CallResult::Fax));
        let end = call.events.last().filter(|_| call.says_more && !says_as_much);
        let recordings = call.events.iter().filter_map(|event| unknown_recordings(&known, event));
        end.cloned().into_iter().chain(recordings).map(|event| at_end(&known, event)).collect()
    }
}

/// A history may have no ids of its legs. Where the beginning of the call came live, a phone that was told of then is the
/// same leg, by its extension: otherwise the call would show it twice.
fn by_known_keys(events: &mut [VendorEvent], held: &calls::Call) {
    let is_known = |key: &str| held.legs.iter().any(|leg| leg.make_key() == key);
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    for leg in events.iter_mut().flat_map(|event| &mut event.effects).filter_map(Effect::leg_mut) {
        if is_known(&leg.key) {
            continue;
        }
        if !renamed.contains_key(&leg.key) {
            let own = |known: &&calls::Leg| known.extension.is_some() && known.extension == leg.extension;
            let [known] = held.legs.iter().filter(own).collect::<Vec<_>>()[..] else { continue };
            // A phone that rang again is told by another leg.
            if renamed.values().any(|key| key == known.make_key()) {
                continue;
            }
            renamed.insert(leg.key.clone(), known.make_key().to_owned());
        }
        if let Some(key) = renamed.get(&leg.key) {
            leg.key.clone_from(key);
        }
    }
}

/// The recordings that an event tells of and that the call lacks. What was told of a call live may lack them: they are
/// often made only after its end.
fn unknown_recordings(known: &Call, event: &VendorEvent) -> Option<VendorEvent> {
    let unknown = |effect: &Effect| {
        let Effect::RecordingAvailable { reference } = effect else { return None };
        let id = RecordingId::of(&known.id, reference.as_str());
        known.recordings.iter().all(|recording| recording.id != id).then(|| (id.to_string(), effect.clone()))
    };
    let (ids, effects): (Vec<String>, Vec<Effect>) = event.effects.iter().filter_map(unknown).unzip();
    if effects.is_empty() {
        return None;
    }
    // The same event may have been told before, when the PBX had no such recording yet.
    let dedupe_key = format!("{} recordings {}", event.dedupe_key, ids.join(" "));
    Some(VendorEvent { dedupe_key, raw_kind: "history recording".to_owned(), effects, ..event.clone() })
}

/// The event, at the end of the call that is known.
fn at_end(known: &Call, event: VendorEvent) -> VendorEvent {
    let time = event.time.clone().zip(known.ended_at).map(|(time, ended)| VendorTime { utc: ended, ..time });
    VendorEvent { time, ..event }
}

/// What came of reading. One that panics has failed like any other, so the next try is made in its time.
async fn counted(reading: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    let panicked = |_| Err(Error::new(ErrorKind::Internal, "reading the history failed inside"));
    AssertUnwindSafe(reading).catch_unwind().await.unwrap_or_else(panicked)
}

/// Whether the same may be answered later.
pub(crate) fn may_pass(error: &Error) -> bool {
    let never = matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::NotFound | ErrorKind::Forbidden);
    // What was wrong once is wrong again, and some PBXs lock out whoever repeats it.
    !never && !matches!(error.kind(), ErrorKind::InvalidRequest { .. })
}

#[cfg(test)]
mod tests {
    use calls::{Decision, RecordingReference};

    use super::*;
    use crate::testing::{Bench, at};

    fn leg() -> calls::LegRef {
        calls::LegRef {
            key: "101".into(),
            role: calls::LegRole::Agent,
            extension: Some("101".into()),
            number: None,
            name: None,
            alias: None,
            caller: None,
        }
    }

    fn created() -> Effect {
        let direction = calls::Direction::Incoming;
        Effect::CallCreated { direction, customer: Default::default(), line: Default::default() }
    }

    fn ended(result: Option<CallResult>) -> Effect {
        Effect::CallEnded { result, reason: None }
    }

    /// An event of this second.
    fn event(key: &str, call: &str, second: i64, effects: Vec<Effect>) -> VendorEvent {
        let time = VendorTime { raw: String::new(), utc: at(second), zone: Some("UTC".into()) };
        VendorEvent { time: Some(time), ..Bench::event(key, Some(call), effects) }
    }

    fn history(call: &str, result: CallResult, says_more: bool) -> HistoryCall {
        let begins = event(&format!("history begin {call}"), call, 0, vec![created()]);
        let ends = event(&format!("history end {call}"), call, 0, vec![ended(Some(result))]);
        let events = [begins, ends].map(|event| VendorEvent { source: Source::Replay, ..event });
        HistoryCall { call: call.into(), events: events.into(), says_more, needs_details: false }
    }

    #[tokio::test]
    async fn what_came_live_is_not_told_again_but_for_how_it_went() {
        let bench = Bench::new(pbx::rostelecom::MAKE).await;
        bench.set(30);
        let events = [
            event("1", "talk", 0, vec![created()]),
            event("2", "talk", 5, vec![Effect::LegAnswered { leg: leg() }]),
            event("3", "talk", 30, vec![ended(None)]),
            event("4", "message", 1, vec![created()]),
            event("5", "message", 20, vec![Effect::LegCleared { leg: leg(), cause: Default::default(), reason: None }]),
            event("6", "message", 21, vec![ended(None)]),
            event("7", "open", 2, vec![created(), Effect::LegRinging { leg: leg() }]),
            event("8", "only its end", 3, vec![ended(None)]),
        ];
        let told = events.into_iter().map(LogEvent::Vendor).collect();
        let link = &bench.link;
        link.keeper.tell(&link.connection, at(30), told).await.expect("stored");
        let missed = |call: &str, says_more| link.missed(&history(call, CallResult::Voicemail, says_more));
        assert_eq!(missed("talk", false), [], "everything of it is known");
        let unknown_direction = Effect::CallCreated {
            direction: Direction::Unknown,
            customer: Default::default(),
            line: Default::default(),
        };
        let half_read = [
            event("9", "half read", 0, vec![unknown_direction]),
            event("10", "half read", 9, vec![Effect::LegAnswered { leg: leg() }, ended(Some(CallResult::Answered))]),
        ];
        let told = half_read.into_iter().map(LogEvent::Vendor).collect();
        link.keeper.tell(&link.connection, at(30), told).await.expect("stored");
        for unknown in ["open", "only its end", "half read", "another"] {
            assert_eq!(missed(unknown, false).len(), 2, "{unknown}");
        }
        let call = || {
            let row = link.store.get("test", &CallId::of_vendor(&link.connection, "message")).expect("readable");
            rows::call(&row.expect("there")).expect("a call")
        };
        let before = call();
        assert_eq!((before.result, before.ended_at), (Some(CallResult::Missed), Some(at(21))));
        let more = missed("message", true);
        assert_eq!(more.len(), 1);
        let told = more.into_iter().map(LogEvent::Vendor).collect();
        link.keeper.tell(&link.connection, at(40), told).await.expect("stored");
        let after = call();
        assert_eq!((after.result, after.ended_at), (Some(CallResult::Voicemail), before.ended_at));
        assert_eq!(missed("message", true), [], "it is told once");
    }

    #[tokio::test]
    async fn a_recording_that_was_made_in_a_gap_comes_to_the_call_that_is_known() {
        let bench = Bench::new(pbx::rostelecom::MAKE).await;
        let link = &bench.link;
        let talk = [
            event("1", "talk", 0, vec![created()]),
            event("2", "talk", 5, vec![Effect::LegAnswered { leg: leg() }]),
            event("3", "talk", 30, vec![ended(None)]),
        ];
        bench.set(30);
        link.keeper.tell(&link.connection, at(30), talk.map(LogEvent::Vendor).into()).await.expect("stored");
        let recorded = |name: &str| {
            let mut told = history("talk", CallResult::Answered, false);
            let reference = RecordingReference::Id(name.into());
            told.events.last_mut().expect("an end").effects.push(Effect::RecordingAvailable { reference });
            told
        };
        let known = || {
            let row = link.store.get("test", &CallId::of_vendor(&link.connection, "talk")).expect("readable");
            rows::call(&row.expect("there")).expect("a call")
        };
        let before = known();
        for (name, news, all) in [("talk", 1, 1), ("talk", 0, 1), ("second part", 1, 2)] {
            assert_eq!(link.tell_missed(vec![recorded(name)]).await, Ok(news), "{name}");
            assert_eq!(known().recordings.len(), all, "{name}");
        }
        let after = known();
        assert_eq!(
            (after.result, after.ended_at, after.answered_at),
            (before.result, before.ended_at, before.answered_at)
        );
    }

    #[tokio::test]
    async fn a_phone_that_was_told_of_live_is_shown_once_when_the_history_has_no_ids() {
        let bench = Bench::new(pbx::rostelecom::MAKE).await;
        let link = &bench.link;
        bench.set(2);
        let live = calls::LegRef { key: "live/1".into(), ..leg() };
        let began = event("1", "talk", 0, vec![created(), Effect::LegRinging { leg: live }]);
        link.keeper.tell(&link.connection, at(2), vec![LogEvent::Vendor(began)]).await.expect("stored");
        let told_leg =
            |key: &str, extension: &str| calls::LegRef { key: key.into(), extension: Some(extension.into()), ..leg() };
        let mut told = history("talk", CallResult::Answered, false);
        told.events[0].effects.extend([
            Effect::LegRinging { leg: told_leg("past/101/0", "101") },
            Effect::LegAnswered { leg: told_leg("past/101/0", "101") },
            Effect::LegRinging { leg: told_leg("past/102/0", "102") },
        ]);
        bench.set(60);
        assert_eq!(link.tell_missed(vec![told]).await, Ok(1));
        let row = link.store.get("test", &CallId::of_vendor(&link.connection, "talk")).expect("readable");
        let call = rows::call(&row.expect("there")).expect("a call");
        let phones: Vec<_> = call.legs.iter().filter_map(|leg| leg.extension.as_deref()).collect();
        assert_eq!(phones, ["101", "102"], "{:?}", call.legs);
    }

    #[tokio::test]
    async fn a_gap_that_a_history_may_fill_is_no_hole_yet() {
        let bench = Bench::new(pbx::rostelecom::MAKE).await;
        let link = &bench.link;
        assert!(link.has_history());
        bench.set(0);
        link.open_gap("", at(0), "stopped").await;
        bench.set(100);
        link.begin_to_fill();
        bench.settle().await;
        let closed = |bench: &Bench| bench.decisions().iter().any(|it| matches!(it, Decision::GapClosed { .. }));
        assert!(
            !closed(&bench) && link.board.has_gap(&link.connection, ""),
            "its PBX is out of reach, and asked again"
        );
        link.end_filling();
        assert_eq!(link.board.gap(&link.connection, ""), Some(at(0)), "the next try begins where the gap does");
    }

    #[tokio::test]
    async fn a_reading_that_panics_has_failed_and_is_tried_again() {
        let failed = counted(async { panic!("a slip of ours") }).await.expect_err("failed");
        assert!(may_pass(&failed), "{failed}");
        assert_eq!(counted(async { Ok(()) }).await, Ok(()));
    }

    #[test]
    fn a_method_that_is_not_there_is_not_asked_again() {
        for (kind, again) in [
            (ErrorKind::NotFound, false),
            (ErrorKind::Unsupported, false),
            (ErrorKind::Forbidden, false),
            (ErrorKind::InvalidRequest { field: "request" }, false),
            (ErrorKind::Transport, true),
            (ErrorKind::NotReady, true),
            (ErrorKind::RateLimited { retry_after: None }, true),
        ] {
            assert_eq!(may_pass(&Error::new(kind, "")), again, "{kind:?}");
        }
    }
}
