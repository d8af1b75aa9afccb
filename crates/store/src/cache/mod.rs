//! Recordings on this machine's disk: bounded, encrypted, readable while they arrive.
//!
//! Each recording is a file of 64 KiB chunks, sealed with XChaCha20-Poly1305 under a key of its own, which is sealed
//! under the cache key. With another cache key nothing here can be read any more, so the cache is emptied.

mod catalogue;
mod error;
mod file;
mod key;
mod seal;
mod writer;

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use calls::{Clock, RecordingId};
use secrecy::SecretBox;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use error::CacheError;
pub use key::{new_key, read_key};
pub use writer::CacheWriter;

use catalogue::Catalogue;
use writer::Growing;

use crate::random::Random;

/// What is kept beside a recording's bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingMeta {
    /// As the player is told: `audio/mpeg`, …
    pub media_type: String,
    /// What else was found out about it (duration, peaks, …), in its finder's words.
    #[serde(default)]
    pub details: Value,
}

/// What the cache holds of a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Bytes that can be read now.
    pub received: u64,
    /// Present once it is whole.
    pub meta: Option<RecordingMeta>,
}

impl Held {
    /// All bytes are there.
    pub fn is_whole(&self) -> bool {
        self.meta.is_some()
    }
}

/// The cache in one folder. Clones share it; one process uses a folder at a time.
#[derive(Clone)]
pub struct Cache(Arc<Shared>);

struct Shared {
    folder: PathBuf,
    key: SecretBox<[u8; 32]>,
    max_bytes: u64,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    catalogue: Mutex<Catalogue>,
}

impl Cache {
    /// Opens the cache, removes what a crash left half written, and empties it if this is not the key that it was
    /// written with.
    pub fn open(
        folder: &Path,
        key: SecretBox<[u8; 32]>,
        max_bytes: u64,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, CacheError> {
        crate::folder::make_private_folder(folder).map_err(CacheError::from_store)?;
        let known = file::key_fits(folder, &key)?;
        let catalogue = Catalogue::load(folder, known)?;
        if !known {
            file::note_key(folder, &key, &*random)?;
        }
        let (folder_name, catalogue) = (folder.to_owned(), Mutex::new(catalogue));
        let cache = Self(Arc::new(Shared { folder: folder_name, key, max_bytes, clock, random, catalogue }));
        cache.catalogue().evict(folder, max_bytes);
        Ok(cache)
    }

    /// Begins to write a recording. Dropped without [`CacheWriter::finish`] it leaves nothing.
    pub fn writer(&self, id: &RecordingId) -> Result<CacheWriter, CacheError> {
        CacheWriter::begin(self.clone(), id)
    }

    /// What is held of a recording; `None` when nothing.
    pub fn held(&self, id: &RecordingId) -> Result<Option<Held>, CacheError> {
        match self.growing(id) {
            Some(growing) => Ok(Some(Held { received: growing.received(), meta: None })),
            None => self.opened(id, |file| Ok(Held { received: file.length(), meta: Some(file.meta().clone()) })),
        }
    }

    /// Bytes of a recording that can be read now; `None` when nothing of it is held.
    pub fn length(&self, id: &RecordingId) -> Result<Option<u64>, CacheError> {
        Ok(self.held(id)?.map(|held| held.received))
    }

    /// What is kept beside a recording; `None` while it is not whole.
    pub fn meta(&self, id: &RecordingId) -> Result<Option<RecordingMeta>, CacheError> {
        Ok(self.held(id)?.and_then(|held| held.meta))
    }

    /// The bytes of a range as far as they are there: fewer at the end, or while the recording arrives.
    pub fn read(&self, id: &RecordingId, range: Range<u64>) -> Result<Vec<u8>, CacheError> {
        if let Some(growing) = self.growing(id) {
            match growing.read(&self.part_path(id), range.clone()) {
                // It became whole, or was given up, between the two looks.
                Err(CacheError::Absent) => {}
                outcome => return outcome,
            }
        }
        self.opened(id, |file| file.read(range))?.ok_or(CacheError::Absent)
    }

    /// Opens a whole recording and counts it as used. What was tampered with is removed.
    fn opened<T>(
        &self,
        id: &RecordingId,
        look: impl FnOnce(&mut file::Opened) -> Result<T, CacheError>,
    ) -> Result<Option<T>, CacheError> {
        let path = self.complete_path(id);
        let outcome = file::Opened::open(&path, id, &self.0.key).and_then(|mut file| {
            let found = look(&mut file)?;
            file.touch(self.0.clock.now());
            Ok(found)
        });
        match outcome {
            Ok(found) => {
                self.catalogue().used(id);
                Ok(Some(found))
            }
            Err(CacheError::Absent) => Ok(None),
            Err(CacheError::Tampered) => {
                self.catalogue().remove(&self.0.folder, id);
                Err(CacheError::Tampered)
            }
            Err(error) => Err(error),
        }
    }

    fn growing(&self, id: &RecordingId) -> Option<Arc<Growing>> {
        self.catalogue().growing(id)
    }

    fn catalogue(&self) -> MutexGuard<'_, Catalogue> {
        self.0.catalogue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn complete_path(&self, id: &RecordingId) -> PathBuf {
        catalogue::complete_path(&self.0.folder, id)
    }

    fn part_path(&self, id: &RecordingId) -> PathBuf {
        catalogue::part_path(&self.0.folder, id)
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("max_bytes", &self.0.max_bytes).finish_non_exhaustive()
    }
}
