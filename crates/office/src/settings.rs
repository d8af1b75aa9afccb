//! What an office is made of: connections, lines, groups and people.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use calls::{ConnectionId, number};
use link::wire::{ExtensionRef, Role};
use pbx::ConnectionConfig;
use secrecy::SecretBox;

/// Everything that an office needs to know before it starts.
pub struct OfficeConfig {
    /// Marks its rows in the store.
    pub name: String,
    /// Its PBXs.
    pub connections: Vec<ConnectionSettings>,
    /// Lines with titles and groups.
    pub lines: Vec<LineSettings>,
    /// Groups and whether their lines ring.
    pub groups: Vec<GroupSettings>,
    /// Names of extensions.
    pub people: Vec<Person>,
    /// Names of known numbers.
    pub contacts: BTreeMap<String, String>,
    /// Folder of the recording cache.
    pub cache_dir: PathBuf,
    /// Key of the recording cache, 32 bytes. Another key empties the cache.
    pub cache_key: SecretBox<[u8; 32]>,
}

/// One connection and the extensions whose sessions it keeps.
pub struct ConnectionSettings {
    /// The account.
    pub config: ConnectionConfig,
    /// Extensions that get a session of their own, on makes that need one.
    pub extensions: Vec<String>,
}

/// A line, as the office calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineSettings {
    /// Where it is.
    pub connection: ConnectionId,
    /// Its number, or the queue's name.
    pub number: String,
    /// What people call it.
    pub title: String,
    /// Groups that it belongs to.
    pub groups: Vec<String>,
}

/// A group of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSettings {
    /// Which.
    pub id: String,
    /// Its lines ring at its members while no agent is named.
    pub rings: bool,
}

/// A person of the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Where.
    pub connection: ConnectionId,
    /// Internal number.
    pub extension: String,
    /// Name.
    pub name: String,
}

/// Somebody who looks at the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The token's or person's name.
    pub name: String,
    /// What may be seen.
    pub role: Role,
    /// Own extensions.
    pub extensions: Vec<ExtensionRef>,
    /// Groups whose lines ring for this viewer.
    pub groups: Vec<String>,
    /// Mixed into the epoch, so that a change of rights makes a new one.
    pub rights: String,
}

/// The lookups that views of calls need.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    lines: Vec<LineSettings>,
    ringing_groups: BTreeSet<String>,
    people: Vec<Person>,
    contacts: BTreeMap<String, String>,
}

impl Directory {
    /// The directory of these settings.
    pub fn new(
        lines: Vec<LineSettings>,
        groups: &[GroupSettings],
        people: Vec<Person>,
        contacts: BTreeMap<String, String>,
    ) -> Self {
        let ringing_groups = groups.iter().filter(|group| group.rings).map(|group| group.id.clone()).collect();
        let contacts =
            contacts.into_iter().filter_map(|(number, name)| Some((number::normalise(&number)?, name))).collect();
        Self { lines, ringing_groups, people, contacts }
    }

    /// Name of the other side of a call: a colleague's or a contact's.
    pub fn name(&self, connection: &ConnectionId, number: &str) -> Option<&str> {
        self.person(connection, number).or_else(|| self.contacts.get(number).map(String::as_str))
    }

    /// Name of an extension.
    pub fn person(&self, connection: &ConnectionId, extension: &str) -> Option<&str> {
        self.people
            .iter()
            .find(|person| person.connection == *connection && person.extension == extension)
            .map(|person| person.name.as_str())
    }

    /// The settings of a line.
    pub fn line(&self, connection: &ConnectionId, number: &str) -> Option<&LineSettings> {
        self.lines.iter().find(|line| {
            line.connection == *connection && (line.number == number || number::same(&line.number, number))
        })
    }

    /// Whether a call on this line rings for members of `groups` while no agent is named. Where a connection has no
    /// line configured, every desk of the connection is rung.
    pub fn rings_for_groups(&self, connection: &ConnectionId, line: Option<&str>, groups: &[String]) -> bool {
        if !self.lines.iter().any(|line| line.connection == *connection) {
            return true;
        }
        let Some(line) = line.and_then(|number| self.line(connection, number)) else { return false };
        line.groups.iter().any(|group| self.ringing_groups.contains(group) && groups.contains(group))
    }
}
