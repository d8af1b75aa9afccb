//! How PHP writes parameters, which is what the vendor signs: sorted by their names, RFC 1738.

use std::fmt::Write;

/// Parameters sorted by their names and written so that only `A-Z a-z 0-9 - _ .` stay as they are and a blank is a plus.
pub(super) fn query(parameters: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = parameters.iter().collect();
    // Only whole parameters are sorted, by the name before a bracket; what is nested keeps its order.
    sorted.sort_by(|(one, _), (other, _)| top(one).cmp(top(other)));
    let pairs: Vec<String> =
        sorted.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    pairs.join("&")
}

/// Parameters sorted by their names and written as they were.
pub(super) fn sorted(written: &str) -> String {
    let mut pairs: Vec<&str> = written.split('&').filter(|pair| !pair.is_empty()).collect();
    pairs.sort_by_key(|pair| pair.split('=').next());
    pairs.join("&")
}

fn top(name: &str) -> &str {
    name.split('[').next().unwrap_or(name)
}

fn encoded(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => written.push(char::from(byte)),
            b' ' => written.push('+'),
            // Writing to a text cannot fail.
            other => drop(write!(written, "%{other:02X}")),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(parameters: &[(&str, &str)]) -> String {
        let owned: Vec<_> = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        query(&owned)
    }

    #[test]
    fn the_published_queries_are_reproduced() {
        assert_eq!(
            of(&[("start", "2026-01-01 00:00:00"), ("end", "2026-01-31 23:59:59"), ("format", "json")]),
            "end=2026-01-31+23%3A59%3A59&format=json&start=2026-01-01+00%3A00%3A00"
        );
        assert_eq!(of(&[("b", "1"), ("a_b", "2"), ("B", "3"), ("a", "4"), ("a10", "5")]), "B=3&a=4&a10=5&a_b=2&b=1");
        assert_eq!(of(&[("m", "~*!()'")]), "m=%7E%2A%21%28%29%27");
        assert_eq!(
            of(&[("numbers[0]", "1"), ("numbers[1]", "2"), ("format", "json")]),
            "format=json&numbers%5B0%5D=1&numbers%5B1%5D=2"
        );
    }
}
