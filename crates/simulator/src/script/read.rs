//! Reads a script: JSON lines to steps, with defaults filled in and a line number in every error.

use std::time::Duration;

use serde_json::Value;

use super::model::{CallPlan, Callee, CalleeDoes, RawBody, RawEvent, Scenario, Step, Timed};
use super::wire::{Digits, Length, LineWire, Repeat};
use super::{Rounds, Script, ScriptError, Source};
use crate::make::{Delivery, Make};

/// The most steps that repeated lines may add up to.
const MOST_STEPS: u64 = 100_000;
/// The shortest time between two rounds or repetitions.
const SHORTEST_EVERY: Duration = Duration::from_millis(1);

pub(super) fn read(text: &str) -> Result<Script, ScriptError> {
    let mut steps: Vec<Timed> = Vec::new();
    let mut rounds = Rounds { times: Some(1), every: Duration::ZERO };
    let mut previous = Duration::ZERO;
    for (line, written) in (1..).zip(text.lines()) {
        let written = written.trim().trim_start_matches('\u{feff}');
        if written.is_empty() || written.starts_with('#') || written.starts_with("//") {
            continue;
        }
        let wrong = |reason: String| ScriptError { line, reason };
        let wire: LineWire = serde_json::from_str(written).map_err(|error| wrong(plain(&error)))?;
        let at = match (wire.at, wire.after) {
            (Some(_), Some(_)) => return Err(wrong("give either \"at\" or \"after\", not both".into())),
            (Some(at), None) => at.0,
            (None, after) => previous + after.map_or(Duration::ZERO, |after| after.0),
        };
        let (repeat, every) = (wire.repeat, wire.every);
        match step(wire).map_err(wrong)? {
            Some(step) => {
                let (times, every) = bounded(repeat, every).map_err(wrong)?;
                let times = times.ok_or_else(|| wrong("one line cannot repeat forever; repeat the script".into()))?;
                if steps.len() as u64 + times > MOST_STEPS {
                    return Err(wrong(format!("a script has at most {MOST_STEPS} steps, repetitions included")));
                }
                previous = at;
                for round in 0..u32::try_from(times).unwrap_or(u32::MAX) {
                    steps.push(Timed { at: at + every.saturating_mul(round), line, step: numbered(&step, round + 1) });
                }
            }
            None => {
                let (times, every) = bounded(repeat, every).map_err(wrong)?;
                rounds = Rounds { times, every };
            }
        }
    }
    // A stable sort: lines of the same time keep their order.
    steps.sort_by_key(|timed| timed.at);
    if steps.is_empty() {
        rounds.times = Some(1);
    }
    Ok(Script { source: Source::Steps { steps, rounds } })
}

/// A repeated step; `{n}` in an event becomes the number of the repetition.
fn numbered(step: &Step, number: u32) -> Step {
    let mut step = step.clone();
    if let Step::Event(event) = &mut step {
        match &mut event.body {
            RawBody::Text(text) => *text = text.replace("{n}", &number.to_string()),
            RawBody::Object(object) => object.values_mut().for_each(|value| number_value(value, number)),
        }
    }
    step
}

