//! Words around a short number, which say that it is one.

use super::{ending::ends_with_extension_mark, groups::Group, plan::is_emergency};

/// Whole labels of a telephone number.
const TELEPHONE: [&str; 4] = ["тел", "телефон", "tel", "phone"];
/// Beginnings of the words for rescue services.
const RESCUE: [&str; 17] = [
    "мчс",
    "скор",
    "помощ",
    "полици",
    "пожар",
    "газ",
    "спас",
    "экстрен",
    "аварий",
    "служб",
    "един",
    "emergency",
    "police",
    "ambulance",
    "fire",
    "rescue",
    "sos",
];
/// Digits of the longest extension that stands alone.
const MOST_DIGITS: usize = 5;
/// Digits of the shortest that words before it and brackets around it make one.
const LEAST_IN_BRACKETS: usize = 3;

/// A short number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Explained {
    pub(super) digits: String,
    /// The digits may be two numbers.
    pub(super) doubtful: bool,
}

/// The short number that words explain: `тел. 103`, `Анна, доб. 1-00`, `205 (Анна)`, `112 - МЧС`, `Анна (205)`.
pub(super) fn short_number(user: &str, found: &[Group<'_>]) -> Option<Explained> {
    let (first, last) = (found.first()?, found.last()?);
    let (before, behind) = (first.gap, &user[last.end..]);
    let labelled = ends_with_extension_mark(before)
        || ends_with_x(before)
        || is_telephone(before) && (is_plain(behind) || is_remark(behind));
    let remarked = is_plain(before) && is_remark(behind);
    let bracketed = before.ends_with(['(', '[']) && is_plain(behind) && first.digits.len() >= LEAST_IN_BRACKETS;
    let rescue = is_emergency(first.digits) && is_rescue(&format!("{before} {behind}"));
    let digits: String = found.iter().map(|group| group.digits).collect();
    let one = found[1..].iter().all(|group| matches!(group.gap, "-" | " ")) && digits.len() <= MOST_DIGITS;
    let fits = one && !before.contains('+') && (labelled || found.len() == 1 && (remarked || bracketed || rescue));
    // `1-00` is one number, `12-13` may be two.
    fits.then_some(Explained { doubtful: found.len() > 1 && first.digits.len() > 1, digits })
}

/// The sign for an extension, `x`, alone or behind other words.
fn ends_with_x(text: &str) -> bool {
    let before = text.trim_end_matches([' ', '.', ':', '-']).strip_suffix(['x', 'X', 'х', 'Х']);
    before.is_some_and(|before| !before.ends_with(char::is_alphanumeric))
}

/// Nothing but signs of a sentence or of typesetting.
pub(super) fn is_plain(text: &str) -> bool {
    !text.contains(|c: char| c.is_alphanumeric() || matches!(c, '*' | '#' | '№' | '%' | '$' | '€' | '₽' | '='))
}

/// Words in brackets or behind a dash, without digits.
fn is_remark(text: &str) -> bool {
    let inner = text.trim();
    let in_brackets = inner.starts_with(['(', '[']) && inner.ends_with([')', ']']);
    let behind_dash = inner.strip_prefix('-').is_some_and(|rest| rest.starts_with(' ')) && text.starts_with(' ');
    (in_brackets || behind_dash) && inner.contains(char::is_alphabetic) && !inner.contains(|c: char| c.is_ascii_digit())
}

/// Nothing but words for rescue services.
fn is_rescue(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).peekable();
    let only_words = is_plain(&text.replace(char::is_alphabetic, ""));
    only_words && words.peek().is_some() && words.all(|word| RESCUE.iter().any(|begin| word.starts_with(begin)))
}

/// Nothing but the word for a telephone.
pub(super) fn is_telephone(text: &str) -> bool {
    TELEPHONE.contains(&text.to_lowercase().trim().trim_end_matches(['.', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::groups::groups;

    fn read(text: &str) -> Option<(String, bool)> {
        short_number(text, &groups(text)).map(|read| (read.digits, read.doubtful))
    }

    #[test]
    fn words_explain_a_short_number() {
        for (text, digits) in [
            ("тел. 103", "103"),
            ("доб. 205", "205"),
            ("доб. 1-00", "100"),
            ("доб. № 205", "205"),
            ("Анна, доб. 205", "205"),
            ("Анна (вн. 205)", "205"),
            ("доб. 205 Анна", "205"),
            ("112 (МЧС)", "112"),
            ("205 (Анна)", "205"),
            ("205 - Анна", "205"),
            ("Анна (205)", "205"),
            ("Скорая помощь: 103", "103"),
            ("112, МЧС", "112"),
        ] {
            assert_eq!(read(text), Some((digits.to_owned(), false)), "{text}");
        }
        assert_eq!(read("доб. 12-13"), Some(("1213".to_owned(), true)));
    }

    #[test]
    fn other_words_do_not() {
        for text in [
            "12 apples",
            "ул. Ленина, д. 12",
            "кабинет 205",
            "кабинет 102",
            "*112",
            "112#",
            "205 этаж",
            "глава (12)",
            "205 (2 этаж)",
            "205%",
            "доб. 100-101",
            "заказ 205 (срочно)",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
