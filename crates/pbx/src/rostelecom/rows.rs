//! Rows of the history export. Separator, header and order of the columns vary between domains, so a row is read by
//! what its fields look like wherever the header does not name them.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use crate::{fields::is_call_length, party, zone::MOSCOW};

/// The documented columns, in their order.
const COLUMNS: [&str; 16] = [
    "session_id",
    "call_type",
    "direction",
    "state",
    "orig_number",
    "orig_pin",
    "dest_number",
    "answering_sipuri",
    "answering_pin",
    "start_call_date",
    "duration",
    "is_voicemail",
    "is_record",
    "is_fax",
    "status_code",
    "status_string",
];
/// Signs that part the fields, in the order in which they are tried.
const SEPARATORS: [char; 3] = [';', ',', '\t'];

/// Fields of a line that are looked at: a line of more is no row.
const MOST_FIELDS: usize = 64;
/// Lines by which the separator is told.
const SAMPLE: usize = 100;
/// Rows that are read of one export: more than a domain has in a month.
const MOST_ROWS: usize = 200_000;

/// One call, as far as its row or `call_info` tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Row {
    pub(super) session: String,
    /// 1 from outside, 2 to outside, 3 internal.
    pub(super) direction: Option<i64>,
    pub(super) answered: Option<bool>,
    pub(super) orig_number: Option<String>,
    pub(super) orig_pin: Option<String>,
    pub(super) dest_number: Option<String>,
    pub(super) answering_sip: Option<String>,
    pub(super) answering_pin: Option<String>,
    pub(super) began: Timestamp,
    /// Seconds of the talk.
    pub(super) duration: i64,
    pub(super) voicemail: bool,
    pub(super) recorded: bool,
    pub(super) fax: bool,
    pub(super) status: Option<String>,
}

/// Every row of an export that can be read, and how many cannot.
pub(super) fn read(text: &str) -> (Vec<Row>, usize) {
    let lines: Vec<&str> =
        text.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim().is_empty()).take(MOST_ROWS).collect();
    let Some(first) = lines.first() else { return (Vec::new(), 0) };
    let separator = separator(&lines[..lines.len().min(SAMPLE)]);
    let header: Vec<String> =
        fields(first, separator).into_iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    let has_header = header.iter().any(|name| name == "session_id" || name == "start_call_date");
    let names: Vec<&str> = if has_header { header.iter().map(String::as_str).collect() } else { COLUMNS.to_vec() };
    let (mut rows, mut unread) = (Vec::new(), 0);
    for line in &lines[usize::from(has_header)..] {
        let values = fields(line, separator);
        let values: Vec<&str> = values.iter().map(|value| value.trim()).collect();
        match by_name(&names, &values).or_else(|| by_content(&values)) {
            Some(row) => rows.push(row),
            None => unread += 1,
        }
    }
    (rows, unread)
}

/// The sign that gives each line as many fields as the others, and most of them.
fn separator(lines: &[&str]) -> char {
    let counts = |separator: char| {
        let of_line = |line: &&str| fields(line, separator).len();
        let first = lines.first().map_or(1, of_line);
        let alike = lines.iter().filter(|line| of_line(line) == first).count();
        // A field may hold the sign (`;tgrp=`), so not all lines need to agree.
        (alike * 2 > lines.len() && first > 4).then_some((alike, first))
    };
    SEPARATORS.into_iter().rev().max_by_key(|separator| counts(*separator)).unwrap_or(';')
}

/// The fields of a line; one in quotes may hold the separator, and a quote doubled.
fn fields(line: &str, separator: char) -> Vec<String> {
    let mut fields = vec![String::new()];
    let (mut quoted, mut signs) = (false, line.chars().peekable());
    while let Some(sign) = signs.next() {
        let field = fields.last_mut().map_or(0, |field| field.len());
        match sign {
            '"' if quoted && signs.peek() == Some(&'"') => {
                signs.next();
                if let Some(field) = fields.last_mut() {
                    field.push('"');
                }
            }
            '"' if quoted || field == 0 => quoted = !quoted,
            _ if fields.len() > MOST_FIELDS => break,
            _ if sign == separator && !quoted => fields.push(String::new()),
            _ => {
                if let Some(field) = fields.last_mut() {
                    field.push(sign);
                }
            }
        }
    }
    fields
}

