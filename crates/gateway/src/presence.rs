//! Whose desk looks at the office now.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The open streams of each token, by its id.
#[derive(Debug, Default)]
pub(crate) struct Presence(Mutex<HashMap<String, u32>>);

/// Counts a desk until it is dropped.
#[derive(Debug)]
pub(crate) struct Present<'a> {
    presence: &'a Presence,
    token: String,
}

impl Presence {
    /// One more desk with this token.
    pub(crate) fn enter(&self, token: &str) -> Present<'_> {
        *self.lock().entry(token.to_owned()).or_default() += 1;
        Present { presence: self, token: token.to_owned() }
    }

    /// Whether a desk with this token looks now.
    pub(crate) fn is_present(&self, token: &str) -> bool {
        self.lock().contains_key(token)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Present<'_> {
    fn drop(&mut self) {
        let mut open = self.presence.lock();
        if let Some(count) = open.get_mut(&self.token) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.token);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_present_until_its_last_desk_goes() {
        let presence = Presence::default();
        let first = presence.enter("t1");
        let second = presence.enter("t1");
        drop(first);
        assert!(presence.is_present("t1") && !presence.is_present("t2"));
        drop(second);
        assert!(!presence.is_present("t1"));
    }
}
