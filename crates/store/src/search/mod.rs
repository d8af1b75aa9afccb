//! Search: any part of a number or name, words of notes; newest first, as a scan over all calls would find them.

pub(crate) mod index;
mod plan;
mod run;
pub(crate) mod text;

/// Lower-case words as search sees them, single blanks between them: what is compared with them is folded so, too.
pub fn folded_words(text: &str) -> String {
    text::words([text])
}
