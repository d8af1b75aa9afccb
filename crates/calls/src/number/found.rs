//! Finds the number of the public network in a text with words, several runs of digits, or marks around it.

use super::{
    ending::{Ending, is_extension_behind_dash, is_extension_mark},
    groups::{Group, groups},
    readings::{PhoneReading, Written, country_code},
};

/// Words before digits that are no telephone number, lower case.
const OTHER_NUMBERS: &[&str] = &[
    "инн",
    "кпп",
    "огрн",
    "огрнип",
    "бик",
    "снилс",
    "окпо",
    "счет",
    "сч",
    "счёт",
    "рс",
    "заказ",
    "заказа",
    "заявка",
    "заявки",
    "договор",
    "договора",
    "накладная",
    "артикул",
    "паспорт",
    "карта",
    "карты",
    "индекс",
    "order",
    "invoice",
    "account",
    "contract",
    "ticket",
    "passport",
    "card",
    "iban",
    "inn",
    "sku",
    "isbn",
];
/// Words that may stand before a number without a blank, lower case.
const LABELS: &[&str] = &[
    "т",
    "тел",
    "телефон",
    "ф",
    "факс",
    "м",
    "моб",
    "мобильный",
    "с",
    "сот",
    "р",
    "раб",
    "д",
    "дом",
    "phone",
    "tel",
    "mob",
    "mobile",
    "fax",
    "t",
    "m",
    "f",
    "whatsapp",
    "viber",
    "telegram",
];
/// Letters that are taken for digits.
const LOOK_ALIKES: [char; 12] = ['O', 'o', 'О', 'о', 'I', 'l', 'S', 's', 'З', 'з', 'B', 'б'];
/// Digits of the longest mark of a list, and of the codes for an outside line.
const LONGEST_MARK: usize = 2;
/// Digits of the shortest code of a town or network.
const LEAST_TOWN_CODE: usize = 3;
/// Groups of digits from which on a text is written as a telephone number.
const LEAST_GROUPS: usize = 3;
/// Digits of a number of this country with its code: what a sign parts from them is no part of it.
const WHOLE_NUMBER: usize = 10;
/// Digits of the shortest number with its code or country.
const LEAST_DIGITS: usize = 7;

/// A number and what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) reading: PhoneReading,
    pub(super) ending: Ending,
}

/// The first number that its country has.
pub(super) fn find(text: &str) -> Option<Found> {
    let groups = groups(text);
    let has_words = text.contains(is_word);
    // "доб. 100 8 495 …": the extension comes first.
    let extension_first = groups.len() > 1 && groups[0].digits.len() > 1 && is_extension_mark(groups[0].gap);
    (0..groups.len())
        .filter(|start| match start {
            0 => !extension_first,
            1 if extension_first => true,
            _ => !groups[*start].continues() || groups[*start].has_plus(),
        })
        .filter(|start| may_begin(&groups, *start))
        .find_map(|start| at(text, &groups, start, has_words))
}

/// A letter, or a sign that says that digits count or name something.
fn is_word(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '№' | '%' | '$' | '€' | '₽')
}

/// Whether a number may begin here: not in the middle of a word, and not behind the name of another kind of number.
fn may_begin(groups: &[Group<'_>], start: usize) -> bool {
    let gap = groups[start].gap.to_lowercase();
    let mut words = gap.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).peekable();
    let names_other = words.clone().any(|word| OTHER_NUMBERS.contains(&word));
    let is_label = words.clone().any(|word| LABELS.contains(&word));
    let glued = gap.ends_with(char::is_alphabetic) && !words.next_back().is_some_and(|word| LABELS.contains(&word));
    let dials_out = start > 0 && is_outside_line(&groups[start - 1]) && gap == "w";
    // "№ 4951234567" may count anything, "№ 8 495 123-45-67" is grouped as a telephone number.
    let is_grouped = groups[start].has_plus() || run_from(groups, start) - start >= LEAST_GROUPS;
    (!glued || dials_out) && !names_other && (is_label || is_grouped || !gap.contains('№'))
}

/// Whether a text is words that stand before a telephone number, such as `тел./факс:`.
pub(super) fn is_label(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).peekable();
    words.peek().is_some() && words.all(|word| LABELS.contains(&word))
}

fn is_outside_line(group: &Group<'_>) -> bool {
    matches!(group.digits, "9" | "0") && !group.has_plus()
}

