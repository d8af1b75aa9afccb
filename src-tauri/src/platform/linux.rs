//! Linux: GTK and WebKitGTK.

use std::{path::Path, sync::Arc, time::Duration};

use tauri::{AppHandle, Builder, Manager, WebviewWindow, WebviewWindowBuilder, Wry};
use webkit2gtk::WebViewExt;

/// What must be set before any window library starts.
pub(crate) fn prepare_environment() {
    // Without it each window takes about 75 MiB more (Debian 12, WebKitGTK 2.50).
    if std::env::var_os("WEBKIT_DISABLE_DMABUF_RENDERER").is_none() {
        set_env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    }
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

/// Somebody shows tray icons: the library is there and a panel waits for icons.
pub(crate) fn tray_is_possible() -> bool {
    let library = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"].into_iter().any(|name| {
        ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
            .into_iter()
            .any(|folder| Path::new(folder).join(name).exists())
    });
    library && bus_name_is_owned("org.kde.StatusNotifierWatcher")
}

/// Whether somebody on the desktop bus has this name; a bus that does not answer in time has nobody.
fn bus_name_is_owned(name: &str) -> bool {
    let owned = on_bus(async |bus| {
        let owned = bus.call_method(Some(BUS), "/org/freedesktop/DBus", Some(BUS), "NameHasOwner", &name).await?;
        owned.body().deserialize::<bool>()
    });
    owned.unwrap_or(false)
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

const BUS: &str = "org.freedesktop.DBus";

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
    let handle = notification.show()?;
    shown(handle.id());
    handle.wait_for_action(|word| chosen(word));
    Ok(())
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
