//! `pop`: from the first byte of a webhook to the painted card, while others make 300 events a second: in the tray, and
//! with the main window open and a recording playing in it.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    background::Background,
    demo::{self, Demo},
    figure::{Budget, Figure, ms, percentile},
    hook::{Hook, Session, Signer},
    screen::{Part, Screen},
    trubka,
    x_session::{Key, XSession},
};

/// Cards that are measured, in the tray and beside main.
const CARDS: usize = 200;
/// Windows on demand that are measured.
const WINDOWS: usize = 20;
/// The demo's own calls would be in the way: the only one of this script comes after everything.
const NO_CALLS: &str = r#"{"at":"3h","make":"rostelecom","call":"internal","from":"201","to":"203"}"#;
/// One of so many newest calls has a recording.
const NEWEST: usize = 8;
/// How long the buttons of a card take no click.
const ARMED: Duration = Duration::from_millis(800);
/// A card that was put away is gone by then; else it is clicked again, for so many times in all.
const PUT_AWAY: Duration = Duration::from_millis(1500);
const CLICKS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(3);
/// Main leaves the corner of the cards free.
const MAIN: Part = Part { x: 0, y: 0, width: 1080, height: 720 };
/// A place in main's list of calls, from its upper left corner.
const LIST: (i16, i16) = (400, 300);
/// So much of the player's bar is never under a card.
const BAR: u16 = 900;
/// The card's window, and where the newest card has its button that closes it, from the window's upper right corner.
const CARD: &str = "Trubka card";
const CLOSE: (i16, i16) = (36, 37);

/// What stands on the screen besides cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nothing,
    MainThatPlays,
}

pub(crate) fn measure() -> Result<Vec<Figure>> {
    let (screen, session, signer) = (Screen::open()?, XSession::open()?, demo::signer()?);
    let alone = cards(&screen, &session, &signer, Beside::Nothing)?;
    let playing = cards(&screen, &session, &signer, Beside::MainThatPlays)?;
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

fn cards(screen: &Screen, session: &XSession, signer: &Signer, beside: Beside) -> Result<Pops> {
    let demo = Demo::start(NO_CALLS, beside == Beside::Nothing)?;
    let player = (beside == Beside::MainThatPlays).then(|| Player::open(screen, session)).transpose()?;
    let background = Background::start(demo.address, signer)?;
    let mut hook = Hook::open(demo.address, signer.clone())?;
    let mut pops = Pops::default();
    for round in 0..CARDS {
        let call = incoming(round);
        let corner = screen.corner();
        let before = screen.look(corner)?;
        let body = call.body("new");
        let wall = demo::now()?;
        let sent = hook.post(&body)?;
        let shown =
            screen.changed(corner, &before, PATIENCE)?.with_context(|| format!("no card of round {round} was seen"))?;
        pops.seen.push(ms(shown.duration_since(sent)));
        pops.painted.push(demo.first_paint(wall, PATIENCE)?);
        match &player {
            Some(player) => player.keep_playing(screen, ARMED)?,
            None => thread::sleep(ARMED),
        }
        put_away(screen, session, corner, &before)
            .with_context(|| format!("putting away the card of round {round}"))?;
        for state in ["calling", "connected", "disconnected", "end"] {
            let agent = Session { to: "sip:petr@office.example".to_owned(), to_pin: "202", ..call.clone() };
            hook.post(&agent.body(state))?;
        }
    }
    background.stop()?;
    Ok(pops)
}

/// The next card would stand above one that stays, where nobody looks.
fn put_away(screen: &Screen, session: &XSession, corner: Part, before: &[u8]) -> Result<()> {
    for _ in 0..CLICKS {
        let card = session.area(session.window(CARD, PATIENCE)?)?;
        session.click(card.x + card.width as i16 - CLOSE.0, card.y + CLOSE.1)?;
        if screen.back(corner, before, PUT_AWAY)? {
            return Ok(());
        }
    }
    bail!("it stays on the screen")
}

fn incoming(round: usize) -> Session {
    let (from, to) = (format!("+790012345{:02}", round % 100), "+74951234567".to_owned());
    Session { id: format!("bench-{round}"), kind: "incoming", from, from_pin: "", to, to_pin: "" }
}

/// The main window, in which a recording plays.
struct Player<'a> {
    session: &'a XSession,
    /// The part of its bar that cards do not cover.
    bar: Part,
}

impl<'a> Player<'a> {
    /// Goes down the list of calls to the first one that plays.
    fn open(screen: &Screen, session: &'a XSession) -> Result<Self> {
        let main = session.window("Trubka", PATIENCE)?;
        session.place(main, MAIN)?;
        let area = session.area(main)?;
        session.click(area.x + LIST.0, area.y + LIST.1)?;
        session.press(Key::Home)?;
        let bar = Part { y: area.y + area.height as i16 - 60, height: 60, width: BAR, ..area };
        let player = Self { session, bar };
        for _ in 0..NEWEST {
            player.play_or_pause()?;
            thread::sleep(Duration::from_secs(2));
            if player.moves(screen, Duration::from_secs(2))? {
                return Ok(player);
            }
            session.press(Key::Down)?;
        }
        bail!("nothing plays in the main window")
    }

    /// Waits for so long, and plays it again if it came to its end.
    fn keep_playing(&self, screen: &Screen, wait: Duration) -> Result<()> {
        if self.moves(screen, wait)? { Ok(()) } else { self.play_or_pause() }
    }

    /// Whether its bar changes while so much time goes by.
    fn moves(&self, screen: &Screen, wait: Duration) -> Result<bool> {
        let before = screen.look(self.bar)?;
        thread::sleep(wait);
        Ok(screen.look(self.bar)? != before)
    }

    fn play_or_pause(&self) -> Result<()> {
        self.session.press(Key::Space)
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
