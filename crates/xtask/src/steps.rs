//! Named steps with their times, and what to do when one fails.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// The steps of one command, in order.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    /// Runs a step; when it fails the error ends with `remedy`.
    pub(crate) fn step<T>(&mut self, name: &'static str, remedy: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n=== {name}");
        let start = Instant::now();
        let result = work();
        let took = start.elapsed();
        let outcome = if result.is_ok() { "done" } else { "FAILED" };
        println!("=== {name}: {outcome} in {:.1} s", took.as_secs_f64());
        self.done.push((name, took));
        result.with_context(|| format!("step \"{name}\" failed. {remedy}"))
    }

    /// The times of all steps as lines of text.
    pub(crate) fn summary(&self) -> String {
        let total: Duration = self.done.iter().map(|(_, took)| *took).sum();
        let line = |name: &str, took: Duration| format!("{:>8.1} s  {name}\n", took.as_secs_f64());
        let mut text: String = self.done.iter().map(|(name, took)| line(name, *took)).collect();
        text.push_str(&line("all steps", total));
        text
    }
}

#[cfg(test)]
mod tests {
    use anyhow::{Result, bail};

    use super::Steps;

    #[test]
    fn a_failing_step_says_what_to_do() {
        let mut steps = Steps::default();
        let failed: Result<()> = steps.step("format", "Run `cargo fmt`.", || bail!("2 files differ"));
        let text = format!("{:#}", failed.expect_err("the step failed"));
        assert_eq!(text, "step \"format\" failed. Run `cargo fmt`.: 2 files differ");
    }

    #[test]
    fn the_summary_holds_every_step_and_the_sum() {
        let mut steps = Steps::default();
        steps.step("one", "", || Ok(())).expect("nothing fails");
        steps.step("two", "", || Ok(())).expect("nothing fails");
        let summary = steps.summary();
        let names: Vec<_> = summary.lines().filter_map(|line| line.split_once(" s  ").map(|(_, name)| name)).collect();
        assert_eq!(names, ["one", "two", "all steps"]);
    }
}
