//! What a question asks for, and which index leads to it.

use super::text::{self, GRAM};

/// Shortest piece that an index of inner parts can find.
const INNER: usize = 3;
/// Digits that the index of number ends holds.
const LAST: usize = 4;

/// One condition; a call is found when all of a question's hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Needle {
    /// One of these is somewhere in the number's digits, or these words are all in name and notes.
    Number { spellings: Vec<String>, words: Vec<String> },
    /// The number ends so.
    NumberEnd(String),
    /// Somewhere in the number's digits, or in a word.
    NumberOrWord(String),
    /// Somewhere in the number's digits, or at the beginning of a word.
    NumberOrStart(String),
    /// Somewhere in a word.
    Inner(String),
    /// A word begins so.
    Start(String),
}

/// What a walk over the calls follows, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lead {
    /// A question to the index of numbers.
    Digits(String),
    /// A question to the index of inner parts of words.
    Inner(String),
    /// A question to the index of beginnings of words.
    Start(String),
    /// The calls whose number ends with these four digits.
    LastFour(String),
    /// Every call: so common a piece is found soon.
    All,
}

/// Reads a question. `None`: nothing is asked, every call answers.
pub(crate) fn read(question: &str) -> Option<Vec<Needle>> {
    let complete = calls::number::complete_numbers(question);
    let question = text::visible(question);
    let question = text::party(&question);
    let words = text::words([question]);
    let words = words.split(' ').filter(|word| !word.is_empty()).map(str::to_owned);
    if text::is_number(question) {
        return Some(vec![of_number(question, words.collect(), complete)]);
    }
    // A pasted number is looked for without the name, the label or the extension that stand around it.
    if !complete.is_empty() {
        return Some(vec![Needle::Number { spellings: complete, words: words.collect() }]);
    }
    if let Some(number) = calls::number::part_of_number(question).filter(|number| text::is_number(number)) {
        return Some(vec![Needle::Number { spellings: spellings(text::digits(number)), words: words.collect() }]);
    }
    let needles: Vec<Needle> = words.map(of_word).collect();
    (!needles.is_empty()).then_some(needles)
}

fn of_number(question: &str, mut words: Vec<String>, complete: Vec<String>) -> Needle {
    let digits = text::digits(question);
    if question.starts_with(['*', '…']) {
        return Needle::NumberEnd(digits);
    }
    let mut spellings = spellings(digits);
    // A number that has more digits is found by fewer of them.
    let news: Vec<String> =
        complete.into_iter().filter(|number| spellings.iter().all(|piece| !number.contains(piece.as_str()))).collect();
    spellings.extend(news);
    match (spellings, words.pop()) {
        (spellings, Some(only)) if spellings.len() == 1 && words.is_empty() => of_word(only),
        (spellings, last) => {
            words.extend(last);
            Needle::Number { spellings, words }
        }
    }
}

/// What is typed with 8 is stored with 7.
fn spellings(digits: String) -> Vec<String> {
    match digits.strip_prefix('8') {
        Some(rest) if rest.len() >= INNER => {
            let seven = format!("7{rest}");
            vec![digits, seven]
        }
        _ => vec![digits],
    }
}

fn of_word(word: String) -> Needle {
    match (word.bytes().all(|b| b.is_ascii_digit()), is_short(&word)) {
        (true, true) => Needle::NumberOrStart(word),
        (true, false) => Needle::NumberOrWord(word),
        (false, true) => Needle::Start(word),
        (false, false) => Needle::Inner(word),
    }
}

fn is_short(word: &str) -> bool {
    word.chars().count() < INNER
}

/// The walks that together find every call that answers. Each finds rows that may not: every needle is asked of them.
pub(crate) fn leads(needles: &[Needle]) -> Vec<Lead> {
    let inner = needles.iter().filter_map(|needle| if let Needle::Inner(part) = needle { Some(part) } else { None });
    if let Some(asked) = all_of(inner.map(|part| quoted(part))) {
        return vec![Lead::Inner(asked)];
    }
    for needle in needles {
        match needle {
            Needle::Number { spellings, words } if spellings.iter().all(|piece| piece.len() >= INNER) => {
                let any: Vec<String> = spellings.iter().map(|piece| of_digits(piece)).collect();
                return vec![Lead::Digits(any.join(" OR ")), of_words(words)];
            }
            Needle::NumberOrWord(part) => {
                return vec![Lead::Digits(of_digits(part)), Lead::Inner(quoted(part))];
            }
            Needle::NumberEnd(end) if end.len() >= LAST => {
                return vec![Lead::LastFour(end[end.len() - LAST..].to_owned())];
            }
            Needle::Number { .. }
            | Needle::NumberEnd(_)
            | Needle::NumberOrStart(_)
            | Needle::Inner(_)
            | Needle::Start(_) => {}
        }
    }
    let starts = needles.iter().filter_map(|needle| if let Needle::Start(part) = needle { Some(part) } else { None });
    vec![all_of(starts.map(|part| of_start(part))).map_or(Lead::All, Lead::Start)]
}

/// The walk to those whose name and notes have all these words.
fn of_words(words: &[String]) -> Lead {
    let long = words.iter().filter(|word| !is_short(word)).map(|word| quoted(word));
    let short = words.iter().filter(|word| is_short(word)).map(|word| of_start(word));
    all_of(long).map(Lead::Inner).or_else(|| all_of(short).map(Lead::Start)).unwrap_or(Lead::All)
}

