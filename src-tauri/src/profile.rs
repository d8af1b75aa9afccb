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
        // One that a person made himself keeps the rights that he gave it: what is in it is private all the same.
        crate::platform::make_private(&root).with_context(|| {
            format!("cannot write to {}; choose another folder with TRUBKA_PROFILE", root.display())
        })?;
        Ok(Self { root, folder })
    }

    /// Removes what an earlier demo left.
    pub(crate) fn clear(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Makes the folders that are missing, for this account only.
    pub(crate) fn make(&self) -> io::Result<()> {
        for folder in [&self.folder, &self.data(), &self.recordings(), &self.web()] {
            crate::platform::make_private(folder)?;
        }
        Ok(())
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

    /// The same profile, whose folder goes when this does, however the program ends.
    pub(crate) fn fleeting(&self) -> Fleeting {
        Fleeting(self.clone())
    }

    /// Removes the whole folder: nothing of the demo stays behind. The web views' own processes end a little later than
    /// their windows and write until then, so it is removed until it stays away.
    fn remove(&self) {
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

/// A profile that is removed when this goes.
#[derive(Debug)]
pub(crate) struct Fleeting(Profile);

impl Drop for Fleeting {
    fn drop(&mut self) {
        self.0.remove();
    }
}
