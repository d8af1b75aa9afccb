//! The configuration as an admin sees it, and as TOML.

use calls::ConnectionId;
use link::wire::admin::{
    Blocking, ConnectionSetup, ContactSetup, GroupSetup, LineSetup, OfficeSetup, PersonName, hook_url,
};
use pbx::{Make, Refusal, TrialStep};
use toml::{Table, Value};
use url::Url;

use super::{
    Config, ConfigError,
    file::{ConnectionSection, ContactSection, LineSection},
    secret::SecretSource,
};

/// Stands before what is exported.
const HEAD: &str = "\
# The connections, lines, groups, people and contacts of this gateway, to go into gateway.toml. What stands there is changed
# there alone, and goes before what was added from a screen. Secrets are not in here: put each into the file that is named.

";

impl Config {
    /// All of it, with `revision` and the makes there are to choose from. Nothing of a secret but its name.
    pub(crate) fn view(&self, revision: u64) -> OfficeSetup {
        let file = &self.file;
        OfficeSetup {
            revision,
            public_url: self.public_url().map(ToString::to_string),
            makes: pbx::MAKES.iter().map(|make| office::make_view(*make, true)).collect(),
            connections: file.connection.iter().map(|section| self.connection_view(section)).collect(),
            lines: file.line.iter().filter_map(line).collect(),
            groups: file
                .group
                .iter()
                .map(|group| GroupSetup { id: group.id.clone(), rings: group.rings, fixed: !group.added })
                .collect(),
            people: file
                .person
                .iter()
                .map(|person| PersonName {
                    connection: person.connection.clone(),
                    extension: person.extension.clone(),
                    name: person.name.clone(),
                    fixed: !person.added,
                })
                .collect(),
            contacts: file.contact.iter().map(contact).collect(),
        }
    }

    /// One connection as an admin sees it.
    pub(crate) fn connection_setup(&self, id: &ConnectionId) -> Result<ConnectionSetup, ConfigError> {
        self.section(id).map(|section| self.connection_view(section))
    }

    /// Another connection to the same make at the same address, which has a key or has asked for one.
    pub(crate) fn introduced_as(&self, id: &ConnectionId, make: Make, address: Option<&Url>) -> Option<&ConnectionId> {
        let is_known = |section: &&ConnectionSection| {
            section.id != *id
                && section.pbx == make
                && make.address(section.base_url.as_ref()) == make.address(address)
                && (!section.secrets.is_empty() || section.introduction.is_some())
        };
        self.file.connection.iter().find(is_known).map(|section| &section.id)
    }

    fn connection_view(&self, section: &ConnectionSection) -> ConnectionSetup {
        let is_posted = section.pbx.delivery.needs_public_address();
        // A word that only the vendor knows stays where the file has it.
        let public = self.public_url().filter(|_| is_posted && section.path_token.is_none());
        let hook_url = public.map(|url| hook_url(url.as_str(), &section.id));
        let config = self.connection(&section.id);
        let steps = config.as_ref().ok().and_then(|config| TrialStep::of_config(config).ok()).unwrap_or_default();
        let problem = config.err().filter(|_| !section.paused);
        let wrong = problem.as_ref().and_then(ConfigError::wrong_field);
        ConnectionSetup {
            id: section.id.clone(),
            pbx: section.pbx.name.to_owned(),
            fixed: !section.added,
            paused: section.paused,
            zone: section.zone.clone(),
            base_url: section.base_url.as_ref().map(ToString::to_string),
            overrides: section.overrides.clone(),
            secrets: section.secrets.keys().cloned().collect(),
            changed_by: section.changed_by.clone(),
            introduction: section.introduction,
            hook_url,
            steps: steps.into_iter().map(office::check_step).collect(),
            problem: problem.map(|error| error.to_string()),
            wrong,
        }
    }

