//! What is said of a make once, in its own folder, and read by everything else.

use std::fmt::{self, Debug};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use axum::Router;
use serde::{Deserialize, Serialize};

use crate::credentials::Access;
use crate::hook::Sender;
use crate::play::{Stage, Telling};
use crate::reading::Reading;
use crate::script::{CallPlan, RawEvent};
use crate::staff::Names;
use crate::world::World;

/// A make of PBX: a handle on its description.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Make(&'static Description);

impl Make {
    /// The make that is described so.
    pub(crate) const fn of(description: &'static Description) -> Self {
        Self(description)
    }

    /// Its name in configuration, on the command line and in scripts.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// Whether it tells its calls by webhooks, to the address of a hook.
    pub fn sends_webhooks(self) -> bool {
        matches!(self.0.delivery, Delivery::Webhooks { .. })
    }

    pub(crate) fn description(self) -> &'static Description {
        self.0
    }
}

impl PartialEq for Make {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Make {}

impl Hash for Make {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl Debug for Make {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Make({})", self.name())
    }
}

impl fmt::Display for Make {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for Make {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Make> for String {
    fn from(make: Make) -> Self {
        make.name().to_owned()
    }
}

/// Everything that is said of a make outside its folder.
pub(crate) struct Description {
    /// Its name in configuration, on the command line and in scripts.
    pub(crate) name: &'static str,
    /// What its address ends in after the port.
    pub(crate) base: &'static str,
    /// The secrets that a client needs.
    pub(crate) secrets: &'static [Secret],
    /// How it tells its calls.
    pub(crate) delivery: Delivery,
    /// The number of the office that customers dial.
    pub(crate) line: OfficeLine,
    /// How its page is read where it is silent, by the names of the command line.
    pub(crate) readings: &'static [Reading],
    /// How it is run by hand, for `--help`.
    pub(crate) help: &'static str,
    /// Starts it.
    pub(crate) start: fn(Arc<World>, &Access, Redelivery) -> Arc<dyn Pbx>,
}

/// A secret, drawn by the seed.
pub(crate) struct Secret {
    /// Its name in configuration.
    pub(crate) name: &'static str,
    /// What stands before the digits.
    pub(crate) prefix: &'static str,
    /// How many hexadecimal digits it has.
    pub(crate) digits: usize,
    pub(crate) letters: Letters,
}

impl Secret {
    pub(crate) const fn new(name: &'static str, digits: usize, letters: Letters) -> Self {
        Self { name, prefix: "", digits, letters }
    }
}

/// How the hexadecimal digits of a secret are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letters {
    Small,
    Capital,
}

/// How a make tells its calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// It posts them to an external system; a scripted event that names no path goes to this one.
    Webhooks { path: &'static str },
    /// Over a socket for each extension.
    SocketPerExtension,
    /// Over one socket for everybody, to whoever subscribed.
    Socket,
    /// Not at all: it is asked again and again.
    Polling,
}

impl Delivery {
    /// Whether there are sockets that can be cut.
    pub(crate) fn has_sockets(self) -> bool {
        matches!(self, Self::SocketPerExtension | Self::Socket)
    }
}

/// A number of the office, with its title in two languages.
pub(crate) struct OfficeLine {
    /// In E.164 with a plus.
    pub(crate) number: &'static str,
    pub(crate) russian: &'static str,
    pub(crate) english: &'static str,
}

impl OfficeLine {
    pub(crate) fn title(&self, names: Names) -> &'static str {
        names.pick(self.russian, self.english)
    }
}

/// Whether webhooks that were not accepted are sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Redelivery {
    No,
    UntilAccepted,
}

/// A running make.
pub(crate) trait Pbx: Debug + Send + Sync {
    /// Its API.
    fn router(&self) -> Router;
    /// A call in its words.
    fn stage(&self, plan: &CallPlan, id: String, telling: Telling) -> Box<dyn Stage>;
    /// Sends a low-level event.
    fn send_raw(&self, event: &RawEvent);
    /// Who sends its webhooks, where it has any.
    fn sender(&self) -> Option<&Sender> {
        None
    }
    /// Cuts the socket of an extension without a closing frame, where there are sockets.
    fn cut(&self, _extension: &str) {}
    /// Cuts every socket.
    fn cut_all(&self) {}
    /// The extensions whose users are registered for events, where they must.
    fn registered(&self) -> Vec<String> {
        Vec::new()
    }
}
