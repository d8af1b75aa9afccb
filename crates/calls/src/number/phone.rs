//! Numbers of the public telephone network, in E.164.

use rlibphonenumber::{NumberLengthType, PhoneNumber, PhoneNumberFormat, PhoneNumberType};

use super::plan::REGION;

/// A number of the public telephone network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// With a plus.
    pub e164: String,
    /// What the caller may have to pay.
    pub premium: bool,
    /// In another country than the office.
    pub abroad: bool,
}

impl Phone {
    /// Reads digits with an optional plus, or says that no country has such a number.
    pub(super) fn read(number: &str) -> Option<Self> {
        let (e164, parsed) = match number.strip_prefix('+') {
            Some(digits) => international(digits).or_else(|| mistaken_plus(digits)),
            None => national_reading(number),
        }?;
        let premium = matches!(parsed.get_type(), PhoneNumberType::PremiumRate | PhoneNumberType::SharedCost);
        let abroad = match parsed.get_region_code() {
            Some(region) => region != REGION,
            None => parsed.country_code != 7,
        };
        Some(Self { e164, premium, abroad })
    }

    /// As people of the country read it: [`national`].
    pub fn display(&self) -> String {
        national(&self.e164)
    }
}

/// A number in E.164 as people read it: `+7 916 204-55-18`, `8 800 555-01-10`, international grouping for abroad.
/// Any other text comes back as it is.
pub fn national(e164: &str) -> String {
    if !super::is_e164(e164) {
        return e164.to_owned();
    }
    if let Some(grouped) = e164.strip_prefix("+7").and_then(russian_groups) {
        return grouped;
    }
    let Ok(number) = PhoneNumber::parse(e164, None) else { return e164.to_owned() };
    let shown = number.format_as(PhoneNumberFormat::International).into_owned();
    // A number that its country does not have may be shown with digits left out.
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    if digits(&shown) == digits(e164) { shown } else { e164.to_owned() }
}

/// Ten digits after +7 in the Russian manner; Kazakhstan (+77…) has its own.
fn russian_groups(digits: &str) -> Option<String> {
    let (code, rest) = digits.split_at_checked(3).filter(|_| digits.len() == 10 && !digits.starts_with('7'))?;
    let (hundreds, rest) = rest.split_at_checked(3)?;
    let (tens, ones) = rest.split_at_checked(2)?;
    let prefix = if matches!(code, "800" | "804") { "8" } else { "+7" };
    Some(format!("{prefix} {code} {hundreds}-{tens}-{ones}"))
}

/// A number in E.164 with what the library makes of it.
type Read = (String, PhoneNumber);

/// Where the country has the number, the library's form, without a trunk prefix as in `+44 (0)20 …`.
fn valid(number: PhoneNumber) -> Option<Read> {
    let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
    (number.is_valid() && super::is_e164(&e164)).then_some((e164, number))
}

/// Digits that begin with a country code, as long as that country's numbers are.
fn international(digits: &str) -> Option<Read> {
    let e164 = format!("+{digits}");
    let number = PhoneNumber::parse(&e164, None).ok()?;
    if let Some(read) = valid(number.clone()) {
        return Some(read);
    }
    let fits = matches!(number.is_possible_with_reason(), Ok(NumberLengthType::IsPossible));
    (fits && super::is_e164(&e164)).then_some((e164, number))
}

fn valid_international(digits: &str) -> Option<Read> {
    valid(PhoneNumber::parse(format!("+{digits}"), None).ok()?)
}

/// `+8 495 …`: the trunk prefix with a plus in front.
fn mistaken_plus(digits: &str) -> Option<Read> {
    (digits.len() == 11 && digits.starts_with('8')).then(|| national_reading(digits))?
}

/// Digits without a plus: the country's own way of dialling first, then a country code whose plus was lost.
fn national_reading(digits: &str) -> Option<Read> {
    let own = PhoneNumber::parse(digits, Some(REGION)).ok().and_then(valid);
    own.or_else(|| unassigned_russian(digits))
        .or_else(|| (digits.len() >= 11).then(|| valid_international(digits))?)
        .or_else(|| digits.strip_prefix("00").and_then(valid_international))
}

/// Eleven digits from 7 or 8 are a Russian number even where no operator has the code: whoever means Japan (81) or
/// China (86) from here dials a plus or 8-10 before it.
fn unassigned_russian(digits: &str) -> Option<Read> {
    let rest = digits.strip_prefix(['7', '8']).filter(|rest| rest.len() == 10)?;
    international(&format!("7{rest}"))
}

/// Whether the country's numbers are longer than these digits.
pub(super) fn is_too_short(number: &str) -> bool {
    let region = (!number.starts_with('+')).then_some(REGION);
    match PhoneNumber::parse(number, region) {
        Ok(parsed) => matches!(
            parsed.is_possible_with_reason(),
            Ok(NumberLengthType::IsPossibleLocalOnly) | Err(rlibphonenumber::ValidationError::TooShort)
        ),
        Err(_) => number.chars().filter(char::is_ascii_digit).count() < 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(number: &str) -> Option<Phone> {
        Phone::read(number)
    }

    #[test]
    fn numbers_are_shown_as_people_read_them() {
        for (e164, shown) in [
            ("+79162045518", "+7 916 204-55-18"),
            ("+74951234567", "+7 495 123-45-67"),
            ("+78005550110", "8 800 555-01-10"),
            ("+442079460958", "+44 20 7946 0958"),
            ("+77012345678", "+7 701 234 5678"),
            ("101", "101"),
            ("test_user", "test_user"),
            ("+7абвгдежзик", "+7абвгдежзик"),
        ] {
            assert_eq!(national(e164), shown);
        }
    }

    #[test]
    fn expensive_and_foreign_numbers_are_marked() {
        assert!(read("88091234567").is_some_and(|phone| phone.premium && !phone.abroad));
        assert!(read("+78031234567").is_some_and(|phone| phone.premium));
        assert!(read("88005550110").is_some_and(|phone| !phone.premium && !phone.abroad));
        assert!(read("+442079460958").is_some_and(|phone| phone.abroad && !phone.premium));
        assert!(read("+77012345678").is_some_and(|phone| phone.abroad));
    }

    #[test]
    fn too_short_is_told_from_long_enough() {
        for short in ["1234567", "8495123", "+7495123", "849512345", "5"] {
            assert_eq!(read(short), None, "{short}");
            assert!(is_too_short(short), "{short}");
        }
        assert!(!is_too_short("+749512345678901"));
    }
}
