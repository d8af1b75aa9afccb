//! `X-Client-Sign`: the SHA-256 of identification code, exact body bytes and signing key.

use http::HeaderValue;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use super::config::Settings;
use crate::{
    error::{Error, ErrorKind},
    request::Request,
    webhook::{Verified, VerifyError, WebhookRequest},
};

const CLIENT_ID: &str = "X-Client-ID";
const CLIENT_SIGN: &str = "X-Client-Sign";

/// The digest of a body.
fn digest(settings: &Settings, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(settings.client_id.expose_secret());
    hash.update(body);
    hash.update(settings.key.expose_secret());
    hash.finalize().into()
}

/// The header's value for a body.
fn signature(settings: &Settings, body: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&digest(settings, body))
}

/// Signs a request to the platform.
pub(super) fn sign(settings: &Settings, request: &mut Request) -> Result<(), Error> {
    let value = |text: &str| {
        let mut value = HeaderValue::from_bytes(text.as_bytes())
            .map_err(|_| Error::new(ErrorKind::Internal, "the identification code cannot be sent in a header"))?;
        value.set_sensitive(true);
        Ok::<_, Error>(value)
    };
    request.headers.insert("x-client-id", value(settings.client_id.expose_secret())?);
    request.headers.insert("x-client-sign", value(&signature(settings, &request.body))?);
    Ok(())
}

/// Signs a webhook as the platform would, in place of any signature that it has.
pub(super) fn sign_webhook(settings: &Settings, request: &mut WebhookRequest) {
    let ours = |name: &str| name.eq_ignore_ascii_case(CLIENT_ID) || name.eq_ignore_ascii_case(CLIENT_SIGN);
    request.headers.retain(|(name, _)| !ours(name));
    let id = settings.client_id.expose_secret().as_bytes().to_vec();
    let sign = signature(settings, &request.body).into_bytes();
    request.headers.push((CLIENT_ID.to_owned(), id));
    request.headers.push((CLIENT_SIGN.to_owned(), sign));
}

/// Checks a webhook on its raw bytes.
pub(super) fn verify(settings: &Settings, request: &WebhookRequest) -> Result<Verified, VerifyError> {
    let id = request.single_header(CLIENT_ID)?;
    let given = request.single_header(CLIENT_SIGN)?.filter(|sign| !sign.is_empty());
    let given = given.ok_or(VerifyError::Missing(CLIENT_SIGN))?;
    let verified = Verified::by_sha256(request, given, &digest(settings, &request.body));
    // The code is part of the digest; the header only tells accounts apart, so its absence does no harm. Where both are
    // wrong, it is the code that is to be looked at.
    let is_other = id.is_some_and(|id| id != settings.client_id.expose_secret().as_bytes());
    match verified {
        Ok(_) | Err(VerifyError::Mismatch) if is_other => Err(VerifyError::OtherAccount(CLIENT_ID)),
        verified => verified,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::rostelecom::tests::settings;

    fn webhook(headers: &[(&str, &str)], body: &str) -> WebhookRequest {
        WebhookRequest {
            method: "POST".to_owned(),
            path: "/call_events".to_owned(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    /// The digest that the vendor publishes, and the bytes that it belongs to.
    const PUBLISHED: &str = "fc95a524342dc68df90f7488e6d821c5a8a3b667d585490b50ebf939f1202c36";
    const BODY: &str = r#"{"request_number": "+74951234567","from_sipuri": "test_user@cloudpbx.rt.ru"}"#;

    #[test]
    fn the_vendors_example_is_reproduced() {
        assert_eq!(signature(&settings(), BODY.as_bytes()), PUBLISHED);
    }

    #[test]
    fn a_right_signature_is_accepted_in_either_case() {
        for sign in [PUBLISHED.to_owned(), PUBLISHED.to_ascii_uppercase(), format!(" {PUBLISHED} ")] {
            assert!(verify(&settings(), &webhook(&[("x-client-SIGN", &sign)], BODY)).is_ok(), "{sign}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let cases: [(&[(&str, &str)], VerifyError); 6] = [
            (&[], VerifyError::Missing(CLIENT_SIGN)),
            (&[("X-Client-Sign", "")], VerifyError::Missing(CLIENT_SIGN)),
            (&[("X-Client-Sign", PUBLISHED), ("x-client-sign", PUBLISHED)], VerifyError::Repeated(CLIENT_SIGN)),
            (&[("X-Client-Sign", "fc95")], VerifyError::Malformed("a SHA-256 digest in hexadecimal digits")),
            (&[("X-Client-Sign", "подпись")], VerifyError::Malformed("a SHA-256 digest in hexadecimal digits")),
            (&[("X-Client-Sign", PUBLISHED), ("X-Client-ID", "other")], VerifyError::OtherAccount(CLIENT_ID)),
        ];
        for (headers, error) in cases {
            assert_eq!(verify(&settings(), &webhook(headers, BODY)).err(), Some(error));
        }
        let flipped = PUBLISHED.replacen('f', "e", 1);
        let refused = verify(&settings(), &webhook(&[("X-Client-Sign", &flipped)], BODY));
        assert_eq!(refused.err(), Some(VerifyError::Mismatch));
        let refused = verify(&settings(), &webhook(&[("X-Client-Sign", PUBLISHED)], &BODY.replace(": ", ":")));
        assert_eq!(refused.err(), Some(VerifyError::Mismatch));
    }

    #[test]
    fn signing_replaces_a_signature() {
        let mut request = webhook(&[("x-client-sign", "old"), ("Host", "a.example")], BODY);
        sign_webhook(&settings(), &mut request);
        assert!(verify(&settings(), &request).is_ok());
        assert_eq!(request.headers.len(), 3);
    }

    proptest! {
        #[test]
        fn changing_any_signed_byte_changes_the_signature(
            body in proptest::collection::vec(any::<u8>(), 1..200), place in any::<prop::sample::Index>(), bit in 0..8_u32,
        ) {
            let before = signature(&settings(), &body);
            let mut changed = body.clone();
            let place = place.index(changed.len());
            changed[place] ^= 1_u8 << bit;
            prop_assert_ne!(before, signature(&settings(), &changed));
        }

        #[test]
        fn what_is_signed_is_verified(body in ".{0,200}") {
            let mut request = webhook(&[], &body);
            sign_webhook(&settings(), &mut request);
            prop_assert!(verify(&settings(), &request).is_ok());
        }
    }
}
