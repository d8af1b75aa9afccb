//! What the makes with webhooks post of a call, signed as their pages say, without the code that checks it.

use std::fmt::Write;

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, Mac};
use jiff::{Timestamp, tz::TimeZone};
use pbx::Make;
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::http::Message;

/// The line that is called; it rings everybody.
pub(crate) const LINE: &str = "74951234567";
/// Who calls.
pub(crate) const CALLER: &str = "79001234567";
/// Whose phone rings.
pub(crate) const EXTENSION: &str = "101";

const FORM: &str = "application/x-www-form-urlencoded";

/// An account at a PBX that posts what happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Vendor {
    pub(crate) make: Make,
    /// Its secrets, by the names of the configuration.
    pub(crate) secrets: [(&'static str, &'static str); 2],
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Rostelecom,
    Mango,
    Zadarma,
}

/// What happens in a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Moment {
    Rings,
    Answered,
    Ends,
}

/// Everybody who posts.
pub(crate) const VENDORS: [Vendor; 4] = [
    Vendor {
        make: pbx::rostelecom::MAKE,
        secrets: [("client_id", "0A1B2C3D4E5F60718293A4B5C6D7E8F9"), ("key", "F0E1D2C3B4A5968778695A4B3C2D1E0F")],
        kind: Kind::Rostelecom,
    },
    Vendor {
        make: pbx::mango_vpbx::MAKE,
        secrets: [("api_key", "9ipl5monmwkkyg3adfx2s6frz7b1aaaa"), ("api_salt", "cv3z37sqp6kvsjs4i7vd3lf6r5rwztg2")],
        kind: Kind::Mango,
    },
    Vendor {
        make: pbx::zadarma::MAKE,
        secrets: [("key", "a1b2c3d4e5f60718293a"), ("secret", "0f1e2d3c4b5a69788796")],
        kind: Kind::Zadarma,
    },
    Vendor {
        make: pbx::zadarma::NOVOFON,
        secrets: [("key", "b1b2c3d4e5f60718293a"), ("secret", "1f1e2d3c4b5a69788796")],
        kind: Kind::Zadarma,
    },
];

impl Vendor {
    /// The same account with other secrets: somebody else's.
    pub(crate) fn other_account(&self) -> Self {
        let [(id, _), (key, _)] = self.secrets;
        Self { secrets: [(id, "00000000000000000000000000000000"), (key, "11111111111111111111111111111111")], ..*self }
    }

    /// The same account, whoever signs having another key.
    pub(crate) fn other_key(&self) -> Self {
        let [id, (key, _)] = self.secrets;
        Self { secrets: [id, (key, "11111111111111111111111111111111")], ..*self }
    }

    /// The signature covers all that is posted.
    pub(crate) fn signs_everything(&self) -> bool {
        self.kind != Kind::Zadarma
    }

    /// A form is posted.
    pub(crate) fn posts_forms(&self) -> bool {
        self.kind != Kind::Rostelecom
    }

    /// Times are written as the clocks of a zone show them.
    pub(crate) fn writes_local_times(&self) -> bool {
        self.kind != Kind::Mango
    }

    /// The id under which the office knows the call that the vendor calls so.
    pub(crate) fn call(&self, name: &str) -> String {
        match self.kind {
            Kind::Rostelecom | Kind::Mango => name.to_owned(),
            Kind::Zadarma => format!("in_{name}"),
        }
    }

