//! The past two weeks as the PBXs remember them when the simulator starts.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};

use super::demo;
use super::model::{CallPlan, Scenario, Topic};
use crate::make::Make;
use crate::random::Random;
use crate::staff::Names;

/// A finished call: when it began, and an id that does not depend on when the simulator was started.
#[derive(Debug, Clone)]
pub(crate) struct FinishedCall {
    pub(crate) began: Timestamp,
    pub(crate) id: String,
    pub(crate) plan: CallPlan,
}

/// The recorded and other calls of one make, oldest first; the same day and seed give the same calls.
pub(crate) fn history(seed: u64, make: Make, now: Timestamp, names: Names) -> Vec<FinishedCall> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let people: Vec<_> = demo::people(names).into_iter().collect();
    let mut calls = Vec::new();
    for days in 0..13_i64 {
        let Ok(day) = today.checked_sub(days.days()) else { continue };
        let mut random = Random::named(seed, &format!("history/{make}/{day}"));
        for _ in 0..random.between(1, 3) {
            // Office hours in Moscow, so that the list looks like an office's.
            let minute = random.between(6 * 60, 15 * 60);
            let Ok(midnight) = day.to_zoned(TimeZone::UTC) else { continue };
            let began = midnight.timestamp() + SignedDuration::from_secs(minute as i64 * 60);
            let plan = plan(&mut random, make, &people);
            let id = random.hex(32);
            // A call drawn for a later hour of today is not over yet.
            if began + SignedDuration::from_mins(10) < now {
                calls.push(FinishedCall { began, id, plan });
            }
        }
    }
    calls.sort_by_key(|call| call.began);
    calls
}

fn plan(random: &mut Random, make: Make, people: &[(String, String)]) -> CallPlan {
    let scenario = *random
        .pick(&[Scenario::Answered, Scenario::Answered, Scenario::Group, Scenario::Missed])
        .unwrap_or(&Scenario::Answered);
    let group = scenario == Scenario::Group;
    let agent = (*random.pick(&["201", "202", "203"]).unwrap_or(&"202")).to_owned();
    let topic = *random.pick(&[Topic::Order, Topic::Complaint, Topic::En]).unwrap_or(&Topic::En);
    let (number, name) = random.pick(people).cloned().unzip();
    CallPlan {
        make,
        scenario,
        customer: number,
        name,
        line: None,
        rings: if group { ["201", "202", "203"].map(String::from).to_vec() } else { vec![agent.clone()] },
        answers: (scenario != Scenario::Missed).then_some(agent),
        transfer: None,
        menu: None,
        ring: Duration::from_secs(random.between(3, 15)),
        talk: topic.length(),
        ago: None,
        record: None,
        topic: Some(topic),
        clicked: false,
        customer_first: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn history_holds_recorded_calls_of_the_last_two_weeks() {
        let now = at("2026-03-10T12:00:00Z");
        let calls = history(1, Make::ROSTELECOM, now, Names::Russian);
        assert!(calls.len() >= 12, "{}", calls.len());
        assert!(calls.iter().all(|call| call.began < now && now.duration_since(call.began).as_hours() < 14 * 24));
        assert!(calls.iter().any(|call| call.plan.answers.is_some() && call.plan.is_recorded(call.plan.talk)));
    }

    #[test]
    fn the_same_call_keeps_its_id_when_the_simulator_starts_again_later() {
        let morning = history(1, Make::MANGO_CLIENT, at("2026-03-10T05:00:00Z"), Names::Russian);
        let evening = history(1, Make::MANGO_CLIENT, at("2026-03-10T20:00:00Z"), Names::Russian);
        let ids: Vec<_> = evening.iter().map(|call| (&call.id, call.began)).collect();
        assert!(morning.iter().all(|call| ids.contains(&(&call.id, call.began))));
    }
}
