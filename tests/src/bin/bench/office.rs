//! The office that the desk with the long history belongs to. Its gateway is not there: lists and search answer from the
//! desk's own database, and nothing else may take part in what is measured.

use anyhow::{Context, Result};
use store::Store;

/// What the desk calls it: host and port of its address. Nobody listens at the discard port.
pub(crate) const NAME: &str = "127.0.0.1:9";
/// Where the desk keeps tokens.
const SERVICE: &str = "app.trubka.desktop";

/// Lets the desk know of the office.
pub(crate) fn settle(store: &Store) -> Result<()> {
    Ok(store.set_setting("offices", &format!(r#"["http://{NAME}/"]"#)).wait()?)
}

/// A token of the office in the keyring, without which the desk would not open it; removed with this value.
pub(crate) struct Token(keyring::Entry);

impl Token {
    pub(crate) fn put() -> Result<Self> {
        let why = "the keyring cannot be used; `cargo xtask bench` has one of its own";
        let entry = keyring::Entry::new(SERVICE, &format!("token:{NAME}")).context(why)?;
        entry.set_password("bench").context(why)?;
        Ok(Self(entry))
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        // In a session of its own the whole keyring goes with it.
        let _ = self.0.delete_credential();
    }
}
