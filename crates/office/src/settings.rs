//! What an office is made of: connections, lines, groups and people.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use calls::{ConnectionId, Direction, number};
use link::wire::{self, ExtensionRef, Role};
use pbx::ConnectionConfig;
use secrecy::SecretBox;
use sha2::{Digest, Sha256};
use store::{Scope, Visible};

use crate::routing::RoutingRules;

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
    /// Whom known numbers are sent to, and who is not wanted.
    pub routing: RoutingRules,
    /// Folder of the recording cache.
    pub cache_dir: PathBuf,
    /// Key of the recording cache, 32 bytes. Another key empties the cache.
    pub cache_key: SecretBox<[u8; 32]>,
}

/// What an office looks up by the numbers of a call.
pub struct Lookups {
    /// Lines with titles and groups.
    pub lines: Vec<LineSettings>,
    /// Groups and whether their lines ring.
    pub groups: Vec<GroupSettings>,
    /// Names of extensions.
    pub people: Vec<Person>,
    /// Names of known numbers.
    pub contacts: BTreeMap<String, String>,
    /// Whom known numbers are sent to, and who is not wanted.
    pub routing: RoutingRules,
}

/// One connection and the extensions whose sessions it keeps.
pub struct ConnectionSettings {
    /// The account.
    pub config: ConnectionConfig,
    /// Extensions that get a session of their own, on makes that need one.
    pub extensions: Vec<String>,
    /// The PBX can post to this office. Where it cannot, one that posts is asked for its finished calls instead.
    pub has_address: bool,
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
    /// Tells this token or person from all others, whatever their names: commands are his who sent them.
    pub id: String,
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
    routing: RoutingRules,
    /// Connections whose first event says whose phone rings: there a line's groups decide nothing.
    naming: BTreeSet<ConnectionId>,
    rules: String,
}

impl Directory {
    /// The directory of these settings.
    pub fn new(
        lines: Vec<LineSettings>,
        groups: &[GroupSettings],
        people: Vec<Person>,
        contacts: BTreeMap<String, String>,
        naming: BTreeSet<ConnectionId>,
    ) -> Self {
        let ringing_groups = groups.iter().filter(|group| group.rings).map(|group| group.id.clone()).collect();
        let contacts =
            contacts.into_iter().filter_map(|(number, name)| Some((number::normalise(&number)?, name))).collect();
        let rules = rules(&lines, &ringing_groups, &naming);
        Self { lines, ringing_groups, people, contacts, routing: RoutingRules::default(), naming, rules }
    }

    /// The same with these rules for calls from outside.
    #[must_use]
    pub fn with_routing(self, rules: RoutingRules) -> Self {
        Self { routing: rules.normalised(), ..self }
    }

    /// The same with these lines and people of one connection, in place of those that it had.
    #[must_use]
    pub(crate) fn with_connection(
        mut self,
        connection: &ConnectionId,
        names_agent: bool,
        lines: Vec<LineSettings>,
        people: Vec<Person>,
    ) -> Self {
        self.lines.retain(|line| line.connection != *connection);
        self.lines.extend(lines);
        self.people.retain(|person| person.connection != *connection);
        self.people.extend(people);
        if names_agent {
            self.naming.insert(connection.clone());
        }
        self.rules = rules(&self.lines, &self.ringing_groups, &self.naming);
        self
    }

    /// The same connections with other lines, groups, people and contacts.
    #[must_use]
    pub(crate) fn replaced(self, lookups: Lookups) -> Self {
        let Lookups { lines, groups, people, contacts, routing } = lookups;
        Self::new(lines, &groups, people, contacts, self.naming).with_routing(routing)
    }

    /// The rules for calls from outside.
    pub(crate) fn routing(&self) -> &RoutingRules {
        &self.routing
    }

    /// Another text whenever lines or groups are others: then others may see a call.
    pub(crate) fn rules(&self) -> &str {
        &self.rules
    }

    /// Name of the other side of a call: a colleague's or a contact's.
    pub fn name(&self, connection: &ConnectionId, number: &str) -> Option<&str> {
        self.person(connection, number).or_else(|| self.contact(number))
    }

