//! The gateway's TOML file: what it says, and what is wrong with it.

pub(crate) mod added;
pub(crate) mod cache_key;
mod error;
mod file;
mod listen;
mod secret;
mod tls;
mod view;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use calls::ConnectionId;
use link::OfficeError;
use office::{ConnectionSettings, GroupSettings, LineSettings, Lookups, OfficeConfig, Person, RoutingRules};
use pbx::{ConnectionConfig, Make};
use secrecy::SecretString;
use store::{Store, SystemRandom};
use url::Url;

pub use error::ConfigError;
pub use listen::Listen;

use crate::{
    config::{
        added::Added,
        file::{ConnectionSection, File},
        secret::WrongSecret,
    },
    invitations::JoinAddress,
    own_ca::OwnCa,
    path_tokens::PathTokens,
};

/// The name under which the gateway's office keeps its rows.
pub const OFFICE: &str = "office";

/// A configuration that was read and checked, without the secrets: they are read when they are needed, so that
/// tokens can be issued by somebody who may not read them.
#[derive(Debug, Clone)]
pub struct Config {
    path: PathBuf,
    file: File,
}

impl Config {
    /// Reads and checks the file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::unreadable(path, &error))?;
        let file = File::parse(&text).map_err(|wrong| wrong.in_file(path))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Where to listen, and whether plain HTTP is meant there.
    pub fn listen(&self) -> Result<Listen, ConfigError> {
        listen::of(&self.file).map_err(|wrong| wrong.in_file(&self.path))
    }

    /// Where everything is kept.
    pub fn data_dir(&self) -> PathBuf {
        self.resolve(&self.file.data_dir)
    }

    /// The connections' ids, in the order of the file.
    pub fn connections(&self) -> impl Iterator<Item = &ConnectionId> {
        self.file.connection.iter().map(|section| &section.id)
    }

    /// The make of a connection.
    pub fn make(&self, id: &ConnectionId) -> Result<Make, ConfigError> {
        self.section(id).map(|section| section.pbx)
    }

    /// Whether there is such a group.
    pub fn has_group(&self, id: &str) -> bool {
        self.file.group.iter().any(|group| group.id == id)
    }

    /// One connection with its secrets.
    pub fn connection(&self, id: &ConnectionId) -> Result<ConnectionConfig, ConfigError> {
        let section = self.section(id)?;
        let mut secrets = BTreeMap::new();
        for (name, source) in &section.secrets {
            let what = format!("connection \"{id}\", secret \"{name}\"");
            let read = source.read(&what, self.folder());
            secrets.insert(name.clone(), read.map_err(|wrong| self.wrong_secret(name, wrong))?);
        }
        self.configured(section, secrets)
    }

    fn configured(
        &self,
        section: &ConnectionSection,
        secrets: BTreeMap<String, SecretString>,
    ) -> Result<ConnectionConfig, ConfigError> {
        let id = &section.id;
        let trust_anchor_pem = match &section.trust_anchor {
            Some(file) => {
                let file = self.resolve(file);
                let read = std::fs::read(&file).map_err(|error| {
                    self.wrong(format!("connection \"{id}\", trust_anchor: {} cannot be read: {error}", file.display()))
                })?;
                Some(read)
            }
            None => None,
        };
        let config = ConnectionConfig {
            id: section.id.clone(),
            make: section.pbx,
            zone: section.zone.clone(),
            base_url: section.base_url.clone(),
            trust_anchor_pem,
            secrets,
            overrides: section.overrides.clone(),
        };
        pbx::validate(&config).map_err(|error| self.unusable(office::unusable_settings(&error)))?;
        Ok(config)
    }

    /// One connection before its PBX has given it a key: what stands in for each secret whose file is not there yet, and
    /// where those files are to be.
    pub fn connection_without_key(
        &self,
        id: &ConnectionId,
    ) -> Result<(ConnectionConfig, BTreeMap<String, PathBuf>), ConfigError> {
        let section = self.section(id)?;
        let absent: BTreeMap<String, PathBuf> = section
            .secrets
            .iter()
            .filter_map(|(name, source)| Some((name.clone(), source.absent_file(self.folder())?)))
            .collect();
        let mut secrets = BTreeMap::new();
        for (name, source) in &section.secrets {
            let what = format!("connection \"{id}\", secret \"{name}\"");
            let secret = match absent.contains_key(name) {
                true => SecretString::from("not given yet"),
                false => source.read(&what, self.folder()).map_err(|wrong| self.wrong_secret(name, wrong))?,
            };
            secrets.insert(name.clone(), secret);
        }
        let config = self.configured(section, secrets)?;
        Ok((config, absent))
    }

    /// The words in hook addresses that only the vendor knows.
    pub fn path_tokens(&self) -> Result<PathTokens, ConfigError> {
        let mut tokens = BTreeMap::new();
        for section in &self.file.connection {
            if let Some(source) = &section.path_token {
                let what = format!("connection \"{}\", path_token", section.id);
                let token = source.read(&what, self.folder()).map_err(|wrong| self.wrong(wrong.message))?;
                tokens.insert(section.id.clone(), token);
            }
        }
        PathTokens::new(tokens).map_err(|error| self.wrong(error.to_string()))
    }

