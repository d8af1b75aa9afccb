//! What was measured, as a table and as JSON.

use std::{collections::BTreeMap, fmt::Write, time::Duration};

use anyhow::Result;
use serde::Serialize;

/// One measured value with what it is compared to.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    #[serde(skip)]
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// What the value is compared to, or why it could not be.
    pub(crate) peer: String,
    pub(crate) peer_value: Option<f64>,
    /// The value as a share of the peer's.
    pub(crate) ratio: Option<f64>,
    pub(crate) budget: String,
    /// Whether the budget is kept; `None` where its peer was not measured.
    pub(crate) ok: Option<bool>,
}

/// What a figure should keep to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// The value itself.
    pub(crate) most: Option<f64>,
    /// The value as a share of the peer's.
    pub(crate) share: Option<f64>,
}

/// A peer's name and its value, or why there is none.
pub(crate) type Peer = (String, Option<f64>);

impl Figure {
    /// Compares a value with its peer and its budget.
    pub(crate) fn new(name: impl Into<String>, value: f64, unit: &'static str, peer: Peer, budget: Budget) -> Self {
        let name = name.into();
        let (peer, peer_value) = peer;
        let ratio = peer_value.filter(|peer| *peer > 0.0).map(|peer| value / peer);
        let most = budget.most.map(|most| (format!("≤ {most} {unit}"), Some(value <= most)));
        let share = budget.share.map(|share| {
            let text = format!("≤ {} × peer", (share * 1e4).round() / 1e4);
            (text, ratio.map(|ratio| ratio <= share))
        });
        let (texts, kept): (Vec<String>, Vec<Option<bool>>) = most.into_iter().chain(share).unzip();
        // One limit that is broken is enough; one that is not known leaves the whole unknown.
        let ok = match kept.contains(&Some(false)) {
            true => Some(false),
            false => (!kept.contains(&None)).then_some(true),
        };
        Self { name, value, unit, peer, peer_value, ratio, budget: texts.join(", "), ok }
    }
}

/// The table that people read.
pub(crate) fn table(figures: &[Figure]) -> String {
    let mut text =
        format!("\n{:<20} {:>12} {:>14} {:>8}  {:<4} budget; peer\n", "figure", "value", "peer", "ratio", "ok");
    for figure in figures {
        let peer = figure.peer_value.map_or_else(|| "-".to_owned(), |peer| format!("{peer:.2} {}", figure.unit));
        let ratio = figure.ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.4}"));
        let ok = figure.ok.map_or("?", |ok| if ok { "yes" } else { "NO" });
        let value = format!("{:.2} {}", figure.value, figure.unit);
        // Writing to a text cannot fail.
        let _ = writeln!(
            text,
            "{:<20} {value:>12} {peer:>14} {ratio:>8}  {ok:<4} {}; {}",
            figure.name, figure.budget, figure.peer
        );
    }
    text
}

/// The report that programs read.
pub(crate) fn json(figures: &[Figure]) -> Result<String> {
    let by_name: BTreeMap<&str, &Figure> = figures.iter().map(|figure| (figure.name.as_str(), figure)).collect();
    Ok(serde_json::to_string_pretty(&by_name)? + "\n")
}

/// The value below which this share of the values lies; of few values the largest.
pub(crate) fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(place.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or(f64::NAN)
}

/// Milliseconds, with their fractions.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::{Budget, Figure, json, percentile};

    const BOTH: Budget = Budget { most: Some(8.0), share: Some(0.5) };

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!([percentile(&values, 0.5), percentile(&values, 0.99)], [50.0, 99.0]);
        assert_eq!(percentile(&[3.0], 0.99), 3.0);
    }

    #[test]
    fn a_budget_is_kept_only_when_all_of_it_is_known_to_be() {
        let ok = |value, peer| Figure::new("x", value, "ms", (String::new(), peer), BOTH).ok;
        assert_eq!(ok(4.0, Some(8.0)), Some(true));
        assert_eq!(ok(5.0, Some(8.0)), Some(false));
        assert_eq!(ok(4.0, None), None);
        assert_eq!(ok(9.0, None), Some(false));
    }

    #[test]
    fn a_peer_that_was_not_measured_is_null() {
        let figure = Figure::new("x", 4.0, "ms", ("not measured".to_owned(), None), BOTH);
        let report: serde_json::Value = serde_json::from_str(&json(&[figure]).expect("plain data")).expect("JSON");
        assert!(report["x"]["peer_value"].is_null() && report["x"]["ok"].is_null());
        assert_eq!(report["x"]["budget"], "≤ 8 ms, ≤ 0.5 × peer");
    }
}
