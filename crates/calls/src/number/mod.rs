//! Phone numbers as people type them and PBXs write them.
//!
//! One order of recognition everywhere: hidden, emergency and service codes, extensions of 2 to 5 digits, phone
//! numbers in E.164, and whatever else. `rlibphonenumber` is asked only for the phone numbers.

use std::ops::RangeInclusive;

mod address;
mod dial_number;
mod dialable;
mod ending;
mod fold;
mod found;
mod groups;
mod hidden;
mod not_dialled;
mod parse;
mod phone;
mod plan;
mod readings;
mod region;
mod remark;

pub use address::header_address;
pub use dial_number::{DialKind, DialNumber};
pub use dialable::{DialError, DialWarning, Dialable};
pub use parse::Number;
pub use phone::{Phone, national};
pub use plan::NumberingPlan;
pub use region::{Area, Region, region};

/// Digits from which on those behind a `№` may be a telephone number.
const LEAST_COUNTED: usize = 7;

/// How many digits a number has that is written with its area, with or without its country: fewer may be a part of one, and
/// more may hold what is keyed in after the answer.
const COMPLETE: RangeInclusive<usize> = 10..=12;

/// How often [`normalise`] reads its own result again: wrapped texts (`tel:tel:…`) get shorter each time.
const ROUNDS: usize = 8;

/// The form in which numbers are stored, in the Russian plan: E.164 with `+` where it is one, otherwise the vendor's
/// text without scheme and domain; `None` when hidden.
pub fn normalise(raw: &str) -> Option<String> {
    let mut text = Number::parse(raw).into_text()?;
    for _ in 0..ROUNDS {
        if is_e164(&text) {
            break;
        }
        let again = Number::parse(&text).into_text()?;
        if again == text {
            break;
        }
        text = again;
    }
    Some(text)
}

/// Whether both name the same party. A hidden number is the same as none, not even as another hidden one; a short
/// number is never the tail of a long one.
pub fn same(a: &str, b: &str) -> bool {
    if a == b && is_e164(a) {
        return true;
    }
    if end_otherwise(a, b) {
        return false;
    }
    match (compared(a), compared(b)) {
        (Some(a), Some(b)) => a == b,
        (None, _) | (_, None) => false,
    }
}

/// Whether two texts are complete numbers that end otherwise, which needs no reading: what is written before a number, of a
/// country or to call abroad, changes nothing of its last digits.
pub fn end_otherwise(a: &str, b: &str) -> bool {
    let ending = |text: &str| -> Option<[u8; LEAST_COUNTED]> {
        let digits = text.strip_prefix('+').unwrap_or(text).as_bytes();
        let is_complete = COMPLETE.contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
        is_complete.then(|| digits.last_chunk().copied()).flatten()
    };
    matches!((ending(a), ending(b)), (Some(a), Some(b)) if a != b)
}

/// [`normalise`] without the signs between digits, which the stored form keeps where it is no number of E.164.
fn compared(raw: &str) -> Option<String> {
    let text = normalise(raw)?;
    Some(parse::Reading::of(&text).digits.unwrap_or(text))
}

/// The digits, without plus, of every complete number of the public network that a text may mean, whatever stands around
/// it: what a search for the text looks for. Empty for parts of numbers, short numbers and names.
pub fn complete_numbers(text: &str) -> Vec<String> {
    let reading = parse::Reading::of(text);
    let first = match &reading.number {
        Number::Phone(phone) => Some(phone.e164.as_str()),
        Number::Hidden | Number::Emergency(_) | Number::Service(_) | Number::Extension(_) | Number::Other(_) => None,
    };
    first.into_iter().chain(reading.other.as_deref()).map(|e164| e164.trim_start_matches('+').to_owned()).collect()
}

/// A short number or a part of one without what is pasted with it: words such as `тел.` or `доб.`, or the sign `№`, before it,
/// and an extension behind it. `None` where nothing stands around the digits, or other words.
pub fn part_of_number(text: &str) -> Option<&str> {
    let (number, is_followed) = match before_extension(text) {
        Some(number) => (number, true),
        None => (text, false),
    };
    let start = number.find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '('))?;
    let (label, rest) = number.split_at(start);
    // "№ 84951234567" is dialled by nobody, and looked for as a number.
    let is_counted = || label.trim() == "№" && rest.bytes().filter(u8::is_ascii_digit).count() >= LEAST_COUNTED;
    // "«112» доб. 12": what has an extension is a number, with or without a word that says so.
    let is_bare = || is_followed && !label.contains(char::is_alphabetic);
    let is_label = found::is_label(label) || ending::is_extension_mark(label) || is_counted() || is_bare();
    // What a list or a sentence puts behind it is not part of it.
    let end = rest.rfind(|c: char| c.is_ascii_digit())? + 1;
    (is_label && !rest.contains(char::is_alphabetic)).then_some(&rest[..end])
}

