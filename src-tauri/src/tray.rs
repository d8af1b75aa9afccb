//! The tray icon, where the desktop has a place for it.

use desk::{
    Desk,
    contract::{Language, Notice, NoticeKind},
};
use tauri::{
    AppHandle,
    image::Image,
    menu::{Menu, MenuItem},
    tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent},
};

use crate::{platform, windows::main_window};

/// Names the icon.
const ID: &str = "trubka";

/// Whether there is a tray icon: then closing main leaves the program running.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HasTray(pub(crate) bool);

/// What the icon tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nothing in particular.
    Normal,
    /// Calls were missed and nobody has been reached since.
    Missed,
    /// A phone rings.
    Ringing,
}

/// Shows another icon, where there is one.
pub(crate) fn show(app: &AppHandle, look: Look) -> tauri::Result<()> {
    let handle = app.clone();
    app.run_on_main_thread(move || {
        let Some(tray) = handle.tray_by_id(ID) else { return };
        if let Err(error) = icon(look).and_then(|icon| tray.set_icon(Some(icon))) {
            tracing::warn!(%error, "the tray icon could not be changed");
        }
    })
}

fn icon(look: Look) -> tauri::Result<Image<'static>> {
    Image::from_bytes(match look {
        Look::Normal => include_bytes!("../icons/tray/normal.png"),
        Look::Missed => include_bytes!("../icons/tray/missed.png"),
        Look::Ringing => include_bytes!("../icons/tray/ringing.png"),
    })
}

/// Puts the icon up; says whether it could.
pub(crate) fn create(app: &AppHandle, language: Language) -> HasTray {
    if !platform::tray_is_possible() {
        return HasTray(false);
    }
    // The tray library ends in a panic where a system library is missing.
    let built = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| build(app, language)));
    match built {
        Ok(Ok(())) => HasTray(true),
        Ok(Err(error)) => {
            tracing::warn!(%error, "there is no tray icon");
            HasTray(false)
        }
        Err(_) => {
            tracing::warn!("there is no tray icon: its library failed");
            HasTray(false)
        }
    }
}

/// Tells once that there is no tray.
pub(crate) async fn tell(desk: &Desk, tray: HasTray) {
    if !tray.0 {
        desk.notice(Notice { kind: NoticeKind::NoTray }).await;
    }
}

fn build(app: &AppHandle, language: Language) -> tauri::Result<()> {
    let (open, quit) = match language {
        Language::Ru => ("Открыть Трубку", "Выйти"),
        Language::En => ("Open Trubka", "Quit"),
    };
    let menu = Menu::with_items(
        app,
        &[
            &MenuItem::with_id(app, "open", open, true, None::<&str>)?,
            &MenuItem::with_id(app, "quit", quit, true, None::<&str>)?,
        ],
    )?;
    TrayIconBuilder::with_id(ID)
        .icon(icon(Look::Normal)?)
        .tooltip("Trubka")
        .menu(&menu)
        .show_menu_on_left_click(false)
        .on_menu_event(|app, event| match event.id().as_ref() {
            "quit" => app.exit(0),
            _ => open_main(app),
        })
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } = event {
                open_main(tray.app_handle());
            }
        })
        .build(app)?;
    Ok(())
}

fn open_main(app: &AppHandle) {
    if let Err(error) = main_window::open(app) {
        tracing::error!(%error, "the main window could not be opened");
    }
}
