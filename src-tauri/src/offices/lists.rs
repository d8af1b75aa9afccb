//! Lines, groups, names and contacts of an office, for its administrators: asked and changed at its gateway.

use desk::contract::{ContractError, OfficeList, OfficeLists, SaveListRequest};
use link::{
    OfficeErrorKind,
    wire::admin::{PutContacts, PutGroups, PutLines, PutList, PutPeopleNames},
};

use super::Offices;

impl Offices {
    /// What an office looks up.
    pub(crate) async fn lists(&self, office: &str) -> Result<OfficeLists, ContractError> {
        let setup = self.remote(office)?.setup().await?;
        Ok(OfficeLists {
            revision: setup.revision,
            lines: setup.lines,
            groups: setup.groups,
            people: setup.people,
            contacts: setup.contacts,
        })
    }

    /// How an office is set up, as TOML for a gateway's file, without secrets.
    pub(crate) async fn setup_file(&self, office: &str) -> Result<String, ContractError> {
        Ok(self.remote(office)?.setup_file().await?)
    }

    /// Puts a list in place of what was seen, and reads all of them anew.
    pub(crate) async fn save_list(&self, request: SaveListRequest) -> Result<OfficeLists, ContractError> {
        let SaveListRequest { office, revision, list } = request;
        match self.remote(&office)?.put_list(&put(revision, list.clone())).await {
            Ok(_) => self.lists(&office).await,
            // The answer to it may have been lost, now or when it was saved before: then it is there as it was sent.
            Err(error)
                if matches!(
                    error.kind,
                    OfficeErrorKind::Changed | OfficeErrorKind::Conflict | OfficeErrorKind::UnknownOutcome
                ) =>
            {
                let there = self.lists(&office).await.ok().filter(|there| is_there(&list, there));
                there.ok_or_else(|| error.into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn put(revision: u64, list: OfficeList) -> PutList {
    match list {
        OfficeList::Lines(lines) => PutList::Lines(PutLines { revision, lines }),
        OfficeList::Groups(groups) => PutList::Groups(PutGroups { revision, groups }),
        OfficeList::People(people) => PutList::People(PutPeopleNames { revision, people }),
        OfficeList::Contacts(contacts) => PutList::Contacts(PutContacts { revision, contacts }),
    }
}

/// Whether a gateway has this list, beside what stands in its file.
fn is_there(list: &OfficeList, lists: &OfficeLists) -> bool {
    match list {
        OfficeList::Lines(sent) => lists.lines.iter().filter(|line| !line.fixed).eq(sent),
        OfficeList::Groups(sent) => lists.groups.iter().filter(|group| !group.fixed).eq(sent),
        OfficeList::People(sent) => lists.people.iter().filter(|person| !person.fixed).eq(sent),
        OfficeList::Contacts(sent) => lists.contacts.iter().filter(|contact| !contact.fixed).eq(sent),
    }
}

#[cfg(test)]
mod tests {
    use link::wire::admin::GroupSetup;

    use super::*;

    #[test]
    fn a_list_is_there_where_the_gateway_has_it_beside_what_is_fixed() {
        let group = |id: &str, fixed| GroupSetup { id: id.to_owned(), rings: true, fixed };
        let lists = |groups| OfficeLists { revision: 7, lines: vec![], groups, people: vec![], contacts: vec![] };
        let there = lists(vec![group("main", true), group("sales", false), group("support", false)]);
        let sent = |groups| OfficeList::Groups(groups);
        assert!(is_there(&sent(vec![group("sales", false), group("support", false)]), &there));
        for other in [
            vec![group("sales", false)],
            vec![group("support", false), group("sales", false)],
            vec![group("sales", false), group("support", false), group("new", false)],
            vec![],
        ] {
            assert!(!is_there(&sent(other.clone()), &there), "{other:?}");
        }
        assert!(is_there(&OfficeList::Lines(vec![]), &there));
    }
}
