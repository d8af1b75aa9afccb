//! What a question asks for, and which index leads to it.

use super::text::{self, GRAM};

/// Shortest piece that an index of inner parts can find.
const INNER: usize = 3;
/// Digits that the index of number ends holds.
const LAST: usize = 4;

/// One condition; a call is found when all of a question's hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Needle {
    /// One of these, all of one length, is somewhere in the number's digits.
    Number(Vec<String>),
    /// The number ends so.
    NumberEnd(String),
    /// Somewhere in a word, or in the number's digits.
    NumberOrWord(String),
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
    let question = question.trim();
    let is_number = question.chars().any(|c| c.is_ascii_digit())
        && question.chars().all(|c| c.is_ascii_digit() || "+-()./*… \u{a0}".contains(c));
    if is_number {
        let digits = text::digits(question);
        return Some(vec![if question.starts_with(['*', '…']) {
            Needle::NumberEnd(digits)
        } else {
            Needle::Number(spellings(digits))
        }]);
    }
    let words = text::words([question]);
    let needles: Vec<Needle> = words.split(' ').filter(|word| !word.is_empty()).map(of_word).collect();
    (!needles.is_empty()).then_some(needles)
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

fn of_word(word: &str) -> Needle {
    if word.chars().count() < INNER {
        Needle::Start(word.to_owned())
    } else if word.bytes().all(|b| b.is_ascii_digit()) {
        Needle::NumberOrWord(word.to_owned())
    } else {
        Needle::Inner(word.to_owned())
    }
}

/// The walks that together find every call that answers. Each finds rows that may not: every needle is asked of them.
pub(crate) fn leads(needles: &[Needle]) -> Vec<Lead> {
    let all = |lead: &dyn Fn(&Needle) -> Option<String>| -> Option<String> {
        let asked: Vec<String> = needles.iter().filter_map(lead).collect();
        (!asked.is_empty()).then(|| asked.join(" AND "))
    };
    if let Some(asked) = all(&Needle::inner) {
        return vec![Lead::Inner(asked)];
    }
    if let Some(asked) = all(&Needle::digits) {
        return vec![Lead::Digits(asked)];
    }
    for needle in needles {
        match needle {
            Needle::NumberOrWord(part) => {
                return vec![Lead::Digits(of_digits(part)), Lead::Inner(quoted(part))];
            }
            Needle::NumberEnd(end) if end.len() >= LAST => {
                return vec![Lead::LastFour(end[end.len() - LAST..].to_owned())];
            }
            Needle::Number(_) | Needle::NumberEnd(_) | Needle::Inner(_) | Needle::Start(_) => {}
        }
    }
    vec![all(&Needle::start).map_or(Lead::All, Lead::Start)]
}

/// Two tokens from the end of a piece: the beginnings of numbers are what many share, their ends tell them apart.
fn of_digits(piece: &str) -> String {
    let Some(last) = piece.len().checked_sub(GRAM) else { return format!("{} *", quoted(piece)) };
    let before = last.saturating_sub(if piece.len() < 2 * GRAM { GRAM / 2 } else { GRAM });
    let gram = |at: usize| quoted(&piece[at..at + GRAM]);
    if before == last { gram(last) } else { format!("({} AND {})", gram(last), gram(before)) }
}

fn quoted(token: &str) -> String {
    format!("\"{token}\"")
}

impl Needle {
    /// The condition on `calls c` and its value.
    pub(crate) fn condition(&self) -> (&'static str, String) {
        match self {
            Self::Number(spellings) => match spellings.as_slice() {
                [one] => ("instr(c.digits, ?) > 0", one.clone()),
                all => (
                    "EXISTS (SELECT 1 FROM json_each(?) WHERE instr(c.digits, value) > 0)",
                    serde_json::Value::from(all.to_vec()).to_string(),
                ),
            },
            Self::NumberEnd(end) => ("c.digits LIKE '%' || ?", end.clone()),
            Self::NumberOrWord(part) => ("instr(c.digits || ' ' || c.words, ?) > 0", part.clone()),
            Self::Inner(part) => ("instr(c.words, ?) > 0", part.clone()),
            Self::Start(start) => ("instr(' ' || c.words, ' ' || ?) > 0", start.clone()),
        }
    }

    fn digits(&self) -> Option<String> {
        match self {
            Self::Number(spellings) if spellings.iter().all(|piece| piece.len() >= INNER) => {
                let any: Vec<String> = spellings.iter().map(|piece| of_digits(piece)).collect();
                Some(format!("({})", any.join(" OR ")))
            }
            Self::Number(_) | Self::NumberEnd(_) | Self::NumberOrWord(_) | Self::Inner(_) | Self::Start(_) => None,
        }
    }

    fn inner(&self) -> Option<String> {
        match self {
            Self::Inner(part) => Some(quoted(part)),
            Self::Number(_) | Self::NumberEnd(_) | Self::NumberOrWord(_) | Self::Start(_) => None,
        }
    }

    fn start(&self) -> Option<String> {
        match self {
            Self::Start(start) => Some(format!("{} *", quoted(start))),
            Self::Number(_) | Self::NumberEnd(_) | Self::NumberOrWord(_) | Self::Inner(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads_of(question: &str) -> Vec<Lead> {
        leads(&read(question).expect("asks for something"))
    }

    #[test]
    fn a_number_is_read_however_it_is_written() {
        assert_eq!(read("+7 (495) 12"), Some(vec![Needle::Number(vec!["749512".into()])]));
        assert_eq!(read("8 495"), Some(vec![Needle::Number(vec!["8495".into(), "7495".into()])]));
        assert_eq!(read("*4567"), Some(vec![Needle::NumberEnd("4567".into())]));
    }

    #[test]
    fn words_are_conditions_of_their_own() {
        assert_eq!(
            read("Ан Иванова 495"),
            Some(vec![Needle::Start("ан".into()), Needle::Inner("иванова".into()), Needle::NumberOrWord("495".into())])
        );
        assert_eq!(read(" -- "), None);
    }

    #[test]
    fn the_rarest_index_leads() {
        assert_eq!(leads_of("123"), vec![Lead::Digits("(\"123\" *)".into())]);
        assert_eq!(leads_of("1234"), vec![Lead::Digits("(\"1234\")".into())]);
        assert_eq!(leads_of("123456"), vec![Lead::Digits("((\"3456\" AND \"1234\"))".into())]);
        assert_eq!(leads_of("79001234567"), vec![Lead::Digits("((\"4567\" AND \"0123\"))".into())]);
        assert_eq!(leads_of("12"), vec![Lead::All]);
        assert_eq!(leads_of("*34567"), vec![Lead::LastFour("4567".into())]);
        assert_eq!(leads_of("ан иванова 495"), vec![Lead::Inner("\"иванова\"".into())]);
        assert_eq!(leads_of("ан"), vec![Lead::Start("\"ан\" *".into())]);
        assert_eq!(leads_of("№495"), vec![Lead::Digits("\"495\" *".into()), Lead::Inner("\"495\"".into())]);
    }
}
