//! What is special about numbers where the office is.

use std::collections::BTreeSet;

use rlibphonenumber::Region;

/// Codes that reach rescue services in Russia.
const EMERGENCY: [&str; 5] = ["112", "101", "102", "103", "104"];
/// The federal short numbers of Russia: state services, social help, help to citizens, children in danger.
const SERVICE: [&str; 4] = ["115", "121", "122", "123"];

/// The country's rules and the office's own extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberingPlan {
    region: Region,
    extensions: BTreeSet<String>,
}

impl NumberingPlan {
    /// The Russian plan, without known extensions.
    pub fn russia() -> Self {
        Self { region: Region::RU, extensions: BTreeSet::new() }
    }

    /// The plan of a country named by its two-letter ISO code; `None` when there is no such country.
    pub fn of_region(code: &str) -> Option<Self> {
        let region: Region = code.parse().ok()?;
        rlibphonenumber::PHONE_NUMBER_UTIL.get_country_code_for_region(region)?;
        Some(Self { region, extensions: BTreeSet::new() })
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

    pub(super) fn region(&self) -> Region {
        self.region
    }

    pub(super) fn is_russia(&self) -> bool {
        self.region == Region::RU
    }

    pub(super) fn is_emergency(&self, digits: &str) -> bool {
        digits == "112" || (self.is_russia() && EMERGENCY.contains(&digits))
    }

    pub(super) fn is_service(&self, digits: &str) -> bool {
        self.is_russia() && SERVICE.contains(&digits)
    }
}

impl Default for NumberingPlan {
    fn default() -> Self {
        Self::russia()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_needs_a_country_that_has_numbers() {
        assert!(NumberingPlan::of_region("KZ").is_some());
        assert_eq!(NumberingPlan::of_region("ru"), Some(NumberingPlan::russia()));
        for bad in ["", "R", "RUS", "??", "ZZ"] {
            assert_eq!(NumberingPlan::of_region(bad), None, "{bad}");
        }
    }
}
