//! Which numbers of the public network a run of digits may be, by the way it is written.

use rlibphonenumber::{NumberLengthType, PhoneNumber, PhoneNumberType};

use super::{is_e164, phone::Phone, plan::REGION};

/// A run of digits as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written<'a> {
    /// Without plus.
    pub(super) digits: &'a str,
    pub(super) has_plus: bool,
    /// The digits up to the first sign.
    pub(super) first: &'a str,
    /// The first digits stand in brackets.
    pub(super) bracketed: bool,
}

/// What a run of digits is taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PhoneReading {
    pub(super) phone: Phone,
    /// The other number that it may be, E.164.
    pub(super) other: Option<String>,
    /// Digits that were left out may have meant something.
    pub(super) doubtful: bool,
}

impl<'a> Written<'a> {
    /// Digits with an optional plus and no sign between them.
    pub(super) fn plain(number: &'a str) -> Self {
        let digits = number.strip_prefix('+').unwrap_or(number);
        Self { digits, has_plus: number.starts_with('+'), first: digits, bracketed: false }
    }

    /// What it is; `None` when no country has such a number.
    pub(super) fn read(&self) -> Option<PhoneReading> {
        if self.has_plus { self.international() } else { self.national() }
    }

    /// Behind a plus stands a country's code, but people put the plus before what they dial here, too.
    fn international(&self) -> Option<PhoneReading> {
        let digits = self.digits;
        let as_written = exact(digits);
        if as_written.is_none()
            && let Some(phone) = behind_exit_code(digits, &["810", "00"])
                .or_else(|| kept_trunk(digits))
                .or_else(|| digits.strip_prefix("70").and_then(russian))
        {
            return Some(PhoneReading::sure(phone));
        }
        if let Some(home) = digits.strip_prefix('8').and_then(russian) {
            let possible = as_written.clone().or_else(|| possible(digits));
            // None of the countries whose codes begin with 8 has a number that begins with 0.
            let begins_with_zero =
                |phone: &Phone| country_code(&phone.e164).is_some_and(|code| digits[code.len()..].starts_with('0'));
            let fits = |phone: &Phone| digits.ends_with(&phone.e164[2..]) && !begins_with_zero(phone);
            let Some(abroad) = possible.filter(fits) else {
                return Some(PhoneReading::sure(home));
            };
            return Some(match self.first {
                // "+84 95 …": the grouping shows the country's code.
                first if first.len() < digits.len() && first != "8" && abroad.recognised => PhoneReading::sure(abroad),
                first if first == digits && abroad.recognised => PhoneReading::or(abroad, home),
                _ => PhoneReading::or(home, abroad),
            });
        }
        as_written.or_else(|| with_trunk_inside(digits)).or_else(|| possible(digits)).map(PhoneReading::sure)
    }

    /// Whether digits in groups begin with a country's code, or with most of it (`38 (044) …`), as a number of that country
    /// is written. Grouped otherwise they are a number of this country with a digit too many.
    fn begins_with_code(&self, phone: &Phone) -> bool {
        let is_grouped = self.first.len() < self.digits.len();
        let is_begin = |code: String| code == self.first || self.first.len() > 1 && code.starts_with(self.first);
        !is_grouped || country_code(&phone.e164).is_some_and(is_begin)
    }

    /// Without a plus: the country's own way of dialling first, then a country code whose plus was lost.
    fn national(&self) -> Option<PhoneReading> {
        let digits = self.digits;
        if let Some(phone) = behind_exit_code(digits, &["810", "00"]).or_else(|| kept_trunk(digits)) {
            return Some(PhoneReading::sure(phone));
        }
        match digits.len() {
            11 if digits.starts_with(['7', '8']) => {
                let rest = &digits[1..];
                let phone = russian(rest).or_else(|| unassigned(rest))?;
                return Some(PhoneReading::sure(phone));
            }
            // The trunk prefix stands apart and a digit is missing behind it.
            10 if matches!(self.first, "7" | "8") => return None,
            10 => {
                if let Some(phone) = russian(digits) {
                    return Some(PhoneReading::sure(phone));
                }
            }
            _ => {}
        }
        let is_national = self.bracketed || matches!(self.first, "7" | "8" | "9" | "0");
        let abroad = exact(digits).filter(|phone| !is_national && digits.len() >= 11 && self.begins_with_code(phone));
        if let Some(home) = behind_outside_line(digits, self.first) {
            let abroad = exact(digits).filter(|_| digits.len() >= 11);
            return Some(PhoneReading { phone: home, other: abroad.map(|phone| phone.e164), doubtful: true });
        }
        if let Some(phone) = abroad {
            // A number of this country may have a digit too many.
            let typed_twice = digits.len() == 11 && self.first == digits && russian(&digits[..10]).is_some();
            return Some(PhoneReading { phone, other: None, doubtful: typed_twice });
        }
        // The exit code of North America.
        let phone = behind_exit_code(digits, &["011"])?;
        Some(PhoneReading { phone, other: None, doubtful: true })
    }
}

