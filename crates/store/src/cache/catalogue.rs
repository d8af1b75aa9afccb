//! What is in the cache, how much, and what was not used for longest.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use calls::RecordingId;

use super::{CacheError, writer::Growing};

const WHOLE: &str = "rec";
const PART: &str = "part";

pub(crate) fn complete_path(folder: &Path, id: &RecordingId) -> PathBuf {
    folder.join(id.as_str()).with_extension(WHOLE)
}

pub(crate) fn part_path(folder: &Path, id: &RecordingId) -> PathBuf {
    folder.join(id.as_str()).with_extension(PART)
}

struct CompleteFile {
    bytes: u64,
    /// Grows with each use of any of them.
    used: u64,
}

/// The recordings of one folder.
#[derive(Default)]
pub(crate) struct Catalogue {
    complete: BTreeMap<RecordingId, CompleteFile>,
    growing: BTreeMap<RecordingId, Arc<Growing>>,
    uses: u64,
}

impl Catalogue {
    /// Reads the folder. Half-written files go, and whole ones too when they cannot be read any more.
    pub(crate) fn load(folder: &Path, readable: bool) -> Result<Self, CacheError> {
        let mut found: Vec<(SystemTime, RecordingId, u64)> = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let extension = path.extension().and_then(|text| text.to_str());
            let id = path.file_stem().and_then(|text| text.to_str()).and_then(|text| text.parse().ok());
            let (Some(extension @ (WHOLE | PART)), Some(id)) = (extension, id) else { continue };
            if extension == PART || !readable {
                std::fs::remove_file(&path)?;
                continue;
            }
            let metadata = path.metadata()?;
            found.push((metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), id, metadata.len()));
        }
        found.sort();
        let mut catalogue = Self::default();
        for (_, id, bytes) in found {
            catalogue.put(&id, bytes);
        }
        Ok(catalogue)
    }

    pub(crate) fn size(&self) -> u64 {
        self.complete.values().map(|kept| kept.bytes).sum()
    }

    pub(crate) fn growing(&self, id: &RecordingId) -> Option<Arc<Growing>> {
        self.growing.get(id).cloned()
    }

    pub(crate) fn begin(&mut self, id: &RecordingId, growing: Arc<Growing>) -> Result<(), CacheError> {
        if self.growing.contains_key(id) {
            return Err(CacheError::Busy);
        }
        self.growing.insert(id.clone(), growing);
        Ok(())
    }

    pub(crate) fn end(&mut self, id: &RecordingId) {
        self.growing.remove(id);
    }

    pub(crate) fn put(&mut self, id: &RecordingId, bytes: u64) {
        self.uses += 1;
        self.complete.insert(id.clone(), CompleteFile { bytes, used: self.uses });
    }

    pub(crate) fn used(&mut self, id: &RecordingId) {
        self.uses += 1;
        if let Some(kept) = self.complete.get_mut(id) {
            kept.used = self.uses;
        }
    }

    pub(crate) fn remove(&mut self, folder: &Path, id: &RecordingId) {
        self.complete.remove(id);
        let path = complete_path(folder, id);
        if let Err(error) = std::fs::remove_file(&path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a cached recording could not be removed");
        }
    }

    /// Removes what was not used for longest until no more than this is left.
    pub(crate) fn evict(&mut self, folder: &Path, max_bytes: u64) {
        let mut size = self.size();
        while size > max_bytes {
            let oldest =
                self.complete.iter().min_by_key(|(_, kept)| kept.used).map(|(id, kept)| (id.clone(), kept.bytes));
            let Some((id, bytes)) = oldest else { return };
            self.remove(folder, &id);
            size -= bytes;
        }
    }
}
