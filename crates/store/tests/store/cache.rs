//! The recording cache: round trip, reading while it arrives, tampering, eviction, another key.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use calls::{Clock, RecordingId};
use jiff::Timestamp;
use proptest::prelude::*;
use secrecy::SecretBox;
use store::{Cache, CacheError, RecordingMeta, SystemRandom};

use crate::common::{call_id, folder};

const MIB: u64 = 1024 * 1024;

fn key(byte: u8) -> SecretBox<[u8; 32]> {
    SecretBox::new(Box::new([byte; 32]))
}

fn id(n: u64) -> RecordingId {
    RecordingId::of(&call_id(n), "1")
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n * 7 + n / 251) as u8).collect()
}

fn meta() -> RecordingMeta {
    RecordingMeta { media_type: "audio/mpeg".into(), details: serde_json::json!({ "durationMs": 15000 }) }
}

/// A clock that goes a second further each time it is looked at.
#[derive(Debug, Default)]
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + self.0.fetch_add(1, Ordering::Relaxed)).expect("in range")
    }
}

fn open(folder: &Path, byte: u8, max_bytes: u64) -> Cache {
    Cache::open(folder, key(byte), max_bytes, Arc::new(Ticking::default()), Arc::new(SystemRandom)).expect("opens")
}

fn put(cache: &Cache, n: u64, content: &[u8]) {
    let mut writer = cache.writer(&id(n)).expect("begins");
    for piece in content.chunks(10_007) {
        writer.write(piece).expect("taken");
    }
    writer.finish(meta()).expect("whole");
}

fn file_of(folder: &Path, n: u64) -> PathBuf {
    folder.join(format!("{}.rec", id(n)))
}

#[test]
fn what_goes_in_comes_out_also_after_a_restart_and_is_not_plain_on_the_disk() {
    let folder = folder();
    let content = bytes(200_000);
    put(&open(folder.path(), 1, 10 * MIB), 1, &content);
    let cache = open(folder.path(), 1, 10 * MIB);
    assert_eq!(cache.read(&id(1), 0..u64::MAX).expect("reads"), content);
    assert_eq!(cache.meta(&id(1)), Ok(Some(meta())));
    let held = cache.held(&id(1)).expect("reads").expect("held");
    assert!(held.is_whole());
    assert_eq!(held.received, 200_000);
    let on_disk = std::fs::read(file_of(folder.path(), 1)).expect("there");
    assert!(!on_disk.windows(16).any(|window| window == &content[..16]));
    assert_eq!(cache.held(&id(2)), Ok(None));
    assert_eq!(cache.read(&id(2), 0..1), Err(CacheError::Absent));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn any_range_is_what_it_is_in_the_plain_bytes(
        length in prop_oneof![0_usize..200_000, Just(65_536), Just(131_072), Just(65_535)],
        ranges in prop::collection::vec((0_u64..220_000, 0_u64..220_000), 1..12),
        whole in any::<bool>(),
    ) {
        let folder = folder();
        let cache = open(folder.path(), 1, 10 * MIB);
        let content = bytes(length);
        let mut writer = cache.writer(&id(1)).expect("begins");
        writer.write(&content).expect("taken");
        let writer = if whole { writer.finish(meta()).expect("whole"); None } else { Some(writer) };
        for (a, b) in ranges {
            let range = a.min(b)..a.max(b);
            let expected = &content[(range.start as usize).min(length)..(range.end as usize).min(length)];
            prop_assert_eq!(cache.read(&id(1), range).expect("reads"), expected);
        }
        prop_assert_eq!(cache.held(&id(1)).expect("reads").expect("held").received, length as u64);
        drop(writer);
    }
}

