//! Calls in all shapes.

use calls::{CallId, CallResult, CallState, CommandId, ConnectionId, Customer, Direction, EndCause, LegRole, LegState};
use jiff::{SignedDuration, Timestamp};
use link::wire::{Call, ExtensionRef, Leg, Line, Role};

use crate::me::Me;

/// The connection of all calls in tests.
pub(crate) fn connection() -> ConnectionId {
    "rt1".parse().expect("valid")
}

/// A moment, counted in seconds from the beginning of a test.
pub(crate) fn at(seconds: i64) -> Timestamp {
    super::CLOCK_AT.parse::<Timestamp>().expect("valid") + SignedDuration::from_secs(seconds)
}

/// The person at the desk: 102.
pub(crate) fn me() -> Me {
    Me {
        name: "Пётр".into(),
        extensions: vec![ExtensionRef { connection: connection(), extension: "102".into() }],
        role: Some(Role::Agent),
        groups: Vec::new(),
    }
}

/// An incoming call that rings somewhere, without a known agent.
pub(crate) fn call(vendor: &str) -> Call {
    let customer = Customer { number: Some("+74951234567".into()), name: None };
    let id = CallId::of_vendor(&connection(), vendor);
    Call {
        state: CallState::Ringing,
        line: Line { number: Some("+74957654321".into()), title: Some("Продажи".into()) },
        ..Call::new(id, connection(), Direction::Incoming, customer, at(0))
    }
}

/// A leg of a person of the office.
pub(crate) fn agent_leg(extension: &str, state: LegState) -> Leg {
    let talked = matches!(state, LegState::Connected | LegState::Held | LegState::Cleared);
    Leg {
        extension: Some(extension.to_owned()),
        number: None,
        name: None,
        role: LegRole::Agent,
        state,
        started_at: Some(at(0)),
        answered_at: talked.then(|| at(5)),
        ended_at: state.is_terminal().then(|| at(60)),
        end_cause: EndCause::Normal,
        only_end: false,
        asked_by: None,
        late: false,
    }
}

/// Shapes calls.
pub(crate) trait Shape {
    fn with(self, change: impl FnOnce(&mut Call)) -> Call;
    fn leg(self, extension: &str, state: LegState) -> Call;
    fn named_leg(self, extension: &str, name: &str, state: LegState) -> Call;
    fn ringing_here(self) -> Call;
    fn placed(self, command: CommandId) -> Call;
    fn state(self, state: CallState) -> Call;
    fn ended(self, result: CallResult) -> Call;
}

impl Shape for Call {
    fn with(mut self, change: impl FnOnce(&mut Call)) -> Call {
        change(&mut self);
        self
    }

    /// Puts the leg of this extension into this state.
    fn leg(self, extension: &str, state: LegState) -> Call {
        self.with(|call| {
            call.legs.retain(|leg| leg.extension.as_deref() != Some(extension));
            call.legs.push(agent_leg(extension, state));
            call.mine |= extension == "102";
        })
    }

    fn named_leg(self, extension: &str, name: &str, state: LegState) -> Call {
        self.leg(extension, state).with(|call| {
            if let Some(leg) = call.legs.last_mut() {
                leg.name = Some(name.to_owned());
            }
        })
    }

    /// Phone 102 rings.
    fn ringing_here(self) -> Call {
        self.leg("102", LegState::Alerting).with(|call| call.rings_for_me = true)
    }

    /// We called.
    fn placed(self, command: CommandId) -> Call {
        self.with(|call| {
            call.direction = Direction::Outgoing;
            call.state = CallState::Dialling;
            call.command = Some(command);
            call.placed_by = Some("102".into());
            call.mine = true;
        })
    }

    fn state(self, state: CallState) -> Call {
        self.with(|call| {
            call.state = state;
            if matches!(state, CallState::Talking | CallState::OnHold | CallState::Conference) {
                call.answered_at = Some(at(5));
                call.rings_for_me = false;
            }
        })
    }

    fn ended(self, result: CallResult) -> Call {
        self.with(|call| {
            call.state = CallState::Ended;
            call.rings_for_me = false;
            call.result = Some(result);
            call.ended_at = Some(at(60));
            for leg in &mut call.legs {
                let talked = leg.answered_at.is_some();
                leg.state = if talked { LegState::Cleared } else { LegState::Failed };
                leg.ended_at.get_or_insert(at(60));
            }
        })
    }
}
