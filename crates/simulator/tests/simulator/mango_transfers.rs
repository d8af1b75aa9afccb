//! Transfers on MANGO, leg by leg, as the vendor's VPBX manual (v1.9) shows them.

use serde_json::{Value, json};
use trubka_simulator::{Reading, Simulator, SimulatorConfig};

use crate::mango::{User, ask, code};
use crate::mango_calls::{is_over, states, until};
use crate::office;

/// A scenario between 201, who answers, and 203; what each of them heard up to so many ends.
async fn heard(readings: &[Reading], scenario: &str, ends: (usize, usize)) -> (Vec<Value>, Vec<Value>) {
    let config = SimulatorConfig { readings: readings.to_vec(), ..office::config() };
    let simulator = Simulator::start(config).await.expect("two free ports");
    let mut first = User::of(&simulator, "201").await;
    let mut second = User::of(&simulator, "203").await;
    let line = format!(
        r#"{{"make":"mango-client","call":"{scenario}","from":"+79161234567","answers":"201","transfer":"203"}}"#
    );
    office::play(&simulator, &line);
    (ended(&mut first, ends.0).await, ended(&mut second, ends.1).await)
}

async fn ended(user: &mut User, times: usize) -> Vec<Value> {
    let mut frames = Vec::new();
    for _ in 0..times {
        frames.extend(until(user, is_over).await);
    }
    frames.retain(|frame| frame["routeKey"] == "/call");
    frames
}

/// Those of one leg: its states with the numbers that order them.
fn leg(frames: &[Value], number: usize) -> Vec<(String, i64)> {
    let suffix = format!(".{number}");
    let on = |frame: &&Value| frame["data"]["call_id"].as_str().is_some_and(|id| id.ends_with(&suffix));
    let told = |frame: &Value| {
        (frame["data"]["state"].as_str().expect("a state").to_owned(), frame["data"]["seq"].as_i64().expect("a number"))
    };
    frames.iter().filter(on).map(told).collect()
}

fn numbered(states: &[&str]) -> Vec<(String, i64)> {
    states.iter().zip(1..).map(|(state, seq)| ((*state).to_owned(), seq)).collect()
}

fn taken_from(frame: &Value) -> Option<&str> {
    frame["data"]["from"]["taken_from_call_id"].as_str()
}

#[tokio::test]
async fn a_blind_transfer_rings_a_second_time_with_the_customer() {
    let (first, second) = heard(&[], "transfer", (1, 1)).await;
    assert_eq!(leg(&first, 1), numbered(&["APPEARED", "CONNECTED", "ON_HOLD", "DISCONNECTED"]));
    assert_eq!(first.last().expect("an end")["data"]["disconnect_reason"], 1120);
    assert_eq!(leg(&first, 2), numbered(&["APPEARED"]), "he calls the colleague");
    assert_eq!(leg(&second, 2), numbered(&["APPEARED", "APPEARED", "CONNECTED", "DISCONNECTED"]));
    assert_eq!(second[0]["data"]["from"], json!({"extension": "201"}), "the manual names no leg here");
    assert_eq!(second[1]["data"]["from"]["number"], "79161234567");
    assert_eq!(taken_from(&second[1]), first[0]["data"]["call_id"].as_str());
    assert_eq!(second[3]["data"]["disconnect_reason"], 1110);
    assert_eq!(second[0]["data"]["entry_id"], first[0]["data"]["entry_id"]);
}

#[tokio::test]
async fn after_a_consultation_the_customer_takes_the_place_of_the_one_who_asked() {
    let (first, second) = heard(&[], "transfer-consulted", (1, 1)).await;
    assert_eq!(leg(&first, 1), numbered(&["APPEARED", "CONNECTED", "ON_HOLD", "DISCONNECTED"]));
    assert_eq!(leg(&first, 2), numbered(&["APPEARED", "CONNECTED"]));
    assert_eq!(leg(&second, 2), numbered(&["APPEARED", "CONNECTED", "CONNECTED", "DISCONNECTED"]));
    assert_eq!(second[1]["data"]["from"]["extension"], "201");
    assert_eq!(second[2]["data"]["from"]["number"], "79161234567");
    assert!(second.iter().all(|frame| taken_from(frame) == first[0]["data"]["call_id"].as_str()));
}

#[tokio::test]
async fn only_the_called_colleague_hears_of_the_second_leg_if_the_page_is_read_so() {
    for scenario in ["transfer", "transfer-consulted"] {
        let (first, second) = heard(&[Reading::TRANSFER_LEG_TO_CALLED], scenario, (1, 1)).await;
        assert_eq!(leg(&first, 2), [], "{scenario}");
        assert_eq!(leg(&second, 2).len(), 4, "{scenario}");
    }
}

