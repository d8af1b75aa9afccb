//! Dialling: what would be dialled, then the call.

use std::collections::BTreeSet;

use calls::number::{DialWarning, Dialable, NumberingPlan};

use super::{Desk, act::asks_to_transfer};
use crate::{
    archive::off_loop,
    contract::{ContractError, DialPreview, PlaceCallRequest, PlacedView, PreviewDialRequest},
    controller::message::Request,
    last_talk::last_talk,
    views::party::region,
};

/// What is longer than this is no number; main says so of its beginning.
const LONGEST_LINK: usize = 200;
/// Newest calls with a number that are looked through for a name.
const LOOK_BACK: usize = 20;

impl Desk {
    /// What a text would dial, and how. Dials nothing.
    pub async fn preview_dial(&self, request: PreviewDialRequest) -> Result<DialPreview, ContractError> {
        let now = self.ask(Request::DialConnections).await?;
        let extensions: BTreeSet<String> = now.extensions.into_iter().collect();
        let plan = NumberingPlan::russia().with_extensions(extensions);
        let dialable = Dialable::read_in(&request.text, &plan)
            .map_err(|error| ContractError::invalid("text", error.to_string()))?;
        let digits = dialable.number.digits.clone();
        let known = off_loop(&self.archive, move |archive| {
            let calls = archive.with_number(&digits, LOOK_BACK)?;
            let name = calls.into_iter().find_map(|kept| kept.call.customer.name);
            Ok((name, last_talk(archive, &digits, None)?))
        });
        let (name, last_talk) = known.await?;
        Ok(DialPreview {
            name,
            asks: dialable.asks() || dialable.warnings.contains(&DialWarning::International),
            asks_to_transfer: asks_to_transfer(&dialable),
            region: region(&dialable.number.digits),
            last_talk,
            number: dialable.number,
            display: dialable.display,
            warnings: dialable.warnings,
            other: dialable.other,
            connections: now.connections,
        })
    }

    /// Calls. The same command answers the same call and acts once.
    pub async fn place_call(&self, request: PlaceCallRequest) -> Result<PlacedView, ContractError> {
        self.ask(|reply| Request::PlaceCall { request, reply }).await?
    }

    /// A number came from another program (`tel:`, `callto:`, `sip:`): main opens, shows it and asks. Never dials.
    pub async fn dial_link(&self, text: String) {
        let text = text.trim().chars().filter(|letter| !letter.is_control()).take(LONGEST_LINK).collect();
        self.tell(Request::DialLink(text)).await;
    }
}
