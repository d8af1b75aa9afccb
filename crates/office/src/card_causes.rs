//! Why a call had no card at a desk: a pure function of the call, of the desk, and of what the desk has reported.

use calls::{Direction, LegRole};
use jiff::Timestamp;
use link::wire::{Call, CauseDetails, Leg, NoCard, Role};

use crate::{
    decisions::KeptDecision,
    desks::Desk,
    settings::{Directory, Viewer},
};

/// A call as the office has it, and what else is known of it.
pub(crate) struct CallContext<'a> {
    pub(crate) call: &'a Call,
    pub(crate) directory: &'a Directory,
    /// How late its first event came, where that is known.
    pub(crate) late_by_ms: Option<u32>,
}

/// The same, from the side of one who looks at it.
struct ViewerContext<'a> {
    context: &'a CallContext<'a>,
    viewer: &'a Viewer,
}

impl CauseDetails for ViewerContext<'_> {
    fn late(&self) -> NoCard {
        self.context.late()
    }

    fn rang_others(&self) -> NoCard {
        self.context.not_rung(self.viewer)
    }
}

impl CallContext<'_> {
    /// Whether a card of this call was to be expected at the desk of this viewer.
    pub(crate) fn concerns(&self, viewer: &Viewer) -> bool {
        let call = self.call;
        if self.is_hidden_from(viewer) {
            return false;
        }
        let is_mine = call.legs_of(&viewer.extensions).next().is_some();
        match call.direction {
            Direction::Outgoing => call.command.is_some() && self.placed_by(viewer),
            Direction::Internal => is_mine && !self.placed_by(viewer),
            Direction::Incoming | Direction::Unknown => is_mine || self.rings_group_of(viewer),
        }
    }

    /// It began in trial mode, and this viewer is no administrator.
    fn is_hidden_from(&self, viewer: &Viewer) -> bool {
        self.call.trial && viewer.role != Role::Admin
    }

    /// Why there was no card at this desk; `None` where there was one.
    pub(crate) fn cause(&self, desk: &Desk, decision: Option<&KeptDecision>) -> Option<NoCard> {
        let Some(decision) = decision else { return Some(self.undecided(desk)) };
        NoCard::by_rule(decision.rule, &ViewerContext { context: self, viewer: &desk.viewer })
    }

    /// Why it had no card anywhere, where it was for nobody's desk.
    pub(crate) fn nobodys(&self) -> NoCard {
        if self.call.late {
            return self.late();
        }
        if self.call.trial {
            return NoCard::Trial;
        }
        let who = self.rung();
        if !who.is_empty() {
            return NoCard::RangOthers { who };
        }
        self.groups_of_line().unwrap_or(NoCard::OnlyInMenu)
    }

    /// The desk has said nothing of it.
    fn undecided(&self, desk: &Desk) -> NoCard {
        let (call, viewer) = (self.call, &desk.viewer);
        if self.is_hidden_from(viewer) {
            return NoCard::Trial;
        }
        if call.direction == Direction::Outgoing && call.command.is_none() && self.placed_by(viewer) {
            return NoCard::PlacedOnPhone;
        }
        if !self.concerns(viewer) {
            return self.not_rung(viewer);
        }
        let mut legs = call.legs_of(&viewer.extensions).peekable();
        if call.late || (legs.peek().is_some() && legs.all(|leg| leg.late)) {
            return self.late();
        }
        let rang_at = self.rang_at(viewer);
        if !desk.followed_at(rang_at) {
            let (since, until) = desk.away_around(rang_at);
            return NoCard::DeskAway { since, until };
        }
        if call.in_menu { NoCard::OnlyInMenu } else { NoCard::NotReported }
    }

    fn not_rung(&self, viewer: &Viewer) -> NoCard {
        let call = self.call;
        let has_phone = viewer.extensions.iter().any(|own| own.connection == call.connection);
        if !has_phone && !self.rings_group_of(viewer) && !self.rung().is_empty() {
            return NoCard::NoPhoneHere { connection: call.connection.as_str().to_owned() };
        }
        let who = self.rung();
        if !who.is_empty() {
            return NoCard::RangOthers { who };
        }
        if !self.rings_group_of(viewer)
            && let Some(cause) = self.groups_of_line()
        {
            return cause;
        }
        NoCard::OnlyInMenu
    }

    /// The line's groups, where they decide whose phones ring.
    fn groups_of_line(&self) -> Option<NoCard> {
        let number = self.call.line.number.as_deref()?;
        let line = self.directory.line(&self.call.connection, number)?;
        let title = if line.title.is_empty() { number } else { &line.title };
        (self.call.direction == Direction::Incoming && self.directory.rings_by_line(&self.call.connection))
            .then(|| NoCard::LineOfOtherGroups { line: title.to_owned(), groups: line.groups.clone() })
    }

    fn late(&self) -> NoCard {
        NoCard::Late { by_ms: self.late_by_ms }
    }

    fn placed_by(&self, viewer: &Viewer) -> bool {
        self.call.placed_by.as_deref().is_some_and(|extension| self.call.is_of(extension, &viewer.extensions))
    }

    fn rings_group_of(&self, viewer: &Viewer) -> bool {
        let call = self.call;
        let rung = self.directory.audiences(&call.connection, call.line.number.as_deref(), call.direction);
        let mine = viewer.rung_with();
        rung.iter().any(|audience| mine.contains(audience))
    }

    /// Names, else extensions, of the colleagues whose phones rang.
    fn rung(&self) -> Vec<String> {
        let mut who: Vec<String> = Vec::new();
        let rang = |leg: &&Leg| leg.role == LegRole::Agent && leg.extension != self.call.placed_by;
        for leg in self.call.legs.iter().filter(rang) {
            let Some(name) = leg.name.as_ref().or(leg.extension.as_ref()) else { continue };
            if !who.contains(name) {
                who.push(name.clone());
            }
        }
        who
    }

    /// When this viewer's phones began to ring, else the call.
    fn rang_at(&self, viewer: &Viewer) -> Timestamp {
        let mine = self.call.legs_of(&viewer.extensions).filter_map(|leg| leg.started_at);
        mine.min().unwrap_or(self.call.started_at)
    }
}
