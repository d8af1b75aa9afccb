//! The two windows: the card, made hidden at the start, and main, made when wanted.

pub(crate) mod card;
pub(crate) mod main_window;