impl PhoneReading {
    fn sure(phone: Phone) -> Self {
        Self { phone, other: None, doubtful: false }
    }

    fn or(phone: Phone, other: Phone) -> Self {
        Self { phone, other: Some(other.e164), doubtful: true }
    }
}

/// The code of the country that a number in E.164 belongs to.
pub(super) fn country_code(e164: &str) -> Option<String> {
    Some(PhoneNumber::parse(e164, None).ok()?.country_code.to_string())
}

/// Ten digits that are a number of the country, or of Kazakhstan, which shares its code.
fn russian(rest: &str) -> Option<Phone> {
    (rest.len() == 10).then(|| exact(&format!("7{rest}")))?
}

/// Eleven digits from 7 or 8 are a Russian number even where no operator has the code: whoever means Japan (81) or
/// China (86) from here dials a plus or 8-10 before it. No code of the country begins with 0, but Belarus and Ukraine
/// write their numbers so at home.
fn unassigned(rest: &str) -> Option<Phone> {
    possible(&format!("7{rest}")).filter(|_| !rest.starts_with('0'))
}

/// A trunk prefix that was kept behind or before the country's code, or the code twice: `+7 (8 495) …`, `8 7 495 …`,
/// `+7 7 495 …`.
fn kept_trunk(digits: &str) -> Option<Phone> {
    ["78", "87", "77"].iter().find_map(|prefix| digits.strip_prefix(prefix)).and_then(russian)
}

fn behind_exit_code(digits: &str, codes: &[&str]) -> Option<Phone> {
    let rest = codes.iter().find_map(|code| digits.strip_prefix(code))?;
    exact(rest).or_else(|| with_trunk_inside(rest))
}

/// Desk phones take 9 (or 0) before what is dialled outside: `9 8 916 …`, `9 810 44 …`, `9 495 …`.
fn behind_outside_line(digits: &str, first: &str) -> Option<Phone> {
    let rest = digits.strip_prefix(['9', '0'])?;
    let long = rest.strip_prefix('8').and_then(russian);
    let short = || russian(rest).filter(|_| first.len() == 1);
    long.or_else(|| behind_exit_code(rest, &["810"])).or_else(short)
}

/// A valid number of the country whose code it begins with.
fn exact(digits: &str) -> Option<Phone> {
    let e164 = format!("+{digits}");
    let number = PhoneNumber::parse(&e164, None).ok()?;
    let form = number.format_as(rlibphonenumber::PhoneNumberFormat::E164);
    (form == e164 && is_e164(&e164) && number.is_valid()).then(|| phone(e164, &number, true))
}

/// `+44 (0)20 …`: the country's own trunk prefix, left out from abroad.
fn with_trunk_inside(digits: &str) -> Option<Phone> {
    let number = PhoneNumber::parse(format!("+{digits}"), None).ok()?;
    let e164 = number.format_as(rlibphonenumber::PhoneNumberFormat::E164).into_owned();
    (is_e164(&e164) && number.is_valid()).then(|| phone(e164, &number, true))
}

/// As long as that country's numbers are, though no operator is known to have it.
fn possible(digits: &str) -> Option<Phone> {
    let e164 = format!("+{digits}");
    let number = PhoneNumber::parse(&e164, None).ok()?;
    let fits = matches!(number.is_possible_with_reason(), Ok(NumberLengthType::IsPossible));
    (fits && is_e164(&e164)).then(|| phone(e164, &number, false))
}

