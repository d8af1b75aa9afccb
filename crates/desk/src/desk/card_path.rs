//! Why a call had a card or none.

use calls::number::national;
use jiff::tz::TimeZone;
use link::wire::{Call, CardDecision, CardRule};

use super::Desk;
use crate::{
    archive::{Archive, off_loop},
    contract::{
        CallRef, CardPath, CardPathRequest, CardsReport, CardsTodayRequest, ContractError, ErrorCode, Hop, HopPlace,
        HopState, NoCard,
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
    let cause = cause(&decision, &kept);
    let hop = |place, state, at| Hop { place, state, at, took_ms: None, seq: None };
    let before = [HopPlace::Pbx, HopPlace::Signature, HopPlace::Log, HopPlace::Office];
    let mut hops: Vec<Hop> = before.map(|place| hop(place, HopState::Passed, None)).into();
    hops.push(hop(HopPlace::Desk, HopState::Passed, Some(decision.decided_at)));
    let shown = if cause.is_none() { HopState::Passed } else { HopState::Stopped };
    hops.push(hop(HopPlace::Card, shown, decision.painted_at));
    Ok(CardPath { desk: None, hops, cause, others: Vec::new(), events: Vec::new() })
}

fn cause(decision: &CardDecision, call: &Call) -> Option<NoCard> {
    Some(match decision.rule {
        CardRule::Shown => return None,
        CardRule::NoPlace => NoCard::NoPlace,
        CardRule::InMenu => NoCard::OnlyInMenu,
        CardRule::Late => NoCard::Late { by_ms: None },
        CardRule::RingsOthers => NoCard::RangOthers {
            who: call.legs.iter().filter(|leg| leg.is_agent()).filter_map(|leg| leg.name.clone()).collect(),
        },
        CardRule::AnsweredFirst => NoCard::AnsweredFirst,
        CardRule::PlacedOnPhone => NoCard::PlacedOnPhone,
        CardRule::RangTooLong => NoCard::RangTooLong,
        CardRule::Over => NoCard::Over,
    })
}
