//! The card window: made hidden before anything else, shown when a call rings, never taking the focus.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use desk::contract::{CardCorner, Window};
use tauri::{AppHandle, LogicalSize, Manager, PhysicalPosition, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

use crate::{platform, profile::Profile};

/// Label of the window.
pub(crate) const LABEL: &str = Window::Card.label();
/// Width in CSS pixels (LOOK: the card is 392 wide, with a margin of 12 at both sides).
const WIDTH: f64 = 416.0;
/// Height before the page has told its own.
const FIRST_HEIGHT: f64 = 220.0;
/// Tallest that the page may ask for.
const MAX_HEIGHT: f64 = 900.0;
/// Distance from the edges of the screen, in CSS pixels.
const MARGIN: f64 = 8.0;

/// How often the position of a shown card is checked: monitors are removed or change their size, and a window that is
/// just being shown may miss the height of its page.
const CHECK_INTERVAL: Duration = Duration::from_millis(250);

/// Where the card belongs and how high its page is.
pub(crate) struct Placement(Mutex<CardGeometry>);

struct CardGeometry {
    /// The corner, while the card is shown.
    corner: Option<CardCorner>,
    height: f64,
    /// A task checks the position, until the card is hidden.
    is_watched: bool,
}

impl Default for Placement {
    fn default() -> Self {
        Self(Mutex::new(CardGeometry { corner: None, height: FIRST_HEIGHT, is_watched: false }))
    }
}

impl Placement {
    fn wanted(&self) -> MutexGuard<'_, CardGeometry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the window, hidden.
pub(crate) fn create(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("card.html".into()))
        .title("Trubka card")
        .inner_size(WIDTH, FIRST_HEIGHT)
        .visible(false)
        .focused(false)
        .focusable(false)
        .resizable(false)
        .decorations(false)
        .always_on_top(true)
        .visible_on_all_workspaces(true)
        .skip_taskbar(true)
        .data_directory(app.state::<Profile>().web())
        .build()
}

/// Puts the window into its corner and shows it. In one go on the thread that windows live on: from any other each
/// question to a window waits for that thread, and the desk must not.
pub(crate) fn show(app: &AppHandle, corner: CardCorner) -> tauri::Result<()> {
    let (height, is_watched) = {
        let placement = app.state::<Placement>();
        let mut wanted = placement.wanted();
        wanted.corner = Some(corner);
        (wanted.height, std::mem::replace(&mut wanted.is_watched, true))
    };
    if !is_watched {
        tauri::async_runtime::spawn(keep_in_place(app.clone()));
    }
    on_main_thread(app, move |card| {
        // A window manager places a window anew each time it is shown, whatever it was told before: the place is told to it
        // again, although the window seems to have it.
        put(card, corner, height)?;
        card.show()?;
        put(card, corner, height)
    })
}

/// Does it in one go on the thread that windows live on.
fn on_main_thread(
    app: &AppHandle,
    act: impl FnOnce(&WebviewWindow) -> tauri::Result<()> + Send + 'static,
) -> tauri::Result<()> {
    let handle = app.clone();
    app.run_on_main_thread(move || {
        let Some(card) = handle.get_webview_window(LABEL) else { return };
        if let Err(error) = act(&card) {
            tracing::error!(%error, "the card could not be placed");
        }
    })
}

/// Puts the card back into its corner whenever it does not lie there, until it is hidden.
async fn keep_in_place(app: AppHandle) {
    loop {
        tokio::time::sleep(CHECK_INTERVAL).await;
        let (corner, height) = {
            let placement = app.state::<Placement>();
            let mut wanted = placement.wanted();
            let Some(corner) = wanted.corner else {
                wanted.is_watched = false;
                return;
            };
            (corner, wanted.height)
        };
        let looked = on_main_thread(&app, move |card| place(card, corner, height));
        if looked.is_err() {
            // The window system has ended.
            return;
        }
    }
}

/// Hides the window.
pub(crate) fn hide(app: &AppHandle) -> tauri::Result<()> {
    app.state::<Placement>().wanted().corner = None;
    app.get_webview_window(LABEL).map_or(Ok(()), |card| card.hide())
}

/// Whether a card is shown.
pub(crate) fn is_shown(app: &AppHandle) -> bool {
    app.state::<Placement>().wanted().corner.is_some()
}

/// Takes the keyboard while a person uses it on the card, and gives it back afterwards.
pub(crate) fn take_keyboard(app: &AppHandle, writing: bool) -> tauri::Result<()> {
    let Some(card) = app.get_webview_window(LABEL) else { return Ok(()) };
    card.set_focusable(writing)?;
    if writing { card.set_focus() } else { Ok(()) }
}

/// The page has grown or shrunk to this many CSS pixels.
pub(crate) fn resize(app: &AppHandle, height: f64, corner: CardCorner) -> tauri::Result<()> {
    if !height.is_finite() {
        return Ok(());
    }
    let height = height.clamp(1.0, MAX_HEIGHT);
    app.state::<Placement>().wanted().height = height;
    on_main_thread(app, move |card| place(card, corner, height))
}

/// Gives the card its size and its place, where it has others.
fn place(card: &WebviewWindow, corner: CardCorner, height: f64) -> tauri::Result<()> {
    let Some((size, position)) = wanted_area(card, corner, height)? else { return Ok(()) };
    if card.inner_size()? != size.to_physical(card.scale_factor()?) {
        card.set_size(size)?;
    }
    if card.outer_position()? != position {
        card.set_position(position)?;
    }
    Ok(())
}

/// Gives the card its size and its place, whatever it has.
fn put(card: &WebviewWindow, corner: CardCorner, height: f64) -> tauri::Result<()> {
    let Some((size, position)) = wanted_area(card, corner, height)? else { return Ok(()) };
    card.set_size(size)?;
    card.set_position(position)
}

/// The size and the place that the card should have; `None` without a monitor.
fn wanted_area(
    card: &WebviewWindow,
    corner: CardCorner,
    height: f64,
) -> tauri::Result<Option<(LogicalSize<f64>, PhysicalPosition<i32>)>> {
    let Some(monitor) = card.current_monitor()?.or(card.primary_monitor()?) else { return Ok(None) };
    let area = monitor.work_area();
    let area = Area {
        left: area.position.x.into(),
        top: area.position.y.into(),
        width: area.size.width.into(),
        height: area.size.height.into(),
    };
    let text = platform::text_scale();
    let (height, x, y) = fit_into(&area, monitor.scale_factor() * text, corner, height);
    Ok(Some((LogicalSize::new(WIDTH * text, height * text), PhysicalPosition::new(x, y).cast())))
}

/// The part of a monitor that no panel takes, in its own pixels.
struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

/// How high the card becomes, in CSS pixels of which each has `scale` pixels of the monitor, and where its corner lies:
/// never outside of the area.
fn fit_into(area: &Area, scale: f64, corner: CardCorner, height: f64) -> (f64, f64, f64) {
    let margin = MARGIN * scale;
    let height = height.min((area.height - 2.0 * margin) / scale).max(1.0);
    let (left, top) = (area.left + margin, area.top + margin);
    let right = (area.left + area.width - WIDTH * scale - margin).max(area.left);
    let bottom = (area.top + area.height - height * scale - margin).max(area.top);
    let (x, y) = match corner {
        CardCorner::BottomRight => (right, bottom),
        CardCorner::BottomLeft => (left, bottom),
        CardCorner::TopRight => (right, top),
        CardCorner::TopLeft => (left, top),
    };
    (height, x, y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_stays_inside_the_work_area_in_every_corner_and_at_every_scale() {
        let laptop = Area { left: 0.0, top: 27.0, width: 1366.0, height: 741.0 };
        let second = Area { left: 1366.0, top: 0.0, width: 2560.0, height: 1400.0 };
        for area in [laptop, second] {
            for scale in [1.0, 1.25, 2.0] {
                for corner in
                    [CardCorner::BottomRight, CardCorner::BottomLeft, CardCorner::TopRight, CardCorner::TopLeft]
                {
                    for wanted in [60.0, 220.0, MAX_HEIGHT] {
                        let (height, x, y) = fit_into(&area, scale, corner, wanted);
                        assert!(x >= area.left && x + WIDTH * scale <= area.left + area.width, "{corner:?} {scale}");
                        assert!(y >= area.top && y + height * scale <= area.top + area.height, "{corner:?} {scale}");
                        assert!(height <= wanted);
                    }
                }
            }
        }
    }
}
