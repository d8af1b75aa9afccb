//! The link of an invitation: `trubka://join/<host>[:<port>]/<code>[?ca=<fingerprint>]`.

use std::fmt;

use url::{Host, Url};

use super::join::SecretText;

/// The digits of codes, without those that look alike.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Digits of a code: 100 bits.
const LENGTH: usize = 20;
/// Digits in a group.
const GROUP: usize = 5;

/// The code of an invitation.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinCode(String);

impl JoinCode {
    /// The code of these random bytes.
    pub fn of(random: [u8; LENGTH]) -> Self {
        Self(random.iter().map(|byte| char::from(DIGITS[usize::from(byte & 31)])).collect())
    }

    /// Reads a code as people copy it: in any case, with or without what stands between the groups, O for 0 and I or L for 1.
    pub fn read(text: &str) -> Option<Self> {
        let mut code = String::with_capacity(LENGTH);
        for character in text.chars().filter(|character| !matches!(character, '-' | ' ')) {
            let digit = match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                digit => digit,
            };
            if code.len() == LENGTH || !u8::try_from(digit).is_ok_and(|digit| DIGITS.contains(&digit)) {
                return None;
            }
            code.push(digit);
        }
        (code.len() == LENGTH).then_some(Self(code))
    }

    /// Its digits alone, of which the hash is kept.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// In groups, as it is shown and sent.
    pub fn grouped(&self) -> SecretText {
        let groups: Vec<&str> = (0..LENGTH / GROUP).map(|group| &self.0[group * GROUP..(group + 1) * GROUP]).collect();
        SecretText(groups.join("-"))
    }
}

crate::must_not_implement!(JoinCode: fmt::Display, serde::Serialize);
crate::must_not_implement!(JoinLink: fmt::Display, serde::Serialize);

impl fmt::Debug for JoinCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JoinCode")
    }
}

/// The link of an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinLink {
    /// The gateway's address, with a final slash.
    pub address: Url,
    /// The code.
    pub code: JoinCode,
    /// SHA-256 of the gateway's own CA certificate (DER), where no public CA vouches for it.
    pub ca: Option<[u8; 32]>,
}

/// Why a text is no link of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoinLinkError {
    /// It is something else.
    #[error("this is no invitation: it begins with trubka://join/")]
    NoInvitation,
    /// The gateway's address in it cannot be read.
    #[error("the address in this invitation cannot be read: copy the whole link")]
    Address,
    /// The code in it is not whole.
    #[error("the code in this invitation is not whole: copy the whole link")]
    Code,
    /// The fingerprint in it is not whole.
    #[error("the fingerprint in this invitation is not whole: copy the whole link")]
    Fingerprint,
}

impl JoinLink {
    /// Reads a link, with what mail programs put around it.
    pub fn read(text: &str) -> Result<Self, JoinLinkError> {
        let text = text.trim().trim_matches(['<', '>', '"']);
        let scheme = text.get(..14).filter(|start| start.eq_ignore_ascii_case("trubka://join/"));
        let rest = &text[scheme.ok_or(JoinLinkError::NoInvitation)?.len()..];
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (place, code) = path.trim_end_matches('/').rsplit_once('/').ok_or(JoinLinkError::Code)?;
        let (mut ca, mut plain) = (None, false);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "ca" => ca = Some(fingerprint(&value).ok_or(JoinLinkError::Fingerprint)?),
                "plain" => plain = value == "1",
                // Something of a later version.
                _ => {}
            }
        }
        let scheme = if plain { "http" } else { "https" };
        let address = Url::parse(&format!("{scheme}://{place}/")).map_err(|_| JoinLinkError::Address)?;
        let bare = address.username().is_empty() && address.password().is_none();
        let host = address.host().filter(|_| bare).ok_or(JoinLinkError::Address)?;
        if plain && !is_here(&host) {
            return Err(JoinLinkError::Address);
        }
        Ok(Self { address, code: JoinCode::read(code).ok_or(JoinLinkError::Code)?, ca })
    }

    /// The link as a text; `None` where an address has no host, or would carry the code in the clear to another computer.
    pub fn text(&self) -> Option<SecretText> {
        let host = self.address.host()?;
        let plain = self.address.scheme() != "https";
        if plain && !is_here(&host) {
            return None;
        }
        let port = self.address.port().map(|port| format!(":{port}")).unwrap_or_default();
        let path = self.address.path().trim_end_matches('/');
        let mut query = Vec::new();
        if let Some(ca) = self.ca {
            query.push(format!("ca={}", ca.map(|byte| format!("{byte:02x}")).concat()));
        }
        if plain {
            query.push("plain=1".to_owned());
        }
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        Some(SecretText(format!("trubka://join/{host}{port}{path}/{}{query}", self.code.grouped().0)))
    }
}

