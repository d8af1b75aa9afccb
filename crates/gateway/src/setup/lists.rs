//! Lines, groups, names and contacts, each list as a whole.

use link::{
    FieldFault, OfficeError,
    wire::admin::{ContactSetup, GroupSetup, LineSetup, PersonName},
};
use office::OfficeHandle;
use store::AuditEntry;

use super::{Setup, SetupError};

/// A list that is not fixed, as it is to be.
pub(crate) enum List {
    Lines(Vec<LineSetup>),
    Groups(Vec<GroupSetup>),
    People(Vec<PersonName>),
    Contacts(Vec<ContactSetup>),
}

impl List {
    /// The field of a request that holds it.
    pub(crate) fn field(&self) -> &'static str {
        match self {
            Self::Lines(_) => "lines",
            Self::Groups(_) => "groups",
            Self::People(_) => "people",
            Self::Contacts(_) => "contacts",
        }
    }

    /// How many are in it.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Lines(list) => list.len(),
            Self::Groups(list) => list.len(),
            Self::People(list) => list.len(),
            Self::Contacts(list) => list.len(),
        }
    }

    fn has_fixed(&self) -> bool {
        match self {
            Self::Lines(list) => list.iter().any(|line| line.fixed),
            Self::Groups(list) => list.iter().any(|group| group.fixed),
            Self::People(list) => list.iter().any(|person| person.fixed),
            Self::Contacts(list) => list.iter().any(|contact| contact.fixed),
        }
    }
}

impl Setup {
    /// Puts a list in place of the one that there is. `revision` is the one that was seen.
    pub(crate) async fn put_list(
        &self,
        office: &OfficeHandle,
        list: List,
        revision: u64,
        entry: AuditEntry,
    ) -> Result<u64, SetupError> {
        let _turn = self.changing.lock().await;
        let before = self.current();
        if before.added.revision != revision {
            return Err(SetupError::Changed);
        }
        list.check_bounds()?;
        let field = list.field();
        if list.has_fixed() {
            return Err(SetupError::invalid(field, "leave out what is fixed; it stands in the gateway's file"));
        }
        let mut next = before.added.clone();
        match list {
            List::Lines(lines) => next.lines = lines,
            List::Groups(groups) => next.groups = groups,
            List::People(people) => next.people = people,
            List::Contacts(contacts) => next.contacts = contacts,
        }
        let config = self.base.with_added(&next).map_err(|message| SetupError::invalid(field, message))?;
        if field == "contacts" {
            config.check_refusals().map_err(|message| SetupError::invalid(field, message))?;
        }
        if let Some(twice) = config.line_twice() {
            let message = format!("the line {twice} is listed twice");
            return Err(OfficeError::invalid(field, message).because(FieldFault::Twice).of(&twice).into());
        }
        office.put_lookups(config.lookups()).await?;
        let written = self.write(office.store(), next, entry).await;
        if written.is_err()
            && let Err(error) = office.put_lookups(before.config.lookups()).await
        {
            tracing::error!(%error, "the office looks up what is not configured until the next start");
        }
        written
    }
}