/// The number that begins at this group, the longest reading first. A shorter one is taken only where another number
/// may begin, and never one abroad without a plus.
fn at(text: &str, groups: &[Group<'_>], start: usize, has_words: bool) -> Option<Found> {
    let run = run_from(groups, start);
    let mark = is_list_mark(groups, start, run);
    let full = if mark { None } else { read(groups, start, run, has_words).map(|reading| (reading, run)) };
    let home = |reading: &PhoneReading| groups[start].has_plus() || !reading.phone.abroad;
    let shorter = |at_blanks: bool| {
        let may_end = |end: usize| {
            let behind_whole = end == start + 1 && groups[start].digits.len() >= WHOLE_NUMBER;
            let at_blank = at_blanks && groups[end].gap.contains(' ');
            let is_extension = end + 1 == run
                && is_extension_behind_dash(&groups[end])
                && groups[start..end].iter().map(|group| group.digits.len()).sum::<usize>() >= WHOLE_NUMBER;
            groups[end].separates() || at_blank || behind_whole || is_extension || is_range(groups, end, run)
        };
        let mut ends = (start + 1..run).rev().filter(|end| !mark && may_end(*end));
        ends.find_map(|end| Some((read(groups, start, end, true).filter(home)?, end)))
    };
    // Two endings of a number at home come before one number abroad.
    let full = match full {
        Some((reading, _)) if !home(&reading) => {
            // A country's code that stands apart tells the country; behind digits that are no such code, blanks part too.
            let code_apart = country_code(&reading.phone.e164).as_deref() == Some(groups[start].digits);
            let is_dialled = ["810", "00", "8"].iter().any(|code| groups[start].digits.starts_with(code));
            let at_blanks = !code_apart && !is_dialled && groups[start].digits.len() >= LEAST_TOWN_CODE;
            shorter(at_blanks).or_else(|| (!has_second_part(groups, start, run)).then_some((reading, run)))
        }
        // Numbers of some countries are long enough to take in another ending: "+49 30 1234567/68".
        Some((reading, _)) if reading.phone.abroad => {
            let mut slashes = (start + 1..run).filter(|end| groups[*end].gap.contains('/'));
            slashes.find_map(|end| Some((read(groups, start, end, true)?, end))).or(Some((reading, run)))
        }
        full => full,
    };
    let behind_mark = || {
        let fits = run > start + 1 && groups[start].digits.len() <= LONGEST_MARK && !groups[start].has_plus();
        let reading = fits.then(|| read(groups, start + 1, run, true)).flatten().filter(|found| !found.phone.abroad)?;
        let is_label = mark || groups[start].gap.trim_end().ends_with(is_word);
        Some((PhoneReading { doubtful: reading.doubtful || !is_label, ..reading }, run))
    };
    // "+7+495…", "7+495…": a plus behind the country's code begins no other country.
    let is_home = full.as_ref().is_some_and(|(reading, _)| home_number(reading));
    let after_code = || {
        let before = start.checked_sub(1).map(|before| &groups[before])?;
        let repeated = matches!(before.digits, "7" | "8") && groups[start].gap == "+" && !is_home;
        let digits: String = groups[start..run].iter().map(|group| group.digits).collect();
        let reading = Written::plain(&format!("+7{digits}")).read().filter(|_| repeated)?;
        reading.phone.recognised.then_some((PhoneReading { doubtful: true, ..reading }, run))
    };
    let (mut reading, end) = after_code().or(full).or_else(|| shorter(true)).or_else(behind_mark)?;
    let last = &groups[end - 1];
    let behind = &text[last.end..];
    if is_look_alike(behind) {
        return None;
    }
    let dial_string = end == start + 1;
    let mut ending = Ending::read(behind, dial_string);
    if start > 0 {
        let before = &groups[start - 1];
        if is_extension_mark(before.gap) && ending.extension.is_none() {
            ending.extension = Some(before.digits.to_owned());
        } else {
            // Digits without a word beside them may be a number of their own.
            let repeated = matches!(before.digits, "7" | "8") && groups[start].has_plus();
            let is_mark = start == 1 && groups[start].has_plus() && is_mark(before, groups[start].gap);
            let explained = groups[..=start].iter().any(|group| group.gap.contains(is_word));
            reading.doubtful |= !repeated && !is_mark && (!explained || is_outside_line(before));
        }
    }
    Some(Found { reading, ending })
}

/// Where the signs end that group the digits of one number.
fn run_from(groups: &[Group<'_>], start: usize) -> usize {
    let more = groups[start + 1..].iter().take_while(|group| group.continues() && !group.has_plus()).count();
    start + 1 + more
}

/// Whether a sign that may begin another number stands behind enough digits for one.
fn has_second_part(groups: &[Group<'_>], start: usize, run: usize) -> bool {
    let mut before = groups[start].digits.len();
    groups[start + 1..run].iter().any(|group| {
        let parts = before >= LEAST_DIGITS && group.separates();
        before += group.digits.len();
        parts
    })
}

/// The last two digits are another ending of the number before them: `123-45-67-69`.
fn is_range(groups: &[Group<'_>], end: usize, run: usize) -> bool {
    let pair = |group: &Group<'_>| group.digits.len() == 2;
    end + 1 == run && pair(&groups[end]) && pair(&groups[end - 1])
}

/// `1)` or `2.` before a number.
fn is_list_mark(groups: &[Group<'_>], start: usize, run: usize) -> bool {
    let next = groups.get(start + 1).filter(|_| run > start + 1);
    next.is_some_and(|next| is_mark(&groups[start], next.gap))
}

/// Whether digits with these signs behind them are the mark of a list.
fn is_mark(group: &Group<'_>, behind: &str) -> bool {
    let closes = behind.starts_with(')') && !group.is_bracketed() || behind.starts_with(". ");
    group.digits.len() <= LONGEST_MARK && !group.has_plus() && closes
}

/// A number of this country.
fn home_number(reading: &PhoneReading) -> bool {
    !reading.phone.abroad
}

/// A letter that stands for a digit, glued to the number.
pub(super) fn is_look_alike(behind: &str) -> bool {
    let mut letters = behind.chars();
    letters.next().is_some_and(|c| LOOK_ALIKES.contains(&c)) && !letters.next().is_some_and(char::is_alphabetic)
}

/// The groups as one number that its country has. Beside words, a country's code needs its plus.
fn read(groups: &[Group<'_>], start: usize, end: usize, has_words: bool) -> Option<PhoneReading> {
    let digits: String = groups[start..end].iter().map(|group| group.digits).collect();
    let first = &groups[start];
    let written =
        Written { digits: &digits, has_plus: first.has_plus(), first: first.digits, bracketed: first.is_bracketed() };
    let reading = written.read().filter(|reading| reading.phone.recognised)?;
    let needs_plus = has_words && !written.has_plus && !reading.phone.e164.starts_with("+7");
    let dialled_out = ["810", "00", "9", "0"].iter().any(|code| digits.starts_with(code));
    (!needs_plus || dialled_out).then_some(reading)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(String, bool)> {
        find(text).map(|found| (found.reading.phone.e164.clone(), found.reading.doubtful || found.ending.has_more))
    }

    #[test]
    fn words_and_marks_around_a_number_are_passed_over() {
        for text in [
            "Тел.: 8 (495) 123-45-67",
            "тел8 495 123-45-67",
            "1) 8 (495) 123-45-67",
            "2. 495 123-45-67",
            "тел. 2: 8 495 123-45-67",
            "Тел2 8 495 123-45-67",
            "ул. Ленина, д. 5, тел. 8 (495) 123-45-67",
            "8 (495) 123-45-67, спросить Ольгу",
            "8 (495) 123-45-67 (с 9 до 18)",
            "№ 8 495 123-45-67",
            "доб. 100 8 495 123-45-67",
            "+7 +7 495 123-45-67",
        ] {
            assert_eq!(found(text), Some(("+74951234567".into(), false)), "{text}");
        }
    }

    #[test]
    fn an_extension_may_stand_behind_a_dash() {
        for text in ["8 495 123-45-67-100", "84951234567-100", "+7 (495) 123-45-67 - 100", "8(495)1234567-100 (Анна)"]
        {
            let found = find(text).expect(text);
            let extension = found.ending.extension.as_deref();
            assert_eq!((found.reading.phone.e164.as_str(), extension), ("+74951234567", Some("100")), "{text}");
            assert!(!found.reading.doubtful && !found.ending.has_more, "{text}");
        }
    }

    #[test]
    fn a_slash_behind_a_number_abroad_is_no_digit_of_it() {
        assert_eq!(found("+49 30 1234567/68"), Some(("+49301234567".into(), true)));
        assert_eq!(found("+44 20 7946 0958/59"), Some(("+442079460958".into(), true)));
        assert_eq!(found("+49 30/1234567"), Some(("+49301234567".into(), false)));
        assert_eq!(found("+49/30/1234567"), Some(("+49301234567".into(), false)));
    }

    #[test]
    fn two_numbers_are_never_one() {
        for text in [
            "(495) 123-45-67/68",
            "495 123-45-67/68",
            "(495) 123-45-67 (68)",
            "(495) 123-45-67 68",
            "(495) 123-45-67-69",
            "+7 495 123-45-67...69",
            "84951234567-68",
            "4951234567.68",
            "8 495 123-45-67, 123-45-68",
            "123-45-68, 8 495 123-45-67",
            "8 495 123-45-67 и 8 916 204-55-18",
            "8 495 123-45-67 8 916 204-55-18",
            "9 495 123-45-67",
            "4951234567 68",
            "495 123 45 67 68",
            "+7+4951234567",
        ] {
            assert_eq!(found(text), Some(("+74951234567".into(), true)), "{text}");
        }
    }

    #[test]
    fn what_names_something_else_is_no_number() {
        for text in [
            "ИНН 7707083893",
            "заказ № 12345678901",
            "№ 4951234567",
            "user89162045518",
            "8 49S 123-45-67",
            "8916204551O",
            "8 916 2О4-55-18",
            "8 9l6 204-55-18",
            "О8 916 204-55-18",
            "8 916 204-55-1б",
            "7,9162E+10",
            "380441234567 грн",
            "358 200-00-00 (00)",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
