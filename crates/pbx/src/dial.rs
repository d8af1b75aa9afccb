//! What may be sent as a number to dial, and as an extension.

use crate::error::{Error, ErrorKind};

/// Longest number with its prefixes; E.164 has fifteen digits.
const LONGEST: usize = 32;

/// A number as it is sent: digits, `*`, `#`, a leading plus. The office has read it already; any other text is refused.
pub(crate) fn target(to: &str) -> Result<&str, Error> {
    let digits = to.strip_prefix('+').unwrap_or(to);
    let fits = !digits.is_empty()
        && to.len() <= LONGEST
        && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'*' | b'#'));
    if fits {
        Ok(to)
    } else {
        Err(Error::new(ErrorKind::InvalidRequest { field: "to" }, "the number to dial must be digits, +, * or #")
            .before_sending())
    }
}

/// An extension or SIP name as it is sent.
pub(crate) fn extension(name: &str) -> Result<&str, Error> {
    let name = name.trim();
    if name.is_empty() || !name.chars().all(char::is_alphanumeric) {
        let kind = ErrorKind::InvalidRequest { field: "from" };
        return Err(Error::new(kind, "the extension must be letters and digits").before_sending());
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_sent_plain_and_nothing_else_is_sent() {
        assert_eq!(target("+74951234567"), Ok("+74951234567"));
        assert_eq!(target("*21#"), Ok("*21#"));
        for bad in ["+7 (495) 123-45-67", "1.2", "", "+", "7495123456a", "sip:a@b.example", "1\"2", &"1".repeat(33)] {
            let error = target(bad).expect_err(bad);
            assert_eq!(error.kind(), ErrorKind::InvalidRequest { field: "to" }, "{bad}");
        }
    }
}
