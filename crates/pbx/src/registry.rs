//! The makes that are served: adding one is its folder and a line here.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

use crate::{era, make::Make, mango_client, mango_vpbx, ringcloud, rostelecom, zadarma};

/// Every make that is served, in the order in which tables show them.
pub const MAKES: &[Make] = &[
    rostelecom::MAKE,
    mango_client::MAKE,
    mango_vpbx::MAKE,
    zadarma::MAKE,
    zadarma::NOVOFON,
    ringcloud::MAKE,
    era::MAKE,
];

/// A text, or its beginning, that names no make.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no kind of PBX; write {served}", served = served())]
pub struct MakeError(String);

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
        let found = MAKES.iter().find(|make| make.name == text).copied();
        found.ok_or_else(|| MakeError(text.chars().take(32).collect()))
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
    fn a_text_that_names_no_make_is_told_which_there_are() {
        assert_eq!("asterisk".parse::<Make>(), Err(MakeError("asterisk".to_owned())));
        assert!(
            "x".parse::<Make>()
                .expect_err("none")
                .to_string()
                .ends_with("write rostelecom, mango-client, mango-vpbx, zadarma, novofon, ringcloud or era")
        );
    }

    #[test]
    fn descriptions_are_whole() {
        for make in MAKES {
            let secrets = make.secrets.iter().flat_map(|secret| [secret.title, secret.found]);
            let texts =
                secrets.chain(make.interface).chain(make.hook).chain([make.title, make.first, make.key_acts_for]);
            assert!(texts.clone().all(|text| !text.ru.is_empty() && !text.en.is_empty()), "{make}: {texts:?}");
            assert_eq!(make.hook.is_some(), make.delivery.needs_public_address(), "{make}");
            assert!(!make.secrets.is_empty() && !make.zones.is_empty(), "{make}");
            assert!(make.zones.iter().all(|zone| jiff::tz::TimeZone::get(zone).is_ok()), "{make}: {:?}", make.zones);
            let is_secure = make.base_url.parse::<url::Url>().is_ok_and(|url| url.scheme() == "https");
            assert!(is_secure || make.base_url.is_empty(), "{make}");
            for test in make.test_addresses {
                let url: url::Url = test.parse().expect("an address");
                assert!(url.scheme() == "https" && make.is_test_address(&url), "{make}: {test}");
                assert!(!make.base_url.parse().is_ok_and(|real| make.is_test_address(&real)), "{make}");
            }
        }
    }
}
