//! Takes a text out of the address that it stands in: `"Name" <sip:user@host;parameters>`, `tel:`, `callto:`.

use super::{dial_number::is_extension, groups::groups_digits, hidden::is_wording};

/// Schemes of addresses, and whether they name a SIP account.
const SCHEMES: [(&str, bool); 4] = [("tel:", false), ("callto:", false), ("sips:", true), ("sip:", true)];

/// An address taken apart. A text that is no address is all `user`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Address {
    /// Without scheme, domain and parameters.
    pub(super) user: String,
    /// What stands before a local number within its country or town, with a plus: `phone-context`.
    pub(super) context: Option<String>,
    /// The parameter `ext`.
    pub(super) extension: Option<String>,
    /// The parameter `postd`.
    pub(super) post_dial: Option<String>,
    /// It had a scheme or a domain.
    pub(super) is_address: bool,
    /// It names a SIP account: words are part of a name there and no remark beside a number.
    pub(super) is_sip: bool,
    /// The domain says that the caller is not shown.
    pub(super) is_withheld: bool,
    /// It is digits behind a name in quotes that is a number, too.
    pub(super) has_number_before: bool,
}

impl Address {
    /// Reads a folded text.
    pub(super) fn read(text: &str) -> Self {
        let written = text;
        let address = header_address(text);
        let (text, scheme) = without_schemes(address);
        let decoded = match scheme {
            Some(true) => super::fold::fold(&percent_decoded(text)),
            Some(false) => super::fold::fold(&percent_decoded(&with_blanks(text))),
            None => text.to_owned(),
        };
        let (text, wrapped) = without_schemes(&decoded);
        let scheme = wrapped.or(scheme);
        // A question mark ends an address and nothing else: "8 495 …?" is a number in a sentence.
        let head = if scheme.is_some() { cut(text, '?').0 } else { text };
        let (before, host) = split_host(head, scheme == Some(true));
        let is_sip = scheme == Some(true) || host.is_some();
        let is_address = scheme.is_some() || host.is_some();
        let (user, parameters) = if is_address || has_parameter(before) { parameters_of(before) } else { (before, "") };
        let user = if is_sip { cut(user, ':').0 } else { user };
        let domain = host.map(|host| host.split([';', ':', '?']).next().unwrap_or_default());
        let name = written.strip_suffix(address).filter(|_| is_dialled(address)).unwrap_or_default();
        Self {
            // Brackets that are left stand around digits or a remark.
            user: user.trim().replace('<', "(").replace('>', ")"),
            context: parameter(parameters, "phone-context")
                .filter(|value| value.starts_with('+'))
                .map(digits_with_plus),
            extension: parameter(parameters, "ext").map(digits).filter(|digits| is_extension(digits)),
            post_dial: parameter(parameters, "postd").map(str::to_owned),
            is_address,
            is_sip,
            is_withheld: domain.is_some_and(is_nobodys),
            has_number_before: is_dialled(name.trim().trim_matches('"')),
        }
    }
}

/// The address in a header such as `From`. The name before it is written by the caller and may hold anything, angle
/// brackets and another number too; only what stands behind the name counts.
pub fn header_address(text: &str) -> &str {
    let text = text.trim();
    in_brackets(text)
        .or_else(|| behind_quoted_name(text))
        // Quotes around everything, or quotes that never end.
        .or_else(|| text.rsplit_once('<').filter(|_| text.starts_with('"')).map(|(_, address)| cut(address, '>').0))
        .map_or(text, str::trim)
}

/// What stands in the last angle brackets outside quotes: a name may have brackets of its own, the address comes behind
/// it, and the values of parameters stand in quotes. Brackets with digits right behind them group those digits.
fn in_brackets(text: &str) -> Option<&str> {
    let (mut rest, mut found) = (text, None);
    while let Some(place) = rest.find(['"', '<']) {
        let behind = &rest[place + 1..];
        if rest[place..].starts_with('"') {
            rest = behind_quote(behind).unwrap_or(behind);
            continue;
        }
        if is_value(&text[..text.len() - behind.len() - 1]) {
            rest = behind;
            continue;
        }
        let (address, after) = cut(behind, '>');
        let groups_digits = after.trim_start_matches([' ', '-']).starts_with(|c: char| c.is_ascii_digit());
        if !groups_digits {
            found = Some(address);
        }
        rest = after;
    }
    found
}

