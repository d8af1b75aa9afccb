//! Commands of the card.

use desk::{
    Desk,
    contract::{CallRef, CardsView, ContractError, SaveNoteRequest},
};
use serde::Deserialize;
use tauri::{AppHandle, State};

use crate::{paints::Paints, windows};

type Answer<T> = Result<T, ContractError>;

/// Call back from the card.
#[derive(Debug, Deserialize)]
pub(crate) struct CallBack {
    /// UUID made by the page: a second click is the same wish.
    command: String,
    /// Whom.
    call: CallRef,
}

/// The card has painted.
#[derive(Debug, Deserialize)]
pub(crate) struct Painted {
    /// This revision of its view.
    revision: u32,
}

#[tauri::command]
pub(crate) async fn card_snapshot(desk: State<'_, Desk>) -> Answer<CardsView> {
    desk.card_snapshot().await
}

#[tauri::command]
pub(crate) async fn card_dismiss(desk: State<'_, Desk>, request: CallRef) -> Answer<()> {
    desk.card_dismiss(request).await
}

#[tauri::command]
pub(crate) async fn card_call_back(desk: State<'_, Desk>, request: CallBack) -> Answer<()> {
    desk.card_call_back(request.call, request.command).await.map(drop)
}

#[tauri::command]
pub(crate) async fn card_open(desk: State<'_, Desk>, request: CallRef) -> Answer<()> {
    desk.card_open(request).await
}

#[tauri::command]
pub(crate) async fn card_save_note(desk: State<'_, Desk>, request: SaveNoteRequest) -> Answer<()> {
    desk.card_save_note(request).await
}

#[tauri::command]
pub(crate) async fn card_resize(app: AppHandle, desk: State<'_, Desk>, request: f64) -> Answer<()> {
    let corner = desk.card_corner().await?;
    if let Err(error) = windows::card::resize(&app, request, corner) {
        tracing::warn!(%error, "the card could not be resized");
    }
    Ok(())
}

#[tauri::command]
pub(crate) async fn card_typing(app: AppHandle, desk: State<'_, Desk>, request: bool) -> Answer<()> {
    desk.card_typing(request).await?;
    if let Err(error) = windows::card::take_keys(&app, request) {
        tracing::warn!(%error, "the card could not be given the keyboard");
    }
    Ok(())
}

#[tauri::command]
pub(crate) fn card_painted(paints: State<'_, Paints>, request: Painted) {
    paints.painted(request.revision);
}
