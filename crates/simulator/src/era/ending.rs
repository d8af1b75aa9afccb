//! How a call ends in the platform's words: phones that give up, dialogues that are over, and the recording after them.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::dialog::{Dialog, Fork, Side, State};
use super::stage::EraStage;
use super::{Era, events};
use crate::fault::Fault;
use crate::play::{EndReason, Recorded, Telling};
use crate::reading::Reading;
use crate::script::Topic;
use crate::world::lock;

/// How long after `dlg_end` the platform says `dlg_stop`.
const STOP_AFTER: Duration = Duration::from_secs(3);

impl EraStage {
    /// A dialled phone, or all of them where none is named, will not answer any more.
    pub(super) fn stop_forks(&self, at: Timestamp, cid: &str, extension: Option<&str>, why: EndReason) {
        let (code, reason) = sip(why);
        let stopped = self.with(cid, |dialog| {
            let meant = |fork: &&mut Fork| {
                fork.open && extension.is_none_or(|extension| fork.side.extension.as_deref() == Some(extension))
            };
            let stopped: Vec<Side> = dialog.forks.iter_mut().filter(meant).map(|fork| fork.side.clone()).collect();
            stopped
        });
        for side in stopped.unwrap_or_default() {
            let more =
                json!({"forkcallid": side.call_id, "forkcallednum": side.number(), "sipcode": code, "reason": reason});
            // Whose phone it was is told before he is forgotten.
            self.tell(at, cid, "callevents.fork_stop", more);
            self.with(cid, |dialog| {
                dialog.forks.iter_mut().filter(|fork| fork.side == side).for_each(|fork| fork.open = false);
            });
        }
    }

    /// A dialogue is over, in the platform's word for it.
    pub(super) fn end(&self, at: Timestamp, cid: &str, completion: &str) {
        let Some(dialog) = lock(&self.pbx.shared.dialogs).close(cid) else { return };
        if !self.is_told() {
            return;
        }
        let world = &self.pbx.shared.world;
        // Of a call that nobody answered all hear whose phones rang.
        let rang = dialog.forks.iter().filter_map(|fork| fork.side.extension.clone());
        let mut who: Vec<String> = dialog.extensions().into_iter().map(str::to_owned).collect();
        who.extend(rang.filter(|_| dialog.b.is_none()));
        let pbx = self.pbx.clone();
        let end = move |at: Timestamp, kind: &str, completion: &str| {
            let mut data = events::common(&pbx.shared.world, &dialog, at);
            data.insert("completiontype".into(), completion.into());
            let who: Vec<&str> = who.iter().map(String::as_str).collect();
            pbx.tell(kind, data, &who);
            if kind == "callevents.dlg_end" && dialog.state == State::Forking {
                let data = events::common(&pbx.shared.world, &dialog, at);
                pbx.tell("ccsevents.connection_failure", data, &who);
            }
        };
        if world.faults.has(Fault::DialogLost) {
            // The loss is told by two services.
            end(at, "callevents.dlg_dead", "error");
            return end(at, "callevents.dlg_dead", "error");
        }
        end(at, "callevents.dlg_end", completion);
        if self.facts.telling == Telling::Late {
            return end(at, "callevents.dlg_stop", completion);
        }
        let (completion, pause) = (completion.to_owned(), world.scaled(STOP_AFTER));
        let later = std::sync::Arc::clone(world);
        world.tasks.spawn(async move {
            tokio::time::sleep(pause).await;
            end(later.now(), "callevents.dlg_stop", &completion);
        });
    }

