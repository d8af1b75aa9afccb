//! Offices come and go.

use std::sync::Arc;

use link::Office;

use super::Desk;
use crate::{
    contract::ContractError,
    controller::message::{OfficeSlot, Request},
};

impl Desk {
    /// Looks at an office from now on; one with the same id is replaced. With `replicate` its calls are copied into
    /// this computer's database; the office in the same process writes them there itself, under the same id.
    pub async fn add_office(&self, id: &str, office: Arc<dyn Office>, replicate: bool) {
        let slot = slot(id, id, None, office, replicate);
        self.tell(Request::AddOffice(slot)).await;
    }

    /// The same for an office behind a gateway at this address, which people call so.
    pub async fn add_remote_office(&self, id: &str, name: &str, address: &str, office: Arc<dyn Office>) {
        let slot = slot(id, name, Some(address), office, true);
        self.tell(Request::AddOffice(slot)).await;
    }

    /// Another program handed an invitation over: main opens, shows it and asks. Never joins.
    pub async fn show_invitation(&self) {
        self.tell(Request::ShowInvitation).await;
    }

    /// The computer has slept: connections to remote offices may be dead without having said so, and are opened anew.
    pub async fn woke(&self) {
        self.tell(Request::Woke).await;
    }

    /// A person does not want to wait for the next try to reach an office.
    pub async fn reconnect(&self) -> Result<(), ContractError> {
        self.tell(Request::Reconnect).await;
        Ok(())
    }

    /// Looks at it no more; the copy of a remote office goes too, but for what was written here and not sent yet.
    pub async fn remove_office(&self, id: &str) -> Result<(), ContractError> {
        let replicate = self.office(id).await.is_ok_and(|office| office.replicate);
        let removed = self.ask(|reply| Request::RemoveOffice { id: id.to_owned(), reply }).await?;
        if removed && replicate {
            self.archive.store.drop_replica(id).await?;
        }
        Ok(())
    }
}

fn slot(id: &str, name: &str, address: Option<&str>, office: Arc<dyn Office>, replicate: bool) -> OfficeSlot {
    OfficeSlot {
        id: id.to_owned(),
        name: name.to_owned(),
        address: address.map(str::to_owned),
        office,
        replicate,
        written: Arc::default(),
        woke: Arc::default(),
    }
}
