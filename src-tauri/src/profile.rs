//! Where this program keeps its things.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context;

/// Folder that holds everything of one use of the program.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    folder: PathBuf,
}

impl Profile {
    /// `TRUBKA_PROFILE`, or the place that the operating system has for such things. The demo's is a folder of its own in
    /// it, empty at every start.
    pub(crate) fn open(demo: bool) -> anyhow::Result<Self> {
        let folder = match std::env::var_os("TRUBKA_PROFILE") {
            Some(folder) => PathBuf::from(folder),
            None => dirs::data_dir().context("this account has no folder for program data")?.join("trubka"),
        };
        let folder = if demo { folder.join("demo") } else { folder };
        make_private(&folder)
            .with_context(|| format!("cannot write to {}; choose another folder with TRUBKA_PROFILE", folder.display()))?;
        Ok(Self { folder })
    }

    /// The folder itself.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Database.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Recordings, encrypted.
    pub(crate) fn recordings(&self) -> PathBuf {
        self.folder.join("recordings")
    }

    /// What the web views keep.
    pub(crate) fn web(&self) -> PathBuf {
        self.folder.join("web")
    }

    /// Removes what an earlier run left, but for what marks this process as the owner.
    pub(crate) fn clear(&self) -> io::Result<()> {
        for folder in [self.data(), self.recordings(), self.web()] {
            match fs::remove_dir_all(folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Removes the whole folder: nothing of the demo stays behind.
    pub(crate) fn remove(&self) {
        if let Err(error) = fs::remove_dir_all(&self.folder)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "the demo's folder could not be removed");
        }
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    crate::platform::make_private(folder)
}
