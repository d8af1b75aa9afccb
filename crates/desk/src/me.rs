//! Who sits at this desk, as an office sees him.

use link::wire::{Call, ExtensionRef, Leg, Role, You};

/// The viewer of one office.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Me {
    pub(crate) name: String,
    pub(crate) extensions: Vec<ExtensionRef>,
    /// What the office lets him do; nothing special before it has said.
    pub(crate) role: Option<Role>,
    pub(crate) groups: Vec<String>,
}

impl Me {
    /// This leg is one of my phones.
    pub(crate) fn owns(&self, call: &Call, leg: &Leg) -> bool {
        leg.is_agent() && leg.extension.as_deref().is_some_and(|extension| call.is_of(extension, &self.extensions))
    }

    /// I placed this call, by a click or by hand.
    pub(crate) fn placed(&self, call: &Call) -> bool {
        call.placed_by.as_deref().is_some_and(|extension| call.is_of(extension, &self.extensions))
    }

    /// I administer the office.
    pub(crate) fn is_admin(&self) -> bool {
        self.role == Some(Role::Admin)
    }

    /// I act only on calls in which my own phones take part.
    pub(crate) fn is_agent(&self) -> bool {
        matches!(self.role, None | Some(Role::Agent))
    }

    /// I look after every phone of the office.
    pub(crate) fn looks_after_all(&self) -> bool {
        self.is_admin() || self.role == Some(Role::Manager) && self.groups.is_empty()
    }

    /// My legs of a call.
    pub(crate) fn legs<'a>(&'a self, call: &'a Call) -> impl Iterator<Item = &'a Leg> {
        call.legs_of(&self.extensions)
    }

    /// A stored call from my side. The office in the same process keeps its rows from nobody's side; what an office has
    /// said already stays as it is.
    pub(crate) fn side_of(&self, mut call: Call) -> Call {
        if self.legs(&call).next().is_some() {
            call.mine = true;
            call.rings_for_me |= call.rings_at(&self.extensions);
            call.result = call.result_for(&self.extensions);
        }
        call
    }
}

impl From<You> for Me {
    fn from(you: You) -> Self {
        Self { name: you.name, extensions: you.extensions, role: Some(you.role), groups: you.groups }
    }
}
