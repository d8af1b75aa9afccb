//! Scripts of the makes and what they end in.

mod mango;
mod rostelecom;

use calls::{BookSettings, EndCause};

use crate::office::Entry;

/// A golden script.
pub(crate) struct Script {
    pub(crate) name: &'static str,
    pub(crate) settings: BookSettings,
    pub(crate) entries: Vec<Entry>,
    /// The calls, once everything that is waited for has come.
    pub(crate) calls: &'static [&'static str],
}

pub(crate) fn all() -> Vec<Script> {
    rostelecom::scripts().into_iter().chain(mango::scripts()).collect()
}

const NORMAL: EndCause = EndCause::Normal;
