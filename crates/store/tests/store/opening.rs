//! New, clean, unclean, damaged, newer, in use.

use std::process::Command;

use rusqlite::Connection;
use store::{Appended, Durability, Error, ErrorKind, Opened, Options, Store, SystemRandom};

use crate::common::{connection, entry, folder, open};

#[test]
fn a_folder_is_new_then_clean() {
    let folder = folder();
    let store = open(&folder);
    assert_eq!(store.opened(), &Opened::New);
    let epoch = store.epoch().to_owned();
    assert_eq!(epoch.len(), 16);
    store.close();
    let store = open(&folder);
    assert_eq!(store.opened(), &Opened::Clean);
    assert_eq!(store.epoch(), epoch);
}

#[test]
fn what_was_copied_while_it_ran_is_unclean() {
    let (running, copy) = (folder(), folder());
    let store =
        Store::open_in(running.path(), Options { durability: Durability::Normal, ..Options::owner("x", SystemRandom) })
            .expect("opens");
    store.append(vec![entry("rt1", Some("k"), "a")]).wait().expect("stored");
    for name in ["trubka.db", "trubka.db-wal"] {
        std::fs::copy(running.path().join(name), copy.path().join(name)).expect("copied");
    }
    let store = open(&copy);
    assert_eq!(store.opened(), &Opened::Unclean);
    assert_eq!(store.read_from(&connection("rt1"), 0, 10).expect("reads").len(), 1);
}

#[test]
fn one_owner_at_a_time_and_guests_beside_it() {
    let folder = folder();
    let owner = open(&folder);
    let second = Store::open_in(folder.path(), Options::owner("x", SystemRandom)).expect_err("in use");
    assert_eq!(second.kind(), ErrorKind::InUse);
    let guest = Store::open_in(folder.path(), Options::guest(SystemRandom)).expect("a guest may");
    assert_eq!(guest.opened(), &Opened::Beside);
    guest.set_setting("language", "ru").wait().expect("a guest writes");
    assert_eq!(owner.setting("language").expect("reads").as_deref(), Some("ru"));
    guest.close();
    owner.close();
    assert_eq!(open(&folder).opened(), &Opened::Clean);
}

