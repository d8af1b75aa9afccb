//! Linux: GTK and WebKitGTK.

use std::{io, path::Path, sync::Arc, time::Duration};

use gtk::prelude::GtkSettingsExt;
use tauri::{AppHandle, Builder, Manager, WebviewWindow, WebviewWindowBuilder, Wry};
use webkit2gtk::WebViewExt;

/// What must be set before any window library starts.
pub(crate) fn prepare_environment() {
    // Without it each window takes about 75 MiB more (Debian 12, WebKitGTK 2.50).
    if std::env::var_os("WEBKIT_DISABLE_DMABUF_RENDERER").is_none() {
        set_env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    }
    share_heaps();
}

/// Lets threads share two heaps: by default each takes one of its own, and gives little of it back.
#[expect(unsafe_code, reason = "a setting of the C library that only the C library can take")]
fn share_heaps() {
    // What it answers does not matter: without this the program only takes more memory.
    let _ = unsafe { libc::mallopt(libc::M_ARENA_MAX, 2) };
}

#[expect(unsafe_code, reason = "the first thing that main does: no other thread exists yet")]
fn set_env(key: &str, value: &str) {
    unsafe { std::env::set_var(key, value) }
}

/// There is a display to open windows on; without one the window library would end in a panic.
pub(crate) fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Windows can be placed and kept on top here: not under Wayland.
pub(crate) fn can_place_windows() -> bool {
    std::env::var_os("WAYLAND_DISPLAY").is_none() || std::env::var("GDK_BACKEND").is_ok_and(|backend| backend == "x11")
}

/// How much larger than usual a person wants text: web pages are enlarged by it, windows are not.
pub(crate) fn text_scale() -> f64 {
    /// Dots an inch at which text has its usual size, in the unit of the setting.
    const USUAL: f64 = 96.0 * 1024.0;
    let dots = gtk::Settings::default().map_or(-1, |settings| settings.gtk_xft_dpi());
    if dots > 0 { f64::from(dots) / USUAL } else { 1.0 }
}

/// Calls `told` with whether somebody shows tray icons: now, and whenever that changes. Panels come and go.
pub(crate) async fn watch_trays(told: impl Fn(bool)) {
    if !has_tray_library() {
        return told(false);
    }
    if let Err(error) = watch_name("org.kde.StatusNotifierWatcher", &told).await {
        tracing::warn!(%error, "there is no desktop bus: no tray is looked for");
        told(false);
    }
}

async fn watch_name(name: &'static str, told: impl Fn(bool)) -> zbus::Result<()> {
    use futures_util::StreamExt;
    let bus = zbus::Connection::session().await?;
    let dbus = zbus::fdo::DBusProxy::new(&bus).await?;
    let mut changes = dbus.receive_name_owner_changed_with_args(&[(0, name)]).await?;
    told(dbus.name_has_owner(name.try_into()?).await?);
    while let Some(change) = changes.next().await {
        told(change.args()?.new_owner().is_some());
    }
    Ok(())
}

/// Opens the folder of a file, with the file selected where there is a file manager that can.
pub(crate) async fn show_in_folder(file: &Path) -> io::Result<()> {
    let Err(error) = show_in_file_manager(file).await else { return Ok(()) };
    tracing::info!(%error, "no file manager selects a file; its folder is opened instead");
    let folder = file.parent().unwrap_or(file);
    // It answers at once, or is the file manager itself: that is not waited for.
    let mut opened = tokio::process::Command::new("xdg-open").arg(folder).spawn()?;
    match tokio::time::timeout(OPENED_WITHIN, opened.wait()).await {
        Ok(Ok(ended)) if ended.success() => Ok(()),
        Ok(Ok(_)) => Err(io::Error::other("no program opens folders")),
        Ok(Err(error)) => Err(error),
        Err(_) => Ok(()),
    }
}

/// A program that has not ended by then is at work.
const OPENED_WITHIN: Duration = Duration::from_secs(3);

async fn show_in_file_manager(file: &Path) -> zbus::Result<()> {
    let url =
        url::Url::from_file_path(file).map_err(|()| zbus::Error::Failure("the path is not absolute".to_owned()))?;
    let bus = zbus::Connection::session().await?;
    let (service, path) = ("org.freedesktop.FileManager1", "/org/freedesktop/FileManager1");
    let manager = zbus::Proxy::new(&bus, service, path, "org.freedesktop.FileManager1").await?;
    let shown: () = manager.call("ShowItems", &(vec![url.as_str()], "")).await?;
    Ok(shown)
}