fn all_of(asked: impl Iterator<Item = String>) -> Option<String> {
    let asked: Vec<String> = asked.collect();
    (!asked.is_empty()).then(|| asked.join(" AND "))
}

/// Two tokens from the end of a piece: the beginnings of numbers are what many share, their ends tell them apart.
fn of_digits(piece: &str) -> String {
    let Some(last) = piece.len().checked_sub(GRAM) else { return of_start(piece) };
    let before = last.saturating_sub(if piece.len() < 2 * GRAM { GRAM / 2 } else { GRAM });
    let gram = |at: usize| quoted(&piece[at..at + GRAM]);
    if before == last { gram(last) } else { format!("({} AND {})", gram(last), gram(before)) }
}

fn of_start(piece: &str) -> String {
    format!("{} *", quoted(piece))
}

fn quoted(token: &str) -> String {
    format!("\"{token}\"")
}

impl Needle {
    /// The condition on `calls c` and its values.
    pub(crate) fn condition(&self) -> (&'static str, Vec<String>) {
        match self {
            Self::Number { spellings, words } => {
                let (short, long): (Vec<String>, Vec<String>) = words.iter().cloned().partition(|word| is_short(word));
                let json = |all: Vec<String>| serde_json::Value::from(all).to_string();
                (
                    "(EXISTS (SELECT 1 FROM json_each(?) WHERE instr(c.digits, value) > 0)
                      OR NOT EXISTS (SELECT 1 FROM json_each(?) WHERE instr(c.words, value) = 0)
                         AND NOT EXISTS (SELECT 1 FROM json_each(?) WHERE instr(' ' || c.words, ' ' || value) = 0))",
                    vec![json(spellings.clone()), json(long), json(short)],
                )
            }
            Self::NumberEnd(end) => ("c.digits LIKE '%' || ?", vec![end.clone()]),
            Self::NumberOrWord(part) => ("instr(c.digits || ' ' || c.words, ?) > 0", vec![part.clone()]),
            Self::NumberOrStart(part) => {
                ("(instr(c.digits, ?) > 0 OR instr(' ' || c.words, ' ' || ?) > 0)", vec![part.clone(), part.clone()])
            }
            Self::Inner(part) => ("instr(c.words, ?) > 0", vec![part.clone()]),
            Self::Start(start) => ("instr(' ' || c.words, ' ' || ?) > 0", vec![start.clone()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads_of(question: &str) -> Vec<Lead> {
        leads(&read(question).expect("asks for something"))
    }

    fn number(spellings: &[&str], words: &[&str]) -> Option<Vec<Needle>> {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
        Some(vec![Needle::Number { spellings: texts(spellings), words: texts(words) }])
    }

    #[test]
    fn a_number_is_read_however_it_is_written() {
        for written in [
            "+7 (495) 12",
            "tel:+7-495-12",
            "7\u{202f}495\u{2011}12",
            " 7–495−12\u{200b}",
            "SIP:7.495.12@example.invalid",
        ] {
            assert_eq!(read(written), number(&["749512"], &["7", "495", "12"]), "{written}");
        }
        assert_eq!(read("8 495"), number(&["8495", "7495"], &["8", "495"]));
        assert_eq!(read("*4567"), Some(vec![Needle::NumberEnd("4567".into())]));
        assert_eq!(read("2000"), Some(vec![Needle::NumberOrWord("2000".into())]));
        assert_eq!(read("24"), Some(vec![Needle::NumberOrStart("24".into())]));
    }

    #[test]
    fn words_are_conditions_of_their_own() {
        let asked = |text: &str| text.to_owned();
        assert_eq!(
            read("Ан Иванова 495 12"),
            Some(vec![
                Needle::Start(asked("ан")),
                Needle::Inner(asked("иванова")),
                Needle::NumberOrWord(asked("495")),
                Needle::NumberOrStart(asked("12")),
            ])
        );
        assert_eq!(read("sip:anna@example.invalid"), Some(vec![Needle::Inner(asked("anna"))]));
        assert_eq!(read(" -- "), None);
    }

    #[test]
    fn the_rarest_index_leads() {
        let digits = |asked: &str| Lead::Digits(asked.into());
        let inner = |asked: &str| Lead::Inner(asked.into());
        assert_eq!(leads_of("123"), [digits("\"123\" *"), inner("\"123\"")]);
        assert_eq!(leads_of("1234"), [digits("\"1234\""), inner("\"1234\"")]);
        assert_eq!(leads_of("123456"), [digits("(\"3456\" AND \"1234\")"), inner("\"123456\"")]);
        assert_eq!(leads_of("8123"), [digits("\"8123\" OR \"7123\""), inner("\"8123\"")]);
        assert_eq!(leads_of("12 345"), [digits("(\"2345\" AND \"1234\")"), inner("\"345\"")]);
        assert_eq!(leads_of("12 34"), [digits("\"1234\""), Lead::Start("\"12\" * AND \"34\" *".into())]);
        assert_eq!(leads_of("12"), [Lead::All]);
        assert_eq!(leads_of("*34567"), [Lead::LastFour("4567".into())]);
        assert_eq!(leads_of("ан иванова 495"), [inner("\"иванова\"")]);
        assert_eq!(leads_of("ан 12"), [Lead::Start("\"ан\" *".into())]);
        assert_eq!(leads_of("№495"), [digits("\"495\" *"), inner("\"495\"")]);
    }
}
