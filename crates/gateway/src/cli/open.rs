//! Opening the data folder, beside a gateway that runs or without one.

use std::path::Path;

use anyhow::Context;
use jiff::tz::TimeZone;
use office::{Clock, SystemClock};
use store::{Opened, Options, Store, SystemRandom};

/// As the one that runs the office.
pub(super) fn as_owner(folder: &Path) -> anyhow::Result<Store> {
    let suffix = SystemClock.now().to_zoned(TimeZone::system()).strftime("%Y%m%d-%H%M%S").to_string();
    let store = Store::open_in(folder, Options::owner(&suffix, SystemRandom))
        .with_context(|| format!("opening the data folder {}", folder.display()))?;
    if let Opened::SetAside(aside) = store.opened() {
        tracing::error!(aside = %aside.display(), "the database was damaged: it was set aside and a new one begun");
    }
    Ok(store)
}

/// Beside a gateway that may run.
pub(super) fn beside(folder: &Path) -> anyhow::Result<Store> {
    Store::open_in(folder, Options::guest(SystemRandom))
        .with_context(|| format!("opening the data folder {}", folder.display()))
}
