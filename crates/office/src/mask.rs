//! Phone numbers in texts that are shown: the middle of each is hidden.

/// Digits that stand next to each other from which on they are somebody's number.
const NUMBER: usize = 7;
/// Digits of a number that is written in groups without a plus sign: a 7 or 8 and ten digits after it.
const NATIONAL: usize = 11;
/// Digits of one that begins with its area, and of that area.
const WITHOUT_PREFIX: usize = 10;
const AREA: usize = 3;
/// Marks between two groups.
const LONGEST_GAP: usize = 4;

/// The text with the middle of each number hidden: `+7921•••••41`. Times keep their digits: they have other marks between
/// them, and fewer digits in a row.
pub(crate) fn without_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let end = end_of_number(from, before.ends_with('+'));
        let (number, behind) = from.split_at(end);
        if is_number(number, before.ends_with('+')) {
            mask(number, &mut out);
            rest = behind;
        } else {
            let (digits, behind) = from.split_at(digits(from));
            out.push_str(digits);
            rest = behind;
        }
    }
    out.push_str(rest);
    out
}

/// How many digits stand at the beginning.
fn digits(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())
}

/// Where a number that begins here ends: its groups have a few blanks, dashes, dots, slashes or brackets between them.
fn end_of_number(text: &str, has_plus: bool) -> usize {
    let first = digits(text);
    let may_be_grouped =
        has_plus || text.starts_with(['7', '8']) || (first >= AREA && text.starts_with(['3', '4', '9']));
    if first >= NUMBER || !may_be_grouped {
        return first;
    }
    let mut end = first;
    loop {
        let behind = &text[end..];
        let gap = behind.find(|c: char| !is_gap(c)).unwrap_or(behind.len());
        let group = digits(&behind[gap..]);
        if gap == 0 || behind[..gap].chars().count() > LONGEST_GAP || group == 0 {
            return end;
        }
        end += gap + group;
    }
}

fn is_gap(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '\u{2010}'..='\u{2015}' | '.' | '/' | '(' | ')')
}

fn is_number(text: &str, has_plus: bool) -> bool {
    let count = text.chars().filter(char::is_ascii_digit).count();
    if text.len() == count || has_plus {
        return count >= NUMBER;
    }
    count >= NATIONAL || (digits(text) >= AREA && count >= WITHOUT_PREFIX)
}

/// Shows the first digits, which say where the number is from, and the last two.
fn mask(number: &str, out: &mut String) {
    let count = number.bytes().filter(u8::is_ascii_digit).count();
    let head = if count > 9 { 4 } else { 2 };
    let mut at = 0;
    for character in number.chars() {
        if character.is_ascii_digit() {
            at += 1;
            out.push(if at > head && at + 2 <= count { '•' } else { character });
        } else {
            out.push(character);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_numbers_is_hidden_however_they_are_written() {
        for (text, shown) in [
            ("\"from\":\"+79001234567\"", "\"from\":\"+7900•••••67\""),
            ("89001234567", "8900•••••67"),
            ("+7 (900) 123-45-67, ann", "+7 (900) •••-••-67, ann"),
            ("8 900 123-45-67", "8 900 •••-••-67"),
            ("+49 30 901820", "+49 30 ••••20"),
            ("+7\u{a0}900\u{a0}123\u{2013}45\u{2013}67", "+7\u{a0}900\u{a0}•••\u{2013}••\u{2013}67"),
            ("+7 / 900 / 123 45 67", "+7 / 900 / ••• •• 67"),
            ("+7 (900) - 123-45-67", "+7 (900) - •••-••-67"),
            ("(900) 123-45-67", "(900) 1••-••-67"),
            ("sip:9001234@x", "sip:90•••34@x"),
            ("79001234567,79001234568", "7900•••••67,7900•••••68"),
        ] {
            assert_eq!(without_numbers(text), shown);
        }
    }

    #[test]
    fn times_and_short_numbers_stay() {
        for text in [
            "2026-03-05 09:00:01.123",
            "2026-03-05T09:00:01.123Z",
            "05.03.2026 09:00:01",
            "8.03.2026 09:00",
            "31.12.2026 09:00",
            "3 of 450 by 12",
            "\"pin\":\"102\"",
            "7",
            "",
            "ёж 112",
        ] {
            assert_eq!(without_numbers(text), text);
        }
    }
}
