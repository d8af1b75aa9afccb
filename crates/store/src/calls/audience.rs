//! Who may see a call besides those who see everything.

use std::collections::BTreeSet;

use calls::{CallRecord, ConnectionId};

/// Something that lets a person see a call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// One of his extensions is a leg.
    Extension(ConnectionId, String),
    /// A line of one of his groups was called.
    Group(String),
    /// Only who sees everything may see it. Such a call is in no other scope.
    ForAdmins,
}

impl Scope {
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Extension(connection, extension) => format!("x:{connection}:{extension}"),
            Self::Group(group) => format!("{GROUP}{group}"),
            Self::ForAdmins => FOR_ADMINS.to_owned(),
        }
    }

    /// The scope of a key; `None` when it is none.
    pub(crate) fn of_key(key: &str) -> Option<Self> {
        if let Some(group) = key.strip_prefix(GROUP) {
            return Some(Self::Group(group.to_owned()));
        }
        if key == FOR_ADMINS {
            return Some(Self::ForAdmins);
        }
        // A connection's id has no colon.
        let (connection, extension) = key.strip_prefix("x:")?.split_once(':')?;
        Some(Self::Extension(connection.parse().ok()?, extension.to_owned()))
    }
}

/// Begins the key of a group's scope.
pub(crate) const GROUP: &str = "g:";
/// The key of [`Scope::ForAdmins`].
pub(crate) const FOR_ADMINS: &str = "admins";

/// What a person may see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Visible {
    /// Every call.
    #[default]
    All,
    /// Every call but those for administrators alone.
    Ordinary,
    /// Calls in one of these scopes; none at all when empty.
    Some(Vec<Scope>),
}

impl Visible {
    /// The keys of its scopes as a JSON list; `None` where scopes do not decide.
    pub(crate) fn keys(&self) -> Option<String> {
        match self {
            Self::All | Self::Ordinary => None,
            Self::Some(scopes) => {
                let keys: Vec<String> = scopes.iter().map(Scope::key).collect();
                Some(serde_json::Value::from(keys).to_string())
            }
        }
    }

    /// The key of the scope whose calls are not visible though scopes do not decide; empty where there is none.
    pub(crate) fn hidden(&self) -> &'static str {
        match self {
            Self::Ordinary => FOR_ADMINS,
            Self::All | Self::Some(_) => "",
        }
    }
}

/// The scopes of one call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audience(BTreeSet<Scope>);

impl Audience {
    /// Who may see this call.
    pub(crate) fn of(call: &CallRecord) -> Self {
        if call.for_admins {
            return Self::for_admins();
        }
        let agents = call.agents.iter().map(|agent| Scope::Extension(call.connection.clone(), agent.clone()));
        agents.chain(call.groups.iter().cloned().map(Scope::Group)).collect()
    }

    /// Nobody but those who see everything.
    pub fn for_admins() -> Self {
        Self([Scope::ForAdmins].into())
    }

    /// Whether somebody who may see this much is one of it.
    pub fn has(&self, visible: &Visible) -> bool {
        match visible {
            Visible::All => true,
            Visible::Ordinary => !self.0.contains(&Scope::ForAdmins),
            Visible::Some(scopes) => scopes.iter().any(|scope| self.0.contains(scope)),
        }
    }

    /// Nobody but those who see all connections' calls.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes another one in.
    pub fn add(&mut self, others: &Self) {
        self.0.extend(others.0.iter().cloned());
    }

    pub(crate) fn keys(&self) -> BTreeSet<String> {
        self.0.iter().map(Scope::key).collect()
    }
}

impl FromIterator<Scope> for Audience {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        Self(scopes.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_comes_back_from_its_key() {
        let connection: ConnectionId = "rt-1".parse().expect("valid");
        for scope in
            [Scope::Extension(connection, "sip:anna".into()), Scope::Group("members a:b".into()), Scope::ForAdmins]
        {
            assert_eq!(Scope::of_key(&scope.key()), Some(scope));
        }
        assert_eq!(Scope::of_key("101"), None);
    }

    #[test]
    fn one_common_scope_is_enough() {
        let group = |name: &str| Scope::Group(name.into());
        let audience: Audience = [group("a"), group("b")].into_iter().collect();
        assert!(audience.has(&Visible::All));
        assert!(audience.has(&Visible::Some(vec![group("c"), group("b")])));
        assert!(!audience.has(&Visible::Some(vec![group("c")])));
        assert!(!Audience::default().has(&Visible::Some(Vec::new())));
        assert!(audience.has(&Visible::Ordinary) && Audience::default().has(&Visible::Ordinary));
        let for_admins = Audience::for_admins();
        assert!(for_admins.has(&Visible::All) && !for_admins.has(&Visible::Ordinary));
    }
}