#[test]
fn a_writer_that_gives_up_or_dies_leaves_nothing() {
    let folder = folder();
    let cache = open(folder.path(), 1, 10 * MIB);
    let mut writer = cache.writer(&id(1)).expect("begins");
    writer.write(&bytes(100_000)).expect("taken");
    assert_eq!(cache.writer(&id(1)).expect_err("one at a time"), CacheError::Busy);
    drop(writer);
    assert_eq!(cache.held(&id(1)), Ok(None));

    let mut writer = cache.writer(&id(1)).expect("begins again");
    writer.write(&bytes(100_000)).expect("taken");
    // As a crash leaves it: no destructor runs.
    std::mem::forget(writer);
    let cache = open(folder.path(), 1, 10 * MIB);
    assert_eq!(cache.held(&id(1)), Ok(None));
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).expect("lists").map(|e| e.expect("entry").file_name()).collect();
    assert_eq!(names, vec!["key"]);
}

#[test]
fn a_changed_byte_anywhere_is_noticed_and_the_entry_removed() {
    let folder = folder();
    let cache = open(folder.path(), 1, 10 * MIB);
    let length = {
        put(&cache, 1, &bytes(100_000));
        file_of(folder.path(), 1).metadata().expect("there").len() as usize
    };
    for place in [0, 8, 40, 90, 70_000, length - 30, length - 3] {
        put(&cache, 1, &bytes(100_000));
        let path = file_of(folder.path(), 1);
        let mut changed = std::fs::read(&path).expect("there");
        changed[place] ^= 1;
        std::fs::write(&path, changed).expect("tampered");
        assert_eq!(cache.read(&id(1), 0..100_000), Err(CacheError::Tampered), "{place}");
        assert!(!path.exists(), "{place}");
        assert_eq!(cache.held(&id(1)), Ok(None), "{place}");
    }
    // Cut short, or another recording's file under this name.
    put(&cache, 1, &bytes(100_000));
    let whole = std::fs::read(file_of(folder.path(), 1)).expect("there");
    std::fs::write(file_of(folder.path(), 1), &whole[..70_000]).expect("cut");
    assert_eq!(cache.read(&id(1), 0..1), Err(CacheError::Tampered));
    std::fs::write(file_of(folder.path(), 2), &whole).expect("swapped");
    assert_eq!(cache.read(&id(2), 0..1), Err(CacheError::Tampered));
}

#[test]
fn what_was_not_used_for_longest_goes_first() {
    let folder = folder();
    let cache = open(folder.path(), 1, 250_000);
    put(&cache, 1, &bytes(80_000));
    put(&cache, 2, &bytes(80_000));
    put(&cache, 3, &bytes(80_000));
    cache.read(&id(1), 0..10).expect("used");
    put(&cache, 4, &bytes(80_000));
    let held = |n| cache.held(&id(n)).expect("reads").is_some();
    assert!(held(1) && !held(2) && held(3) && held(4));
    assert!(size(folder.path()) <= 250_000);
    let mut writer = cache.writer(&id(5)).expect("begins");
    assert_eq!(writer.write(&bytes(250_001)), Err(CacheError::TooLarge));
}

#[test]
fn another_key_empties_the_cache() {
    let folder = folder();
    put(&open(folder.path(), 1, MIB), 1, &bytes(1000));
    let cache = open(folder.path(), 2, MIB);
    assert_eq!(cache.held(&id(1)), Ok(None));
    assert!(!file_of(folder.path(), 1).exists());
    put(&cache, 1, &bytes(1000));
    let cache = open(folder.path(), 2, MIB);
    assert_eq!(cache.read(&id(1), 0..1000).expect("reads"), bytes(1000));
}

#[test]
fn a_smaller_limit_is_kept_from_the_start() {
    let folder = folder();
    let cache = open(folder.path(), 1, MIB);
    put(&cache, 1, &bytes(1000));
    put(&cache, 2, &bytes(1000));
    drop(cache);
    let cache = open(folder.path(), 1, 1500);
    assert!(size(folder.path()) <= 1500);
    drop(cache);
}

/// Bytes of the recordings in the cache of this folder.
fn size(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).expect("readable").map(|entry| entry.expect("an entry"));
    let whole = files.filter(|file| file.path().extension().is_some_and(|extension| extension == "rec"));
    whole.map(|file| file.metadata().expect("there").len()).sum()
}
