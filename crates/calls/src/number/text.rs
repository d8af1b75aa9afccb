//! Takes a number out of the text around it: schemes, domains, brackets, labels, other scripts' digits.

/// Longer texts are cut: no address of a phone is so long.
const LONGEST: usize = 256;
/// Words that PBXs send instead of a number, lower case.
const HIDDEN: [&str; 21] = [
    "anonymous",
    "anonymous caller",
    "unknown",
    "unknown caller",
    "private",
    "restricted",
    "withheld",
    "hidden",
    "unavailable",
    "nonumber",
    "null",
    "none",
    "undefined",
    "скрыт",
    "скрытый",
    "скрытый номер",
    "номер скрыт",
    "анонимный",
    "аноним",
    "неизвестен",
    "неизвестный",
];
const SCHEMES: [&str; 4] = ["tel:", "callto:", "sips:", "sip:"];
/// What people and PBXs write before an extension, lower case, longest first.
const EXTENSION_MARKS: [&str; 10] = ["extension", "внутр", "ext.", "доб.", "ext", "доб", "вн.", "x", "#", ","];

/// A text taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Parts {
    /// Without scheme, domain, parameters and extension.
    pub(super) user: String,
    /// The user part as ASCII digits with an optional leading plus, when it holds nothing but a number.
    pub(super) number: Option<String>,
    /// What stands before the number within its country or town, with a plus: the `phone-context` of a local number.
    pub(super) context: Option<String>,
    /// Digits to dial after the answer.
    pub(super) extension: Option<String>,
    /// The text is an address: it had a scheme or a domain.
    pub(super) is_address: bool,
}

impl Parts {
    pub(super) fn read(raw: &str) -> Self {
        let text: String = raw.chars().filter(|c| !is_invisible(*c)).take(LONGEST).collect();
        let (text, had_scheme) = without_scheme(between_brackets(text.trim()));
        let decoded = if had_scheme { percent_decoded(text) } else { text.to_owned() };
        let (head, query) = cut(&decoded, '?');
        let head = if had_scheme || query.is_empty() { head } else { decoded.as_str() };
        let (address, parameters) = cut(head, ';');
        let (user, host) = cut(address, '@');
        if host.eq_ignore_ascii_case("anonymous.invalid") {
            return Self { is_address: true, ..Self::default() };
        }
        let (user, marked) = without_extension(user.trim());
        let number = as_number(user);
        let is_local = number.as_ref().is_some_and(|number| !number.starts_with('+'));
        let context = parameter(parameters, "phone-context").filter(|context| is_local && context.starts_with('+'));
        let context = context.and_then(as_number);
        let named = parameter(parameters, "ext").or_else(|| Some(parameters).filter(|_| number.is_some()));
        let extension = marked.or_else(|| named.and_then(digits_only));
        Self { user: user.to_owned(), number, context, extension, is_address: had_scheme || !host.is_empty() }
    }

    /// Nothing is left that could be called, or a word for that.
    pub(super) fn is_hidden(&self) -> bool {
        let callable = |c: char| c.is_alphanumeric() || matches!(c, '*' | '#');
        !self.user.chars().any(callable) || HIDDEN.contains(&self.user.to_lowercase().as_str())
    }
}

/// The text before and after the first `mark`.
fn cut(text: &str, mark: char) -> (&str, &str) {
    text.split_once(mark).unwrap_or((text, ""))
}

/// Marks of writing direction and the like, which come along when a number is copied from a page.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The address in `"Name" <address>`.
fn between_brackets(text: &str) -> &str {
    match text.split_once('<').and_then(|(_, rest)| rest.split_once('>')) {
        Some((address, _)) => address.trim(),
        None => text,
    }
}

fn without_scheme(text: &str) -> (&str, bool) {
    for scheme in SCHEMES {
        if let Some((head, rest)) = text.split_at_checked(scheme.len())
            && head.eq_ignore_ascii_case(scheme)
        {
            return (rest.trim_start_matches('/').trim(), true);
        }
    }
    (text, false)
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
    let text = String::from_utf8_lossy(&bytes);
    text.chars().filter(|c| !is_invisible(*c)).collect()
}

