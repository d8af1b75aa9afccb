//! Says what kind of number a text is.

use super::{
    address::Address,
    dial_number::is_post_dial,
    ending::Ending,
    fold::fold,
    found::{Found, find, is_look_alike},
    groups::{Group, groups},
    hidden, not_dialled,
    phone::Phone,
    plan::{is_emergency, is_service},
    readings::{PhoneReading, Written},
    remark::{self, Explained, is_plain, is_telephone},
};

/// Digits from which on a number that no country has may bear an extension.
const LEAST_WITH_EXTENSION: usize = 5;
/// Digits of the shortest number of the country with its code: zeros behind a point or comma are no thousands of it.
const LEAST_WITH_CODE: usize = 10;

/// A number by its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// Not shown by the caller, or empty.
    Hidden,
    /// Rescue services, sent as typed.
    Emergency(String),
    /// Another short number of the country, sent as typed.
    Service(String),
    /// A colleague: 2 to 5 digits.
    Extension(String),
    /// A number of the public network.
    Phone(Phone),
    /// Anything else, without scheme and domain.
    Other(String),
}

/// Everything that one look at a text tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) number: Number,
    /// Digits with an optional plus, where the text held nothing but one number.
    pub(super) digits: Option<String>,
    /// The other number that it may be, E.164.
    pub(super) other: Option<String>,
    /// What was left out, or read in one of two ways, may have been meant.
    pub(super) doubtful: bool,
    pub(super) extension: Option<String>,
    pub(super) post_dial: Option<String>,
    /// It had a scheme or a domain.
    pub(super) is_address: bool,
}

impl Number {
    /// Reads any text. Never fails: what is no number is [`Number::Other`]. A text that may be numbers of two countries
    /// is [`Number::Other`], too: nobody is taken for somebody else.
    pub fn parse(text: &str) -> Self {
        let reading = Reading::of(text);
        match reading.digits {
            Some(digits) if reading.other.is_some() && !digits.starts_with('+') => Self::Other(digits),
            _ => reading.number,
        }
    }

    /// The form that is stored; `None` when hidden.
    pub fn into_text(self) -> Option<String> {
        match self {
            Self::Hidden => None,
            Self::Phone(phone) => Some(phone.e164),
            Self::Emergency(text) | Self::Service(text) | Self::Extension(text) | Self::Other(text) => Some(text),
        }
    }
}

impl Reading {
    pub(super) fn of(raw: &str) -> Self {
        let text = fold(raw);
        let address = Address::read(&text);
        let user = without_wait(without_marks_of_a_cell(without_bullet(&address.user)));
        let is_callable = user.contains(|c: char| c.is_alphanumeric() || matches!(c, '*' | '#'));
        if address.is_withheld || !is_callable || hidden::is_wording(&user) {
            return Self { is_address: address.is_address, ..Self::plain(Number::Hidden) };
        }
        let found = groups(&user);
        if not_dialled::is(&user, &found) {
            return Self { is_address: address.is_address, ..Self::plain(Number::Other(user)) };
        }
        let typed = typed(&user, &found);
        // "+7 (000) 000-00-00", however it is grouped.
        if typed.as_deref().is_some_and(hidden::is_zeros) {
            return Self { is_address: address.is_address, ..Self::plain(Number::Hidden) };
        }
        let begins_long = begins_with_trunk(&found);
        let alone = typed.as_deref().filter(|_| !begins_long);
        let mut reading = alone
            .and_then(|digits| short(digits, address.context.as_deref()))
            .map(Self::plain)
            .or_else(|| if alone.is_none() { explained(&user, &found, &address) } else { None })
            .or_else(|| Self::phone(&user, &address))
            .or_else(|| with_ending(&user, &found))
            .or_else(|| unassigned(typed.as_deref()?))
            .unwrap_or_else(|| Self::plain(Number::Other(user.clone())));
        reading.digits = reading.digits.or(typed);
        reading.extension = address.extension.clone().or(reading.extension);
        reading.post_dial = address.post_dial.as_deref().and_then(keyed).or(reading.post_dial);
        reading.is_address = address.is_address;
        reading.doubtful |= address.has_number_before;
        reading
    }

    fn plain(number: Number) -> Self {
        Self { number, digits: None, other: None, doubtful: false, extension: None, post_dial: None, is_address: false }
    }

    /// The number of the public network in the text. The name of a SIP account is not searched for one.
    fn phone(user: &str, address: &Address) -> Option<Self> {
        let is_name = address.is_sip && user.contains(char::is_alphabetic);
        if is_name || user.starts_with(['*', '#']) {
            return None;
        }
        let Found { reading, ending } = find(user)?;
        Some(Self::with(Number::Phone(reading.phone), reading.other, reading.doubtful, ending))
    }

    fn with(number: Number, other: Option<String>, doubtful: bool, ending: Ending) -> Self {
        Self {
            other,
            doubtful: doubtful || ending.has_more,
            extension: ending.extension,
            post_dial: ending.post_dial,
            ..Self::plain(number)
        }
    }
}

