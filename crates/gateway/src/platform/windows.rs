//! Windows.

use std::{fs::File, io, path::Path};

/// Waits for an interrupt.
pub async fn asked_to_stop() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// Sockets are not counted here.
pub fn raise_descriptor_limit() -> Option<u64> {
    None
}

/// Not asked here.
pub fn free_space(_folder: &Path) -> io::Result<Option<u64>> {
    Ok(None)
}

/// A folder that is not there yet; fails where somebody was quicker. Who may look into it is inherited.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    std::fs::create_dir(folder)
}

/// A file that is not there yet; fails where somebody was quicker. Who may read it is inherited from its folder.
pub fn create_new_private(path: &Path) -> io::Result<File> {
    File::options().write(true).create_new(true).open(path)
}

/// A new file; who may read it is inherited from its folder.
pub fn create_private(path: &Path) -> io::Result<File> {
    File::options().write(true).create(true).truncate(true).open(path)
}
