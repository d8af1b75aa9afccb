//! Lengths of time as people write them: `500ms`, `2s`, `1.5m`, `3h`, `14d`.

use std::time::Duration;

/// The longest length a script may name.
const LONGEST: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// The text is no length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a length of time is a number with ms, s, m, h or d, up to 365d, as in \"1.5s\"")]
pub(crate) struct TimeError;

/// Reads a length of time; a bare number is seconds.
pub(crate) fn parse(text: &str) -> Result<Duration, TimeError> {
    let text = text.trim();
    let unit_at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let seconds = match unit.trim() {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return Err(TimeError),
    };
    let number: f64 = number.trim().parse().map_err(|_| TimeError)?;
    let length = Duration::try_from_secs_f64(number * seconds).map_err(|_| TimeError)?;
    if length > LONGEST { Err(TimeError) } else { Ok(length) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read() {
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(parse("2"), Ok(Duration::from_secs(2)));
        assert_eq!(parse("14d"), Ok(Duration::from_secs(14 * 86_400)));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "s", "-1s", "1y", "1s2", "inf", "NaN", "999d"] {
            assert_eq!(parse(text), Err(TimeError), "{text}");
        }
    }
}
