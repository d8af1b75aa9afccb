//! Linux and macOS.

use std::{
    fs::File,
    io::{self, ErrorKind},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use rustix::{
    fs::statvfs,
    process::{Resource, Rlimit, getrlimit, setrlimit},
};
use tokio::signal::unix::{SignalKind, signal};

/// As many descriptors as a gateway can use.
const WANTED: u64 = 65_536;

/// Waits for an interrupt, or for a service's end.
pub async fn asked_to_stop() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let told = tokio::select! {
        told = terminate.recv() => told,
        told = interrupt.recv() => told,
    };
    told.ok_or_else(|| ErrorKind::BrokenPipe.into())
}

/// Takes as many descriptors as the system grants; answers how many this process may have, `None` for any number.
pub fn raise_descriptor_limit() -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let current = current?;
    let wanted = maximum.unwrap_or(WANTED).min(WANTED);
    if wanted > current && setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).is_ok() {
        return Some(wanted);
    }
    Some(current)
}

/// Bytes that may still be written to the file system of this folder.
pub fn free_space(folder: &Path) -> io::Result<Option<u64>> {
    let found = statvfs(folder)?;
    Ok(Some(found.f_bavail.saturating_mul(found.f_frsize)))
}

/// A folder that is not there yet, and that nobody else may look into; fails where somebody was quicker.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().mode(0o700).create(folder)
}

/// A file that is not there yet, and that nobody else may read; fails where somebody was quicker.
pub fn create_new_private(path: &Path) -> io::Result<File> {
    File::options().write(true).create_new(true).mode(0o600).open(path)
}

/// A new file that nobody else may read.
pub fn create_private(path: &Path) -> io::Result<File> {
    File::options().write(true).create(true).truncate(true).mode(0o600).open(path)
}
