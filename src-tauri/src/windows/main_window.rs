//! The main window: made when wanted, destroyed when closed, for it costs memory while nobody looks.

use desk::contract::Window;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent, Wry};

use super::card;
use crate::{platform, profile::Profile, starting_desk::StartingDesk, tray::TrayStatus};

/// Label of the window.
pub(crate) const LABEL: &str = Window::Main.label();

/// Opens the window, or brings it forward.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(LABEL) {
        window.unminimize()?;
        window.show()?;
        return window.set_focus();
    }
    let Some(card) = app.get_webview_window(card::LABEL) else { return build(builder(app)).map(drop) };
    platform::build_beside(app, &card, build, builder)
}

fn builder(app: &AppHandle) -> WebviewWindowBuilder<'_, Wry, AppHandle> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Trubka")
        // The page knows the language of the moment.
        .on_document_title_changed(|window, title| {
            if let Err(error) = window.set_title(&title) {
                tracing::debug!(%error, "the window keeps its title");
            }
        })
        .inner_size(1240.0, 780.0)
        .min_inner_size(880.0, 560.0)
        .data_directory(app.state::<Profile>().web())
}

fn build(builder: WebviewWindowBuilder<'_, Wry, AppHandle>) -> tauri::Result<WebviewWindow> {
    let window = builder.build()?;
    let app = window.app_handle().clone();
    window.on_window_event(move |event| {
        if !matches!(event, WindowEvent::Destroyed) {
            return;
        }
        if let Some(desk) = app.state::<StartingDesk>().now() {
            desk.main_closed();
        }
        // With a tray the card goes on telling of calls; without one nothing would bring the program back.
        if !app.state::<TrayStatus>().now() {
            app.exit(0);
        }
    });
    Ok(window)
}
