//! Where this program keeps its things.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;

/// Folders of one use of the program.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    root: PathBuf,
    folder: PathBuf,
}

impl Profile {
    /// `TRUBKA_PROFILE`, or the place that the operating system has for such things. The demo has a folder of its own in
    /// it, empty at every start.
    pub(crate) fn open(demo: bool) -> anyhow::Result<Self> {
        let root = match std::env::var_os("TRUBKA_PROFILE") {
            Some(folder) => PathBuf::from(folder),
            None => dirs::data_dir().context("this account has no folder for program data")?.join("trubka"),
        };
        let folder = if demo { root.join("demo") } else { root.clone() };
        make_private(&root).and_then(|()| make_private(&folder)).with_context(|| {
            format!("cannot write to {}; choose another folder with TRUBKA_PROFILE", folder.display())
        })?;
        Ok(Self { root, folder })
    }

    /// Where the one who runs is named: one Trubka a person, demo or not.
    pub(crate) fn root(&self) -> &Path {
        &self.root
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

    /// Removes what an earlier run left.
    pub(crate) fn clear(&self) -> io::Result<()> {
        fs::remove_dir_all(&self.folder)?;
        make_private(&self.folder)
    }

    /// Removes the whole folder: nothing of the demo stays behind. The web views' own processes end a little later than
    /// their windows and write until then, so it is removed until it stays away.
    pub(crate) fn remove(&self) {
        let mut absent = 0;
        for _ in 0..20 {
            match fs::remove_dir_all(&self.folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => absent += 1,
                Ok(()) | Err(_) => absent = 0,
            }
            if absent == 2 {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        tracing::warn!("the demo's folder could not be removed; the next demo will clear it");
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    crate::platform::make_private(folder)
}