fn hex(byte: u8) -> Option<u8> {
    u8::try_from(char::from(byte).to_digit(16)?).ok()
}

fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    parameters.split(';').find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Splits `+7 495 123-45-67 доб. 12` where a mark stands between a number and a short run of digits.
fn without_extension(user: &str) -> (&str, Option<String>) {
    for mark in EXTENSION_MARKS {
        let Some(place) = find_ignoring_case(user, mark) else { continue };
        let (number, rest) = user.split_at(place);
        let digits = rest.chars().skip(mark.chars().count()).collect::<String>();
        let enough = number.chars().filter(|c| c.is_numeric()).count() >= 5;
        if let Some(extension) = digits_only(&digits)
            && enough
            && as_number(number).is_some()
        {
            return (number.trim_end(), Some(extension));
        }
    }
    (user, None)
}

/// The byte place where `mark` begins, a border of characters.
fn find_ignoring_case(text: &str, mark: &str) -> Option<usize> {
    text.char_indices().map(|(place, _)| place).find(|place| {
        let mut rest = text[*place..].chars().flat_map(char::to_lowercase);
        mark.chars().all(|expected| rest.next() == Some(expected))
    })
}

/// One to ten digits with separators around them and nothing else.
fn digits_only(text: &str) -> Option<String> {
    let trimmed = text.trim_matches(|c: char| is_separator(c) || matches!(c, ',' | ':' | '#'));
    as_number(trimmed).filter(|digits| digits.len() <= 10 && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// The digits of a text that holds nothing but digits of any script, separators, and a plus in front.
fn as_number(text: &str) -> Option<String> {
    let mut number = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0'..='9' => number.push(c),
            '+' | '\u{ff0b}' if number.is_empty() => number.push('+'),
            c if is_separator(c) => {}
            c => number.push(ascii_digit(c)?),
        }
    }
    number.bytes().any(|b| b.is_ascii_digit()).then_some(number)
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '(' | ')' | '.' | '/' | '~' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}')
}

/// A decimal digit of any script as an ASCII one.
fn ascii_digit(c: char) -> Option<char> {
    if c.is_ascii() || !c.is_numeric() {
        return None;
    }
    let digits = rlibphonenumber::PHONE_NUMBER_UTIL.normalize_digits_only(c.encode_utf8(&mut [0; 4]));
    digits.chars().next().filter(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_found_behind_their_marks() {
        for raw in [
            "+7 495 123-45-67 доб. 12",
            "+7 495 123-45-67 ДОБ 12",
            "+74951234567 ext. 12",
            "+74951234567,,12",
            "+74951234567#12",
            "+74951234567 x12",
            "tel:+7-495-123-45-67;ext=12",
            "+74951234567;12",
        ] {
            let parts = Parts::read(raw);
            assert_eq!(parts.number.as_deref(), Some("+74951234567"), "{raw}");
            assert_eq!(parts.extension.as_deref(), Some("12"), "{raw}");
        }
        assert_eq!(Parts::read("*100#").extension, None);
    }

    #[test]
    fn only_digits_with_a_plus_are_a_context_and_only_of_a_local_number() {
        for (raw, number, context) in [
            ("tel:7042;phone-context=example.com", "7042", None),
            ("tel:7042;phone-context=7495", "7042", None),
            ("tel:863-1234;phone-context=+1-914-555", "8631234", Some("+1914555")),
            ("tel:+74951234567;phone-context=+7", "+74951234567", None),
        ] {
            let parts = Parts::read(raw);
            assert_eq!((parts.number.as_deref(), parts.context.as_deref()), (Some(number), context), "{raw}");
        }
    }

    #[test]
    fn broken_escapes_are_kept() {
        assert_eq!(Parts::read("tel:%2B7%").user, "+7%");
        assert_eq!(Parts::read("tel:%zz1").user, "%zz1");
    }
}