    /// An agent's part is over: of the question before a transfer, of a call that rang or that he placed.
    pub(super) fn leave(&mut self, at: Timestamp, extension: &str, why: EndReason) {
        if let Some(second) = self.second.clone() {
            if self.has_fork(&second, extension) {
                self.stop_forks(at, &second, Some(extension), why);
                self.end(at, &second, completion(Some(why)));
                self.second = None;
                return;
            }
            if self.with(&second, |dialog| dialog.b.as_ref().and_then(|b| b.extension.clone())).flatten().as_deref()
                == Some(extension)
            {
                self.end(at, &second, "bye");
                self.second = None;
                return;
            }
            if why == EndReason::CustomerHungUp {
                // The customer is gone while the colleague is still asked.
                return self.end(at, &self.main, "bye");
            }
        }
        if why != EndReason::AnsweredElsewhere {
            self.unmet = Some(why);
        }
        if self.has_fork(&self.main, extension) {
            return self.stop_forks(at, &self.main, Some(extension), why);
        }
        let placed = self.with(&self.main, |dialog| {
            dialog.state == State::Forking && dialog.a.extension.as_deref() == Some(extension)
        });
        if placed.unwrap_or_default() {
            self.stop_forks(at, &self.main, None, why);
        }
    }

    /// The whole call is over.
    pub(super) fn end_all(&mut self, at: Timestamp, recorded: Option<Recorded>) {
        let main = lock(&self.pbx.shared.dialogs).get(&self.main).cloned();
        let talked = main.as_ref().is_some_and(|dialog| dialog.state != State::Forking);
        let word = if talked { "bye" } else { completion(self.unmet) };
        self.end(at, &self.main, word);
        for other in self.second.take().into_iter().chain(self.device.take()) {
            self.end(at, &other, "bye");
        }
        if let Some(recorded) = recorded {
            self.record(at, main, recorded);
        }
    }

    /// The recording is ready some time after the call, and its key is told.
    fn record(&self, at: Timestamp, dialog: Option<Dialog>, recorded: Recorded) {
        let key = format!("fs:main1:Srv-002/{}/{}.mp3", at.strftime("%Y-%m-%d"), self.main);
        let Some(dialog) = dialog else {
            // From before the simulator started: nothing will be told of it.
            return lock(&self.pbx.shared.recordings).add(key, recorded.topic);
        };
        let lag = (self.facts.telling != Telling::Late).then_some(self.pbx.shared.world.timing.recording_lag);
        tell_recording(&self.pbx, dialog, key, recorded.topic, lag.unwrap_or_default());
    }
}

/// The recording is ready after so long, and its key is told.
pub(super) fn tell_recording(pbx: &Era, dialog: Dialog, key: String, topic: Topic, lag: Duration) {
    let tasks = &pbx.shared.world.tasks;
    let pbx = pbx.clone();
    tasks.spawn(async move {
        let world = &pbx.shared.world;
        tokio::time::sleep(world.scaled(lag)).await;
        let mut faults = world.faults.watch();
        if faults.wait_for(|faults| !faults.contains(&Fault::RecordingNotReady)).await.is_err() {
            return;
        }
        lock(&pbx.shared.recordings).add(key.clone(), topic);
        let mut data: Map<String, Value> = events::common(world, &dialog, world.now());
        if world.reads(Reading::RECORD_INFO_WITHOUT_CID) {
            let kept = ["eventid", "eventts", "connectionid"];
            data.retain(|field, _| kept.contains(&field.as_str()));
        }
        data.insert("key".into(), key.into());
        pbx.tell("ccsevents.connection_set_record_info", data, &dialog.extensions());
    });
}

/// The SIP code of a phone that did not answer.
fn sip(why: EndReason) -> (u16, &'static str) {
    match why {
        EndReason::Busy => (486, "Busy Here"),
        EndReason::NoAnswer => (480, "Temporarily Unavailable"),
        EndReason::Refused => (603, "Decline"),
        EndReason::Unreachable => (404, "Not Found"),
        EndReason::AnsweredElsewhere
        | EndReason::CustomerHungUp
        | EndReason::AgentHungUp
        | EndReason::ColleagueHungUp
        | EndReason::Transferred => (487, "Request Terminated"),
    }
}

fn completion(why: Option<EndReason>) -> &'static str {
    match why {
        Some(EndReason::CustomerHungUp | EndReason::AgentHungUp | EndReason::ColleagueHungUp) => "cancel",
        Some(EndReason::NoAnswer) => "timeout",
        Some(
            EndReason::Busy
            | EndReason::Refused
            | EndReason::Unreachable
            | EndReason::AnsweredElsewhere
            | EndReason::Transferred,
        )
        | None => "call_final",
    }
}
