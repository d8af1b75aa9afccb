//! The wire, ASSUMED throughout: the vendor's introduction names paths, states and codes but no field.
//!
//! Everything here can be overridden by the names in [`Wire::set`]; `docs/makes/mango-client.md` lists them with
//! what is documented and what is not.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::fields::Fields;

/// What messages and answers call their fields: the field, its name among the overrides, and the names that are
/// accepted. Keys are compared in lower case.
#[rustfmt::skip]
const FIELDS: [(Field, &str, &[&str]); 26] = [
    (Field::RouteKey,          "route_key",           &["routekey"]),
    (Field::Data,              "data",                &["data"]),
    (Field::State,             "state",               &["state", "call_state"]),
    (Field::Status,            "status",              &["status", "recording_state"]),
    (Field::EntryId,           "entry_id",            &["entry_id"]),
    (Field::CallId,            "call_id",             &["call_id"]),
    (Field::Seq,               "seq",                 &["seq"]),
    (Field::Timestamp,         "timestamp",           &["timestamp"]),
    (Field::From,              "from",                &["from"]),
    (Field::To,                "to",                  &["to"]),
    (Field::Extension,         "extension",           &["extension"]),
    (Field::Number,            "number",              &["number"]),
    (Field::LineNumber,        "line_number",         &["line_number"]),
    (Field::Location,          "location",            &["location"]),
    (Field::DisconnectReason,  "disconnect_reason",   &["disconnect_reason"]),
    (Field::IsGroupDisconnect, "is_group_disconnect", &["is_group_disconnect"]),
    (Field::RecordingId,       "recording_id",        &["recording_id"]),
    (Field::CallbackInitiator, "callback_initiator",  &["callback_initiator"]),
    (Field::CommandId,         "command_id",          &["command_id"]),
    (Field::TakenFrom,         "taken_from_call_id",  &["taken_from_call_id"]),
    (Field::Url,               "url",                 &["url"]),
    (Field::Events,            "events",              &["events"]),
    (Field::Result,            "result",              &["result"]),
    (Field::Code,              "code",                &["code"]),
    (Field::Message,           "message",             &["message"]),
    (Field::Token,             "token",               &["token", "key", "access_key"]),
];

/// A field of a message or an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    RouteKey,
    Data,
    State,
    Status,
    EntryId,
    CallId,
    Seq,
    Timestamp,
    From,
    To,
    Extension,
    Number,
    LineNumber,
    Location,
    DisconnectReason,
    IsGroupDisconnect,
    RecordingId,
    CallbackInitiator,
    CommandId,
    TakenFrom,
    Url,
    Events,
    Result,
    Code,
    Message,
    Token,
}

/// What the service's own codes are, where they decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Codes {
    /// Success.
    pub(super) done: i64,
    /// Nothing more is left of what was missed.
    pub(super) nothing_left: i64,
    /// The user is not one of the integration's yet.
    pub(super) no_such_user: i64,
    /// The token is wrong.
    pub(super) wrong_key: i64,
    /// Too many requests.
    pub(super) too_often: i64,
}

/// How a callback is told (ASSUMED: [`CallbackLegs::Two`], as the vendor's other API shows it).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallbackLegs {
    /// A leg to the agent, done with when a second one dials the customer and takes its place.
    Two,
    /// One leg, connected once both talk.
    One,
}

