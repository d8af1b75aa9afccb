//! What a person has done once more to see what comes of it now: a question that is asked again, a webhook that is read
//! again.

use std::time::Duration;

use calls::VendorEvent;
use tokio::time::Instant;

use super::{Driver, limit::Patience, said};
use crate::{
    error::{Error, ErrorKind},
    journal::JournalOutcome,
    request::Request,
    webhook::{DecodeContext, WebhookRequest},
};

/// The answer to a question that was asked again.
#[derive(Debug)]
pub struct AskedAgain {
    /// HTTP status.
    pub status: u16,
    /// How long it took, the wait for its turn included.
    pub took: Duration,
    /// The answer as it may be kept; nothing where it is empty, or carries passwords.
    pub received: Option<String>,
}

/// What a webhook says with the keys and settings of now.
#[derive(Debug)]
pub struct ReadAgain {
    /// What the request journal would call it.
    pub operation: String,
    /// How it would come out.
    pub outcome: JournalOutcome,
    /// What it tells; nothing where it is refused, or tests our address.
    pub events: Vec<VendorEvent>,
}

impl Driver {
    /// Asks a question once more, signed anew and counted like any other; soon or not at all. What may change something at
    /// the PBX is refused.
    pub async fn ask_again(&self, question: &Request) -> Result<AskedAgain, Error> {
        if !question.asks {
            let why = "this may change something at the PBX, so it is not sent again";
            return Err(Error::new(ErrorKind::Unsupported, why).before_sending());
        }
        let began = Instant::now();
        let answer = self.exchange_once(question, Patience::of_command(began)).await?;
        let received = if question.has_passwords { None } else { self.redactor.body(&answer.body) };
        Ok(AskedAgain { status: answer.status, took: began.elapsed(), received })
    }

    /// Reads a webhook once more. Nothing else comes of it: it is not noted, and nobody is told.
    pub fn read_again(&self, request: &WebhookRequest, context: &DecodeContext) -> ReadAgain {
        let decoded = self.read_webhook(request, context);
        let test = decoded.as_ref().ok().and_then(|decoded| self.test_in(decoded));
        let (operation, outcome) = said(request, &decoded, test.as_ref());
        let events = decoded.map(|decoded| decoded.events).ok().filter(|_| test.is_none()).unwrap_or_default();
        ReadAgain { operation, outcome, events }
    }
}
