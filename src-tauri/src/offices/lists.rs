//! Lines, groups, names and contacts of an office, for its administrators: asked and changed at its gateway.

use desk::contract::{ContractError, OfficeList, OfficeLists, SaveListRequest};
use link::wire::admin::{PutContacts, PutGroups, PutLines, PutList, PutPeopleNames};

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

    /// Puts a list in place of what was seen, and reads all of them anew.
    pub(crate) async fn save_list(&self, request: SaveListRequest) -> Result<OfficeLists, ContractError> {
        let SaveListRequest { office, revision, list } = request;
        let put = match list {
            OfficeList::Lines(lines) => PutList::Lines(PutLines { revision, lines }),
            OfficeList::Groups(groups) => PutList::Groups(PutGroups { revision, groups }),
            OfficeList::People(people) => PutList::People(PutPeopleNames { revision, people }),
            OfficeList::Contacts(contacts) => PutList::Contacts(PutContacts { revision, contacts }),
        };
        self.remote(&office)?.put_list(&put).await?;
        self.lists(&office).await
    }
}
