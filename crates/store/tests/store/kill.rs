//! A process that is killed while it writes loses nothing that it said was stored, and stores nothing twice.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
    time::Duration,
};

use calls::{Decision, LogEvent};
use store::{Durability, Opened, Options, Store, SystemRandom};

use crate::common::{connection, entry, folder, open};

const FOLDER: &str = "TRUBKA_TEST_KILLED_FOLDER";
const FIRST: &str = "TRUBKA_TEST_KILLED_FIRST";
const NORMAL: &str = "TRUBKA_TEST_KILLED_NORMAL";

/// Only does something as the child of the test below: writes from several threads and says what is stored.
#[test]
fn child_that_is_killed() {
    let (Ok(folder), Ok(first)) = (std::env::var(FOLDER), std::env::var(FIRST)) else { return };
    let first: u64 = first.parse().expect("a number");
    let durability = if std::env::var_os(NORMAL).is_some() { Durability::Normal } else { Durability::Full };
    let options = Options { durability, ..Options::owner("x", SystemRandom) };
    let store = Store::open_in(folder.as_ref(), options).expect("opens");
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let store = store.clone();
            std::thread::spawn(move || {
                for n in (first + writer..).step_by(4) {
                    let key = n.to_string();
                    // Sent twice, as a PBX does.
                    let both = [0, 1].map(|_| store.append(vec![entry("rt1", Some(&key), &key)]).send());
                    for answer in both {
                        answer.wait().expect("stored");
                    }
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "stored {n}").and_then(|()| out.flush()).expect("the parent listens");
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().expect("no panic");
    }
}

#[test]
fn kill_during_writes_loses_and_doubles_nothing() {
    let folder = folder();
    let mut said = BTreeSet::new();
    for round in 0..5_u64 {
        let mut command = Command::new(std::env::current_exe().expect("this test"));
        // A killed process loses nothing in either durability: what it wrote is the system's already.
        if round % 2 == 1 {
            command.env(NORMAL, "1");
        }
        let mut child = command
            .args(["--exact", "kill::child_that_is_killed", "--nocapture", "--test-threads=1"])
            .env(FOLDER, folder.path())
            .env(FIRST, (round * 1_000_000).to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut seen = 0;
        let wanted = 50 + round * 37;
        while let Some(Ok(line)) = lines.next() {
            // The harness may have written before it on the same line.
            let Some((_, n)) = line.split_once("stored ") else { continue };
            said.insert(n.parse::<u64>().expect("a number"));
            seen += 1;
            if seen == wanted {
                std::thread::sleep(Duration::from_millis(round));
                child.kill().expect("killed");
            }
        }
        child.wait().expect("ended");
        assert!(seen >= wanted, "the child wrote");

        let store = open(&folder);
        assert_eq!(store.opened(), &Opened::Unclean);
        let mut there = BTreeSet::new();
        for stored in store.read_from(&connection("rt1"), 0, usize::MAX >> 1).expect("reads") {
            let stored = stored.expect("is readable");
            let LogEvent::Decision(Decision::ZoneChosen { zone, .. }) = stored.event else { panic!("not ours") };
            assert!(there.insert(zone.parse::<u64>().expect("a number")), "twice: {zone}");
        }
        let lost: Vec<_> = said.difference(&there).collect();
        assert!(lost.is_empty(), "lost: {lost:?}");
    }
}
