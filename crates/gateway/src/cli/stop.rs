//! Waits until the program is told to stop.

/// Waits for an interrupt, or for a service's end.
#[cfg(unix)]
pub(super) async fn told() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    }
}

/// Waits for an interrupt.
#[cfg(not(unix))]
pub(super) async fn told() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
