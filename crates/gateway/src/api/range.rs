//! The `Range` header of a request for a recording.

use axum::http::{HeaderMap, header};

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// No range, or one that need not be understood: everything.
    All,
    /// From here to there, both included.
    Span {
        /// First byte.
        start: u64,
        /// Last byte, or to the end.
        end: Option<u64>,
    },
    /// That many bytes at the end.
    Last(u64),
    /// Cannot be satisfied.
    Nothing,
}

/// Reads the header. Several ranges, another unit and what cannot be read count as none (RFC 9110, 14.2).
pub(super) fn wanted(headers: &HeaderMap) -> Wanted {
    let Some(text) = headers.get(header::RANGE).and_then(|value| value.to_str().ok()) else { return Wanted::All };
    let Some(span) = text.trim().strip_prefix("bytes=").filter(|spans| !spans.contains(',')) else {
        return Wanted::All;
    };
    let Some((start, end)) = span.trim().split_once('-') else { return Wanted::All };
    match (start.trim(), end.trim()) {
        ("", "0") => Wanted::Nothing,
        ("", last) => last.parse().map_or(Wanted::All, Wanted::Last),
        (start, "") => start.parse().map_or(Wanted::All, |start| Wanted::Span { start, end: None }),
        (start, end) => match (start.parse(), end.parse()) {
            (Ok(start), Ok(end)) if start <= end => Wanted::Span { start, end: Some(end) },
            (_, _) => Wanted::All,
        },
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(text: &'static str) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static(text));
        wanted(&headers)
    }

    #[test]
    fn one_range_is_understood_and_everything_else_means_all() {
        assert_eq!(wanted(&HeaderMap::new()), Wanted::All);
        assert_eq!(read("bytes=0-99"), Wanted::Span { start: 0, end: Some(99) });
        assert_eq!(read("bytes=100-"), Wanted::Span { start: 100, end: None });
        assert_eq!(read("bytes=-500"), Wanted::Last(500));
        assert_eq!(read("bytes=-0"), Wanted::Nothing);
        for odd in ["bytes=5-1", "bytes=a-b", "bytes=", "items=0-1", "bytes=0-1,4-5", "bytes=99999999999999999999-"] {
            assert_eq!(read(odd), Wanted::All, "{odd}");
        }
    }
}
