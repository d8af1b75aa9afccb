//! Opening the data folder, beside a gateway that runs or without one.

use std::path::Path;

use anyhow::Context;
use jiff::Zoned;
use store::{Opened, Options, Store};

/// As the one that runs the office.
pub(super) fn as_owner(folder: &Path) -> anyhow::Result<Store> {
    let suffix = Zoned::now().strftime("%Y%m%d-%H%M%S").to_string();
    let store = Store::open_in(folder, Options::owner(&suffix))
        .with_context(|| format!("opening the data folder {}", folder.display()))?;
    if let Opened::SetAside(aside) = store.opened() {
        tracing::error!(aside = %aside.display(), "the database was damaged: it was set aside and a new one begun");
    }
    Ok(store)
}

/// Beside a gateway that may run.
pub(super) fn beside(folder: &Path) -> anyhow::Result<Store> {
    Store::open_in(folder, Options::guest()).with_context(|| format!("opening the data folder {}", folder.display()))
}
