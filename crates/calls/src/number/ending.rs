//! What stands behind a number: an extension, what is keyed in after pauses, another number, or a remark.

use super::groups::{Group, groups};

/// Beginnings of the words for an extension, lower case, `ё` as `е`.
const EXTENSION_WORDS: &[&str] = &["доб", "внутр", "дополнит", "местн", "тонов", "донаб", "ext", "dob", "дод", "дадат"];
/// Whole words for it, too short to be beginnings.
const EXTENSION_SIGNS: &[&str] =
    &["вн", "вну", "д", "доп", "тон", "x", "х", "int", "local", "durchwahl", "poste", "interno", "wewn", "dahili"];
/// Whole words for keying something in after the answer.
const AFTERWARDS: &[&str] = &[
    "затем",
    "потом",
    "далее",
    "набор",
    "набрать",
    "наберите",
    "набирать",
    "набирайте",
    "нажать",
    "нажмите",
    "нажимайте",
    "then",
    "press",
    "dial",
    "enter",
];
/// Beginnings of the words behind `после` and `after` that make it no time of day: `после гудка`.
const AFTER: &[&str] = &["гуд", "сигнал", "ответ", "соединен", "приветств", "тон", "tone", "beep", "answer"];
/// Words that may stand before such words, and say nothing.
const AND: &[&str] = &["и", "а", "and"];
/// Words that may stand between such a word and its digits.
const BEFORE_DIGITS: &[&str] = &[
    "номер",
    "ном",
    "н",
    "т",
    "тел",
    "телефон",
    "абонент",
    "цифру",
    "код",
    "кнопку",
    "в",
    "режиме",
    "number",
    "no",
    "num",
    "nr",
    "the",
    "key",
    "code",
];
/// Words behind the number of a house, lower case: before them `д.` is a house and no extension.
const HOUSE: &[&str] = &[
    "к",
    "корп",
    "корпус",
    "стр",
    "строение",
    "лит",
    "литера",
    "вл",
    "владение",
    "подъезд",
    "под",
    "этаж",
    "эт",
    "кв",
    "квартира",
    "оф",
    "офис",
    "каб",
    "кабинет",
    "пом",
    "помещение",
    "комн",
    "комната",
    "ком",
];
/// Digits of the longest extension.
const LONGEST_EXTENSION: usize = 10;
/// Digits of an extension that a dash alone parts from a full number: fewer may be another ending of it, more another
/// number.
const BEHIND_DASH: std::ops::RangeInclusive<usize> = 3..=5;
/// Digits from which on others of the same length are another extension: `доб. 100 или 101`.
const LEAST_ALIKE: usize = 3;
/// As many digits in a row are a number of their own, not a part of a remark.
const SECOND_NUMBER: usize = 5;
/// Digits of the other ending in `123-45-67, 68`.
const SECOND_END: usize = 2;
/// Digits of a number with its code.
const WHOLE_NUMBER: usize = 10;

/// What stands behind a number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Ending {
    pub(super) extension: Option<String>,
    pub(super) post_dial: Option<String>,
    /// There are digits that may be another number, another ending or another extension.
    pub(super) has_more: bool,
    /// There are words that say something of the number.
    pub(super) has_remark: bool,
}

impl Ending {
    /// Reads the text behind a number. `dial_string`: the number was written without any sign between its digits, so
    /// that a comma behind it is a pause rather than one of a sentence.
    pub(super) fn read(text: &str, dial_string: bool) -> Self {
        if let Some(post_dial) = pauses(text, dial_string) {
            return post_dial;
        }
        if let Some(rest) = behind_dash(text) {
            return of_extension(rest);
        }
        let inner = text.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '#' && c != '*');
        if let Some(rest) = behind_extension_mark(inner).filter(|_| !is_house(inner)) {
            return of_extension(rest);
        }
        // "(офис), доб. 100": a remark may stand before the mark.
        if let Some((remark, rest)) = behind_later_mark(inner) {
            let ending = of_extension(rest);
            return Self { has_remark: true, has_more: ending.has_more || has_more(remark), ..ending };
        }
        let has_more = has_more(inner) || has_letter_among_digits(inner);
        Self { has_remark: inner.contains(char::is_alphabetic), has_more, ..Self::default() }
    }
}

