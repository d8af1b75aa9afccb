//! The signature of both directions, and the form that carries it.

use std::fmt;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use crate::credentials::Access;
use crate::hook::{Message, Webhook, Wire};
use crate::script::Sign;

/// `sha256hex(api_key + json + api_salt)`, over the text before it is encoded for the form.
pub(super) fn sign(key: &str, json: &str, salt: &str) -> String {
    HEXLOWER.encode(&Sha256::digest([key, json, salt].concat()))
}

pub(super) struct VpbxWire {
    key: String,
    salt: String,
}

impl VpbxWire {
    pub(super) fn new(access: &Access) -> Self {
        Self { key: access.secret("api_key").to_owned(), salt: access.secret("api_salt").to_owned() }
    }
}

impl fmt::Debug for VpbxWire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VpbxWire").finish_non_exhaustive()
    }
}

impl Wire for VpbxWire {
    fn message(&self, webhook: &Webhook, how: Sign) -> Message {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("vpbx_api_key", &self.key);
        match how {
            Sign::Right => form.append_pair("sign", &sign(&self.key, &webhook.body, &self.salt)),
            Sign::Wrong => form.append_pair("sign", &sign(&self.salt, &webhook.body, &self.key)),
            Sign::None => &mut form,
        };
        form.append_pair("json", &webhook.body);
        Message {
            path: webhook.path.clone(),
            content_type: "application/x-www-form-urlencoded",
            headers: vec![],
            body: Bytes::from(form.finish()),
        }
    }

    fn of_unknown_kind(&self, webhook: &Webhook) -> Webhook {
        Webhook { path: "events/quality".to_owned(), ..webhook.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "9ipl5monmwkkyg3adfx2s6frz7b1aaaa";
    const SALT: &str = "cv3z37sqp6kvsjs4i7vd3lf6r5rwztg2";

    #[test]
    fn the_published_vectors_are_reproduced() {
        let callback = r#"{"command_id":"cmd.2.vpbx.system.com.net","from":{"extension":"123"},"to_number":"744"}"#;
        assert_eq!(sign(KEY, callback, SALT), "dac2f464bd7334af76a53bda6b9c558a670e57ec84165f5888318c13f76c0b36");
        assert_eq!(sign(KEY, "{}", SALT), "b201a0c5a41ca210df136d2b348c61cdd63cf2b0d916248b461d2e53bd5ae4d6");
    }

    #[test]
    fn a_plus_is_encoded_on_the_wire_and_signed_as_it_is() {
        let wire = VpbxWire { key: KEY.to_owned(), salt: SALT.to_owned() };
        let body = r#"{"command_id":"p","from":{"extension":"101"},"to_number":"+74951234567"}"#.to_owned();
        let webhook = Webhook { key: "p".into(), path: "events/call".into(), body, sign: Sign::Right };
        let text = String::from_utf8(wire.message(&webhook, Sign::Right).body.to_vec()).expect("a form");
        assert!(text.contains("%2B74951234567"), "{text}");
        assert!(text.contains("sign=26d3fed6eccb8b3810158c3bd83255e2d868d10dbeea48c106bf537f3b6218e4"), "{text}");
        let unsigned = wire.message(&webhook, Sign::None).body;
        assert!(!String::from_utf8_lossy(&unsigned).contains("sign="));
    }
}
