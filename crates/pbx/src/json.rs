//! JSON as PBXs send it. One broken text must not cost a message the fields that are whole, so what no JSON may hold is
//! replaced before it is parsed: the message was authentic, and its other fields make and end the call.
//!
//! | in the message | read as |
//! | --- | --- |
//! | bytes that are no UTF-8 (a word in cp1251, a cut character) | U+FFFD in that text |
//! | half a surrogate pair, an escape that is cut short | U+FFFD in that text |
//! | a raw control character in a text | that character |
//! | a backslash that escapes nothing | the backslash |
//! | NULs, byte order marks, blanks around the message | nothing |
//! | a NUL behind the message, and what a program's buffer still held behind that | nothing |
//! | a number that would lose digits (an id of twenty digits, `1.270`), or with a leading zero or plus | a text of its digits |

use std::fmt::Write;

use serde_json::{Number, Value};

/// What a broken part of a text becomes.
const REPLACEMENT: char = '\u{fffd}';
/// Digits that a floating-point number keeps.
const FLOAT_DIGITS: usize = 15;

/// The JSON value in `bytes`; `None` where there is none even so.
pub(crate) fn parse(bytes: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_matches(|c| is_filler(c) || c == REPLACEMENT);
    serde_json::from_str(&repaired(text)).ok()
}

/// Whether the character says nothing at the beginning or end of a text.
pub(crate) fn is_filler(c: char) -> bool {
    c.is_whitespace() || c.is_control() || c == '\u{feff}'
}

/// The text with its strings and numbers as a JSON parser takes them.
fn repaired(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c| matches!(c, '"' | '\0') || is_of_number(c)) {
        out.push_str(&rest[..at]);
        if rest.as_bytes()[at] == 0 {
            return out;
        }
        rest = match rest[at..].strip_prefix('"') {
            Some(inside) => {
                out.push('"');
                string(inside, &mut out)
            }
            None => number(&rest[at..], &mut out),
        };
    }
    out.push_str(rest);
    out
}

/// Copies a string's inside and its closing quote; returns what follows.
fn string<'a>(mut rest: &'a str, out: &mut String) -> &'a str {
    while let Some(at) = rest.find(|c: char| c.is_ascii_control() || matches!(c, '"' | '\\')) {
        out.push_str(&rest[..at]);
        let (found, after) = (rest.as_bytes()[at], &rest[at + 1..]);
        rest = match found {
            b'"' => {
                out.push('"');
                return after;
            }
            b'\\' => escape(after, out),
            control => {
                // Writing into a String cannot fail.
                let _ = write!(out, "\\u{control:04x}");
                after
            }
        };
    }
    out.push_str(rest);
    ""
}

/// Copies an escape whose backslash is read; returns what follows.
fn escape<'a>(rest: &'a str, out: &mut String) -> &'a str {
    if let Some(digits) = rest.strip_prefix('u') {
        return code_unit(digits, out);
    }
    match rest.chars().next() {
        Some(c @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't')) => {
            out.extend(['\\', c]);
            &rest[1..]
        }
        Some(_) | None => {
            out.push_str("\\\\");
            rest
        }
    }
}

/// Copies an escaped UTF-16 code unit, with its second half where it is the first of a pair; returns what follows.
fn code_unit<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let (digits, after) = hex(rest);
    let Some(unit) = unit(digits) else {
        out.push(REPLACEMENT);
        return after;
    };
    let (second, after_pair) = after.strip_prefix("\\u").map(hex).unwrap_or_default();
    match unit {
        0xD800..=0xDBFF if self::unit(second).is_some_and(|low| (0xDC00..=0xDFFF).contains(&low)) => {
            out.extend(["\\u", digits, "\\u", second]);
            after_pair
        }
        0xD800..=0xDFFF => {
            out.push(REPLACEMENT);
            after
        }
        _ => {
            out.extend(["\\u", digits]);
            after
        }
    }
}

/// Up to four hexadecimal digits, and what follows.
fn hex(text: &str) -> (&str, &str) {
    let end = text.bytes().take(4).take_while(u8::is_ascii_hexdigit).count();
    text.split_at(end)
}

fn unit(digits: &str) -> Option<u16> {
    if digits.len() == 4 { u16::from_str_radix(digits, 16).ok() } else { None }
}

fn is_of_number(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '+' | '-')
}

/// Copies a number, in quotes where it would lose digits or is none in JSON; returns what follows.
fn number<'a>(text: &'a str, out: &mut String) -> &'a str {
    let end = text.find(|c| !is_of_number(c) && !matches!(c, '.' | 'e' | 'E')).unwrap_or(text.len());
    let (number, after) = text.split_at(end);
    if is_kept(number) {
        out.push_str(number);
    } else {
        out.extend(["\"", number, "\""]);
    }
    after
}

