//! Calls of colleagues at a steady pace, as a busy office makes them.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::hook::{Hook, Session, Signer};

/// Connections that it comes on, and its events a second on each.
const LANES: u64 = 4;
const A_SECOND: u64 = 75;

/// Goes on until it is stopped.
pub(crate) struct Background {
    stop: Arc<AtomicBool>,
    lanes: Vec<thread::JoinHandle<Result<()>>>,
}

impl Background {
    pub(crate) fn start(address: SocketAddr, signer: &Signer) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let lanes = (0..LANES).map(|lane| {
            let (stop, mut hook) = (Arc::clone(&stop), Hook::open(address, signer.clone())?);
            Ok(thread::spawn(move || {
                let start = Instant::now();
                for event in 0_u64.. {
                    let due = start + Duration::from_micros(event * 1_000_000 / A_SECOND);
                    thread::sleep(due.saturating_duration_since(Instant::now()));
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let states = ["new", "connected", "disconnected", "end"];
                    let state = states[(event % 4) as usize];
                    hook.post(&outgoing(lane, event / 4).body(state))?;
                }
                Ok(())
            }))
        });
        Ok(Self { lanes: lanes.collect::<Result<_>>()?, stop })
    }

    /// Ends it; an error when it could not keep going.
    pub(crate) fn stop(self) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        for lane in self.lanes {
            let ended = lane.join();
            ensure!(ended.is_ok(), "the background broke off");
            ended.unwrap_or(Ok(())).context("the background broke off")?;
        }
        Ok(())
    }
}

fn outgoing(lane: u64, call: u64) -> Session {
    Session {
        id: format!("background-{lane}-{call}"),
        kind: "outbound",
        from: "sip:irina@office.example".to_owned(),
        from_pin: "201",
        to: format!("+790012345{:02}", call % 100),
        to_pin: "",
    }
}
