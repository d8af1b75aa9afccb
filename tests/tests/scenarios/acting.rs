//! What a person does with a call at his desk, on the PBXs that can.

use calls::{
    Action, CallResult, CallState, CommandId, CommandState, LegState, Target,
    number::{DialNumber, Dialable},
};
use desk::contract::{Ability, ActOnCallRequest, CallAction, CallRow, CardPhase, ErrorCode};
use link::{
    Office, OfficeErrorKind,
    wire::{ActOnCall, ExtensionRef, Role},
};
use office::Viewer;
use simulator::{Make, PhoneState, PhoneView};
use uuid::Uuid;

use crate::{
    scene::{Scene, eventually},
    settings::{GROUP, ME, connection},
};

const CALLER: &str = "+79161234567";
const ANSWERED: &str = r#"{"call":"answered","from":"+79161234567","ring":"600s","talk":"600s"}"#;

/// A talk of mine.
async fn talking(make: Make) -> (Scene, CallRow) {
    let scene = Scene::new().await;
    scene.play(make, ANSWERED);
    scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    scene.pick_up(ME).await;
    scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Talking).await;
    (scene, row)
}

/// A person presses a button once.
pub(crate) async fn press(scene: &Scene, row: &CallRow, action: CallAction) -> Result<(), ErrorCode> {
    let request = ActOnCallRequest { command: Uuid::new_v4().to_string(), call: row.call.clone(), action };
    scene.desk.act_on_call(request).await.map_err(|error| error.code)
}

/// Somebody with this role and extension.
fn somebody(make: Make, role: Role, extension: &str) -> Viewer {
    Viewer {
        id: format!("{role:?} {extension}"),
        name: "Somebody".into(),
        role,
        extensions: vec![ExtensionRef { connection: connection(make), extension: extension.to_owned() }],
        groups: vec![GROUP.to_owned()],
        rights: "scenario".into(),
    }
}

fn hang_up(row: &CallRow) -> ActOnCall {
    ActOnCall { command: CommandId(Uuid::new_v4()), call: row.call.id.parse().expect("an id"), action: Action::Hangup }
}

#[tokio::test]
async fn i_hang_up_and_it_is_done_when_the_pbx_says_so() {
    let (scene, row) = talking(Make::MANGO_VPBX).await;
    assert_eq!(press(&scene, &row, CallAction::Hangup).await, Ok(()));
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    assert_eq!(row.result, Some(CallResult::Answered));
    assert_eq!(press(&scene, &row, CallAction::Hangup).await, Err(ErrorCode::Ended));
}

#[tokio::test]
async fn the_same_wish_acts_once_and_answers_the_same_after_the_call() {
    let (scene, row) = talking(Make::MANGO_VPBX).await;
    let (me, wish) = (scene.view(somebody(Make::MANGO_VPBX, Role::Agent, ME)), hang_up(&row));
    let first = me.act(wish.clone()).await.expect("it is sent");
    let stands = eventually("it is confirmed", async || {
        let view = me.command(wish.command).await.expect("readable")?;
        (view.state == CommandState::Confirmed).then_some(view)
    });
    let stands = stands.await;
    assert_eq!((first.call, stands.call.as_str()), (stands.call.clone(), row.call.id.as_str()));
    let again = me.act(wish).await.expect("it is known");
    assert_eq!(again, stands, "although the call is over");
    let trace = me.trace(&stands.call).await.expect("readable").expect("to be seen");
    let of_ours = |kind: &str| trace.events.iter().filter(|event| event.kind == kind).count();
    assert_eq!((of_ours("command"), of_ours("answer")), (1, 1));
}

#[tokio::test]
async fn an_agent_acts_on_his_own_calls_and_a_manager_on_those_he_looks_after() {
    let (scene, row) = talking(Make::MANGO_VPBX).await;
    let others = scene.view(somebody(Make::MANGO_VPBX, Role::Agent, "203")).act(hang_up(&row)).await;
    assert_eq!(others.expect_err("not to be seen").kind, OfficeErrorKind::NotFound);
    let answers = ActOnCall { action: Action::Answer, ..hang_up(&row) };
    let manager = scene.view(somebody(Make::MANGO_VPBX, Role::Manager, "201"));
    assert_eq!(manager.act(answers).await.expect_err("not on the phone of another").kind, OfficeErrorKind::Unsupported);
    // Nobody of his group has this phone.
    assert_eq!(manager.act(hang_up(&row)).await.expect_err("another's people").kind, OfficeErrorKind::Conflict);
    let of_all = Viewer { groups: Vec::new(), ..somebody(Make::MANGO_VPBX, Role::Manager, "201") };
    scene.view(of_all).act(hang_up(&row)).await.expect("he may");
    scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
}

#[tokio::test]
async fn what_a_pbx_cannot_do_is_refused_with_the_reason_and_shown_with_it() {
    for make in [Make::ROSTELECOM, Make::ZADARMA, Make::MANGO_CLIENT] {
        let (scene, row) = talking(make).await;
        assert_eq!(press(&scene, &row, CallAction::Hangup).await, Err(ErrorCode::Unsupported), "{make}");
        let me = scene.view(somebody(make, Role::Agent, ME));
        let reason = me.act(hang_up(&row)).await.expect_err("it cannot").message;
        assert_eq!(reason, "this PBX cannot end a call for a program: do it on the phone", "{make}");
        let card = scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
        let shown = card.controls.iter().find(|control| control.ability == Ability::Hangup).expect("its reason");
        assert_eq!(shown.cannot, Some(calls::Cannot::OnPhone), "{make}");
    }
}

/// The number of a colleague, as it was shown.
pub(crate) fn colleague(extension: &str) -> DialNumber {
    Dialable::read(extension).expect("a number").number
}