/// Whether `д. 5` is a house, by what follows it: `, кв. 7`, `, стр. 2`.
fn is_house(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_lowercase);
    words.next().as_deref() == Some("д") && words.next().is_some_and(|word| HOUSE.contains(&word.as_str()))
}

/// Digits behind a word or sign for an extension; those behind them are never run together with them.
fn of_extension(rest: &str) -> Ending {
    let (digits, behind) = extension_digits(rest);
    // "1О0", with a letter where a digit was meant, is no extension 1.
    if digits.len() > LONGEST_EXTENSION || behind.starts_with(char::is_alphabetic) {
        return Ending { has_more: true, ..Ending::default() };
    }
    let joined = behind.trim_start_matches(|c: char| !c.is_alphanumeric());
    let alike = |group: &Group<'_>| group.digits.len() == digits.len() && digits.len() >= LEAST_ALIKE;
    let another = joined.starts_with(|c: char| c.is_ascii_digit()) && !joined.contains(char::is_alphabetic)
        || groups(behind).iter().any(alike);
    Ending {
        extension: Some(digits),
        has_more: another || has_more(behind),
        has_remark: behind.contains(char::is_alphabetic),
        ..Ending::default()
    }
}

/// The digits that the text begins with, and what stands behind them. `1-00` is one extension, `12-13` may be two.
fn extension_digits(text: &str) -> (String, &str) {
    let run = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (first, behind) = text.split_at(run(text));
    if let Some(rest) = behind.strip_prefix('-').filter(|_| first.len() == 1) {
        let (second, behind) = rest.split_at(run(rest));
        if second.len() > 1 {
            return (format!("{first}{second}"), behind);
        }
    }
    (first.to_owned(), behind)
}

/// The text from the digits on, where a dash and digits of an extension follow the number at once: `-100`.
fn behind_dash(text: &str) -> Option<&str> {
    let rest = text.trim_start().strip_prefix('-')?.trim_start();
    let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let behind = rest[length..].trim_start_matches([' ', '-', '/', '.']);
    let is_alone = !behind.starts_with(|c: char| c.is_ascii_digit());
    (is_alone && BEHIND_DASH.contains(&length)).then_some(rest)
}

/// Whether one last group of digits, behind a sign that groups the digits of a number, is an extension by its length.
pub(super) fn is_extension_behind_dash(group: &Group<'_>) -> bool {
    group.gap.trim() == "-" && BEHIND_DASH.contains(&group.digits.len())
}

/// Whether a letter stands between two digits, where one was meant.
fn has_letter_among_digits(text: &str) -> bool {
    let mut tokens = text.split(|c: char| !c.is_alphanumeric());
    tokens.any(|token| {
        let inner = token.trim_start_matches(char::is_alphabetic).trim_end_matches(char::is_alphabetic);
        inner.contains(char::is_alphabetic)
    })
}

/// The text from the first digit behind `доб.`, `ext. no`, `x`, `#`, `*` on.
pub(super) fn behind_extension_mark(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix(['#', '*']) {
        return Some(rest.trim_start()).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    }
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let (mark, digits) = text.split_at(start);
    is_extension_mark(mark).then_some(digits)
}