#[tokio::test]
async fn a_transfer_that_nobody_answers_comes_back_on_a_third_leg() {
    let (first, second) = heard(&[], "transfer-returned", (2, 1)).await;
    assert_eq!(states(&second), ["APPEARED", "APPEARED", "DISCONNECTED"]);
    assert_eq!(second[2]["data"]["disconnect_reason"], 1111);
    assert_eq!(leg(&first, 3), numbered(&["APPEARED", "CONNECTED", "DISCONNECTED"]));
    let back = first.iter().find(|frame| frame["data"]["transfer"] == "return_blind").expect("it says so");
    assert_eq!(back["data"]["from"]["number"], "79161234567");
    assert_eq!(taken_from(back), second[0]["data"]["call_id"].as_str());
}

#[tokio::test]
async fn a_customer_who_gives_up_during_a_blind_transfer_ends_the_second_leg() {
    let (first, second) = heard(&[], "transfer-unanswered", (1, 1)).await;
    assert_eq!(states(&second), ["APPEARED", "APPEARED", "DISCONNECTED"]);
    assert_eq!(second[2]["data"]["disconnect_reason"], 1110);
    assert_eq!(leg(&first, 3), []);
}

#[tokio::test]
async fn a_consultation_that_is_given_up_leaves_the_first_leg() {
    let (first, second) = heard(&[], "transfer-given-up", (2, 1)).await;
    assert_eq!(leg(&second, 2), numbered(&["APPEARED", "CONNECTED", "DISCONNECTED"]));
    assert_eq!(leg(&first, 1), numbered(&["APPEARED", "CONNECTED", "ON_HOLD", "CONNECTED", "DISCONNECTED"]));
}

#[tokio::test]
async fn a_customer_who_leaves_during_a_consultation_leaves_the_colleagues_talking() {
    let (first, second) = heard(&[], "transfer-abandoned", (2, 1)).await;
    assert_eq!(leg(&first, 1), numbered(&["APPEARED", "CONNECTED", "ON_HOLD", "DISCONNECTED"]));
    assert_eq!(leg(&second, 2), numbered(&["APPEARED", "CONNECTED", "DISCONNECTED"]));
}

#[tokio::test]
async fn a_call_that_is_taken_goes_on_on_a_leg_of_its_own() {
    let (first, second) = heard(&[], "taken", (1, 1)).await;
    assert_eq!(leg(&first, 1), numbered(&["APPEARED", "DISCONNECTED"]));
    assert_eq!(leg(&second, 2), numbered(&["APPEARED", "CONNECTED", "DISCONNECTED"]));
    assert_eq!(taken_from(&second[0]), first[0]["data"]["call_id"].as_str());
    assert_eq!(second[0]["data"]["from"]["number"], "79161234567");
}

#[tokio::test]
async fn a_program_passes_a_call_on_and_sends_one_from_the_menu() {
    let simulator = office::start().await;
    let mut first = User::of(&simulator, "201").await;
    let mut second = User::of(&simulator, "203").await;
    office::play(
        &simulator,
        r#"{"make":"mango-client","call":"answered","from":"+79161234567","answers":"201","ring":"1s","talk":"600s"}"#,
    );
    let talks = |frame: &Value| frame["data"]["state"] == "CONNECTED";
    let call = until(&mut first, talks).await.pop().expect("it talks")["data"]["call_id"].clone();
    let transfer = json!({"extension": "201", "call_id": call, "DESTINATION_NUMBER": "203"});
    assert_eq!(code(&ask(&simulator, "/v1/transfer", transfer).await), 0);
    let taken = until(&mut second, talks).await.pop().expect("it talks");
    assert_eq!(taken["data"]["from"]["number"], "79161234567");
    simulator.phones().hang_up("203").expect("it talks");

    office::play(
        &simulator,
        r#"{"make":"mango-client","call":"answered","from":"+79161234568","menu":"600s","answers":"201","ring":"1s"}"#,
    );
    let waiting = |frame: &Value| frame["routeKey"] == "/ivr";
    let place = tokio::select! {
        told = until(&mut first, waiting) => told,
        told = until(&mut second, waiting) => told,
    };
    let entry = place.last().expect("in the menu")["data"]["entry_id"].clone();
    assert_eq!(code(&ask(&simulator, "/v1/route", json!({"extension": "203", "entry_id": entry})).await), 0);
    let routed = until(&mut second, |frame| frame["routeKey"] == "/route_result").await.pop().expect("told");
    assert_eq!((&routed["data"]["result"], &routed["data"]["entry_id"]), (&json!(1000), &entry));
    until(&mut second, talks).await;
}