fn fingerprint(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(bytes)
}

fn is_here(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "01234-56789-ABCDE-FGHJK";

    fn link(address: &str, ca: Option<[u8; 32]>) -> JoinLink {
        JoinLink { address: address.parse().expect("a URL"), code: JoinCode::read(CODE).expect("a code"), ca }
    }

    #[test]
    fn a_link_is_read_as_it_was_written() {
        for (address, ca, text) in [
            ("https://calls.example.org/", None, format!("trubka://join/calls.example.org/{CODE}")),
            ("https://calls.example.org:8443/", None, format!("trubka://join/calls.example.org:8443/{CODE}")),
            ("https://example.org/calls/", None, format!("trubka://join/example.org/calls/{CODE}")),
            ("https://192.0.2.5/", Some([0xab; 32]), format!("trubka://join/192.0.2.5/{CODE}?ca={}", "ab".repeat(32))),
            ("http://127.0.0.1:8443/", None, format!("trubka://join/127.0.0.1:8443/{CODE}?plain=1")),
            ("https://[2001:db8::1]/", None, format!("trubka://join/[2001:db8::1]/{CODE}")),
        ] {
            let link = link(address, ca);
            assert_eq!(link.text(), Some(SecretText(text.clone())));
            assert_eq!(JoinLink::read(&text), Ok(link));
        }
    }

    #[test]
    fn a_code_is_read_as_people_copy_it() {
        let code = JoinCode::read(CODE);
        assert!(code.is_some());
        for text in ["0123456789abcdefghjk", "o1234 56789 abcde fghjk", "OI234-56789-ABCDE-FGHJK"] {
            assert_eq!(JoinCode::read(text), code, "{text}");
        }
        for text in ["", "01234-56789-ABCDE-FGHJ", "01234-56789-ABCDE-FGHJKM", "01234-56789-ABCDE-FGHJU", "ж"] {
            assert_eq!(JoinCode::read(text), None, "{text}");
        }
        assert_eq!(JoinCode::of([0; 20]).grouped().0, "00000-00000-00000-00000");
    }

    #[test]
    fn what_is_wrong_with_a_link_is_told_apart() {
        let wrong = |text: &str| JoinLink::read(text).map(|_| ()).expect_err("is refused");
        assert_eq!(wrong("https://calls.example.org/"), JoinLinkError::NoInvitation);
        assert_eq!(wrong("trubka://dial/1"), JoinLinkError::NoInvitation);
        assert_eq!(wrong("trubka://join/calls.example.org"), JoinLinkError::Code);
        assert_eq!(wrong("trubka://join/calls.example.org/01234"), JoinLinkError::Code);
        assert_eq!(wrong(&format!("trubka://join//{CODE}")), JoinLinkError::Address);
        assert_eq!(wrong(&format!("trubka://join/a@calls.example.org/{CODE}")), JoinLinkError::Address);
        assert_eq!(wrong(&format!("trubka://join/calls.example.org/{CODE}?ca=ab")), JoinLinkError::Fingerprint);
        assert_eq!(wrong(&format!("trubka://join/calls.example.org/{CODE}?plain=1")), JoinLinkError::Address);
        let around = format!(" <TRUBKA://join/calls.example.org/{CODE}>\n");
        assert_eq!(JoinLink::read(&around), Ok(link("https://calls.example.org/", None)));
        assert_eq!(link("http://calls.example.org/", None).text(), None, "the code is never sent in the clear");
    }
}
