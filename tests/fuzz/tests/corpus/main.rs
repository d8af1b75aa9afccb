//! The inputs of the corpus, and mutations of them, read by each make.

mod mutation;

use std::{env, fs, panic, time::Duration};

use pbx::{MAKES, Make};
use tokio::time::Instant;
use trubka_fuzz::Kind;

use crate::mutation::Mutator;

/// Mutations of each input; more where `TRUBKA_FUZZ_SECONDS` gives each kind of input so long.
const MUTATIONS: usize = 20;
/// Mutations that were understood, which are mutated again.
const MOST_KEPT: usize = 2000;

/// A named input.
type Input = (String, Vec<u8>);

fn inputs(make: Make, kind: Kind) -> Vec<Input> {
    let folder = trubka_fuzz::corpus(make, kind);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut inputs: Vec<Input> = files
        .map(|file| {
            let path = file.expect("an entry").path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            (name, fs::read(&path).expect("is read"))
        })
        .collect();
    inputs.sort();
    inputs
}

/// Reads the bytes, and says which they were where something does not hold.
fn check(make: Make, kind: Kind, name: &str, bytes: &[u8]) -> usize {
    panic::catch_unwind(|| trubka_fuzz::check(make, kind, bytes)).unwrap_or_else(|_| {
        panic!("{make}, {kind}, {name}: {}", String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).escape_debug())
    })
}

fn every_kind() -> impl Iterator<Item = (Make, Kind)> {
    MAKES.iter().flat_map(|make| Kind::of(*make).into_iter().map(|kind| (*make, kind)))
}

#[test]
fn every_input_is_read_and_those_of_events_are_understood() {
    for (make, kind) in every_kind() {
        let inputs = inputs(make, kind);
        assert!(inputs.len() >= 5, "{make}, {kind}: only {} inputs", inputs.len());
        for (name, bytes) in inputs {
            let events = check(make, kind, &name, &bytes);
            assert!(events > 0 || !name.starts_with("event-"), "{make}, {kind}, {name}: no event");
        }
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "whoever gives it time is told what was done in it")]
fn every_mutation_is_read() {
    let seconds = env::var("TRUBKA_FUZZ_SECONDS").ok().map(|seconds| seconds.parse().expect("seconds"));
    let only = env::var("TRUBKA_FUZZ").ok();
    let named = |make: Make, kind: Kind| only.as_ref().is_none_or(|only| *only == format!("{make}/{kind}"));
    for (place, (make, kind)) in every_kind().enumerate().filter(|(_, (make, kind))| named(*make, *kind)) {
        let inputs = inputs(make, kind);
        let all: Vec<Vec<u8>> = inputs.iter().map(|(_, bytes)| bytes.clone()).collect();
        let mut mutator = Mutator::new(place as u64, all.clone());
        for (name, bytes) in &inputs {
            for turn in 0..MUTATIONS {
                check(make, kind, &format!("{name}, mutation {turn}"), &mutator.of(bytes));
            }
        }
        if let Some(seconds) = seconds {
            let read = for_so_long(make, kind, &mut mutator, all, Duration::from_secs(seconds));
            println!("{make}, {kind}: {read} mutations in {seconds} s");
        }
    }
}

/// Mutates the inputs, and what was understood of their mutations, until the time is over; says how many were read.
fn for_so_long(make: Make, kind: Kind, mutator: &mut Mutator, mut from: Vec<Vec<u8>>, time: Duration) -> usize {
    let (began, given) = (Instant::now(), from.len());
    let mut read = 0;
    while began.elapsed() < time {
        let mutated = mutator.of(&from[read % from.len()]);
        let events = check(make, kind, &format!("mutation {read}"), &mutated);
        if events > 0 {
            let place = if from.len() < given + MOST_KEPT { from.len() } else { given + read % MOST_KEPT };
            from.splice(place..(place + 1).min(from.len()), [mutated]);
        }
        read += 1;
    }
    read
}

#[test]
fn what_no_make_reads_in_one_piece_is_read_all_the_same() {
    let deep = |open: &str, close: &str, times: usize| [open.repeat(times), close.repeat(times)].concat().into_bytes();
    let odd: Vec<Vec<u8>> = vec![
        Vec::new(),
        deep("[", "]", 100_000),
        deep("{\"a\":", "}", 20_000),
        deep("[", "", 200_000),
        vec![b'"'; 1 << 16],
        vec![0; 1 << 16],
        vec![0xff; 1 << 16],
        b"&=".repeat(1 << 13),
        b"a=1&".repeat(1 << 12),
        format!("[{}1]", "1.5e308,".repeat(1 << 12)).into_bytes(),
    ];
    for (make, kind) in every_kind() {
        for (place, bytes) in odd.iter().enumerate() {
            check(make, kind, &format!("odd input {place}"), bytes);
        }
    }
}
