//! What people write about calls.

use calls::{CallId, Fact, FactKind};
use serde_json::Value;
use uuid::Uuid;

use super::Desk;
use crate::{
    archive::off_loop,
    contract::{CallDetails, CallRef, ContractError, ErrorCode, SaveNoteRequest, SaveOutcomeRequest},
    controller::message::Request,
    errors::no_such_call,
    ports::fact_id,
};

/// Letters of a note.
const LONGEST_NOTE: usize = 10_000;

impl Desk {
    /// Keeps a note; an empty text takes back the one that it replaces. Answers the call with it.
    pub async fn save_note(&self, request: SaveNoteRequest) -> Result<CallDetails, ContractError> {
        let call = request.call.clone();
        self.keep_note(request).await?;
        self.call_details(call).await
    }

    pub(super) async fn keep_note(&self, request: SaveNoteRequest) -> Result<(), ContractError> {
        let SaveNoteRequest { call, text, replaces } = request;
        let text = text.trim();
        if text.chars().count() > LONGEST_NOTE {
            return Err(ContractError::invalid("text", "the note is too long: keep it under 10,000 letters"));
        }
        let replaces = match replaces.as_deref().map(Uuid::parse_str) {
            Some(Ok(id)) => Some(id),
            Some(Err(_)) => return Err(ContractError::invalid("replaces", "this is not the id of a note")),
            None if text.is_empty() => return Ok(()),
            None => None,
        };
        let value = if text.is_empty() { Value::Null } else { Value::from(text) };
        self.keep(call, FactKind::Note, replaces, value).await
    }

    /// Keeps how a talk ended, in place of what was said of it before. Answers the call with it.
    pub async fn save_outcome(&self, request: SaveOutcomeRequest) -> Result<CallDetails, ContractError> {
        let call = request.call.clone();
        self.keep_outcome(request).await?;
        self.call_details(call).await
    }

    pub(super) async fn keep_outcome(&self, request: SaveOutcomeRequest) -> Result<(), ContractError> {
        let SaveOutcomeRequest { call, outcome } = request;
        let asked = call.clone();
        let before = off_loop(&self.archive, move |archive| {
            let id: CallId = asked.id.parse().map_err(|_| no_such_call())?;
            let facts = archive.facts(&asked.office, &id)?;
            Ok(facts.iter().rfind(|shown| shown.fact.kind == FactKind::Outcome).map(|shown| shown.fact.id))
        })
        .await?;
        if before.is_none() && outcome.is_none() {
            return Ok(());
        }
        let value = serde_json::to_value(outcome).map_err(|error| {
            ContractError::new(ErrorCode::Internal, format!("an outcome cannot be written: {error}"))
        })?;
        self.keep(call, FactKind::Outcome, before, value).await
    }

    async fn keep(
        &self,
        call: CallRef,
        kind: FactKind,
        replaces: Option<Uuid>,
        value: Value,
    ) -> Result<(), ContractError> {
        let office = self.office(&call.office).await?;
        let about = call.id.parse().map_err(|_| no_such_call())?;
        let id = fact_id(&*self.chance, office.now);
        let fact = Fact { id, kind, author: office.author, at: office.now, call: about, replaces, value };
        if office.replicate {
            // Shown at once, sent as soon as the office takes it: it is one fact however often that is tried.
            self.archive.store.keep_unsent_fact(&call.office, fact).await?;
            office.written.notify_one();
        } else {
            office.office.add_fact(fact).await?;
        }
        self.tell(Request::Touched(call)).await;
        Ok(())
    }
}
