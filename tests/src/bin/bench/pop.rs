//! `pop`: from the first byte of a webhook to the painted card, while others make 300 events a second.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, ensure};
use simulator::{Make, Simulator, SimulatorConfig};

use crate::{
    figure::{Budget, Figure, Peer, ms, percentile},
    hook::{Hook, Session, Signer},
    process::{Folder, Running},
    screen::Screen,
    trubka,
};

/// Cards that are measured.
const CARDS: usize = 30;
/// Windows on demand that are measured.
const WINDOWS: usize = 3;
/// The seed of the demo office, which its credentials follow from.
const SEED: u64 = 20;
/// The demo's own calls would be in the way: the only one of this script comes after everything.
const SCRIPT: &str = r#"{"at":"3h","make":"rostelecom","call":"internal","from":"201","to":"203"}"#;
/// Connections that the background comes on, and its events a second on each.
const LANES: u64 = 4;
const A_SECOND: u64 = 75;
/// A card goes four seconds after its call.
const CARD_GOES: Duration = Duration::from_millis(4600);
const PATIENCE: Duration = Duration::from_secs(3);

pub(crate) fn measure() -> Result<Vec<Figure>> {
    let screen = Screen::open()?;
    let signer = signer()?;
    let (painted, seen) = cards(&screen, &signer)?;
    let peer = window(&screen)?;
    let figure = |name, value: f64, most| {
        Figure::new(name, value, "ms", peer.clone(), Budget { most: Some(most), share: Some(0.2) })
    };
    Ok(vec![
        figure("pop-p50", percentile(&painted, 0.5), 35.0),
        figure("pop-p99", percentile(&painted, 0.99), 80.0),
        // The same as an onlooker sees it, who looks every few milliseconds.
        figure("pop-seen-p50", percentile(&seen, 0.5), 35.0),
        figure("pop-seen-p99", percentile(&seen, 0.99), 80.0),
    ])
}

/// Time to each card, as its page tells it and as the screen shows it.
fn cards(screen: &Screen, signer: &Signer) -> Result<(Vec<f64>, Vec<f64>)> {
    let folder = Folder::make("pop")?;
    let paints = folder.join("paints");
    let (_running, address) = demo(&folder, &paints)?;
    let background = Background::start(address, signer)?;
    let mut hook = Hook::open(address, signer.clone())?;
    let (mut painted, mut seen) = (Vec::new(), Vec::new());
    for round in 0..CARDS {
        let call = incoming(round);
        let corner = screen.corner();
        let before = screen.look(corner)?;
        let body = call.body("new");
        let wall = SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros();
        let sent = hook.post(&body)?;
        let shown = screen.changed(corner, &before, PATIENCE)?.context("no card was seen")?;
        seen.push(ms(shown.duration_since(sent)));
        painted.push(first_paint(&paints, wall)?);
        for state in ["calling", "connected", "disconnected", "end"] {
            let agent = Session { to: "sip:petr@office.example".to_owned(), to_pin: "202", ..call.clone() };
            hook.post(&agent.body(state))?;
        }
        thread::sleep(CARD_GOES);
    }
    background.stop()?;
    Ok((painted, seen))
}

fn incoming(round: usize) -> Session {
    let (from, to) = (format!("+790012345{:02}", round % 100), "+74951234567".to_owned());
    Session { id: format!("bench-{round}"), kind: "incoming", from, from_pin: "", to, to_pin: "" }
}

/// Milliseconds from this moment (in microseconds) to the first paint after it.
fn first_paint(paints: &Path, from: u128) -> Result<f64> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        let text = fs::read_to_string(paints).unwrap_or_default();
        let times = text.lines().filter_map(|line| line.split(' ').next()?.parse::<u128>().ok());
        if let Some(first) = times.into_iter().find(|time| *time >= from) {
            return Ok((first - from) as f64 / 1e3);
        }
        thread::sleep(Duration::from_millis(2));
    }
    anyhow::bail!("no paint was noted")
}

/// The demo office without its window, and where its gateway takes webhooks.
fn demo(folder: &Folder, paints: &Path) -> Result<(Running, SocketAddr)> {
    let script = folder.join("calls.jsonl");
    fs::write(&script, SCRIPT)?;
    let args = ["--demo-script".as_ref(), script.as_os_str(), "--hidden".as_ref()];
    let mut command = trubka::command(&folder.join("profile"), &args)?;
    command.env("TRUBKA_PAINT_LOG", paints).env("TRUBKA_LOG", "warn,trubka_gateway=info");
    let mut running = Running::start(command.stderr(Stdio::piped()))?;
    let log = BufReader::new(running.child().stderr.take().context("its log is piped")?);
    let mut lines = log.lines();
    let address =
        lines.by_ref().map_while(Result::ok).find_map(|line| line.split_once("address=")?.1.trim().parse().ok());
    // Somebody must go on reading, or the program would stand still at its next line.
    thread::spawn(move || lines.for_each(drop));
    let address = address.context("Trubka ended before its gateway listened")?;
    // The page of the card is being loaded.
    thread::sleep(Duration::from_secs(4));
    Ok((running, address))
}

/// The secrets of the demo office: a simulator with the same seed has the same.
fn signer() -> Result<Signer> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let config = SimulatorConfig { seed: SEED, history: false, ..SimulatorConfig::of(&[Make::ROSTELECOM]) };
        let simulator = Simulator::start(config).await?;
        let access =
            simulator.credentials().of(Make::ROSTELECOM).cloned().context("the simulator serves Rostelecom")?;
        simulator.shutdown().await;
        Ok(Signer { client_id: access.secret("client_id").to_owned(), key: access.secret("key").to_owned() })
    })
}

/// Calls of colleagues, at a steady pace.
struct Background {
    stop: Arc<AtomicBool>,
    lanes: Vec<thread::JoinHandle<Result<()>>>,
}

impl Background {
    fn start(address: SocketAddr, signer: &Signer) -> Result<Self> {
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
    fn stop(self) -> Result<()> {
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

/// The peer: a window that a running Trubka makes when it is wanted, until it stands on the screen.
fn window(screen: &Screen) -> Result<Peer> {
    let mut times = Vec::new();
    for _ in 0..WINDOWS {
        let folder = Folder::make("window")?;
        let running = demo(&folder, &folder.join("paints"))?;
        let part = screen.middle();
        let before = screen.look(part)?;
        let asked = Instant::now();
        trubka::ask_for_main(&folder.join("profile"))?;
        let settled = screen.settled(part, &before, Duration::from_millis(1500), Duration::from_secs(30))?;
        times.push(ms(settled.duration_since(asked)));
        drop(running);
    }
    let name = format!("a window made on demand (main, in the running program), median of {WINDOWS}");
    Ok((name, Some(percentile(&times, 0.5))))
}