    /// Name of a contact.
    pub(crate) fn contact(&self, number: &str) -> Option<&str> {
        self.contacts.get(number).map(String::as_str)
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

    /// All lines of a connection.
    pub(crate) fn lines_of(&self, connection: &ConnectionId) -> impl Iterator<Item = &LineSettings> {
        self.lines.iter().filter(move |line| line.connection == *connection)
    }

    /// The line that a call came in on, where the settings do not list it and should: it has no title, no group looks
    /// after it, and where a line's groups decide whose phones ring, it rings all desks of its connection.
    pub(crate) fn unlisted_line<'a>(&self, call: &'a wire::Call) -> Option<&'a str> {
        let line = call.line.number.as_deref().filter(|_| call.direction == Direction::Incoming)?;
        let is_wanted = self.rings_by_line(&call.connection) || self.lists_lines_of(&call.connection);
        (is_wanted && self.line(&call.connection, line).is_none()).then_some(line)
    }

    /// A call's groups decide whose phones ring, as long as its PBX does not name an agent.
    pub(crate) fn rings_by_line(&self, connection: &ConnectionId) -> bool {
        !self.naming.contains(connection)
    }

    fn lists_lines_of(&self, connection: &ConnectionId) -> bool {
        self.lines.iter().any(|line| line.connection == *connection)
    }

    /// Who may see a call on this line besides those in it: audiences as rows of the list know them.
    pub fn audiences(&self, connection: &ConnectionId, line: Option<&str>, direction: Direction) -> Vec<String> {
        let settings = line.and_then(|number| self.line(connection, number));
        let of_line = settings.map(|line| line.groups.as_slice()).unwrap_or_default();
        let mut audiences: Vec<String> = of_line.iter().map(|group| managers_of(group)).collect();
        // Where the first event says whose phone rings, nobody is rung as a group.
        if direction == Direction::Incoming && self.rings_by_line(connection) {
            let ringing = of_line.iter().filter(|group| self.ringing_groups.contains(*group));
            audiences.extend(ringing.map(|group| members_of(group)));
            // A line that is not listed rings every desk of its connection, rather than nobody.
            if settings.is_none() && (line.is_some() || !self.lists_lines_of(connection)) {
                audiences.push(desks_of(connection));
            }
        }
        audiences
    }
}

impl Viewer {
    /// The audiences whose phones are rung together with this viewer's.
    pub fn rung_with(&self) -> Vec<String> {
        let desks = self.extensions.iter().map(|own| desks_of(&own.connection));
        self.groups.iter().map(|group| members_of(group)).chain(desks).collect()
    }

    /// What this viewer may see, in the words of the rows.
    pub(crate) fn visible(&self) -> Visible {
        if self.role == Role::Admin {
            return Visible::All;
        }
        let Some(looks_after) = self.looks_after() else { return Visible::Ordinary };
        let own = self.extensions.iter().map(|own| Scope::Extension(own.connection.clone(), own.extension.clone()));
        Visible::Some(own.chain(looks_after.into_iter().map(Scope::Group)).collect())
    }

    /// Whether this is one of the viewer's extensions.
    pub(crate) fn owns(&self, connection: &ConnectionId, extension: &str) -> bool {
        self.extensions.iter().any(|own| own.connection == *connection && own.extension == extension)
    }

    /// The audiences that this viewer looks after; `None` when he sees everything.
    pub fn looks_after(&self) -> Option<Vec<String>> {
        match self.role {
            Role::Admin => None,
            Role::Manager if self.groups.is_empty() => None,
            Role::Manager => Some(self.groups.iter().map(|group| managers_of(group)).chain(self.rung_with()).collect()),
            Role::Agent => Some(self.rung_with()),
        }
    }
}

/// Another number whenever the same settings mean something else: 2, since a line that is not listed rings every desk.
const MEANING: u32 = 2;

/// A digest of what decides who sees and hears a call, whatever the order in which it is written.
fn rules(lines: &[LineSettings], ringing: &BTreeSet<String>, naming: &BTreeSet<ConnectionId>) -> String {
    let lines: BTreeSet<_> =
        lines.iter().map(|line| (&line.connection, &line.number, &line.title, &line.groups)).collect();
    // Plain texts always have a JSON.
    let text = serde_json::to_string(&(MEANING, lines, ringing, naming)).unwrap_or_default();
    Sha256::digest(text)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Those whose phones a group's line rings.
fn members_of(group: &str) -> String {
    format!("members {group}")
}

/// Those who look after a group.
fn managers_of(group: &str) -> String {
    format!("managers {group}")
}

/// All desks of a connection.
fn desks_of(connection: &ConnectionId) -> String {
    format!("desks {connection}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(lines: Vec<LineSettings>, rings: bool) -> Directory {
        let groups = [GroupSettings { id: "sales".into(), rings }];
        Directory::new(lines, &groups, Vec::new(), BTreeMap::new(), BTreeSet::new())
    }

    fn line(number: &str, group: &str) -> LineSettings {
        LineSettings {
            connection: "rt1".parse().expect("valid"),
            number: number.into(),
            title: String::new(),
            groups: vec![group.into()],
        }
    }

    #[test]
    fn other_lines_or_groups_are_other_rules_and_another_order_is_not() {
        let (a, b) = (line("+74951234567", "sales"), line("+74951234568", "sales"));
        let rules = directory(vec![a.clone(), b.clone()], true).rules().to_owned();
        assert_eq!(directory(vec![b.clone(), a.clone()], true).rules(), rules);
        for other in [
            directory(vec![a.clone()], true),
            directory(vec![a.clone(), line("+74951234568", "support")], true),
            directory(vec![a, b], false),
        ] {
            assert_ne!(other.rules(), rules);
        }
    }
}
