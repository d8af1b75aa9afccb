//! Commands that concern the program itself: the demo, and the offices that it looks at.

use desk::{
    Desk,
    contract::{
        ConnectOfficeRequest, ContractError, DemoPhoneAction, DisconnectOfficeRequest, ErrorCode, RenewTokenRequest,
    },
};
use tauri::{AppHandle, State};

use crate::{demo::Demo, offices, restart};

type Answer<T> = Result<T, ContractError>;

#[tauri::command]
pub(crate) async fn connect_office(desk: State<'_, Desk>, request: ConnectOfficeRequest) -> Answer<()> {
    offices::connect(&desk, request).await
}

#[tauri::command]
pub(crate) async fn renew_office_token(desk: State<'_, Desk>, request: RenewTokenRequest) -> Answer<()> {
    offices::renew_token(&desk, request).await
}

#[tauri::command]
pub(crate) async fn disconnect_office(desk: State<'_, Desk>, request: DisconnectOfficeRequest) -> Answer<()> {
    offices::disconnect(&desk, request).await
}

#[tauri::command]
pub(crate) fn start_demo(app: AppHandle) -> Answer<()> {
    restart::with(&app, &["--demo"]).map_err(|error| internal(&error))
}

#[tauri::command]
pub(crate) fn leave_demo(app: AppHandle) -> Answer<()> {
    restart::with(&app, &[]).map_err(|error| internal(&error))
}

#[tauri::command]
pub(crate) fn demo_phone(demo: State<'_, Option<Demo>>, request: DemoPhoneAction) -> Answer<()> {
    let Some(demo) = demo.inner() else {
        return Err(ContractError::new(ErrorCode::Unsupported, "only the demo has such a phone"));
    };
    demo.use_phone(request)
}

fn internal(error: &anyhow::Error) -> ContractError {
    ContractError::new(ErrorCode::Internal, format!("the program could not be started again: {error}"))
}