/// A row whose fields stand where their names say.
/// The length of a call in seconds, unless it is something else, such as a number.
pub(super) fn length(seconds: i64) -> Option<i64> {
    is_call_length(seconds).then_some(seconds)
}

fn by_name(names: &[&str], values: &[&str]) -> Option<Row> {
    if values.len() != names.len() {
        return None;
    }
    let value = |name: &str| {
        let place = names.iter().position(|known| *known == name)?;
        values.get(place).copied().filter(|value| !value.is_empty())
    };
    let text = |name: &str| value(name).map(str::to_owned);
    let code = |name: &str, known: &[i64]| match value(name).map(str::parse::<i64>) {
        None => Some(None),
        Some(Ok(code)) if known.contains(&code) => Some(Some(code)),
        Some(_) => None,
    };
    let duration = match value("duration") {
        None => 0,
        Some(text) => text.parse().ok().and_then(length)?,
    };
    let flag = |name: &str| value(name).map_or(Some(false), read_flag);
    Some(Row {
        session: text("session_id").filter(|session| !session.contains(char::is_whitespace))?,
        direction: code("direction", &[1, 2, 3])?,
        answered: code("state", &[1, 2])?.map(|state| state == 1),
        orig_number: text("orig_number"),
        orig_pin: text("orig_pin"),
        dest_number: text("dest_number"),
        answering_sip: text("answering_sipuri"),
        answering_pin: text("answering_pin"),
        began: value("start_call_date").and_then(read_date)?,
        duration,
        voicemail: flag("is_voicemail")?,
        recorded: flag("is_record")?,
        fax: flag("is_fax")?,
        status: text("status_string").or_else(|| text("status_code")),
    })
}

/// A row whose columns stand otherwise than documented: its date, numbers and flags are found by their look, and what
/// cannot be told apart is left for `call_info`.
fn by_content(values: &[&str]) -> Option<Row> {
    let date = values.iter().position(|value| read_date(value).is_some())?;
    let began = read_date(values[date])?;
    let session = values.iter().find(|value| is_session(value))?;
    // Behind the date stand the length of the talk and three flags.
    let duration = values[date + 1..].iter().find_map(|value| value.parse().ok().and_then(length));
    let is_word = |value: &&&str| matches!(value.to_ascii_lowercase().as_str(), "true" | "false");
    let flags: Vec<bool> = values[date + 1..].iter().filter(is_word).filter_map(|value| read_flag(value)).collect();
    let flag = |place: usize| flags.len() == 3 && flags[place];
    let duration = duration.unwrap_or(0);
    Some(Row {
        session: (*session).to_owned(),
        answered: (duration > 0).then_some(true),
        began,
        duration,
        voicemail: flag(0),
        recorded: flag(1),
        fax: flag(2),
        ..Row::default()
    })
}

/// A session's id: letters and digits, longer than any pin, and no number of the public network.
fn is_session(value: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_plain = value.len() >= 8 && value.bytes().all(fits) && value.contains(|c: char| c.is_ascii_digit());
    is_plain && read_date(value).is_none() && !(party::is_phone(value) && value.len() <= 15)
}

/// A moment as the export writes it: Moscow's time, or seconds since 1970.
pub(super) fn read_date(text: &str) -> Option<Timestamp> {
    if let Ok(date) = DateTime::strptime("%Y-%m-%d %H:%M:%S", text) {
        return Some(date.to_zoned(TimeZone::get(MOSCOW).ok()?).ok()?.timestamp());
    }
    let seconds: i64 = text.parse().ok()?;
    // From 2001 to 2286 they have ten digits, as numbers of the country may: those begin with 7, 8 or 9.
    (text.len() == 10 && text.starts_with(['1', '2'])).then(|| Timestamp::from_second(seconds).ok())?
}

