//! The inputs of the corpus, and mutations of them, read by each make.

mod mutation;

use std::{fs, panic};

use pbx::{MAKES, Make};
use trubka_fuzz::Kind;

use crate::mutation::Mutator;

/// Mutations of each input; the fuzzer makes more.
const MUTATIONS: usize = 20;

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
fn every_mutation_is_read() {
    for (place, (make, kind)) in every_kind().enumerate() {
        let inputs = inputs(make, kind);
        let all = inputs.iter().map(|(_, bytes)| bytes.clone()).collect();
        let mut mutator = Mutator::new(place as u64, all);
        for (name, bytes) in &inputs {
            for turn in 0..MUTATIONS {
                let mutated = mutator.of(bytes);
                check(make, kind, &format!("{name}, mutation {turn}"), &mutated);
            }
        }
    }
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
