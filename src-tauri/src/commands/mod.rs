//! What pages may ask. Each receives, forwards and answers; what is done stands in the crate `desk`.

pub(crate) mod card;
pub(crate) mod main_window;
pub(crate) mod program;
