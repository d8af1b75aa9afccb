//! What PBXs admit, kept to: however many ask at once, no PBX has to refuse, and nothing is placed later.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use calls::{CommandId, CommandState};
use desk::contract::ConnectionState;
use jiff::{SignedDuration, Timestamp};
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
/// A command is sent within this time or refused.
const SOON: SignedDuration = SignedDuration::from_secs(5);

/// What became of a command.
struct Outcome {
    asked: Timestamp,
    command: CommandView,
}

/// Places a call and waits until the office knows what came of it.
async fn placed(view: Arc<View>, make: Make, to: String) -> Outcome {
    let (asked, id) = (Timestamp::now(), CommandId(Uuid::new_v4()));
    let connection = connection(make);
    let request = PlaceCall { command: id, connection, from: None, to, number: None, customer_first: false };
    view.place_call(request).await.expect("it is taken");
    loop {
        let command = view.command(id).await.expect("readable").expect("known");
        if command.state != CommandState::Sent {
            return Outcome { asked, command };
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The statuses that the PBX answered with, and when requests to place calls were sent.
fn exchanged(scene: &Scene) -> (BTreeSet<u64>, Vec<Timestamp>) {
    let (mut statuses, mut sent, mut before) = (BTreeSet::new(), Vec::new(), None);
    loop {
        let page = scene.store().journal_before(before, 1000).expect("readable");
        let Some(oldest) = page.last() else { return (statuses, sent) };
        before = Some(oldest.id);
        for entry in page {
            let body: Value = serde_json::from_str(&entry.entry.body).expect("JSON");
            statuses.extend(body["status"].as_u64());
            if PLACES.contains(&body["operation"].as_str().unwrap_or_default()) {
                sent.push(entry.entry.at);
            }
        }
    }
}

/// What the makes call the request that places a call.
const PLACES: [&str; 4] = ["call_back", "callback", "uc/calls POST", "calls"];

/// A hundred people click at once: each call is on its way within five seconds or refused with the reason.
async fn a_hundred_calls_at_once(make: Make) {
    let scene = Scene::alone(make, &[]).await;
    let works = |state| matches!(state, ConnectionState::Waiting | ConnectionState::Live);
    scene.screens.until_connection(make, "works", |row| works(row.state)).await;
    let view = Arc::new(scene.view(viewer(&scene.simulator)));
    let mut all = JoinSet::new();
    for place in 0..AT_ONCE {
        all.spawn(placed(Arc::clone(&view), make, format!("+79001230{place:03}")));
    }
    let outcomes = all.join_all().await;
    let (statuses, sent) = exchanged(&scene);
    assert!(!statuses.contains(&429), "{make}: {statuses:?}");
    let refused = |outcome: &&Outcome| outcome.command.state == CommandState::Rejected;
    for outcome in outcomes.iter().filter(refused) {
        assert!(outcome.command.detail.as_ref().is_some_and(|why| !why.is_empty()), "{make}: {:?}", outcome.command);
    }
    assert!(outcomes.iter().all(|outcome| outcome.command.state != CommandState::Unknown), "{make}");
    let refused = outcomes.iter().filter(refused).count();
    // A computer that does too much else refuses all, and says so.
    let is_busy = |outcome: &Outcome| outcome.command.detail.as_deref().is_some_and(|why| why.contains("too busy"));
    if outcomes.iter().all(is_busy) {
        return scene.stop().await;
    }
    assert!(refused < AT_ONCE, "{make}: {:?}", outcomes.first().map(|outcome| &outcome.command));
    // The last request went out within five seconds of the first click, so each did of its own.
    let first = outcomes.iter().map(|outcome| outcome.asked).min().expect("a hundred");
    assert!(!sent.is_empty(), "{make}: no request that places a call is in the journal");
    assert!(sent.iter().all(|sent| sent.duration_since(first) <= SOON), "{make}: {first} {sent:?}");
    // The PBX knows of each; a busy journal may leave some out.
    let asked_for = scene.simulator.calls_asked_for().len();
    assert!(asked_for >= AT_ONCE - refused, "{make}: {asked_for} asked for, {refused} refused");
    // Nothing is kept to be placed later.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(scene.simulator.calls_asked_for().len(), asked_for, "{make}");
    if make == Make::RINGCLOUD {
        let reason = "RingCloud accepts one call a minute with this key";
        let told = outcomes
            .iter()
            .filter(|outcome| outcome.command.detail.as_deref().is_some_and(|why| why.starts_with(reason)));
        let busy = outcomes.iter().filter(|outcome| is_busy(outcome)).count();
        assert_eq!((told.count() + busy, asked_for), (AT_ONCE - 1, 1));
    }
    scene.stop().await;
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