    /// The word in one connection's hook address, where it has one.
    pub fn path_token(&self, id: &ConnectionId) -> Result<Option<SecretString>, ConfigError> {
        Ok(self.path_tokens()?.of(id).cloned())
    }

    /// The settings of TLS; `None` means plain HTTP.
    pub fn tls(&self) -> Result<Option<std::sync::Arc<rustls::ServerConfig>>, ConfigError> {
        let Some(files) = &self.file.tls else { return Ok(None) };
        let (cert, key) = (self.resolve(&files.cert), self.resolve(&files.key));
        tls::server_config(&cert, &key).map(Some).map_err(|wrong| self.wrong(wrong))
    }

    /// The address under which vendors and desks reach the gateway, where it is named.
    pub fn public_url(&self) -> Option<&Url> {
        self.file.public_url.as_ref()
    }

    /// What the office is called; empty where the file does not say so.
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// The certificate that vouches for the gateway where no public CA does: the one that is named, or the last of the
    /// gateway's own chain where that has signed itself.
    pub fn own_ca(&self) -> Result<Option<OwnCa>, ConfigError> {
        let read = |what: &str, file: &Path| {
            let file = self.resolve(file);
            let failed = |error: &dyn std::fmt::Display| self.wrong(format!("{what}: {}: {error}", file.display()));
            std::fs::read_to_string(&file).map_err(|error| failed(&error)).map(|text| (text, file.clone()))
        };
        if let Some(file) = &self.file.ca {
            let (text, file) = read("ca", file)?;
            let ca = OwnCa::of_pem(&text).map_err(|error| self.wrong(format!("ca: {}: {error}", file.display())))?;
            return Ok(Some(ca));
        }
        let Some(files) = &self.file.tls else { return Ok(None) };
        let (text, _) = read("tls.cert", &files.cert)?;
        Ok(OwnCa::of_chain(&text))
    }

    /// Where those who are invited find the gateway.
    pub fn join_address(&self) -> Result<JoinAddress, ConfigError> {
        let ca = self.own_ca()?.map(|ca| ca.fingerprint);
        if let Some(url) = self.public_url() {
            return Ok(JoinAddress { url: url.clone(), ca });
        }
        let listen = self.listen()?.address;
        let scheme = if self.file.tls.is_some() { "https" } else { "http" };
        let here = (listen.ip().is_loopback() && listen.port() != 0)
            .then(|| Url::parse(&format!("{scheme}://{listen}/")).ok())
            .flatten();
        let missing = || self.wrong("public_url: set it to the https address that desks and vendors reach".to_owned());
        Ok(JoinAddress { url: here.ok_or_else(missing)?, ca })
    }

    /// The same with what admins have added, as far as it fits.
    pub fn with_stored(&self, store: &Store) -> Result<Self, store::Error> {
        Ok(self.with_fitting(&Added::read(&store.configuration()?)))
    }

    pub(crate) fn with_fitting(&self, added: &Added) -> Self {
        Self { path: self.path.clone(), file: self.file.with_fitting(added, &self.data_dir()) }
    }

    /// The same with all of what is to be added, or what does not fit.
    pub(crate) fn with_added(&self, added: &Added) -> Result<Self, String> {
        let file = self.file.with_added(added, &self.data_dir());
        file.check()?;
        Ok(Self { path: self.path.clone(), file })
    }

    /// Whether callers who are blocked are refused anywhere.
    pub(crate) fn check_refusals(&self) -> Result<(), String> {
        self.file.check_refusals()
    }

    /// What was added, without what does not fit any more.
    pub(crate) fn fitting(&self, added: &Added) -> Added {
        self.file.fitting(added)
    }

    /// Whether there is such a connection that is not paused.
    pub(crate) fn is_at_work(&self, id: &ConnectionId) -> bool {
        self.section(id).is_ok_and(|section| !section.paused)
    }

    /// A line that is listed more than once.
    pub(crate) fn line_twice(&self) -> Option<String> {
        let mut known = std::collections::BTreeSet::new();
        let lines = self.lines().into_iter().map(|line| (line.connection, line.number));
        let twice = lines.filter(|(connection, number)| {
            !known.insert((connection.clone(), calls::number::normalise(number).unwrap_or_else(|| number.clone())))
        });
        twice.map(|(_, number)| number).next()
    }

    /// The zone of a connection, where it is given.
    pub fn zone(&self, id: &ConnectionId) -> Result<Option<&str>, ConfigError> {
        self.section(id).map(|section| section.zone.as_deref())
    }

    /// The certificate that the gateway shows, where it speaks TLS itself.
    pub fn certificate(&self) -> Option<PathBuf> {
        self.file.tls.as_ref().map(|files| self.resolve(&files.cert))
    }

    /// The certificate of the own CA that is named.
    pub fn ca(&self) -> Option<PathBuf> {
        self.file.ca.as_deref().map(|file| self.resolve(file))
    }

