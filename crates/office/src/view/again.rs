//! An entry of the request journal once more: a question that is asked again, a webhook that is read again.

use std::time::Duration;

use calls::{Effect, VendorEvent};
use link::{
    OfficeError, OfficeErrorKind,
    wire::{
        AskedAgain, AuditAction, EventMeaning, JournalAgain, JournalDirection, JournalLine, JournalVerdict, ReadAgain,
        ReadEvent, Reading,
    },
};
use pbx::Original;

use super::{View, storage, trace::party_of};
use crate::{
    journal_body::{JournalBody, failure, of_status, reason, verdict},
    mask::without_numbers,
};

impl View {
    /// Whether an entry can be had once more.
    pub(super) fn again(&self, line: &JournalLine, body: &JournalBody) -> JournalAgain {
        match (line.direction, body.asks, &body.form) {
            (JournalDirection::Outgoing, Some(false), _) => return JournalAgain::Changes,
            (JournalDirection::Outgoing, None, _) | (JournalDirection::Incoming, _, None) => {
                return JournalAgain::Nothing;
            }
            (JournalDirection::Outgoing, Some(true), _) | (JournalDirection::Incoming, _, Some(_)) => {}
        }
        if line.connection.as_ref().and_then(|id| self.office.connections.get(id)).is_none() {
            return JournalAgain::NoConnection;
        }
        match self.office.originals.get(line.id) {
            Some(Original::Question(_)) => JournalAgain::Ask,
            Some(Original::Webhook { .. }) => JournalAgain::Read,
            None => JournalAgain::NotKept,
        }
    }

    /// Asks the question of an entry once more.
    pub(super) async fn ask_again(&self, id: i64) -> Result<AskedAgain, OfficeError> {
        self.admins_only()?;
        let (line, body) = self.entry(id).await?;
        let again = self.again(&line, &body);
        let connection = line.connection.as_ref().and_then(|id| self.office.connections.get(id));
        let (Some(connection), Some(Original::Question(question))) = (connection, self.office.originals.get(id)) else {
            return Err(not_again(again));
        };
        let entry = self.noted(AuditAction::RepeatedRequest, &format!("journal {id}"), line.method);
        self.office.store.audit(entry).await.map_err(|error| storage(&error))?;
        let asked = connection.driver.ask_again(&question).await;
        // Its row is handed in by now: once this is written, whoever looks sees it.
        self.office.store.journal(Vec::new()).await.map_err(|error| storage(&error))?;
        let ms = |took: Duration| u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
        Ok(match asked {
            Ok(answer) => AskedAgain {
                failed: answer.status >= 400,
                reason: of_status(answer.status, false),
                status: Some(answer.status),
                took_ms: ms(answer.took),
                received: answer.received.as_deref().map(without_numbers),
            },
            Err(error) => AskedAgain {
                failed: true,
                reason: Some(failure(error.kind())),
                status: None,
                took_ms: 0,
                received: None,
            },
        })
    }

    /// Reads the webhook of an entry once more, with the keys and the zone of now.
    pub(super) async fn read_again(&self, id: i64) -> Result<ReadAgain, OfficeError> {
        self.admins_only()?;
        let (line, body) = self.entry(id).await?;
        let again = self.again(&line, &body);
        let connection = line.connection.as_ref().and_then(|id| self.office.connections.get(id));
        let (Some(connection), Some(Original::Webhook { request, told })) = (connection, self.office.originals.get(id))
        else {
            return Err(not_again(again));
        };
        let entry = self.noted(AuditAction::ReplayedWebhook, &format!("journal {id}"), line.method.clone());
        self.office.store.audit(entry).await.map_err(|error| storage(&error))?;
        let read = connection.driver.read_again(&request, &connection.context(line.at));
        let before = Reading {
            method: line.method,
            verdict: line.verdict,
            reason: line.reason.filter(|_| is_refusal(line.verdict)),
            events: told.iter().map(event).collect(),
        };
        let now = Reading {
            method: without_numbers(&read.operation),
            verdict: verdict(&read.outcome),
            reason: reason(&read.outcome),
            events: read.events.iter().map(event).collect(),
        };
        Ok(ReadAgain { before, now })
    }
}

/// What was answered is left out: it says nothing of what a webhook means.
fn is_refusal(verdict: JournalVerdict) -> bool {
    match verdict {
        JournalVerdict::Refused | JournalVerdict::Stray => true,
        JournalVerdict::Done
        | JournalVerdict::Signed
        | JournalVerdict::Unsigned
        | JournalVerdict::AddressChecked
        | JournalVerdict::NotUnderstood
        | JournalVerdict::Failed => false,
    }
}

/// Why an entry cannot be had once more in the way that was asked for.
fn not_again(again: JournalAgain) -> OfficeError {
    let (kind, message) = match again {
        JournalAgain::Ask => (OfficeErrorKind::Unsupported, "this is a question of ours: ask it again instead"),
        JournalAgain::Read => (OfficeErrorKind::Unsupported, "this is a webhook: read it again instead"),
        JournalAgain::Changes => {
            (OfficeErrorKind::Unsupported, "this may change something at the PBX, so it is not sent again")
        }
        JournalAgain::Nothing => (OfficeErrorKind::Unsupported, "nothing of this kind can be had again"),
        JournalAgain::NotKept => {
            (OfficeErrorKind::Gone, "it is not kept as it was any more, so it cannot be had again")
        }
        JournalAgain::NoConnection => (OfficeErrorKind::Gone, "its connection is not there any more"),
    };
    OfficeError::new(kind, message)
}

fn event(event: &VendorEvent) -> ReadEvent {
    ReadEvent {
        kind: without_numbers(&event.raw_kind),
        call: event.call.as_deref().map(without_numbers),
        vendor_time: event.time.as_ref().map(|time| time.utc),
        party: event.effects.iter().find_map(party_of).as_deref().map(without_numbers),
        meanings: event.effects.iter().map(meaning).collect(),
    }
}

fn meaning(effect: &Effect) -> EventMeaning {
    match effect {
        Effect::CallCreated { .. } => EventMeaning::CallCreated,
        Effect::CallUpdated { .. } => EventMeaning::CallUpdated,
        Effect::LegOffered { .. } => EventMeaning::Offered,
        Effect::LegQueued { .. } => EventMeaning::Queued,
        Effect::LegRinging { .. } => EventMeaning::Ringing,
        Effect::LegAnswered { .. } => EventMeaning::Answered,
        Effect::LegHeld { .. } => EventMeaning::Held,
        Effect::LegRetrieved { .. } => EventMeaning::Retrieved,
        Effect::LegCleared { .. } => EventMeaning::Cleared,
        Effect::LegReplaced { .. } => EventMeaning::Replaced,
        Effect::TransferStarted => EventMeaning::TransferStarted,
        Effect::Dtmf { .. } => EventMeaning::Dtmf,
        Effect::RouteResult { .. } => EventMeaning::RouteResult,
        Effect::CommandResult { .. } => EventMeaning::CommandResult,
        Effect::RecordingStarted => EventMeaning::RecordingStarted,
        Effect::RecordingAvailable { .. } => EventMeaning::RecordingAvailable,
        Effect::NotRecorded => EventMeaning::NotRecorded,
        Effect::Attributed { .. } => EventMeaning::Attributed,
        Effect::CallEnded { .. } => EventMeaning::CallEnded,
        Effect::Unknown { .. } => EventMeaning::Unknown,
    }
}
