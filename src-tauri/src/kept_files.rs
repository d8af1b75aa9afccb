//! Files that a person has the program write: among his downloads, under a name that nothing had.

use std::{
    collections::BTreeSet,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use desk::{
    Clock, SystemClock,
    contract::{ContractError, ErrorCode},
};

use crate::platform;

/// Names that are tried, where one is there already.
const NAMES: u32 = 100;

/// The files that were kept since the program was started: these alone are shown in their folder. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeptFiles(Arc<Mutex<BTreeSet<PathBuf>>>);

impl KeptFiles {
    /// Writes a text into a new file that this person alone may read; the name says when, and ends as `kind` does (no dot).
    /// Answers where it is.
    pub(crate) async fn keep(
        &self,
        name: &'static str,
        kind: &'static str,
        text: String,
    ) -> Result<String, ContractError> {
        let folder = dirs::download_dir().or_else(dirs::home_dir);
        let folder =
            folder.ok_or_else(|| ContractError::new(ErrorCode::Storage, "there is no folder for downloads"))?;
        let stamp = SystemClock.now().to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d-%H%M%S").to_string();
        let write = move || write_new(&folder, &format!("{name}-{stamp}"), kind, &text);
        let file =
            tauri::async_runtime::spawn_blocking(write).await.unwrap_or_else(|error| Err(io::Error::other(error)));
        let not_written = |error| ContractError::new(ErrorCode::Storage, format!("no file was written: {error}"));
        let file = file.map_err(not_written)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(file.clone());
        Ok(file.display().to_string())
    }

    /// Shows one of them in its folder.
    pub(crate) async fn show(&self, file: &str) -> Result<(), ContractError> {
        let file = self.kept(file).filter(|file| file.exists());
        let file = file.ok_or_else(|| ContractError::new(ErrorCode::NotFound, "this file is not there any more"))?;
        let not_shown = |error| ContractError::new(ErrorCode::Unsupported, format!("no folder was shown: {error}"));
        platform::show_in_folder(&file).await.map_err(not_shown)
    }

    /// The file of this name, if it was kept.
    fn kept(&self, file: &str) -> Option<PathBuf> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|kept| kept.display().to_string() == file).cloned()
    }
}

/// Writes a file that was not there before.
fn write_new(folder: &Path, name: &str, kind: &str, text: &str) -> io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    for number in 1..=NAMES {
        let path = match number {
            1 => folder.join(format!("{name}.{kind}")),
            _ => folder.join(format!("{name}-{number}.{kind}")),
        };
        let mut file = match platform::create_private(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(error),
        };
        if let Err(error) = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()) {
            // Half of it would look like the whole.
            drop(std::fs::remove_file(&path));
            return Err(error);
        }
        return Ok(path);
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_name_that_nothing_had_and_nothing_is_written_over() {
        let folder = std::env::temp_dir().join(format!("trubka-kept-{}", std::process::id()));
        let first = write_new(&folder, "x", "csv", "first").expect("is written");
        let second = write_new(&folder, "x", "csv", "second").expect("is written");
        let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
        assert_eq!((name(&first).as_deref(), name(&second).as_deref()), (Some("x.csv"), Some("x-2.csv")));
        let other = write_new(&folder, "x", "toml", "third").expect("is written");
        assert_eq!(name(&other).as_deref(), Some("x.toml"));
        assert_eq!(std::fs::read_to_string(&first).expect("is read"), "first");
        let other = write_new(&folder, "x", "pem", "another kind").expect("is written");
        assert_eq!(name(&other).as_deref(), Some("x.pem"));
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&first.metadata().expect("is there").permissions());
            assert_eq!(mode & 0o777, 0o600, "links let people in");
            // A link that somebody has laid there is not followed.
            let elsewhere = folder.join("elsewhere");
            std::os::unix::fs::symlink(&elsewhere, folder.join("y.csv")).expect("is made");
            assert_eq!(name(&write_new(&folder, "y", "csv", "third").expect("is written")).as_deref(), Some("y-2.csv"));
            assert!(!elsewhere.exists());
        }
        std::fs::remove_dir_all(&folder).expect("its own folder");
    }

    #[tokio::test]
    async fn only_what_was_kept_is_shown() {
        let kept = KeptFiles::default();
        let refused = kept.show("/etc/passwd").await.expect_err("was not kept");
        assert_eq!(refused.code, ErrorCode::NotFound);
    }
}
