//! The signature of both directions: a digest over id, exact body bytes and key.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// The header that names who signed.
pub(super) const CLIENT_ID: &str = "x-client-id";
/// The header that holds the digest.
pub(super) const CLIENT_SIGN: &str = "x-client-sign";

/// `sha256hex(client_id + body + key)`.
pub(super) fn sign(client_id: &str, body: &[u8], key: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(client_id);
    digest.update(body);
    digest.update(key);
    HEXLOWER.encode(&digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_is_reproduced() {
        let digest = sign(
            "000003C405E6525C64C184258C44EC99",
            br#"{"request_number": "+74951234567","from_sipuri": "test_user@cloudpbx.rt.ru"}"#,
            "00000716ABDA6D4DFF10F82BCBBFC532",
        );
        assert_eq!(digest, "fc95a524342dc68df90f7488e6d821c5a8a3b667d585490b50ebf939f1202c36");
    }

    #[test]
    fn a_body_of_no_bytes_is_signed_too() {
        let digest = sign("0A1B2C3D4E5F60718293A4B5C6D7E8F9", b"", "F0E1D2C3B4A5968778695A4B3C2D1E0F");
        assert_eq!(digest, "6bdd906ca757c06a448f979e600a69afe3829c16b219b0fa1a7c90f4734d2983");
    }
}
