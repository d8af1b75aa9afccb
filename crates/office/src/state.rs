//! The state that all views of an office share. Whoever works with it uses it; it uses none of them.

use std::sync::{Arc, PoisonError, RwLock};

use store::Store;
use tokio::sync::Semaphore;

use crate::{
    clock::Clock, connections::Connections, journal::StoreJournal, keeper::KeeperHandle, method_counts::MethodCounts,
    originals::Originals, outside::Outside, recordings::Recordings, settings::Directory, status::Board,
};

/// What all views of an office share.
pub(crate) struct OfficeState {
    pub(crate) name: String,
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    /// Another one whenever a connection comes or changes.
    pub(crate) directory: RwLock<Arc<Directory>>,
    pub(crate) keeper: KeeperHandle,
    pub(crate) board: Arc<Board>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) recordings: Arc<Recordings>,
    /// How it is reached from outside.
    pub(crate) outside: RwLock<Arc<Outside>>,
    /// What vendors count.
    pub(crate) method_counts: Arc<MethodCounts>,
    /// Webhooks byte for byte, as far as they are kept.
    pub(crate) originals: Arc<Originals>,
    /// For whoever asks a PBX beside its connection.
    pub(crate) journal: Arc<StoreJournal>,
    /// Whoever reads the store waits here for his turn, and holds no thread meanwhile.
    pub(crate) reads: Semaphore,
    /// The same before that for pages of the catch-up, so that others are not behind all of them.
    pub(crate) pages: Semaphore,
}

impl OfficeState {
    /// How it is reached from outside, as it is now.
    pub(crate) fn outside(&self) -> Arc<Outside> {
        Arc::clone(&self.outside.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The lookups that views of calls need, as they are now.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.read().unwrap_or_else(PoisonError::into_inner))
    }
}
