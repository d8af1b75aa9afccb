//! Control over HTTP, for tests and for curl: `/_simulator/…` on the port of every make.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::phones::PhoneError;
use crate::script::Script;
use crate::simulator::Simulator;

pub(crate) fn router(simulator: Simulator) -> Router {
    Router::new()
        .route("/_simulator/phones", get(phones))
        .route("/_simulator/phones/{extension}/{action}", post(use_phone))
        .route("/_simulator/play", post(play))
        .route("/_simulator/fault", post(fault))
        .route("/_simulator/deliveries", get(deliveries))
        .with_state(simulator)
}

async fn phones(State(simulator): State<Simulator>) -> Response {
    Json(simulator.phones().views()).into_response()
}

async fn use_phone(State(simulator): State<Simulator>, Path((extension, action)): Path<(String, String)>) -> Response {
    let phones = simulator.phones();
    let used = match action.as_str() {
        "pickup" => phones.pick_up(&extension),
        "hangup" => phones.hang_up(&extension),
        "let-ring" => phones.let_ring(&extension),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match used {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error @ PhoneError::Unknown) => (StatusCode::NOT_FOUND, error.to_string()).into_response(),
        Err(error @ PhoneError::NotNow) => (StatusCode::CONFLICT, error.to_string()).into_response(),
    }
}

async fn play(State(simulator): State<Simulator>, lines: String) -> Response {
    match Script::parse(&lines).and_then(|script| simulator.play(script)) {
        Ok(_) => StatusCode::ACCEPTED.into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

#[derive(Deserialize)]
struct FaultRequest {
    fault: String,
    #[serde(default = "on")]
    on: bool,
}

fn on() -> bool {
    true
}

async fn fault(State(simulator): State<Simulator>, Json(request): Json<FaultRequest>) -> Response {
    match request.fault.parse() {
        Ok(fault) => {
            simulator.fault(fault, request.on);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, crate::fault::FaultError::to_string(&error)).into_response(),
    }
}

async fn deliveries(State(simulator): State<Simulator>) -> Response {
    let now = simulator.deliveries();
    Json(json!({"accepted": now.accepted, "refused": now.refused, "lost": now.lost})).into_response()
}
