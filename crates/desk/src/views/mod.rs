//! From what offices tell to what pages show.

pub(crate) mod card;
pub(crate) mod connection;
pub(crate) mod controls;
pub(crate) mod details;
pub(crate) mod party;
pub(crate) mod row;
pub(crate) mod timeline;