fn phone(e164: String, number: &PhoneNumber, recognised: bool) -> Phone {
    let premium = matches!(number.get_type(), PhoneNumberType::PremiumRate | PhoneNumberType::SharedCost);
    // Kazakhstan has +7 6 and +7 7, Abkhazia's networks use +7 840 and +7 940.
    let shares_code = ["+76", "+77", "+7840", "+7940"].iter().any(|begin| e164.starts_with(begin));
    let abroad = shares_code || !e164.starts_with("+7") || number.get_region_code().is_some_and(|code| code != REGION);
    Phone { e164, premium, abroad, recognised }
}

/// Whether the country's numbers are longer than these digits.
pub(super) fn is_too_short(number: &str) -> bool {
    let digits = number.trim_start_matches('+');
    if !number.starts_with('+') && digits.len() == 10 && digits.starts_with(['7', '8']) {
        return true;
    }
    let region = (!number.starts_with('+')).then_some(REGION);
    match PhoneNumber::parse(number, region) {
        Ok(parsed) => matches!(
            parsed.is_possible_with_reason(),
            Ok(NumberLengthType::IsPossibleLocalOnly) | Err(rlibphonenumber::ValidationError::TooShort)
        ),
        Err(_) => digits.len() < 7,
    }
}

/// Most digits of a number of E.164, and of a Russian one with its country or trunk prefix.
const MOST_DIGITS: (usize, usize) = (15, 11);

/// Whether no country's numbers are as long.
pub(super) fn is_too_long(number: &str) -> bool {
    let digits = number.trim_start_matches('+');
    digits.len() > if digits.starts_with(['7', '8']) { MOST_DIGITS.1 } else { MOST_DIGITS.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(number: &str) -> Option<Phone> {
        Written::plain(number).read().map(|reading| reading.phone)
    }

    #[test]
    fn expensive_and_foreign_numbers_are_marked() {
        assert!(read("88091234567").is_some_and(|phone| phone.premium && !phone.abroad));
        assert!(read("+78031234567").is_some_and(|phone| phone.premium));
        assert!(read("88005550110").is_some_and(|phone| !phone.premium && !phone.abroad));
        for abroad in ["+442079460958", "+77012345678", "87012345678", "89407123456", "+78402261235"] {
            assert!(read(abroad).is_some_and(|phone| phone.abroad && !phone.premium), "{abroad}");
        }
    }

    #[test]
    fn too_short_is_told_from_long_enough() {
        for short in ["1234567", "8495123", "+7495123", "849512345", "8495123456", "5"] {
            assert!(read(short).is_none(), "{short}");
            assert!(is_too_short(short), "{short}");
        }
        assert!(!is_too_short("+749512345678901"));
        assert!(is_too_long("+749512345678901") && is_too_long("891620455188") && !is_too_long("442079460958"));
    }

    #[test]
    fn a_country_code_may_have_lost_its_plus_but_a_trunk_prefix_is_none() {
        let apart = |first, digits| Written { digits, has_plus: false, first, bracketed: false }.read();
        assert!(apart("1", "12125550123").is_some_and(|reading| reading.phone.e164 == "+12125550123"));
        assert!(apart("9", "93700123456").is_none() && apart("8", "8375291234567").is_none());
        assert!(apart("38", "380441234567").is_some_and(|reading| reading.phone.e164 == "+380441234567"));
        assert!(apart("495", "49512345678").is_none() && apart("4", "49512345678").is_none());
        assert!(Written::plain("49512345678").read().is_some_and(|reading| reading.doubtful));
        assert!(Written::plain("998901234567").read().is_some_and(|reading| !reading.doubtful));
    }

    #[test]
    fn two_countries_ask() {
        for (number, first, other) in [
            ("989162045518", "+79162045518", Some("+989162045518")),
            ("+84951234567", "+84951234567", Some("+74951234567")),
            ("984951234567", "+74951234567", None),
            ("011442079460958", "+442079460958", None),
            ("9810442079460958", "+442079460958", None),
        ] {
            let reading = Written::plain(number).read().expect("a number");
            assert_eq!((reading.phone.e164.as_str(), reading.other.as_deref()), (first, other), "{number}");
            assert!(reading.doubtful, "{number}");
        }
    }
}
