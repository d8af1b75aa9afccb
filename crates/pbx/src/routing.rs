//! What a PBX asks before it routes a call from outside, what it is answered while it waits, and what of the office's rules it
//! carries out at all.

use std::fmt;

use crate::webhook::WebhookReply;

/// A call from outside that is to be routed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Who calls, in E.164 where it is one; absent when hidden.
    pub from: Option<String>,
    /// The number of the office that was called, spelled like `from`; absent where the PBX does not say it.
    pub line: Option<String>,
}

/// What the office's rules say of it. What they leave open is for the PBX's own routing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Route {
    /// The name to be shown on the phones.
    pub name: Option<String>,
    /// The extension to be rung first.
    pub to: Option<String>,
    /// The scenario or menu of the PBX that the call goes through, by the PBX's own name, where nobody is to be rung first.
    pub scenario: Option<String>,
    /// The caller is not wanted.
    pub refuse: Option<Refusal>,
}

/// What a caller hears who is not wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The tone of a busy line.
    Busy,
    /// Nothing: the call is ended.
    HangUp,
}

/// The answer that has a call routed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteReply {
    /// What goes out.
    pub reply: WebhookReply,
    /// What it says of the rules' route; nothing where it leaves the call to the PBX's own routing.
    pub used: Route,
}

/// How a PBX names something that a rule sends calls to.
#[derive(Clone, Copy)]
pub struct Target {
    /// Whether this text can be such a name.
    pub fits: fn(&str) -> bool,
    /// What the PBX takes, for a sentence.
    pub words: &'static str,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words)
    }
}

/// What of the office's rules for calls from outside a make carries out, by its answer or by a command.
#[derive(Debug, Clone, Copy)]
pub struct RuleOutcomes {
    /// It shows the contact's name on the phones.
    pub shows_name: bool,
    /// The extension that is rung first.
    pub extension: Option<Target>,
    /// The scenario that a call goes through.
    pub scenario: Option<Target>,
    /// It refuses callers.
    pub refuses: bool,
}

/// What of a rule a make cannot carry out, and what it can, for whoever wrote the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCarriedOut(String);

impl fmt::Display for NotCarriedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl RuleOutcomes {
    /// Nothing: calls from outside are for the PBX's own routing alone.
    pub const NONE: Self = Self { shows_name: false, extension: None, scenario: None, refuses: false };

    /// As much of a route as is carried out: a refusal, else an extension, else a scenario.
    pub fn carried(&self, route: &Route) -> Route {
        let fits = |target: Option<Target>, text: &Option<String>| {
            text.clone().filter(|text| target.is_some_and(|target| (target.fits)(text)))
        };
        let name = route.name.clone().filter(|_| self.shows_name);
        if let Some(refusal) = route.refuse {
            return Route { name, refuse: self.refuses.then_some(refusal), ..Route::default() };
        }
        let to = fits(self.extension, &route.to);
        let scenario = if to.is_some() { None } else { fits(self.scenario, &route.scenario) };
        Route { name, to, scenario, refuse: None }
    }

    /// Whether a call can be sent to this extension first.
    pub fn check_extension(&self, extension: &str) -> Result<(), NotCarriedOut> {
        self.check(self.extension, extension, "rings nobody first by a rule")
    }

    /// Whether a call can be sent through this scenario.
    pub fn check_scenario(&self, scenario: &str) -> Result<(), NotCarriedOut> {
        self.check(self.scenario, scenario, "sends no call through a scenario by a rule")
    }

    /// Whether callers can be refused.
    pub fn check_refusal(&self) -> Result<(), NotCarriedOut> {
        if self.refuses { Ok(()) } else { Err(NotCarriedOut(format!("refuses no caller; {}", self.words()))) }
    }

    fn check(&self, target: Option<Target>, text: &str, lacking: &str) -> Result<(), NotCarriedOut> {
        match target {
            Some(target) if (target.fits)(text) => Ok(()),
            Some(target) => Err(NotCarriedOut(format!("takes {}", target.words))),
            None => Err(NotCarriedOut(format!("{lacking}; {}", self.words()))),
        }
    }

    /// What it can do, for a sentence.
    fn words(&self) -> String {
        let can = [
            self.shows_name.then_some("show the contact's name"),
            self.extension.map(|_| "ring an extension first (responsible)"),
            self.scenario.map(|_| "send the call through a scenario"),
            self.refuses.then_some("refuse the caller (blocked)"),
        ];
        let can: Vec<&str> = can.into_iter().flatten().collect();
        if can.is_empty() {
            "its own routing cannot be told anything".to_owned()
        } else {
            format!("it can {}", can.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{era, mango_client, mango_vpbx, rostelecom, zadarma};

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_make_carries_out_what_it_says_and_nothing_else() {
        let all = Route { name: some("A"), to: some("101"), scenario: some("12"), refuse: None };
        let refused = Route { refuse: Some(Refusal::Busy), ..all.clone() };
        let zadarma = zadarma::MAKE.outcomes;
        assert_eq!(zadarma.carried(&all), Route { scenario: None, ..all.clone() }, "who is rung first goes before");
        let odd = Route { to: some("anna"), ..all.clone() };
        assert_eq!(zadarma.carried(&odd), Route { to: None, ..all.clone() }, "no extension: the scenario");
        let rostelecom = rostelecom::MAKE.outcomes;
        assert_eq!(rostelecom.carried(&odd), Route { name: some("A"), ..Route::default() });
        assert_eq!(rostelecom.carried(&refused), Route { name: some("A"), ..Route::default() });
        assert_eq!(era::MAKE.outcomes.carried(&all), Route::default());
        assert_eq!(mango_client::MAKE.outcomes.carried(&refused), Route::default());
        assert_eq!(mango_vpbx::MAKE.outcomes.carried(&refused).refuse, Some(Refusal::Busy));
    }

    #[test]
    fn what_cannot_be_carried_out_is_told_with_what_can() {
        let told = rostelecom::MAKE.outcomes.check_scenario("0-1").map_err(|wrong| wrong.to_string());
        let told = told.expect_err("it knows none");
        assert!(told.contains("through a scenario") && told.contains("ring an extension first"), "{told}");
        assert!(zadarma::MAKE.outcomes.check_scenario("blacklist").is_err());
        assert!(zadarma::MAKE.outcomes.check_scenario("0-main").is_ok());
        let told = era::MAKE.outcomes.check_refusal().expect_err("it cannot").to_string();
        assert!(told.ends_with("its own routing cannot be told anything"), "{told}");
    }
}
