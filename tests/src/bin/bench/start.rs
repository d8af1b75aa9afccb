//! `start`: from the start of the process until the list of a million calls stands on the screen.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{
    figure::{Budget, Figure, ms, percentile},
    history,
    office::Token,
    peers::{Chromium, Floor, Linphone, SamePages, WindowPeer, measured},
    process::Running,
    screen::Screen,
    trubka,
};

/// Starts of each program that are measured, after one that is not; the median is told.
const STARTS: usize = 3;
/// A picture that stands so long is the last.
const STILL: Duration = Duration::from_millis(1500);
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two starts: the web processes of the last one must be gone.
const REST: Duration = Duration::from_millis(1500);

pub(crate) fn measure() -> Result<Vec<Figure>> {
    let profile = history::profile()?;
    let _token = Token::put()?;
    let screen = Screen::open()?;
    let ours = median(&screen, || Running::start(&mut trubka::command(&profile, &[])?))?;
    let figure = |name, peer, share| Figure::new(name, ours, "ms", peer, Budget { most: None, share });
    let chromium = measured(Chromium::find()?, "chromium", |peer| median(&screen, || peer.start()))?;
    let floor = measured(Some(Floor::make()?), "", |peer| median(&screen, || peer.start()))?;
    let same = SamePages::of("the main page", SamePages::MAIN)?;
    let same = measured(Some(same), "", |peer| median(&screen, || peer.start()))?;
    let linphone = measured(Linphone::find()?, "linphone", |peer| median(&screen, || peer.start()))?;
    Ok(vec![
        figure("start", chromium, Some(0.9)),
        figure("start-floor", floor, Some(1.25)),
        figure("start-same-page", same, None),
        figure("start-linphone", linphone, Some(0.25)),
    ])
}

fn median(screen: &Screen, start: impl Fn() -> Result<Running>) -> Result<f64> {
    let mut times = Vec::new();
    for _ in 0..=STARTS {
        times.push(until_settled(screen, &start)?);
        std::thread::sleep(REST);
    }
    Ok(percentile(&times[1..], 0.5))
}

fn until_settled(screen: &Screen, start: impl Fn() -> Result<Running>) -> Result<f64> {
    let part = screen.middle();
    let before = screen.look(part)?;
    let began = Instant::now();
    let running = start()?;
    let settled = screen.settled(part, &before, STILL, PATIENCE)?;
    drop(running);
    Ok(ms(settled.duration_since(began)))
}
