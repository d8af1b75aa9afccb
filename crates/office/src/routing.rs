//! The office's rules for calls from outside: whom a caller is sent to, and who is not wanted.

use std::collections::BTreeMap;

use calls::{CallResult, ConnectionId, Effect, EndCause, LegRole, VendorEvent, number};
use pbx::{Refusal, Route};

/// The rules as the settings have them.
#[derive(Debug, Clone, Default)]
pub struct RoutingRules {
    /// The extension that looks after a number, by connection.
    pub responsible: BTreeMap<String, BTreeMap<ConnectionId, String>>,
    /// The scenario or menu that a number is sent through, by connection.
    pub scenario: BTreeMap<String, BTreeMap<ConnectionId, String>>,
    /// Numbers that are not wanted, and what they hear.
    pub blocked: BTreeMap<String, Refusal>,
}

impl RoutingRules {
    /// The same with its numbers as calls name them.
    pub(crate) fn normalised(self) -> Self {
        fn by_number<T>(rules: BTreeMap<String, T>) -> BTreeMap<String, T> {
            rules.into_iter().filter_map(|(from, rule)| Some((number::normalise(&from)?, rule))).collect()
        }
        Self {
            responsible: by_number(self.responsible),
            scenario: by_number(self.scenario),
            blocked: by_number(self.blocked),
        }
    }

    /// What is said of a caller, whose `name` is that of a contact, and the rule that says it: the stricter before the more
    /// general.
    pub(crate) fn route(
        &self,
        connection: &ConnectionId,
        name: Option<String>,
        from: &str,
    ) -> Option<(&'static str, Route)> {
        if let Some(refusal) = self.blocked.get(from) {
            let route = Route { name, refuse: Some(*refusal), ..Route::default() };
            return Some((rule_of(&route)?, route));
        }
        let of = |rules: &BTreeMap<String, BTreeMap<ConnectionId, String>>| rules.get(from)?.get(connection).cloned();
        let route = Route { name, to: of(&self.responsible), scenario: of(&self.scenario), refuse: None };
        Some((rule_of(&route)?, route))
    }
}

/// The rule that says this of a caller: the one that decides where his call goes, else the one that knows his name.
pub(crate) fn rule_of(route: &Route) -> Option<&'static str> {
    match route {
        Route { refuse: Some(_), .. } => Some("blocked"),
        Route { to: Some(_), .. } => Some("responsible"),
        Route { scenario: Some(_), .. } => Some("scenario"),
        Route { name: Some(_), .. } => Some("contact"),
        Route { name: None, to: None, scenario: None, refuse: None } => None,
    }
}

/// A rule whose outcome went out to the PBX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Acted {
    /// Its name.
    pub(crate) rule: &'static str,
    /// It refuses the caller.
    pub(crate) is_refused: bool,
}

impl Acted {
    /// The rule of which the PBX was told this much; none where it was told nothing.
    pub(crate) fn of(used: &Route) -> Option<Self> {
        Some(Self { rule: rule_of(used)?, is_refused: used.refuse.is_some() })
    }

    /// The event that begins the call names the rule that acted. A call that the answer refuses is over before it rings
    /// anybody.
    pub(crate) fn mark(self, events: &mut [VendorEvent]) {
        for event in events {
            let begins = event.effects.iter().any(|effect| matches!(effect, Effect::CallCreated { .. }));
            let leg = event.effects.iter_mut().filter_map(Effect::leg_mut).find(|leg| leg.role == LegRole::Customer);
            let leg = leg.map(|leg| leg.clone());
            let Some(leg) = leg.filter(|_| begins) else { continue };
            let reason = Some(self.rule.to_owned());
            event.effects.push(Effect::RouteResult { accepted: true, detail: reason.clone() });
            if self.is_refused {
                event.effects.extend([
                    Effect::LegCleared { leg, cause: EndCause::Rejected, reason: reason.clone() },
                    Effect::CallEnded { result: Some(CallResult::Rejected), reason },
                ]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stricter_rule_goes_before_the_more_general() {
        let connection: ConnectionId = "rt1".parse().expect("valid");
        let other: ConnectionId = "rt2".parse().expect("valid");
        let contacts = BTreeMap::from([("+79161234567", "Анна"), ("+79161234568", "Борис")]);
        let of = |number: &str| (number.to_owned(), BTreeMap::from([(connection.clone(), "101".to_owned())]));
        let rules = RoutingRules {
            responsible: [of("8 916 123-45-67"), of("+79161234569"), of("+79161234560")].into(),
            scenario: [of("+79161234569"), of("+79161234562")].into(),
            blocked: [("8 (916) 123-45-60".to_owned(), Refusal::HangUp)].into(),
        };
        let rules = rules.normalised();
        let name = |from: &str| contacts.get(from).map(|name| (*name).to_owned());
        let routed = |connection: &ConnectionId, from: &str| rules.route(connection, name(from), from);
        let route = |name: Option<&str>, to: Option<&str>| Route {
            name: name.map(str::to_owned),
            to: to.map(str::to_owned),
            ..Route::default()
        };
        let scenario = Some("101".to_owned());
        for (at, from, expected) in [
            (&connection, "+79161234567", Some(("responsible", route(Some("Анна"), Some("101"))))),
            (&other, "+79161234567", Some(("contact", route(Some("Анна"), None)))),
            (&connection, "+79161234568", Some(("contact", route(Some("Борис"), None)))),
            (
                &connection,
                "+79161234569",
                Some(("responsible", Route { scenario: scenario.clone(), ..route(None, Some("101")) })),
            ),
            (&connection, "+79161234562", Some(("scenario", Route { scenario, ..Route::default() }))),
            (
                &connection,
                "+79161234560",
                Some(("blocked", Route { refuse: Some(Refusal::HangUp), ..Route::default() })),
            ),
            (&connection, "+79161234561", None),
        ] {
            assert_eq!(routed(at, from), expected, "{from}");
        }
    }
}
