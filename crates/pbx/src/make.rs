//! What is said of a make once, in its own folder, and read by everything else: configuration, office, screens, pages.

use std::{cmp::Ordering, collections::BTreeMap, fmt, hash, ops::Deref};

use calls::ConnectionId;
use secrecy::SecretString;
use serde::{Serialize, Serializer};
use url::Url;

use crate::{
    capability::Capability, config_error::ConfigError, delivery::Delivery, routing::RuleOutcomes, stages::Stages,
    traits::Pbx,
};

/// A text in the languages of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// Russian.
    pub ru: &'static str,
    /// English.
    pub en: &'static str,
}

/// A secret that a connection of a make needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret {
    /// Its name in configuration.
    pub name: &'static str,
    /// What the vendor's account calls it.
    pub title: Text,
    /// Where it stands in the vendor's account.
    pub found: Text,
    /// It travels in a header; otherwise it only goes into a digest.
    pub is_sent: bool,
    /// What the PBX makes when a program asks it for this key, as the object of a sentence; none where it gives no key.
    pub given: Option<Text>,
}

/// Whose key a connection has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The override that says so.
    pub name: &'static str,
    /// Its value.
    pub value: &'static str,
    /// What people call it.
    pub title: Text,
    /// It acts for everybody in the account.
    pub acts_for_all: bool,
}

/// How many requests of one method the vendor admits, in a time that it does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MethodLimit {
    /// The last part of the method's address, to them or to us.
    pub method: &'static str,
    /// How many.
    pub requests: u32,
}

/// A message of the PBX that a test of our address imitates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestMessage {
    /// The vendor's word for it.
    pub name: &'static str,
    /// What it tells.
    pub title: Text,
}

/// The override that names another test host: a simulator on this computer, with the port that it answers on with and
/// without encryption.
pub const TEST_ADDRESS: &str = "test_address";

/// A make of PBX, described.
pub struct Description {
    /// The name in configuration, on the command line and over the wire.
    pub name: &'static str,
    /// The name that people know it by.
    pub title: Text,
    /// Which of the vendor's interfaces it is, where there are several.
    pub interface: Option<Text>,
    /// Its page in `docs/makes`.
    pub page: &'static str,
    /// What must be switched on at the vendor before anything works.
    pub first: Text,
    /// Where the address that the PBX posts to is entered in the vendor's account, where it posts.
    pub hook: Option<Text>,
    /// For whom the secrets together can act.
    pub key_acts_for: Text,
    /// The secrets that a connection needs.
    pub secrets: &'static [Secret],
    /// IANA zones that times without a mark may be in; the first until another is chosen.
    pub zones: &'static [&'static str],
    /// The vendor's address; empty where each installation has its own.
    pub base_url: &'static str,
    /// The vendor's test addresses, for `base_url` of a connection: what they answer says nothing of a real account.
    pub test_addresses: &'static [&'static str],
    /// Methods whose requests the vendor's account page counts, both ways.
    pub method_limits: &'static [MethodLimit],
    /// The messages that a test of our address can send in the PBX's place; none where it does not post.
    pub test_messages: &'static [TestMessage],
    /// How a connection is proved stage by stage.
    pub stages: Stages,
    /// Domains beside the address's host whose hosts may be asked for recordings and sockets.
    pub domains: &'static [&'static str],
    /// Whose key it may be, where that makes a difference: each is an override with its value. The first is usual for an
    /// office of one person.
    pub kinds: &'static [Kind],
    /// Names of undocumented parts of the wire that a connection may replace; `<name>` stands for any text.
    pub overrides: &'static [&'static str],
    /// How the PBX's events reach us.
    pub delivery: Delivery,
    /// What a connection can do.
    pub capability: Capability,
    /// What of the office's rules for calls from outside it carries out.
    pub outcomes: RuleOutcomes,
    /// The make for a connection whose settings are checked, or what is wrong with the rest of them.
    pub build: fn(&ConnectionConfig) -> Result<Box<dyn Pbx>, ConfigError>,
}

impl Description {
    /// The zone in which times without a mark are read until another is chosen.
    pub fn default_zone(&self) -> &'static str {
        self.zones.first().copied().unwrap_or("UTC")
    }

    /// The secret that the PBX gives to a program that asks for it, where it gives one.
    pub fn given_secret(&self) -> Option<&'static Secret> {
        self.secrets.iter().find(|secret| secret.given.is_some())
    }

    /// The vendor's address, configured or the make's own, without a final slash; empty where none is known.
    pub fn address<'a>(&'a self, configured: Option<&'a Url>) -> &'a str {
        configured.map_or(self.base_url, Url::as_str).trim_end_matches('/')
    }

    /// Whether an address is on one of the vendor's test hosts.
    pub fn is_test_address(&self, url: &Url) -> bool {
        self.test_addresses.iter().any(|address| Url::parse(address).is_ok_and(|test| test.host() == url.host()))
    }

    /// The names of its secrets, for a sentence.
    pub(crate) fn needed(&self) -> String {
        self.secrets.iter().map(|secret| secret.name).collect::<Vec<_>>().join(" and ")
    }

    /// Whether a connection may replace a part of the wire of this name.
    pub(crate) fn has_override(&self, name: &str) -> bool {
        self.overrides.iter().any(|known| match known.split_once('<') {
            Some((beginning, _)) => name.strip_prefix(beginning).is_some_and(|rest| !rest.is_empty()),
            None => *known == name,
        })
    }
}

/// A make of PBX: a handle on its [`Description`].
#[derive(Clone, Copy)]
pub struct Make(&'static Description);

impl Make {
    /// The make that is described so.
    pub const fn of(description: &'static Description) -> Self {
        Self(description)
    }
}

impl Deref for Make {
    type Target = Description;

    fn deref(&self) -> &Description {
        self.0
    }
}

impl PartialEq for Make {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Make {}

impl PartialOrd for Make {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Make {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name.cmp(other.name)
    }
}

impl hash::Hash for Make {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for Make {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Make({})", self.name)
    }
}

impl fmt::Display for Make {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for Make {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

/// One configured account of a make.
#[derive(Clone)]
pub struct ConnectionConfig {
    /// Its identity, given once.
    pub id: ConnectionId,
    /// Its make.
    pub make: Make,
    /// IANA zone in which times without a mark are read; absent: chosen from the first live events.
    pub zone: Option<String>,
    /// The vendor's address, a test host or a simulator; absent: the make's own.
    pub base_url: Option<Url>,
    /// PEM certificates to trust beside the operating system's.
    pub trust_anchor_pem: Option<Vec<u8>>,
    /// Secrets by the names of [`Description::secrets`].
    pub secrets: BTreeMap<String, SecretString>,
    /// Replacements for undocumented parts of the wire, by the names of [`Description::overrides`].
    pub overrides: BTreeMap<String, String>,
}

impl fmt::Debug for ConnectionConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionConfig")
            .field("id", &self.id)
            .field("make", &self.make)
            .field("zone", &self.zone)
            .field("secrets", &self.secrets.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
