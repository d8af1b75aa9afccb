//! Subscriptions of a socket: each has a name, a filter and an end.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::answers::Failure;
use crate::reading::Reading;
use crate::world::World;

/// The longest lifetime.
const LONGEST: u64 = 3600;
/// The lifetime where none is asked for.
const USUAL: u64 = 60;
/// The longest lifetime where lifetimes are shortened.
const SHORT: u64 = 10;

#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    by_id: BTreeMap<String, Subscription>,
    /// Those that are over, where a renewal may bring them back.
    over: BTreeMap<String, Subscription>,
}

#[derive(Debug, Clone)]
struct Subscription {
    /// `class.type` or `class.*`.
    events: Vec<String>,
    /// Whose calls; everybody's where it is empty.
    objects: Vec<String>,
    until: Instant,
}

/// The texts of a list.
fn texts(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect()
}

impl Subscriptions {
    /// Begins, renews, changes or ends a subscription; what is answered beside the `qid`.
    pub(super) fn subscribe(&mut self, world: &World, request: &Map<String, Value>) -> Result<Value, Failure> {
        let now = Instant::now();
        self.end_those_before(world, now);
        let id = request.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
        let id = id.ok_or(Failure::wrong("id is missing"))?.to_owned();
        let longest = if world.reads(Reading::EXPIRES_SHORTENED) { SHORT } else { LONGEST };
        let expires = request.get("expires").map_or(Some(USUAL), Value::as_u64);
        let expires = expires.ok_or(Failure::wrong("expires is no number of seconds"))?.min(longest);
        let events = texts(request.get("events"));
        if expires == 0 {
            self.by_id.remove(&id);
            return Ok(json!({"id": id, "result": "ok", "expires": 0}));
        }
        if events.iter().any(|event| !is_event(event)) {
            return Err(Failure::wrong("an event is class.type, or class.* except of modelevents"));
        }
        let until = now + world.scaled(Duration::from_secs(expires));
        let known = self.over.remove(&id).filter(|_| events.is_empty());
        self.by_id.extend(known.map(|known| (id.clone(), known)));
        if world.reads(Reading::ONE_SUBSCRIPTION) && self.by_id.keys().any(|other| *other != id) {
            return Err(Failure::not_now("the socket has a subscription"));
        }
        match self.by_id.get_mut(&id) {
            Some(known) => {
                known.until = until;
                if !events.is_empty() {
                    known.events = events;
                    known.objects = texts(request.get("objects"));
                }
            }
            None if events.is_empty() && world.reads(Reading::RENEWAL_IGNORED) => {}
            None if events.is_empty() => return Err(Failure::wrong("there is no subscription of this id")),
            None => {
                self.by_id.insert(id.clone(), Subscription { events, objects: texts(request.get("objects")), until });
            }
        }
        Ok(json!({"id": id, "result": "ok", "expires": expires}))
    }

    fn end_those_before(&mut self, world: &World, now: Instant) {
        let over = self.by_id.extract_if(.., |_, subscription| subscription.until <= now);
        let over: Vec<_> = over.filter(|_| world.reads(Reading::RENEWAL_REVIVES)).collect();
        self.over.extend(over);
    }

    /// Takes over those of a socket that is gone.
    pub(super) fn take_over(&mut self, others: Self) {
        self.by_id.extend(others.by_id);
    }

    /// The ids of the subscriptions that an event of these extensions matches.
    pub(super) fn matching(&mut self, world: &World, name: &str, extensions: &[&str]) -> Vec<String> {
        self.end_those_before(world, Instant::now());
        let is_object = |object: &String| {
            extensions.iter().any(|extension| {
                if world.reads(Reading::OBJECTS_ARE_LOGINS) {
                    world.staff.employee(extension).is_some_and(|employee| employee.sip_user == *object)
                } else {
                    object == extension
                }
            })
        };
        let with_calls = name.ends_with(".connection_set_record_info") && world.reads(Reading::RECORD_INFO_WITH_CALLS);
        let matches = |subscription: &&Subscription| {
            let named = subscription.events.iter().any(|event| {
                event == name
                    || event.strip_suffix('*').is_some_and(|class| name.starts_with(class))
                    || (with_calls && event == "callevents.*")
            });
            named && (subscription.objects.is_empty() || subscription.objects.iter().any(is_object))
        };
        self.by_id.iter().filter(|(_, subscription)| matches(subscription)).map(|(id, _)| id.clone()).collect()
    }
}

fn is_event(name: &str) -> bool {
    match name.split_once('.') {
        Some(("modelevents", kind)) => !kind.is_empty() && kind != "*",
        Some((class, kind)) => !class.is_empty() && !kind.is_empty(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_a_class_and_a_type() {
        assert!(is_event("callevents.*") && is_event("modelevents.data_changed"));
        assert!(!is_event("callevents") && !is_event("modelevents.*") && !is_event(".x"));
    }
}
