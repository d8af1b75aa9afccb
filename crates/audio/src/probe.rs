//! Whether a file plays, and if not, why.

use std::ops::ControlFlow;

use serde::Serialize;

use crate::{
    Source, decode,
    error::{Error, Reason},
    index::index,
};

/// Pieces that are decoded before a recording is believed: some seconds of it.
const TRIED: usize = 256;

/// What became of trying a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// It can be played.
    pub plays: bool,
    /// The length of what is there.
    pub duration_ms: u32,
    /// One or two; 0 when it does not play.
    pub channels: u8,
    /// Why it does not play.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl Probe {
    /// A file that does not play.
    pub fn refused(reason: Reason) -> Self {
        Self { plays: false, duration_ms: 0, channels: 0, reason: Some(reason) }
    }
}

/// Tries a recording: where its frames lie, and whether the first of them decode.
pub fn probe(source: &(impl Source + ?Sized)) -> Probe {
    try_out(source).unwrap_or_else(|error| Probe::refused(error.reason))
}

fn try_out(source: &(impl Source + ?Sized)) -> Result<Probe, Error> {
    let index = index(source)?;
    let mut tried = 0;
    decode::pieces(&source, &mut |_| {
        tried += 1;
        if tried < TRIED { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(Probe { plays: true, duration_ms: index.duration_ms(), channels: index.channels(), reason: None })
}
