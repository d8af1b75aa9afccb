//! Offices come and go.

use std::sync::Arc;

use link::Office;

use super::Desk;
use crate::{
    contract::ContractError,
    controller::message::{Ask, OfficeSlot},
};

impl Desk {
    /// Looks at an office from now on; one with the same id is replaced. With `replicate` its calls are copied into
    /// this computer's database; the office in the same process writes them there itself, under the same id.
    pub async fn add_office(&self, id: &str, office: Arc<dyn Office>, replicate: bool) {
        self.tell(Ask::AddOffice(OfficeSlot { id: id.to_owned(), office, replicate })).await;
    }

    /// Looks at it no more; the copy of a remote office goes too, but for what was written here and not sent yet.
    pub async fn remove_office(&self, id: &str) -> Result<(), ContractError> {
        let replicate = self.office(id).await.is_ok_and(|office| office.replicate);
        let removed = self.ask(|reply| Ask::RemoveOffice { id: id.to_owned(), reply }).await?;
        if removed && replicate {
            self.archive.store.drop_replica(id).await?;
        }
        Ok(())
    }
}
