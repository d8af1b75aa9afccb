//! macOS: WKWebView.

use std::{io, path::Path, time::Duration};

use tauri::{AppHandle, Builder, Manager, WebviewWindow, WebviewWindowBuilder, Wry};

/// Nothing to set before windows open.
pub(crate) fn prepare_environment() {}

/// Opens the folder of a file, with the file selected.
pub(crate) async fn show_in_folder(file: &Path) -> io::Result<()> {
    let shown = tokio::process::Command::new("/usr/bin/open").arg("-R").arg(file).status().await?;
    shown.success().then_some(()).ok_or_else(|| io::Error::other("open did not find it"))
}

/// There is always a display.
pub(crate) fn has_display() -> bool {
    true
}

/// Windows can be placed and kept on top.
pub(crate) fn can_place_windows() -> bool {
    true
}

/// How much larger than usual web pages are shown in windows that are not: here both grow alike.
pub(crate) fn text_scale() -> f64 {
    1.0
}

/// There is always a place for tray icons.
pub(crate) async fn watch_trays(told: impl Fn(bool)) {
    told(true);
}

/// What the computer is called.
pub(crate) fn computer_name() -> Option<String> {
    let named = std::process::Command::new("/usr/sbin/scutil").args(["--get", "ComputerName"]).output().ok()?;
    String::from_utf8(named.stdout).ok()
}

/// How long the computer has slept since it was started.
#[expect(unsafe_code, reason = "two clocks that only the system's own functions read")]
pub(crate) fn slept() -> Option<Duration> {
    // The one counts sleep, the other does not.
    let read = |clock| Duration::from_nanos(unsafe { libc::clock_gettime_nsec_np(clock) });
    Some(read(libc::CLOCK_MONOTONIC_RAW).saturating_sub(read(libc::CLOCK_UPTIME_RAW)))
}

/// Nothing tells here that the computer is about to sleep: what comes meanwhile is missed, or fetched on waking.
pub(crate) async fn before_sleep<F: Future<Output = ()>>(_sleeps: impl Fn() -> F, _woke: impl Fn()) {}

/// The keyring is open as long as the person is signed in, or asks the person by itself.
pub(crate) fn keyring_is_locked() -> bool {
    false
}

/// The system's keyring.
pub(crate) fn open_keyring() -> keyring_core::Result<std::sync::Arc<keyring_core::CredentialStore>> {
    apple_native_keyring_store::keychain::Store::new().map(|keyring| keyring as _)
}

/// The system always has one.
pub(crate) fn has_keyring() -> bool {
    true
}

/// Builds a window; web views share what they can by themselves.
pub(crate) fn build_beside(
    app: &AppHandle,
    _sibling: &WebviewWindow,
    build: impl FnOnce(WebviewWindowBuilder<'_, Wry, AppHandle>) -> tauri::Result<WebviewWindow> + Send + 'static,
    builder: impl FnOnce(&AppHandle) -> WebviewWindowBuilder<'_, Wry, AppHandle> + Send + 'static,
) -> tauri::Result<()> {
    build(builder(app)).map(drop)
}

/// Loads a page again when its web process has ended, and tells the label of its window: WKWebView leaves it blank.
pub(crate) fn watch_web_processes(
    builder: Builder<Wry>,
    died: impl Fn(&AppHandle, &str) + Send + Sync + 'static,
) -> Builder<Wry> {
    builder.on_web_content_process_terminate(move |webview| {
        tracing::error!("a web process ended and is started again");
        if let Err(error) = webview.reload() {
            tracing::error!(%error, "a page could not be loaded again");
        }
        died(webview.app_handle(), webview.label());
    })
}

/// The processes of web views end by themselves, a little later than their windows.
pub(crate) fn end_web_processes() {}

/// Shows a notification and waits for what is chosen. Nothing takes it back here: it goes by itself.
pub(crate) fn show_notification(
    notification: &notify_rust::Notification,
    _shown: impl FnOnce(u32),
    chosen: impl FnOnce(&str),
) -> Result<(), notify_rust::error::Error> {
    let handle = notification.show()?;
    let mut chosen = Some(chosen);
    handle.wait_for_action(move |word| {
        if let Some(chosen) = chosen.take() {
            chosen(word);
        }
    });
    Ok(())
}

/// Takes a notification back: never asked, since none is told to have a number.
pub(crate) fn close_notification(_number: u32) {}

/// The system decides how long it stays.
pub(crate) fn make_urgent(_notification: &mut notify_rust::Notification) {}
