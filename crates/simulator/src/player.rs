//! Plays a script: every step at its time, calls beside each other.

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::phones::Phones;
use crate::script::{PhoneAction, Script, Step};
use crate::simulator::Simulator;

/// Plays to the end of the last call.
pub(crate) async fn play(simulator: Simulator, script: Script) {
    let began = Instant::now();
    let mut calls = JoinSet::new();
    for timed in script.steps() {
        sleep_until(began + simulator.world().scaled(timed.at)).await;
        while calls.try_join_next().is_some() {}
        match timed.step {
            Step::Call(plan) => {
                let simulator = simulator.clone();
                calls.spawn(async move { simulator.call(plan).await });
            }
            Step::Event(event) => simulator.send_raw(&event),
            Step::Cut(make, extension) => simulator.cut(make, &extension),
            Step::Fault(fault, on) => simulator.fault(fault, on),
            Step::Phone(extension, action) => use_phone(&simulator.phones(), &extension, action, timed.line),
            Step::Callee(number, callee) => simulator.world().set_callee(&number, callee),
            Step::Zone(zone) => simulator.world().set_zone(zone),
        }
    }
    while calls.join_next().await.is_some() {}
}

fn use_phone(phones: &Phones, extension: &str, action: PhoneAction, line: usize) {
    let used = match action {
        PhoneAction::Pickup => phones.pick_up(extension),
        PhoneAction::Hangup => phones.hang_up(extension),
        PhoneAction::LetRing => phones.let_ring(extension),
    };
    if let Err(error) = used {
        tracing::warn!(line, %error, "a scripted hand found the phone otherwise");
    }
}
