//! Office traffic without an end: varied, one call at a time at first, the same for the same seed.

use std::collections::BTreeMap;
use std::time::Duration;

use super::model::{CallPlan, Scenario, Step, Timed, Topic};
use crate::make::Make;
use crate::random::Random;
use crate::staff::Names;

/// The customers of the demo: numbers that belong to nobody, and the names an address book has for most, in Russian
/// and in English.
const CUSTOMERS: [(&str, Option<(&str, &str)>); 12] = [
    ("+79001234567", Some(("Мария Ковалёва", "Mary Smith"))),
    ("+79161234567", Some(("ООО «Север»", "North Ltd"))),
    ("+79001234568", Some(("Дмитрий Орлов", "David Eagle"))),
    ("+74951234568", Some(("Типография «Формат»", "Format Printers"))),
    ("+79161234568", None),
    ("+79001234569", Some(("Ольга Зайцева", "Olivia Hare"))),
    ("+79001234560", Some(("Студия «Лампа»", "Lamp Studio"))),
    ("+74951234569", None),
    ("+79161234569", Some(("Алексей Новиков", "Alex Newman"))),
    ("+79001234561", Some(("Кафе «Берег»", "Shore Café"))),
    ("+442079460123", Some(("Thomas Reed", "Thomas Reed"))),
    ("+79001234562", None),
];

pub(super) fn people(names: Names) -> BTreeMap<String, String> {
    let named = |(number, name): &(&str, Option<(&str, &str)>)| Some(((*number).to_owned(), spelt(names, (*name)?)));
    CUSTOMERS.iter().filter_map(named).collect()
}

fn spelt(names: Names, (russian, english): (&str, &str)) -> String {
    names.pick(russian, english).to_owned()
}

/// What happens in turn; the first is answered by the agent of the demo and recorded.
const TURNS: [Scenario; 8] = [
    Scenario::Answered,
    Scenario::Group,
    Scenario::Missed,
    Scenario::Answered,
    Scenario::Group,
    Scenario::Transfer,
    Scenario::Answered,
    Scenario::Missed,
];

/// The endless steps of the demo.
#[derive(Debug)]
pub(super) struct Traffic {
    random: Random,
    at: Duration,
    turn: usize,
    /// The makes that run; they take turns.
    running: Vec<Make>,
    names: Names,
}

impl Traffic {
    pub(super) fn new(seed: u64, running: Vec<Make>, names: Names) -> Self {
        Self { random: Random::named(seed, "demo/traffic"), at: Duration::from_millis(1500), turn: 0, running, names }
    }

    fn plan(&mut self, make: Make, scenario: Scenario) -> CallPlan {
        let (agent, colleague) = ("202".to_owned(), "201".to_owned());
        let drawn = *self.random.pick(&CUSTOMERS).unwrap_or(&CUSTOMERS[0]);
        let topic = *self.random.pick(&[Topic::En, Topic::Order, Topic::En, Topic::Complaint]).unwrap_or(&Topic::En);
        // The demo begins with a card that has a name; every ninth caller hides.
        let first = self.turn == 0;
        let (number, name) = if first { CUSTOMERS[0] } else { drawn };
        let topic = if first { Topic::Complaint } else { topic };
        let hidden = self.turn % 9 == 6;
        let group = scenario == Scenario::Group;
        let answered = scenario.is_answered();
        CallPlan {
            make,
            scenario,
            customer: (!hidden).then(|| number.to_owned()),
            name: name.filter(|_| !hidden).map(|name| spelt(self.names, name)),
            line: None,
            rings: if group { vec![colleague.clone(), agent.clone(), "203".into()] } else { vec![agent.clone()] },
            answers: answered.then_some(if group { colleague } else { agent }),
            transfer: (scenario == Scenario::Transfer).then(|| "203".into()),
            menu: None,
            ring: Duration::from_secs(if answered { self.random.between(3, 5) } else { 9 }),
            talk: topic.length(),
            ago: None,
            record: None,
            topic: Some(topic),
            clicked: false,
            customer_first: false,
        }
    }
}

/// The longest that passing a call on takes.
const TRANSFER: Duration = Duration::from_secs(3);

fn length(plan: &CallPlan) -> Duration {
    let talk = if plan.answers.is_some() { plan.talk } else { Duration::ZERO };
    let transfer = if plan.transfer.is_some() { TRANSFER } else { Duration::ZERO };
    plan.ring + talk + transfer
}

impl Iterator for Traffic {
    type Item = Timed;

    fn next(&mut self) -> Option<Timed> {
        let make = *self.running.get(self.turn % self.running.len().max(1))?;
        let plan = self.plan(make, TURNS[self.turn % TURNS.len()]);
        let at = self.at;
        self.turn += 1;
        // The next customer calls a little after this one has gone, so that two never overlap.
        self.at += length(&plan) + Duration::from_secs(self.random.between(4, 8));
        Some(Timed { at, line: 0, step: Step::Call(plan) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plans(seed: u64, count: usize) -> Vec<(Duration, CallPlan)> {
        let call = |timed: Timed| {
            let Step::Call(plan) = timed.step else { panic!("the demo only calls") };
            (timed.at, plan)
        };
        Traffic::new(seed, Make::ALL.to_vec(), Names::Russian).take(count).map(call).collect()
    }

    #[test]
    fn the_first_call_comes_soon_is_answered_by_the_agent_and_recorded() {
        let (at, plan) = plans(3, 1).remove(0);
        assert!(at < Duration::from_secs(3));
        assert_eq!(plan.answers.as_deref(), Some("202"));
        assert!(plan.name.is_some() && plan.is_recorded(plan.talk));
        assert!(at + length(&plan) < Duration::from_secs(38));
    }

    #[test]
    fn calls_never_overlap_and_all_kinds_occur() {
        let plans = plans(3, 40);
        for pair in plans.windows(2) {
            assert!(pair[0].0 + length(&pair[0].1) < pair[1].0);
        }
        assert!(plans.iter().any(|(_, plan)| plan.customer.is_none()));
        assert!(plans.iter().any(|(_, plan)| plan.scenario == Scenario::Missed));
        assert!(plans.iter().any(|(_, plan)| plan.answers.as_deref() == Some("201")));
        assert!(plans.iter().any(|(_, plan)| plan.make == Make::MANGO_CLIENT));
    }

    #[test]
    fn the_same_seed_gives_the_same_traffic() {
        assert_eq!(plans(3, 20), plans(3, 20));
        assert_ne!(plans(3, 20), plans(4, 20));
    }

    #[test]
    fn in_english_the_same_customers_call_by_english_names() {
        let call = |timed: Timed| {
            let Step::Call(plan) = timed.step else { panic!("the demo only calls") };
            plan
        };
        let english: Vec<_> = Traffic::new(3, Make::ALL.to_vec(), Names::English).take(30).map(call).collect();
        let russian: Vec<_> = plans(3, 30).into_iter().map(|(_, plan)| plan).collect();
        assert!(english.iter().zip(&russian).all(|(one, other)| one.customer == other.customer));
        assert!(english.iter().filter_map(|plan| plan.name.as_deref()).all(|name| !name.contains(|c| c > 'ÿ')));
        assert_eq!(people(Names::English).len(), people(Names::Russian).len());
    }

    #[test]
    fn a_make_that_runs_alone_gets_every_call() {
        let mut steps = Traffic::new(3, vec![Make::MANGO_CLIENT], Names::Russian).take(10);
        assert!(steps.all(|timed| timed.step.make() == Some(Make::MANGO_CLIENT)));
    }
}
