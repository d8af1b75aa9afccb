//! Spans of time as people write them on a command line.

use jiff::SignedDuration;

/// Reads `90d`, `12h`, `4w`, `30m` or `45s`.
pub(super) fn parse(text: &str) -> Result<SignedDuration, String> {
    let wrong = || "write a number and a unit, such as 90d, 12h or 4w".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: i64 = text.strip_suffix(unit).and_then(|number| number.parse().ok()).ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        'w' => 7 * 24 * 60 * 60,
        _ => return Err(wrong()),
    };
    match number.checked_mul(seconds) {
        Some(seconds) if seconds > 0 => Ok(SignedDuration::from_secs(seconds)),
        Some(_) | None => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit() {
        assert_eq!(parse("90d"), Ok(SignedDuration::from_hours(90 * 24)));
        assert_eq!(parse("2w"), Ok(SignedDuration::from_hours(14 * 24)));
        assert_eq!(parse("45s"), Ok(SignedDuration::from_secs(45)));
        for bad in ["", "d", "90", "-1d", "0h", "1.5h", "9x", "9223372036854775807w", "5д"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
