//! The file of a whole recording: magic, wrapped key, sealed chunks, sealed end, length of the end.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    ops::Range,
    path::Path,
};

use calls::RecordingId;
use jiff::Timestamp;
use secrecy::SecretBox;
use serde::{Deserialize, Serialize};

use super::{
    CacheError, RecordingMeta,
    seal::{CHUNK, FileKey, Piece, TAG, WRAPPED},
};
use crate::random::Random;

pub(crate) const MAGIC: &[u8; 8] = b"TRBKREC1";
/// Where the chunks begin.
pub(crate) const CHUNKS_AT: u64 = (MAGIC.len() + WRAPPED) as u64;
/// An end that claims to be longer is not one of ours.
const LONGEST_END: u64 = 8 * 1024 * 1024;
/// Holds a wrapped key by which the cache key is recognised.
const KEY_NOTE: &str = "key";

/// The end of a file: what closes it against being cut short.
#[derive(Serialize, Deserialize)]
pub(crate) struct End {
    pub(crate) length: u64,
    pub(crate) meta: RecordingMeta,
}

/// A whole recording, open for reading.
pub(crate) struct Opened {
    file: File,
    key: FileKey,
    end: End,
}

impl Opened {
    pub(crate) fn open(path: &Path, id: &RecordingId, key: &SecretBox<[u8; 32]>) -> Result<Self, CacheError> {
        let mut file = File::open(path)?;
        let key = read_key(&mut file, id, key)?;
        let length = file.metadata()?.len();
        let mut size = [0; 4];
        let size_at = length.checked_sub(4).ok_or(CacheError::Tampered)?;
        file.seek(SeekFrom::Start(size_at))?;
        file.read_exact(&mut size)?;
        let size = u64::from(u32::from_le_bytes(size));
        let end_at = size_at.checked_sub(size).filter(|at| *at >= CHUNKS_AT && size <= LONGEST_END);
        file.seek(SeekFrom::Start(end_at.ok_or(CacheError::Tampered)?))?;
        let mut sealed = vec![0; size as usize];
        file.read_exact(&mut sealed)?;
        let end = serde_json::from_slice(&key.open(Piece::Meta, &sealed)?).map_err(|_| CacheError::Tampered)?;
        Ok(Self { file, key, end })
    }

    pub(crate) fn length(&self) -> u64 {
        self.end.length
    }

    pub(crate) fn meta(&self) -> &RecordingMeta {
        &self.end.meta
    }

    pub(crate) fn read(&mut self, range: Range<u64>) -> Result<Vec<u8>, CacheError> {
        read_chunks(&mut self.file, &self.key, range, self.end.length)
    }

    /// Lets the next start know when it was used last; a file system that cannot say so only evicts less wisely.
    pub(crate) fn touch(&self, now: Timestamp) {
        let _ = self.file.set_modified(now.into());
    }
}

fn read_key(file: &mut File, id: &RecordingId, key: &SecretBox<[u8; 32]>) -> Result<FileKey, CacheError> {
    let mut head = [0; CHUNKS_AT as usize];
    file.read_exact(&mut head)?;
    let (magic, wrapped) = head.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(CacheError::Tampered);
    }
    FileKey::unwrap(wrapped, key, id.as_str())
}

/// The plain bytes of a range, of a file that has this many plain bytes in sealed chunks.
pub(crate) fn read_chunks(
    file: &mut File,
    key: &FileKey,
    range: Range<u64>,
    length: u64,
) -> Result<Vec<u8>, CacheError> {
    let chunk = CHUNK as u64;
    let (start, end) = (range.start.min(length), range.end.min(length));
    let mut bytes = Vec::with_capacity(end.saturating_sub(start).min(16 * chunk) as usize);
    let mut at = start;
    while at < end {
        let place = at / chunk;
        let from = place * chunk;
        let plain_length = chunk.min(length - from);
        let mut sealed = vec![0; plain_length as usize + TAG];
        file.seek(SeekFrom::Start(CHUNKS_AT + place * (chunk + TAG as u64)))?;
        file.read_exact(&mut sealed)?;
        let plain = key.open(Piece::Chunk(place), &sealed)?;
        let until = end.min(from + plain_length);
        bytes.extend_from_slice(&plain[(at - from) as usize..(until - from) as usize]);
        at = until;
    }
    Ok(bytes)
}

/// Whether the folder was written with this key; a folder without a note was not.
pub(crate) fn key_fits(folder: &Path, key: &SecretBox<[u8; 32]>) -> Result<bool, CacheError> {
    match std::fs::read(folder.join(KEY_NOTE)) {
        Ok(wrapped) => Ok(FileKey::unwrap(&wrapped, key, KEY_NOTE).is_ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Notes the key by which the folder is written from now on.
pub(crate) fn note_key(folder: &Path, key: &SecretBox<[u8; 32]>, random: &dyn Random) -> Result<(), CacheError> {
    Ok(std::fs::write(folder.join(KEY_NOTE), FileKey::new(random)?.wrap(key, KEY_NOTE, random)?)?)
}
