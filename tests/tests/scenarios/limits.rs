//! What PBXs admit, kept to: however many ask at once, no PBX has to refuse, and nothing is placed later.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use calls::{CommandId, CommandState};
use desk::contract::ConnectionState;
use link::{
    Office,
    wire::{CommandView, PlaceCall},
};
use office::View;
use serde_json::Value;
use simulator::Make;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    scene::Scene,
    settings::{connection, viewer},
};

const AT_ONCE: usize = 100;

/// Places a call and waits until the office knows what came of it.
async fn placed(view: Arc<View>, make: Make, to: String) -> CommandView {
    let id = CommandId(Uuid::new_v4());
    let connection = connection(make);
    let request = PlaceCall { command: id, connection, from: None, to, number: None, customer_first: false };
    view.place_call(request).await.expect("it is taken");
    loop {
        let command = view.command(id).await.expect("readable").expect("known");
        if command.state != CommandState::Sent {
            return command;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The statuses that the PBX answered with, and how many requests to place calls the journal has.
fn exchanged(scene: &Scene) -> (BTreeSet<u64>, usize) {
    let (mut statuses, mut placing, mut before) = (BTreeSet::new(), 0, None);
    loop {
        let page = scene.store().journal_before(before, 1000).expect("readable");
        let Some(oldest) = page.last() else { return (statuses, placing) };
        before = Some(oldest.id);
        for entry in page {
            let body: Value = serde_json::from_str(&entry.entry.body).expect("JSON");
            statuses.extend(body["status"].as_u64());
            if PLACES.contains(&body["operation"].as_str().unwrap_or_default()) {
                placing += 1;
            }
        }
    }
}

/// What the makes call the request that places a call.
const PLACES: [&str; 4] = ["call_back", "callback", "uc/calls POST", "calls"];

/// A computer that does too much else refuses all of them, and is asked so often.
const TRIES: usize = 5;
/// What it says then.
const TOO_BUSY: &str = "this program was too busy to send it in time";
/// What is said of commands for which the PBX has no place within five seconds.
fn no_place(make: Make) -> &'static [&'static str] {
    const TOO_OFTEN: &str = "the PBX is asked too often already";
    if make == Make::RINGCLOUD {
        // Its minute is longer than the wait for any place among all requests. Whose phone an extension is must be known before
        // it is rung, and where that was just asked it is not asked again within the minute.
        &[
            "RingCloud accepts one call a minute with this key",
            "RingCloud lets the same thing be asked only once a minute",
        ]
    } else if make == Make::MANGO_VPBX {
        &[TOO_OFTEN, "MANGO places four calls a second with this key"]
    } else {
        &[TOO_OFTEN]
    }
}

/// Why a command was refused.
fn why(command: &CommandView) -> &str {
    command.detail.as_deref().unwrap_or_default()
}

fn has_no_place(make: Make, command: &CommandView) -> bool {
    no_place(make).iter().any(|reason| why(command).starts_with(reason))
}

fn is_too_busy(command: &CommandView) -> bool {
    why(command).starts_with(TOO_BUSY)
}

/// A hundred people click at once: each call is on its way or refused with the reason. How many are sent, and that it takes
/// five seconds at most, is for the tests of the driver's limit, whose clock they move themselves.
async fn a_hundred_calls_at_once(make: Make) {
    let scene = Scene::alone(make, &[]).await;
    let works = |state| matches!(state, ConnectionState::Waiting | ConnectionState::Live);
    scene.screens.until_connection(make, "works", |row| works(row.state)).await;
    let view = Arc::new(scene.view(viewer(&scene.simulator)));
    let mut sent = 0;
    for _ in 0..TRIES {
        let mut all = JoinSet::new();
        for place in 0..AT_ONCE {
            all.spawn(placed(Arc::clone(&view), make, format!("+79001230{place:03}")));
        }
        let commands = all.join_all().await;
        let asked_for = as_the_pbx_admits(&scene, make, &commands);
        // Nothing is kept to be placed later.
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(scene.simulator.calls_asked_for().len(), asked_for, "{make}");
        sent += asked_for;
        if sent > 0 {
            break;
        }
    }
    assert!(sent > 0, "{make}: none of {TRIES} times {AT_ONCE} commands came to the PBX");
    scene.stop().await;
}

/// Holds what became of the commands beside what the PBX was asked for, and says how many calls that were.
fn as_the_pbx_admits(scene: &Scene, make: Make, commands: &[CommandView]) -> usize {
    let (statuses, placing) = exchanged(scene);
    assert!(!statuses.contains(&429), "{make}: {statuses:?}");
    assert!(commands.iter().all(|command| command.state != CommandState::Unknown), "{make}: {commands:?}");
    let refused: Vec<&CommandView> =
        commands.iter().filter(|command| command.state == CommandState::Rejected).collect();
    let (without_place, others): (Vec<&CommandView>, Vec<&CommandView>) =
        refused.iter().copied().partition(|command| has_no_place(make, command));
    let too_busy = others.iter().filter(|command| is_too_busy(command)).count();
    assert_eq!(too_busy, others.len(), "{make}: refused for another reason: {others:?}");
    // The PBX knows of each that was not refused; a busy journal may leave some out.
    let asked_for = scene.simulator.calls_asked_for().len();
    assert!(asked_for >= AT_ONCE - refused.len(), "{make}: {asked_for} asked for, {} refused", refused.len());
    assert!(placing > 0 || asked_for == 0, "{make}: no request that places a call is in the journal");
    if make == Make::RINGCLOUD && asked_for > 0 {
        // One is placed; whoever came to be counted after it is refused for its minute, and whoever did not come to that
        // within five seconds because the computer was too busy.
        assert_eq!((asked_for, without_place.len() + too_busy), (1, AT_ONCE - 1), "{refused:?}");
    }
    asked_for
}

mod a_hundred_calls_at_once_bring_no_pbx_to_refuse_for_too_many {
    use simulator::Make;

    #[tokio::test]
    async fn rostelecom() {
        super::a_hundred_calls_at_once(Make::ROSTELECOM).await;
    }

    #[tokio::test]
    async fn mango_client() {
        super::a_hundred_calls_at_once(Make::MANGO_CLIENT).await;
    }

    #[tokio::test]
    async fn mango_vpbx() {
        super::a_hundred_calls_at_once(Make::MANGO_VPBX).await;
    }

    #[tokio::test]
    async fn zadarma() {
        super::a_hundred_calls_at_once(Make::ZADARMA).await;
    }

    #[tokio::test]
    async fn novofon() {
        super::a_hundred_calls_at_once(Make::NOVOFON).await;
    }

    #[tokio::test]
    async fn era() {
        super::a_hundred_calls_at_once(Make::ERA).await;
    }

    #[tokio::test]
    async fn ringcloud() {
        super::a_hundred_calls_at_once(Make::RINGCLOUD).await;
    }
}
