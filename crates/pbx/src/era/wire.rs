//! Paths, switches and names of a connection, in large part ASSUMED.
//!
//! Everything that is assumed can be overridden by the names in [`Wire::set`]; `docs/makes/era.md` says of each what is
//! documented and what is not.

use std::collections::BTreeMap;

use serde_json::Value;

use super::names::{FIELDS, Field, KINDS, Kind, PARAMETERS};
use crate::fields::Fields;

/// Which of the two interfaces the token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    /// All users' events.
    Token,
    /// One user's.
    User,
}

/// How calls reach us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    /// A WebSocket with subscriptions.
    Socket,
    /// The list of calls is asked for again and again, where WebSockets are barred.
    Rest,
}

/// On which way commands go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Commands {
    /// HTTP methods on the list of calls.
    Rest,
    /// Messages over the socket.
    Ccs,
}

/// How the token goes along with the handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenPlace {
    /// In a header, which keeps it out of logs.
    Header,
    /// At the end of the path.
    Path,
}

/// Paths, switches and names that configuration may replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wire {
    pub(super) api: Api,
    pub(super) transport: Transport,
    pub(super) commands: Commands,
    pub(super) token_place: TokenPlace,
    /// An event of a hold names the side that was put away; otherwise the one that pressed.
    pub(super) hold_names_held: bool,
    /// A transfer names the leg of the one who goes; otherwise of the one who stays.
    pub(super) refer_names_goer: bool,
    /// Only what the pages name is understood.
    pub(super) strict: bool,
    /// What a script of the PBX is called that rings the phone of one who ordered a call.
    pub(super) script: String,
    /// Events of this subscriber alone are subscribed to.
    pub(super) objects: Option<String>,
    /// How long a subscription lasts, in seconds.
    pub(super) expires: u32,
    /// Seconds between two looks at the list of calls, where it is all there is.
    pub(super) poll: u32,
    socket: Option<String>,
    calls: Option<String>,
    /// Fields that are called otherwise than [`FIELDS`] says, in lower case.
    renamed: BTreeMap<Field, String>,
    /// Parameters of commands that are called otherwise than [`PARAMETERS`] says.
    parameters: BTreeMap<&'static str, String>,
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            api: Api::Token,
            transport: Transport::Socket,
            commands: Commands::Rest,
            token_place: TokenPlace::Header,
            hold_names_held: false,
            refer_names_goer: false,
            strict: false,
            script: "ivr".to_owned(),
            objects: None,
            expires: 3600,
            poll: 3,
            socket: None,
            calls: None,
            renamed: BTreeMap::new(),
            parameters: BTreeMap::new(),
        }
    }
}

const UNKNOWN: &str = "names nothing of this make that can be replaced";

impl Wire {
    /// The socket's path. That of the User API is ASSUMED.
    pub(super) fn socket(&self) -> &str {
        self.socket.as_deref().unwrap_or(match self.api {
            Api::Token => "/ws/token/v1",
            Api::User => "/ws/user/v1",
        })
    }

    /// The path of the list of calls: of all, or of those in which the user takes part.
    pub(super) fn calls(&self) -> &str {
        self.calls.as_deref().unwrap_or(match self.api {
            Api::Token => "/rest/v1/uc/calls",
            Api::User => "/rest/v1/uc/calls_by_participation",
        })
    }

    /// What a parameter of commands is called.
    pub(super) fn parameter<'a>(&'a self, name: &'a str) -> &'a str {
        self.parameters.get(name).map_or(name, String::as_str)
    }

    /// What an event of this class and type is, and whether no page names it so.
    pub(super) fn kind(&self, class: &str, name: &str) -> Option<(Kind, bool)> {
        let is_it = |(_, known, names, assumed): &&(Kind, &str, &[&str], bool)| {
            *known == class && names.contains(&name) && !(self.strict && *assumed)
        };
        KINDS.iter().find(is_it).map(|(kind, _, _, assumed)| (*kind, *assumed))
    }

