//! `pop`: from the first byte of a webhook to the painted card, while others make 300 events a second: in the tray, and
//! with the main window open and a recording playing in it.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    background::Background,
    demo::{self, Demo},
    figure::{Budget, Figure, ms, percentile},
    hand::Hand,
    hook::{Hook, Session, Signer},
    screen::{Part, Screen},
    trubka,
};

/// Cards that are measured, in the tray and beside main.
const CARDS: usize = 200;
/// Windows on demand that are measured.
const WINDOWS: usize = 20;
/// The demo's own calls would be in the way: the only one of this script comes after everything.
const NO_CALLS: &str = r#"{"at":"3h","make":"rostelecom","call":"internal","from":"201","to":"203"}"#;
/// A call with a recording of half a minute, for the player.
const RECORDED: &str = r#"{"at":"1s","make":"rostelecom","call":"answered","from":"+79001234500","answers":"201","ring":"1s","talk":"8s","recording":"order"}"#;
/// By then the recorded call is over, its card has gone, and its recording can be fetched.
const RECORDED_IS_THERE: Duration = Duration::from_secs(30);
/// After this many cards the recording is started again: it is half a minute long.
const PLAY_AGAIN: usize = 24;
/// How long the buttons of a card take no click.
const ARMED: Duration = Duration::from_millis(550);
/// A card that was put away is gone by then, and one that was not goes by itself.
const PUT_AWAY: Duration = Duration::from_millis(1500);
const GOES: Duration = Duration::from_secs(6);
const PATIENCE: Duration = Duration::from_secs(3);
/// Main leaves the corner of the cards free.
const MAIN: Part = Part { x: 0, y: 0, width: 1080, height: 720 };
/// Where main has what is clicked, from its upper left corner: the filter of calls with recordings, and the button that
/// plays the first of them.
const FILTER_RECORDED: (i16, i16) = (561, 119);
const PLAY_FIRST: (i16, i16) = (758, 201);
/// Where the lowest card has its button that puts it away, from the lower right corner of the screen.
const PUTS_AWAY: (i16, i16) = (45, 95);

/// What stands on the screen besides cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nothing,
    MainThatPlays,
}

pub(crate) fn measure() -> Result<Vec<Figure>> {
    let (screen, hand, signer) = (Screen::open()?, Hand::open()?, demo::signer()?);
    let alone = cards(&screen, &hand, &signer, Beside::Nothing)?;
    let playing = cards(&screen, &hand, &signer, Beside::MainThatPlays)?;
    let windows = windows(&screen)?;
    let figure = |name, values: &[f64], share, most| {
        let peer = format!("the same share of {WINDOWS} windows made on demand (main, in the running program)");
        let peer = (peer, Some(percentile(&windows, share)));
        let budget = Budget { most: Some(most), share: Some(0.2) };
        Figure::new(name, percentile(values, share), "ms", peer, budget)
    };
    Ok(vec![
        figure("pop-p50", &alone.painted, 0.5, 35.0),
        figure("pop-p99", &alone.painted, 0.99, 80.0),
        // The same as an onlooker sees it, who looks every few milliseconds.
        figure("pop-seen-p50", &alone.seen, 0.5, 35.0),
        figure("pop-seen-p99", &alone.seen, 0.99, 80.0),
        figure("pop-playing-p50", &playing.painted, 0.5, 35.0),
        figure("pop-playing-p99", &playing.painted, 0.99, 80.0),
        figure("pop-playing-seen-p50", &playing.seen, 0.5, 35.0),
        figure("pop-playing-seen-p99", &playing.seen, 0.99, 80.0),
    ])
}

/// Time to each card.
#[derive(Default)]
struct Pops {
    /// As its page tells it.
    painted: Vec<f64>,
    /// As the screen shows it.
    seen: Vec<f64>,
}

fn cards(screen: &Screen, hand: &Hand, signer: &Signer, beside: Beside) -> Result<Pops> {
    let demo = match beside {
        Beside::Nothing => Demo::start(NO_CALLS, true)?,
        Beside::MainThatPlays => Demo::start(&format!("{RECORDED}\n{NO_CALLS}"), false)?,
    };
    let player = (beside == Beside::MainThatPlays).then(|| Player::open(screen, hand)).transpose()?;
    let background = Background::start(demo.address, signer)?;
    let mut hook = Hook::open(demo.address, signer.clone())?;
    let mut pops = Pops::default();
    for round in 0..CARDS {
        if let Some(player) = player.as_ref().filter(|_| round % PLAY_AGAIN == 0) {
            player.play()?;
        }
        let call = incoming(round);
        let corner = screen.corner();
        let before = screen.look(corner)?;
        let body = call.body("new");
        let wall = demo::now()?;
        let sent = hook.post(&body)?;
        let shown = screen.changed(corner, &before, PATIENCE)?.context("no card was seen")?;
        pops.seen.push(ms(shown.duration_since(sent)));
        pops.painted.push(demo.first_paint(wall, PATIENCE)?);
        thread::sleep(ARMED);
        let (x, y) = screen.place_before_corner(PUTS_AWAY);
        hand.click(x, y)?;
        let gone = screen.back(corner, &before, PUT_AWAY)?;
        for state in ["calling", "connected", "disconnected", "end"] {
            let agent = Session { to: "sip:petr@office.example".to_owned(), to_pin: "202", ..call.clone() };
            hook.post(&agent.body(state))?;
        }
        if !gone {
            screen.back(corner, &before, GOES)?;
        }
    }
    background.stop()?;
    Ok(pops)
}

fn incoming(round: usize) -> Session {
    let (from, to) = (format!("+790012345{:02}", round % 100), "+74951234567".to_owned());
    Session { id: format!("bench-{round}"), kind: "incoming", from, from_pin: "", to, to_pin: "" }
}

/// The main window, in which a recording plays.
struct Player<'a> {
    hand: &'a Hand,
    /// The upper left corner of its page.
    corner: (i16, i16),
}

impl<'a> Player<'a> {
    /// Opens the recording, and makes sure that something plays.
    fn open(screen: &Screen, hand: &'a Hand) -> Result<Self> {
        let main = hand.window("Trubka", PATIENCE)?;
        hand.place(main, MAIN)?;
        let player = Self { hand, corner: hand.origin(main)? };
        thread::sleep(RECORDED_IS_THERE);
        player.click(FILTER_RECORDED)?;
        thread::sleep(Duration::from_secs(1));
        player.play()?;
        thread::sleep(Duration::from_secs(2));
        let bar = Part { y: MAIN.height as i16 - 40, height: 60, ..MAIN };
        let before = screen.look(bar)?;
        thread::sleep(Duration::from_secs(2));
        anyhow::ensure!(screen.look(bar)? != before, "nothing plays in the main window");
        Ok(player)
    }

    /// Plays it from its beginning.
    fn play(&self) -> Result<()> {
        self.click(PLAY_FIRST)
    }

    fn click(&self, (x, y): (i16, i16)) -> Result<()> {
        self.hand.click(self.corner.0 + x, self.corner.1 + y)
    }
}

/// The peer: a window that a running Trubka makes when it is wanted, until it stands on the screen.
fn windows(screen: &Screen) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    for _ in 0..WINDOWS {
        let demo = Demo::start(NO_CALLS, true)?;
        let part = screen.middle();
        let before = screen.look(part)?;
        let asked = Instant::now();
        trubka::ask_for_main(&demo.profile())?;
        let settled = screen.settled(part, &before, Duration::from_millis(1500), Duration::from_secs(30))?;
        times.push(ms(settled.duration_since(asked)));
    }
    Ok(times)
}
