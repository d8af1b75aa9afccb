//! Repeatable randomness: the same seed gives the same credentials, history and demo traffic.

use sha2::{Digest, Sha256};

/// A small generator (SplitMix64); good enough for traffic, never for real secrets.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator of its own for one purpose, so that a new purpose does not shift the others.
    pub(crate) fn named(seed: u64, purpose: &str) -> Self {
        let digest = Sha256::digest(format!("{seed}/{purpose}"));
        Self(digest.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or(0)
    }

    /// A number in `low..=high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// So many hexadecimal digits, lower case.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        let mut text = String::with_capacity(digits + 16);
        while text.len() < digits {
            text.push_str(&format!("{:016x}", self.next()));
        }
        text.truncate(digits);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_repeats_and_purposes_differ() {
        assert_eq!(Random::named(7, "key").hex(32), Random::named(7, "key").hex(32));
        assert_ne!(Random::named(7, "key").hex(32), Random::named(7, "token").hex(32));
        assert_ne!(Random::named(7, "key").hex(32), Random::named(8, "key").hex(32));
    }

    #[test]
    fn numbers_stay_within_their_bounds() {
        let mut random = Random::new(1);
        assert!((0..1000).all(|_| (3..=9).contains(&random.between(3, 9))));
        assert!((0..1000).all(|_| random.below(4) < 4));
    }
}