/// Paths and names that configuration may replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wire {
    pub(super) integration_create: String,
    pub(super) users_create: String,
    pub(super) channel: String,
    pub(super) register: String,
    pub(super) unregister: String,
    pub(super) callback: String,
    pub(super) transfer: String,
    pub(super) route: String,
    /// The header that carries the token.
    pub(super) token_header: String,
    /// What stands before the token, a blank included.
    pub(super) token_prefix: String,
    /// The parameter that carries the name of an integration.
    pub(super) integration_name: String,
    /// The parameter that carries an extension.
    pub(super) extension: String,
    /// The parameter of `callback` and `transfer` that carries the number.
    pub(super) destination: String,
    /// The parameter that carries the leg of a call.
    pub(super) call_name: String,
    /// The parameter of `register` that carries the limit.
    pub(super) limit_name: String,
    /// Missed events asked for at a time.
    pub(super) limit: u32,
    pub(super) callback_legs: CallbackLegs,
    pub(super) codes: Codes,
    /// Fields that are called otherwise than [`FIELDS`] says, in lower case.
    renamed: BTreeMap<Field, String>,
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            integration_create: "/v1/integration/create".to_owned(),
            users_create: "/v1/users/create".to_owned(),
            channel: "/v1/channel/".to_owned(),
            register: "/v1/session/register".to_owned(),
            unregister: "/v1/session/unregister/".to_owned(),
            callback: "/v1/callback".to_owned(),
            transfer: "/v1/transfer".to_owned(),
            route: "/v1/route".to_owned(),
            token_header: "authorization".to_owned(),
            token_prefix: "Bearer ".to_owned(),
            integration_name: "name".to_owned(),
            extension: "extension".to_owned(),
            destination: "DESTINATION_NUMBER".to_owned(),
            call_name: "call_id".to_owned(),
            limit_name: "LIMIT".to_owned(),
            limit: 100,
            callback_legs: CallbackLegs::Two,
            codes: Codes { done: 0, nothing_left: 109, no_such_user: 3300, wrong_key: 3105, too_often: 4290 },
            renamed: BTreeMap::new(),
        }
    }
}

const UNKNOWN: &str = "names nothing of this make that can be replaced";

impl Wire {
    /// Replaces a part by its name, or says why not.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<(), &'static str> {
        if let Some(field) = name.strip_prefix("field.") {
            return self.rename(field, value);
        }
        if let Some(code) = name.strip_prefix("code.") {
            *self.codes.by_name(code).ok_or(UNKNOWN)? = value.parse().map_err(|_| "must be a whole number")?;
            return Ok(());
        }
        let place = match name {
            "path.integration_create" => &mut self.integration_create,
            "path.users_create" => &mut self.users_create,
            "path.channel" => &mut self.channel,
            "path.register" => &mut self.register,
            "path.unregister" => &mut self.unregister,
            "path.callback" => &mut self.callback,
            "path.transfer" => &mut self.transfer,
            "path.route" => &mut self.route,
            "parameter.name" => &mut self.integration_name,
            "parameter.extension" => &mut self.extension,
            "parameter.call_id" => &mut self.call_name,
            "parameter.limit" => &mut self.limit_name,
            "token_header" => &mut self.token_header,
            "token_prefix" => &mut self.token_prefix,
            "destination" => &mut self.destination,
            "callback" => {
                self.callback_legs = match value {
                    "two-legs" => CallbackLegs::Two,
                    "one-leg" => CallbackLegs::One,
                    _ => return Err("must be two-legs or one-leg"),
                };
                return Ok(());
            }
            "limit" => {
                self.limit = value
                    .parse()
                    .ok()
                    .filter(|limit| (1..=1000).contains(limit))
                    .ok_or("must be a number from 1 to 1000")?;
                return Ok(());
            }
            _ => return Err(UNKNOWN),
        };
        if name.starts_with("path.") && !value.starts_with('/') {
            return Err("must begin with a slash");
        }
        if name.starts_with("parameter.") && value.trim().is_empty() {
            return Err("must not be empty");
        }
        if name == "token_header" && http::HeaderName::try_from(value).is_err() {
            return Err("must be the name of an HTTP header");
        }
        value.clone_into(place);
        Ok(())
    }

    fn rename(&mut self, field: &str, value: &str) -> Result<(), &'static str> {
        let (field, _, _) = FIELDS.iter().find(|(_, name, _)| *name == field).ok_or(UNKNOWN)?;
        let value = value.trim().to_ascii_lowercase();
        if value.is_empty() {
            return Err("must not be empty");
        }
        self.renamed.insert(*field, value);
        Ok(())
    }

    /// The object that `json` is, read by these names.
    pub(super) fn read(&self, json: Value) -> Option<Named<'_>> {
        Fields::of(json).map(|fields| self.named(fields))
    }

    /// An object, read by these names.
    pub(super) fn named(&self, fields: Fields) -> Named<'_> {
        Named { fields, wire: self }
    }
}