    /// The key of that certificate.
    pub fn certificate_key(&self) -> Option<PathBuf> {
        self.file.tls.as_ref().map(|files| self.resolve(&files.key))
    }

    /// Whether the secrets of the gateway itself can be read, each in its form. Makes none that is absent.
    pub fn check_own_secrets(&self) -> Result<(), ConfigError> {
        self.path_tokens()?;
        let source = self.file.secrets.cache_key.as_ref();
        cache_key::check(source, &self.data_dir(), self.folder()).map_err(|wrong| self.wrong(wrong))
    }

    /// The lines that are listed.
    pub fn lines(&self) -> Vec<LineSettings> {
        self.file.line.iter().filter_map(line).collect()
    }

    /// What the office looks up by the numbers of a call.
    pub fn lookups(&self) -> Lookups {
        let file = &self.file;
        let groups = file.group.iter().map(|group| GroupSettings { id: group.id.clone(), rings: group.rings });
        let person = |person: &file::PersonSection| {
            Some(Person {
                connection: person.connection.clone(),
                extension: pbx::extension(&person.extension)?,
                name: person.name.clone(),
            })
        };
        Lookups {
            lines: self.lines(),
            groups: groups.collect(),
            people: file.person.iter().filter_map(person).collect(),
            contacts: file.contact.iter().map(|contact| (contact.number.clone(), contact.name.clone())).collect(),
            routing: self.routing(),
        }
    }

    /// One connection as the office takes it.
    pub(crate) fn connection_settings(&self, id: &ConnectionId) -> Result<ConnectionSettings, ConfigError> {
        Ok(ConnectionSettings { config: self.connection(id)?, extensions: Vec::new(), has_address: true })
    }

    /// Everything that the office needs. Sessions are kept for the extensions of valid tokens, as long as they are
    /// valid; the gateway sees to that. A connection that an admin added and that cannot be used is left out, since it
    /// can be mended while the rest runs.
    pub fn office(&self) -> Result<OfficeConfig, ConfigError> {
        let mut connections = Vec::new();
        for section in self.file.connection.iter().filter(|section| !section.paused) {
            match self.connection_settings(&section.id) {
                Ok(settings) => connections.push(settings),
                Err(error) if section.added => {
                    tracing::error!(connection = %section.id, %error, "a connection cannot be used");
                }
                Err(error) => return Err(error),
            }
        }
        let data_dir = self.data_dir();
        let source = self.file.secrets.cache_key.as_ref();
        let cache_key = cache_key::read_or_make(source, &data_dir, self.folder(), &SystemRandom)
            .map_err(|wrong| self.wrong(wrong))?;
        let Lookups { lines, groups, people, contacts, routing } = self.lookups();
        Ok(OfficeConfig {
            name: OFFICE.to_owned(),
            connections,
            lines,
            groups,
            people,
            contacts,
            routing,
            cache_dir: data_dir.join("recordings"),
            cache_key,
        })
    }

    /// The rules for calls from outside.
    fn routing(&self) -> RoutingRules {
        let contacts = &self.file.contact;
        let extensions = |of: &BTreeMap<ConnectionId, String>| {
            of.iter().filter_map(|(id, extension)| Some((id.clone(), pbx::extension(extension)?))).collect()
        };
        let responsible = contacts.iter().map(|contact| (contact.number.clone(), extensions(&contact.responsible)));
        let scenario = contacts.iter().map(|contact| (contact.number.clone(), contact.scenario.clone()));
        let refused = |contact: &file::ContactSection| Some((contact.number.clone(), contact.blocked.refusal()?));
        RoutingRules {
            responsible: responsible.collect(),
            scenario: scenario.collect(),
            blocked: contacts.iter().filter_map(refused).collect(),
        }
    }

    fn section(&self, id: &ConnectionId) -> Result<&ConnectionSection, ConfigError> {
        self.file.connection.iter().find(|section| section.id == *id).ok_or_else(|| {
            let known: Vec<&str> = self.connections().map(ConnectionId::as_str).collect();
            self.wrong(format!("connection \"{id}\": there is none; the file has: {}", known.join(", ")))
        })
    }

    /// The file's own folder.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Paths in the file are meant from the file's own folder.
    fn resolve(&self, path: &Path) -> PathBuf {
        self.folder().join(path)
    }

    fn unusable(&self, error: OfficeError) -> ConfigError {
        ConfigError::Connection { path: self.path.clone(), error }
    }

    fn wrong_secret(&self, name: &str, WrongSecret { fault, message }: WrongSecret) -> ConfigError {
        self.unusable(OfficeError::invalid("secrets", message).because(fault).of(name))
    }

    fn wrong(&self, message: String) -> ConfigError {
        ConfigError::Wrong { path: self.path.clone(), message }
    }
}

fn line(section: &file::LineSection) -> Option<LineSettings> {
    Some(LineSettings {
        connection: section.connection.clone(),
        number: section.number.clone().or_else(|| section.queue.clone())?,
        title: section.title.clone(),
        groups: section.groups.clone(),
    })
}
