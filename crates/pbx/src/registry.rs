//! The makes that are served: adding one is its folder and a line here.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

use crate::{make::Make, mango_client, mango_vpbx, ringcloud, rostelecom, zadarma};

/// Every make that is served, in the order in which tables show them.
pub const MAKES: &[Make] =
    &[rostelecom::MAKE, mango_client::MAKE, mango_vpbx::MAKE, zadarma::MAKE, zadarma::NOVOFON, ringcloud::MAKE];

/// Makes that configuration may name and that no version serves yet.
const PLANNED: &[&str] = &["era"];

/// Why a text names no make that is served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MakeError {
    /// A make that Trubka knows of but does not serve yet.
    #[error("the PBX \"{0}\" is not served by this version yet; it serves {served}", served = served())]
    NotServed(&'static str),
    /// No make at all.
    #[error("\"{0}\" is no kind of PBX; write {served}", served = served())]
    Unknown(String),
}

fn served() -> String {
    let names: Vec<&str> = MAKES.iter().map(|make| make.name).collect();
    match names.as_slice() {
        [all @ .., before, last] if !all.is_empty() => format!("{}, {before} or {last}", all.join(", ")),
        names => names.join(" or "),
    }
}

impl FromStr for Make {
    type Err = MakeError;

    fn from_str(text: &str) -> Result<Self, MakeError> {
        if let Some(make) = MAKES.iter().find(|make| make.name == text) {
            return Ok(*make);
        }
        match PLANNED.iter().find(|name| **name == text) {
            Some(name) => Err(MakeError::NotServed(name)),
            None => Err(MakeError::Unknown(text.chars().take(32).collect())),
        }
    }
}

impl<'de> Deserialize<'de> for Make {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_there_and_back() {
        for make in MAKES {
            assert_eq!(make.name.parse(), Ok(*make));
        }
    }

    #[test]
    fn a_make_not_served_is_told_from_no_make() {
        assert_eq!("era".parse::<Make>(), Err(MakeError::NotServed("era")));
        assert_eq!("asterisk".parse::<Make>(), Err(MakeError::Unknown("asterisk".to_owned())));
        assert!(
            "x".parse::<Make>()
                .expect_err("none")
                .to_string()
                .ends_with("write rostelecom, mango-client, mango-vpbx, zadarma, novofon or ringcloud")
        );
    }

    #[test]
    fn descriptions_are_whole() {
        for make in MAKES {
            let texts = make.secrets.iter().map(|secret| secret.found).chain(make.interface).chain([
                make.title,
                make.first,
                make.key_acts_for,
            ]);
            assert!(texts.clone().all(|text| !text.ru.is_empty() && !text.en.is_empty()), "{make}: {texts:?}");
            assert!(!make.secrets.is_empty() && !make.zones.is_empty(), "{make}");
            assert!(make.zones.iter().all(|zone| jiff::tz::TimeZone::get(zone).is_ok()), "{make}: {:?}", make.zones);
            assert!(make.base_url.parse::<url::Url>().is_ok_and(|url| url.scheme() == "https"), "{make}");
        }
    }
}
