//! The keys of the gateway itself, of the recording cache and of secrets in the database: read, or made when they are first
//! needed.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretBox, SecretString};
use store::Random;

use super::secret::SecretSource;
use crate::platform;

const WHAT: &str = "secrets.cache_key";

/// The key that lies in this file; made where it does not exist and `may_make` says that nothing is locked with it yet.
pub(crate) fn own_key(path: PathBuf, may_make: bool, random: &dyn Random) -> Result<SecretBox<[u8; 32]>, String> {
    if !may_make && !path.exists() {
        return Err(format!(
            "{} is missing, and secrets are locked with it: put it back from the backup, or remove the connections that \
             were added and connect them anew",
            path.display()
        ));
    }
    let path = made(path, random)?;
    let wrong = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(&error))?;
    store::cache::read_key(&SecretString::from(text.trim())).ok_or_else(|| wrong(&"it must be 64 hexadecimal digits"))
}

/// The key that `source` holds. A file that does not exist is made; without a source it lies in the data folder.
pub(super) fn read_or_make(
    source: Option<&SecretSource>,
    data_dir: &Path,
    folder: &Path,
    random: &dyn Random,
) -> Result<SecretBox<[u8; 32]>, String> {
    let source = match source {
        Some(source @ (SecretSource::Env(_) | SecretSource::Sealed(_))) => source.clone(),
        Some(SecretSource::File(path)) => SecretSource::File(made(folder.join(path), random)?),
        None => SecretSource::File(made(data_dir.join("cache.key"), random)?),
    };
    decode(&source.read(WHAT, folder)?)
}

/// Whether the key can be read, or is not made yet.
pub(super) fn check(source: Option<&SecretSource>, data_dir: &Path, folder: &Path) -> Result<(), String> {
    let source = match source {
        Some(source @ (SecretSource::Env(_) | SecretSource::Sealed(_))) => source.clone(),
        Some(SecretSource::File(path)) => SecretSource::File(folder.join(path)),
        None => SecretSource::File(data_dir.join("cache.key")),
    };
    match &source {
        SecretSource::File(path) if !path.exists() => Ok(()),
        SecretSource::File(_) | SecretSource::Env(_) | SecretSource::Sealed(_) => {
            decode(&source.read(WHAT, folder)?).map(|_| ())
        }
    }
}

fn decode(text: &SecretString) -> Result<SecretBox<[u8; 32]>, String> {
    store::cache::read_key(text).ok_or_else(|| format!("{WHAT}: it must be 64 hexadecimal digits"))
}

/// Makes the file with a new key unless it exists.
fn made(path: PathBuf, random: &dyn Random) -> Result<PathBuf, String> {
    if path.exists() {
        return Ok(path);
    }
    let failed = |error: &dyn std::fmt::Display| format!("{WHAT}: {} cannot be made: {error}", path.display());
    let key = store::cache::new_key(random).map_err(|error| failed(&error))?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    }
    // Whole or not at all: half a key would lock the cache for good.
    let fresh = path.with_extension("new");
    let mut file = platform::create_private(&fresh).map_err(|error| failed(&error))?;
    let written = writeln!(file, "{}", key.expose_secret()).and_then(|()| file.sync_all());
    written.and_then(|()| std::fs::rename(&fresh, &path)).map_err(|error| failed(&error))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use store::SystemRandom;

    use super::*;

    #[test]
    fn a_key_is_made_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let first = read_or_make(None, &data, folder.path(), &SystemRandom).expect("is made");
        let second = read_or_make(None, &data, folder.path(), &SystemRandom).expect("is read");
        assert_eq!(first.expose_secret(), second.expose_secret());
        assert_ne!(first.expose_secret(), &[0; 32]);
        let named = SecretSource::File("own.key".into());
        let third = read_or_make(Some(&named), &data, folder.path(), &SystemRandom).expect("is made");
        assert_ne!(first.expose_secret(), third.expose_secret());
        assert!(folder.path().join("own.key").exists());
    }

    #[test]
    fn a_key_of_another_shape_is_refused_without_repeating_it() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("key"), "our secret word\n").expect("written");
        let source = SecretSource::File("key".into());
        let told = read_or_make(Some(&source), folder.path(), folder.path(), &SystemRandom);
        let message = told.map(|_| ()).expect_err("is refused");
        assert_eq!(message, "secrets.cache_key: it must be 64 hexadecimal digits");
    }
}
