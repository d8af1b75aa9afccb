//! Where a thread may wait for the database.

/// In builds for development, panics in a task of the runtime: its thread would do nothing else while it waits. Threads for
/// blocking work may wait, and so may a program that drives nothing but what it waits for (the command line, a test's body).
#[track_caller]
pub(crate) fn check() {
    if cfg!(debug_assertions) && tokio::task::try_id().is_some() {
        let (sender, ready) = tokio::sync::oneshot::channel::<()>();
        drop(sender);
        // Refuses to run where blocking is forbidden; otherwise it is over at once.
        let _ = ready.blocking_recv();
    }
}

#[cfg(test)]
mod tests {
    use crate::{Options, Store, SystemRandom};

    #[tokio::test]
    async fn a_task_that_would_wait_for_the_database_is_stopped_and_one_that_has_it_read_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open_in(folder.path(), Options::owner("t", SystemRandom)).expect("opens");
        let (blocks, waits, asks) = (store.clone(), store.clone(), store.clone());
        let blocked = tokio::spawn(async move { blocks.setting("x") }).await;
        assert!(blocked.is_err_and(|error| error.is_panic()), "it was read on the runtime's own thread");
        let waited = tokio::spawn(async move { waits.set_setting("x", "y").wait() }).await;
        assert!(waited.is_err_and(|error| error.is_panic()), "its write was waited for on the runtime's own thread");
        let read = tokio::spawn(async move { asks.reading(|store| store.setting("x")).await }).await;
        assert!(read.expect("goes on").is_ok());
        assert!(tokio::task::spawn_blocking(move || store.setting("x")).await.expect("goes on").is_ok());
    }
}