/// Whether the words between two runs of digits say that an extension follows.
pub(super) fn is_extension_mark(text: &str) -> bool {
    let text = text.to_lowercase();
    if text.contains([';', '+']) {
        return false;
    }
    let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).peekable();
    while words.next_if(|word| AND.contains(word)).is_some() {}
    let is_mark = match words.next() {
        Some("после" | "after") => {
            words.next_if_eq(&"the");
            words.next().is_some_and(|second| AFTER.iter().any(|word| second.starts_with(word)))
        }
        Some(first) => {
            EXTENSION_SIGNS.contains(&first)
                || AFTERWARDS.contains(&first)
                || EXTENSION_WORDS.iter().any(|word| first.starts_with(word))
        }
        None => false,
    };
    is_mark
        && words.all(|word| {
            let is_mark = AFTERWARDS.contains(&word) || EXTENSION_WORDS.iter().any(|w| word.starts_with(w));
            is_mark || BEFORE_DIGITS.contains(&word)
        })
}

/// The remark before a word for an extension, and the text from the digits behind that on.
fn behind_later_mark(text: &str) -> Option<(&str, &str)> {
    let group = groups(text).into_iter().find(|group| ends_with_extension_mark(group.gap))?;
    Some(text.split_at(group.end - group.digits.len()))
}

/// Whether the last words are those for an extension, whatever stands before them. One letter is none: `д` may be a house.
pub(super) fn ends_with_extension_mark(text: &str) -> bool {
    let text = text.to_lowercase();
    let begins = text
        .char_indices()
        .filter(|(place, c)| c.is_alphabetic() && !text[..*place].chars().next_back().is_some_and(char::is_alphabetic));
    let mut marks = begins.map(|(place, _)| &text[place..]);
    marks.any(|words| {
        let first = words.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        first.chars().count() > 1 && is_extension_mark(words)
    })
}

/// What is keyed in after pauses: behind commas, semicolons, `p` or `w`.
fn pauses(text: &str, dial_string: bool) -> Option<Ending> {
    let is_pause = |c: char| matches!(c, ',' | ';' | 'p' | 'P' | 'w' | 'W');
    let text = text.trim_start_matches([')', ']']);
    let rest = text.trim_start_matches(|c| is_pause(c) || c == ' ');
    let signs = text[..text.len() - rest.len()].trim_end();
    let count = signs.chars().filter(|c| is_pause(*c)).count();
    let keyed = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '*' | '#') || is_pause(c)));
    let (keyed, behind) = rest.split_at(keyed.unwrap_or(rest.len()));
    // Words that begin with one of these letters are words.
    let begins = keyed.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '*' | '#'));
    if count == 0 || !begins || behind.starts_with(char::is_alphabetic) {
        return None;
    }
    // What a spreadsheet puts behind a whole number.
    if signs == "," && matches!(rest, "0" | "00") && !dial_string {
        return Some(Ending::default());
    }
    let spaced = text.len() - rest.len() > signs.len() || text.starts_with(' ');
    let remark = behind.contains(char::is_alphabetic);
    let post_dial = || Some(keyed.trim_end_matches(is_pause).to_owned());
    if count > 1 || signs.contains(['p', 'w', 'P', 'W']) || keyed.ends_with('#') || !spaced && dial_string {
        // "84951234567,84951234568", "84951234567,68": behind one comma, as many digits may be another number or the end of
        // one.
        let many = keyed.len() >= WHOLE_NUMBER || keyed.len() == SECOND_END && signs == ",";
        let other_number = count == 1 && many && keyed.bytes().all(|byte| byte.is_ascii_digit());
        return Some(Ending {
            post_dial: post_dial(),
            has_more: other_number || has_more(behind),
            has_remark: remark,
            ..Ending::default()
        });
    }
    if remark {
        return None;
    }
    // "12-34-56, 57" are two endings, "…,100" behind a grouped number may be either: a person is asked.
    Some(Ending { post_dial: post_dial().filter(|_| !spaced), has_more: true, ..Ending::default() })
}

