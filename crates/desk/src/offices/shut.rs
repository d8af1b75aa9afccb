//! An office that cannot be used now.

use async_trait::async_trait;
use calls::{CallId, CommandId, RecordingId};
use link::{
    ByteRange, FrameStream, Office, OfficeError, OfficeErrorKind, RecordingPart,
    wire::{CommandView, Cursor, Fact, PeaksView, PlaceCall, Trace},
};

/// Stands for an office whose token or address is missing: it does nothing and says so.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shut;

fn shut<T>() -> Result<T, OfficeError> {
    Err(OfficeError::new(OfficeErrorKind::Unreachable, "This office needs another token or address; see the settings."))
}

#[async_trait]
impl Office for Shut {
    async fn stream(&self, _: Option<Cursor>) -> Result<FrameStream, OfficeError> {
        shut()
    }

    async fn place_call(&self, _: PlaceCall) -> Result<CommandView, OfficeError> {
        shut()
    }

    async fn command(&self, _: CommandId) -> Result<Option<CommandView>, OfficeError> {
        shut()
    }

    async fn trace(&self, _: &CallId) -> Result<Option<Trace>, OfficeError> {
        shut()
    }

    async fn add_fact(&self, _: Fact) -> Result<(), OfficeError> {
        shut()
    }

    async fn recording(&self, _: &RecordingId, _: ByteRange) -> Result<RecordingPart, OfficeError> {
        shut()
    }

    async fn peaks(&self, _: &RecordingId) -> Result<PeaksView, OfficeError> {
        shut()
    }
}
