//! Commands of pages by name, as the shell hands them over.

use serde_json::{Value, json};

use crate::{
    ShellCommands,
    contract::{commands::command_table, *},
    testing::Bench,
};

/// A program around the desk that refuses everything but to size its card.
pub(super) struct Refusing;

macro_rules! given_or_nothing {
    () => {
        ()
    };
    ($given:ty) => {
        $given
    };
}

macro_rules! refuse {
    (desk $($rest:tt)*) => {};
    (shell resize_card($takes:ty)) => {
        async fn resize_card(&self, height: $takes) -> Result<(), ContractError> {
            assert!((height - 210.5).abs() < f64::EPSILON);
            Ok(())
        }
    };
    (shell $name:ident($($takes:ty)?) $(-> $gives:ty)?) => {
        async fn $name(
            &self,
            $(_: $takes)?
        ) -> Result<given_or_nothing!($($gives)?), ContractError> {
            Err(ContractError::new(ErrorCode::Refused, "as the test says"))
        }
    };
}

macro_rules! refuse_commands {
    ($($(#[$doc:meta])* [$($window:ident)+] $by:ident $name:ident($($takes:ty)?) $(-> $gives:ty)?;)*) => {
        impl ShellCommands for Refusing {
            $(refuse!($by $name($($takes)?) $(-> $gives)?);)*
        }
    };
}
command_table!(refuse_commands);

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
