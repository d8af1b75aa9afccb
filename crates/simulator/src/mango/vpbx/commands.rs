//! Commands on legs of a call that goes on: transfer, hold, route, recording.

use serde_json::{Value, json};

use super::api::{NO_PARAMETER, Refusal, WRONG_PARAMETER, text};
use super::{MangoVpbx, stage};
use crate::hook::Webhook;
use crate::play::{Order, Passing};
use crate::reading::Reading;
use crate::script::Sign;
use crate::world::lock;
use http::StatusCode;

impl Reading {
    /// A command is answered with 0.
    pub const COMMANDS_ANSWER_0: Self =
        Self::new("commands-answer-0", "a command is answered with result 0; otherwise with 1000");
    /// The result of a command is asked for.
    pub const RESULTS_ARE_ASKED_FOR: Self = Self::new(
        "results-are-asked-for",
        "the result of a command is not posted, and told at result/ and the command's name to who asks; otherwise posted",
    );
}

/// Nothing of the kind goes on.
const OVER: Refusal = Refusal(StatusCode::OK, 4101);
/// Such a call cannot be treated so.
const IMPOSSIBLE: Refusal = Refusal(StatusCode::OK, 4100);
/// Nobody has this number.
const NOBODY: Refusal = Refusal(StatusCode::OK, 3330);

/// The answer to a command on a leg; none where it is none of them.
pub(super) fn answer(pbx: &MangoVpbx, command: &str, request: &Value) -> Option<Result<Value, Refusal>> {
    let needed = |name: &str| text(&request[name]).ok_or(NO_PARAMETER);
    let act = |leg: &str, order: &dyn Fn() -> Result<Order, Refusal>| {
        let command_id = needed("command_id")?;
        let leg = needed(leg)?;
        let order = order()?;
        give(pbx, &leg, order)?;
        Ok(carried_out(pbx, command, &command_id))
    };
    Some(match command {
        "transfer" => act("call_id", &|| {
            let passing = match needed("method")?.as_str() {
                "blind" => Passing::Blind,
                "hold" => Passing::Consulting,
                _ => return Err(WRONG_PARAMETER),
            };
            is_initiator(pbx, &needed("call_id")?, &needed("initiator")?)?;
            Ok(Order::PassOn { to: colleague(pbx, &needed("to_number")?)?, passing })
        }),
        "calls_connect" => act("holded_call_id", &|| {
            let (first, second) = (needed("holded_call_id")?, needed("transferred_call_id")?);
            if entry_of(&first) != entry_of(&second) || first == second {
                return Err(IMPOSSIBLE);
            }
            is_initiator(pbx, &first, &needed("transfer_initiator_number")?)?;
            Ok(Order::HandOver)
        }),
        "transfer_cancel" => act("call_id", &|| Ok(Order::GiveUp)),
        "call/hold/on" => act("call_id", &|| {
            is_initiator(pbx, &needed("call_id")?, &needed("initiator")?)?;
            Ok(Order::Hold)
        }),
        "route" => act("call_id", &|| Ok(Order::Take { by: colleague(pbx, &needed("to_number")?)? })),
        "recording/start" => {
            let started = act("call_id", &|| {
                is_initiator(pbx, &needed("call_id")?, &needed("call_party_number")?)?;
                Ok(Order::Record(true))
            });
            started.and_then(|result| {
                tell_started(pbx, &needed("call_id")?, &needed("command_id")?);
                Ok(result)
            })
        }
        _ => return None,
    })
}

/// The answer to a command that is carried out; its result is told to the external system as well.
pub(super) fn carried_out(pbx: &MangoVpbx, command: &str, command_id: &str) -> Value {
    let world = &pbx.shared.world;
    let result = json!({"command_id": command_id, "result": 1000});
    if world.reads(Reading::RESULTS_ARE_ASKED_FOR) {
        lock(&pbx.shared.results).insert((command.to_owned(), command_id.to_owned()));
    } else {
        let (path, body) = (format!("result/{command}"), result.to_string());
        pbx.shared.sender.send(Webhook { key: command_id.to_owned(), path, body, sign: Sign::Right });
    }
    let answer = if world.reads(Reading::COMMANDS_ANSWER_0) { 0 } else { 1000 };
    json!({"command_id": command_id, "result": answer})
}

/// The result of a command, for who asks.
pub(super) fn result(pbx: &MangoVpbx, command: &str, request: &Value) -> Result<Value, Refusal> {
    let command_id = text(&request["command_id"]).ok_or(NO_PARAMETER)?;
    let known = lock(&pbx.shared.results).contains(&(command.to_owned(), command_id.clone()));
    if known {
        Ok(json!({"command_id": command_id, "result": 1000}))
    } else {
        Err(Refusal(StatusCode::NOT_FOUND, 3300))
    }
}

/// The call that a leg belongs to.
fn entry_of(leg: &str) -> &str {
    leg.split_once('.').map_or(leg, |(entry, _)| entry)
}

fn colleague(pbx: &MangoVpbx, number: &str) -> Result<String, Refusal> {
    let employee = pbx.shared.world.staff.employee(number);
    employee.map(|employee| employee.extension.clone()).ok_or(NOBODY)
}

/// Whether somebody of the office is the employee on a leg that is not over.
fn is_initiator(pbx: &MangoVpbx, leg: &str, who: &str) -> Result<(), Refusal> {
    let own = lock(&pbx.shared.open_legs).get(leg).cloned().ok_or(OVER)?;
    let named = own == who || pbx.shared.world.staff.by_sip(who).is_some_and(|employee| employee.extension == own);
    if named { Ok(()) } else { Err(NOBODY) }
}

/// Gives an order to the call of a leg that is not over, or that stands in the menu.
fn give(pbx: &MangoVpbx, leg: &str, order: Order) -> Result<(), Refusal> {
    let open = leg.ends_with(".menu") || lock(&pbx.shared.open_legs).contains_key(leg);
    if open && pbx.shared.world.orders.send(entry_of(leg), order) { Ok(()) } else { Err(OVER) }
}

/// The recording has begun, which is told as well.
fn tell_started(pbx: &MangoVpbx, leg: &str, command_id: &str) {
    let extension = lock(&pbx.shared.open_legs).get(leg).cloned().unwrap_or_default();
    let world = &pbx.shared.world;
    let event = json!({
        "recording_id": stage::recording_id(entry_of(leg)),
        "recording_state": "Started",
        "seq": 1,
        "entry_id": entry_of(leg),
        "call_id": leg,
        "extension": extension,
        "timestamp": world.told(world.now()).as_second(),
        "recipient": "Cloud",
        "command_id": command_id,
    });
    if let Value::Object(event) = event {
        pbx.post(entry_of(leg), "events/recording", event);
    }
}
