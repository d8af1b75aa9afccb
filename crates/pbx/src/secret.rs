//! Secrets as people paste them and editors save them.

use secrecy::SecretString;

/// Why a text is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretFault {
    /// Nothing is in it.
    #[error("is empty")]
    Empty,
    /// Something is in its middle that can be no part of a secret.
    #[error(
        "holds an end of line or an invisible character in the middle of the secret; write the secret alone, on one line"
    )]
    Broken,
}

/// The secret in a text, without what editors and clipboards put around it: a byte order mark, blanks, ends of line. What
/// stands in its middle and can be no part of a secret is refused.
pub fn clean_secret(text: &str) -> Result<SecretString, SecretFault> {
    let secret = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c));
    if secret.is_empty() {
        return Err(SecretFault::Empty);
    }
    if secret.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err(SecretFault::Broken);
    }
    Ok(SecretString::from(secret))
}

/// Byte order mark, zero-width characters, and marks of writing direction.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn what_clipboards_put_around_a_secret_is_not_part_of_it() {
        let clean = |text: &str| clean_secret(text).map(|secret| secret.expose_secret().to_owned());
        for text in ["a key", " a key\t", "\u{feff}a key\r\n", "\u{a0}a key\u{200b}\0", "\u{2060}a key"] {
            assert_eq!(clean(text), Ok("a key".to_owned()), "{text:?}");
        }
        for text in ["", " \r\n", "\u{feff}"] {
            assert_eq!(clean(text), Err(SecretFault::Empty), "{text:?}");
        }
        for text in ["a\nkey", "a\0key", "a\u{200b}key", "a\u{202e}key"] {
            assert_eq!(clean(text), Err(SecretFault::Broken), "{text:?}");
        }
    }
}
