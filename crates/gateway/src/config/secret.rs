//! Where a secret is read from: a file or the environment, never the TOML itself.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use link::FieldFault;
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
    /// An admin gave it while the gateway ran: it lies in the database.
    Sealed(Sealed),
}

/// A secret that lies in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sealed {
    /// Where its key is.
    pub(super) key: PathBuf,
    /// As it lies there.
    pub(super) text: String,
    /// What it is for.
    pub(super) purpose: String,
}

/// Why a secret cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WrongSecret {
    /// What is wrong with it.
    pub(super) fault: FieldFault,
    /// Names it and its place. Never the secret.
    pub(super) message: String,
}

impl From<WrongSecret> for String {
    fn from(wrong: WrongSecret) -> Self {
        wrong.message
    }
}

fn missing(message: String) -> WrongSecret {
    WrongSecret { fault: FieldFault::Missing, message }
}

impl Sealed {
    fn open(&self, what: &str) -> Result<SecretString, WrongSecret> {
        let wrong = |why: &str| missing(format!("{what}: {}: {why}; enter the secret anew", self.key.display()));
        let text = std::fs::read_to_string(&self.key).map_err(|error| wrong(&format!("cannot be read: {error}")))?;
        let key = store::cache::read_key(&SecretString::from(text.trim())).ok_or_else(|| wrong("is no key"))?;
        store::sealed::open(&self.text, &key, &self.purpose).ok_or_else(|| wrong("is not the key of this secret"))
    }
}

impl SecretSource {
    /// Its file, where that is not there yet.
    pub(super) fn absent_file(&self, folder: &Path) -> Option<PathBuf> {
        let Self::File(path) = self else { return None };
        let path = folder.join(path);
        (!path.exists()).then_some(path)
    }

    /// The secret, without what editors put around it. `what` names it in errors; `folder` is where a relative path
    /// begins.
    pub(super) fn read(&self, what: &str, folder: &Path) -> Result<SecretString, WrongSecret> {
        let (text, place) = match self {
            Self::Sealed(sealed) => return sealed.open(what),
            Self::File(path) => {
                let path = folder.join(path);
                let place = format!("the file {}", path.display());
                let bytes = std::fs::read(&path)
                    .map_err(|error| missing(format!("{what}: {place} cannot be read: {error}")))?;
                let text = String::from_utf8(bytes).map_err(|_| WrongSecret {
                    fault: FieldFault::Malformed,
                    message: format!(
                        "{what}: {place} is no text in UTF-8; save it as plain UTF-8, with the secret alone in it"
                    ),
                })?;
                (text, place)
            }
            Self::Env(name) => {
                let place = format!("the environment variable {name}");
                let text =
                    std::env::var(name).map_err(|_| missing(format!("{what}: {place} is not set, or is not text")))?;
                (text, place)
            }
        };
        pbx::clean_secret(&text).map_err(|fault| WrongSecret {
            fault: office::fault_of_secret(fault),
            message: format!("{what}: {place} {fault}"),
        })
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
    fn what_editors_put_around_a_secret_is_not_part_of_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let read = |bytes: &[u8]| {
            std::fs::write(folder.path().join("rt1.key"), bytes).expect("written");
            let read = SecretSource::File("rt1.key".into()).read("connection \"rt1\", secret \"key\"", folder.path());
            read.map(|secret| secret.expose_secret().to_owned()).map_err(String::from)
        };
        let key = Ok("a key".to_owned());
        for text in ["a key\n", "\u{feff}a key\r\n", " a key \t\r\n\n", "\u{a0}a key\u{200b}\0", "\u{2060}a key"] {
            assert_eq!(read(text.as_bytes()), key, "{text:?}");
        }
        for bytes in [&b"\xff\xfea\0k\0"[..], b"a\nkey", b"a\0key", "a\u{200b}key".as_bytes(), b"a\xffkey"] {
            let refused = read(bytes).expect_err("is refused");
            assert!(
                refused.contains("rt1.key") && refused.contains("UTF-8") || refused.contains("in the middle"),
                "{refused}"
            );
            assert!(!refused.contains("akey"), "{refused}");
        }
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
            let WrongSecret { fault, message } = read(source).map(|_| ()).expect_err("is refused");
            assert_eq!(fault, FieldFault::Missing);
            assert!(message.starts_with("connection \"rt1\", secret \"key\": "), "{message}");
        }
    }
}