#[test]
fn two_handles_give_each_entry_one_place() {
    let folder = folder();
    let owner = open(&folder);
    let guest = Store::open_in(folder.path(), Options::guest(SystemRandom)).expect("a guest may");
    let writers: Vec<_> = [owner.clone(), guest.clone()]
        .into_iter()
        .map(|store| {
            std::thread::spawn(move || {
                for n in 0..50 {
                    store.append(vec![entry("rt1", Some(&format!("k{n}")), "a")]).wait().expect("stored");
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().expect("no panic");
    }
    assert_eq!(owner.read_from(&connection("rt1"), 0, 1000).expect("reads").len(), 50);
    assert_eq!(guest.head_seq().expect("reads"), 50);
}

#[test]
fn a_guest_may_come_first() {
    let folder = folder();
    let guest = Store::open_in(folder.path(), Options::guest(SystemRandom)).expect("makes what is missing");
    guest.set_setting("a", "b").wait().expect("writes");
    guest.close();
    let owner = open(&folder);
    assert_eq!(owner.opened(), &Opened::New);
    assert_eq!(owner.setting("a").expect("reads").as_deref(), Some("b"));
}

#[test]
fn a_newer_schema_is_left_as_it_is() {
    let folder = folder();
    open(&folder).close();
    let path = folder.path().join("trubka.db");
    let raw = Connection::open(&path).expect("opens");
    raw.execute_batch("PRAGMA user_version = 999; PRAGMA journal_mode = DELETE;").expect("set");
    drop(raw);
    let before = std::fs::read(&path).expect("reads");
    for options in [Options::owner("x", SystemRandom), Options::guest(SystemRandom)] {
        let error = Store::open_in(folder.path(), options).expect_err("refused");
        assert!(matches!(error, Error::NewerSchema { found: 999, .. }), "{error}");
        assert!(error.to_string().contains("install the newer version"), "{error}");
    }
    assert_eq!(std::fs::read(&path).expect("reads"), before);
}

#[test]
fn a_damaged_file_is_set_aside_and_a_new_one_begun() {
    let folder = folder();
    let store = open(&folder);
    let epoch = store.epoch().to_owned();
    store.close();
    let path = folder.path().join("trubka.db");
    std::fs::write(&path, vec![0x5a; 8192]).expect("damaged");
    let store = open(&folder);
    let aside = folder.path().join("trubka.db.damaged-20260301-120000");
    assert_eq!(store.opened(), &Opened::SetAside(aside.clone()));
    assert_eq!(std::fs::read(&aside).expect("kept"), vec![0x5a; 8192]);
    assert_ne!(store.epoch(), epoch);
    assert_eq!(store.append(vec![entry("rt1", None, "a")]).wait(), Ok(vec![Appended::New(1)]));
}

#[test]
fn damage_that_is_met_later_is_acted_upon_at_the_next_start() {
    let folder = folder();
    let store = open(&folder);
    // Short enough that each lies in one page: a page that is no page any more is what SQLite notices.
    let text = "x".repeat(400);
    store.append((0..2000).map(|_| entry("rt1", None, &text)).collect()).wait().expect("stored");
    store.close();
    let path = folder.path().join("trubka.db");
    let mut bytes = std::fs::read(&path).expect("reads");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 32 * 1024].fill(0x5a);
    std::fs::write(&path, bytes).expect("damaged");
    let store = open(&folder);
    assert_eq!(store.opened(), &Opened::Clean, "the damage is deeper than a start looks");
    assert_eq!(store.read_from(&connection("rt1"), 0, 10_000), Err(Error::Damaged));
    store.close();
    assert!(matches!(open(&folder).opened(), Opened::SetAside(_)));
    assert_eq!(open(&folder).opened(), &Opened::Clean, "only once");
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_look_into_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let inner = folder.path().join("data");
    Store::open_in(&inner, Options::owner("x", SystemRandom)).expect("opens");
    assert_eq!(inner.metadata().expect("there").permissions().mode() & 0o777, 0o700);
}

#[test]
fn an_older_copy_that_was_put_back_is_another_log() {
    let folder = folder();
    let store = open(&folder);
    store.append(vec![entry("rt1", None, "a")]).wait().expect("stored");
    let epoch = store.epoch().to_owned();
    store.close();
    let file = folder.path().join("trubka.db");
    let copy = std::fs::read(&file).expect("reads");

    let store = open(&folder);
    store.append(vec![entry("rt1", None, "b")]).wait().expect("stored");
    store.witness_head().expect("noted");
    store.close();
    let store = open(&folder);
    assert_eq!(store.epoch(), epoch, "the same log, as long as it was");
    store.close();

    std::fs::write(&file, copy).expect("writes");
    let store = open(&folder);
    assert_ne!(store.epoch(), epoch);
    let epoch = store.epoch().to_owned();
    store.close();
    assert_eq!(open(&folder).epoch(), epoch, "told once");
}

/// A disk of 3 MiB: needs the right to mount, which containers and plain users may lack.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_stores_nothing_and_later_writes_work_again() {
    let folder = folder();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"])
        .arg(folder.path())
        .status()
        .is_ok_and(|status| status.success());
    if !mounted {
        return;
    }
    let outcome = std::panic::catch_unwind(|| fill_and_free(&folder));
    let unmounted = Command::new("umount").arg(folder.path()).status().expect("umount runs");
    assert!(unmounted.success());
    outcome.expect("the disk filled and freed");
}

#[cfg(target_os = "linux")]
fn fill_and_free(folder: &tempfile::TempDir) {
    let ballast = folder.path().join("ballast");
    std::fs::write(&ballast, vec![0; 1024 * 1024]).expect("fits");
    let store = open(folder);
    let long = "x".repeat(100_000);
    let mut stored = 0;
    let refused = (0..100).find_map(|n| {
        let outcome = store.append(vec![entry("rt1", Some(&n.to_string()), &long)]).wait();
        stored += u64::from(outcome.is_ok());
        outcome.err()
    });
    assert_eq!(refused, Some(Error::Full));
    std::fs::remove_file(&ballast).expect("frees");
    store.append(vec![entry("rt1", Some("after"), "small")]).wait().expect("there is space again");
    let all = store.read_from(&connection("rt1"), 0, 1000).expect("reads");
    assert_eq!(all.len() as u64, stored + 1);
    store.close();
}
