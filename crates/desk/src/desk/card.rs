//! What a person does with cards and notifications.

use link::wire::Call;

use super::Desk;
use crate::{
    archive::off_loop,
    contract::{CallBackRequest, CallRef, CardsView, ContractError, SaveNoteRequest, SaveOutcomeRequest},
    controller::message::{CallBackTo, PressedCallBack, Request},
    ui_port::ActionKind,
    views::party::dial,
};

impl Desk {
    /// Everything that the card window shows. A page subscribes to its events before it asks.
    pub async fn card_snapshot(&self) -> Result<CardsView, ContractError> {
        self.ask(Request::CardSnapshot).await
    }

    /// Puts a card away.
    pub async fn dismiss_card(&self, call: CallRef) -> Result<(), ContractError> {
        self.tell(Request::CardDismiss(call)).await;
        Ok(())
    }

    /// The keyboard is used on a card, or no more: meanwhile no card goes away by itself.
    pub async fn card_typing(&self, writing: bool) -> Result<(), ContractError> {
        self.tell(Request::CardTyping(writing)).await;
        Ok(())
    }

    /// The card window has painted this revision.
    pub async fn card_painted(&self, revision: u32) {
        self.tell(Request::CardPainted(revision)).await;
    }

    /// Calls the other side of a call by the way that the call took, or has main show what would be dialled and ask. As
    /// long as an earlier request for the same call has no known outcome, it is that one and nobody is dialled again.
    pub async fn call_back(&self, request: CallBackRequest) -> Result<(), ContractError> {
        let CallBackRequest { call, command } = request;
        let known = self.ask(|reply| Request::CallOfCard { card: call.clone(), reply }).await?;
        self.call_back_known(call, command, known).await
    }

    /// The same for a call that may be at hand already.
    async fn call_back_known(&self, call: CallRef, command: String, known: Option<Call>) -> Result<(), ContractError> {
        let me = self.office(&call.office).await?.me;
        let asked = call.clone();
        let found = match known {
            Some(known) => known,
            None => off_loop(&self.archive, move |archive| archive.call(&asked.office, &asked.id)).await?,
        };
        let call = CallBackTo {
            office: call.office,
            connection: found.connection.as_str().to_owned(),
            call: found.id.clone(),
            number: dial(&found, &me).unwrap_or_default(),
            command,
        };
        match self.ask(|reply| Request::CallBack { call, reply }).await? {
            Some(request) => self.place_call(request).await.map(drop),
            None => Ok(()),
        }
    }

    /// Shows the call in main.
    pub async fn show_call(&self, call: CallRef) -> Result<(), ContractError> {
        self.tell(Request::OpenCall(call)).await;
        Ok(())
    }

    /// Shows the call in main, and asks there to whom it is to go.
    pub async fn transfer_call(&self, call: CallRef) -> Result<(), ContractError> {
        self.tell(Request::TransferCall(call)).await;
        Ok(())
    }

    /// Keeps a note written on the card.
    pub async fn save_card_note(&self, request: SaveNoteRequest) -> Result<(), ContractError> {
        self.keep_note(request).await
    }

    /// Keeps how a talk ended, said on the card.
    pub async fn save_card_outcome(&self, request: SaveOutcomeRequest) -> Result<(), ContractError> {
        self.keep_outcome(request).await
    }

    /// A button of the notification with this id was pressed.
    pub fn notification_action(&self, id: &str, action: ActionKind) {
        let (desk, id) = (self.clone(), id.to_owned());
        self.runtime.spawn(async move {
            match action {
                ActionKind::CallBack => desk.call_back_from_notification(id).await,
                ActionKind::Open | ActionKind::Dismiss => desk.tell(Request::NotificationAction { id, action }).await,
            }
        });
    }

    async fn call_back_from_notification(&self, id: String) {
        let Ok(Some(pressed)) = self.ask(|reply| Request::CallBackPressed { id, reply }).await else { return };
        let PressedCallBack { call, command, known, from } = pressed;
        if let Err(error) = self.call_back_known(call.clone(), command, known).await {
            tracing::info!(%error, "a call could not be called back from its notification");
            self.tell(Request::NotCalledBack { call, from }).await;
        }
    }
}
