//! Calls back in which the customer, or a group of the office, is rung first.

use calls::{CommandId, CommandState};
use desk::contract::{
    Ability, CallbackGroup, CardPhase, ControlView, DialConnection, PlaceCallRequest, PreviewDialRequest,
};
use futures_util::StreamExt;
use link::{
    Office, OfficeErrorKind,
    wire::{Frame, PlaceCall, Role, StreamEvent},
};
use office::Viewer;
use simulator::Make;
use uuid::Uuid;

use crate::{
    call_actions::{afar, somebody},
    remote::Remote,
    scene::{Scene, eventually},
    settings::{ME, SHORT_NUMBER, connection},
};

const CUSTOMER: &str = "+79001234567";

/// The first of the group, whom its PBX rings.
const MEMBER: &str = "201";

/// Whom this viewer is offered to call back for.
async fn offered(scene: &Scene, viewer: Viewer) -> Vec<CallbackGroup> {
    let mut stream = scene.view(viewer).stream(None).await.expect("a stream");
    loop {
        let frame = stream.next().await.expect("a frame").expect("readable");
        if let Frame::Event { event: StreamEvent::Connection { connection: told }, .. } = frame
            && told.id == connection(Make::MANGO_VPBX)
        {
            return told.groups;
        }
    }
}

#[tokio::test]
async fn a_desk_is_offered_the_groups_for_which_its_person_may_call_back() {
    let scene = Scene::new().await;
    let everybody = [CallbackGroup { number: SHORT_NUMBER.to_owned(), title: "Everybody".to_owned() }];
    let of = |role, groups: bool| {
        let viewer = somebody(Make::MANGO_VPBX, role, ME);
        if groups { viewer } else { Viewer { groups: Vec::new(), ..viewer } }
    };
    assert_eq!(offered(&scene, of(Role::Agent, true)).await, everybody);
    assert_eq!(offered(&scene, of(Role::Agent, false)).await, [], "it is not his group");
    assert_eq!(offered(&scene, of(Role::Manager, false)).await, everybody);
}

/// What the desk offers for this make, and the request of a person who chooses from it.
async fn shown(scene: &Scene, make: Make) -> (DialConnection, PlaceCallRequest) {
    let is_there = async || {
        let preview = PreviewDialRequest { text: CUSTOMER.to_owned() };
        let preview = scene.desk.preview_dial(preview).await.expect("a number");
        let id = connection(make);
        let through = preview.connections.into_iter().find(|through| through.connection == id.as_str())?;
        Some((through, preview.number))
    };
    let (through, number) = eventually("calls can be placed there", is_there).await;
    let request = PlaceCallRequest {
        command: Uuid::new_v4().to_string(),
        number,
        office: Some(through.office.clone()),
        connection: Some(through.connection.clone()),
        group: None,
        customer_first: false,
    };
    (through, request)
}

#[tokio::test]
async fn a_desk_calls_a_customer_back_for_a_group_and_tells_who_took_it() {
    for customer_first in [false, true] {
        let scene = Scene::new().await;
        let (through, request) = shown(&scene, Make::MANGO_VPBX).await;
        assert_eq!(through.groups.iter().map(|group| group.number.as_str()).collect::<Vec<_>>(), [SHORT_NUMBER]);
        let group = Some(SHORT_NUMBER.to_owned());
        scene.desk.place_call(PlaceCallRequest { group, customer_first, ..request }).await.expect("it is placed");
        scene.screens.until_card(Some(CUSTOMER), CardPhase::Calling).await;
        scene.pick_up(MEMBER).await;
        let card = scene.screens.until_card(Some(CUSTOMER), CardPhase::AnsweredBy).await;
        assert_eq!(card.answered_by.as_deref(), Some("Ирина Соколова"));
        let story = scene.screens.record().story(Some(CUSTOMER));
        assert!(!story.contains(&CardPhase::PickUpYourPhone), "{story:?}");
    }
}

#[tokio::test]
async fn a_desk_has_the_customer_rung_first_where_its_pbx_can() {
    let scene = Scene::new().await;
    let (through, request) = shown(&scene, Make::ZADARMA).await;
    let can = |control: &ControlView| control.ability == Ability::CustomerFirst && control.cannot.is_none();
    assert!(through.controls.iter().any(can));
    let beside = Remote::of(&scene).await;
    scene.desk.place_call(PlaceCallRequest { customer_first: true, ..request }).await.expect("it is placed");
    scene.screens.until_card(Some(CUSTOMER), CardPhase::Calling).await;
    beside.screens.until_card(Some(CUSTOMER), CardPhase::Calling).await;
    scene.pick_up(ME).await;
    for screens in [&scene.screens, &beside.screens] {
        screens.until_card(Some(CUSTOMER), CardPhase::Talking).await;
        let story = screens.record().story(Some(CUSTOMER));
        assert_eq!(story, [CardPhase::Calling, CardPhase::Talking], "nobody is told to pick up a phone that is silent");
    }
}

#[tokio::test]
async fn a_group_calls_a_customer_back() {
    for customer_first in [false, true] {
        let scene = Scene::new().await;
        let me = afar(&scene, Make::MANGO_VPBX, Role::Agent, ME).await;
        let request = PlaceCall {
            command: CommandId(Uuid::new_v4()),
            connection: connection(Make::MANGO_VPBX),
            from: Some(SHORT_NUMBER.to_owned()),
            to: "+79001234567".to_owned(),
            number: None,
            customer_first,
        };
        me.place_call(request.clone()).await.expect("it is sent");
        let row = scene.row(Some("+79001234567"), |row| row.result.is_some()).await;
        assert_eq!(row.direction, calls::Direction::Outgoing);
        assert_eq!(me.place_call(request).await.expect("it is known").state, CommandState::Confirmed);
        let stranger = Viewer { groups: Vec::new(), ..somebody(Make::MANGO_VPBX, Role::Agent, "203") };
        let request = PlaceCall {
            command: CommandId(Uuid::new_v4()),
            connection: connection(Make::MANGO_VPBX),
            from: Some(SHORT_NUMBER.to_owned()),
            to: "+79001234567".to_owned(),
            number: None,
            customer_first,
        };
        let refused = scene.view(stranger).place_call(request).await.expect_err("not his group");
        assert_eq!(refused.kind, OfficeErrorKind::InvalidRequest);
    }
}
