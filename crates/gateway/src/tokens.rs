//! Tokens of the people and programs that are let in: shown once, kept as hashes.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use jiff::Timestamp;
use link::wire::{ExtensionRef, Role};
use office::{OfficeHandle, Viewer};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use store::{Random, Store, Token};

/// Begins every token, so that people and leak scanners know what they look at.
const PREFIX: &str = "trubka_";

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Whose it is.
    pub name: String,
    /// What may be seen.
    pub role: Role,
    /// Extensions that are his.
    pub extensions: Vec<ExtensionRef>,
    /// Groups whose lines ring for him.
    pub groups: Vec<String>,
    /// From then on it is none.
    pub expires_at: Option<Timestamp>,
}

/// A token that was made; the secret is nowhere else.
pub struct Issued {
    /// Names it in lists and when it is revoked.
    pub id: String,
    /// What the desk sends.
    pub secret: SecretString,
}

/// Why a token was not made.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The system gives no randomness.
    #[error("the system gives no randomness: {0}")]
    Randomness(String),
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Makes a token.
pub async fn issue(store: &Store, token: NewToken) -> Result<Issued, IssueError> {
    let (id, secret) = identity(&*store.random())?;
    let row = Token {
        id: id.clone(),
        hash: hash(secret.expose_secret()),
        name: token.name,
        role: role_name(token.role).to_owned(),
        extensions: token.extensions.into_iter().map(|own| (own.connection, own.extension)).collect(),
        groups: token.groups,
        expires_at: token.expires_at,
        revoked_at: None,
        days: None,
        device: String::new(),
        version: String::new(),
        seen_at: None,
        is_new_unused: false,
    };
    store.add_token(row).await?;
    Ok(Issued { id, secret })
}

/// The id and the secret of a new token.
pub(crate) fn identity(random: &dyn Random) -> Result<(String, SecretString), IssueError> {
    let mut bytes = [0; 37];
    random.fill(&mut bytes).map_err(|error| IssueError::Randomness(error.to_string()))?;
    let (id, secret) = bytes.split_at(5);
    let id = BASE32_NOPAD.encode(id).to_ascii_lowercase();
    Ok((id, SecretString::from(format!("{PREFIX}{}", BASE64URL_NOPAD.encode(secret)))))
}

/// The token of this id, valid or not, read on a thread that may wait for the database.
pub(crate) async fn by_id(store: &Store, id: &str) -> Result<Option<Token>, store::Error> {
    let id = id.to_owned();
    store.reading(move |store| store.token(&id)).await
}

/// The token whose secret has this digest, if it is valid now.
pub(crate) fn find(store: &Store, hash: &[u8; 32], now: Timestamp) -> Result<Option<Token>, store::Error> {
    Ok(store.token_by_hash(hash, now)?.filter(|token| token.is_valid(now)))
}

/// All tokens, read on a thread that may wait for the database.
pub(crate) async fn all(store: &Store) -> Result<Vec<Token>, store::Error> {
    store.reading(Store::tokens).await
}

/// Who looks at the office with this token; `None` when a later version gave it a role that is not known here.
pub(crate) fn viewer(token: &Token) -> Option<Viewer> {
    Some(Viewer {
        id: token.id.clone(),
        name: token.name.clone(),
        role: role(&token.role)?,
        extensions: token
            .extensions
            .iter()
            .map(|(connection, extension)| ExtensionRef {
                connection: connection.clone(),
                extension: extension.clone(),
            })
            .collect(),
        groups: token.groups.clone(),
        rights: rights(token),
    })
}

/// Says whether two tokens, or two states of one, may do and see the same. The epoch of a stream follows from it, so it
/// holds nothing else: neither the token's id nor whose it is.
pub(crate) fn rights(token: &Token) -> String {
    // Plain texts always have a JSON, which tells where each ends.
    serde_json::to_string(&(&token.role, &token.extensions, &token.groups)).unwrap_or_default()
}

/// Says whether what such rights show is the same: another text where lines and groups of the office are others, too.
pub(crate) fn shown(rights: &str, office: &OfficeHandle) -> String {
    format!("{rights}\n{}", office.rules())
}

/// The name of a role, as the command line and the database write it.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Agent => "agent",
        Role::Manager => "manager",
        Role::Admin => "admin",
    }
}

/// The role of a name.
pub fn role(name: &str) -> Option<Role> {
    [Role::Agent, Role::Manager, Role::Admin].into_iter().find(|role| role_name(*role) == name)
}

/// The secret is 256 random bits: a plain digest cannot be turned back.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> NewToken {
        NewToken {
            name: "Анна".to_owned(),
            role: Role::Agent,
            extensions: vec![ExtensionRef { connection: "rt1".parse().expect("valid"), extension: "101".to_owned() }],
            groups: vec!["sales".to_owned()],
            expires_at: Some("2026-03-01T00:00:00Z".parse().expect("a time")),
        }
    }

    fn at(time: &str) -> Timestamp {
        time.parse().expect("a time")
    }

    #[tokio::test]
    async fn a_token_lets_in_until_it_expires_or_is_revoked_and_is_nowhere_in_the_clear() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open_in(folder.path(), store::Options::owner("t", store::SystemRandom)).expect("opens");
        let issued = issue(&store, token()).await.expect("is made");
        let secret = issued.secret.expose_secret();
        assert!(secret.starts_with(PREFIX));

        let found = find(&store, &hash(secret), at("2026-02-01T00:00:00Z")).expect("is read").expect("is valid");
        assert_eq!(found.id, issued.id);
        assert_eq!(viewer(&found).expect("a known role").extensions, token().extensions);
        assert!(find(&store, &hash("trubka_guess"), at("2026-02-01T00:00:00Z")).expect("is read").is_none());
        assert!(find(&store, &hash(secret), at("2026-03-01T00:00:00Z")).expect("is read").is_none());

        let entry = store::AuditEntry {
            at: at("2026-02-02T00:00:00Z"),
            who: "Ольга".into(),
            action: "removedPerson".into(),
            subject: issued.id.clone(),
            detail: String::new(),
        };
        assert!(store.revoke_token(&issued.id, entry).await.expect("is stored"));
        assert!(find(&store, &hash(secret), at("2026-02-03T00:00:00Z")).expect("is read").is_none());

        store.close();
        for file in std::fs::read_dir(folder.path()).expect("a folder") {
            let bytes = std::fs::read(file.expect("a file").path()).expect("is read");
            let inside = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!inside, "the secret is in a file");
        }
    }
}