    /// Replaces a part by its name, or says why not.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<(), &'static str> {
        if let Some(field) = name.strip_prefix("field.") {
            return self.rename(field, value);
        }
        if let Some(parameter) = name.strip_prefix("parameter.") {
            let known = PARAMETERS.iter().find(|known| **known == parameter).ok_or(UNKNOWN)?;
            self.parameters.insert(known, named(value)?.to_owned());
            return Ok(());
        }
        match name {
            "api" => {
                self.api = one_of(value, [("token", Api::Token), ("user", Api::User)]).ok_or("must be token or user")?
            }
            "transport" => {
                let known = [("socket", Transport::Socket), ("rest", Transport::Rest)];
                self.transport = one_of(value, known).ok_or("must be socket or rest")?;
            }
            "commands" => {
                let known = [("rest", Commands::Rest), ("ccs", Commands::Ccs)];
                self.commands = one_of(value, known).ok_or("must be rest or ccs")?;
            }
            "token_place" => {
                let known = [("header", TokenPlace::Header), ("path", TokenPlace::Path)];
                self.token_place = one_of(value, known).ok_or("must be header or path")?;
            }
            "strictness" => {
                self.strict =
                    one_of(value, [("strict", true), ("tolerant", false)]).ok_or("must be strict or tolerant")?;
            }
            "hold_side" => {
                let known = [("held", true), ("presser", false)];
                self.hold_names_held = one_of(value, known).ok_or("must be held or presser")?;
            }
            "refer_leg" => {
                let known = [("goes", true), ("stays", false)];
                self.refer_names_goer = one_of(value, known).ok_or("must be goes or stays")?;
            }
            "script" => self.script = named(value)?.to_owned(),
            "objects" => self.objects = Some(named(value)?.to_owned()),
            "expires" => self.expires = within(value, 30, 86_400).ok_or("must be seconds from 30 to 86400")?,
            "poll" => self.poll = within(value, 1, 300).ok_or("must be seconds from 1 to 300")?,
            "path.socket" => self.socket = Some(path(value)?.to_owned()),
            "path.calls" => self.calls = Some(path(value)?.to_owned()),
            _ => return Err(UNKNOWN),
        }
        Ok(())
    }

    fn rename(&mut self, field: &str, value: &str) -> Result<(), &'static str> {
        let (field, _, _) = FIELDS.iter().find(|(_, name, _)| *name == field).ok_or(UNKNOWN)?;
        self.renamed.insert(*field, named(value)?.to_ascii_lowercase());
        Ok(())
    }

    /// The object that `json` is, read by these names.
    pub(super) fn read(&self, json: Value) -> Option<Named<'_>> {
        Fields::of(json).map(|fields| Named { fields, wire: self })
    }
}

fn one_of<T, const N: usize>(value: &str, known: [(&str, T); N]) -> Option<T> {
    known.into_iter().find(|(name, _)| *name == value.trim()).map(|(_, meant)| meant)
}

fn within(value: &str, least: u32, most: u32) -> Option<u32> {
    value.trim().parse().ok().filter(|number| (least..=most).contains(number))
}

fn named(value: &str) -> Result<&str, &'static str> {
    Some(value.trim()).filter(|value| !value.is_empty()).ok_or("must not be empty")
}

fn path(value: &str) -> Result<&str, &'static str> {
    Some(value.trim().trim_end_matches('/')).filter(|value| value.starts_with('/')).ok_or("must begin with a slash")
}

/// An object whose fields are found by the names of the wire.
#[derive(Debug, Clone)]
pub(super) struct Named<'a> {
    fields: Fields,
    wire: &'a Wire,
}

