//! A simulator for tests: both makes, forty times faster than life.

use std::time::Duration;

use tokio::task::JoinHandle;
use trubka_simulator::{MangoClientAccess, RostelecomAccess, Script, Simulator, SimulatorConfig, Timing};

pub(crate) fn config() -> SimulatorConfig {
    let any = Some(([127, 0, 0, 1], 0).into());
    SimulatorConfig {
        rostelecom: any,
        mango_client: any,
        history: false,
        timing: Timing { speed: 40.0, ..Timing::default() },
        ..SimulatorConfig::default()
    }
}

pub(crate) async fn start() -> Simulator {
    Simulator::start(config()).await.expect("two free ports")
}

pub(crate) fn rostelecom(simulator: &Simulator) -> RostelecomAccess {
    simulator.credentials().rostelecom.clone().expect("it runs")
}

pub(crate) fn mango(simulator: &Simulator) -> MangoClientAccess {
    simulator.credentials().mango_client.clone().expect("it runs")
}

pub(crate) fn play(simulator: &Simulator, script: &str) -> JoinHandle<()> {
    simulator.play(Script::parse(script).expect("a good script")).expect("known extensions")
}

/// Waits until something holds; fails after ten seconds.
pub(crate) async fn eventually(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what} did not come about");
}