/// Whether digits of the text may be another number: there are no words that explain them, or too many in a row.
fn has_more(text: &str) -> bool {
    let groups = groups(text);
    let mut row = 0;
    let long = groups.iter().any(|group| {
        row = if group.continues() { row } else { 0 } + group.digits.len();
        row >= SECOND_NUMBER
    });
    long || !groups.is_empty() && !text.contains(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extension(text: &str) -> Option<String> {
        Ending::read(text, false).extension
    }

    #[test]
    fn extensions_stand_behind_their_marks() {
        for text in [
            " доб. 12",
            ", доб. 12",
            " (доб. 12)",
            " ДОБ 12",
            "доб.12",
            " добавочный номер 12",
            " внутр. тел. 12",
            " / вн. 12",
            " ext. 12",
            " extension 12",
            " x12",
            "#12",
            "*12",
            " д. 12",
            " д. 12 (Комаров)",
            " донаб. 12",
            " донаберите 12",
            " тон 12",
            ", доб. № 12",
            " [доб.: 12]",
            " (доб. 12, Иван)",
            " (офис), доб. 12",
            ", Иван, 2 этаж, доб. 12",
            ", затем 12",
            ", а потом наберите 12",
            " после гудка 12",
            " (далее нажмите 12)",
            ", then press 12",
        ] {
            let ending = Ending::read(text, false);
            assert_eq!((ending.extension.as_deref(), ending.has_more), (Some("12"), false), "{text}");
        }
        for text in [" доб. 12, 13", " доб. 12-13", " (доб. 12/13)", " доб. 12 или 12345678"] {
            let ending = Ending::read(text, false);
            assert_eq!((ending.extension.as_deref(), ending.has_more), (Some("12"), true), "{text}");
        }
        assert!(Ending::read(" доб. 100 или доб. 101", false).has_more);
        assert!(!Ending::read(" доб. 100 (с 9 до 18)", false).has_more);
        assert_eq!(Ending::read(" доб. 1-00", false), Ending { extension: Some("100".into()), ..Ending::default() });
        for text in ["-100", " - 100", "-100 (Анна)"] {
            let ending = Ending::read(text, false);
            assert_eq!((ending.extension.as_deref(), ending.has_more), (Some("100"), false), "{text}");
        }
        for text in ["-68", "-1", "-100-101", "-100, 101", "-123456"] {
            assert!(Ending::read(text, false).has_more, "{text}");
        }
        for text in [" доб. 1О0", " доб. 10O", ",,1O0", " (1О0)"] {
            assert!(Ending::read(text, false).has_more, "{text}");
        }
        for text in [", после 18", " (после 18:00)", ", Набережная 12", ", 2 этаж", ", д. 5, кв. 7", " д. 5 корп. 1"]
        {
            assert_eq!(extension(text), None, "{text}");
        }
        assert_eq!(extension(" (дом 2)"), None);
    }

    #[test]
    fn pauses_are_told_from_commas_of_a_sentence() {
        let read = |text: &str, dial_string| {
            let ending = Ending::read(text, dial_string);
            (ending.post_dial, ending.has_more)
        };
        assert_eq!(read(",,100", false), (Some("100".into()), false));
        assert_eq!(read(",12#", true), (Some("12#".into()), false));
        assert_eq!(read("p1,,2#", true), (Some("1,,2#".into()), false));
        assert_eq!(read(" ,, 100 (зал)", false), (Some("100".into()), false));
        assert_eq!(read(" w 100#", false), (Some("100#".into()), false));
        assert_eq!(read(" , 100#", true), (Some("100#".into()), false));
        assert_eq!(read(",84951234568", true), (Some("84951234568".into()), true));
        assert_eq!(read(", 57", false), (None, true));
        assert_eq!(read(",57", false), (Some("57".into()), true));
        assert_eq!(read(",57", true), (Some("57".into()), true));
        assert_eq!(read(",,57", true), (Some("57".into()), false));
        assert_eq!(read(", 57", true), (None, true));
        assert_eq!(read(", 2 этаж", false), (None, false));
        assert_eq!(read(",00", false), (None, false));
        assert_eq!(read(",0", true), (Some("0".into()), false));
        assert_eq!(read("/68", false), (None, true));
        assert_eq!(read(" (офис)", false), (None, false));
        assert_eq!(read(" WhatsApp", true), (None, false));
    }
}
