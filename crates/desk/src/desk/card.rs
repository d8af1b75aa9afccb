//! What a person does with cards and notifications.

use super::Desk;
use crate::{
    contract::{CallBackRequest, CallRef, CardsView, ContractError, SaveNoteRequest},
    controller::message::Ask,
    ui_port::ActionKind,
};

impl Desk {
    /// Everything that the card window shows. A page subscribes to its events before it asks.
    pub async fn card_snapshot(&self) -> Result<CardsView, ContractError> {
        self.ask(Ask::CardSnapshot).await
    }

    /// Puts a card away.
    pub async fn dismiss_card(&self, call: CallRef) -> Result<(), ContractError> {
        self.tell(Ask::CardDismiss(call)).await;
        Ok(())
    }

    /// A note is being written on a card, or no more: meanwhile no card goes away by itself.
    pub async fn card_typing(&self, writing: bool) -> Result<(), ContractError> {
        self.tell(Ask::CardTyping(writing)).await;
        Ok(())
    }

    /// Calls the other side of a call. The same command acts once.
    pub async fn call_back(&self, request: CallBackRequest) -> Result<(), ContractError> {
        let CallBackRequest { call, command } = request;
        self.ask(|reply| Ask::CallBack { call, command, reply }).await?.map(drop)
    }

    /// Shows the call in main.
    pub async fn show_call(&self, call: CallRef) -> Result<(), ContractError> {
        self.tell(Ask::OpenCall(call)).await;
        Ok(())
    }

    /// Keeps a note written on the card.
    pub async fn save_card_note(&self, request: SaveNoteRequest) -> Result<(), ContractError> {
        self.keep_note(request).await
    }

    /// A button of the notification with this id was pressed.
    pub fn notification_action(&self, id: &str, action: ActionKind) {
        self.tell_later(Ask::NotificationAction { id: id.to_owned(), action });
    }
}
