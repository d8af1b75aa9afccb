//! The own office as the pages show it.

use desk::{
    Desk,
    contract::{ConnectionProblem, ContractError, DraftView, OfficeConnections, PbxConnection, Titles},
};

use office::titles;

use crate::{office::OwnOffice, settings::OwnConnection};

impl OwnOffice {
    /// What it is connected to, and what is being connected. A desk that does not look at it yet does so from now on.
    pub async fn connections(&self, desk: &Desk) -> Result<OfficeConnections, ContractError> {
        self.read_again().await?;
        self.attach_late(desk).await;
        let settings = self.settings();
        Ok(OfficeConnections {
            connections: settings.connections.iter().map(|connection| self.connection_view(connection)).collect(),
            draft: settings.draft.as_ref().map(|draft| self.draft_view(draft)).transpose()?,
        })
    }

    fn connection_view(&self, connection: &OwnConnection) -> PbxConnection {
        let by_name = || Titles { ru: connection.make.clone(), en: connection.make.clone() };
        PbxConnection {
            id: connection.id.as_str().to_owned(),
            make: connection.make.clone(),
            title: connection.make().map_or_else(|_| by_name(), |make| titles(make.title)),
            phone: connection.phone.clone(),
            paused: connection.paused,
            fixed: false,
            hook_url: None,
            wrong: None,
            problem: match connection.unfinished {
                true => Some(ConnectionProblem::Unfinished),
                false => self.problem(&connection.id),
            },
        }
    }

    pub(crate) fn draft_view(&self, draft: &OwnConnection) -> Result<DraftView, ContractError> {
        Ok(DraftView {
            connection: draft.id.as_str().to_owned(),
            make: draft.make.clone(),
            is_new: self.settings().connection(&draft.id).is_none_or(|known| known.unfinished),
            keys: self.keys_of(draft).into_keys().collect(),
            introduction: draft.introduction,
            kind: draft.kind(),
            address: draft.address.as_ref().map(ToString::to_string).unwrap_or_default(),
            zone: draft.zone.clone().unwrap_or_default(),
            phone: draft.phone.clone(),
            needs_phone: true,
            name: draft.person.clone(),
            lines: draft.lines.clone(),
            hook_url: None,
            steps: self.steps(draft),
        })
    }
}
