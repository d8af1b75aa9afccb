//! Commands of pages by name, as the shell hands them over.

use serde_json::{Value, json};

use crate::{
    ShellCommands,
    contract::{
        AdminOfficeRequest, BeginConnectionRequest, ChangeRightsRequest, CheckConnectionRequest, CheckOutcome,
        ConnectOfficeRequest, ContractError, DemoPbxs, DemoPhoneAction, DisconnectOfficeRequest, DraftView, ErrorCode,
        FillConnectionRequest, ImportedPeople, IntroduceConnectionRequest, InvitationAnswer, InvitePersonRequest,
        InvitedView, JoinAnswer, JoinOfficeRequest, KeepLinksRequest, KeptFile, Makes, NamedConnection,
        NamedInvitation, OfficeConnections, OfficeLists, OfficePeople, PauseConnectionRequest, PeopleTable,
        PeopleTableRequest, Phones, ReadInvitationRequest, RemovePersonRequest, RenewTokenRequest, SaveListRequest,
        StartDemoRequest, Window,
    },
    testing::Bench,
};

/// A program around the desk that refuses everything but to size its card.
pub(super) struct Refusing;

fn refused<T>() -> Result<T, ContractError> {
    Err(ContractError::new(ErrorCode::Refused, "as the test says"))
}

impl ShellCommands for Refusing {
    async fn connect_office(&self, _: ConnectOfficeRequest) -> Result<(), ContractError> {
        refused()
    }

    async fn renew_office_token(&self, _: RenewTokenRequest) -> Result<(), ContractError> {
        refused()
    }

    async fn disconnect_office(&self, _: DisconnectOfficeRequest) -> Result<(), ContractError> {
        refused()
    }

    async fn preview_people(&self, _: PeopleTableRequest) -> Result<PeopleTable, ContractError> {
        refused()
    }

    async fn import_people(&self, _: PeopleTableRequest) -> Result<ImportedPeople, ContractError> {
        refused()
    }

    async fn keep_links(&self, _: KeepLinksRequest) -> Result<KeptFile, ContractError> {
        refused()
    }

    async fn office_lists(&self, _: AdminOfficeRequest) -> Result<OfficeLists, ContractError> {
        refused()
    }

    async fn save_list(&self, _: SaveListRequest) -> Result<OfficeLists, ContractError> {
        refused()
    }

    async fn office_people(&self, _: AdminOfficeRequest) -> Result<OfficePeople, ContractError> {
        refused()
    }

    async fn invite_person(&self, _: InvitePersonRequest) -> Result<InvitedView, ContractError> {
        refused()
    }

    async fn reissue_invitation(&self, _: NamedInvitation) -> Result<InvitedView, ContractError> {
        refused()
    }

    async fn revoke_invitation(&self, _: NamedInvitation) -> Result<(), ContractError> {
        refused()
    }

    async fn remove_person(&self, _: RemovePersonRequest) -> Result<(), ContractError> {
        refused()
    }

    async fn change_rights(&self, _: ChangeRightsRequest) -> Result<(), ContractError> {
        refused()
    }

    async fn read_invitation(&self, _: ReadInvitationRequest) -> Result<InvitationAnswer, ContractError> {
        refused()
    }

    async fn join_office(&self, _: JoinOfficeRequest) -> Result<JoinAnswer, ContractError> {
        refused()
    }

    async fn connectable_makes(&self, _: AdminOfficeRequest) -> Result<Makes, ContractError> {
        refused()
    }

    async fn office_connections(&self, _: AdminOfficeRequest) -> Result<OfficeConnections, ContractError> {
        refused()
    }

    async fn begin_connection(&self, _: BeginConnectionRequest) -> Result<DraftView, ContractError> {
        refused()
    }

    async fn fill_connection(&self, _: FillConnectionRequest) -> Result<DraftView, ContractError> {
        refused()
    }

    async fn introduce_connection(&self, _: IntroduceConnectionRequest) -> Result<DraftView, ContractError> {
        refused()
    }

    async fn list_phones(&self, _: NamedConnection) -> Result<Phones, ContractError> {
        refused()
    }

    async fn check_connection(&self, _: CheckConnectionRequest) -> Result<CheckOutcome, ContractError> {
        refused()
    }

    async fn save_connection(&self, _: NamedConnection) -> Result<(), ContractError> {
        refused()
    }

    async fn drop_draft(&self, _: NamedConnection) -> Result<(), ContractError> {
        refused()
    }

    async fn pause_connection(&self, _: PauseConnectionRequest) -> Result<(), ContractError> {
        refused()
    }

    async fn remove_connection(&self, _: NamedConnection) -> Result<(), ContractError> {
        refused()
    }

