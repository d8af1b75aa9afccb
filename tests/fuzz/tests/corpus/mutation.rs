//! What becomes of bytes on their way, or by somebody's hand; the same for the same seed.

use std::ops::Range;

use fastrand::Rng;

/// Pieces that readers stumble over.
const PIECES: [&str; 33] = [
    "null",
    "true",
    "{}",
    "[]",
    "\"\"",
    "-1",
    "0",
    "1.5",
    "1e999",
    "-0.0",
    "00",
    "18446744073709551616",
    "1772442000.25",
    "99999999999999999999",
    "\"",
    "\\",
    "\\u0000",
    "\\ud83d",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "é",
    "%",
    "%zz",
    "%00",
    "&",
    "=",
    "+",
    "\r\n\r\n",
    "[[[[[[[[[[[[[[[[",
    "{\"a\":",
    "2026-03-29 02:30:00",
    "2026-10-25 02:30:00",
];
/// Changes that are made to one input.
const MOST_CHANGES: usize = 4;
/// Nothing that a test makes is longer.
const LONGEST: usize = 1 << 16;

/// Makes mutations of the inputs that it was given.
pub(crate) struct Mutator {
    chance: Rng,
    inputs: Vec<Vec<u8>>,
}

impl Mutator {
    pub(crate) fn new(seed: u64, inputs: Vec<Vec<u8>>) -> Self {
        Self { chance: Rng::with_seed(seed), inputs }
    }

    /// A mutation of an input.
    pub(crate) fn of(&mut self, input: &[u8]) -> Vec<u8> {
        let mut bytes = input.to_vec();
        for _ in 0..self.chance.usize(1..=MOST_CHANGES) {
            self.change(&mut bytes);
            bytes.truncate(LONGEST);
        }
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let part = self.part(bytes.len());
        match self.chance.u8(..9) {
            0 if !bytes.is_empty() => {
                let place = self.chance.usize(..bytes.len());
                bytes[place] ^= 1 << self.chance.u8(..8);
            }
            1 if !bytes.is_empty() => {
                let place = self.chance.usize(..bytes.len());
                bytes[place] = self.chance.u8(..);
            }
            2 => drop(bytes.drain(part)),
            3 => {
                let again = bytes[part.clone()].to_vec();
                bytes.splice(part.start..part.start, again);
            }
            4 => drop(bytes.splice(part.start..part.start, self.piece())),
            // A value in place of another: of digits, or of whatever stands between two marks.
            5 | 6 => drop(bytes.splice(value_at(bytes, part.start), self.piece())),
            7 => {
                let other = &self.inputs[self.chance.usize(..self.inputs.len())];
                let from = self.chance.usize(..=other.len());
                bytes.splice(part, other[from..].iter().copied());
            }
            _ => bytes.truncate(part.end),
        }
    }

    fn piece(&mut self) -> Vec<u8> {
        PIECES[self.chance.usize(..PIECES.len())].as_bytes().to_vec()
    }

    fn part(&mut self, length: usize) -> Range<usize> {
        let start = self.chance.usize(..=length);
        start..self.chance.usize(start..=length)
    }
}

/// The value that stands around a place: everything up to the marks on both sides.
fn value_at(bytes: &[u8], place: usize) -> Range<usize> {
    let is_mark = |byte: &u8| matches!(byte, b'"' | b',' | b':' | b'{' | b'}' | b'[' | b']' | b'&' | b'=' | b'\n');
    let start = bytes[..place].iter().rposition(is_mark).map_or(0, |at| at + 1);
    let end = bytes[place..].iter().position(is_mark).map_or(bytes.len(), |at| place + at);
    start..end
}
