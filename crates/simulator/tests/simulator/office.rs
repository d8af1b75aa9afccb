//! A simulator for tests: all makes, forty times faster than life.

use std::time::Duration;

use tokio::task::JoinHandle;
use trubka_simulator::{Access, Make, Script, Simulator, SimulatorConfig, Timing};

pub(crate) fn config() -> SimulatorConfig {
    SimulatorConfig {
        history: false,
        timing: Timing { speed: 40.0, ..Timing::default() },
        ..SimulatorConfig::of(Make::ALL)
    }
}

pub(crate) async fn start() -> Simulator {
    Simulator::start(config()).await.expect("free ports")
}

pub(crate) fn rostelecom(simulator: &Simulator) -> Access {
    simulator.credentials().of(Make::ROSTELECOM).cloned().expect("it runs")
}

pub(crate) fn mango(simulator: &Simulator) -> Access {
    simulator.credentials().of(Make::MANGO_CLIENT).cloned().expect("it runs")
}

pub(crate) fn vpbx(simulator: &Simulator) -> Access {
    simulator.credentials().of(Make::MANGO_VPBX).cloned().expect("it runs")
}

pub(crate) fn zadarma(simulator: &Simulator) -> Access {
    simulator.credentials().of(Make::ZADARMA).cloned().expect("it runs")
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
