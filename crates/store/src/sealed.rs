//! Secrets that lie in the database, sealed under a key that does not.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use data_encoding::BASE64;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use zeroize::Zeroizing;

use crate::random::Random;

/// Length of a nonce.
const NONCE: usize = 24;

/// Seals a secret, bound to what it is for.
pub fn seal(
    secret: &SecretString,
    key: &SecretBox<[u8; 32]>,
    purpose: &str,
    random: &dyn Random,
) -> std::io::Result<String> {
    let mut nonce = [0; NONCE];
    random.fill(&mut nonce)?;
    let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: purpose.as_bytes() };
    let sealed = cipher(key).encrypt(&nonce.into(), payload).map_err(|_| std::io::Error::other("it is too long"))?;
    Ok(BASE64.encode(&[nonce.as_slice(), &sealed].concat()))
}

/// Opens what [`seal`] made for the same purpose under the same key; `None` for anything else.
pub fn open(sealed: &str, key: &SecretBox<[u8; 32]>, purpose: &str) -> Option<SecretString> {
    let bytes = BASE64.decode(sealed.as_bytes()).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
    let plain = Zeroizing::new(cipher(key).decrypt(XNonce::from_slice(nonce), payload).ok()?);
    std::str::from_utf8(&plain).ok().map(SecretString::from)
}

fn cipher(key: &SecretBox<[u8; 32]>) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.expose_secret().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    #[test]
    fn a_secret_is_opened_by_its_key_for_its_purpose_alone() {
        let key = |byte| SecretBox::new(Box::new([byte; 32]));
        let secret = SecretString::from("a key of a PBX");
        let sealed = seal(&secret, &key(1), "rt1/key", &SystemRandom).expect("is sealed");
        assert_ne!(sealed, seal(&secret, &key(1), "rt1/key", &SystemRandom).expect("is sealed"));
        let opened = |sealed: &str, byte, purpose: &str| {
            open(sealed, &key(byte), purpose).map(|secret| secret.expose_secret().to_owned())
        };
        assert_eq!(opened(&sealed, 1, "rt1/key").as_deref(), Some("a key of a PBX"));
        assert_eq!(opened(&sealed, 2, "rt1/key"), None);
        assert_eq!(opened(&sealed, 1, "rt2/key"), None);
        for other in ["", "no base64!", &sealed[4..]] {
            assert_eq!(opened(other, 1, "rt1/key"), None);
        }
    }
}
