//! Call scripts: what happens when, read from JSON lines or made up for the demo.

mod demo;
mod history;
mod model;
mod read;
pub(crate) mod time;
mod wire;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::make::Make;
use crate::staff::Names;

pub(crate) use history::history;
pub use model::{
    CallPlan, Callee, CalleeDoes, PhoneAction, RawBody, RawEvent, Scenario, Sign, Step, Timed, Topic, Zone,
};

/// A script that can be played.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    source: Source,
}

#[derive(Debug, Clone, PartialEq)]
enum Source {
    /// Steps in the order of their times, played in rounds.
    Steps { steps: Vec<Timed>, rounds: Rounds },
    /// Office traffic without an end.
    Demo { seed: u64, running: Vec<Make>, names: Names },
}

/// How often a script is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rounds {
    /// None is without an end.
    times: Option<u64>,
    every: Duration,
}

/// A line of a script is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct ScriptError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it and what to write instead.
    pub reason: String,
}

impl Script {
    /// Reads a script of JSON lines; the first wrong line is the error.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        read::read(text)
    }

    /// Varied traffic for the office of the demo, without an end, the same for the same seed.
    pub fn demo(seed: u64, names: Names) -> Self {
        Self { source: Source::Demo { seed, running: Make::ALL.to_vec(), names } }
    }

    /// The steps in the order of their times; may have no end.
    pub fn steps(&self) -> Box<dyn Iterator<Item = Timed> + Send> {
        match &self.source {
            Source::Steps { steps, rounds } => {
                let (steps, every) = (steps.clone(), rounds.every);
                let last = rounds.times.unwrap_or(u64::MAX);
                Box::new((0..last).flat_map(move |round| {
                    let offset = every.saturating_mul(u32::try_from(round).unwrap_or(u32::MAX));
                    steps.clone().into_iter().map(move |timed| Timed { at: timed.at + offset, ..timed })
                }))
            }
            Source::Demo { seed, running, names } => Box::new(demo::Traffic::new(*seed, running.clone(), *names)),
        }
    }

    /// The names of the customers it calls by, by number: what an address book would know.
    pub fn people(&self) -> BTreeMap<String, String> {
        match &self.source {
            Source::Steps { steps, .. } => steps
                .iter()
                .filter_map(|timed| match &timed.step {
                    Step::Call(plan) => Some((plan.customer.clone()?, plan.name.clone()?)),
                    Step::Event(_)
                    | Step::Cut(..)
                    | Step::Fault(..)
                    | Step::Phone(..)
                    | Step::Callee(..)
                    | Step::Zone(_) => None,
                })
                .collect(),
            Source::Demo { names, .. } => demo::people(*names),
        }
    }

    /// The script for the makes that run; the line that asks for another, or for an unknown extension, is the error.
    pub(crate) fn fitted(
        mut self,
        runs: impl Fn(Make) -> bool,
        known: impl Fn(&str) -> bool,
    ) -> Result<Self, ScriptError> {
        match &mut self.source {
            Source::Demo { running, .. } => {
                *running = Make::ALL.iter().copied().filter(|make| runs(*make)).collect();
            }
            Source::Steps { steps, .. } => {
                for timed in steps {
                    let wrong = |reason| ScriptError { line: timed.line, reason };
                    if let Some(make) = timed.step.make().filter(|make| !runs(*make)) {
                        return Err(wrong(format!("{make} does not run")));
                    }
                    if let Some(extension) = timed.step.extensions().into_iter().find(|extension| !known(extension)) {
                        return Err(wrong(format!("no employee has the extension {extension}")));
                    }
                }
            }
        }
        Ok(self)
    }
}
