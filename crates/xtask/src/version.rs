//! Version numbers as programs print them.

use std::fmt;

/// Three numbers; the ones not given are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32, pub(crate) u32);

impl Version {
    /// The first version number in a text such as `rustc 1.95.0 (…)`, `v20.19.4` or `= "1.93"`.
    pub(crate) fn find(text: &str) -> Option<Self> {
        text.split(|c: char| !(c.is_ascii_digit() || c == '.')).find_map(Self::parse)
    }

    fn parse(word: &str) -> Option<Self> {
        let mut numbers = word.split('.').map(str::parse);
        let major = numbers.next()?.ok()?;
        let minor = numbers.next()?.ok()?;
        let patch = numbers.next().and_then(Result::ok).unwrap_or(0);
        Some(Self(major, minor, patch))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn a_version_is_found_in_what_programs_print() {
        assert_eq!(Version::find("rustc 1.95.0 (59807616e 2026-04-14)"), Some(Version(1, 95, 0)));
        assert_eq!(Version::find("v20.19.4\n"), Some(Version(20, 19, 4)));
        assert_eq!(Version::find(" = \"1.93\""), Some(Version(1, 93, 0)));
        assert_eq!(Version::find("rustc 1.96.0-nightly"), Some(Version(1, 96, 0)));
        assert_eq!(Version::find("no number here, 7 is none"), None);
    }

    #[test]
    fn versions_compare_by_number_and_not_by_text() {
        assert!(Version(20, 9, 0) < Version(20, 19, 0));
        assert!(Version(1, 100, 0) > Version(1, 93, 5));
    }
}
