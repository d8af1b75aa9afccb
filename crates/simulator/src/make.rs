//! The makes this program can play.

use std::fmt::{self, Debug};
use std::str::FromStr;
use std::sync::Arc;

use axum::Router;
use serde::{Deserialize, Serialize};

use crate::credentials::Access;
use crate::hook::Sender;
use crate::play::{Stage, Telling};
use crate::script::{CallPlan, RawEvent};
use crate::world::World;
use crate::{mango, rostelecom, zadarma};

/// A kind of PBX, by the name of its configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Make {
    /// Rostelecom's integration API: signed requests one way, signed webhooks the other.
    Rostelecom,
    /// MANGO OFFICE's server-client API: a token, a WebSocket per user, stored events.
    MangoClient,
    /// MANGO OFFICE's VPBX API: signed forms both ways.
    MangoVpbx,
    /// Zadarma's API: signed requests one way, signed forms the other.
    Zadarma,
    /// The same protocol under the name of Novofon.
    Novofon,
}

impl Make {
    /// Every make.
    pub const ALL: [Self; 5] = [Self::Rostelecom, Self::MangoClient, Self::MangoVpbx, Self::Zadarma, Self::Novofon];

    /// Its name in configuration, on the command line and in scripts.
    pub fn name(self) -> &'static str {
        self.description().name
    }

    /// Whether it tells its calls by webhooks, to the address of a hook.
    pub fn sends_webhooks(self) -> bool {
        self.description().default_path.is_some()
    }

    pub(crate) fn description(self) -> &'static Description {
        match self {
            Self::Rostelecom => &rostelecom::DESCRIPTION,
            Self::MangoClient => &mango::client::DESCRIPTION,
            Self::MangoVpbx => &mango::vpbx::DESCRIPTION,
            Self::Zadarma => &zadarma::ZADARMA,
            Self::Novofon => &zadarma::NOVOFON,
        }
    }

    /// All names, as a sentence lists them.
    pub(crate) fn names() -> String {
        let names: Vec<&str> = Self::ALL.into_iter().map(Self::name).collect();
        names.join(", ")
    }
}

impl fmt::Display for Make {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Make {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let make = Self::ALL.into_iter().find(|make| make.name() == text);
        make.ok_or_else(|| format!("there is no make \"{text}\"; there are {}", Self::names()))
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
    /// The names of its secrets, with how many hexadecimal digits each has, and whether they are capitals.
    pub(crate) secrets: &'static [(&'static str, usize, Letters)],
    /// What a scripted webhook adds to the hook's address when it does not say; none where there are no webhooks.
    pub(crate) default_path: Option<&'static str>,
    /// Starts it.
    pub(crate) start: fn(Arc<World>, &Access, Redelivery) -> Arc<dyn Pbx>,
}

/// How the hexadecimal digits of a secret are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letters {
    Small,
    Capital,
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
