//! What admins have configured beside the file, as it lies in the database, and the file together with it.

use std::{collections::BTreeMap, path::Path};

use calls::{ConnectionId, number};
use link::wire::{
    Introduction,
    admin::{Blocking, ContactSetup, GroupSetup, LineSetup, PersonName},
};
use pbx::Make;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::Configuration;
use url::Url;

use super::{
    file::{Blocked, ConnectionSection, ContactSection, File, GroupSection, LineSection, PersonSection, Refusing},
    secret::{Sealed, SecretSource},
};

/// Begins the key of a connection.
const CONNECTION: &str = "connection:";
const LINES: &str = "lines";
const GROUPS: &str = "groups";
const PEOPLE: &str = "people";
const CONTACTS: &str = "contacts";
/// The key of the sealed secrets, in the data folder.
const KEY_FILE: &str = "configuration.key";

/// A part of the database with its new body; without one it goes.
pub(crate) type Part = (String, Option<String>);

/// What admins have configured beside the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Added {
    /// Changes with every change.
    pub(crate) revision: u64,
    pub(crate) connections: BTreeMap<ConnectionId, AddedConnection>,
    pub(crate) lines: Vec<LineSetup>,
    pub(crate) groups: Vec<GroupSetup>,
    pub(crate) people: Vec<PersonName>,
    pub(crate) contacts: Vec<ContactSetup>,
}

/// A connection that an admin has added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddedConnection {
    /// Its make.
    pub(crate) pbx: String,
    #[serde(default)]
    pub(crate) zone: Option<String>,
    #[serde(default)]
    pub(crate) base_url: Option<Url>,
    #[serde(default)]
    pub(crate) overrides: BTreeMap<String, String>,
    /// Sealed for [`purpose`].
    #[serde(default)]
    pub(crate) secrets: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) paused: bool,
    /// The admin who was the last to change it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) changed_by: Option<String>,
    /// How far asking its PBX for a key came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) introduction: Option<Introduction>,
}

/// What a sealed secret is for: it opens as nothing else.
pub(crate) fn purpose(connection: &ConnectionId, name: &str) -> String {
    format!("{connection}/{name}")
}

/// Where the key of the sealed secrets lies.
pub(crate) fn key_file(data_dir: &Path) -> std::path::PathBuf {
    data_dir.join(KEY_FILE)
}

impl Added {
    /// What the database holds. A part that a later version wrote in another way is left out.
    pub(crate) fn read(stored: &Configuration) -> Self {
        fn list<T: DeserializeOwned>(stored: &Configuration, key: &str) -> Vec<T> {
            let Some(text) = stored.parts.get(key) else { return Vec::new() };
            serde_json::from_str(text).unwrap_or_else(|error| {
                tracing::error!(key, kind = ?error.classify(), "a part of the configuration cannot be read");
                Vec::new()
            })
        }
        let connection = |(key, body): (&String, &String)| {
            let id = key.strip_prefix(CONNECTION)?.parse().ok()?;
            Some((id, serde_json::from_str(body).ok()?))
        };
        Self {
            revision: stored.revision,
            connections: stored.parts.iter().filter_map(connection).collect(),
            lines: list(stored, LINES),
            groups: list(stored, GROUPS),
            people: list(stored, PEOPLE),
            contacts: list(stored, CONTACTS),
        }
    }

    /// The parts of the database that differ from what `before` holds.
    pub(crate) fn changes_from(&self, before: &Self) -> Vec<Part> {
        // Plain data always has a JSON.
        fn body<T: Serialize>(value: &T) -> String {
            serde_json::to_string(value).unwrap_or_default()
        }
        let key = |id: &ConnectionId| format!("{CONNECTION}{id}");
        let mut parts: Vec<Part> = self
            .connections
            .iter()
            .filter(|(id, connection)| before.connections.get(*id) != Some(connection))
            .map(|(id, connection)| (key(id), Some(body(connection))))
            .collect();
        let gone = before.connections.keys().filter(|id| !self.connections.contains_key(*id));
        parts.extend(gone.map(|id| (key(id), None)));
        if self.lines != before.lines {
            parts.push((LINES.to_owned(), Some(body(&self.lines))));
        }
        if self.groups != before.groups {
            parts.push((GROUPS.to_owned(), Some(body(&self.groups))));
        }
        if self.people != before.people {
            parts.push((PEOPLE.to_owned(), Some(body(&self.people))));
        }
        if self.contacts != before.contacts {
            parts.push((CONTACTS.to_owned(), Some(body(&self.contacts))));
        }
        parts
    }

