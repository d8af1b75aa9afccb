//! Recorded frames and lists of calls of the Era platform, through the make as the office uses it.

use std::{fs, path::Path};

use pbx::{
    Answer, Pbx, WHOLE_ACCOUNT,
    session::{Moment, Session, SessionInput, SessionOutput},
};
use serde_json::{Value, json};

/// What is told of a session.
#[derive(Default)]
struct Observed {
    events: Vec<Value>,
    present: Vec<String>,
    notice: Option<String>,
}

/// What recorded frames mean: `frames.jsonl`, a frame a line, and `list.json`, the list of calls after connecting (empty
/// where it is absent). What the session asks over its socket is answered as the page has it.
pub(crate) fn meaning(pbx: &dyn Pbx, case: &Path, received_at: &str) -> Result<Value, String> {
    let wall = received_at.parse().expect("a time");
    let now = Moment { monotonic: tokio::time::Instant::now().into_std(), wall };
    let mut session = pbx.session(WHOLE_ACCOUNT).ok_or("this make has no session")?;
    let list = fs::read_to_string(case.join("list.json")).unwrap_or_else(|_| "[]".to_owned());
    let mut told = Observed::default();
    let outputs = session.step(SessionInput::Start, now);
    follow(session.as_mut(), outputs, &list, now, &mut told)?;
    let outputs = session.step(SessionInput::Opened, now);
    follow(session.as_mut(), outputs, &list, now, &mut told)?;
    let frames = fs::read_to_string(case.join("frames.jsonl")).map_err(|error| format!("frames.jsonl: {error}"))?;
    for frame in frames.lines() {
        let outputs = session.step(SessionInput::Text(frame), now);
        follow(session.as_mut(), outputs, &list, now, &mut told)?;
    }
    Ok(json!({"events": told.events, "present": told.present, "notice": told.notice}))
}

fn follow(
    session: &mut dyn Session,
    outputs: Vec<SessionOutput>,
    list: &str,
    now: Moment,
    told: &mut Observed,
) -> Result<(), String> {
    for output in outputs {
        let more = match output {
            SessionOutput::Send(text) => session.step(SessionInput::Text(&answer(&text)?), now),
            SessionOutput::Request(_) => {
                let body = bytes::Bytes::from(list.to_owned());
                let answer = Answer { status: 200, retry_after: None, date: None, location: None, limits: None, body };
                session.step(SessionInput::Answered(Ok(&answer)), now)
            }
            SessionOutput::Events { events, .. } => {
                told.events.extend(events.iter().map(|event| json!(event)));
                Vec::new()
            }
            SessionOutput::Snapshot(snapshot) => {
                told.events.extend(snapshot.events.iter().map(|event| json!(event)));
                told.present.extend(snapshot.calls);
                Vec::new()
            }
            SessionOutput::Notice(notice) => {
                told.notice = notice;
                Vec::new()
            }
            SessionOutput::End(error) => return Err(error.to_string()),
            SessionOutput::Open(_)
            | SessionOutput::Ping
            | SessionOutput::Connected
            | SessionOutput::DrainProgress { .. }
            | SessionOutput::Drained { .. }
            | SessionOutput::Answer { .. }
            | SessionOutput::Rights(_) => Vec::new(),
        };
        follow(session, more, list, now, told)?;
    }
    Ok(())
}

/// The answer to what the session asks.
fn answer(asked: &str) -> Result<String, String> {
    let frame: Value = serde_json::from_str(asked).map_err(|error| error.to_string())?;
    let name = frame[0].as_str().ok_or("a frame without a name")?;
    let body = json!({"qid": frame[1]["qid"], "id": frame[1]["id"], "result": "ok"});
    Ok(json!([format!("{name}_result"), body]).to_string())
}