fn number_value(value: &mut Value, number: u32) {
    match value {
        Value::String(text) => *text = text.replace("{n}", &number.to_string()),
        Value::Array(items) => items.iter_mut().for_each(|item| number_value(item, number)),
        Value::Object(members) => members.values_mut().for_each(|member| number_value(member, number)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The message of a JSON error without its own line and column, which count from the line's start.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

fn bounded(repeat: Option<Repeat>, every: Option<Length>) -> Result<(Option<u64>, Duration), String> {
    let every = every.map(|every| every.0);
    if every.is_some_and(|every| every < SHORTEST_EVERY) {
        return Err("\"every\" is at least 1ms".into());
    }
    match (repeat, every) {
        (None, None) => Ok((Some(1), Duration::ZERO)),
        (None, Some(_)) => Err("\"every\" goes with \"repeat\"".into()),
        (Some(_), None) => Err("\"repeat\" needs \"every\", as in {\"repeat\":10,\"every\":\"30s\"}".into()),
        (Some(Repeat::Forever), Some(every)) => Ok((None, every)),
        (Some(Repeat::Times(times @ 1..=MOST_STEPS)), Some(every)) => Ok((Some(times), every)),
        (Some(Repeat::Times(_)), Some(_)) => Err(format!("\"repeat\" is 1 to {MOST_STEPS}, or \"forever\"")),
    }
}

/// The one thing a line asks for; none when it only sets the rounds of the script.
fn step(wire: LineWire) -> Result<Option<Step>, String> {
    let asked = [
        wire.call.is_some(),
        wire.event.is_some(),
        wire.raw.is_some(),
        wire.cut.is_some(),
        wire.fault.is_some(),
        wire.phone.is_some(),
        wire.callee.is_some(),
        wire.zone.is_some(),
    ];
    let asked = asked.into_iter().filter(|asked| *asked).count();
    let rule = "a line has one of \"call\", \"event\", \"raw\", \"cut\", \"fault\", \"phone\", \"callee\", \"zone\"";
    if asked > 1 {
        return Err(format!("{rule}, not several"));
    }
    if let Some(scenario) = wire.call {
        return call(scenario, wire).map(|plan| Some(Step::Call(plan)));
    }
    if let Some(event) = wire.event.clone() {
        return raw(RawBody::Object(event), wire).map(Some);
    }
    if let Some(text) = wire.raw.clone() {
        return raw(RawBody::Text(text), wire).map(Some);
    }
    if let Some(Digits(extension)) = wire.cut {
        return match wire.make {
            Some(make) if !make.description().delivery.has_sockets() => Err(format!("{make} has no socket to cut")),
            make => Ok(Some(Step::Cut(make, extension))),
        };
    }
    if let Some(fault) = wire.fault {
        let fault = fault.parse().map_err(|error: crate::fault::FaultError| error.to_string())?;
        return Ok(Some(Step::Fault(fault, wire.on.unwrap_or(true))));
    }
    if let Some(Digits(extension)) = wire.phone {
        let action = wire.action.ok_or("\"phone\" needs \"do\": \"pickup\", \"hangup\" or \"let-ring\"")?;
        return Ok(Some(Step::Phone(extension, action)));
    }
    if let Some(Digits(written)) = wire.callee {
        let number = number(&written)?.ok_or("\"callee\" cannot be hidden")?;
        let usual = Callee::default();
        let callee = Callee {
            does: wire.does.unwrap_or(CalleeDoes::Answer),
            ring: wire.ring.map_or(usual.ring, |ring| ring.0),
            talk: wire.talk.map_or(usual.talk, |talk| talk.0),
        };
        return Ok(Some(Step::Callee(number, callee)));
    }
    if let Some(zone) = wire.zone {
        return Ok(Some(Step::Zone(zone)));
    }
    if wire.repeat.is_some() { Ok(None) } else { Err(rule.into()) }
}

fn raw(body: RawBody, wire: LineWire) -> Result<Step, String> {
    let make = wire.make.ok_or_else(|| format!("an event needs \"make\": one of {}", Make::names()))?;
    let extension = wire.extension.map(|extension| extension.0);
    let usual = match make.description().delivery {
        Delivery::Webhooks { path } => path,
        Delivery::SocketPerExtension if extension.is_none() => {
            return Err(format!("an event of {make} needs \"extension\": whose socket it goes to"));
        }
        Delivery::Socket if wire.method.is_none() && matches!(body, RawBody::Object(_)) => {
            return Err(format!("an event of {make} needs \"method\": its name, as in \"callevents.dlg_start\""));
        }
        Delivery::SocketPerExtension | Delivery::Socket => "",
        Delivery::Polling => return Err(format!("{make} pushes nothing: it has no events of its own")),
    };
    let path = wire.method.unwrap_or_else(|| usual.to_owned());
    Ok(Step::Event(RawEvent { make, body, extension, sign: wire.sign.unwrap_or_default(), path }))
}

fn call(scenario: Scenario, wire: LineWire) -> Result<CallPlan, String> {
    let make = wire.make.ok_or_else(|| format!("a call needs \"make\": one of {}", Make::names()))?;
    if scenario == Scenario::Reconnect && !make.description().delivery.has_sockets() {
        return Err(format!("{make} has no socket to cut; \"reconnect\" is for makes with sockets"));
    }
    let outwards = scenario.is_callback() || matches!(scenario, Scenario::Outgoing | Scenario::Internal);
    let agent = wire.agent.or(wire.answers.clone()).map(|agent| agent.0);
    let answers = wire.answers.map(|extension| extension.0);
    let rings = wire.rings.map(|rings| rings.into_iter().map(|extension| extension.0).collect::<Vec<_>>());
    if rings.as_ref().is_some_and(Vec::is_empty) {
        return Err("\"rings\" names at least one extension".into());
    }
    let seconds = Duration::from_secs;
    let mut plan = CallPlan {
        make,
        scenario,
        customer: None,
        name: wire.name,
        line: None,
        rings: vec![],
        answers: None,
        transfer: wire.transfer.map(|extension| extension.0),
        menu: wire.menu.map(|menu| menu.0),
        ring: wire.ring.map_or_else(|| seconds(if scenario == Scenario::Missed { 12 } else { 4 }), |ring| ring.0),
        talk: wire.talk.map_or_else(|| seconds(20), |talk| talk.0),
        ago: wire.ago.map(|ago| ago.0),
        record: wire.record,
        topic: wire.recording,
        clicked: false,
        customer_first: false,
    };
    if outwards {
        let agent = agent.unwrap_or_else(|| "202".into());
        let Digits(to) = wire.to.ok_or("this call needs \"to\": the number or extension that is called")?;
        if scenario == Scenario::Internal {
            let from = wire.from.map_or_else(|| if to == "201" { "202".into() } else { "201".into() }, |from| from.0);
            if from == to {
                return Err("an internal call needs two extensions: \"from\" and \"to\"".into());
            }
            plan.rings = vec![from, to.clone()];
            plan.answers = Some(to);
        } else {
            plan.customer = Some(number(&to)?.ok_or("\"to\" cannot be hidden")?);
            plan.answers = Some(agent.clone());
            plan.rings = vec![agent];
        }
        return Ok(plan);
    }
    plan.customer = number(wire.from.as_ref().map_or("hidden", |from| from.0.as_str()))?;
    plan.line = wire.to.map(|to| number(&to.0)).transpose()?.flatten();
    let several = || ["201", "202", "203"].map(String::from).to_vec();
    plan.rings = match (rings, scenario) {
        (Some(rings), _) => rings,
        (None, Scenario::Group) => several(),
        (None, _) => vec![agent.unwrap_or_else(|| "202".into())],
    };
    if scenario.is_answered() {
        plan.answers = answers.or_else(|| plan.rings.first().cloned());
    }
    if let Some(answers) = &plan.answers
        && !plan.rings.contains(answers)
    {
        return Err("\"answers\" is one of \"rings\"".into());
    }
    if (scenario.is_passed_on() || scenario == Scenario::Taken) && plan.transfer.is_none() {
        plan.transfer = Some(if plan.answers.as_deref() == Some("203") { "201".into() } else { "203".into() });
    }
    if plan.transfer.is_some() && plan.transfer == plan.answers {
        return Err("\"transfer\" names another extension than \"answers\"".into());
    }
    if scenario == Scenario::Replay && plan.ago.is_none() {
        plan.ago = Some(seconds(86_400));
    }
    Ok(plan)
}

/// A number in E.164 with a plus; none when it is hidden.
fn number(text: &str) -> Result<Option<String>, String> {
    let text = text.trim();
    if text.is_empty() || text == "hidden" {
        return Ok(None);
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let tidy = text.chars().all(|c| c.is_ascii_digit() || "+ -()".contains(c));
    if !tidy || !(3..=15).contains(&digits.len()) {
        return Err("a number has 3 to 15 digits, as in \"+79001234567\"; a hidden one is \"hidden\"".into());
    }
    Ok(Some(match digits.strip_prefix('8') {
        // The Russian trunk prefix.
        Some(rest) if digits.len() == 11 && !text.starts_with('+') => format!("+7{rest}"),
        _ if digits.len() > 6 => format!("+{digits}"),
        _ => digits,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Vec<Timed> {
        Script::parse(text).expect("a good script").steps().take(50).collect()
    }

    fn call(text: &str) -> CallPlan {
        let Step::Call(plan) = steps(text).remove(0).step else { panic!("a call") };
        plan
    }

    fn reason(text: &str) -> String {
        Script::parse(text).expect_err("a bad script").to_string()
    }

    #[test]
    fn the_line_of_the_help_is_understood() {
        let plan = call(
            r#"{"at":"2s","make":"rostelecom","call":"answered","from":"+79161234567","name":"Maria","to":"+74951234567","answers":"201","talk":"20s"}"#,
        );
        assert_eq!(plan.customer.as_deref(), Some("+79161234567"));
        assert_eq!(plan.rings, ["201"]);
        assert_eq!(plan.talk, Duration::from_secs(20));
    }

    #[test]
    fn every_scenario_has_defaults() {
        let group = call(r#"{"make":"mango-client","call":"group"}"#);
        assert_eq!((group.rings.len(), group.answers.as_deref(), group.customer), (3, Some("201"), None));
        assert_eq!(call(r#"{"make":"mango-client","call":"missed"}"#).answers, None);
        assert_eq!(call(r#"{"make":"mango-client","call":"transfer"}"#).transfer.as_deref(), Some("203"));
        assert_eq!(call(r#"{"make":"mango-client","call":"replay"}"#).ago, Some(Duration::from_secs(86_400)));
        let internal = call(r#"{"make":"rostelecom","call":"internal","to":203}"#);
        assert_eq!((internal.rings, internal.answers.as_deref()), (vec!["201".into(), "203".into()], Some("203")));
        let callback = call(r#"{"make":"rostelecom","call":"callback","to":"8 (900) 123-45-67"}"#);
        assert_eq!((callback.customer.as_deref(), callback.answers.as_deref()), (Some("+79001234567"), Some("202")));
    }

    #[test]
    fn times_are_absolute_or_after_the_line_before() {
        let text = "# comment\n{\"at\":\"5s\",\"cut\":\"201\"}\n\n{\"after\":\"1s\",\"cut\":\"202\"}\n{\"at\":1,\"cut\":\"203\"}";
        let times: Vec<_> = steps(text).iter().map(|timed| (timed.at.as_secs(), timed.line)).collect();
        assert_eq!(times, [(1, 5), (5, 2), (6, 4)]);
    }

    #[test]
    fn lines_and_scripts_repeat_within_bounds() {
        let times = |text| steps(text).iter().map(|timed| timed.at.as_secs()).collect::<Vec<_>>();
        assert_eq!(times(r#"{"at":"1s","cut":"201","repeat":3,"every":"2s"}"#), [1, 3, 5]);
        assert_eq!(times("{\"cut\":\"201\"}\n{\"repeat\":2,\"every\":\"9s\"}"), [0, 9]);
        assert_eq!(times("{\"cut\":\"201\"}\n{\"repeat\":\"forever\",\"every\":\"1s\"}").len(), 50);
        assert_eq!(times("{\"repeat\":\"forever\",\"every\":\"1s\"}").len(), 0);
        assert!(reason(r#"{"cut":"201","repeat":100001,"every":"1s"}"#).contains("100000"));
        assert!(reason(r#"{"cut":"201","repeat":0,"every":"1s"}"#).contains("100000"));
        assert!(reason(r#"{"cut":"201","repeat":"forever","every":"1s"}"#).contains("repeat the script"));
        assert!(reason(r#"{"cut":"201","repeat":2}"#).contains("every"));
    }

    #[test]
    fn repeated_events_are_numbered() {
        let text = r#"{"make":"rostelecom","event":{"session_id":"s{n}"},"repeat":2,"every":"1s"}"#;
        let ids = steps(text).into_iter().map(|timed| {
            let Step::Event(RawEvent { body: RawBody::Object(object), .. }) = timed.step else { panic!("an event") };
            object["session_id"].clone()
        });
        assert_eq!(ids.collect::<Vec<_>>(), ["s1", "s2"]);
    }

    #[test]
    fn a_wrong_line_is_named() {
        let error = Script::parse("{\"cut\":\"201\"}\n\n{\"call\":\"ring\"}").expect_err("no such call");
        assert_eq!(error.line, 3);
        assert!(reason(r#"{"make":"rostelecom","call":"answered","colour":"red"}"#).contains("colour"));
        assert!(reason("{").starts_with("line 1: "));
        assert!(reason("{}").contains("one of"));
        assert!(reason(r#"{"call":"missed"}"#).contains("make"));
        assert!(reason(r#"{"cut":"201","zone":"UTC"}"#).contains("not several"));
        assert!(reason(r#"{"at":"1s","after":"1s","cut":"201"}"#).contains("not both"));
        assert!(reason(r#"{"make":"rostelecom","call":"reconnect"}"#).contains("no socket"));
        assert!(reason(r#"{"make":"rostelecom","call":"missed","from":"Maria"}"#).contains("digits"));
        assert!(reason(r#"{"make":"rostelecom","call":"group","answers":"204"}"#).contains("rings"));
        assert!(reason(r#"{"fault":"gravity"}"#).contains("known faults"));
    }
}
