//! What a person does with cards and notifications.

use super::Desk;
use crate::{
    contract::{CallRef, CardsView, ContractError, PlacedView, SaveNoteRequest},
    controller::message::Ask,
    ui_port::ActionKind,
};

impl Desk {
    /// Everything that the card window shows. A page subscribes to its events before it asks.
    pub async fn card_snapshot(&self) -> Result<CardsView, ContractError> {
        self.ask(Ask::CardSnapshot).await
    }

    /// Puts a card away.
    pub async fn card_dismiss(&self, call: CallRef) -> Result<(), ContractError> {
        self.tell(Ask::CardDismiss(call)).await;
        Ok(())
    }

    /// A note is being written on a card, or no more: meanwhile no card goes away by itself.
    pub async fn card_typing(&self, writing: bool) -> Result<(), ContractError> {
        self.tell(Ask::CardTyping(writing)).await;
        Ok(())
    }

    /// Calls the other side of a call. `command` is a UUID that the page made for this wish: it acts once.
    pub async fn card_call_back(&self, call: CallRef, command: String) -> Result<PlacedView, ContractError> {
        self.ask(|reply| Ask::CallBack { call, command, reply }).await?
    }

    /// Shows the call in main.
    pub async fn card_open(&self, call: CallRef) -> Result<(), ContractError> {
        self.tell(Ask::OpenCall(call)).await;
        Ok(())
    }

    /// Keeps a note written on the card.
    pub async fn card_save_note(&self, request: SaveNoteRequest) -> Result<(), ContractError> {
        self.keep_note(request).await
    }

    /// A button of the notification with this id was pressed.
    pub fn notification_action(&self, id: &str, action: ActionKind) {
        self.tell_later(Ask::NotificationAction { id: id.to_owned(), action });
    }
}
