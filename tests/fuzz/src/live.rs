//! A session that is told everything that it wants to hear.

use std::collections::VecDeque;

use pbx::{Answer, Delivery, Make, Pbx, Request, Session, SessionInput, SessionOutput, WHOLE_ACCOUNT, session::Moment};
use serde_json::{Value, json};

use crate::{now, told};

/// Whose session it is, where each extension has one.
const EXTENSION: &str = "101";
/// Whatever is asked on and on is not answered for ever.
const MOST_OUTPUTS: usize = 64;

/// A session with a PBX that has nothing to tell.
pub struct Live {
    session: Box<dyn Session>,
    /// How often it has asked over HTTP.
    asked: usize,
    /// What it is answered instead, the so manieth time.
    instead: Option<(usize, Answer)>,
}

impl Live {
    fn of(pbx: &dyn Pbx, make: Make, instead: Option<(usize, Answer)>) -> Option<Self> {
        let key = match make.delivery {
            Delivery::SocketPerExtension => EXTENSION,
            Delivery::Socket | Delivery::Webhook | Delivery::Polling => WHOLE_ACCOUNT,
        };
        Some(Self { session: pbx.session(key)?, asked: 0, instead })
    }

    /// Tells it something; what it asks for meanwhile is answered. Says everything that it wanted, in order.
    pub fn step(&mut self, input: SessionInput<'_>, now: Moment) -> Vec<SessionOutput> {
        let mut outputs = Vec::new();
        let mut next: VecDeque<SessionOutput> = self.session.step(input, now).into();
        while let Some(output) = next.pop_front().filter(|_| outputs.len() < MOST_OUTPUTS) {
            next.extend(self.answer(&output, now));
            outputs.push(output);
        }
        outputs
    }

    fn answer(&mut self, output: &SessionOutput, now: Moment) -> Vec<SessionOutput> {
        match output {
            SessionOutput::Request(request) => {
                let instead = self.instead.take_if(|(place, _)| *place == self.asked);
                self.asked += 1;
                let answer = instead.map_or_else(|| told(friendly(request).to_string()), |(_, answer)| answer);
                self.session.step(SessionInput::Answered(Ok(&answer)), now)
            }
            SessionOutput::Open(_) => self.session.step(SessionInput::Opened, now),
            SessionOutput::Send(frame) => match reply(frame) {
                Some(reply) => self.session.step(SessionInput::Text(&reply), now),
                None => Vec::new(),
            },
            SessionOutput::Events { hold: true, .. } => self.session.step(SessionInput::Stored, now),
            SessionOutput::Events { hold: false, .. }
            | SessionOutput::Ping
            | SessionOutput::Connected
            | SessionOutput::DrainProgress { .. }
            | SessionOutput::Drained { .. }
            | SessionOutput::Snapshot(_)
            | SessionOutput::Notice(_)
            | SessionOutput::Answer { .. }
            | SessionOutput::Rights(_)
            | SessionOutput::End(_) => Vec::new(),
        }
    }
}

/// A session of the make, of the whole account or of one extension, that is live and waits for events.
pub fn live(pbx: &dyn Pbx, make: Make) -> Live {
    let mut live = Live::of(pbx, make, None).expect("a make with sessions");
    let outputs = live.step(SessionInput::Start, now());
    let drained = outputs.iter().any(|output| matches!(output, SessionOutput::Drained { complete: true }));
    assert!(drained, "{make} does not become live: {outputs:?}");
    live
}

/// What a session wants that is answered so at each place where it asks, the others answered as by a friendly PBX.
/// Nothing for makes without sessions.
pub(super) fn answered_so(pbx: &dyn Pbx, make: Make, answer: &Answer) -> Vec<SessionOutput> {
    let places = (0..3).filter_map(|place| {
        let mut session = Live::of(pbx, make, Some((place, answer.clone())))?;
        Some(session.step(SessionInput::Start, now()))
    });
    places.flatten().collect()
}

/// What a PBX answers that has nothing to tell.
fn friendly(request: &Request) -> Value {
    match request.operation {
        "channel" => json!({"result": {"code": 0}, "url": "wss://pbx.example/channel"}),
        "session/register" => json!({"result": {"code": 109}}),
        // A list of calls.
        _ => json!([]),
    }
}

/// What a PBX answers to a question over its socket (`["name", {"qid": …}]`).
fn reply(frame: &str) -> Option<String> {
    let frame: Value = serde_json::from_str(frame).ok()?;
    let (name, body) = (frame.get(0)?.as_str()?, frame.get(1)?);
    let known = ["subscr", "ccs", "callrecord"];
    let answer = json!({"qid": body.get("qid")?, "id": body.get("id"), "result": "ok", "capabilities": known});
    Some(json!([format!("{name}_result"), answer]).to_string())
}
