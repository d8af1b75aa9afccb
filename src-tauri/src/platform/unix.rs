//! What Linux and macOS have in common.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

/// Makes the folder, and those above it, where they are missing; only this account may look into what was made.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Writes a file anew that only this account may read.
pub(crate) fn write_private(file: &Path, content: &[u8]) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    create_private(file)?.write_all(content)
}

/// Makes a file that was not there, which only this account may read. A link is not followed.
pub(crate) fn create_private(file: &Path) -> io::Result<fs::File> {
    fs::File::options().write(true).create_new(true).mode(0o600).open(file)
}

/// Waits until somebody asks the process to end.
pub(crate) async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        _ => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn folders_that_were_there_keep_their_rights_and_what_is_made_is_private() {
        let root = std::env::temp_dir().join(format!("trubka-private-{}", std::process::id()));
        fs::create_dir_all(&root).expect("a folder");
        fs::set_permissions(&root, fs::Permissions::from_mode(0o755)).expect("its owner may");
        let (inner, file) = (root.join("inner"), root.join("secret"));
        make_private(&root).expect("is there");
        make_private(&inner).expect("made");
        fs::write(&file, "old").expect("written");
        write_private(&file, b"new").expect("written anew");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&root), mode(&inner), mode(&file)), (0o755, 0o700, 0o600));
        assert_eq!(fs::read(&file).expect("readable"), b"new");
        fs::remove_dir_all(&root).expect("its own folder");
    }
}
