//! The makes this program can play: adding one is its folder and a line here.

use std::cmp::Ordering;
use std::str::FromStr;

use crate::make::Make;

impl Make {
    /// Every make, in the order in which lists show them.
    pub const ALL: &'static [Self] = &[
        Self::ROSTELECOM,
        Self::MANGO_CLIENT,
        Self::MANGO_VPBX,
        Self::ZADARMA,
        Self::NOVOFON,
        Self::ERA,
        Self::RINGCLOUD,
    ];

    /// All names, as a sentence lists them.
    pub fn names() -> String {
        let names: Vec<&str> = Self::ALL.iter().map(|make| make.name()).collect();
        names.join(", ")
    }

    /// The number of the office at each make, for `--help`.
    pub fn lines() -> String {
        let line = |make: &Self| format!("  {:<14} {}\n", make.name(), make.description().line.number);
        Self::ALL.iter().map(line).collect()
    }

    /// How each is run by hand, for `--help`.
    pub fn help() -> String {
        // Two names of one protocol are explained once.
        let mut said: Vec<&str> = Self::ALL.iter().map(|make| make.description().help).collect();
        said.dedup();
        said.join("\n")
    }

    fn place(self) -> usize {
        Self::ALL.iter().position(|make| *make == self).unwrap_or(usize::MAX)
    }
}

impl PartialOrd for Make {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Make {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

impl FromStr for Make {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let make = Self::ALL.iter().copied().find(|make| make.name() == text);
        make.ok_or_else(|| format!("there is no make \"{text}\"; there are {}", Self::names()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_make_is_listed_once_and_read_by_its_name() {
        for (place, make) in Make::ALL.iter().enumerate() {
            assert_eq!((make.name().parse(), make.place()), (Ok(*make), place));
        }
        assert!("asterisk".parse::<Make>().expect_err("unknown").contains("rostelecom, mango-client"));
    }
}
