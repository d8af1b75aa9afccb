//! A table of people to invite, as a spreadsheet saves it: name, role, extensions, groups.

use csv::{ReaderBuilder, StringRecord, Trim};
use link::wire::{
    Role,
    people::{TableFault, TableProblem},
};

use crate::invitations::{NewInvitation, extension_ref, person_name};

/// The most people of one table.
const MOST: usize = 20_000;
/// The characters of Windows-1251 from 0x80 to 0xBF; from 0xC0 on it is the alphabet.
const UPPER: &str = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї";

/// What is wrong with a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct TableError {
    /// In which line; the first is 1.
    pub line: u64,
    /// What is wrong there, as a code.
    pub fault: TableFault,
    /// The part of the line that is meant.
    pub part: String,
    /// What to mend there.
    pub message: String,
}

impl From<TableError> for TableProblem {
    fn from(TableError { line, fault, part, message: _ }: TableError) -> Self {
        Self { line: u32::try_from(line).unwrap_or(u32::MAX), fault, part }
    }
}

/// What is wrong with one line.
struct Wrong {
    fault: TableFault,
    part: String,
    message: String,
}

impl Wrong {
    fn new(fault: TableFault, part: &str, message: impl Into<String>) -> Self {
        Self { fault, part: printable(part), message: message.into() }
    }

    fn at(self, line: u64) -> TableError {
        TableError { line, fault: self.fault, part: self.part, message: self.message }
    }
}

/// Somebody in a table, and the line that he stands in.
pub struct Listed {
    /// In which line; the first is 1.
    pub line: u64,
    /// Who.
    pub person: NewInvitation,
}

/// The text of a file: UTF-8, UTF-16 with its mark, or else Windows-1251.
pub fn decode(bytes: &[u8]) -> String {
    let wide = |pair: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|two| pair([two[0], two[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFF, 0xFE, ..] => wide(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => wide(u16::from_be_bytes),
        bytes => match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            Err(_) => bytes.iter().map(|byte| cyrillic(*byte)).collect(),
        },
    }
}

fn cyrillic(byte: u8) -> char {
    match byte {
        0..0x80 => char::from(byte),
        0x80..0xC0 => UPPER.chars().nth(usize::from(byte - 0x80)).unwrap_or('\u{fffd}'),
        0xC0.. => char::from_u32(0x410 + u32::from(byte - 0xC0)).unwrap_or('\u{fffd}'),
    }
}

/// The people of a table. Its first line may name the columns. `days` holds for all of them.
pub fn read(text: &str, days: Option<u32>) -> Result<Vec<Listed>, TableError> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let (mut people, mut lines) = (Vec::new(), Lines { text, at: 0, line: 1 });
    for (place, record) in reader.records().enumerate() {
        let record = record.map_err(|error| {
            Wrong::new(TableFault::Quotes, "", "the quotes in it do not fit together").at(lines.at(error.position()))
        })?;
        let line = lines.at(record.position());
        if record.iter().all(str::is_empty) || place == 0 && is_heading(&record) {
            continue;
        }
        if people.len() == MOST {
            let message = format!("a table holds at most {MOST} people; make several of it");
            return Err(Wrong::new(TableFault::TooMany, "", message).at(line));
        }
        people.push(Listed { line, person: person(&record, days).map_err(|wrong| wrong.at(line))? });
    }
    match people.is_empty() {
        true => Err(Wrong::new(TableFault::Empty, "", "there is nobody in this table").at(1)),
        false => Ok(people),
    }
}

/// Counts the lines of a text, blank ones too, over which the reader goes without counting.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first letter from this place on; places come in their order.
    fn at(&mut self, place: Option<&csv::Position>) -> u64 {
        let start = place.and_then(|place| usize::try_from(place.byte()).ok()).unwrap_or(self.at);
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let end = start + blank;
        let passed = self.text.as_bytes().get(self.at..end).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = self.at.max(end);
        self.line
    }
}

/// What stands most often in the first line between its fields.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: u8| first.bytes().filter(|byte| *byte == delimiter).count();
    let most = [b';', b'\t', b','].into_iter().rev().max_by_key(|delimiter| count(*delimiter));
    most.unwrap_or(b';')
}

fn is_heading(record: &StringRecord) -> bool {
    let second = record.get(1).unwrap_or_default().to_lowercase();
    ["role", "роль", "права"].contains(&second.as_str())
}