    /// The same without this connection and what belongs to it alone.
    #[must_use]
    pub(crate) fn without_connection(mut self, id: &ConnectionId) -> Self {
        self.connections.remove(id);
        self.lines.retain(|line| line.connection != *id);
        self.people.retain(|person| person.connection != *id);
        for contact in &mut self.contacts {
            contact.responsible.remove(id);
            contact.scenario.remove(id);
        }
        self
    }
}

impl File {
    /// The file together with what was added.
    pub(super) fn with_added(&self, added: &Added, data_dir: &Path) -> Self {
        let mut file = self.clone();
        let key = key_file(data_dir);
        file.connection.extend(added.connections.iter().filter_map(|(id, it)| section(id, it, &key)));
        file.line.extend(added.lines.iter().map(line));
        file.group.extend(added.groups.iter().map(|group| GroupSection {
            id: group.id.clone(),
            rings: group.rings,
            added: true,
        }));
        file.person.extend(added.people.iter().map(|person| PersonSection {
            connection: person.connection.clone(),
            extension: person.extension.clone(),
            name: person.name.clone(),
            added: true,
        }));
        file.contact.extend(added.contacts.iter().map(contact));
        file
    }

    /// What was added, without what does not fit to the file any more.
    pub(super) fn fitting(&self, added: &Added) -> Added {
        let mut fitting = added.clone();
        let own = |id: &ConnectionId| self.connection.iter().any(|section| section.id == *id);
        fitting.connections.retain(|id, _| !own(id));
        let known = |id: &ConnectionId| own(id) || added.connections.contains_key(id);
        fitting.groups.retain(|group| !self.group.iter().any(|own| own.id == group.id));
        let groups: Vec<String> = self
            .group
            .iter()
            .map(|group| &group.id)
            .chain(fitting.groups.iter().map(|group| &group.id))
            .cloned()
            .collect();
        fitting.lines.retain(|line| known(&line.connection));
        fitting.lines.iter_mut().for_each(|line| line.groups.retain(|group| groups.contains(group)));
        fitting.people.retain(|person| known(&person.connection));
        for contact in &mut fitting.contacts {
            let make = |id: &ConnectionId| {
                let own = self.connection.iter().find(|section| section.id == *id).map(|section| section.pbx);
                own.or_else(|| added.connections.get(id)?.pbx.parse().ok())
            };
            let carries = |id: &ConnectionId, is_carried: &dyn Fn(Make) -> bool| make(id).is_none_or(is_carried);
            contact.responsible.retain(|id, extension| {
                let extension = pbx::extension(extension).unwrap_or_default();
                known(id) && carries(id, &|make| make.outcomes.check_extension(&extension).is_ok())
            });
            contact.scenario.retain(|id, scenario| {
                known(id) && carries(id, &|make| make.outcomes.check_scenario(scenario).is_ok())
            });
        }
        fitting
    }

    /// The file together with what of it fits.
    pub(super) fn with_fitting(&self, added: &Added, data_dir: &Path) -> Self {
        let file = self.with_added(&self.fitting(added), data_dir);
        match file.check() {
            Ok(()) => file,
            Err(message) => {
                tracing::error!(message, "what admins added does not fit to the file and is left out");
                self.clone()
            }
        }
    }
}

fn section(id: &ConnectionId, added: &AddedConnection, key: &Path) -> Option<ConnectionSection> {
    let sealed = |(name, text): (&String, &String)| {
        let sealed = Sealed { key: key.to_owned(), text: text.clone(), purpose: purpose(id, name) };
        (name.clone(), SecretSource::Sealed(sealed))
    };
    Some(ConnectionSection {
        id: id.clone(),
        pbx: added.pbx.parse::<Make>().ok()?,
        zone: added.zone.clone(),
        base_url: added.base_url.clone(),
        path_token: None,
        trust_anchor: None,
        secrets: added.secrets.iter().map(sealed).collect(),
        overrides: added.overrides.clone(),
        added: true,
        paused: added.paused,
        changed_by: added.changed_by.clone(),
        introduction: added.introduction,
    })
}

fn line(line: &LineSetup) -> LineSection {
    let is_number = number::directory_entry(&line.number).is_ok();
    LineSection {
        connection: line.connection.clone(),
        number: is_number.then(|| line.number.clone()),
        queue: (!is_number).then(|| line.number.clone()),
        title: line.title.clone(),
        groups: line.groups.clone(),
        added: true,
    }
}

fn contact(contact: &ContactSetup) -> ContactSection {
    ContactSection {
        number: contact.number.clone(),
        name: contact.name.clone(),
        responsible: contact.responsible.clone(),
        scenario: contact.scenario.clone(),
        blocked: match contact.blocked {
            None => Blocked::No,
            Some(Blocking::Busy) => Blocked::By(Refusing::Busy),
            Some(Blocking::Hangup) => Blocked::By(Refusing::Hangup),
        },
        added: true,
    }
}
