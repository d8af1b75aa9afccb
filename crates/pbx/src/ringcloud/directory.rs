//! Who works in the account: an employee has a user name, by which calls are placed, and an extension. Passwords, which
//! the service tells along, are not read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    fields::{self, Fields},
    party::{self, is_digits},
    query::AccountUser,
};

/// Longest extension; a longer number is somebody's outside.
const LONGEST_EXTENSION: usize = 5;

/// The employees, as far as they are known.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// Each user name, with the extension once that is known.
    users: BTreeMap<String, Option<String>>,
    /// The list of names was read.
    is_listed: bool,
    /// The names whose extension was asked for in vain.
    silent: BTreeSet<String>,
}

/// One end of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Party {
    /// An employee, by the extension, or by his user name where he has none that is known.
    Colleague(String),
    /// A number outside; `None` where it is hidden.
    Outside(Option<String>),
}

impl Directory {
    /// The list of employees was read. How its elements look is not documented: names, or objects with a name.
    pub(super) fn take_list(&mut self, data: &Value) {
        let mut users = BTreeMap::new();
        let listed: Vec<&Value> = match data {
            Value::Array(elements) => elements.iter().collect(),
            Value::Object(map) => {
                users.extend(map.keys().map(|name| (name.clone(), None)));
                map.values().filter(|value| value.is_object()).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        };
        for element in listed {
            if let Some(AccountUser { name, extension, .. }) = employee(element) {
                users.insert(name, extension);
            }
        }
        for (name, extension) in &mut users {
            // What was read of somebody before stands until he is read anew.
            *extension = extension.take().or_else(|| self.users.get(name).cloned().flatten());
        }
        (self.users, self.is_listed) = (users, true);
        self.silent.clear();
    }

    /// One employee was read.
    pub(super) fn take_user(&mut self, asked: &str, data: &Value) {
        match employee(data) {
            Some(AccountUser { name, extension: Some(extension), .. }) if name == asked => {
                self.users.insert(name, Some(extension));
            }
            // Whoever else it is about, he was not asked for, and would be asked for without end.
            Some(_) | None => self.mark_silent(asked),
        }
    }

    /// This employee cannot be read.
    pub(super) fn mark_silent(&mut self, asked: &str) {
        self.silent.insert(asked.to_owned());
    }

    /// The list cannot be read.
    pub(super) fn give_up(&mut self) {
        self.is_listed = true;
    }

    pub(super) fn is_listed(&self) -> bool {
        self.is_listed
    }

    /// Somebody whose extension is not known yet.
    pub(super) fn unread(&self) -> Option<&str> {
        let unread =
            |(name, extension): &(&String, &Option<String>)| extension.is_none() && !self.silent.contains(*name);
        self.users.iter().find(unread).map(|(name, _)| name.as_str())
    }

    /// The user name of an employee who is named by it or by his extension.
    pub(super) fn name_of(&self, agent: &str) -> Option<&str> {
        let by_extension = self.users.iter().find(|(_, extension)| extension.as_deref() == Some(agent));
        by_extension.or_else(|| self.users.get_key_value(agent)).map(|(name, _)| name.as_str())
    }

    /// Every employee, with his extension where that is known.
    pub(super) fn users(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.users.iter().map(|(name, extension)| (name.as_str(), extension.as_deref()))
    }

    /// Who that is. What the service writes there for an employee is not documented: extension, user name and SIP name
    /// are all taken for him.
    pub(super) fn party(&self, raw: &str) -> Party {
        let user = without_channel(party::user(raw));
        let known = self
            .users
            .get_key_value(user)
            .or_else(|| self.users.iter().find(|(_, extension)| extension.as_deref() == Some(user)));
        if let Some((name, extension)) = known {
            return Party::Colleague(extension.clone().unwrap_or_else(|| name.clone()));
        }
        let is_extension = user.len() <= LONGEST_EXTENSION && is_digits(user);
        if is_extension { Party::Colleague(user.to_owned()) } else { Party::Outside(party::number(raw)) }
    }
}

/// A channel of the exchange (`SIP/111111-0000a1`) is named after the employee whose phone it is.
fn without_channel(user: &str) -> &str {
    let inner = ["SIP/", "PJSIP/"].into_iter().find_map(|kind| user.strip_prefix(kind));
    inner.map_or(user, |inner| inner.split('-').next().unwrap_or(inner))
}

/// An employee in an element of the list, or in what is told of one. The password that is told along is not read.
pub(super) fn employee(told: &Value) -> Option<AccountUser> {
    let named = |name, extension| AccountUser { name, extension, title: None, mail: None, voice_mail: None };
    if let Some(name) = fields::text(told) {
        return Some(named(name, None));
    }
    if let Value::Array(parts) = told {
        return Some(named(fields::text(parts.first()?)?, parts.get(1).and_then(fields::text)));
    }
    let told = Fields::of(told.clone())?;
    let name = ["user", "name", "login"].into_iter().find_map(|name| told.text(name))?;
    let voice_mail = told.text("voice_mail_box").and_then(|word| match word.to_ascii_lowercase().as_str() {
        "on" | "1" | "true" | "yes" => Some(true),
        "off" | "0" | "false" | "no" => Some(false),
        _ => None,
    });
    Some(AccountUser { mail: told.text("mail"), voice_mail, ..named(name, told.text("num")) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn directory() -> Directory {
        let mut directory = Directory::default();
        directory.take_list(&json!(["111111", "222222"]));
        let told =
            json!({"account_id": 12345, "num": 401, "user": "111111", "mail": "a@pbx.example", "password": "secret"});
        directory.take_user("111111", &told);
        directory
    }

    #[test]
    fn employees_are_read_one_by_one_and_their_passwords_are_not_kept() {
        let mut directory = directory();
        assert_eq!(directory.unread(), Some("222222"));
        assert_eq!((directory.name_of("401"), directory.name_of("111111")), (Some("111111"), Some("111111")));
        assert_eq!(directory.name_of("402"), None);
        directory.mark_silent("222222");
        assert_eq!(directory.unread(), None, "not asked for again and again");
        assert!(!format!("{directory:?}").contains("secret"));
        directory.take_list(&json!(["111111"]));
        assert_eq!(directory.users().collect::<Vec<_>>(), [("111111", Some("401"))]);
    }

    #[test]
    fn an_answer_about_somebody_else_is_no_reason_to_ask_again() {
        let mut directory = Directory::default();
        directory.take_list(&json!(["111111", "222222"]));
        directory.take_user("111111", &json!({"user": "222222", "num": 402}));
        assert_eq!(directory.unread(), Some("222222"));
        directory.take_user("222222", &json!({}));
        assert_eq!((directory.unread(), directory.name_of("402")), (None, None));
    }

    #[test]
    fn every_shape_of_the_list_is_read() {
        for list in [
            json!([111111, "222222"]),
            json!([{"user": "111111", "num": 401}, {"name": 222222}]),
            json!([["111111", "401"], ["222222"]]),
            json!({"111111": {"user": "111111", "num": "401"}, "222222": null}),
        ] {
            let mut directory = Directory::default();
            directory.take_list(&list);
            let names: Vec<&str> = directory.users().map(|(name, _)| name).collect();
            assert_eq!(names, ["111111", "222222"], "{list}");
        }
        let mut nobody = Directory::default();
        nobody.take_list(&json!([null, {}, [], true]));
        assert!(nobody.is_listed());
    }

    #[test]
    fn an_employee_is_known_in_every_spelling_and_everybody_else_is_outside() {
        let directory = directory();
        for raw in ["401", "111111", "SIP/111111", "SIP/111111-0000a1", "sip:111111@pbx.example"] {
            assert_eq!(directory.party(raw), Party::Colleague("401".to_owned()), "{raw}");
        }
        assert_eq!(directory.party("222222"), Party::Colleague("222222".to_owned()));
        assert_eq!(directory.party("405"), Party::Colleague("405".to_owned()));
        for raw in ["79161234567", "+79161234567"] {
            assert_eq!(directory.party(raw), Party::Outside(Some("+79161234567".to_owned())), "{raw}");
        }
        assert_eq!(directory.party("anonymous"), Party::Outside(None));
        assert_eq!(directory.party(""), Party::Outside(None));
    }
}
