//! Counts which of the assumed forms of the wire were met, so that the first session with a live PBX shows which
//! assumptions hold.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// How often each form was met, by its name.
#[derive(Debug, Default)]
pub(super) struct AssumptionCounts(Mutex<BTreeMap<&'static str, u64>>);

impl AssumptionCounts {
    /// A form was met. The first, tenth, hundredth and so on are said in the program's log.
    pub(super) fn count(&self, form: &'static str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times = counts.entry(form).or_default();
        *times += 1;
        if is_power_of_ten(*times) {
            tracing::info!(form, times = *times, "a form of the Era platform's messages was met");
        }
    }

    #[cfg(test)]
    pub(super) fn of(&self, form: &str) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(form).copied().unwrap_or_default()
    }
}

fn is_power_of_ten(count: u64) -> bool {
    count.checked_ilog10().is_some_and(|digits| 10_u64.pow(digits) == count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_counted_and_said_ever_more_rarely() {
        let counts = AssumptionCounts::default();
        for _ in 0..12 {
            counts.count("a");
        }
        assert_eq!((counts.of("a"), counts.of("b")), (12, 0));
        let said: Vec<u64> = (0..=1000).filter(|times| is_power_of_ten(*times)).collect();
        assert_eq!(said, [1, 10, 100, 1000]);
    }
}
