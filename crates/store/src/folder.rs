//! Folders, as the operating system wants them treated.

use std::path::Path;

use crate::error::Error;

/// The database is not encrypted: only its owner may look into the folder.
pub(crate) fn make_private_folder(folder: &Path) -> Result<(), Error> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        builder.mode(0o700);
        builder.create(folder).map_err(|error| Error::io(folder, &error))?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
            .map_err(|error| Error::io(folder, &error))
    }
    #[cfg(not(unix))]
    builder.create(folder).map_err(|error| Error::io(folder, &error))
}

/// Brings a new or another name in this folder to the disk. Where a folder cannot be opened its names are kept with
/// their files.
pub(crate) fn sync(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    return std::fs::File::open(folder)?.sync_all();
    #[cfg(not(unix))]
    {
        let _ = folder;
        Ok(())
    }
}