/// The text up to the last digit before the mark of an extension.
fn before_extension(text: &str) -> Option<&str> {
    let groups = groups::groups(text);
    let is_word = |gap: &str| ending::is_extension_mark(gap) && ending::ends_with_extension_mark(gap);
    let is_mark = |gap: &str| is_word(gap) || gap.trim() == "#";
    let mark = groups.iter().skip(1).position(|group| is_mark(group.gap))?;
    Some(&text[..groups[mark].end])
}

/// Why a number in a directory would never be found at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unmatched {
    /// Nothing that a PBX would tell.
    #[error("this is not a number")]
    NotANumber,
    /// The words for a number that is not shown, or nothing.
    #[error("this is no number but a word for none")]
    Hidden,
    /// Only one of them would be found.
    #[error("these are two numbers, or one that can be read in two ways: write each alone, with + and its country")]
    Several,
}

/// The form of a directory's entry, a contact's or a line's, in which it is found at a call.
pub fn directory_entry(text: &str) -> Result<String, Unmatched> {
    let reading = parse::Reading::of(text);
    if reading.doubtful {
        return Err(Unmatched::Several);
    }
    match reading.number {
        Number::Hidden => Err(Unmatched::Hidden),
        // A SIP name, or digits in a form of the PBX's own.
        Number::Other(name) if name.contains(char::is_whitespace) || !name.contains(char::is_alphanumeric) => {
            Err(Unmatched::NotANumber)
        }
        Number::Emergency(_) | Number::Service(_) | Number::Extension(_) | Number::Phone(_) | Number::Other(_) => {
            normalise(text).ok_or(Unmatched::Hidden)
        }
    }
}

