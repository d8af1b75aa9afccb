//! A call as RingCloud remembers it: nothing is told, everything can be asked for.

use jiff::{SignedDuration, Timestamp};

use super::RingCloud;
use super::call::{Call, Phone, Recording};
use super::users::name_of;
use crate::play::{CallKind, EndReason, Facts, Passing, Recorded, Stage, Telling};
use crate::world::lock;

pub(crate) struct RingCloudStage {
    pbx: RingCloud,
    facts: Facts,
}

fn bare(number: &str) -> String {
    number.trim_start_matches('+').to_owned()
}

impl RingCloudStage {
    pub(super) fn new(pbx: RingCloud, facts: Facts) -> Self {
        Self { pbx, facts }
    }

    fn remember(&self, change: impl FnOnce(&mut Call)) {
        self.pbx.remember(&self.facts.id, change);
    }
}

impl Stage for RingCloudStage {
    fn call_id(&self) -> &str {
        &self.facts.id
    }

    fn opened(&mut self, at: Timestamp) {
        let call = Call {
            kind: self.facts.kind,
            customer: self.facts.customer.as_deref().map(bare).unwrap_or_default(),
            line: bare(&self.facts.line),
            caller: self.facts.caller.clone().unwrap_or_default(),
            called: self.facts.called.clone().unwrap_or_default(),
            in_menu: false,
            began: at,
            dialled: None,
            ended: None,
            answered_by: String::new(),
            unmet: None,
            phones: Vec::new(),
            recording: None,
        };
        lock(&self.pbx.shared.calls).insert(self.facts.id.clone(), call);
    }

    fn in_menu(&mut self, _at: Timestamp) {
        self.remember(|call| call.in_menu = true);
    }

    fn rings(&mut self, at: Timestamp, extension: &str) {
        let phone = Phone { extension: extension.to_owned(), rang: at, left: None, answered: false };
        self.remember(|call| call.phones.push(phone));
    }

    fn picked_up(&mut self, _at: Timestamp, _extension: &str) {}

    fn dials_customer(&mut self, at: Timestamp, _extension: &str) {
        self.remember(|call| call.dialled = Some(at));
    }

    fn answered(&mut self, _at: Timestamp, extension: &str) {
        self.remember(|call| {
            call.answered_by = extension.to_owned();
            if let Some(phone) = call.phones.iter_mut().rev().find(|phone| phone.extension == extension) {
                phone.answered = true;
            }
        });
    }

    fn held(&mut self, _at: Timestamp, _extension: &str) {}

    fn retrieved(&mut self, _at: Timestamp, _extension: &str) {}

    fn passes_on(&mut self, at: Timestamp, _agent: &str, target: &str, passing: Passing) {
        if passing == Passing::Blind {
            self.rings(at, target);
        }
    }

    fn taken_over(&mut self, _at: Timestamp, _agent: &str, target: &str, talking: bool) {
        if talking {
            self.remember(|call| call.answered_by = target.to_owned());
        }
    }

    fn returns(&mut self, at: Timestamp, _target: &str, agent: &str) {
        self.rings(at, agent);
    }

    fn taken(&mut self, at: Timestamp, from: &str, by: &str) {
        self.left(at, from, EndReason::AnsweredElsewhere);
        self.rings(at, by);
    }

    fn left(&mut self, at: Timestamp, extension: &str, why: EndReason) {
        self.remember(|call| {
            if call.unmet.is_none() || why != EndReason::AnsweredElsewhere {
                call.unmet = Some(why);
            }
            if let Some(phone) = call.phones.iter_mut().rev().find(|phone| phone.extension == extension) {
                phone.left = Some((at, why));
            }
        });
    }

    fn cut(&mut self, _extension: &str) {}

    fn ended(&mut self, at: Timestamp, recorded: Option<Recorded>) {
        let world = &self.pbx.shared.world;
        let lag = match self.facts.telling {
            Telling::Live => world.scaled(world.timing.recording_lag),
            Telling::Late | Telling::Remembered => std::time::Duration::ZERO,
        };
        let ready = at.checked_add(SignedDuration::try_from(lag).unwrap_or_default()).unwrap_or(at);
        let id = self.facts.id.clone();
        self.remember(|call| {
            call.ended = Some(at);
            let who = if call.kind == CallKind::Incoming { &call.answered_by } else { &call.caller };
            call.recording = recorded.map(|recorded| Recording {
                topic: recorded.topic,
                user: name_of(who),
                file: format!(
                    "{}-{}.mp3",
                    call.began.strftime("%Y%m%d-%H%M%S"),
                    id.chars().take(8).collect::<String>()
                ),
                ready,
            });
        });
    }
}
