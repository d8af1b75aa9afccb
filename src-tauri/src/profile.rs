//! Where this program keeps its things.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;

use crate::platform;

/// File that says of a folder that it is a demo's, and may be removed with all that is in it.
const DEMO_MARKER: &str = "this-is-a-demo";

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
        platform::make_private(&root).with_context(|| {
            format!("cannot write to {}; choose another folder with TRUBKA_PROFILE", root.display())
        })?;
        Ok(Self { root, folder })
    }

    /// Makes the folder of a demo, empty: what an earlier demo left goes. A folder that no demo made is refused, for
    /// somebody may keep his profile there.
    pub(crate) fn begin_demo(&self) -> anyhow::Result<DemoFolder> {
        let marker = self.folder.join(DEMO_MARKER);
        let is_empty = match fs::read_dir(&self.folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(error).context("the demo's folder cannot be read"),
        };
        anyhow::ensure!(
            is_empty || marker.is_file(),
            "{} holds something that no demo has made, and the demo would remove it: move it, or choose another folder \
             with TRUBKA_PROFILE",
            self.folder.display()
        );
        if !is_empty {
            remove_contents(&self.folder).context("what an earlier demo left cannot be removed")?;
        }
        platform::make_private(&self.folder)?;
        fs::write(&marker, "Trubka removes this folder when its demo ends.\n")?;
        Ok(DemoFolder(self.clone()))
    }

    /// Makes the folders that are missing, for this account only.
    pub(crate) fn create_folders(&self) -> io::Result<()> {
        for folder in [&self.folder, &self.data(), &self.recordings(), &self.web()] {
            platform::make_private(folder)?;
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

    /// Removes the whole folder: nothing of the demo stays behind. The web views' own processes write to it until they
    /// end. Where they cannot be ended from here, it is removed until it stays away.
    /// The marker goes last: whatever is left is known as a demo's.
    fn remove(&self) {
        platform::end_web_processes();
        let mut stayed_empty = 0;
        for _ in 0..20 {
            match remove_contents(&self.folder) {
                Ok(0) => stayed_empty += 1,
                Ok(_) | Err(_) => stayed_empty = 0,
            }
            if stayed_empty == 2 && fs::remove_dir_all(&self.folder).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        tracing::warn!("the demo's folder could not be removed; the next demo will clear it");
    }
}

/// A profile that is removed when this goes.
#[derive(Debug)]
pub(crate) struct DemoFolder(Profile);

impl Drop for DemoFolder {
    fn drop(&mut self) {
        self.0.remove();
    }
}

/// Removes everything but the marker; says how much there was.
fn remove_contents(folder: &Path) -> io::Result<usize> {
    let mut removed = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name() == DEMO_MARKER {
            continue;
        }
        removed += 1;
        // A link to a folder is no folder here: it goes, and what it leads to stays.
        if entry.file_type()?.is_dir() { fs::remove_dir_all(entry.path())? } else { fs::remove_file(entry.path())? }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str) -> Profile {
        let root = std::env::temp_dir().join(format!("trubka-profile-{name}-{}", std::process::id()));
        fs::create_dir_all(&root).expect("a folder");
        Profile { folder: root.join("demo"), root }
    }

    #[test]
    fn what_an_earlier_demo_left_goes_and_so_does_this_one_at_its_end() {
        let profile = profile("left");
        std::mem::forget(profile.begin_demo().expect("nothing is there"));
        profile.create_folders().expect("made");
        fs::write(profile.data().join("trubka.db"), "calls").expect("written");
        let demo = profile.begin_demo().expect("a demo's");
        assert!(!profile.data().exists());
        profile.create_folders().expect("made");
        drop(demo);
        assert!(!profile.folder.exists());
        fs::remove_dir_all(profile.root()).expect("its own folder");
    }

    #[test]
    fn a_real_profile_that_is_called_demo_stays() {
        let profile = profile("real");
        fs::create_dir_all(profile.data()).expect("a folder");
        fs::write(profile.data().join("trubka.db"), "calls").expect("written");
        let refused = profile.begin_demo().expect_err("no demo made this").to_string();
        assert!(refused.contains("TRUBKA_PROFILE"), "{refused}");
        assert!(profile.data().join("trubka.db").exists());
        fs::remove_dir_all(profile.root()).expect("its own folder");
    }
}
