//! What can be done with a call, as it stands for the person here.

use calls::{Abilities, Ability, CallState, Can, Cannot, Direction, LegRole, LegState};
use link::wire::{Call, Leg};

use crate::{contract::ControlView, me::Me};

/// The controls that fit the call, each with the reason where it cannot be used.
pub(crate) fn controls(call: &Call, me: &Me, abilities: Abilities) -> Vec<ControlView> {
    if was_asked(call, me) {
        let connect = ControlView { connects: true, ..control(abilities, Ability::TransferAttended) };
        return vec![connect, control(abilities, Ability::Hangup)];
    }
    let fitting = fitting(call, me).iter().map(|ability| control(abilities, *ability));
    fitting.chain(route(call, me, abilities)).collect()
}

/// Sending on a call that nobody has answered yet. One that waits at no phone is a matter of those who look after others;
/// whoever is rung may send it to a colleague.
fn route(call: &Call, me: &Me, abilities: Abilities) -> Option<ControlView> {
    if call.direction != Direction::Incoming {
        return None;
    }
    let view = ControlView { to_colleagues: me.is_agent(), ..control(abilities, Ability::Route) };
    if call.legs.iter().any(|leg| leg.role == LegRole::Customer && leg.state == LegState::Queued) {
        let other_role = me.is_agent().then_some(Cannot::OtherRole);
        return Some(ControlView { cannot: view.cannot.or(other_role), ..view });
    }
    let may = |leg: &Leg| me.owns(call, leg) || me.looks_after_all();
    let rings = call.state == CallState::Ringing
        && call.legs.iter().any(|leg| leg.is_agent() && leg.state == LegState::Alerting && may(leg));
    // Whoever cannot take a call from a phone that rings cannot send it from there either.
    (rings && abilities.can(Ability::Pickup) && abilities.can(Ability::Route)).then_some(view)
}

/// How else a call through a connection can begin than with one's own phone.
pub(crate) fn ringing_controls(abilities: Abilities) -> Vec<ControlView> {
    [Ability::CustomerFirst, Ability::GroupCallback].into_iter().map(|ability| control(abilities, ability)).collect()
}

/// A colleague whom the person here asks about the call talks with him.
fn was_asked(call: &Call, me: &Me) -> bool {
    let is_mine = |extension: &str| {
        me.legs(call).any(|leg| leg.state.is_talking() && leg.extension.as_deref() == Some(extension))
    };
    call.state != CallState::Ended
        && call.legs.iter().any(|leg| {
            leg.role == LegRole::TransferTarget
                && leg.state == LegState::Connected
                && leg.asked_by.as_deref().is_some_and(is_mine)
        })
}

/// One of them.
pub(super) fn control(abilities: Abilities, ability: Ability) -> ControlView {
    let cannot = match abilities.of(ability) {
        Can::Yes => None,
        Can::No(why) => Some(why),
    };
    ControlView { ability, cannot, connects: false, to_colleagues: false }
}

fn fitting(call: &Call, me: &Me) -> &'static [Ability] {
    if call.state == CallState::Ended {
        return &[];
    }
    let mine = |wanted: LegState| me.legs(call).any(|leg| leg.state == wanted);
    if mine(LegState::Connected) {
        return &[
            Ability::Hold,
            Ability::TransferBlind,
            Ability::TransferAttended,
            Ability::Hangup,
            Ability::Dtmf,
            Ability::Conference,
            Ability::RecordOn,
            Ability::RecordOff,
        ];
    }
    if mine(LegState::Held) {
        return &[Ability::Retrieve, Ability::TransferBlind, Ability::TransferAttended, Ability::Hangup];
    }
    if call.rings_for_me {
        return &[Ability::Answer];
    }
    if me.placed(call) {
        return &[Ability::Hangup];
    }
    let rings_elsewhere =
        call.legs.iter().any(|leg| leg.is_agent() && leg.state == LegState::Alerting && !me.owns(call, leg));
    if rings_elsewhere { &[Ability::Pickup] } else { &[] }
}
