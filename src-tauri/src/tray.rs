//! The tray icon, where the desktop has a place for it.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use desk::{
    Desk,
    contract::{Language, Notice, NoticeKind},
};
use tauri::{
    AppHandle, Manager,
    image::Image,
    menu::{Menu, MenuItem},
    tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent},
};
use tokio::sync::{mpsc::unbounded_channel, oneshot};

use crate::{platform, windows::main_window};

/// Names the icon.
const ID: &str = "trubka";

/// Whether there is a tray icon: then closing main leaves the program running.
#[derive(Debug, Default)]
pub(crate) struct TrayStatus {
    there: AtomicBool,
    /// What the icon shows, or will show once there is one.
    state: Mutex<TrayState>,
}

impl TrayStatus {
    /// There is one now.
    pub(crate) fn now(&self) -> bool {
        self.there.load(Ordering::SeqCst)
    }
}

/// What the icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum TrayState {
    /// Nothing in particular.
    #[default]
    Normal,
    /// Calls were missed and nobody has been reached since.
    Missed,
    /// A phone rings.
    Ringing,
}

/// Shows another icon, where there is one.
pub(crate) fn show(app: &AppHandle, state: TrayState) -> tauri::Result<()> {
    let handle = app.clone();
    *app.state::<TrayStatus>().state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    app.run_on_main_thread(move || {
        let Some(tray) = handle.tray_by_id(ID) else { return };
        if let Err(error) = icon(state).and_then(|icon| tray.set_icon(Some(icon))) {
            tracing::warn!(%error, "the tray icon could not be changed");
        }
    })
}

fn icon(state: TrayState) -> tauri::Result<Image<'static>> {
    Image::from_bytes(match state {
        TrayState::Normal => include_bytes!("../icons/tray/normal.png"),
        TrayState::Missed => include_bytes!("../icons/tray/missed.png"),
        TrayState::Ringing => include_bytes!("../icons/tray/ringing.png"),
    })
}

/// Puts the icon up as soon as somebody shows tray icons, also later, and tells while nobody does.
pub(crate) async fn follow(app: &AppHandle, desk: &Desk) {
    let (tell, mut told) = unbounded_channel();
    let watching = platform::watch_trays(move |possible| {
        // Sent as long as this waits for it.
        let _ = tell.send(possible);
    });
    let putting_up = async {
        while let Some(possible) = told.recv().await {
            let has_tray = possible && ensure_icon(app, desk.first_language()).await;
            app.state::<TrayStatus>().there.store(has_tray, Ordering::SeqCst);
            match has_tray {
                true => desk.notice_over(NoticeKind::NoTray).await,
                false => desk.notice(Notice { kind: NoticeKind::NoTray }).await,
            }
        }
    };
    tokio::join!(watching, putting_up);
}

/// Makes the icon where there is none yet; says whether there is one. A panel that comes back finds it by itself.
async fn ensure_icon(app: &AppHandle, language: Language) -> bool {
    if app.tray_by_id(ID).is_some() {
        return true;
    }
    let (done, result) = oneshot::channel();
    let handle = app.clone();
    let create = move || {
        // Whoever asked may have gone with the program.
        let _ = done.send(create(&handle, language));
    };
    app.run_on_main_thread(create).is_ok() && result.await.unwrap_or(false)
}

fn create(app: &AppHandle, language: Language) -> bool {
    // The tray library ends in a panic where a system library is missing.
    let built = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| build(app, language)));
    match built {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "there is no tray icon");
            false
        }
        Err(_) => {
            tracing::warn!("there is no tray icon: its library failed");
            false
        }
    }
}

fn build(app: &AppHandle, language: Language) -> tauri::Result<()> {
    let state = *app.state::<TrayStatus>().state.lock().unwrap_or_else(PoisonError::into_inner);
    let (name, open, quit) = match language {
        Language::Ru => ("Трубка", "Открыть Трубку", "Выйти"),
        Language::En => ("Trubka", "Open Trubka", "Quit"),
    };
    let menu = Menu::with_items(
        app,
        &[
            &MenuItem::with_id(app, "open", open, true, None::<&str>)?,
            &MenuItem::with_id(app, "quit", quit, true, None::<&str>)?,
        ],
    )?;
    TrayIconBuilder::with_id(ID)
        .icon(icon(state)?)
        .tooltip(name)
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