impl Codes {
    fn by_name(&mut self, name: &str) -> Option<&mut i64> {
        Some(match name {
            "done" => &mut self.done,
            "nothing_left" => &mut self.nothing_left,
            "no_such_user" => &mut self.no_such_user,
            "wrong_key" => &mut self.wrong_key,
            "too_often" => &mut self.too_often,
            _ => return None,
        })
    }
}

/// An object whose fields are found by the names of the wire.
#[derive(Debug, Clone)]
pub(super) struct Named<'a> {
    fields: Fields,
    wire: &'a Wire,
}

impl Named<'_> {
    /// The value as text; the first of the field's names that has one.
    pub(super) fn text(&self, field: Field) -> Option<String> {
        self.first(field, |fields, name| fields.text(name))
    }

    /// The value as a whole number.
    pub(super) fn integer(&self, field: Field) -> Option<i64> {
        self.first(field, |fields, name| fields.integer(name))
    }

    /// The value as a flag.
    pub(super) fn flag(&self, field: Field) -> bool {
        self.first(field, |fields, name| fields.flag(name).then_some(())).is_some()
    }

    /// The object under a field.
    pub(super) fn object(&self, field: Field) -> Option<Self> {
        self.first(field, |fields, name| fields.object(name)).map(|fields| Self { fields, wire: self.wire })
    }

    /// The array under a field.
    pub(super) fn array(&self, field: Field) -> Option<Vec<Value>> {
        self.first(field, |fields, name| fields.array(name).cloned())
    }

    /// The object again, with plain keys.
    pub(super) fn to_json(&self) -> Value {
        self.fields.to_json()
    }

    fn first<T>(&self, field: Field, read: impl Fn(&Fields, &str) -> Option<T>) -> Option<T> {
        if let Some(name) = self.wire.renamed.get(&field) {
            return read(&self.fields, name);
        }
        let (_, _, names) = FIELDS.iter().find(|(known, _, _)| *known == field)?;
        names.iter().find_map(|name| read(&self.fields, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_names_or_by_the_one_that_replaces_them() {
        let json = serde_json::json!({"CALL_STATE": "x", "recording_state": "y", "phase": "z"});
        let mut wire = Wire::default();
        let state = |wire: &Wire| wire.read(json.clone()).and_then(|named| named.text(Field::State));
        assert_eq!(state(&wire).as_deref(), Some("x"));
        assert_eq!(wire.read(json.clone()).and_then(|named| named.text(Field::Status)).as_deref(), Some("y"));
        assert_eq!(wire.set("field.state", "Phase"), Ok(()));
        assert_eq!(state(&wire).as_deref(), Some("z"));
    }

    #[test]
    fn every_field_is_in_the_table_under_its_own_name() {
        let mut wire = Wire::default();
        for (field, name, _) in FIELDS {
            assert_eq!(wire.set(&format!("field.{name}"), "renamed"), Ok(()), "{name}");
            assert_eq!(wire.renamed.remove(&field).as_deref(), Some("renamed"), "{name}");
        }
        assert_eq!(wire.set("code.done", "1000"), Ok(()));
        assert_eq!(wire.codes.done, 1000);
        for (name, value) in [("field.colour", "x"), ("field.state", " "), ("code.done", "x"), ("code.odd", "1")] {
            assert!(wire.set(name, value).is_err(), "{name}");
        }
    }
}