    /// All that an office consists of, as TOML. Nothing of a secret but where it is to be.
    pub(crate) fn export(&self) -> String {
        let file = &self.file;
        let connections = file.connection.iter().map(connection_table).collect();
        let lines = file.line.iter().map(line_table).collect();
        let groups = file.group.iter().map(|group| {
            table([("id", Some(group.id.clone().into())), ("rings", group.rings.then_some(Value::Boolean(true)))])
        });
        let people = file.person.iter().map(|person| {
            table([
                ("connection", Some(person.connection.to_string().into())),
                ("extension", Some(person.extension.clone().into())),
                ("name", Some(person.name.clone().into())),
            ])
        });
        let contacts = file.contact.iter().map(|section| contact_table(&contact(section))).collect();
        let tables = [
            ("connection", connections),
            ("line", lines),
            ("group", groups.collect()),
            ("person", people.collect()),
            ("contact", contacts),
        ];
        let tables = tables.into_iter().filter(|(_, list): &(_, Vec<Value>)| !list.is_empty());
        let tables: Table = tables.map(|(name, list)| (name.to_owned(), Value::Array(list))).collect();
        format!("{HEAD}{tables}")
    }
}

fn line(line: &LineSection) -> Option<LineSetup> {
    Some(LineSetup {
        connection: line.connection.clone(),
        number: line.number.clone().or_else(|| line.queue.clone())?,
        title: line.title.clone(),
        groups: line.groups.clone(),
        fixed: !line.added,
    })
}

fn contact(contact: &ContactSection) -> ContactSetup {
    ContactSetup {
        number: contact.number.clone(),
        name: contact.name.clone(),
        responsible: contact.responsible.clone(),
        scenario: contact.scenario.clone(),
        blocked: contact.blocked.refusal().map(|refusal| match refusal {
            Refusal::Busy => Blocking::Busy,
            Refusal::HangUp => Blocking::Hangup,
        }),
        fixed: !contact.added,
    }
}

/// A table of what there is.
fn table<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Table(fields.collect())
}

fn texts<K: ToString>(map: &std::collections::BTreeMap<K, String>) -> Option<Value> {
    let table: Table = map.iter().map(|(name, value)| (name.to_string(), Value::from(value.clone()))).collect();
    (!table.is_empty()).then_some(Value::Table(table))
}

fn connection_table(section: &ConnectionSection) -> Value {
    let path = |path: &std::path::Path| Value::from(path.display().to_string());
    let source = |source: &SecretSource, name: &str| match source {
        SecretSource::File(file) => table([("file", Some(path(file)))]),
        SecretSource::Env(name) => table([("env", Some(name.clone().into()))]),
        SecretSource::Sealed(_) => table([("file", Some(format!("{}.{name}", section.id).into()))]),
    };
    let secrets: Table = section.secrets.iter().map(|(name, from)| (name.clone(), source(from, name))).collect();
    table([
        ("id", Some(section.id.to_string().into())),
        ("pbx", Some(section.pbx.name.into())),
        ("zone", section.zone.clone().map(Value::from)),
        ("base_url", section.base_url.as_ref().map(|url| url.to_string().into())),
        ("path_token", section.path_token.as_ref().map(|from| source(from, "path"))),
        ("trust_anchor", section.trust_anchor.as_deref().map(path)),
        ("secrets", Some(Value::Table(secrets))),
        ("overrides", texts(&section.overrides)),
    ])
}

fn line_table(line: &LineSection) -> Value {
    let groups: Vec<Value> = line.groups.iter().cloned().map(Value::from).collect();
    table([
        ("connection", Some(line.connection.to_string().into())),
        ("number", line.number.clone().map(Value::from)),
        ("queue", line.queue.clone().map(Value::from)),
        ("title", (!line.title.is_empty()).then(|| line.title.clone().into())),
        ("groups", (!groups.is_empty()).then_some(Value::Array(groups))),
    ])
}

fn contact_table(contact: &ContactSetup) -> Value {
    let blocked = contact.blocked.map(|blocked| match blocked {
        Blocking::Busy => "busy",
        Blocking::Hangup => "hangup",
    });
    table([
        ("number", Some(contact.number.clone().into())),
        ("name", Some(contact.name.clone().into())),
        ("responsible", texts(&contact.responsible)),
        ("scenario", texts(&contact.scenario)),
        ("blocked", blocked.map(Value::from)),
    ])
}
