//! Which addresses a gateway may have.

use url::{Host, Url};

use crate::error::OfficeError;

/// The address with a final slash, if a token may be sent there.
pub(super) fn check(address: &Url) -> Result<Url, OfficeError> {
    let wrong = |message: &str| Err(OfficeError::invalid("address", message));
    let plain = match address.scheme() {
        "https" => false,
        "http" => true,
        _ => return wrong("The gateway's address begins with https://."),
    };
    let Some(host) = address.host() else {
        return wrong("The gateway's address needs a host name.");
    };
    if plain && !is_loopback(&host) {
        return wrong("A gateway on another computer is reached over https:// only.");
    }
    let extra = !address.username().is_empty() || address.password().is_some();
    if extra || address.query().is_some() || address.fragment().is_some() {
        return wrong("The gateway's address has no user, query or fragment; the token goes into a field of its own.");
    }
    let mut address = address.clone();
    let path = format!("{}/", address.path().trim_end_matches('/'));
    address.set_path(&path);
    Ok(address)
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<String, &'static str> {
        check(&text.parse().expect("a URL")).map(String::from).map_err(|error| error.field.expect("names the field"))
    }

    #[test]
    fn https_anywhere_and_http_on_this_computer() {
        assert_eq!(checked("https://calls.example.org"), Ok("https://calls.example.org/".to_owned()));
        assert_eq!(checked("https://example.org/calls"), Ok("https://example.org/calls/".to_owned()));
        for local in ["http://127.0.0.1:8443/", "http://[::1]:8443/", "http://localhost:8443/"] {
            assert_eq!(checked(local), Ok(local.to_owned()));
        }
    }

    #[test]
    fn a_token_is_sent_neither_in_the_clear_nor_in_an_address() {
        for bad in [
            "http://calls.example.org/",
            "http://192.168.1.5:8443/",
            "http://localhost.example.org/",
            "ws://127.0.0.1/",
            "https://user:word@example.org/",
            "https://example.org/?token=x",
        ] {
            assert_eq!(checked(bad), Err("address"), "{bad}");
        }
    }
}
