//! Windows: WebView2.

use std::{fs, io, path::Path, time::Duration};

use tauri::{AppHandle, Builder, WebviewWindow, WebviewWindowBuilder, Wry};

/// Nothing to set before windows open.
pub(crate) fn prepare_environment() {}

/// Makes the folder, and those above it, where they are missing; the account's own folder is private already.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Writes a file anew; it is as private as its folder.
pub(crate) fn write_private(file: &Path, content: &[u8]) -> io::Result<()> {
    fs::write(file, content)
}

/// Makes a file that was not there; it is as private as its folder.
pub(crate) fn create_private(file: &Path) -> io::Result<fs::File> {
    fs::File::options().write(true).create_new(true).open(file)
}

/// Opens the folder of a file, with the file selected.
pub(crate) async fn show_in_folder(file: &Path) -> io::Result<()> {
    use std::os::windows::process::CommandExt;
    // The Explorer takes the line apart in its own way; no path has a quotation mark in it. What it answers says nothing.
    let select = format!("/select,\"{}\"", file.display());
    std::process::Command::new("explorer.exe").raw_arg(select).spawn().map(drop)
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
    std::env::var("COMPUTERNAME").ok()
}

/// How long the computer has slept since it was started.
#[expect(unsafe_code, reason = "two clocks that only the system's own functions read")]
pub(crate) fn slept() -> Option<Duration> {
    use windows_sys::Win32::System::WindowsProgramming::{QueryInterruptTime, QueryUnbiasedInterruptTime};
    let (mut with_sleep, mut without) = (0, 0);
    // In units of 100 ns. The one counts sleep, the other does not.
    unsafe {
        QueryInterruptTime(&mut with_sleep);
        QueryUnbiasedInterruptTime(&mut without);
    }
    Some(Duration::from_nanos(with_sleep.saturating_sub(without).saturating_mul(100)))
}

/// Nothing tells here that the computer is about to sleep: what comes meanwhile is missed, or fetched on waking.
pub(crate) async fn before_sleep<F: Future<Output = ()>>(_sleeps: impl Fn() -> F, _woke: impl Fn()) {}

/// The keyring is open as long as the person is signed in, or asks the person by itself.
pub(crate) fn keyring_is_locked() -> bool {
    false
}

/// The system's keyring.
pub(crate) fn open_keyring() -> keyring_core::Result<std::sync::Arc<keyring_core::CredentialStore>> {
    windows_native_keyring_store::Store::new().map(|keyring| keyring as _)
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

/// A web process that ends is not noticed: WebView2 starts a dead browser process again by itself, but in place of a
/// page whose renderer has died it shows its own error page, until the window is opened anew.
pub(crate) fn watch_web_processes(
    builder: Builder<Wry>,
    _died: impl Fn(&AppHandle, &str) + Send + Sync + 'static,
) -> Builder<Wry> {
    builder
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

/// Waits until somebody asks the process to end.
pub(crate) async fn asked_to_end() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
