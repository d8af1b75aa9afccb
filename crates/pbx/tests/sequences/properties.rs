//! What holds for every sequence, however its messages come.

use calls::CallResult;
use jiff::SignedDuration;

use crate::{
    era, mango, mango_vpbx,
    office::{Office, Script, Step, What, at},
    rostelecom, zadarma,
};

/// Longer than any silence, measured from the last message.
const SILENCE: SignedDuration = SignedDuration::from_hours(5);

fn scripts() -> Vec<Script> {
    [mango::scripts(), mango_vpbx::scripts(), rostelecom::scripts(), zadarma::scripts(), era::scripts()].concat()
}

/// Plays the steps with a restart at every place, and checks what must always hold.
fn holds(script: &Script, steps: &[Step], what: &str, may_miss: bool) {
    let last = steps.iter().map(|step| step.ms).max().unwrap_or_default();
    let mut plain = Office::play(script.make, steps);
    plain.wait_until(at(last) + SILENCE);
    let mut restarted = Office::play_with_restarts(script.make, steps);
    restarted.wait_until(at(last) + SILENCE);
    assert_eq!(restarted.calls, plain.calls, "{}: {what}, with restarts", script.name);
    for office in [plain, restarted] {
        let told = format!("{}: {what}", script.name);
        for (vendor_call, result) in &script.results {
            let Some(call) = office.calls.get(&office.id(vendor_call)) else { continue };
            assert!(call.is_ended(), "{told}: {call:#?}");
            if *result == CallResult::Answered && !may_miss {
                let got = call.result.expect("ended");
                let good = matches!(got, CallResult::Answered | CallResult::AnsweredElsewhere | CallResult::Unknown);
                assert!(good, "{told}: {got:?} {call:#?}");
            }
        }
        assert_eq!(office.read_again(), office.calls, "{told}: the log read again");
    }
}

fn messages(script: &Script) -> Vec<usize> {
    (0..script.steps.len()).filter(|place| script.steps[*place].is_message()).collect()
}

/// Whether nothing but it shows that somebody answered. MANGO numbers a leg's messages, so there a loss shows.
fn alone_tells_of_answer(script: &Script, lost: usize) -> bool {
    let connected = |step: &Step| {
        let What::Message { body, .. } = &step.what else { return false };
        // What ends a call of Zadarma says itself whether it was answered.
        let said = body["state"].as_str() == Some("connected") || body["disposition"].as_str() == Some("answered");
        // So does the end of a dialogue of Era, where it is the one that the answer began.
        said || body[1]["event"].as_str() == Some("callevents.dlg_start") || body[1]["data"]["completiontype"] == "bye"
    };
    connected(&script.steps[lost]) && script.steps.iter().filter(|step| connected(step)).count() == 1
}

#[test]
fn every_sequence_ends_in_its_result() {
    for script in scripts() {
        let office = Office::play(script.make, &script.steps).settle();
        for (call, result) in &script.results {
            assert_eq!(office.call(call).result, Some(*result), "{}: {:#?}", script.name, office.call(call));
        }
    }
}

#[test]
fn any_message_may_be_lost() {
    for script in scripts() {
        for place in messages(&script) {
            let mut steps = script.steps.clone();
            steps.remove(place);
            let may_miss = alone_tells_of_answer(&script, place);
            holds(&script, &steps, &format!("without {place}"), may_miss);
        }
    }
}

#[test]
fn any_message_may_be_repeated() {
    for script in scripts() {
        for place in messages(&script) {
            for again in [place + 1, script.steps.len()] {
                let mut steps = script.steps.clone();
                let ms = steps[again - 1].ms + 1;
                steps.insert(again, Step { ms, ..steps[place].clone() });
                let office = Office::play(script.make, &steps).settle();
                for (call, result) in &script.results {
                    let got = office.call(call).result;
                    assert_eq!(got, Some(*result), "{}: {place} again at {again}", script.name);
                }
                holds(&script, &steps, &format!("{place} again at {again}"), false);
            }
        }
    }
}

#[test]
fn any_two_messages_may_be_swapped() {
    for script in scripts() {
        let places = messages(&script);
        for (nth, one) in places.iter().enumerate() {
            for other in &places[nth + 1..] {
                let mut steps = script.steps.clone();
                let (first, second) = (steps[*one].what.clone(), steps[*other].what.clone());
                steps[*one].what = second;
                steps[*other].what = first;
                holds(&script, &steps, &format!("{one} and {other} swapped"), false);
                let office = Office::play(script.make, &steps).settle();
                for (call, result) in &script.results {
                    let got = office.call(call).result.expect("ended");
                    assert!(got == *result, "{}: {one} and {other} swapped: {got:?}", script.name);
                }
            }
        }
    }
}