/// A colleague picks up by hand or has done so by himself.
pub(crate) async fn talks(scene: &Scene, extension: &str) {
    let phones = scene.simulator.phones();
    eventually("the colleague talks", async || {
        // It may not ring yet, or no more.
        let _ = phones.pick_up(extension);
        let talks = |phone: &PhoneView| phone.extension == extension && phone.state == PhoneState::Talking;
        phones.views().iter().any(talks).then_some(())
    })
    .await;
}

async fn confirmed(me: &impl Office, wish: ActOnCall) {
    let command = wish.command;
    me.act(wish).await.expect("it is sent");
    eventually("it is confirmed", async || {
        let view = me.command(command).await.expect("readable")?;
        assert!(
            matches!(view.state, CommandState::Sent | CommandState::Accepted | CommandState::Confirmed),
            "{view:?}"
        );
        (view.state == CommandState::Confirmed).then_some(())
    })
    .await;
}

#[tokio::test]
async fn i_put_a_call_on_hold() {
    let (scene, row) = talking(Make::MANGO_VPBX).await;
    assert_eq!(press(&scene, &row, CallAction::Hold).await, Ok(()));
    let card = scene.screens.until_card(Some(CALLER), CardPhase::OnHold).await;
    let back = card.controls.iter().find(|control| control.ability == Ability::Retrieve).expect("what comes next");
    assert_eq!(back.cannot, Some(calls::Cannot::OnPhone), "this PBX has no command for it");
    assert_eq!(press(&scene, &row, CallAction::Hold).await, Err(ErrorCode::Ended), "it is on hold already");
}

#[tokio::test]
async fn i_pass_a_call_on_without_a_word() {
    for make in [Make::MANGO_VPBX, Make::MANGO_CLIENT] {
        let (scene, row) = talking(make).await;
        let transfer = CallAction::Transfer { to: colleague("203"), attended: false };
        assert_eq!(press(&scene, &row, transfer).await, Ok(()), "{make}");
        talks(&scene, "203").await;
        scene.screens.until_card(Some(CALLER), CardPhase::Ended).await;
        scene.hang_up("203");
        let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
        assert!(
            matches!(row.result, Some(CallResult::Answered | CallResult::Transferred | CallResult::AnsweredElsewhere)),
            "{make}: {:?}",
            row.result
        );
    }
}

#[tokio::test]
async fn i_ask_a_colleague_and_connect_the_two() {
    let (scene, row) = talking(Make::MANGO_VPBX).await;
    let transfer = CallAction::Transfer { to: colleague("203"), attended: true };
    assert_eq!(press(&scene, &row, transfer).await, Ok(()));
    talks(&scene, "203").await;
    let is_asked = async || {
        let legs = scene.details(&row.call).await.legs;
        legs.iter().any(|leg| leg.extension.as_deref() == Some("203") && leg.state == LegState::Connected).then_some(())
    };
    eventually("the colleague is asked", is_asked).await;
    let me = scene.view(somebody(Make::MANGO_VPBX, Role::Agent, ME));
    let call = row.call.id.parse().expect("an id");
    let connect = Action::Transfer { to: Target::Call(call), attended: true };
    confirmed(&me, ActOnCall { action: connect, ..hang_up(&row) }).await;
    scene.screens.until_card(Some(CALLER), CardPhase::Ended).await;
    let open = scene.row(Some(CALLER), |row| row.state == CallState::Talking).await;
    assert_eq!(open.call, row.call, "he talks with the customer now");
}

#[tokio::test]
async fn i_pick_up_a_call_that_rings_at_a_colleagues() {
    let scene = Scene::new().await;
    scene.play(
        Make::MANGO_VPBX,
        r#"{"call":"answered","from":"+79161234567","rings":["203"],"ring":"600s","talk":"600s"}"#,
    );
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ringing).await;
    assert_eq!(press(&scene, &row, CallAction::Pickup).await, Ok(()));
    scene.screens.until_card(Some(CALLER), CardPhase::Talking).await;
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Talking).await;
    assert_eq!(row.agent.as_deref(), Some("Пётр Волков"));
}

#[tokio::test]
async fn a_call_in_the_menu_goes_to_whom_it_is_sent() {
    for make in [Make::MANGO_VPBX, Make::MANGO_CLIENT] {
        let scene = Scene::new().await;
        scene.play(
            make,
            r#"{"call":"answered","from":"+79161234567","rings":["203"],"menu":"600s","ring":"600s","talk":"600s"}"#,
        );
        let row = scene.row(Some(CALLER), |row| row.state == CallState::Queued).await;
        let me = scene.view(somebody(make, Role::Manager, "201"));
        confirmed(&me, ActOnCall { action: Action::Route { to: colleague(ME) }, ..hang_up(&row) }).await;
        scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    }
}

#[tokio::test]
async fn who_is_rung_sends_the_call_to_colleagues_only_and_others_not_at_all() {
    let scene = Scene::new().await;
    scene.play(Make::MANGO_VPBX, ANSWERED);
    scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ringing).await;
    let route = |to| ActOnCall { action: Action::Route { to }, ..hang_up(&row) };
    let outside = || colleague("+79161112233");
    let kind = async |viewer: Viewer, to| scene.view(viewer).act(route(to)).await.map_err(|error| error.kind).err();

    let me = || somebody(Make::MANGO_VPBX, Role::Agent, ME);
    assert_eq!(kind(me(), outside()).await, Some(OfficeErrorKind::InvalidRequest));
    let nobody = || somebody(Make::MANGO_VPBX, Role::Manager, "299");
    assert_eq!(
        kind(nobody(), outside()).await,
        Some(OfficeErrorKind::Conflict),
        "it rings at nobody whom he looks after"
    );
    confirmed(&scene.view(me()), route(colleague("203"))).await;
}
