//! What a person does with a call at his desk, on the PBXs that can.

use calls::{
    Action, CallResult, CallState, CommandId, CommandState, LegState, Target,
    number::{DialNumber, Dialable},
};
use desk::contract::{Ability, ActOnCallRequest, CallAction, CallRow, CardPhase, ErrorCode};
use gateway::tokens::{NewToken, issue};
use link::{
    Office, OfficeErrorKind, RemoteOffice,
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
    talking_in(Scene::new().await, make).await
}

pub(crate) async fn talking_in(scene: Scene, make: Make) -> (Scene, CallRow) {
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
pub(crate) fn somebody(make: Make, role: Role, extension: &str) -> Viewer {
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
async fn the_same_command_acts_once_and_answers_the_same_after_the_call() {
    let (scene, row) = talking(Make::MANGO_VPBX).await;
    let (me, request) = (scene.view(somebody(Make::MANGO_VPBX, Role::Agent, ME)), hang_up(&row));
    let first = me.act(request.clone()).await.expect("it is sent");
    let stands = eventually("it is confirmed", async || {
        let view = me.command(request.command).await.expect("readable")?;
        (view.state == CommandState::Confirmed).then_some(view)
    });
    let stands = stands.await;
    assert_eq!((first.call, stands.call.as_str()), (stands.call.clone(), row.call.id.as_str()));
    let again = me.act(request).await.expect("it is known");
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

async fn confirmed(me: &impl Office, request: ActOnCall) {
    let command = request.command;
    me.act(request).await.expect("it is sent");
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
    assert_eq!(press(&scene, &row, CallAction::Hold).await, Err(ErrorCode::Changed), "it is on hold already");
}

#[tokio::test]
async fn i_pass_a_call_on_without_a_word() {
    for make in [Make::MANGO_VPBX, Make::MANGO_CLIENT] {
        let (scene, row) = talking(make).await;
        let transfer = CallAction::Transfer { to: colleague("203"), attended: false, confirmed: false };
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
    let transfer = CallAction::Transfer { to: colleague("203"), attended: true, confirmed: false };
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

/// The same office over HTTP, as this person's desk at home or a script sees it.
pub(crate) async fn afar(scene: &Scene, make: Make, role: Role, extension: &str) -> RemoteOffice {
    let Viewer { name, extensions, groups, .. } = somebody(make, role, extension);
    let token = NewToken { name, role, extensions, groups, expires_at: None };
    let issued = issue(scene.store(), token).await.expect("a token");
    let address = format!("http://{}", scene.gateway()).parse().expect("an address");
    eventually("the gateway knows the token", async || {
        let office = RemoteOffice::connect(&address, issued.secret.clone(), None).expect("on this computer");
        office.stream(None).await.is_ok().then_some(office)
    })
    .await
}

/// Each goes over the gateway's endpoint, acts once, and is done when an event of the call has shown it.
async fn each_is_confirmed(scene: &Scene, make: Make, row: &CallRow, actions: &[Action]) {
    let me = afar(scene, make, Role::Agent, ME).await;
    for action in actions {
        let request = ActOnCall { action: action.clone(), ..hang_up(row) };
        confirmed(&me, request.clone()).await;
        let again = me.act(request.clone()).await.expect("it is known");
        assert_eq!((again.command, again.state), (request.command, CommandState::Confirmed), "{action:?}");
    }
    let trace = me.trace(&row.call.id.parse().expect("an id")).await.expect("readable").expect("to be seen");
    let sent = trace.events.iter().filter(|event| event.kind == "command").count();
    assert_eq!(sent, actions.len(), "none was sent twice");
}

#[tokio::test]
async fn a_call_is_recorded_held_and_ended_over_http() {
    let (scene, row) = talking(Make::MANGO_VPBX).await;
    each_is_confirmed(&scene, Make::MANGO_VPBX, &row, &[Action::Record { on: true }, Action::Hold, Action::Hangup])
        .await;
    scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
}

/// A ringing call on Era, which takes every command.
async fn ringing_on_era() -> (Scene, CallRow) {
    let scene = Scene::alone(Make::ERA, &[]).await;
    let live = |row: &desk::contract::ConnectionRow| row.state == desk::contract::ConnectionState::Live;
    scene.screens.until_connection(Make::ERA, "live", live).await;
    scene.play(Make::ERA, ANSWERED);
    scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ringing).await;
    (scene, row)
}

#[tokio::test]
async fn a_call_is_answered_held_taken_back_and_ended_over_http() {
    let (scene, row) = ringing_on_era().await;
    let actions = [
        Action::Answer,
        Action::Dtmf { digits: "12".to_owned() },
        Action::Record { on: true },
        Action::Record { on: false },
        Action::Hold,
        Action::Retrieve,
        Action::Hangup,
    ];
    each_is_confirmed(&scene, Make::ERA, &row, &actions).await;
    scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
}

#[tokio::test]
async fn who_may_do_what_with_a_call_of_others() {
    let (scene, row) = ringing_on_era().await;
    let kind = async |viewer: Viewer, action: Action| {
        let asked = scene.view(viewer).act(ActOnCall { action, ..hang_up(&row) }).await;
        asked.map(drop).map_err(|error| error.kind)
    };
    let manager = || Viewer { groups: Vec::new(), ..somebody(Make::ERA, Role::Manager, "201") };
    let conflict = Err(OfficeErrorKind::Conflict);
    assert_eq!(kind(manager(), Action::Answer).await, conflict, "it would open the microphone of another");
    let me = || somebody(Make::ERA, Role::Agent, ME);
    assert_eq!(kind(me(), Action::Pickup).await, conflict, "it rings at nobody else's");
    let without_phone = Viewer { extensions: Vec::new(), ..manager() };
    assert_eq!(
        kind(without_phone, Action::Pickup).await,
        Err(OfficeErrorKind::InvalidRequest),
        "he has no phone there"
    );
    // Nobody talks in the other call, or there is none.
    let with = |call: &str| Action::Conference { with: Target::Call(call.parse().expect("an id")) };
    assert_eq!(kind(me(), with(&row.call.id)).await, conflict, "it only rings");
    scene.pick_up(ME).await;
    scene.row(Some(CALLER), |row| row.state == CallState::Talking).await;
    assert_eq!(kind(me(), with(&row.call.id)).await, conflict, "nobody was asked about it");
    assert_eq!(kind(me(), with("abcdefghijklmnopqrstuvwx23")).await, Err(OfficeErrorKind::NotFound));
    assert_eq!(kind(me(), Action::Answer).await, conflict, "it is answered already");
}

#[tokio::test]
async fn a_call_of_another_connection_is_not_joined() {
    let scene = Scene::new().await;
    scene.play(Make::MANGO_VPBX, ANSWERED);
    scene.pick_up(ME).await;
    let first = scene.row(Some(CALLER), |row| row.state == CallState::Talking).await;
    scene.play(
        Make::MANGO_CLIENT,
        r#"{"call":"answered","from":"+79031234567","rings":["203"],"ring":"600s","talk":"600s"}"#,
    );
    scene.pick_up("203").await;
    let second = scene.row(Some("+79031234567"), |row| row.state == CallState::Talking).await;
    let connect = Action::Transfer { to: Target::Call(second.call.id.parse().expect("an id")), attended: true };
    let manager = Viewer { groups: Vec::new(), ..somebody(Make::MANGO_VPBX, Role::Manager, ME) };
    let refused = scene.view(manager).act(ActOnCall { action: connect, ..hang_up(&first) }).await.expect_err("apart");
    assert_eq!((refused.kind, refused.field), (OfficeErrorKind::InvalidRequest, Some("to")));
}

#[tokio::test]
async fn a_call_that_rings_here_is_sent_to_a_colleague_from_the_desk() {
    let scene = Scene::new().await;
    scene.play(Make::MANGO_VPBX, ANSWERED);
    scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ringing).await;
    let offers = |row: &CallRow| row.controls.iter().any(|control| control.ability == Ability::Route);
    let is_offered = |main: &desk::contract::MainView| main.now.open.iter().any(offers);
    scene.screens.until("it is offered", |record| record.main.as_ref().is_some_and(is_offered)).await;
    let to = colleague("203");
    assert_eq!(press(&scene, &row, CallAction::Route { to, confirmed: false }).await, Ok(()));
    // Its phone has the call: an event has shown that.
    let has_it = async || {
        let phones = scene.simulator.phones().views();
        phones.into_iter().find(|phone| phone.extension == "203" && phone.state != PhoneState::Idle)
    };
    eventually("the colleague's phone has the call", has_it).await;
}

#[tokio::test]
async fn a_call_that_waits_in_the_menu_is_sent_on_from_the_desk() {
    for make in [Make::MANGO_VPBX, Make::MANGO_CLIENT] {
        let scene = Scene::new().await;
        scene.play(
            make,
            r#"{"call":"answered","from":"+79161234567","rings":["203"],"menu":"600s","ring":"600s","talk":"600s"}"#,
        );
        let row = scene.row(Some(CALLER), |row| row.state == CallState::Queued).await;
        let to = colleague(ME);
        assert_eq!(press(&scene, &row, CallAction::Route { to, confirmed: false }).await, Ok(()), "{make}");
        scene.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    }
}
