//! The main window as a whole, settings and notices.

use super::{Desk, SETTINGS};
use crate::{
    contract::{
        CardCorner, ContractError, DemoPhoneView, ListCallsRequest, MainStart, MainView, Notice, NoticeKind, Settings,
    },
    controller::message::Request,
};

impl Desk {
    /// Everything that main shows, but for its lists. A page subscribes to its events before it asks.
    pub async fn main_snapshot(&self) -> Result<MainView, ContractError> {
        self.ask(Request::MainSnapshot).await
    }

    /// Opens main, or brings it forward.
    pub async fn open_main(&self) {
        self.tell(Request::OpenMain).await;
    }

    /// Main's window is gone: whoever closed it has seen what came while he was away.
    pub fn main_closed(&self) {
        self.tell_later(Request::MainClosed);
    }

    /// Everything that main needs to begin. A page subscribes to its events before it asks.
    pub async fn start_main(&self, request: ListCallsRequest) -> Result<MainStart, ContractError> {
        let (view, calls) = tokio::join!(self.main_snapshot(), self.list_calls(request));
        let calls = calls.inspect_err(|error| tracing::warn!(%error, "the first page of the list cannot be read"));
        Ok(MainStart { view: view?, calls: calls.ok() })
    }

    /// Main has done what this errand asked for.
    pub async fn errand_done(&self, id: u32) -> Result<(), ContractError> {
        self.tell(Request::ErrandDone(id)).await;
        Ok(())
    }

    /// Keeps what a person has set and shows it at once.
    pub async fn save_settings(&self, settings: Settings) -> Result<(), ContractError> {
        self.archive.choose(SETTINGS, &settings).await?;
        self.tell(Request::SaveSettings(settings)).await;
        Ok(())
    }

    /// Corner in which the card appears.
    pub async fn card_corner(&self) -> Result<CardCorner, ContractError> {
        self.ask(Request::Corner).await
    }

    /// Something is to be told once.
    pub async fn notice(&self, notice: Notice) {
        self.tell(Request::Notice(notice.kind)).await;
    }

    /// What was told does not hold any more.
    pub async fn notice_over(&self, kind: NoticeKind) {
        self.tell(Request::NoticeOver(kind)).await;
    }

    /// The same from where nobody can wait.
    pub fn notice_later(&self, notice: Notice) {
        self.tell_later(Request::Notice(notice.kind));
    }

    /// The person has read it.
    pub async fn dismiss_notice(&self, kind: NoticeKind) -> Result<(), ContractError> {
        self.tell(Request::DismissNotice(kind)).await;
        Ok(())
    }

    /// The person has read how many calls came while he was away.
    pub async fn dismiss_away(&self) -> Result<(), ContractError> {
        self.tell(Request::DismissAway).await;
        Ok(())
    }

    /// How the demo's phone stands.
    pub async fn set_demo_phone(&self, phone: Option<DemoPhoneView>) {
        self.tell(Request::DemoPhone(phone)).await;
    }
}