/// Whether every digit of the number is still there when it is parsed.
fn is_kept(number: &str) -> bool {
    match serde_json::from_str::<Number>(number) {
        Ok(parsed) if parsed.is_f64() => {
            let ends_by_zero = number.contains('.') && !number.contains(['e', 'E']) && number.ends_with('0');
            let is_short = number.bytes().filter(u8::is_ascii_digit).count() <= FLOAT_DIGITS;
            is_short && (!ends_by_zero || parsed.to_string() == number)
        }
        Ok(parsed) => parsed.to_string() == number,
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn sound_json_is_read_as_it_is() {
        let text = r#" {"a": [1, -2.5, 1e3, 18446744073709551615, -9223372036854775808], "b": "\"\\\/\b\n\u0416\ud83d\ude00 é", "": null, "t": true}"#;
        assert_eq!(parse(text.as_bytes()), serde_json::from_str(text).ok());
    }

    #[test]
    fn a_broken_text_is_lossy_and_nothing_else_is() {
        let cases: [(&[u8], &str); 15] = [
            (b"\xce\xf2\xe1\xee\xe9", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
            (b"a\xd0", "a\u{fffd}"),
            (b"\xef\xbb", "\u{fffd}"),
            (br"\ud83d", "\u{fffd}"),
            (br"\ud83dx", "\u{fffd}x"),
            (br"\ud83d\n", "\u{fffd}\n"),
            (br"\ud83d\ud83d\ude00", "\u{fffd}\u{1f600}"),
            (br"\ude00", "\u{fffd}"),
            (br"\ud83d\u00", "\u{fffd}\u{fffd}"),
            (br"\u12", "\u{fffd}"),
            (b"a\tb\r\nc", "a\tb\r\nc"),
            (b"a\0b\x1b\x7f", "a\0b\x1b\x7f"),
            (br"a\'b\x41", r"a\'b\x41"),
            (br"\\", r"\"),
            ("a\u{2028}\u{feff}b".as_bytes(), "a\u{2028}\u{feff}b"),
        ];
        for (raw, expected) in cases {
            let body = [br#"{"before": "x", "text": ""#, raw, br#"", "after": 1}"#].concat();
            let expected = json!({"before": "x", "text": expected, "after": 1});
            assert_eq!(parse(&body), Some(expected), "{}", String::from_utf8_lossy(raw));
        }
    }

    #[test]
    fn what_stands_around_a_message_says_nothing() {
        for (before, behind) in [
            (&b""[..], &b"\0"[..]),
            (b"", b"\0\0\r\n\0"),
            (b"\0", b""),
            (b"\xef\xbb\xbf", b"\xef\xbb\xbf"),
            (b"\xef\xbb\xbf\xef\xbb\xbf ", b"\x1a"),
            (b"\xff\xfe", b"\xff"),
            (b"", b"\0}, \"state\": \"end\"}"),
            (b"", b"\r\n\0\xc0\xff{\"a"),
        ] {
            let body = [before, br#"{"a": "b"}"#, behind].concat();
            assert_eq!(parse(&body), Some(json!({"a": "b"})), "{before:?} {behind:?}");
        }
    }

    #[test]
    fn no_digit_of_a_number_is_lost() {
        let cases = [
            ("76981273981237000001", json!("76981273981237000001")),
            ("-76981273981237000001", json!("-76981273981237000001")),
            ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
            ("18446744073709551616", json!("18446744073709551616")),
            ("1.2345678901234567", json!("1.2345678901234567")),
            ("4951234567.0", json!(4_951_234_567.0)),
            ("1439981389.270", json!("1439981389.270")),
            ("1439981389.0", json!(1_439_981_389.0)),
            ("1439981389.00", json!("1439981389.00")),
            ("0511", json!("0511")),
            ("+74951234567", json!("+74951234567")),
            ("1e999", json!("1e999")),
            ("0", json!(0)),
        ];
        for (raw, expected) in cases {
            let body = format!(r#"{{"a":{raw},"b":[{raw}]}}"#);
            assert_eq!(parse(body.as_bytes()), Some(json!({"a": expected, "b": [expected]})), "{raw}");
        }
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for raw in [
            "",
            "\0",
            "<html>",
            "{",
            r#"{"a": "b"#,
            r#"{"a": "b"} {"c": "d"}"#,
            "a=1&b=2",
            "{\u{feff}}",
            "{\0}",
            "\0{\0\"\0",
        ] {
            assert_eq!(parse(raw.as_bytes()), None, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn whatever_stands_in_one_text_the_others_are_read(noise in proptest::collection::vec(any::<u8>(), 0..40)) {
            // A quote ends the text, and a backslash at its end would take the quote with it.
            let noise: Vec<u8> = noise.into_iter().filter(|byte| !matches!(byte, b'"' | b'\\')).collect();
            let body = [&br#"{"session_id": "a", "reason": ""#[..], &noise, br#"", "state": "end"}"#].concat();
            let read = parse(&body).expect("is read");
            prop_assert_eq!((&read["session_id"], &read["state"]), (&json!("a"), &json!("end")));
        }

        #[test]
        fn what_a_serialiser_writes_is_read_back(text in "\\PC*", number in any::<i64>()) {
            let value = json!({"text": text, "number": number});
            prop_assert_eq!(parse(value.to_string().as_bytes()), Some(value));
        }

        #[test]
        fn what_was_read_is_read_again_from_the_log(whole in any::<u64>(), behind in any::<u32>(), exponent in -330..330_i32) {
            for number in [format!("{whole}E{exponent}"), format!("{whole}.{behind}"), format!("0.{behind}e{exponent}")] {
                let value = parse(number.as_bytes()).expect("a number, or its text");
                prop_assert_eq!(serde_json::from_str::<Value>(&value.to_string()).ok(), Some(value), "{}", number);
            }
        }

        #[test]
        fn no_bytes_are_too_odd(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            parse(&bytes);
        }
    }
}
