//! The demo office, which other calls are posted to than its own.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use simulator::{Make, Simulator, SimulatorConfig};

use crate::{
    hook::Signer,
    process::{Folder, Running},
    trubka,
};

/// The seed of the demo office, which its credentials follow from.
const SEED: u64 = 20;
/// By then the pages are loaded.
const LOADED: Duration = Duration::from_secs(4);

/// A running demo, in a folder of its own.
pub(crate) struct Demo {
    folder: Folder,
    /// Where its gateway takes webhooks.
    pub(crate) address: SocketAddr,
    _running: Running,
}

impl Demo {
    /// Starts it with this script of calls.
    pub(crate) fn start(script: &str, hidden: bool) -> Result<Self> {
        let folder = Folder::make("demo")?;
        let file = folder.join("calls.jsonl");
        fs::write(&file, script)?;
        let mut args = vec!["--demo-script".as_ref(), file.as_os_str()];
        args.extend(hidden.then_some(OsStr::new("--hidden")));
        let mut command = trubka::command(&folder.join("profile"), &args)?;
        command.env("TRUBKA_PAINT_LOG", paints(&folder)).env("TRUBKA_LOG", "warn,trubka_gateway=info");
        let mut running = Running::start(command.stderr(Stdio::piped()))?;
        let log = BufReader::new(running.child().stderr.take().context("its log is piped")?);
        let mut lines = log.lines();
        let address =
            lines.by_ref().map_while(Result::ok).find_map(|line| line.split_once("address=")?.1.trim().parse().ok());
        // Somebody must go on reading, or the program would stand still at its next line.
        thread::spawn(move || lines.for_each(drop));
        let address = address.context("Trubka ended before its gateway listened")?;
        thread::sleep(LOADED);
        Ok(Self { folder, address, _running: running })
    }

    /// Its profile.
    pub(crate) fn profile(&self) -> PathBuf {
        self.folder.join("profile")
    }

    /// Milliseconds from this moment (in microseconds since 1970) to the first paint of the card after it.
    pub(crate) fn first_paint(&self, from: u128, patience: Duration) -> Result<f64> {
        let end = Instant::now() + patience;
        while Instant::now() < end {
            if let Some(first) = newer(&paints(&self.folder), from) {
                return Ok((first - from) as f64 / 1e3);
            }
            thread::sleep(Duration::from_millis(2));
        }
        anyhow::bail!("no paint was noted")
    }
}

fn paints(folder: &Folder) -> PathBuf {
    folder.join("paints")
}

/// The first paint of the log at or after this moment.
fn newer(log: &Path, from: u128) -> Option<u128> {
    let text = fs::read_to_string(log).unwrap_or_default();
    let mut times = text.lines().filter_map(|line| line.split(' ').next()?.parse::<u128>().ok());
    times.find(|time| *time >= from)
}

/// Now, as the log of paints counts.
pub(crate) fn now() -> Result<u128> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros())
}

/// The secrets of the demo office: a simulator with the same seed has the same.
pub(crate) fn signer() -> Result<Signer> {
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
