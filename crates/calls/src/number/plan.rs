//! What is special about numbers where the office is: the Russian plan, and the office's own extensions.

use std::collections::BTreeSet;

use rlibphonenumber::Region;

/// The country whose way of dialling is understood without a plus.
pub(super) const REGION: Region = Region::RU;
/// Codes that reach rescue services.
const EMERGENCY: [&str; 5] = ["112", "101", "102", "103", "104"];
/// The federal short numbers: state services, social help, help to citizens, children in danger.
const SERVICE: [&str; 4] = ["115", "121", "122", "123"];

pub(super) fn is_emergency(digits: &str) -> bool {
    EMERGENCY.contains(&digits)
}

pub(super) fn is_service(digits: &str) -> bool {
    SERVICE.contains(&digits)
}

/// The country's rules and the office's own extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberingPlan {
    extensions: BTreeSet<String>,
}

impl NumberingPlan {
    /// The Russian plan, without known extensions.
    pub fn russia() -> Self {
        Self { extensions: BTreeSet::new() }
    }

    /// The same plan in an office that has these extensions.
    #[must_use]
    pub fn with_extensions(mut self, extensions: impl IntoIterator<Item = String>) -> Self {
        self.extensions.extend(extensions);
        self
    }

    /// Whether the office is known to have this extension.
    pub fn has_extension(&self, digits: &str) -> bool {
        self.extensions.contains(digits)
    }
}
