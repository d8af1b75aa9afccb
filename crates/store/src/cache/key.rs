//! The key of the cache as a text: 64 hexadecimal digits.

use data_encoding::HEXLOWER_PERMISSIVE;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::random::Random;

/// The key that this text is; `None` where it is none.
pub fn read_key(text: &SecretString) -> Option<SecretBox<[u8; 32]>> {
    let digits = text.expose_secret().as_bytes();
    let mut key = Box::new([0; 32]);
    if HEXLOWER_PERMISSIVE.decode_len(digits.len()).ok()? != key.len() {
        return None;
    }
    HEXLOWER_PERMISSIVE.decode_mut(digits, &mut *key).ok()?;
    Some(SecretBox::new(key))
}

/// A new key.
pub fn new_key(random: &dyn Random) -> std::io::Result<SecretString> {
    let mut key = zeroize::Zeroizing::new([0; 32]);
    random.fill(&mut *key)?;
    Ok(SecretString::from(HEXLOWER_PERMISSIVE.encode(&*key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    #[test]
    fn a_key_is_read_as_it_was_made_and_nothing_else_is_one() {
        let text = new_key(&SystemRandom).expect("random");
        let again = new_key(&SystemRandom).expect("random");
        let key = |text: &SecretString| *read_key(text).expect("a key").expose_secret();
        assert_eq!(key(&text), key(&text));
        assert_ne!(key(&text), key(&again));
        for wrong in ["", "our secret word", &"0".repeat(62), &"0".repeat(66), &"g".repeat(64)] {
            assert!(read_key(&SecretString::from(wrong)).is_none(), "{wrong:?}");
        }
    }
}
