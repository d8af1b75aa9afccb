//! What programs do with calls, over REST or the socket.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::answers::Failure;
use super::dialog::{Dialog, State};
use super::stage::cid;
use super::{Era, ending, events};
use crate::fault::Fault;
use crate::make::Make;
use crate::play::{Order, Passing, Telling, perform};
use crate::reading::Reading;
use crate::script::{CallPlan, Topic};
use crate::world::lock;

/// How long an answer waits for a call to begin.
const BEGIN: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(5);

/// What is to be done with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    /// Ends one leg, or the whole call.
    HangUp,
    Hold,
    /// Answers, or takes back from hold.
    Talk,
    Refer {
        number: String,
    },
    /// The other side of this connection takes the place of the agent.
    Replace {
        connection: String,
    },
    Dtmf {
        digit: String,
    },
    Record {
        on: bool,
    },
    /// Makes a conference of it.
    Conference,
    /// Adds it to a conference.
    Join {
        conference: String,
    },
    PickUp {
        by: String,
    },
}

/// Whose calls may be touched; none is everybody's.
pub(super) type Whose = Option<&'static str>;

/// A parameter as text; numbers may come with or without quotes.
pub(super) fn text(parameters: &Map<String, Value>, name: &str) -> Option<String> {
    match parameters.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(_) | None => None,
    }
}

/// Calls the owner's device, and the number once he has answered. An owner who has somebody on hold asks the number, as
/// before a transfer.
pub(super) async fn place(pbx: &Era, whose: Whose, parameters: &Map<String, Value>) -> Result<Value, Failure> {
    let world = &pbx.shared.world;
    let owner = text(parameters, "owner").ok_or(Failure::wrong("owner is missing"))?;
    let number = text(parameters, "number").ok_or(Failure::wrong("number is missing"))?;
    world.note_asked(&number);
    let owner = world.staff.employee(&owner).ok_or(Failure::unknown("there is no such owner"))?.extension.clone();
    if whose.is_some_and(|own| own != owner) {
        return Err(Failure::forbidden("another user's device"));
    }
    let digits = number.strip_prefix('+').unwrap_or(&number);
    if !(3..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Failure::wrong("number is no number"));
    }
    let waiting = lock(&pbx.shared.dialogs)
        .iter()
        .find(|dialog| dialog.state == State::Held && dialog.extensions().contains(&owner.as_str()))
        .map(|dialog| dialog.call.clone());
    if let Some(call) = waiting {
        let to = colleague(pbx, digits)?;
        order(pbx, &call, Order::PassOn { to: to.clone(), passing: Passing::Consulting })?;
        let begun = |dialog: &Dialog| dialog.a.extension.as_ref() == Some(&owner) && dialog.called == to;
        return Ok(begins(pbx, begun).await);
    }
    let number = if digits.len() > 6 { format!("+{digits}") } else { digits.to_owned() };
    let plan = CallPlan::ordered(Make::ERA, &owner, &number, world);
    let id = world.new_id().simple().to_string();
    let stage = pbx.call_stage(&plan, id.clone(), Telling::Live);
    world.tasks.spawn(perform(Arc::clone(world), plan, Box::new(stage)));
    let begun = cid(&id);
    Ok(begins(pbx, |dialog| dialog.cid == begun).await)
}

/// The answer to a call that was placed, once it has begun.
async fn begins(pbx: &Era, is_it: impl Fn(&Dialog) -> bool) -> Value {
    let world = &pbx.shared.world;
    let looking = async {
        loop {
            let found = lock(&pbx.shared.dialogs).iter().find(|dialog| is_it(dialog)).cloned();
            match found {
                Some(dialog) => return dialog,
                None => tokio::time::sleep(LOOK).await,
            }
        }
    };
    let begun = tokio::time::timeout(BEGIN, looking).await.ok();
    let mut answer = json!({"result": "ok"});
    if let Some(dialog) = begun.filter(|_| !world.reads(Reading::POST_ANSWERS_NOTHING)) {
        if world.reads(Reading::POST_ANSWERS_CID) {
            answer["cid"] = dialog.cid.into();
        } else {
            answer["connectionid"] = dialog.connection(world).into();
        }
    }
    answer
}