    /// What is said of a call, in the vendor's fields.
    pub(crate) fn fields(&self, call: &str, moment: Moment, at: Timestamp, zone: &TimeZone) -> Value {
        let local = at.to_zoned(zone.clone());
        let (call, ends) = (self.call(call), moment == Moment::Ends);
        let word = |rings, answered, ends| match moment {
            Moment::Rings => rings,
            Moment::Answered => answered,
            Moment::Ends => ends,
        };
        match self.kind {
            Kind::Rostelecom => json!({
                "session_id": call, "type": "incoming", "state": word("calling", "connected", "end"),
                "timestamp": local.strftime("%Y-%m-%d %H:%M:%S.%3f").to_string(), "from_number": format!("+{CALLER}"),
                "request_number": format!("sip:{EXTENSION}@pbx.example"), "request_pin": EXTENSION,
            }),
            Kind::Mango => json!({
                "entry_id": call, "call_id": format!("{call}/1"), "seq": moment as u8 + 1, "location": "abonent",
                "timestamp": at.as_second(), "call_state": word("Appeared", "Connected", "Disconnected"),
                "from": {"number": CALLER}, "to": {"extension": EXTENSION, "number": EXTENSION, "line_number": LINE},
                "disconnect_reason": if ends { json!(1110) } else { Value::Null },
            }),
            Kind::Zadarma => {
                let mut fields = json!({
                    "event": word("NOTIFY_INTERNAL", "NOTIFY_ANSWER", "NOTIFY_END"), "pbx_call_id": call, "caller_id": format!("+{CALLER}"), "called_did": LINE,
                    "call_start": local.strftime("%Y-%m-%d %H:%M:%S").to_string(), "internal": EXTENSION,
                });
                if moment == Moment::Answered {
                    fields["destination"] = EXTENSION.into();
                }
                if ends {
                    fields["duration"] = "0".into();
                    fields["disposition"] = "no answer".into();
                }
                fields
            }
        }
    }

    /// The webhook with these fields, signed.
    pub(crate) fn post(&self, fields: &Value) -> Message {
        match self.kind {
            Kind::Rostelecom | Kind::Mango => self.post_text(&fields.to_string()),
            Kind::Zadarma => {
                let object = fields.as_object().expect("fields");
                let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let pairs: Vec<(String, String)> =
                    object.iter().map(|(name, value)| (name.clone(), text(value))).collect();
                self.post_form(&pairs)
            }
        }
    }

    /// The webhook with this text where the vendor puts JSON, signed; of a vendor without JSON, as its whole form.
    pub(crate) fn post_text(&self, text: &str) -> Message {
        let [(_, id), (_, key)] = self.secrets;
        match self.kind {
            Kind::Rostelecom => {
                let sign = HEXLOWER.encode(&Sha256::digest(format!("{id}{text}{key}")));
                let headers = [("Content-Type", "application/json"), ("X-Client-ID", id), ("X-Client-Sign", &sign)];
                Message::new(&self.path("/call_events"), &headers, text)
            }
            Kind::Mango => {
                let sign = HEXLOWER.encode(&Sha256::digest(format!("{id}{text}{key}")));
                let form = format!("vpbx_api_key={id}&sign={sign}&json={}", escaped(text));
                Message::new(&self.path("/events/call"), &[("Content-Type", FORM)], form)
            }
            Kind::Zadarma => {
                let pairs: Vec<(String, String)> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
                let message = self.post_form(&pairs);
                Message { body: text.as_bytes().to_vec(), ..message }
            }
        }
    }

    fn post_form(&self, pairs: &[(String, String)]) -> Message {
        let [_, (_, secret)] = self.secrets;
        let field = |name: &str| pairs.iter().find(|(given, _)| given == name).map_or("", |(_, value)| value);
        let called = if field("event") == "NOTIFY_ANSWER" { "destination" } else { "called_did" };
        let signed = ["caller_id", called, "call_start"].map(field).concat();
        let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("a key of any length");
        mac.update(signed.as_bytes());
        let sign = BASE64.encode(HEXLOWER.encode(&mac.finalize().into_bytes()).as_bytes());
        let form: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        Message::new(&self.path(""), &[("Content-Type", FORM), ("Signature", &sign)], form.join("&"))
    }

    fn path(&self, vendors: &str) -> String {
        format!("/hook/{}{vendors}", self.make)
    }
}

/// As a form holds it.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => write!(out, "%{byte:02X}").expect("a string takes everything"),
        }
    }
    out
}
