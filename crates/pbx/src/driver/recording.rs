//! Fetches a recording, and tells audio from what servers send instead.

use std::{fmt, pin::Pin};

use bytes::Bytes;
use calls::{Ability, RecordingReference};
use futures_util::{Stream, StreamExt};
use http::header;
use tokio::time::Instant;

use super::{Driver, exchange::text, limit::Priority};
use crate::{
    error::{Error, ErrorKind},
    journal::{JournalEntry, JournalKind, JournalOutcome},
    redact,
    request::{Answer, Request},
    traits::RecordingStep,
    wire_form::WireForm,
};

/// Largest recording, wherever it is fetched or kept: ten hours of speech at 24 kbit/s, two at 128 kbit/s.
pub const LARGEST_RECORDING: u64 = 128 << 20;

/// A recording on its way.
pub struct Download {
    /// HTTP status.
    pub status: u16,
    /// How long the server says it is.
    pub content_length: Option<u64>,
    /// What the server says it is.
    pub content_type: Option<String>,
    /// The audio, piece by piece; ends after the first error. A body that breaks off is an error.
    pub stream: Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("content_length", &self.content_length).finish_non_exhaustive()
    }
}

impl Driver {
    /// Begins to fetch a recording. A link that works once is asked for and used at once.
    pub async fn recording(&self, call: &str, reference: &RecordingReference) -> Result<Download, Error> {
        if !self.abilities(None).can(Ability::Recordings) {
            return Err(Error::unsupported("give recordings"));
        }
        match self.pbx.recording(call, reference, self.clock.now())? {
            RecordingStep::Ask(request) => match self.fetch(&self.link(&request).await?).await {
                // Somebody else may have been quicker with a link that works once; the next one is ours. What the PBX
                // itself says it does not have is not asked for again: it may be a wrong request, which some count.
                Err(error) if error.kind() == ErrorKind::Gone && self.capability().recording_link_once => {
                    self.fetch(&self.link(&request).await?).await
                }
                outcome => outcome,
            },
            RecordingStep::Fetch(request) => self.fetch(&request).await,
        }
    }

    /// What the PBX answers when it is asked for a recording.
    async fn link(&self, request: &Request) -> Result<Request, Error> {
        let answer = self.exchange(request.clone(), Priority::Person).await?;
        self.pbx.read_recording(&answer)
    }

    async fn fetch(&self, request: &Request) -> Result<Download, Error> {
        self.wait_turn(request, Priority::Person).await?;
        let (at, began) = (self.clock.now(), Instant::now());
        let sent = self.prepare(request, LARGEST_RECORDING)?;
        let form = Some(WireForm::of_request(&sent, request.signed));
        let begun = match self.client.download(sent).await {
            Ok(download) => {
                let status = download.status;
                (Some(status), self.judge(&download).map(|()| download))
            }
            Err(error) => (None, Err(Error::from(error))),
        };
        let (status, outcome) = begun;
        // The path of a link is as good as a key.
        let target = redact::target(&request.url, false);
        self.journal.record(JournalEntry {
            status,
            outcome: JournalOutcome::of(&outcome),
            took: began.elapsed(),
            form,
            // Its link is as good as a key, and may work once: it is not kept.
            asks: Some(true),
            ..JournalEntry::new(at, &self.id, JournalKind::Request, request.operation, target)
        });
        let download = outcome?;
        Ok(Download {
            status: download.status,
            content_length: download.content_length,
            content_type: text(&download.headers, header::CONTENT_TYPE),
            stream: Box::pin(download.into_stream().map(|chunk| chunk.map_err(Error::from))),
        })
    }

    /// Whether what came is a recording, and if not, why.
    fn judge(&self, download: &net::Download) -> Result<(), Error> {
        let not_ready = || Err(Error::new(ErrorKind::NotReady, "the recording is still being made"));
        match download.status {
            200 | 203 | 206 => {}
            202 | 204 | 425 => return not_ready(),
            // A link that works once is used up; one that stays has nothing behind it yet.
            404 if !self.capability().recording_link_once => return not_ready(),
            403 if self.capability().recording_link_once => {
                let why = "the recording's link is bound to another address; the PBX must see this computer's requests \
                           come from one address, so check for a second way out or a proxy";
                return Err(Error::new(ErrorKind::Forbidden, why));
            }
            403 | 404 | 410 => {
                return Err(Error::new(ErrorKind::Gone, "the PBX does not have this recording any more"));
            }
            status => {
                let answer =
                    Answer { status, retry_after: None, date: None, location: None, limits: None, body: Bytes::new() };
                return Err(answer.failure().unwrap_or_else(|| super::internal("the PBX answered oddly")));
            }
        }
        match download.content() {
            net::Content::Audio | net::Content::Binary => Ok(()),
            net::Content::Empty | net::Content::Json => not_ready(),
            net::Content::Html | net::Content::Text => {
                Err(Error::new(ErrorKind::NotAudio, "the PBX sent a page instead of the recording"))
            }
        }
    }
}
