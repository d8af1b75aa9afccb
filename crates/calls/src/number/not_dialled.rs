//! Texts that are digits and signs and yet no number to dial: dates, sums, addresses of computers.

use super::{groups::Group, plan::is_emergency, remark::is_plain};

/// Most digits of an extension, and so of what a fraction may be mistaken for.
const MOST_SHORT: usize = 5;
/// Digits of the shortest number with its code.
const LEAST_WITH_CODE: usize = 10;

/// Whether the text is one of them.
pub(super) fn is(user: &str, found: &[Group<'_>]) -> bool {
    is_alone(user, found) && (is_date(found) || is_host(found) || is_fraction(found)) || is_exponential(user)
}

/// Nothing stands around the digits.
fn is_alone(user: &str, found: &[Group<'_>]) -> bool {
    let begins = found.first().is_some_and(|first| matches!(first.gap.trim(), "" | "-"));
    begins && found.last().is_some_and(|last| is_plain(&user[last.end..]))
}

/// A date: `12.05.2024`, `2024-05-12`, `12/05/24`. Two digits and dashes are a local number.
fn is_date(found: &[Group<'_>]) -> bool {
    let [first, month, last] = found else { return false };
    let same_sign = month.gap == last.gap && matches!(month.gap, "." | "/" | "-");
    let (day, year) = if first.digits.len() == 4 { (last, first) } else { (first, last) };
    let within = |text: &str, most: u8| text.len() <= 2 && text.parse::<u8>().is_ok_and(|n| (1..=most).contains(&n));
    let is_year = match year.digits.len() {
        4 => year.digits.starts_with("19") || year.digits.starts_with("20"),
        2 => month.digits.len() == 2 && month.gap != "-",
        _ => false,
    };
    let ordered =
        within(day.digits, 31) && within(month.digits, 12) || within(day.digits, 12) && within(month.digits, 31);
    same_sign && is_year && ordered
}

/// The address of a computer: `192.168.0.1`.
fn is_host(found: &[Group<'_>]) -> bool {
    let fits = |group: &Group<'_>| group.digits.len() <= 3 && group.digits.parse::<u8>().is_ok();
    found.len() == 4 && found.iter().all(fits) && is_dotted(found)
}

/// A decimal fraction, a sum of money, or the number of a version: `3.14`, `1234.56`, `2.0.1`.
fn is_fraction(found: &[Group<'_>]) -> bool {
    let digits: String = found.iter().map(|group| group.digits).collect();
    let cents = found.len() == 2 && found[1].digits.len() <= 2 && digits.len() < LEAST_WITH_CODE;
    is_dotted(found) && !is_emergency(&digits) && (digits.len() <= MOST_SHORT || cents)
}

fn is_dotted(found: &[Group<'_>]) -> bool {
    found.len() > 1 && found[1..].iter().all(|group| group.gap == ".")
}

/// What a spreadsheet makes of a long number, `7.9162E+10`: nobody can tell whether digits are gone.
fn is_exponential(user: &str) -> bool {
    let user = user.to_ascii_uppercase().replace("*10^", "E");
    let Some((mantissa, exponent)) = user.split_once('E') else { return false };
    let exponent = exponent.trim_start_matches('+');
    let digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || b".,+".contains(&byte));
    digits(mantissa) && exponent.len() <= 3 && digits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::groups::groups;

    #[test]
    fn dates_hosts_and_digits_that_a_spreadsheet_cut_are_not_dialled() {
        for text in [
            "12.05.2024",
            "2024-05-12",
            "31/12/1999",
            "12.05.24",
            "12/05/24",
            "192.168.0.1",
            "255.255.255.255",
            "3.14",
            "-3.14",
            "1234.56",
            "2.0.1",
            "7.9162E+10",
            "7.4951*10^10",
            "7,9162045518E+10",
            "7.9162045518e10",
        ] {
            assert!(is(text, &groups(text)), "{text}");
        }
    }

    #[test]
    fn local_numbers_with_the_same_signs_are() {
        for text in ["12-05-24", "6-12", "1-1-2", "1.1.2", "45.67.89", "495.123.45.67", "4951234567.0", "123.45.67"] {
            assert!(!is(text, &groups(text)), "{text}");
        }
    }
}
