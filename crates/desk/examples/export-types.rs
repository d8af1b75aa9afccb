//! Writes the contract's TypeScript types into the folder given as the only argument.

use desk::contract;
use ts_rs::{Config, TS};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: export-types FOLDER")?;
    let config = Config::new().with_out_dir(folder).with_large_int("number");
    contract::CardsView::export_all(&config)?;
    contract::MainView::export_all(&config)?;
    contract::ListCallsRequest::export_all(&config)?;
    contract::CallsPage::export_all(&config)?;
    contract::CallDetails::export_all(&config)?;
    contract::CallsChanged::export_all(&config)?;
    contract::SaveNoteRequest::export_all(&config)?;
    contract::SaveOutcomeRequest::export_all(&config)?;
    contract::OpenCall::export_all(&config)?;
    contract::PreviewDialRequest::export_all(&config)?;
    contract::DialPreview::export_all(&config)?;
    contract::DialRequested::export_all(&config)?;
    contract::PlaceCallRequest::export_all(&config)?;
    contract::PlacedView::export_all(&config)?;
    contract::OpenRecordingRequest::export_all(&config)?;
    contract::RecordingView::export_all(&config)?;
    contract::DemoPhoneAction::export_all(&config)?;
    contract::ConnectOfficeRequest::export_all(&config)?;
    contract::RenewTokenRequest::export_all(&config)?;
    contract::DisconnectOfficeRequest::export_all(&config)?;
    contract::ContractError::export_all(&config)?;
    Ok(())
}
