//! Where the wizard connects PBXs to.

use async_trait::async_trait;
use desk::{
    Desk,
    contract::{
        BeginConnectionRequest, CheckConnectionRequest, CheckOutcome, ContractError, DraftView, FillConnectionRequest,
        IntroduceConnectionRequest, Makes, NamedConnection, OfficeConnections, PauseConnectionRequest, Phones,
    },
};

use crate::office::OwnOffice;

type Answer<T> = Result<T, ContractError>;

/// An office whose connections a person changes: the one in this program, or one behind a gateway. The wizard is the same,
/// and so are its steps and what comes of them.
#[async_trait]
pub trait Connecting: Send + Sync {
    /// The makes that can be connected there, in the order in which they are shown.
    async fn makes(&self) -> Answer<Makes>;
    /// What it is connected to, and what is being connected.
    async fn connections(&self) -> Answer<OfficeConnections>;
    /// Begins to connect a PBX, or to change a connection.
    async fn begin(&self, request: BeginConnectionRequest) -> Answer<DraftView>;
    /// Takes in what a person has entered. Where one thing is wrong nothing of it is taken.
    async fn fill(&self, request: FillConnectionRequest) -> Answer<DraftView>;
    /// Has the PBX of a draft give its key, once, and keeps it.
    async fn introduce(&self, request: IntroduceConnectionRequest) -> Answer<DraftView>;
    /// The phones that the PBX of a draft lists.
    async fn list_phones(&self, request: NamedConnection) -> Answer<Phones>;
    /// Takes one step of the check of a draft.
    async fn check(&self, request: CheckConnectionRequest) -> Answer<CheckOutcome>;
    /// Connects what was drafted.
    async fn save(&self, request: NamedConnection) -> Answer<()>;
    /// Gives up what was drafted.
    async fn drop_draft(&self, request: NamedConnection) -> Answer<()>;
    /// Pauses a connection, or goes on with it.
    async fn pause(&self, request: PauseConnectionRequest) -> Answer<()>;
    /// Connects to a PBX no more. Its calls stay.
    async fn remove(&self, request: NamedConnection) -> Answer<()>;
}

/// The office in this program, and the desk that looks at it.
pub struct AtDesk<'a> {
    /// The office.
    pub office: &'a OwnOffice,
    /// The desk.
    pub desk: &'a Desk,
}

#[async_trait]
impl Connecting for AtDesk<'_> {
    async fn makes(&self) -> Answer<Makes> {
        Ok(OwnOffice::makes())
    }

    async fn connections(&self) -> Answer<OfficeConnections> {
        self.office.connections(self.desk).await
    }

    async fn begin(&self, request: BeginConnectionRequest) -> Answer<DraftView> {
        self.office.begin(request).await
    }

    async fn fill(&self, request: FillConnectionRequest) -> Answer<DraftView> {
        self.office.fill(request).await
    }

    async fn introduce(&self, request: IntroduceConnectionRequest) -> Answer<DraftView> {
        self.office.introduce(request).await
    }

    async fn list_phones(&self, request: NamedConnection) -> Answer<Phones> {
        self.office.list_phones(request).await
    }

    async fn check(&self, request: CheckConnectionRequest) -> Answer<CheckOutcome> {
        self.office.check(request).await
    }

    async fn save(&self, request: NamedConnection) -> Answer<()> {
        self.office.save(self.desk, request).await
    }

    async fn drop_draft(&self, request: NamedConnection) -> Answer<()> {
        self.office.drop_draft(request).await
    }

    async fn pause(&self, request: PauseConnectionRequest) -> Answer<()> {
        self.office.pause(request).await
    }

    async fn remove(&self, request: NamedConnection) -> Answer<()> {
        self.office.remove(self.desk, request).await
    }
}