/// What the computer is called.
pub(crate) fn computer_name() -> Option<String> {
    std::fs::read_to_string("/proc/sys/kernel/hostname").ok()
}

/// How long the computer has slept since it was started.
pub(crate) fn slept() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};
    let read = |clock| Duration::try_from(clock_gettime(clock)).ok();
    // The one counts sleep, the other does not.
    Some(read(ClockId::Boottime)?.saturating_sub(read(ClockId::Monotonic)?))
}

/// Calls `sleeps` each time that the computer is about to sleep, and keeps it awake until that has ended or the system
/// waits no longer (five seconds, usually). Calls `woke` after it, also where the computer did not sleep in the end: the
/// clocks do not tell of that. Where nobody tells of sleep this ends.
pub(crate) async fn before_sleep<F: Future<Output = ()>>(sleeps: impl Fn() -> F, woke: impl Fn()) {
    if let Err(error) = watch_sleep(sleeps, woke).await {
        tracing::info!(%error, "nothing tells that the computer is about to sleep");
    }
}

async fn watch_sleep<F: Future<Output = ()>>(sleeps: impl Fn() -> F, woke: impl Fn()) -> zbus::Result<()> {
    use futures_util::StreamExt;
    let bus = zbus::Connection::system().await?;
    let (service, path) = ("org.freedesktop.login1", "/org/freedesktop/login1");
    let manager = zbus::Proxy::new(&bus, service, path, "org.freedesktop.login1.Manager").await?;
    let mut told = manager.receive_signal("PrepareForSleep").await?;
    let hold = async || -> zbus::Result<zbus::zvariant::OwnedFd> {
        manager.call("Inhibit", &("sleep", "Trubka", "The PBXs are told that nobody listens", "delay")).await
    };
    let mut held = Some(hold().await?);
    while let Some(signal) = told.next().await {
        let is_about_to: bool = signal.body().deserialize()?;
        if is_about_to {
            sleeps().await;
            // Lets it sleep.
            held = None;
        } else {
            woke();
            if held.is_none() {
                held = Some(hold().await?);
            }
        }
    }
    Ok(())
}

