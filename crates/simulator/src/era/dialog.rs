//! Dialogues: what the platform knows of a call from its `invite` on.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::events;
use crate::reading::Reading;
use crate::world::World;

/// Every dialogue that is not over, by its `cid`.
#[derive(Debug, Default)]
pub(super) struct Dialogs {
    open: BTreeMap<String, Dialog>,
}

/// What the platform calls the script of its own that rings the device of one who ordered a call: the page has such a call
/// begin with an "IVR leg", and does not name it.
pub(super) const SCRIPT: &str = "ivr";

/// One side of a dialogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Side {
    /// Of an agent.
    pub(super) extension: Option<String>,
    /// Of somebody outside, without a plus; empty where it is hidden.
    pub(super) number: String,
    /// The SIP Call-Id of the leg.
    pub(super) call_id: String,
}

impl Side {
    /// The number that is dialled for it.
    pub(super) fn number(&self) -> &str {
        self.extension.as_deref().unwrap_or(&self.number)
    }

    /// It is neither an agent nor the platform's script.
    pub(super) fn is_outside(&self) -> bool {
        self.extension.is_none() && self.number != SCRIPT
    }
}

/// A phone that is being dialled.
#[derive(Debug, Clone)]
pub(super) struct Fork {
    pub(super) side: Side,
    pub(super) open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Forking,
    Talking,
    Held,
}

#[derive(Debug, Clone)]
pub(super) struct Dialog {
    pub(super) cid: String,
    pub(super) dialog_id: String,
    /// The call of the simulator that it belongs to.
    pub(super) call: String,
    invited: Timestamp,
    pub(super) a: Side,
    /// Who answered.
    pub(super) b: Option<Side>,
    pub(super) forks: Vec<Fork>,
    /// What A dialled.
    pub(super) called: String,
    pub(super) state: State,
    /// It began with a transfer.
    pub(super) referred: bool,
    /// It was turned into a conference of this id.
    pub(super) conference: Option<String>,
    /// It is recorded since somebody asked for that.
    pub(super) recorded: bool,
}

impl Dialog {
    pub(super) fn new(cid: String, call: &str, invited: Timestamp, a: Side, called: String) -> Self {
        let dialog_id = format!("d-{cid}");
        Self {
            cid,
            dialog_id,
            call: call.to_owned(),
            invited,
            a,
            b: None,
            forks: Vec::new(),
            called,
            state: State::Forking,
            referred: false,
            conference: None,
            recorded: false,
        }
    }

    /// When the invitation came, by the platform's clock.
    pub(super) fn invited(&self, world: &World) -> Timestamp {
        world.told(self.invited)
    }

    /// The id that commands take.
    pub(super) fn connection(&self, world: &World) -> String {
        format!("{}.{}", self.cid, self.invited(world).as_millisecond())
    }

    /// Everybody who takes part or is being dialled.
    pub(super) fn sides(&self) -> impl Iterator<Item = &Side> {
        let dialled = self.forks.iter().filter(|fork| fork.open).map(|fork| &fork.side);
        std::iter::once(&self.a).chain(&self.b).chain(dialled)
    }

    /// The agents among them.
    pub(super) fn extensions(&self) -> Vec<&str> {
        let mut extensions: Vec<&str> = self.sides().filter_map(|side| side.extension.as_deref()).collect();
        extensions.sort_unstable();
        extensions.dedup();
        extensions
    }

    /// The side of a leg.
    pub(super) fn leg(&self, call_id: &str) -> Option<&Side> {
        self.sides().find(|side| side.call_id == call_id)
    }

    /// The object that the list of calls has for it.
    pub(super) fn told(&self, world: &World, now: Timestamp) -> Value {
        let mut object = events::common(world, self, now);
        for field in ["eventid", "eventts"] {
            object.remove(field);
        }
        let words = if world.reads(Reading::OTHER_STATE_WORDS) {
            ["ringing", "active", "on hold"]
        } else {
            ["Forking", "Dialog", "Hold"]
        };
        let word = match self.state {
            State::Forking => words[0],
            State::Talking => words[1],
            State::Held => words[2],
        };
        let forks: Vec<Value> = self
            .forks
            .iter()
            .filter(|fork| fork.open)
            .map(|fork| json!({"forkcallid": fork.side.call_id, "forkcallednum": fork.side.number()}))
            .collect();
        object.insert("state".into(), word.into());
        object.insert("fromusername".into(), self.a.number().into());
        object.insert("fromouter".into(), self.a.is_outside().into());
        object.insert("callednum".into(), self.called.as_str().into());
        object.insert("isreferred".into(), self.referred.into());
        if !forks.is_empty() {
            object.insert("forks".into(), forks.into());
        }
        if let Some(conference) = &self.conference {
            object.insert("conference".into(), conference.as_str().into());
        }
        Value::Object(object)
    }
}

impl Dialogs {
    pub(super) fn open(&mut self, dialog: Dialog) {
        self.open.insert(dialog.cid.clone(), dialog);
    }

    pub(super) fn get(&self, cid: &str) -> Option<&Dialog> {
        self.open.get(cid)
    }

    pub(super) fn get_mut(&mut self, cid: &str) -> Option<&mut Dialog> {
        self.open.get_mut(cid)
    }

    pub(super) fn close(&mut self, cid: &str) -> Option<Dialog> {
        self.open.remove(cid)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Dialog> {
        self.open.values()
    }

    /// The dialogue that a command names by its `connectionid`.
    pub(super) fn by_connection(&self, world: &World, connection: &str) -> Option<&Dialog> {
        self.open.values().find(|dialog| dialog.connection(world) == connection)
    }
}
