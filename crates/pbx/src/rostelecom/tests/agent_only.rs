//! The override `connected = agent`: an outgoing `connected` tells of the agent alone. Through the book, since it
//! decides what people see.

use calls::{Book, CallResult, CallState, LogEvent, Stored};

use super::*;

fn agent_only() -> Rostelecom {
    let mut config = config();
    config.overrides.insert("connected".to_owned(), "agent".to_owned());
    Rostelecom::new(&config).expect("a make")
}

/// The state and the result after these states of an outgoing call, the last with this reason.
fn after(pbx: &Rostelecom, states: &[&str], reason: &str) -> (CallState, Option<CallResult>) {
    let mut book = Book::new("rt1".parse().expect("an id"), pbx.book_settings());
    let mut last = None;
    for (seq, state) in (1..).zip(states) {
        let body = json!({"session_id": "s1", "type": "outbound", "state": state, "from_pin": "345",
            "timestamp": format!("2018-04-23 15:01:{:02}.000", 10 + seq), "request_number": "+79161234567",
            "disconnect_reason": if *state == "disconnected" { reason } else { "" }});
        let mut request = WebhookRequest {
            method: "POST".to_owned(),
            path: "/call_events".to_owned(),
            headers: Vec::new(),
            body: body.to_string().into(),
        };
        pbx.sign_webhook(&mut request).expect("signed");
        let decoded = pbx.decode(pbx.verify(&request).expect("authentic"), &context());
        for event in decoded.events {
            let received_at = context().received_at;
            let stored =
                Stored { seq, connection: "rt1".parse().expect("an id"), received_at, event: LogEvent::Vendor(event) };
            for change in book.apply(&stored) {
                if let calls::Change::Call(call) = change {
                    last = Some((call.state, call.result));
                }
            }
        }
    }
    last.expect("a call")
}

#[test]
fn the_customer_is_dialled_until_something_tells_that_he_talked() {
    let pbx = agent_only();
    assert_eq!(after(&pbx, &["new"], ""), (CallState::Dialling, None));
    assert_eq!(after(&pbx, &["new", "connected"], ""), (CallState::Dialling, None));
    let end = ["new", "connected", "disconnected", "end"];
    assert_eq!(after(&pbx, &end, "5"), (CallState::Ended, Some(CallResult::Answered)));
    assert_eq!(after(&pbx, &end, ""), (CallState::Ended, Some(CallResult::NoAnswer)));
    assert_eq!(after(&pbx, &end, "3"), (CallState::Ended, Some(CallResult::Busy)));
    assert_eq!(after(&pbx, &end, "что-то"), (CallState::Ended, Some(CallResult::NoAnswer)));
}

#[test]
fn without_the_override_both_talk() {
    assert_eq!(after(&pbx(), &["new", "connected"], ""), (CallState::Talking, None));
}
