//! Numbers of the public telephone network, in E.164.

use rlibphonenumber::{PhoneNumber, PhoneNumberFormat};

/// A number of the public telephone network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// With a plus.
    pub e164: String,
    /// The caller pays extra.
    pub premium: bool,
    /// In another country than the office.
    pub abroad: bool,
    /// Its country is known to have such numbers.
    pub recognised: bool,
}

impl Phone {
    /// As people of the country read it: [`national`]. How to group digits that no country has nobody knows.
    pub fn display(&self) -> String {
        let russian = self.e164.strip_prefix("+7").and_then(russian_groups);
        russian.unwrap_or_else(|| if self.recognised { national(&self.e164) } else { self.e164.clone() })
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
