//! `memory`: what an idle Trubka costs, with its window and without, in proportional set size of all its processes.

use std::{
    env, fs, thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::{
    figure::{Budget, Figure, Peer},
    history,
    office::Token,
    peers::{Chromium, Floor, SamePages, WindowPeer, measured},
    process::Running,
    trubka,
};

/// How long a program is left alone, unless `TRUBKA_BENCH_IDLE_S` says otherwise.
const IDLE_S: u64 = 60;

pub(crate) fn measure() -> Result<Vec<Figure>> {
    let idle = match env::var("TRUBKA_BENCH_IDLE_S") {
        Ok(text) => text.parse().context("TRUBKA_BENCH_IDLE_S is a number of seconds")?,
        Err(_) => IDLE_S,
    };
    let profile = history::profile()?;
    let _token = Token::put()?;
    // One after the other: what two share would be divided between them.
    let open = after(idle, Running::start(&mut trubka::command(&profile, &[])?)?)?;
    let hidden = after(idle, Running::start(&mut trubka::command(&profile, &["--hidden".as_ref()])?)?)?;
    let chromium = measured(Chromium::find()?, "chromium", |peer| after(idle, peer.start()?))?;
    let floor = measured(Some(Floor::make()?), "", |peer| after(idle, peer.start()?))?;
    let pages = |what, args| measured(Some(SamePages::of(what, args)?), "", |peer| after(idle, peer.start()?));
    let open_pages = pages("the main page and the hidden card", SamePages::MAIN_AND_CARD)?;
    let hidden_page = pages("the hidden card", SamePages::CARD)?;
    let figure =
        |name, value, peer: &Peer, share| Figure::new(name, value, "MiB", peer.clone(), Budget { most: None, share });
    Ok(vec![
        figure("memory-open", open, &chromium, Some(0.70)),
        figure("memory-open-floor", open, &floor, Some(1.25)),
        figure("memory-open-same-pages", open, &open_pages, None),
        figure("memory-hidden", hidden, &chromium, Some(0.60)),
        figure("memory-hidden-floor", hidden, &floor, Some(1.10)),
        figure("memory-hidden-same-page", hidden, &hidden_page, None),
    ])
}

/// Memory of the program and of all that it has started, after so many idle seconds.
fn after(idle: u64, mut running: Running) -> Result<f64> {
    let end = Instant::now() + Duration::from_secs(idle);
    while Instant::now() < end {
        let ended = running.child().try_wait()?;
        ensure!(ended.is_none(), "the program ended by itself ({ended:?})");
        thread::sleep(Duration::from_millis(200));
    }
    let family = running.family();
    // Of a process that has just ended nothing is left to count.
    let kib: u64 = family.iter().filter_map(|id| pss_kib(*id)).sum();
    ensure!(kib > 0, "the memory of {} processes cannot be read", family.len());
    Ok(kib as f64 / 1024.0)
}

fn pss_kib(id: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?;
    rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?.trim().strip_suffix(" kB")?.parse().ok()
}
