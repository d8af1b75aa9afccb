//! Readings: where a vendor's page is silent, the ways in which the PBX may behave.

use std::str::FromStr;

use crate::make::Make;

/// One way to read a page that says nothing about it; without any, the simulator behaves as its default is described.
/// Each make names its own in its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    name: &'static str,
    /// What the PBX does then, and what it does otherwise.
    says: &'static str,
}

impl Reading {
    pub(crate) const fn new(name: &'static str, says: &'static str) -> Self {
        Self { name, says }
    }

    /// All of them, each once.
    pub fn every() -> Vec<Self> {
        Self::all().map(|(_, reading)| reading).collect()
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Every reading with its make; one that two makes share comes with the first.
    fn all() -> impl Iterator<Item = (Make, Self)> {
        let mut seen: Vec<Self> = Vec::new();
        let all = Make::ALL.iter().flat_map(|make| make.description().readings.iter().map(|reading| (*make, *reading)));
        all.filter(move |(_, reading)| {
            let first = !seen.contains(reading);
            seen.push(*reading);
            first
        })
    }

    /// What the help says of all of them.
    pub fn help() -> String {
        Self::all().map(|(make, reading)| format!("  {}\n      {make}: {}\n", reading.name, reading.says)).collect()
    }
}

/// The text names no reading.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no reading \"{0}\"; known readings: {known}", known = names())]
pub struct ReadingError(String);

fn names() -> String {
    Reading::all().map(|(_, reading)| reading.name).collect::<Vec<_>>().join(", ")
}

impl FromStr for Reading {
    type Err = ReadingError;

    fn from_str(text: &str) -> Result<Self, ReadingError> {
        let found = Self::all().find(|(_, reading)| reading.name == text);
        found.map(|(_, reading)| reading).ok_or_else(|| ReadingError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reading_is_read_by_its_name_and_explained() {
        let help = Reading::help();
        for (make, reading) in Reading::all() {
            assert_eq!(reading.name.parse(), Ok(reading));
            assert!(help.contains(reading.name) && !reading.says.is_empty(), "{make}");
        }
        assert!("two-legs".parse::<Reading>().expect_err("unknown").to_string().contains("callback-one-leg"));
    }
}