/// Reading the keyring would ask a person to unlock it.
pub(crate) fn keyring_is_locked() -> bool {
    let (service, collection) = ("org.freedesktop.secrets", "/org/freedesktop/secrets/aliases/default");
    let asked = ("org.freedesktop.Secret.Collection", "Locked");
    let locked = on_bus(async |bus| {
        let properties = Some("org.freedesktop.DBus.Properties");
        let answer = bus.call_method(Some(service), collection, properties, "Get", &asked).await?;
        Ok(bool::try_from(answer.body().deserialize::<zbus::zvariant::Value<'_>>()?)?)
    });
    // Nobody there is not locked: asking the keyring then fails without troubling anybody.
    locked.unwrap_or(false)
}

/// The keyring: the Secret Service of the desktop.
pub(crate) fn open_keyring() -> keyring_core::Result<Arc<keyring_core::CredentialStore>> {
    zbus_secret_service_keyring_store::Store::new().map(|keyring| keyring as _)
}

/// Some program serves as keyring here, or would be started to.
pub(crate) fn has_keyring() -> bool {
    let service = "org.freedesktop.secrets";
    let is_there = on_bus(async |bus| {
        let dbus = zbus::fdo::DBusProxy::new(bus).await?;
        let can_be_started = dbus.list_activatable_names().await?.iter().any(|name| name.as_str() == service);
        Ok(can_be_started || dbus.name_has_owner(service.try_into()?).await?)
    });
    is_there.unwrap_or(false)
}

fn has_tray_library() -> bool {
    ["libayatana-appindicator3.so.1", "libappindicator3.so.1"].into_iter().any(|name| {
        ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
            .into_iter()
            .any(|folder| Path::new(folder).join(name).exists())
    })
}

/// Takes a notification back.
pub(crate) fn close_notification(number: u32) {
    let service = "org.freedesktop.Notifications";
    let path = "/org/freedesktop/Notifications";
    let closed = on_bus(async |bus| {
        bus.call_method(Some(service), path, Some(service), "CloseNotification", &number).await.map(drop)
    });
    if closed.is_none() {
        tracing::warn!("a notification could not be taken back");
    }
}

/// Asks the desktop bus something, for a second at most.
fn on_bus<T>(ask: impl AsyncFnOnce(&zbus::Connection) -> zbus::Result<T>) -> Option<T> {
    tauri::async_runtime::block_on(async {
        let asked = async {
            let bus = zbus::Connection::session().await?;
            ask(&bus).await
        };
        tokio::time::timeout(Duration::from_secs(1), asked).await.ok()?.ok()
    })
}

/// Shows a notification and waits for what is chosen; `shown` is told the number that takes it back.
pub(crate) fn show_notification(
    notification: &notify_rust::Notification,
    shown: impl FnOnce(u32),
    chosen: impl FnOnce(&str),
) -> Result<(), notify_rust::error::Error> {
    let mut notification = notification.clone();
    // A service that cannot be asked shows nothing either: what goes wrong is told by showing.
    let understood = notify_rust::get_capabilities().unwrap_or_default();
    if understood.iter().any(|capability| capability == "body-markup") {
        notification.body = without_markup(&notification.body);
    }
    let handle = notification.show()?;
    shown(handle.id());
    handle.wait_for_action(|word| chosen(word));
    Ok(())
}

/// The same text where the service reads markup: names hold `&` and `<`, and arrive whole.
fn without_markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A phone rings: it stays until it is answered.
pub(crate) fn make_urgent(notification: &mut notify_rust::Notification) {
    notification.urgency(notify_rust::Urgency::Critical);
}

/// Builds a window that shares the web process of `sibling`: a second process would cost 40 MiB.
pub(crate) fn build_beside(
    app: &AppHandle,
    sibling: &WebviewWindow,
    build: impl FnOnce(WebviewWindowBuilder<'_, Wry, AppHandle>) -> tauri::Result<WebviewWindow> + Send + 'static,
    builder: impl FnOnce(&AppHandle) -> WebviewWindowBuilder<'_, Wry, AppHandle> + Send + 'static,
) -> tauri::Result<()> {
    let app = app.clone();
    sibling.with_webview(move |webview| {
        if let Err(error) = build(builder(&app).with_related_view(webview.inner())) {
            tracing::error!(%error, "the window could not be opened");
        }
    })
}

/// Ends the processes that show and load pages for this one: they write to its profile until they end.
pub(crate) fn end_web_processes() {
    use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
    for pid in children().into_iter().filter(|pid| is_web_process(*pid)).filter_map(Pid::from_raw) {
        // One that has ended meanwhile is ended all the same.
        if kill_process(pid, Signal::KILL).is_ok() {
            let _ = waitpid(Some(pid), WaitOptions::empty());
        }
    }
}

/// Processes that this one has started, on any of its threads.
fn children() -> Vec<i32> {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return Vec::new() };
    let of_thread = |thread: std::fs::DirEntry| std::fs::read_to_string(thread.path().join("children")).ok();
    let listed: Vec<String> = threads.flatten().filter_map(of_thread).collect();
    listed.iter().flat_map(|pids| pids.split_whitespace()).filter_map(|pid| pid.parse().ok()).collect()
}

/// WebKit's processes are known by their names; a restarted Trubka is a child, too.
fn is_web_process(pid: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.starts_with("WebKit"))
}

/// Loads a page again when its web process has ended, and tells the label of its window.
pub(crate) fn watch_web_processes(
    builder: Builder<Wry>,
    died: impl Fn(&AppHandle, &str) + Send + Sync + 'static,
) -> Builder<Wry> {
    let died = Arc::new(died);
    let watch = tauri::plugin::Builder::<Wry>::new("web-processes").on_webview_ready(move |webview| {
        let (app, label, died) = (webview.app_handle().clone(), webview.label().to_owned(), Arc::clone(&died));
        let watching = webview.with_webview(move |platform| {
            platform.inner().connect_web_process_terminated(move |view, reason| {
                tracing::error!(?reason, window = label, "a web process ended and is started again");
                view.reload();
                died(&app, &label);
            });
        });
        if let Err(error) = watching {
            tracing::error!(%error, "a web process that dies will not be noticed");
        }
    });
    builder.plugin(watch.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_markup_arrives_as_it_was_written() {
        assert_eq!(without_markup("Рога & Копыта <опт>"), "Рога &amp; Копыта &lt;опт&gt;");
        assert_eq!(without_markup("&lt;b&gt;"), "&amp;lt;b&amp;gt;");
        assert_eq!(without_markup("Мария «Смит»"), "Мария «Смит»");
    }
}