impl Named<'_> {
    /// The value as text; the first of the field's names that has one. A whole number is its digits, however it is
    /// written; a text stays as it is, for `12e4` may be an id.
    pub(super) fn text(&self, field: Field) -> Option<String> {
        self.first(field, Fields::text)
    }

    /// The value as a flag, where there is one.
    pub(super) fn flag(&self, field: Field) -> Option<bool> {
        self.first(field, |fields, name| fields.value(name).map(|_| fields.flag(name)))
    }

    /// Whether a user part is that of a script of the PBX.
    pub(super) fn is_script(&self, user: &str) -> bool {
        user.eq_ignore_ascii_case(&self.wire.script)
    }

    /// The texts of an array.
    pub(super) fn list(&self, field: Field) -> Option<Vec<String>> {
        let list = self.first(field, |fields, name| fields.array(name).cloned())?;
        Some(list.iter().filter_map(crate::fields::text).collect())
    }

    /// The objects of an array.
    pub(super) fn list_of(&self, field: Field) -> Vec<Self> {
        let list = self.first(field, |fields, name| fields.array(name).cloned()).unwrap_or_default();
        list.into_iter().filter_map(|object| self.wire.read(object)).collect()
    }

    /// The plain fields.
    pub(super) fn fields(&self) -> &Fields {
        &self.fields
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
        let json = serde_json::json!({"CID": "c", "forkcallid": "12e4", "idconn": "c.1", "callid": 7, "invitets": 1_601_282_818_792_f64});
        let mut wire = Wire::default();
        let text = |wire: &Wire, field| wire.read(json.clone()).and_then(|named| named.text(field));
        assert_eq!(text(&wire, Field::Call).as_deref(), Some("c"));
        assert_eq!(text(&wire, Field::Connection).as_deref(), Some("c.1"));
        assert_eq!(text(&wire, Field::InviteTime).as_deref(), Some("1601282818792"));
        assert_eq!(text(&wire, Field::Fork).as_deref(), Some("12e4"));
        assert_eq!(wire.set("field.call", "CallId"), Ok(()));
        assert_eq!(text(&wire, Field::Call).as_deref(), Some("7"));
    }

    #[test]
    fn every_part_is_replaced_by_its_name_and_nothing_else_is() {
        let mut wire = Wire::default();
        for (field, name, _) in FIELDS {
            assert_eq!(wire.set(&format!("field.{name}"), "renamed"), Ok(()), "{name}");
            assert_eq!(wire.renamed.remove(&field).as_deref(), Some("renamed"), "{name}");
        }
        for name in PARAMETERS {
            assert_eq!(wire.set(&format!("parameter.{name}"), "other"), Ok(()), "{name}");
            assert_eq!(wire.parameter(name), "other");
        }
        for (name, value) in [("api", "user"), ("transport", "rest"), ("commands", "ccs"), ("token_place", "path")] {
            assert_eq!(wire.set(name, value), Ok(()), "{name}");
        }
        assert_eq!((wire.socket(), wire.calls()), ("/ws/user/v1", "/rest/v1/uc/calls_by_participation"));
        let bad = [
            ("api", "both"),
            ("transport", ""),
            ("commands", "x"),
            ("token_place", "x"),
            ("strictness", "x"),
            ("hold_side", "x"),
            ("refer_leg", "x"),
            ("objects", " "),
            ("expires", "1"),
            ("poll", "0"),
            ("path.calls", "x"),
            ("field.colour", "x"),
            ("field.call", " "),
            ("parameter.colour", "x"),
            ("colour", "x"),
        ];
        for (name, value) in bad {
            assert!(wire.set(name, value).is_err(), "{name}");
        }
    }

    #[test]
    fn a_strict_reading_knows_only_what_the_pages_name() {
        let mut wire = Wire::default();
        assert_eq!(wire.kind("callevents", "unhold"), Some((Kind::Unhold, true)));
        assert_eq!(wire.kind("callevents", "hold"), Some((Kind::Hold, false)));
        assert_eq!(wire.kind("ccsevents", "hold"), None);
        assert_eq!(wire.set("strictness", "strict"), Ok(()));
        assert_eq!(wire.kind("callevents", "unhold"), None);
    }
}
