//! Writing a recording as it arrives, while others read what is there.

use std::{
    fmt,
    fs::File,
    io::Write,
    ops::Range,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use calls::RecordingId;

use super::{
    Cache, CacheError, RecordingMeta,
    file::{self, End, MAGIC},
    seal::{CHUNK, FileKey, Piece},
};
use crate::folder;

/// A recording that arrives.
pub(crate) struct Growing {
    key: FileKey,
    progress: Mutex<WriteProgress>,
}

#[derive(Default)]
struct WriteProgress {
    /// Chunks on the disk, all of them full.
    chunks: u64,
    /// What does not fill a chunk yet.
    tail: Vec<u8>,
}

impl WriteProgress {
    fn received(&self) -> u64 {
        self.chunks * CHUNK as u64 + self.tail.len() as u64
    }
}

impl Growing {
    pub(crate) fn received(&self) -> u64 {
        self.progress().received()
    }

    /// The part of a range that has arrived.
    pub(crate) fn read(&self, part: &Path, range: Range<u64>) -> Result<Vec<u8>, CacheError> {
        let (on_disk, mut from_tail) = {
            let progress = self.progress();
            let on_disk = progress.chunks * CHUNK as u64;
            let within = |at: u64| (at.max(on_disk) - on_disk).min(progress.tail.len() as u64) as usize;
            let tail = within(range.start)..within(range.end).max(within(range.start));
            (on_disk, progress.tail[tail].to_vec())
        };
        if range.start >= on_disk {
            return Ok(from_tail);
        }
        let mut bytes = file::read_chunks(&mut File::open(part)?, &self.key, range, on_disk)?;
        bytes.append(&mut from_tail);
        Ok(bytes)
    }

    fn progress(&self) -> MutexGuard<'_, WriteProgress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a recording in. Dropped before [`CacheWriter::finish`] it leaves nothing behind.
pub struct CacheWriter {
    cache: Cache,
    id: RecordingId,
    file: File,
    growing: Arc<Growing>,
}

impl CacheWriter {
    pub(crate) fn begin(cache: Cache, id: &RecordingId) -> Result<Self, CacheError> {
        let key = FileKey::new(&*cache.0.random)?;
        let wrapped = key.wrap(&cache.0.key, id.as_str(), &*cache.0.random)?;
        let growing = Arc::new(Growing { key, progress: Mutex::default() });
        cache.catalogue().begin(id, Arc::clone(&growing))?;
        let made = File::create(cache.part_path(id)).and_then(|mut file| {
            file.write_all(MAGIC)?;
            file.write_all(&wrapped)?;
            Ok(file)
        });
        match made {
            Ok(file) => Ok(Self { cache, id: id.clone(), file, growing }),
            Err(error) => {
                cache.catalogue().end(id);
                Err(error.into())
            }
        }
    }

    /// Takes the next bytes in; they can be read at once.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), CacheError> {
        let mut progress = self.growing.progress();
        if progress.received() + bytes.len() as u64 > self.cache.0.max_bytes {
            return Err(CacheError::TooLarge);
        }
        progress.tail.extend_from_slice(bytes);
        while progress.tail.len() >= CHUNK {
            let sealed = self.growing.key.seal(Piece::Chunk(progress.chunks), &progress.tail[..CHUNK])?;
            self.file.write_all(&sealed)?;
            progress.tail.drain(..CHUNK);
            progress.chunks += 1;
            let left = self.cache.0.max_bytes - progress.received();
            self.cache.catalogue().evict(&self.cache.0.folder, left);
        }
        Ok(())
    }

    /// Bytes taken in so far.
    pub fn received(&self) -> u64 {
        self.growing.received()
    }

    /// The recording is whole: from now on it is in the cache, also after a power cut.
    pub fn finish(mut self, meta: RecordingMeta) -> Result<(), CacheError> {
        let (sealed_tail, length) = {
            let progress = self.growing.progress();
            let tail = match progress.tail.as_slice() {
                [] => Vec::new(),
                tail => self.growing.key.seal(Piece::Chunk(progress.chunks), tail)?,
            };
            (tail, progress.received())
        };
        let end = serde_json::to_vec(&End { length, meta }).map_err(|error| CacheError::Io(error.to_string()))?;
        let end = self.growing.key.seal(Piece::Meta, &end)?;
        self.file.write_all(&sealed_tail)?;
        self.file.write_all(&end)?;
        self.file.write_all(&(end.len() as u32).to_le_bytes())?;
        self.file.sync_all()?;
        let complete = self.cache.complete_path(&self.id);
        std::fs::rename(self.cache.part_path(&self.id), &complete)?;
        folder::sync(&self.cache.0.folder)?;
        let bytes = complete.metadata()?.len();
        let mut catalogue = self.cache.catalogue();
        catalogue.put(&self.id, bytes);
        catalogue.evict(&self.cache.0.folder, self.cache.0.max_bytes.max(bytes));
        Ok(())
    }
}

impl Drop for CacheWriter {
    fn drop(&mut self) {
        self.cache.catalogue().end(&self.id);
        // After `finish` there is no such file any more.
        let _ = std::fs::remove_file(self.cache.part_path(&self.id));
    }
}

impl fmt::Debug for CacheWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheWriter").field("received", &self.received()).finish_non_exhaustive()
    }
}