/// A short number, or a local number that its context completes.
fn short(digits: &str, context: Option<&str>) -> Option<Number> {
    if is_emergency(digits) {
        return Some(Number::Emergency(digits.to_owned()));
    }
    if is_service(digits) {
        return Some(Number::Service(digits.to_owned()));
    }
    // Programs give a context of the whole country to local and to complete numbers alike.
    let full = context.filter(|_| !digits.starts_with('+')).map(|context| format!("{context}{digits}"));
    if let Some(reading) = full.and_then(|full| Written::plain(&full).read()) {
        return Some(Number::Phone(reading.phone));
    }
    let is_extension = (2..=5).contains(&digits.len()) && !digits.starts_with('+');
    is_extension.then(|| Number::Extension(digits.to_owned()))
}

/// A short number with words that explain it.
fn explained(user: &str, found: &[Group<'_>], address: &Address) -> Option<Reading> {
    let Explained { digits, doubtful } = remark::short_number(user, found).filter(|_| !address.is_sip)?;
    let number = short(&digits, address.context.as_deref())?;
    Some(Reading { doubtful, ..Reading::plain(number) })
}

/// A number that its country is not known to have, alone in its text.
fn unassigned(digits: &str) -> Option<Reading> {
    let PhoneReading { phone, other, doubtful } =
        Written::plain(digits).read().filter(|read| !read.phone.recognised)?;
    Some(Reading::with(Number::Phone(phone), other, doubtful, Ending::default()))
}

/// A number that no country is known to have, with an extension or pauses behind it.
fn with_ending(user: &str, found: &[Group<'_>]) -> Option<Reading> {
    let first = found.first().filter(|first| !first.gap.contains(char::is_alphabetic) && is_plain(first.gap))?;
    let run = 1 + found[1..].iter().take_while(|group| group.continues()).count();
    let digits: String = found[..run].iter().map(|group| group.digits).collect();
    let behind = &user[found[run - 1].end..];
    let ending = Ending::read(behind, run == 1);
    // A letter where a digit was meant cuts the number short.
    if is_look_alike(behind) {
        return None;
    }
    let fits = digits.len() >= LEAST_WITH_EXTENSION && (ending.extension.is_some() || ending.post_dial.is_some());
    let number = format!("{}{digits}", if first.has_plus() { "+" } else { "" });
    let read = fits.then(|| unassigned(&number).map(|reading| reading.number)).flatten();
    fits.then(|| Reading {
        digits: Some(number.clone()),
        ..Reading::with(read.unwrap_or(Number::Other(number)), None, false, ending)
    })
}

/// The digits of a text that holds nothing but one number. Digits behind a slash or in brackets may be another number.
fn typed(user: &str, found: &[Group<'_>]) -> Option<String> {
    let (first, last) = (found.first()?, found.last()?);
    let one = found[1..].iter().all(|group| group.continues());
    let mut before = 0;
    let apart = found.iter().any(|group| {
        let apart = before >= LEAST_WITH_EXTENSION && group.gap.contains(['/', '(', '[']);
        before += group.digits.len();
        apart
    });
    let digits: String = found.iter().map(|group| group.digits).collect();
    let plus = if first.has_plus() { "+" } else { "" };
    let alone = one && !apart && (is_plain(first.gap) || is_telephone(first.gap)) && is_plain(&user[last.end..]);
    alone.then(|| format!("{plus}{digits}"))
}

/// The first digits of a long number, its trunk prefix or country code apart: `8 916`, `8 (495)`.
fn begins_with_trunk(found: &[Group<'_>]) -> bool {
    let [first, second, ..] = found else { return false };
    matches!(first.digits, "7" | "8") && second.digits.len() >= 3 && second.gap.starts_with(' ')
}

/// The wait for the second tone may be written within the exit code: `8w10`, as `8~10`.
fn without_wait(user: String) -> String {
    let mut signs = user.chars();
    let waits = signs.next() == Some('8') && matches!(signs.next(), Some('w' | 'W' | 'p' | 'P'));
    if waits && user[2..].starts_with("10") { format!("8{}", &user[2..]) } else { user }
}

/// A star and a blank before a whole number are the mark of a list, and no code of the PBX.
fn without_bullet(user: &str) -> &str {
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let inner = user.strip_prefix("* ").filter(|inner| !inner.contains(['*', '#']) && digits(inner) >= LEAST_WITH_CODE);
    inner.unwrap_or(user)
}

/// What spreadsheets put around and behind a number: `'79…`, `="79…"`, `4951234567.0`, `79,162,045,518`.
fn without_marks_of_a_cell(user: &str) -> String {
    let inner = user.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(user);
    let inner = inner.strip_prefix('\'').unwrap_or(inner).trim();
    let is_number = |text: &str| {
        let digits = text.strip_prefix('+').unwrap_or(text);
        digits.len() > 1 && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    // "(495) 1234567.0"
    let is_grouped = |text: &str| {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        digits >= LEAST_WITH_CODE
            && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')'))
    };
    let with_zeros = inner.rsplit_once(['.', ',']).filter(|(integer, decimals)| {
        let zeros = !decimals.is_empty() && decimals.bytes().all(|byte| byte == b'0');
        zeros && (decimals.len() < 3 || integer.len() >= LEAST_WITH_CODE)
    });
    // Behind a plus, a comma is a pause: no spreadsheet has a plus.
    let is_pause = inner.starts_with('+') && inner.contains(',');
    // "8 (495) 123-45-67.00": cents behind a whole number. Fewer digits before a comma may be grouped as thousands.
    let is_zero = |decimals: &str| decimals == "0" || inner.contains('.') && decimals.len() > 1;
    let fits = |(integer, decimals): &(&str, &str)| is_number(integer) || is_grouped(integer) && is_zero(decimals);
    if let Some((integer, _)) = with_zeros.filter(|found| fits(found) && !is_pause) {
        return integer.to_owned();
    }
    for separator in [',', '\''] {
        let mut parts = inner.split(separator);
        let first = parts.next().unwrap_or_default();
        let thousands = inner.matches(separator).count() > 1
            && first.len() <= 3
            && parts.all(|part| part.len() == 3 && is_number(part));
        if thousands && first.bytes().all(|byte| byte.is_ascii_digit()) && !first.is_empty() {
            return inner.replace(separator, "");
        }
    }
    inner.to_owned()
}

/// What is keyed in after the answer, without the pauses before it; `None` where it is nothing that a telephone can key.
fn keyed(post_dial: &str) -> Option<String> {
    let keyed = post_dial.trim_start_matches(['p', 'P', 'w', 'W', ',', ';']);
    is_post_dial(keyed).then(|| keyed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_before_extensions_and_extensions_before_phones() {
        for code in ["112", "101", "102", "103", "104", "tel:112", "1-1-2"] {
            assert!(matches!(Number::parse(code), Number::Emergency(_)), "{code}");
        }
        assert_eq!(Number::parse("122"), Number::Service("122".into()));
        assert_eq!(Number::parse("тел. 103"), Number::Emergency("103".into()));
        for begun in ["8 (495)", "8 495 1", "8 495 12-3"] {
            assert_eq!(Number::parse(begun), Number::Other(begun.into()));
        }
        for short in
            ["доб. 205", "6-12", "10", "0511", "34567", "sip:345@cloudpbx.example", "205.0", "x205", "Анна, х 205"]
        {
            assert!(matches!(Number::parse(short), Number::Extension(_)), "{short}");
        }
        assert!(matches!(Number::parse("84951234567"), Number::Phone(_)));
        for other in ["5", "*100#", "test_user", "1234567", "+112", "№12"] {
            assert!(matches!(Number::parse(other), Number::Other(_)), "{other}");
        }
    }

    #[test]
    fn a_context_completes_what_is_a_number_only_with_it() {
        for complete in ["1234567;phone-context=+7495", "4951234567;phone-context=+7", "84951234567;phone-context=+7"] {
            let number = Number::parse(&format!("tel:{complete}"));
            assert!(matches!(number, Number::Phone(phone) if phone.e164 == "+74951234567"), "{complete}");
        }
        assert_eq!(Number::parse("tel:112;phone-context=+7"), Number::Emergency("112".into()));
        assert_eq!(Number::parse("tel:122;phone-context=+7495"), Number::Service("122".into()));
        assert_eq!(Number::parse("tel:345;phone-context=+7495"), Number::Extension("345".into()));
        assert_eq!(Number::parse("tel:863-1234;phone-context=+1-914-555"), Number::Other("863-1234".into()));
    }

    #[test]
    fn a_text_of_two_countries_is_nobody() {
        assert_eq!(Number::parse("989162045518"), Number::Other("989162045518".into()));
        assert_eq!(Number::parse("80291234568"), Number::Other("80291234568".into()));
        assert!(matches!(Number::parse("984951234567"), Number::Phone(_)));
    }

    #[test]
    fn zeros_are_hidden_however_they_are_grouped() {
        for text in ["70000000000", "+7 (000) 000-00-00", "8 (000) 000 00 00", "000-00-00"] {
            assert_eq!(Number::parse(text), Number::Hidden, "{text}");
        }
        assert!(matches!(Number::parse("+7 (495) 000-00-00"), Number::Phone(_)));
    }

    #[test]
    fn spreadsheets_leave_the_number_as_it_was() {
        for text in [
            "4951234567.0",
            "4951234567,00",
            "'84951234567",
            "=\"84951234567\"",
            "74,951,234,567",
            "+74951234567.00",
            "8 (495) 123-45-67.00",
            "74 951 234 567.00",
        ] {
            assert!(matches!(Number::parse(text), Number::Phone(phone) if phone.e164 == "+74951234567"), "{text}");
        }
    }
}
