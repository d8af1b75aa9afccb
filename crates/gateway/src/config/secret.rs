//! Where a secret is read from: a file or the environment, never the TOML itself.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use secrecy::SecretString;
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};

const SHAPE: &str = "{ file = \"…\" } or { env = \"…\" }";

/// Where a secret is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SecretSource {
    File(PathBuf),
    Env(String),
}

impl SecretSource {
    /// The secret, without the newline that files end with. `what` names it in errors; `folder` is where a relative
    /// path begins.
    pub(super) fn read(&self, what: &str, folder: &Path) -> Result<SecretString, String> {
        let text = match self {
            Self::File(path) => {
                let path = folder.join(path);
                std::fs::read_to_string(&path)
                    .map_err(|error| format!("{what}: the file {} cannot be read: {error}", path.display()))?
            }
            Self::Env(name) => std::env::var(name)
                .map_err(|_| format!("{what}: the environment variable {name} is not set, or is not text"))?,
        };
        let secret = text.trim_end_matches(['\r', '\n']);
        if secret.is_empty() { Err(format!("{what}: it is empty")) } else { Ok(SecretString::from(secret)) }
    }
}

impl<'de> Deserialize<'de> for SecretSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SourceVisitor)
    }
}

struct SourceVisitor;

impl<'de> Visitor<'de> for SourceVisitor {
    type Value = SecretSource;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SHAPE)
    }

    /// The default would repeat the value, which is the secret.
    fn visit_str<E: Error>(self, _secret: &str) -> Result<SecretSource, E> {
        Err(E::custom(format!("a secret is not written into this file; say where it is: {SHAPE}")))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SecretSource, A::Error> {
        let mut source = None;
        while let Some(key) = map.next_key::<String>()? {
            let next = match key.as_str() {
                "file" => SecretSource::File(map.next_value()?),
                "env" => SecretSource::Env(map.next_value()?),
                _ => return Err(A::Error::custom(format!("unknown field `{key}`, expected {SHAPE}"))),
            };
            if source.replace(next).is_some() {
                return Err(A::Error::custom(format!("give one of {SHAPE}")));
            }
        }
        source.ok_or_else(|| A::Error::custom(format!("give {SHAPE}")))
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn the_newline_at_the_end_of_a_file_is_not_part_of_the_secret() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("key"), "a key with blanks \r\n").expect("written");
        let secret = SecretSource::File("key".into()).read("key", folder.path()).expect("is read");
        assert_eq!(secret.expose_secret(), "a key with blanks ");
    }

    #[test]
    fn a_missing_or_empty_secret_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("empty"), "\n").expect("written");
        let read = |source: SecretSource| source.read("connection \"rt1\", secret \"key\"", folder.path());
        for source in [
            SecretSource::File("empty".into()),
            SecretSource::File("absent".into()),
            SecretSource::Env("TRUBKA_TEST_NOT_SET".to_owned()),
        ] {
            let message = read(source).map(|_| ()).expect_err("is refused");
            assert!(message.starts_with("connection \"rt1\", secret \"key\": "), "{message}");
        }
    }
}
