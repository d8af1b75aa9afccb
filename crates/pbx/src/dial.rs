//! What may be sent as a number to dial.

use crate::error::{Error, ErrorKind};

/// Longest number with its prefixes; E.164 has fifteen digits.
const LONGEST: usize = 32;

/// A number as it is sent: digits, `*`, `#`, a leading plus. Blanks and the signs people group digits with go.
pub(crate) fn target(to: &str) -> Result<String, Error> {
    let plain: String = to.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '.')).collect();
    let digits = plain.strip_prefix('+').unwrap_or(&plain);
    let fits = !digits.is_empty()
        && plain.len() <= LONGEST
        && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'*' | b'#'));
    if fits {
        Ok(plain)
    } else {
        Err(Error::new(ErrorKind::InvalidRequest { field: "to" }, "the number to dial must be digits, +, * or #")
            .before_sending())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_sent_plain_and_nothing_else_is_sent() {
        assert_eq!(target("+7 (495) 123-45-67").as_deref(), Ok("+74951234567"));
        assert_eq!(target("*21#").as_deref(), Ok("*21#"));
        for bad in ["", "+", "7495123456a", "sip:a@b.example", "1\"2", &"1".repeat(33)] {
            let error = target(bad).expect_err(bad);
            assert_eq!(error.kind(), ErrorKind::InvalidRequest { field: "to" }, "{bad}");
        }
    }
}
