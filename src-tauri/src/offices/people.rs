//! The people of an office, for its administrators: asked and changed at its gateway.

use std::sync::Arc;

use desk::contract::{
    ChangeRightsRequest, ContractError, ErrorCode, ImportedPeople, InvitationRow, InvitePersonRequest, InvitedView,
    NamedInvitation, NamedLink, OfficePeople, OfficePerson, OwnExtension, PeopleTable, PeopleTableRequest,
    RemovePersonRequest, RightsView, TableRow,
};
use link::{
    RemoteOffice,
    wire::{
        self, ExtensionRef, Role,
        people::{ChangeRights, ImportInvitations, InvitationView, Invite, TokenPerson},
    },
};

use super::Offices;

type Answer<T> = Result<T, ContractError>;

impl Offices {
    /// The gateway of an office.
    pub(crate) fn remote(&self, office: &str) -> Answer<RemoteOffice> {
        let open: Option<Arc<_>> = self.open(office);
        open.as_ref()
            .and_then(|open| open.remote())
            .cloned()
            .ok_or_else(|| ContractError::new(ErrorCode::Unreachable, "this office has not been signed in to yet"))
    }

    /// Who may look at an office, and who is invited.
    pub(crate) async fn people(&self, office: &str) -> Answer<OfficePeople> {
        let told = self.remote(office)?.people().await?;
        Ok(OfficePeople {
            people: told.people.into_iter().map(person).collect(),
            invitations: told.invitations.into_iter().map(invitation).collect(),
        })
    }

    /// Invites somebody.
    pub(crate) async fn invite(&self, request: InvitePersonRequest) -> Answer<InvitedView> {
        let InvitePersonRequest { office, name, rights } = request;
        let ChangeRights { role, extensions, groups } = wire(rights)?;
        let invite = Invite { name, role, extensions, groups, token_expires_days: Some(TOKEN_DAYS) };
        let made = self.remote(&office)?.invite(&invite).await?;
        Ok(InvitedView { link: made.link.0, expires_at: made.expires_at })
    }

    /// Who is in a table, or what is wrong with it.
    pub(crate) async fn preview_people(&self, request: PeopleTableRequest) -> Answer<PeopleTable> {
        let told = self.remote(&request.office)?.preview_table(&ImportInvitations { csv: request.table }).await?;
        let row = |new: Invite| TableRow { name: new.name, rights: rights(new.role, new.extensions, new.groups) };
        Ok(PeopleTable { people: told.people.into_iter().map(row).collect(), problem: told.problem })
    }

    /// Invites everybody in a table, or nobody.
    pub(crate) async fn import_people(&self, request: PeopleTableRequest) -> Answer<ImportedPeople> {
        let made = self.remote(&request.office)?.import_invitations(&ImportInvitations { csv: request.table }).await?;
        let named = |made: wire::people::NamedLink| NamedLink { name: made.name, link: made.link.0.clone() };
        Ok(ImportedPeople { invitations: made.invitations.into_iter().map(named).collect() })
    }

    /// Says what somebody sees from now on.
    pub(crate) async fn change_rights(&self, request: ChangeRightsRequest) -> Answer<()> {
        let changed = self.remote(&request.office)?.change_rights(&request.person, &wire(request.rights)?).await;
        changed.map_err(ContractError::of_admin)
    }

    /// Takes a token back.
    pub(crate) async fn remove_person(&self, request: RemovePersonRequest) -> Answer<()> {
        self.remote(&request.office)?.remove_person(&request.person).await.map_err(ContractError::of_admin)
    }

    /// Gives an open invitation another link.
    pub(crate) async fn reissue_invitation(&self, request: NamedInvitation) -> Answer<InvitedView> {
        let made = self.remote(&request.office)?.reissue_invitation(&request.invitation).await?;
        Ok(InvitedView { link: made.link.0, expires_at: made.expires_at })
    }

    /// Takes an invitation back.
    pub(crate) async fn revoke_invitation(&self, request: NamedInvitation) -> Answer<()> {
        Ok(self.remote(&request.office)?.revoke_invitation(&request.invitation).await?)
    }
}

/// A desk that is used renews its token; one that is not used for so long is let in no more.
const TOKEN_DAYS: u32 = 90;

fn wire(rights: RightsView) -> Answer<ChangeRights> {
    let own = |own: OwnExtension| {
        let wrong = |_| ContractError::invalid("extensions", "there is no such connection");
        Ok(ExtensionRef { connection: own.connection.parse().map_err(wrong)?, extension: own.extension })
    };
    let extensions = rights.extensions.into_iter().map(own).collect::<Answer<Vec<_>>>()?;
    Ok(ChangeRights { role: rights.role, extensions, groups: rights.groups })
}

fn rights(role: Role, extensions: Vec<ExtensionRef>, groups: Vec<String>) -> RightsView {
    let own =
        |own: ExtensionRef| OwnExtension { connection: own.connection.as_str().to_owned(), extension: own.extension };
    RightsView { role, extensions: extensions.into_iter().map(own).collect(), groups }
}

fn person(told: TokenPerson) -> OfficePerson {
    OfficePerson {
        id: told.token_id,
        name: told.name,
        rights: rights(told.role, told.extensions, told.groups),
        device: told.device,
        version: told.version,
        last_seen: told.last_seen,
        online: told.online,
    }
}

fn invitation(told: InvitationView) -> InvitationRow {
    InvitationRow {
        id: told.id,
        name: told.name,
        rights: rights(told.role, told.extensions, told.groups),
        expires_at: told.expires_at,
        state: told.state,
    }
}
