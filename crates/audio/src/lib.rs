//! Recordings as sound: duration, peaks, silence, level, byte to time index.
//!
//! Everything here is a function over a recording's bytes ([`Source`]), which are hostile: lengths are checked, work and
//! memory are bounded, and a panic of the decoder is an error like any other. A recording that was cut short is what is
//! there of it.
//!
//! [`index`] walks MP3 frame headers (or reads a WAV's header) without decoding; [`peaks`] decodes;
//! [`probe`] says whether a file plays at all and if not, why; [`Samples`] turns pieces of a WAV in telephony codings into PCM.

mod classify;
mod decode;
mod error;
mod frame;
mod g711;
mod index;
mod peaks;
mod probe;
mod source;
mod walk;
mod wav;

pub use error::{Error, Reason};
pub use index::{Format, Index, Seek, index};
pub use peaks::{Peaks, Silence, peaks};
pub use probe::{Probe, probe};
pub use source::Source;
pub use wav::{Coding, Samples};

/// Larger recordings are refused: a day of speech fits.
pub const MAX_BYTES: usize = 256 * 1024 * 1024;
