//! The users of the account: who they are and what the API changes of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ACCOUNT;
use crate::staff::Staff;

/// All users by their names.
#[derive(Debug)]
pub(super) struct Users {
    by_name: BTreeMap<String, User>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User {
    /// His extension.
    pub(super) num: String,
    mail: String,
    password: String,
    voice_mail_box: bool,
}

/// The name of the user at an extension of the office.
pub(super) fn name_of(extension: &str) -> String {
    format!("111{extension}")
}

/// Why a user cannot be created or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UserError {
    Unknown,
    /// Extensions of new users are 400 to 499.
    WrongExtension,
    /// Another user has it.
    Taken,
}

impl Users {
    pub(super) fn of(staff: &Staff) -> Self {
        let user = |extension: &str, sip_user: &str| User {
            num: extension.to_owned(),
            mail: format!("{sip_user}@{}", staff.domain),
            password: format!("sip-{extension}"),
            voice_mail_box: false,
        };
        let employees = staff.employees.iter();
        let named = employees.map(|employee| {
            (name_of(&employee.extension), user(employee.extension.as_str(), employee.sip_user.as_str()))
        });
        Self { by_name: named.collect() }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = (&String, &User)> {
        self.by_name.iter()
    }

    pub(super) fn get(&self, name: &str) -> Option<&User> {
        self.by_name.get(name)
    }

    /// The name of the user who has this extension now.
    pub(super) fn at(&self, extension: &str) -> Option<&String> {
        self.by_name.iter().find(|(_, user)| user.num == extension).map(|(name, _)| name)
    }

    pub(super) fn create(&mut self, num: String, password: String, mail: String) -> Result<String, UserError> {
        self.check(&num, None)?;
        let name = name_of(&num);
        if self.by_name.contains_key(&name) {
            return Err(UserError::Taken);
        }
        self.by_name.insert(name.clone(), User { num, mail, password, voice_mail_box: false });
        Ok(name)
    }

    pub(super) fn set_password(&mut self, name: &str, password: String) -> Result<(), UserError> {
        self.change(name, |user| user.password = password)
    }

    pub(super) fn set_mail(&mut self, name: &str, mail: String) -> Result<(), UserError> {
        self.change(name, |user| user.mail = mail)
    }

    pub(super) fn set_voice_mail_box(&mut self, name: &str, on: bool) -> Result<(), UserError> {
        self.change(name, |user| user.voice_mail_box = on)
    }

    pub(super) fn set_extension(&mut self, name: &str, num: String) -> Result<(), UserError> {
        self.check(&num, Some(name))?;
        self.change(name, |user| user.num = num)
    }

    fn change(&mut self, name: &str, change: impl FnOnce(&mut User)) -> Result<(), UserError> {
        self.by_name.get_mut(name).map(change).ok_or(UserError::Unknown)
    }

    /// An extension that a user is given: 4xx, and nobody else's.
    fn check(&self, num: &str, own: Option<&str>) -> Result<(), UserError> {
        if num.len() != 3 || !num.starts_with('4') || !num.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(UserError::WrongExtension);
        }
        let taken = self.at(num).is_some_and(|name| Some(name.as_str()) != own);
        if taken { Err(UserError::Taken) } else { Ok(()) }
    }
}

impl User {
    /// What the API tells of a user, his password in clear as the vendor does.
    pub(super) fn told(&self, name: &str) -> Value {
        json!({
            "account_id": ACCOUNT.parse::<u64>().unwrap_or_default(),
            "num": self.num,
            "user": name,
            "voice_mail_box": if self.voice_mail_box { "on" } else { "off" },
            "mail": self.mail,
            "password": self.password,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_extensions_are_4xx_and_unique() {
        let mut users = Users::of(&Staff::default());
        let create = |users: &mut Users, num: &str| users.create(num.into(), "p".into(), "m".into());
        assert_eq!(create(&mut users, "401"), Ok("111401".into()));
        assert_eq!(create(&mut users, "401"), Err(UserError::Taken));
        assert_eq!(create(&mut users, "301"), Err(UserError::WrongExtension));
        assert_eq!(users.set_extension("111202", "401".into()), Err(UserError::Taken));
        assert_eq!(users.set_extension("111202", "402".into()), Ok(()));
        assert_eq!(users.at("402").map(String::as_str), Some("111202"));
        assert_eq!(users.set_mail("nobody", "m".into()), Err(UserError::Unknown));
    }
}