fn read_flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "t" | "да" => Some(true),
        "false" | "0" | "f" | "нет" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "session_id;call_type;direction;state;orig_number;orig_pin;dest_number;answering_sipuri;\
        answering_pin;start_call_date;duration;is_voicemail;is_record;is_fax;status_code;status_string";
    const ROW: &str = "5f1e1a2c-0001;1;1;1;+79161234567;;+74951234567;sip:101@d.example;101;2026-03-02 12:00:00;42;\
        false;true;false;;";

    fn row() -> Row {
        Row {
            session: "5f1e1a2c-0001".into(),
            direction: Some(1),
            answered: Some(true),
            orig_number: Some("+79161234567".into()),
            orig_pin: None,
            dest_number: Some("+74951234567".into()),
            answering_sip: Some("sip:101@d.example".into()),
            answering_pin: Some("101".into()),
            began: "2026-03-02T09:00:00Z".parse().expect("a time"),
            duration: 42,
            voicemail: false,
            recorded: true,
            fax: false,
            status: None,
        }
    }

    #[test]
    fn separators_headers_and_dates_vary() {
        let tgrp = ROW.replace("sip:101@d.example", "\"sip:101@d.example;tgrp=1\"");
        for text in [
            format!("{HEADER}\n{ROW}\n"),
            format!("\u{feff}{HEADER}\r\n{ROW}\r\n\r\n"),
            ROW.to_owned(),
            format!("{HEADER}\n{ROW}").replace(';', ","),
            format!("{HEADER}\n{ROW}").replace(';', "\t"),
            ROW.replace("2026-03-02 12:00:00", "1772442000"),
        ] {
            assert_eq!(read(&text), (vec![row()], 0), "{text}");
        }
        let quoted = Row { answering_sip: Some("sip:101@d.example;tgrp=1".into()), ..row() };
        assert_eq!(read(&format!("{HEADER}\n{tgrp}")), (vec![quoted.clone()], 0));
        let with_commas = tgrp.replace('"', "").replace(";tgrp", "\u{0}").replace(';', ",").replace('\u{0}', ";tgrp");
        assert_eq!(read(&format!("{}\n{with_commas}", HEADER.replace(';', ","))), (vec![quoted], 0));
        assert_eq!((read(""), read("\n \n"), read(HEADER)), ((vec![], 0), (vec![], 0), (vec![], 0)));
    }

    #[test]
    fn what_is_too_long_for_a_call_is_not_its_length() {
        for wrong in ["9223372036854775807", "375291234567", "-1"] {
            let (rows, _) = read(&format!("{HEADER}\n{}", ROW.replace(";42;", &format!(";{wrong};"))));
            assert_eq!(rows[0].duration, 0, "{wrong}");
            let moved = format!("5f1e1a2c-0001;2026-03-02 12:00:00;{wrong};42;false;true;false");
            assert_eq!(read(&moved).0[0].duration, 42, "{wrong}");
        }
    }

    #[test]
    fn columns_may_stand_in_another_order_or_be_missing() {
        let named = "start_call_date;session_id;duration;is_record\n2026-03-02 12:00:00;5f1e1a2c-0001;42;true";
        let (rows, unread) = read(named);
        assert_eq!((rows.len(), unread, rows[0].direction, rows[0].duration), (1, 0, None, 42));
        let without = "5f1e1a2c-0001;1;+79161234567;;+74951234567;sip:101@d.example;101;2026-03-02 12:00:00;42;false;true;false;;";
        let moved =
            "1;5f1e1a2c-0001;101;sip:101@d.example;+74951234567;+79161234567;2026-03-02 12:00:00;42;false;true;false";
        for text in [without, moved] {
            let (rows, unread) = read(text);
            let [read] = rows.as_slice() else { panic!("{text}: {unread} unread") };
            assert_eq!((&read.session, read.began, read.duration), (&row().session, row().began, 42), "{text}");
            assert_eq!((read.direction, read.recorded, read.voicemail), (None, true, false), "{text}");
        }
        assert_eq!(read("a;b;c;d;e\n1;2;3;4;5"), (vec![], 2));
        let long = format!("{HEADER}\n{}\n{ROW}", ";".repeat(1 << 20));
        assert_eq!(read(&long), (vec![row()], 1), "a line of nothing but separators costs nothing");
    }
}
