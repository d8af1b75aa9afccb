//! A panel that shows tray icons, as programs see it, for the window tests: it has the bus name that the
//! StatusNotifierItem specification gives to panels, and prints a line of JSON for each icon that a program puts up.
#![expect(clippy::print_stdout, reason = "the lines are what it is for")]

#[cfg(target_os = "linux")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let _bus = zbus::connection::Builder::session()?
        .serve_at("/StatusNotifierWatcher", panel::Panel::default())?
        .name("org.kde.StatusNotifierWatcher")?
        .build()
        .await?;
    std::future::pending().await
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("Only Linux has such panels.");
}

#[cfg(target_os = "linux")]
mod panel {
    use zbus::{message::Header, object_server::SignalEmitter};

    /// The panel.
    #[derive(Default)]
    pub(crate) struct Panel {
        /// Icons, by the bus name of their program and the object that tells of them.
        items: Vec<String>,
    }

    /// <https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierWatcher/>
    #[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
    impl Panel {
        /// `service` is a bus name or the path of an object of the caller.
        async fn register_status_notifier_item(
            &mut self,
            service: &str,
            #[zbus(header)] header: Header<'_>,
            #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
        ) -> zbus::fdo::Result<()> {
            let sender = header.sender().map(ToString::to_string).unwrap_or_default();
            let (program, object) =
                if service.starts_with('/') { (sender.as_str(), service) } else { (service, "/StatusNotifierItem") };
            println!("{}", serde_json::json!({"program": program, "object": object}));
            let item = format!("{program}{object}");
            emitter.status_notifier_item_registered(&item).await?;
            self.items.push(item);
            Ok(())
        }

        /// Panels may have several parts; this one is whole.
        fn register_status_notifier_host(&self, _service: &str) {}

        #[zbus(property)]
        fn registered_status_notifier_items(&self) -> Vec<String> {
            self.items.clone()
        }

        #[zbus(property)]
        fn is_status_notifier_host_registered(&self) -> bool {
            true
        }

        #[zbus(property)]
        fn protocol_version(&self) -> i32 {
            0
        }

        #[zbus(signal)]
        async fn status_notifier_item_registered(emitter: &SignalEmitter<'_>, item: &str) -> zbus::Result<()>;
    }
}
