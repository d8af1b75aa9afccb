//! Who sits at this desk, as an office sees him.

use link::wire::{Call, ExtensionRef, Leg, You};

use calls::LegRole;

/// The viewer of one office.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Me {
    pub(crate) name: String,
    pub(crate) extensions: Vec<ExtensionRef>,
}

impl Me {
    /// This leg is one of my phones.
    pub(crate) fn owns(&self, call: &Call, leg: &Leg) -> bool {
        is_agent(leg) && leg.extension.as_deref().is_some_and(|extension| self.has(call, extension))
    }

    /// I placed this call, by a click or by hand.
    pub(crate) fn placed(&self, call: &Call) -> bool {
        call.placed_by.as_deref().is_some_and(|extension| self.has(call, extension))
    }

    fn has(&self, call: &Call, extension: &str) -> bool {
        self.extensions.iter().any(|mine| mine.connection == call.connection && mine.extension == extension)
    }

    /// My legs of a call.
    pub(crate) fn legs<'a>(&'a self, call: &'a Call) -> impl Iterator<Item = &'a Leg> {
        call.legs.iter().filter(move |leg| self.owns(call, leg))
    }
}

impl From<You> for Me {
    fn from(you: You) -> Self {
        Self { name: you.name, extensions: you.extensions }
    }
}

/// A person of the office, in whatever part.
pub(crate) fn is_agent(leg: &Leg) -> bool {
    matches!(leg.role, LegRole::Agent | LegRole::TransferTarget)
}