/// Whether the text ends within the value of an address's parameter: `<sip:…>;x=`, `sip:…;tag=1;x=`. Brackets there
/// open no address.
fn is_value(text: &str) -> bool {
    let Some((before, parameter)) = text.rsplit_once(';') else { return false };
    let is_named = parameter.split_once('=').is_some_and(|(name, _)| {
        let name = name.trim();
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte))
    });
    let address = before.split(';').next().unwrap_or_default().trim();
    let is_account = address.contains('@') && !address.contains(char::is_whitespace);
    is_named && (address.ends_with('>') || without_schemes(address).1.is_some() || is_account || is_dialled(address))
}

/// An address without brackets behind a name in quotes: `"Name" sip:user@host`, `"Name" 84951234567`.
fn behind_quoted_name(text: &str) -> Option<&str> {
    let behind = behind_quote(text.strip_prefix('"')?)?.trim();
    let is_account = behind.contains('@') && !behind.contains(char::is_whitespace);
    (without_schemes(behind).1.is_some() || is_account || is_dialled(behind)).then_some(behind)
}

/// Nothing but digits and the signs between them.
fn is_dialled(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_digit() || matches!(c, '+' | '*' | '#') || groups_digits(c);
    text.contains(|c: char| c.is_ascii_digit()) && text.chars().all(fits)
}

/// What stands behind the closing quote, where there is one; a backslash keeps the next sign from being one.
fn behind_quote(text: &str) -> Option<&str> {
    let mut escaped = false;
    for (place, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(&text[place + 1..]),
            _ => {}
        }
    }
    None
}

/// The domains of callers who are not shown: `anonymous.invalid`, `privacy.invalid`.
fn is_nobodys(domain: &str) -> bool {
    domain.to_ascii_lowercase().strip_suffix(".invalid").is_some_and(is_wording)
}

/// The text before and after the first `mark`.
fn cut(text: &str, mark: char) -> (&str, &str) {
    text.split_once(mark).unwrap_or((text, ""))
}

/// Without its scheme, or several (`callto:tel:…`), and whether the innermost is one of SIP.
fn without_schemes(text: &str) -> (&str, Option<bool>) {
    let (mut rest, mut found) = (text, None);
    while let Some((inner, is_sip)) = SCHEMES.iter().find_map(|(scheme, is_sip)| {
        let (head, inner) = rest.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some((inner, *is_sip))
    }) {
        (rest, found) = (inner.trim_start_matches('/').trim(), Some(is_sip));
    }
    (rest, found)
}

/// The user part and the host behind the `@`. Without a scheme, an `@` among words belongs to a remark.
fn split_host(text: &str, is_sip: bool) -> (&str, Option<&str>) {
    let Some((user, host)) = text.split_once('@') else { return (text, None) };
    let plain = !user.contains(char::is_whitespace) || !user.contains(char::is_alphabetic);
    if is_sip || (plain && !host.contains(char::is_whitespace)) { (user, Some(host)) } else { (text, None) }
}

/// Whether a parameter with its equals sign stands behind a semicolon.
fn has_parameter(text: &str) -> bool {
    ["phone-context", "ext", "postd"].iter().any(|name| parameter(cut(text, ';').1, name).is_some())
}

/// What comes before the first parameter, and the parameters. Digits behind a semicolon are a pause and are no parameter.
fn parameters_of(text: &str) -> (&str, &str) {
    let place = text
        .match_indices(';')
        .find(|(place, _)| text[place + 1..].trim_start().starts_with(|c: char| c.is_ascii_alphabetic()))
        .map(|(place, _)| place);
    match place {
        Some(place) => (&text[..place], &text[place + 1..]),
        None => (text, ""),
    }
}

fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    parameters.split(';').find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim()).filter(|value| !value.is_empty())
    })
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn digits_with_plus(text: &str) -> String {
    format!("+{}", digits(text))
}

