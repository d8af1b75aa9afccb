//! A desk behind the gateway sees what a desk beside the office sees.

use std::sync::Arc;

use calls::CallState;
use desk::{
    Desk,
    contract::{CallFilter, CardPhase, DialNumber, LinkState, PlaceCallRequest, PreviewDialRequest, SaveNoteRequest},
};
use gateway::tokens::{NewToken, issue};
use link::{Office, RemoteOffice, wire::Role};
use simulator::Make;
use store::{Options, Store, SystemRandom};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    scene::{Scene, desk, eventually, list},
    screens::Screens,
    settings::{GROUP, OFFICE, connection, my_extensions},
};

const CALLER: &str = "+79161234567";
const ANSWERED: &str = r#"{"call":"answered","from":"+79161234567","ring":"600s","talk":"600s"}"#;

on_all_makes!(
    Card: a_call_looks_the_same_from_afar,
    a_stream_that_breaks_in_mid_call_is_resumed,
    a_call_placed_from_afar,
    the_pbx_is_asked_for_what_was_shown
);

/// My desk at home.
pub(crate) struct Remote {
    desk: Desk,
    pub(crate) screens: Screens,
    _folder: TempDir,
}

impl Remote {
    pub(crate) async fn of(scene: &Scene) -> Self {
        let token = NewToken {
            name: "Пётр Волков".into(),
            role: Role::Admin,
            extensions: my_extensions(&scene.simulator),
            groups: vec![GROUP.to_owned()],
            expires_at: None,
        };
        let issued = issue(scene.store(), token).await.expect("a token");
        let address = format!("http://{}", scene.gateway()).parse().expect("an address");
        let office = eventually("the gateway knows the token", async || {
            let office = RemoteOffice::connect(&address, issued.secret.clone(), None).expect("on this computer");
            office.stream(None).await.is_ok().then_some(office)
        })
        .await;
        let folder = TempDir::new().expect("a folder");
        let store = Store::open_in(folder.path(), Options::owner("test", SystemRandom)).expect("a store");
        let (desk, screens) = desk(store).await;
        desk.add_office(OFFICE, Arc::new(office), true).await;
        screens.until_link(LinkState::Live).await;
        Self { desk, screens, _folder: folder }
    }

    /// A person types this, and calls what is shown.
    async fn call(&self, make: Make, text: &str) -> DialNumber {
        let number = self.desk.preview_dial(PreviewDialRequest { text: text.into() }).await.expect("a number").number;
        let (command, connection) = (Uuid::new_v4().to_string(), Some(connection(make).to_string()));
        let (number_shown, office, group) = (number.clone(), None, None);
        let request =
            PlaceCallRequest { command, number: number_shown, office, connection, group, customer_first: false };
        self.desk.place_call(request).await.expect("it is placed");
        number
    }

    /// The list is the same as that of the desk beside the office.
    async fn agrees_with(&self, scene: &Scene) {
        eventually("the lists are the same", async || {
            let (here, there) = tokio::join!(scene.list(CallFilter::All), list(&self.desk, CallFilter::All));
            (here == there && !here.is_empty()).then_some(())
        })
        .await;
    }
}

async fn a_call_looks_the_same_from_afar(make: Make) {
    let scene = Scene::new().await;
    let remote = Remote::of(&scene).await;
    scene.play(make, ANSWERED);
    for screens in [&scene.screens, &remote.screens] {
        screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    }
    scene.pick_up("202").await;
    for screens in [&scene.screens, &remote.screens] {
        screens.until_card(Some(CALLER), CardPhase::Talking).await;
    }
    remote.agrees_with(&scene).await;
    scene.hang_up("202");
    for screens in [&scene.screens, &remote.screens] {
        screens.until_card(Some(CALLER), CardPhase::Ended).await;
    }
    assert_eq!(scene.screens.record().story(Some(CALLER)), remote.screens.record().story(Some(CALLER)));
    let row = scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    remote.agrees_with(&scene).await;

    let note = SaveNoteRequest { call: row.call.clone(), text: "Перезвонить".into(), replaces: None };
    remote.desk.save_note(note).await.expect("kept");
    let noted = scene.row(Some(CALLER), |row| row.noted).await;
    let here = scene.details(&noted.call).await;
    let there = remote.desk.call_details(noted.call.clone()).await.expect("it is there");
    assert_eq!(here.notes[0].text, "Перезвонить");
    assert_eq!((here.legs, here.timeline, here.events), (there.legs, there.timeline, there.events));
}

async fn a_stream_that_breaks_in_mid_call_is_resumed(make: Make) {
    let scene = Scene::new().await;
    let remote = Remote::of(&scene).await;
    scene.play(make, ANSWERED);
    remote.screens.until_card(Some(CALLER), CardPhase::Ringing).await;
    let scene = scene.restart_gateway().await;
    remote.screens.until_link(LinkState::Live).await;
    scene.pick_up("202").await;
    remote.screens.until_card(Some(CALLER), CardPhase::Talking).await;
    scene.hang_up("202");
    remote.screens.until_card(Some(CALLER), CardPhase::Ended).await;
    remote.agrees_with(&scene).await;
    assert_eq!(remote.screens.record().story(Some(CALLER)), [CardPhase::Ringing, CardPhase::Talking, CardPhase::Ended]);
    assert_eq!(remote.screens.record().cards_of(Some(CALLER)), 1, "it does not pop again");
}

async fn a_call_placed_from_afar(make: Make) {
    let scene = Scene::new().await;
    let remote = Remote::of(&scene).await;
    remote.call(make, CALLER).await;
    remote.screens.until_card(Some(CALLER), CardPhase::PickUpYourPhone).await;
    scene.pick_up("202").await;
    remote.screens.until_card(Some(CALLER), CardPhase::Talking).await;
    scene.hang_up("202");
    remote.screens.until_card(Some(CALLER), CardPhase::Ended).await;
    remote.agrees_with(&scene).await;
    assert_eq!(list(&remote.desk, CallFilter::All).await.len(), 1);
}

/// What follows the number is for the person to key in.
async fn the_pbx_is_asked_for_what_was_shown(make: Make) {
    let scene = Scene::new().await;
    let remote = Remote::of(&scene).await;
    let cases = [
        ("8 (495) 123-45-67 доб. 12", "+74951234567"),
        ("tel:+74951234567,,1#", "+74951234567"),
        ("9 8 916 204-55-18", "+79162045518"),
        ("+8 (495) 123-45-67", "+74951234567"),
        ("(495) 123-45-67/68", "+74951234567"),
        ("доб. 101", "101"),
        ("1-1-2", "112"),
    ];
    for (place, (text, digits)) in cases.into_iter().enumerate() {
        assert_eq!(remote.call(make, text).await.digits, digits, "{text}");
        let asked = || scene.simulator.calls_asked_for().get(place).cloned();
        assert_eq!(eventually("the PBX is asked", async || asked()).await, digits, "{text}");
    }
}
