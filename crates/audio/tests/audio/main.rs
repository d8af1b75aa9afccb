//! Recordings as PBXs send them: whole, joined, cut short, tagged, in telephony codings, or no recordings at all.

mod cases;
mod common;
mod hostile;
mod mp3;
mod program;
mod wav;