/// Forms of web pages write a blank as a plus: one behind a digit or a word begins no number.
fn with_blanks(text: &str) -> String {
    let mut before = ' ';
    let blank = |c: char| {
        let blank = c == '+' && before.is_alphanumeric();
        before = c;
        if blank { ' ' } else { c }
    };
    text.chars().map(blank).collect()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let escaped = (byte == b'%').then(|| Some(hex(ahead.next()?)? * 16 + hex(ahead.next()?)?)).flatten();
        if escaped.is_some() {
            rest = ahead;
        }
        bytes.push(escaped.unwrap_or(byte));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(byte: u8) -> Option<u8> {
    u8::try_from(char::from(byte).to_digit(16)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_counts_and_never_the_name() {
        for raw in [
            "\"<+74951112233>\" <sip:79162045518@pbx.example>",
            "\"a\\\" <+74951112233>\" <sip:79162045518@pbx.example>",
            "\"a<b\" <sip:79162045518@pbx.example>;tag=\"<1>\"",
            "\"never closed <+74951112233> <sip:79162045518@pbx.example>",
            "<+74951112233> <sip:79162045518@pbx.example>",
            "+74951112233 <sip:79162045518@pbx.example>",
            "<sip:79162045518@pbx.example>;tag=1",
            "\"+74951112233\" sip:79162045518@pbx.example",
            "\"+74951112233\" 79162045518",
            "\"+74951112233\" 79162045518@pbx.example",
            "\"N\" <+74951112233> <79162045518>",
            "\"N\" <+74951112233>\" <sip:79162045518@pbx.example>",
            "N <+74951112233>, M <sip:79162045518@pbx.example>",
            "<sip:79162045518@pbx.example>;x=\"<sip:+74951112233@pbx.example>\"",
            "\"N\" <sip:79162045518@pbx.example>;x=\"\\\"<sip:+74951112233@pbx.example>\"",
            "sip:79162045518:secret@pbx.example:5060;transport=tcp?Subject=x",
            "<sip:79162045518@pbx.example>;x=<2>",
            "\"N\" <sip:79162045518@pbx.example>;tag=1;x=<+74951112233>",
            "<sip:79162045518@pbx.example>;x=a <sip:2@pbx.example>",
            "sip:79162045518@pbx.example;x=<2>",
            "79162045518@pbx.example;x=<2>",
            "tel:79162045518;x=<2>",
        ] {
            assert_eq!(Address::read(raw).user, "79162045518", "{raw}");
        }
    }

    #[test]
    fn brackets_and_quotes_around_digits_are_no_address() {
        for (text, user) in [
            ("8 <495> 123-45-67", "8 (495) 123-45-67"),
            ("+7<495>1234567", "+7(495)1234567"),
            ("\"8 (495) 123-45-67\"", "\"8 (495) 123-45-67\""),
            ("\"8 (495) 123-45-67\";", "\"8 (495) 123-45-67\";"),
            ("\"8 (495) 123-45-67\" доб. 12", "\"8 (495) 123-45-67\" доб. 12"),
        ] {
            let address = Address::read(text);
            assert_eq!((address.user.as_str(), address.has_number_before), (user, false), "{text}");
        }
        assert!(Address::read("\"8 (495) 123-45-67\" 68").has_number_before);
        assert!(!Address::read("\"Анна\" 68").has_number_before);
    }

    #[test]
    fn parameters_are_those_of_the_number() {
        let local = Address::read("sip:1234567;phone-context=+7-495@pbx.example;user=phone");
        assert_eq!((local.user.as_str(), local.context.as_deref()), ("1234567", Some("+7495")));
        let extended = Address::read("tel:+7-495-123-45-67;ext=1-2");
        assert_eq!((extended.user.as_str(), extended.extension.as_deref()), ("+7-495-123-45-67", Some("12")));
        assert_eq!(Address::read("tel:+74951234567;postd=pp22").post_dial.as_deref(), Some("pp22"));
        assert_eq!(Address::read("tel:+74951234567;ext=abc").extension, None);
        assert_eq!(Address::read("+74951234567;127").user, "+74951234567;127");
        assert_eq!(Address::read("tel:7042;phone-context=example.com").context, None);
    }

    #[test]
    fn some_domains_are_nobodys() {
        for (raw, withheld) in [
            ("sip:c8oqz84zk7z@privacy.invalid", true),
            ("<sip:Anonymous@Anonymous.Invalid>;tag=1", true),
            ("sip:anna@pbx.invalid", false),
        ] {
            assert_eq!(Address::read(raw).is_withheld, withheld, "{raw}");
        }
    }

    #[test]
    fn schemes_may_be_wrapped_and_escaped() {
        for raw in ["callto:tel:101", "tel:tel:101", "TEL://101", "callto:sip:101@pbx.example", "tel:%31%30%31"] {
            assert_eq!(Address::read(raw).user, "101", "{raw}");
        }
        assert_eq!(Address::read("tel:+7+495+123%20ext+1").user, "+7 495 123 ext 1");
        assert_eq!(Address::read("sip:a+b@pbx.example").user, "a+b");
        assert_eq!(Address::read("tel:%2B7%").user, "+7%");
        assert_eq!(Address::read("tel:%zz1").user, "%zz1");
    }

    #[test]
    fn an_address_of_mail_behind_a_number_is_no_domain() {
        let text = "8 495 123-45-67, info@example.com";
        assert_eq!((Address::read(text).user.as_str(), Address::read(text).is_sip), (text, false));
    }
}