/// The extension that a number is; only colleagues can be asked and passed calls to.
fn colleague(pbx: &Era, number: &str) -> Result<String, Failure> {
    let employee = pbx.shared.world.staff.employee(number);
    employee.map(|employee| employee.extension.clone()).ok_or(Failure::unknown("there is no such number"))
}

fn order(pbx: &Era, call: &str, order: Order) -> Result<(), Failure> {
    let taken = pbx.shared.world.orders.send(call, order);
    if taken { Ok(()) } else { Err(Failure::not_now("the call is over")) }
}

/// Does something with the call of a connection; what is answered.
pub(super) fn act(
    pbx: &Era,
    whose: Whose,
    connection: &str,
    leg: Option<&str>,
    action: Action,
) -> Result<Value, Failure> {
    let world = &pbx.shared.world;
    let dialog = find(pbx, whose, connection)?;
    let side =
        leg.map(|leg| dialog.leg(leg).cloned().ok_or(Failure::unknown("the call has no such leg"))).transpose()?;
    let own = || side.clone().and_then(|side| side.extension).ok_or(Failure::wrong("idcall is no leg of an agent"));
    let done = json!({"result": "ok"});
    match action {
        Action::HangUp => {
            let only = side.as_ref().and_then(|side| side.extension.clone());
            hang_up(pbx, &dialog, only.as_deref())?;
        }
        Action::Hold | Action::Talk if world.faults.has(Fault::NotifyIgnored) => {}
        Action::Hold => {
            own()?;
            if dialog.state != State::Talking {
                return Err(Failure::not_now("nobody talks"));
            }
            order(pbx, &dialog.call, Order::Hold)?;
        }
        Action::Talk => {
            let extension = own()?;
            if dialog.state == State::Held {
                order(pbx, &dialog.call, Order::Retrieve)?;
            } else {
                let picked_up = world.phones.pick_up(&extension);
                picked_up.map_err(|_| Failure::not_now("the phone does not ring"))?;
            }
        }
        Action::Refer { number } => {
            let to = colleague(pbx, &number)?;
            let leaves = own().is_ok() && dialog.extensions().len() == 1;
            if leaves != world.reads(Reading::REFER_NAMES_LEAVER) {
                return Err(Failure::wrong("idcall is the other leg"));
            }
            if dialog.state == State::Forking {
                return Err(Failure::not_now("nobody talks"));
            }
            order(pbx, &dialog.call, Order::PassOn { to, passing: Passing::Blind })?;
        }
        Action::Replace { connection } => {
            let other = find(pbx, whose, &connection)?;
            if other.call != dialog.call || other.cid == dialog.cid || other.state == State::Forking {
                return Err(Failure::not_now("these two cannot be joined"));
            }
            order(pbx, &dialog.call, Order::HandOver)?;
        }
        Action::Dtmf { digit } => {
            let mut symbols = digit.chars();
            let one = symbols.next().filter(|symbol| symbols.next().is_none() && "0123456789*#ABCD".contains(*symbol));
            let one = one.ok_or(Failure::wrong("dtmf is one symbol"))?;
            let mut data = events::common(world, &dialog, world.now());
            data.insert("dtmf".into(), one.to_string().into());
            pbx.tell("ccsevents.call_dtmf", data, &dialog.extensions());
        }
        Action::Record { on } => {
            order(pbx, &dialog.call, Order::Record(on))?;
            if on {
                let data = events::common(world, &dialog, world.now());
                pbx.tell("ccsevents.connection_start_record", data, &dialog.extensions());
            } else if dialog.recorded {
                // What was recorded so far is a file of its own.
                let key = format!("fs:main1:Srv-002/{}/{}.mp3", world.now().strftime("%Y-%m-%d"), world.new_id());
                ending::tell_recording(pbx, dialog.clone(), key, Topic::Order, world.timing.recording_lag);
            }
            if let Some(dialog) = lock(&pbx.shared.dialogs).get_mut(&dialog.cid) {
                dialog.recorded = on;
            }
        }
        Action::Conference => {
            let id = world.new_id().to_string();
            if let Some(dialog) = lock(&pbx.shared.dialogs).get_mut(&dialog.cid) {
                dialog.conference = Some(id.clone());
            }
            return Ok(json!({"result": "ok", "conference": id}));
        }
        Action::Join { conference } => {
            let known = lock(&pbx.shared.dialogs)
                .iter()
                .any(|other| other.conference.as_ref() == Some(&conference) && other.call == dialog.call);
            if !known {
                return Err(Failure::unknown("there is no such conference"));
            }
            order(pbx, &dialog.call, Order::Join)?;
        }
        Action::PickUp { by } => {
            let by = colleague(pbx, &by)?;
            if whose.is_some_and(|own| own != by) {
                return Err(Failure::forbidden("another user's device"));
            }
            if dialog.state != State::Forking {
                return Err(Failure::not_now("nothing rings"));
            }
            order(pbx, &dialog.call, Order::Take { by })?;
        }
    }
    Ok(done)
}

