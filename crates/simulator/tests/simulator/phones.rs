//! Demo phones: left alone they follow the script, used by hand they follow the hand.

use trubka_simulator::{PhoneState, Simulator};

use crate::client::{ask, get, post};
use crate::hook::Hook;
use crate::office;

fn state(simulator: &Simulator, extension: &str) -> PhoneState {
    let views = simulator.phones().views();
    views.into_iter().find(|phone| phone.extension == extension).expect("a phone").state
}

#[tokio::test]
async fn a_phone_called_by_click_to_call_shows_the_number_and_answers_by_itself() {
    let simulator = office::start().await;
    let mut changes = simulator.phones().subscribe();
    let access = office::rostelecom(&simulator);
    ask(&access, "call_back", r#"{"request_number":"+79001234567","from_pin":"202"}"#).await;
    let rings = changes.recv().await.expect("a change");
    assert_eq!((rings.state, rings.shows.as_deref()), (PhoneState::Ringing, Some("+79001234567")));
    assert_eq!(changes.recv().await.expect("a change").state, PhoneState::Talking);
    let idle = changes.recv().await.expect("a change");
    assert_eq!((idle.state, idle.shows), (PhoneState::Idle, None));
}

#[tokio::test]
async fn let_ring_keeps_it_ringing_until_a_hand_or_the_time_out() {
    let simulator = office::start().await;
    let access = office::rostelecom(&simulator);
    let mut hook = Hook::of(&simulator).await;
    let mut changes = simulator.phones().subscribe();
    ask(&access, "call_back", r#"{"request_number":"+79001234567","from_pin":"202"}"#).await;
    changes.recv().await.expect("it rings");
    simulator.phones().let_ring("202").expect("it rings");
    let events = hook.call().await;
    assert!(events.iter().all(|event| event["state"] != "connected"), "nobody picked up");

    ask(&access, "call_back", r#"{"request_number":"+79001234567","from_pin":"202"}"#).await;
    office::eventually("ringing", || state(&simulator, "202") == PhoneState::Ringing).await;
    simulator.phones().let_ring("202").expect("it rings");
    simulator.phones().pick_up("202").expect("it still rings");
    let events = hook.call().await;
    assert!(events.iter().any(|event| event["state"] == "connected"));
}

#[tokio::test]
async fn hanging_up_by_hand_refuses_a_scripted_call_or_ends_its_talk() {
    let simulator = office::start().await;
    let mut hook = Hook::of(&simulator).await;
    let line = r#"{"make":"rostelecom","call":"answered","from":"+79161234567","ring":"4m","talk":"4m"}"#;
    office::play(&simulator, line);
    office::eventually("ringing", || state(&simulator, "202") == PhoneState::Ringing).await;
    simulator.phones().hang_up("202").expect("it rings");
    assert!(hook.call().await.iter().all(|event| event["state"] != "connected"));

    office::play(&simulator, line);
    office::eventually("ringing", || state(&simulator, "202") == PhoneState::Ringing).await;
    simulator.phones().pick_up("202").expect("it rings");
    hook.until("connected").await;
    simulator.phones().hang_up("202").expect("it talks");
    let rest = hook.call().await;
    assert_eq!(rest[0]["disconnect_reason"], "5");
}

#[tokio::test]
async fn a_colleague_can_pick_up_by_hand_what_the_script_left_to_another() {
    let simulator = office::start().await;
    let mut hook = Hook::of(&simulator).await;
    let line = r#"{"make":"rostelecom","call":"group","from":"+79161234567","answers":"201","ring":"4m"}"#;
    office::play(&simulator, line);
    office::eventually("ringing", || state(&simulator, "203") == PhoneState::Ringing).await;
    simulator.phones().pick_up("203").expect("it rings");
    let events = hook.call().await;
    let answered = events.iter().find(|event| event["state"] == "connected").expect("an answer");
    assert_eq!(answered["request_pin"], "203");
}

#[tokio::test]
async fn phones_scripts_and_faults_are_controlled_over_http() {
    let simulator = office::start().await;
    let base = format!("{}/_simulator", office::rostelecom(&simulator).url);
    let line = r#"{"make":"rostelecom","call":"answered","from":"+79161234567","ring":"4m","talk":"4m"}"#;
    assert_eq!(post(&format!("{base}/phones/202/pickup"), &[], "").await.status, 409);
    assert_eq!(post(&format!("{base}/phones/999/pickup"), &[], "").await.status, 404);
    assert_eq!(post(&format!("{base}/phones/202/shake"), &[], "").await.status, 404);
    assert_eq!(post(&format!("{base}/play"), &[], line).await.status, 202);
    office::eventually("ringing", || state(&simulator, "202") == PhoneState::Ringing).await;
    assert_eq!(post(&format!("{base}/phones/202/let-ring"), &[], "").await.status, 204);
    assert_eq!(post(&format!("{base}/phones/202/pickup"), &[], "").await.status, 204);
    let views = get(&format!("{base}/phones"), &[]).await.json();
    assert_eq!((&views[1]["extension"], &views[1]["shows"]), (&"202".into(), &"+79161234567".into()));
    assert_eq!(post(&format!("{base}/phones/202/hangup"), &[], "").await.status, 204);

    let wrong = post(&format!("{base}/play"), &[], "\n{\"call\":\"ring\"}").await;
    assert_eq!(wrong.status, 400);
    assert!(String::from_utf8_lossy(&wrong.body).starts_with("line 2: "));
    let stranger = post(&format!("{base}/play"), &[], r#"{"cut":"999"}"#).await;
    assert_eq!(stranger.status, 400);
    let json = [("Content-Type", "application/json")];
    assert_eq!(post(&format!("{base}/fault"), &json, r#"{"fault":"duplicates","on":true}"#).await.status, 204);
    assert_eq!(post(&format!("{base}/fault"), &json, r#"{"fault":"gravity"}"#).await.status, 400);
    let told = get(&format!("{base}/deliveries"), &[]).await.json();
    assert!(told["lost"].as_u64().is_some_and(|lost| lost > 0), "no hook was set");
}
