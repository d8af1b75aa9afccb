//! What is asked of a PBX and what its answer means: `command.json` says what is asked for, `answer.http` is the whole answer.
//! A call that is acted on was told of by `frames.jsonl`.

use std::{fs, path::Path};

use calls::{ActOn, Action, Book, CommandId, LogEvent, RecordingReference, Source, Stored, VendorEvent};
use jiff::tz::TimeZone;
use pbx::{Answer, DecodeContext, Make, Pbx, RecordingStep, Request, SessionInput};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fixtures::RECEIVED_AT;

/// What is asked for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Asked {
    /// To ring `from` and then `to`.
    Originate { from: String, to: String },
    /// To do something with the call that the frames tell of.
    Act(Action),
    /// To tell of a call that is over.
    Details { call: String },
    /// To give a recording.
    Recording { call: String, reference: RecordingReference },
}

/// The request, and what the answer to it means.
pub(crate) fn meaning(pbx: &dyn Pbx, make: Make, case: &Path) -> Result<Value, String> {
    let file = |name: &str| fs::read_to_string(case.join(name)).map_err(|error| format!("{name}: {error}"));
    let asked: Asked =
        serde_json::from_str(&file("command.json")?).map_err(|error| format!("command.json: {error}"))?;
    let answer = crate::ringcloud::read(&file("answer.http")?)?;
    let command = CommandId(Uuid::nil());
    let said = |error: pbx::Error| error.to_string();
    let (request, means) = match asked {
        Asked::Originate { from, to } => {
            let request = pbx.originate(command, &from, &to).map_err(said)?;
            (request, json!(pbx.read_originate(command, &answer)))
        }
        Asked::Act(action) => {
            let on = acted_on(pbx, make, &file("frames.jsonl")?, &action)?;
            let request = pbx.act(command, &on, &action).map_err(said)?;
            (request, json!(pbx.read_act(command, &action, &answer)))
        }
        Asked::Details { call } => {
            let request = pbx.call_details(&call).map_err(said)?;
            let context = DecodeContext { received_at: received_at(), zone: TimeZone::UTC, source: Source::Replay };
            let told = pbx.read_call_details(&call, &answer, &context).map_err(said)?;
            (request, json!(told.map(|call| call.events)))
        }
        Asked::Recording { call, reference } => recording(pbx, &call, &reference, &answer)?,
    };
    Ok(json!({"request": sent(request, pbx)?, "means": means}))
}

fn recording(
    pbx: &dyn Pbx,
    call: &str,
    reference: &RecordingReference,
    answer: &Answer,
) -> Result<(Request, Value), String> {
    let step = pbx.recording(call, reference, received_at()).map_err(|error| error.to_string())?;
    Ok(match step {
        // The audio itself is no message.
        RecordingStep::Fetch(request) => (request, Value::Null),
        RecordingStep::Ask(request) => match pbx.read_recording(answer) {
            Ok(next) => (request, json!({"fetch": next.url.as_str(), "signed": next.signed})),
            Err(error) => (request, json!({"error": error.to_string()})),
        },
    })
}

/// The open call of the frames, and the leg of it that the action suits.
fn acted_on(pbx: &dyn Pbx, make: Make, frames: &str, action: &Action) -> Result<ActOn, String> {
    let mut session = trubka_fuzz::live(pbx, make);
    let outputs = frames.lines().flat_map(|frame| session.step(SessionInput::Text(frame), trubka_fuzz::now()));
    let events: Vec<VendorEvent> = outputs.flat_map(|output| output.events().to_vec()).collect();
    let connection: calls::ConnectionId = "fixture".parse().map_err(|_| "no id")?;
    let mut book = Book::new(connection.clone(), pbx.book_settings());
    for (seq, event) in (1..).zip(events) {
        let event = LogEvent::Vendor(event);
        book.apply(&Stored { seq, connection: connection.clone(), received_at: received_at(), event });
    }
    let call = book.open_calls().next().ok_or("no call is open")?.clone();
    let leg = call.legs.iter().find(|leg| action.suits(leg)).ok_or("no leg of it suits")?.clone();
    Ok(ActOn { extension: leg.extension.clone(), call, leg, other: None })
}

/// A request as it is sent, but for the signature.
fn sent(request: Request, pbx: &dyn Pbx) -> Result<Value, String> {
    let base = pbx.base_url();
    if request.url.origin() != base.origin() {
        return Ok(json!({"method": request.method.as_str(), "url": request.url.as_str(), "signed": request.signed}));
    }
    let body = std::str::from_utf8(&request.body).map_err(|error| error.to_string())?;
    let body = serde_json::from_str(body).unwrap_or_else(|_| Value::from(body));
    let (method, path) = (request.method.as_str(), request.url.path());
    Ok(json!({"method": method, "path": path, "body": body, "signed": request.signed}))
}

fn received_at() -> jiff::Timestamp {
    RECEIVED_AT.parse().expect("a time")
}
