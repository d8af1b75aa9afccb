//! A sign of life, for whoever restarts what is dead. It tells nothing else, so it asks for no token.

/// Alive.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}