fn person(record: &StringRecord, days: Option<u32>) -> Result<NewInvitation, Wrong> {
    let field = |place: usize| record.get(place).unwrap_or_default();
    if let Some(extra) = (4..record.len()).find(|place| !field(*place).is_empty()) {
        let message = format!("there is a field {}; a line has name, role, extensions, groups", extra + 1);
        return Err(Wrong::new(TableFault::Fields, field(extra), message));
    }
    let name = person_name(field(0))
        .ok_or_else(|| Wrong::new(TableFault::Name, field(0), "the name is missing, or is no name of one line"))?;
    let role = role(field(1)).ok_or_else(|| {
        let message = format!("\"{}\" is no role; write agent, manager or admin", printable(field(1)));
        Wrong::new(TableFault::Role, field(1), message)
    })?;
    let extension = |text: &str| {
        extension_ref(text).map_err(|why| {
            let message = format!("\"{}\" is no extension: {why}", printable(text));
            Wrong::new(TableFault::Extension, text, message)
        })
    };
    let extensions = words(field(2)).map(extension).collect::<Result<_, _>>()?;
    let groups = words(field(3)).map(str::to_owned).collect();
    Ok(NewInvitation { name, role, extensions, groups, days })
}

/// What stands in one field beside each other.
fn words(field: &str) -> impl Iterator<Item = &str> {
    field.split([' ', ',', ';', '|', '\n']).filter(|word| !word.is_empty())
}

fn role(text: &str) -> Option<Role> {
    match text.to_lowercase().as_str() {
        "agent" | "сотрудник" | "агент" => Some(Role::Agent),
        "manager" | "руководитель" | "менеджер" => Some(Role::Manager),
        "admin" | "администратор" => Some(Role::Admin),
        _ => None,
    }
}

/// A field as an error repeats it.
fn printable(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "Имя;Роль;Добавочные;Группы\nАнна Смирнова;сотрудник;rt1:201 rt1:202;sales\n\n\
                         \"Ёжиков; Борис\";admin;;\n";

    fn read(text: &str, days: Option<u32>) -> Result<Vec<NewInvitation>, TableError> {
        Ok(super::read(text, days)?.into_iter().map(|listed| listed.person).collect())
    }

    fn names(people: &[NewInvitation]) -> Vec<&str> {
        people.iter().map(|person| person.name.as_str()).collect()
    }

    #[test]
    fn a_table_is_read_in_the_encodings_and_with_the_delimiters_of_spreadsheets() {
        let cp1251: Vec<u8> = TABLE
            .chars()
            .map(|character| (0..=255).find(|byte| cyrillic(*byte) == character).expect("is in the code page"))
            .collect();
        let marked = [b"\xef\xbb\xbf".as_slice(), TABLE.as_bytes()].concat();
        let wide: Vec<u8> = [0xFEFF].into_iter().chain(TABLE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for bytes in [TABLE.as_bytes(), &cp1251, &marked, &wide] {
            let people = read(&decode(bytes), Some(30)).expect("is read");
            assert_eq!(names(&people), ["Анна Смирнова", "Ёжиков; Борис"]);
            assert_eq!((people[0].role, people[0].extensions.len(), people[0].days), (Role::Agent, 2, Some(30)));
            assert_eq!((people[1].role, people[1].extensions.len()), (Role::Admin, 0));
        }
        for text in ["A,agent,rt1:201,sales\r\nB,manager", "A\tagent\trt1:201\tsales\nB\tmanager\t\t"] {
            let people = read(text, None).expect("is read");
            assert_eq!(
                (names(&people), people[0].groups.clone()),
                (vec!["A", "B"], vec!["sales".to_owned()]),
                "{text}"
            );
        }
    }

    #[test]
    fn a_bad_line_is_named() {
        let wrong = |text: &str| read(text, None).expect_err("is refused");
        for (text, line, part) in [
            ("A;agent;;\nB;boss;;", 2, "\"boss\" is no role"),
            ("A;agent;;\n;agent;;", 2, "the name is missing"),
            ("Имя;роль\n\nA;agent;201", 3, "\"201\" is no extension"),
            ("A;agent;RT 1:201;", 1, "is no extension"),
            ("A;agent;rt1:201;sales;more", 1, "field 5"),
            ("", 1, "nobody"),
            ("name;role;extensions;groups", 1, "nobody"),
        ] {
            let told = wrong(text);
            assert_eq!(told.line, line, "{text}: {told}");
            assert!(told.message.contains(part), "{text}: {told}");
        }
    }

    #[test]
    fn ten_thousand_people_are_one_table() {
        let table: String =
            (0..10_000).map(|place| format!("Сотрудник {place};agent;rt1:{};\n", 1000 + place)).collect();
        let people = read(&table, None).expect("is read");
        assert_eq!((people.len(), people[9_999].extensions[0].extension.as_str()), (10_000, "10999"));
    }
}