/// The dialogue of a connection, where the account may see it.
pub(super) fn find(pbx: &Era, whose: Whose, connection: &str) -> Result<Dialog, Failure> {
    let dialogs = lock(&pbx.shared.dialogs);
    let dialog = dialogs.by_connection(&pbx.shared.world, connection);
    let seen = dialog.filter(|dialog| whose.is_none_or(|own| dialog.extensions().contains(&own)));
    seen.cloned().ok_or(Failure::unknown("there is no such call"))
}

/// Both sides are told goodbye; while it rings, every phone stops.
fn hang_up(pbx: &Era, dialog: &Dialog, only: Option<&str>) -> Result<(), Failure> {
    let world = &pbx.shared.world;
    let asked = lock(&pbx.shared.dialogs)
        .iter()
        .any(|other| other.call == dialog.call && other.cid != dialog.cid && other.state == State::Held);
    if asked {
        return order(pbx, &dialog.call, Order::GiveUp);
    }
    let extensions = dialog.extensions();
    let meant = extensions.iter().filter(|extension| only.is_none_or(|only| only == **extension));
    let ended = meant.filter(|extension| world.phones.hang_up(extension).is_ok()).count();
    if ended > 0 { Ok(()) } else { Err(Failure::not_now("nobody's phone is in use")) }
}

/// Rows of the list of calls at most, where it comes in pages.
const PAGES: [(Reading, usize); 3] =
    [(Reading::CALLS_IN_PAGES, 10), (Reading::CALLS_BY_THREE, 3), (Reading::CALLS_ONE_BY_ONE, 1)];

/// The calls that go on, as the account may see them; `query` may name the first of a page.
pub(super) fn list(pbx: &Era, whose: Whose, query: &str) -> Value {
    let world = &pbx.shared.world;
    let dialogs = lock(&pbx.shared.dialogs);
    let seen = dialogs.iter().filter(|dialog| whose.is_none_or(|own| dialog.extensions().contains(&own)));
    let mut calls: Vec<Value> = seen.map(|dialog| dialog.told(world, world.now())).collect();
    if let Some((_, most)) = PAGES.into_iter().find(|(reading, _)| world.reads(*reading)) {
        let offset = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "offset");
        let offset = offset.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
        calls = calls.into_iter().skip(offset).take(most).collect();
    }
    if world.reads(Reading::CALLS_UNDER_CONTENT) { json!({"content": calls}) } else { calls.into() }
}
