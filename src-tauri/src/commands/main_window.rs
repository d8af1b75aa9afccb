//! Commands of the main window.

use desk::{
    Desk,
    contract::{
        CallDetails, CallRef, CallsPage, ContractError, DialPreview, DialRequested, ListCallsRequest, MainView,
        NoticeKind, OpenCall, OpenRecordingRequest, PlaceCallRequest, PlacedView, PreviewDialRequest, RecordingView,
        SaveNoteRequest, SaveOutcomeRequest, Settings,
    },
};
use tauri::State;

type Answer<T> = Result<T, ContractError>;

#[tauri::command]
pub(crate) async fn main_snapshot(desk: State<'_, Desk>) -> Answer<MainView> {
    desk.main_snapshot().await
}

#[tauri::command]
pub(crate) async fn list_calls(desk: State<'_, Desk>, request: ListCallsRequest) -> Answer<CallsPage> {
    desk.list_calls(request).await
}

#[tauri::command]
pub(crate) async fn call_details(desk: State<'_, Desk>, request: CallRef) -> Answer<CallDetails> {
    desk.call_details(request).await
}

#[tauri::command]
pub(crate) async fn save_note(desk: State<'_, Desk>, request: SaveNoteRequest) -> Answer<CallDetails> {
    desk.save_note(request).await
}

#[tauri::command]
pub(crate) async fn save_outcome(desk: State<'_, Desk>, request: SaveOutcomeRequest) -> Answer<CallDetails> {
    desk.save_outcome(request).await
}

#[tauri::command]
pub(crate) async fn preview_dial(desk: State<'_, Desk>, request: PreviewDialRequest) -> Answer<DialPreview> {
    desk.preview_dial(request).await
}

#[tauri::command]
pub(crate) async fn place_call(desk: State<'_, Desk>, request: PlaceCallRequest) -> Answer<PlacedView> {
    desk.place_call(request).await
}

#[tauri::command]
pub(crate) async fn open_recording(desk: State<'_, Desk>, request: OpenRecordingRequest) -> Answer<RecordingView> {
    desk.open_recording(request).await
}

#[tauri::command]
pub(crate) async fn save_settings(desk: State<'_, Desk>, request: Settings) -> Answer<()> {
    desk.save_settings(request).await
}

#[tauri::command]
pub(crate) async fn dismiss_notice(desk: State<'_, Desk>, request: NoticeKind) -> Answer<()> {
    desk.dismiss_notice(request).await
}

#[tauri::command]
pub(crate) async fn dismiss_away(desk: State<'_, Desk>) -> Answer<()> {
    desk.dismiss_away().await
}

#[tauri::command]
pub(crate) async fn pending_dial(desk: State<'_, Desk>) -> Answer<Option<DialRequested>> {
    desk.pending_dial().await
}

#[tauri::command]
pub(crate) async fn pending_open(desk: State<'_, Desk>) -> Answer<Option<OpenCall>> {
    desk.pending_open().await
}
