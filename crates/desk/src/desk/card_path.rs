//! Why a call had a card or none.

use calls::number::national;
use jiff::tz::TimeZone;
use link::wire::{Call, CardDecision, CauseDetails};

use super::Desk;
use crate::{
    archive::{Archive, off_loop},
    contract::{
        CallRef, CardPath, CardPathRequest, CardsReport, CardsTodayRequest, ContractError, ErrorCode, Hop, HopPlace,
        NoCard,
    },
    controller::HERE,
    errors::no_such_call,
};

impl Desk {
    /// The way of a call from the PBX to a card. While the office is out of reach this desk says what it did itself.
    pub async fn card_path(&self, request: CardPathRequest) -> Result<CardPath, ContractError> {
        let CardPathRequest { call, desk } = request;
        let office = self.office(&call.office).await?;
        if !office.reachable {
            return off_loop(&self.archive, move |archive| known_here(archive, &call)).await;
        }
        let id = call.id.parse().map_err(|_| no_such_call())?;
        let path = office.office.card_path(&id, desk.as_deref()).await?;
        path.ok_or_else(no_such_call)
    }

    /// How the calls of today came to cards.
    pub async fn cards_today(&self, request: CardsTodayRequest) -> Result<CardsReport, ContractError> {
        let office = self.office(&request.office).await?;
        let zone: TimeZone = self.clock.zone();
        let midnight = office.now.to_zoned(zone).start_of_day().map_err(|_| {
            ContractError::new(ErrorCode::Internal, "the beginning of this day cannot be told in the computer's zone")
        })?;
        let mut report = office.office.cards_since(midnight.timestamp()).await?;
        // Numbers are shown as people write them.
        for caller in report.without.iter_mut().filter_map(|without| without.customer.as_mut()) {
            if caller.starts_with('+') {
                *caller = national(caller);
            }
        }
        Ok(report)
    }
}

/// What this desk decided, with no word of what was before it.
fn known_here(archive: &Archive, call: &CallRef) -> Result<CardPath, ContractError> {
    let kept = archive.call(&call.office, &call.id)?;
    let rows = archive.store.card_decisions(&call.office, &kept.id)?;
    let decision = rows.into_iter().find(|row| row.viewer == HERE);
    let decision: Option<CardDecision> = decision.and_then(|row| serde_json::from_str(&row.body).ok());
    let away = || ContractError::new(ErrorCode::Unreachable, "the office is out of reach, and this desk noted nothing");
    let decision = decision.ok_or_else(away)?;
    let cause = NoCard::by_rule(decision.rule, &KnownHere(&kept));
    let stop = cause.as_ref().map(NoCard::stopped_at);
    let hops = HopPlace::ALL.map(|place| {
        let at = match place {
            HopPlace::Pbx | HopPlace::Signature | HopPlace::Log | HopPlace::Office => None,
            HopPlace::Desk => Some(decision.decided_at),
            HopPlace::Card => decision.painted_at,
        };
        // It came to this desk, so it came to all places before.
        Hop { place, state: place.state(stop, true), at, took_ms: None, seq: None }
    });
    Ok(CardPath { desk: None, hops: hops.into(), clock_off: false, cause, others: Vec::new(), events: Vec::new() })
}

/// A call of which this desk knows only what it was told.
struct KnownHere<'a>(&'a Call);

impl CauseDetails for KnownHere<'_> {
    fn late(&self) -> NoCard {
        NoCard::Late { by_ms: None }
    }

    fn rang_others(&self) -> NoCard {
        let who = self.0.legs.iter().filter(|leg| leg.is_agent()).filter_map(|leg| leg.name.clone());
        NoCard::RangOthers { who: who.collect() }
    }
}
