//! What a client needs to reach the simulated PBXs; the same for the same seed.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::make::{Letters, Make, Secret};
use crate::random::Random;

/// The makes that run, each with its address and its secrets by the names of the gateway's configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Credentials {
    makes: BTreeMap<Make, Access>,
}

impl Credentials {
    pub(crate) fn insert(&mut self, make: Make, access: Access) {
        self.makes.insert(make, access);
    }

    /// Access to a make; none when it does not run.
    pub fn of(&self, make: Make) -> Option<&Access> {
        self.makes.get(&make)
    }

    /// The makes that run, in the order of [`Make::ALL`].
    pub fn makes(&self) -> impl Iterator<Item = (Make, &Access)> {
        self.makes.iter().map(|(make, access)| (*make, access))
    }
}

/// Access to one make.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Access {
    /// The base address of the API, without a final slash.
    pub url: String,
    #[serde(flatten)]
    secrets: BTreeMap<&'static str, String>,
}

impl Access {
    pub(crate) fn new(seed: u64, make: Make, url: String) -> Self {
        let secret = |Secret { name, prefix, digits, letters }: &Secret| {
            let drawn = Random::named(seed, &format!("{make}/{name}")).hex(*digits);
            let drawn = if *letters == Letters::Capital { drawn.to_uppercase() } else { drawn };
            (*name, format!("{prefix}{drawn}"))
        };
        Self { url, secrets: make.description().secrets.iter().map(secret).collect() }
    }

    /// A secret by its name in the gateway's configuration; empty where the make has no such secret.
    pub fn secret(&self, name: &str) -> &str {
        self.secrets.get(name).map_or("", String::as_str)
    }

    /// All its secrets by their names.
    pub fn secrets(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.secrets.iter().map(|(name, secret)| (*name, secret.as_str()))
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("url", &self.url).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_secrets() {
        for make in Make::ALL {
            let of = |seed| Access::new(seed, *make, "http://127.0.0.1:1".to_owned());
            assert_eq!(of(5), of(5));
            assert!(of(5).secrets().count() > 0, "{make}");
            assert!(of(5).secrets().zip(of(6).secrets()).all(|(one, other)| one.1 != other.1), "{make}");
        }
    }

    #[test]
    fn only_the_makes_that_run_are_named() {
        let mut credentials = Credentials::default();
        credentials.insert(Make::MANGO_CLIENT, Access { url: "u".into(), secrets: [("token", "t".into())].into() });
        let text = serde_json::to_string(&credentials).expect("plain strings");
        assert_eq!(text, r#"{"mango-client":{"url":"u","token":"t"}}"#);
    }

    #[test]
    fn nothing_that_is_printed_for_debugging_holds_a_secret() {
        let access = Access::new(1, Make::ROSTELECOM, "http://127.0.0.1:1".into());
        let printed = format!("{access:?}");
        assert!(access.secrets().all(|(_, secret)| !printed.contains(secret)), "{printed}");
    }
}
