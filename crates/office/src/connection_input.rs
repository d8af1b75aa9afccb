//! What a person enters to connect a PBX: read the same way by a desk's own office and by a gateway, and refused at the
//! field that mends it.

use std::net::IpAddr;

use jiff::tz::TimeZone;
use link::{FieldFault, OfficeError};
use pbx::{ConfigError, Make, SecretFault};
use secrecy::SecretString;
use url::{Host, Url};

/// The longest name of a program at a vendor.
const LONGEST_PROGRAM_NAME: usize = 64;

/// The make of this name.
pub fn read_make(name: &str) -> Result<Make, OfficeError> {
    name.parse().map_err(|_| OfficeError::invalid("pbx", "there is no such kind of PBX").because(FieldFault::Unknown))
}

/// A key of a make as a person pasted it. The refusal never holds the key.
pub fn read_secret(make: Make, name: &str, pasted: &str) -> Result<SecretString, OfficeError> {
    if !make.secrets.iter().any(|known| known.name == name) {
        let wrong = OfficeError::invalid("secrets", "this make has no such secret");
        return Err(wrong.because(FieldFault::Unknown));
    }
    pbx::clean_secret(pasted).map_err(|fault| {
        let because = fault_of_secret(fault);
        OfficeError::invalid("secrets", format!("the secret \"{name}\" {fault}")).because(because).of(name)
    })
}

/// What is wrong with a secret, as a code.
pub fn fault_of_secret(fault: SecretFault) -> FieldFault {
    match fault {
        SecretFault::Empty => FieldFault::Missing,
        SecretFault::Broken => FieldFault::Invisible,
    }
}

/// What the program is to be called at a vendor, in one line.
pub fn read_program_name(text: &str) -> Result<String, OfficeError> {
    let name = text.trim();
    let fault = match name {
        "" => Some(FieldFault::Missing),
        _ if name.chars().any(char::is_control) => Some(FieldFault::Invisible),
        _ if name.chars().count() > LONGEST_PROGRAM_NAME => Some(FieldFault::TooLong),
        _ => None,
    };
    match fault {
        None => Ok(name.to_owned()),
        Some(fault) => {
            Err(OfficeError::invalid("name", "write a name in one line, of 64 characters at most").because(fault))
        }
    }
}

/// The IANA zone of a PBX's times; empty is none.
pub fn read_zone(text: &str) -> Result<Option<String>, OfficeError> {
    let zone = text.trim();
    if zone.is_empty() {
        return Ok(None);
    }
    let unknown = |_| OfficeError::invalid("zone", "there is no such time zone").because(FieldFault::Unknown);
    TimeZone::get(zone).map(|_| Some(zone.to_owned())).map_err(unknown)
}

/// The address of a PBX. Keys go over plain HTTP to this computer only. An address is kept and shown as it is, so nothing
/// secret may stand in it.
pub fn read_address(text: &str) -> Result<Url, OfficeError> {
    let wrong = |message: &str, fault| Err(OfficeError::invalid("baseUrl", message).because(fault));
    let Some(url) = Url::parse(text.trim()).ok().filter(Url::has_host) else {
        return wrong("write it as https://pbx.example.org", FieldFault::NotAnAddress);
    };
    let is_bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !is_bare {
        return wrong("write it without a name, a password, and what follows ? or #", FieldFault::AddressWithMore);
    }
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    };
    if url.scheme() == "https" || url.scheme() == "http" && is_here {
        return Ok(url);
    }
    wrong("keys go over https only; plain http is for the computer that asks", FieldFault::PlainHttp)
}

/// What is wrong with the settings of a connection.
pub fn unusable_settings(error: &ConfigError) -> OfficeError {
    let (field, fault, part) = match error {
        ConfigError::MissingSecret { name, .. } => ("secrets", FieldFault::Missing, Some(*name)),
        ConfigError::UnknownSecret { name, .. } => ("secrets", FieldFault::Unknown, Some(name.as_str())),
        ConfigError::UnsendableSecret { name, .. } => ("secrets", FieldFault::Invisible, Some(*name)),
        ConfigError::MalformedSecret { name, .. } => ("secrets", FieldFault::Malformed, Some(*name)),
        ConfigError::BaseUrl { .. } => ("baseUrl", FieldFault::AddressWithMore, None),
        ConfigError::MissingAddress { .. } => ("baseUrl", FieldFault::Missing, None),
        ConfigError::Zone { .. } => ("zone", FieldFault::Unknown, None),
        ConfigError::TrustAnchor { .. } => ("overrides", FieldFault::Malformed, None),
        ConfigError::Override { name, .. } => ("overrides", FieldFault::Malformed, Some(name.as_str())),
    };
    let wrong = OfficeError::invalid(field, error.to_string()).because(fault);
    match part {
        Some(part) => wrong.of(part),
        None => wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_refused_with_what_is_wrong_with_it() {
        let fault = |text: &str| read_address(text).err().and_then(|error| error.fault);
        for right in
            ["https://pbx.example.org", " https://pbx.example.org/api ", "http://127.0.0.1:8080", "http://[::1]/"]
        {
            assert_eq!(fault(right), None, "{right}");
        }
        for (text, expected) in [
            ("pbx.example.org", FieldFault::NotAnAddress),
            ("", FieldFault::NotAnAddress),
            ("mailto:me@example.org", FieldFault::NotAnAddress),
            ("https://me:half@pbx.example.org", FieldFault::AddressWithMore),
            ("https://pbx.example.org/?key=half", FieldFault::AddressWithMore),
            ("http://me@127.0.0.1/", FieldFault::AddressWithMore),
            ("http://pbx.example.org", FieldFault::PlainHttp),
            ("http://localhost.example.org", FieldFault::PlainHttp),
            ("ftp://127.0.0.1/", FieldFault::PlainHttp),
        ] {
            assert_eq!(fault(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_program_is_named_in_one_short_line() {
        let fault = |text: &str| read_program_name(text).err().and_then(|error| error.fault);
        assert_eq!(read_program_name(" Трубка ").as_deref(), Ok("Трубка"));
        for (text, expected) in
            [("  ", FieldFault::Missing), ("a\nb", FieldFault::Invisible), (&"a".repeat(65), FieldFault::TooLong)]
        {
            assert_eq!(fault(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_key_is_refused_by_its_name_and_without_its_text() {
        let make = read_make("mango-client").expect("a make");
        assert!(read_secret(make, "token", "\u{feff} a token\r\n").is_ok());
        for (name, pasted, fault, part) in [
            ("token", " ", FieldFault::Missing, Some("token")),
            ("token", "half\nof it", FieldFault::Invisible, Some("token")),
            ("password", "half", FieldFault::Unknown, None),
        ] {
            let error = read_secret(make, name, pasted).expect_err("it is wrong");
            assert_eq!((error.field, error.fault, error.part.as_deref()), (Some("secrets"), Some(fault), part));
            assert!(!error.message.contains("half"), "no key is repeated");
        }
    }
}
