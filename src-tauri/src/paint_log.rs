//! When the card was painted, for measurements: one line for each revision in the file that `TRUBKA_PAINT_LOG` names.

use std::{
    fs::File,
    io::Write,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Records which revisions of the card were painted, and when.
#[derive(Debug)]
pub(crate) struct PaintLog {
    log: Option<Mutex<File>>,
    newest: AtomicU32,
}

impl PaintLog {
    /// Writes where `TRUBKA_PAINT_LOG` says, or nowhere.
    pub(crate) fn open() -> Self {
        let log = std::env::var_os("TRUBKA_PAINT_LOG").and_then(|path| {
            File::options()
                .create(true)
                .append(true)
                .open(path)
                .inspect_err(|error| tracing::warn!(%error, "TRUBKA_PAINT_LOG cannot be written"))
                .ok()
        });
        Self { log: log.map(Mutex::new), newest: AtomicU32::new(0) }
    }

    /// The card has painted this revision.
    #[expect(clippy::disallowed_methods, reason = "compared with the clock of the program that measures")]
    pub(crate) fn painted(&self, revision: u32) {
        self.newest.fetch_max(revision, Ordering::Relaxed);
        let Some(log) = &self.log else { return };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
        if let Err(error) = writeln!(log.lock().unwrap_or_else(PoisonError::into_inner), "{now} {revision}") {
            tracing::warn!(%error, "TRUBKA_PAINT_LOG could not be written");
        }
    }

    /// The newest revision that was painted.
    pub(crate) fn newest(&self) -> u32 {
        self.newest.load(Ordering::Relaxed)
    }
}
