//! Who is on the other side of a call.

use calls::{Direction, number::national};
use link::wire::{Call, Leg, Titles};

use crate::{
    contract::{PartyView, RegionView},
    me::Me,
};

/// The external party, or the colleague at the other end of an internal call.
pub(crate) fn party(call: &Call, me: &Me) -> PartyView {
    let internal = call.direction == Direction::Internal;
    if internal {
        let colleague = colleague(call, me);
        // Where the caller is not known the number of the call is mine: whoever calls back would ring himself.
        if colleague.is_some() || called_me(call, me) {
            let extension = colleague.and_then(|leg| leg.extension.clone());
            let name = colleague.and_then(|leg| leg.name.clone());
            return PartyView { name, number: extension.clone(), dial: extension, internal, region: None };
        }
    }
    let number = call.customer.number.as_deref().filter(|number| !number.is_empty());
    let name = call.customer.name.clone().filter(|name| !name.trim().is_empty());
    PartyView {
        region: number.filter(|_| name.is_none()).and_then(region),
        name,
        number: number.map(national),
        dial: number.map(str::to_owned),
        internal,
    }
}

/// Where a number in E.164 belongs.
pub(crate) fn region(number: &str) -> Option<RegionView> {
    let region = calls::number::region(number)?;
    let area = region.area.map(|area| Titles { ru: area.ru.to_owned(), en: area.en.to_owned() });
    Some(RegionView { country: region.country, area })
}

/// What calls the other side: whoever calls back, or looks for talks with him, asks here.
pub(crate) fn dial(call: &Call, me: &Me) -> Option<String> {
    party(call, me).dial
}

fn called_me(call: &Call, me: &Me) -> bool {
    call.customer.number.as_deref().is_some_and(|number| call.is_of(number, &me.extensions))
}

/// In an internal call `customer` is whom was called: seen from him, the other side is the caller.
fn colleague<'a>(call: &'a Call, me: &Me) -> Option<&'a Leg> {
    let mut others = call.legs.iter().filter(|leg| leg.is_agent() && leg.extension.is_some() && !me.owns(call, leg));
    if called_me(call, me) || call.customer.number.is_none() {
        return others.next();
    }
    others.find(|leg| leg.extension == call.customer.number)
}

/// Name, else extension, else number of a leg; `None` where nothing of it is known.
pub(crate) fn who(leg: &Leg) -> Option<String> {
    let name = leg.name.as_ref().filter(|name| !name.trim().is_empty());
    name.or(leg.extension.as_ref()).cloned().or_else(|| leg.number.as_deref().map(national))
}

/// The colleague who talked, or whose phone rang.
pub(crate) fn agent(call: &Call) -> Option<String> {
    let agents = || call.legs.iter().filter(|leg| leg.is_agent());
    last_talker(agents()).or_else(|| agents().next()).and_then(who)
}

/// Who of these talks with the other side now, else who did last: a colleague who was asked in between did not.
pub(crate) fn last_talker<'a>(legs: impl Iterator<Item = &'a Leg>) -> Option<&'a Leg> {
    let (talking, gone): (Vec<_>, Vec<_>) =
        legs.filter(|leg| leg.answered_at.is_some()).partition(|leg| leg.state.is_talking());
    talking.into_iter().next().or_else(|| gone.into_iter().max_by_key(|leg| (leg.ended_at, leg.answered_at)))
}

/// The line's title, or its number as people write it.
pub(crate) fn line(call: &Call) -> Option<String> {
    call.line.title.clone().or_else(|| call.line.number.as_deref().map(national))
}