/// Whether the text has the form of E.164: a plus and 7 to 15 digits.
pub fn is_e164(text: &str) -> bool {
    text.strip_prefix('+')
        .is_some_and(|digits| (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_spellings_are_one_number() {
        for raw in [
            "+74951234567",
            "74951234567",
            "84951234567",
            "8 (495) 123-45-67",
            "4951234567",
            "tel:+7-495-123-45-67",
            "callto://84951234567",
            "sip:+74951234567@cloudpbx.example",
            "sips:84951234567@cloudpbx.example;user=phone",
            "74951234567@cloudpbx.example",
            "\"Иван\" <sip:84951234567@cloudpbx.example>",
            "tel:1234567;phone-context=+7495",
            "tel:%2B74951234567",
            "+७४९५१२३४५६७",
            "\u{202d}+7\u{a0}495\u{a0}123‑45‑67\u{202c}",
            "+7 (8 495) 123-45-67",
            "++7 495 123-45-67",
            "+810 7 495 123-45-67",
            "callto:tel:+7-495-123-45-67",
            "8 (495) 123-45-67, доб. 100",
            "+7 (495) 123-45-67 (офис)",
        ] {
            assert_eq!(normalise(raw).as_deref(), Some("+74951234567"), "{raw}");
        }
    }

    #[test]
    fn a_plus_before_the_trunk_prefix_is_forgiven_where_no_country_begins_so() {
        assert_eq!(normalise("+8 846 212-34-56").as_deref(), Some("+78462123456"));
        assert_eq!(normalise("+84 95 123 4567").as_deref(), Some("+84951234567"));
    }

    #[test]
    fn foreign_numbers_keep_their_country() {
        for raw in ["+442079460958", "810 44 20 7946 0958", "8~10 44 20 79460958", "442079460958", "00442079460958"] {
            assert_eq!(normalise(raw).as_deref(), Some("+442079460958"), "{raw}");
        }
        assert_eq!(normalise("380441234567").as_deref(), Some("+380441234567"));
        assert_eq!(normalise("77012345678").as_deref(), Some("+77012345678"));
        assert_eq!(normalise("+81312345678").as_deref(), Some("+81312345678"), "a plus says the country");
        assert_eq!(normalise("8 10 81 3 1234 5678").as_deref(), Some("+81312345678"));
        assert_eq!(normalise("81312345678").as_deref(), Some("+71312345678"), "eleven digits from 8 are Russian");
    }

    #[test]
    fn toll_free_is_not_misread() {
        assert_eq!(normalise("88005550110").as_deref(), Some("+78005550110"));
        assert_eq!(normalise("78005550110").as_deref(), Some("+78005550110"));
    }

    #[test]
    fn vendor_texts_lose_scheme_and_domain_only() {
        for (raw, expected) in [
            ("sip:111@test@domain", "111"),
            ("test_user@cloudpbx.example", "test_user"),
            ("sip:test_user@cloudpbx.example", "test_user"),
            ("101", "101"),
            ("0511", "0511"),
            ("112", "112"),
            ("499499-100", "499499-100"),
            ("tel:tel:101", "101"),
        ] {
            assert_eq!(normalise(raw).as_deref(), Some(expected), "{raw}");
        }
    }

    #[test]
    fn hidden_numbers_are_none_and_never_the_same() {
        for raw in ["", "  ", "anonymous", "Anonymous", "sip:anonymous@anonymous.invalid", "Unknown", "-", "скрыт"]
        {
            assert_eq!(normalise(raw), None, "{raw:?}");
            assert!(!same(raw, raw), "{raw:?}");
        }
    }

    #[test]
    fn a_search_looks_for_complete_numbers_in_what_was_pasted() {
        for text in ["8 (495) 123-45-67,", "Андрей 8 495 123-45-67", "8 495 123-45-67 доб. 12", "810 7 495 1234567"]
        {
            assert_eq!(complete_numbers(text), ["74951234567"], "{text}");
        }
        for text in ["8-10-44-20-7946-0958", "00 44 20 7946 0958", "011 44 20 7946 0958"] {
            assert_eq!(complete_numbers(text), ["442079460958"], "{text}");
        }
        assert_eq!(complete_numbers("989162045518"), ["79162045518", "989162045518"]);
        for text in ["8 495 12", "101", "Андрей 12", "*4567"] {
            assert!(complete_numbers(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_part_of_a_number_is_read_without_its_label_and_extension() {
        for (text, part) in [
            ("доб. 12", "12"),
            ("Тел.: 495 12", "495 12"),
            ("тел. 112 доб. 12", "112"),
            ("112 доб. 12", "112"),
            ("№ 112, доб. 102", "112"),
            ("«112» ext. 12", "112"),
            ("Моб.: 8 (495) 12, внутр. 7", "8 (495) 12"),
            ("112 # 12", "112"),
            ("тел. 321;", "321"),
            ("Тел.: (495) 12»,", "(495) 12"),
        ] {
            assert_eq!(part_of_number(text), Some(part), "{text}");
        }
        for text in ["Анна 12", "12", "тел. 12 Анна", "Анна 112 доб. 12", "112 офис доб. 12", "дом 5 д. 12", "№ 12"]
        {
            assert_eq!(part_of_number(text), None, "{text}");
        }
    }

    #[test]
    fn an_entry_that_no_call_can_have_is_refused() {
        for (text, entry) in [
            ("8 (495) 123-45-67, доб. 100", "+74951234567"),
            ("'84951234567", "+74951234567"),
            ("101", "101"),
            ("test_user", "test_user"),
            ("499499-100", "499499-100"),
        ] {
            assert_eq!(directory_entry(text).as_deref(), Ok(entry), "{text}");
        }
        for (text, why) in [
            ("8 (495) 123-45-67, 68", Unmatched::Several),
            ("989162045518", Unmatched::Several),
            ("ООО Пример", Unmatched::NotANumber),
            ("12 345 яблок", Unmatched::NotANumber),
            ("номер скрыт", Unmatched::Hidden),
            (" ", Unmatched::Hidden),
        ] {
            assert_eq!(directory_entry(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_short_number_is_not_the_tail_of_a_long_one() {
        assert!(same("8 495 123-45-67", "sip:74951234567@x"));
        assert!(!same("34567", "+74951234567"));
        assert!(!same("101", "102"));
        assert!(same("sip:101@a", "101"));
    }

    #[test]
    fn signs_between_digits_make_no_other_number() {
        assert!(same("12-34-56", "123456"));
        assert!(same("(863) 12-34", "8631234"));
        assert!(!same("12-34-56", "1234567"));
        assert!(!same("+123456", "123456"), "a plus is no mere sign");
    }
}