    async fn start_demo(&self, _: StartDemoRequest) -> Result<(), ContractError> {
        refused()
    }

    async fn demo_pbxs(&self) -> Result<DemoPbxs, ContractError> {
        refused()
    }

    async fn leave_demo(&self) -> Result<(), ContractError> {
        refused()
    }

    async fn demo_phone(&self, _: DemoPhoneAction) -> Result<(), ContractError> {
        refused()
    }

    async fn resize_card(&self, height: f64) -> Result<(), ContractError> {
        assert!((height - 210.5).abs() < f64::EPSILON);
        Ok(())
    }

    async fn focus_card(&self) -> Result<(), ContractError> {
        refused()
    }

    async fn card_typing(&self, _: bool) -> Result<(), ContractError> {
        refused()
    }

    async fn card_painted(&self, _: u32) -> Result<(), ContractError> {
        refused()
    }
}

async fn call(bench: &Bench, window: Window, command: &str, request: Value) -> Result<Value, ErrorCode> {
    let answer = crate::call(&bench.desk, &Refusing, window, command, request).await.map_err(|error| error.code)?;
    Ok(serde_json::from_str(&answer).expect("JSON"))
}

#[tokio::test(start_paused = true)]
async fn a_page_is_answered_by_the_desk_or_by_the_program_around_it() {
    let bench = Bench::live().await;
    let start = call(&bench, Window::Main, "start_main", json!({"limit": 60})).await.unwrap();
    assert_eq!(start["view"]["stage"], "office");
    assert_eq!(start["calls"]["rows"], json!([]));
    assert_eq!(call(&bench, Window::Main, "dismiss_away", Value::Null).await, Ok(Value::Null));
    assert_eq!(call(&bench, Window::Card, "resize_card", json!(210.5)).await, Ok(Value::Null));
    assert_eq!(call(&bench, Window::Card, "demo_phone", json!("pickUp")).await, Err(ErrorCode::Refused));
    assert_eq!(call(&bench, Window::Main, "demo_phone", json!("pickUp")).await, Err(ErrorCode::Refused));
}

#[tokio::test(start_paused = true)]
async fn a_window_has_its_own_commands_and_no_others() {
    let bench = Bench::live().await;
    for command in ["list_calls", "place_call", "connect_office", "save_settings", "main_snapshot", ""] {
        let answer = call(&bench, Window::Card, command, json!({})).await;
        assert_eq!(answer, Err(ErrorCode::InvalidRequest), "{command} of the card");
    }
    let connection = json!({"office": "own", "connection": "era-1"});
    for (command, request) in [
        ("connectable_makes", json!({"office": "own"})),
        ("office_connections", json!({"office": "own"})),
        ("begin_connection", json!({"office": "own", "make": "era"})),
        ("fill_connection", json!({"office": "own", "connection": "era-1", "keys": {"token": "a-key"}})),
        ("introduce_connection", json!({"office": "own", "connection": "era-1", "name": "Trubka"})),
        ("list_phones", connection.clone()),
        ("check_connection", json!({"office": "own", "connection": "era-1", "step": "key"})),
        ("save_connection", connection.clone()),
        ("drop_draft", connection.clone()),
        ("pause_connection", json!({"office": "own", "connection": "era-1", "paused": true})),
        ("remove_connection", connection),
    ] {
        // The request can be read: only the window is wrong.
        let answer = call(&bench, Window::Main, command, request.clone()).await;
        assert_eq!(answer, Err(ErrorCode::Refused), "{command} of main");
        let answer = call(&bench, Window::Card, command, request).await;
        assert_eq!(answer, Err(ErrorCode::InvalidRequest), "{command} of the card");
    }
    assert_eq!(call(&bench, Window::Main, "focus_card", Value::Null).await, Err(ErrorCode::Refused));
    assert_eq!(call(&bench, Window::Card, "focus_card", Value::Null).await, Err(ErrorCode::InvalidRequest));
    for command in ["dismiss_card", "call_back", "card_typing", "save_card_outcome", "resize_card", "mainSnapshot"] {
        let answer = call(&bench, Window::Main, command, json!({"office": "own", "id": "a"})).await;
        assert_eq!(answer, Err(ErrorCode::InvalidRequest), "{command} of main");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_cannot_be_read_is_refused() {
    let bench = Bench::live().await;
    for (command, request) in [("preview_dial", json!({})), ("errand_done", json!(-1)), ("save_settings", Value::Null)]
    {
        assert_eq!(call(&bench, Window::Main, command, request).await, Err(ErrorCode::InvalidRequest), "{command}");
    }
}
