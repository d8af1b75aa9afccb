//! Demo phones: one on every desk, rung by calls and used by hand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::{broadcast, watch};

/// What a phone is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PhoneState {
    /// On the hook.
    Idle,
    /// Ringing, waiting to be picked up.
    Ringing,
    /// Off the hook.
    Talking,
}

/// A phone as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PhoneView {
    /// The extension it belongs to.
    pub extension: String,
    /// What it is doing.
    pub state: PhoneState,
    /// The number on its display; none when idle or when the caller is hidden.
    pub shows: Option<String>,
}

/// There is no phone with that extension, or it cannot do that now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// No employee has this extension.
    #[error("no phone has this extension")]
    Unknown,
    /// The phone is not in a state that allows it.
    #[error("the phone is not ringing or talking")]
    NotNow,
}

/// All phones of the office; clones share them.
#[derive(Debug, Clone)]
pub struct Phones {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    phones: Mutex<BTreeMap<String, Phone>>,
    views: broadcast::Sender<PhoneView>,
    revision: watch::Sender<u64>,
}

#[derive(Debug)]
struct Phone {
    state: PhoneState,
    shows: Option<String>,
    /// Which ring this is, so that a call never acts on the phone of a later one.
    ring: u64,
    /// Somebody asked for the phone to be left ringing.
    left_ringing: bool,
}

impl Phones {
    pub(crate) fn new<'a>(extensions: impl Iterator<Item = &'a str>) -> Self {
        let idle = || Phone { state: PhoneState::Idle, shows: None, ring: 0, left_ringing: false };
        let phones = extensions.map(|extension| (extension.to_owned(), idle())).collect();
        let shared =
            Shared { phones: Mutex::new(phones), views: broadcast::channel(256).0, revision: watch::Sender::new(0) };
        Self { shared: Arc::new(shared) }
    }

    /// Every phone as it stands, by extension.
    pub fn views(&self) -> Vec<PhoneView> {
        self.lock().iter().map(|(extension, phone)| phone.view(extension)).collect()
    }

    /// Every change from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<PhoneView> {
        self.shared.views.subscribe()
    }

    /// Picks up a ringing phone by hand.
    pub fn pick_up(&self, extension: &str) -> Result<(), PhoneError> {
        self.change(extension, |phone| {
            let ringing = phone.state == PhoneState::Ringing;
            phone.state = if ringing { PhoneState::Talking } else { phone.state };
            ringing
        })
    }

    /// Hangs up by hand: refuses a ringing call, ends a talk.
    pub fn hang_up(&self, extension: &str) -> Result<(), PhoneError> {
        self.change(extension, |phone| {
            let busy = phone.state != PhoneState::Idle;
            phone.rest();
            busy
        })
    }

    /// Lets a ringing phone ring on: nothing answers it but a hand.
    pub fn let_ring(&self, extension: &str) -> Result<(), PhoneError> {
        self.change(extension, |phone| {
            phone.left_ringing = phone.state == PhoneState::Ringing;
            phone.left_ringing
        })
    }

    /// Rings a phone for a call; none when it is unknown or in use.
    pub(crate) fn ring(&self, extension: &str, shows: Option<String>) -> Option<Handset> {
        let mut ring = 0;
        let rung = self.change(extension, |phone| {
            if phone.state != PhoneState::Idle {
                return false;
            }
            *phone = Phone { state: PhoneState::Ringing, shows, ring: phone.ring + 1, left_ringing: false };
            ring = phone.ring;
            true
        });
        rung.is_ok().then(|| Handset { phones: self.clone(), extension: extension.to_owned(), ring })
    }

    /// Wakes after any change of any phone.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.shared.revision.subscribe()
    }

    fn change(&self, extension: &str, act: impl FnOnce(&mut Phone) -> bool) -> Result<(), PhoneError> {
        let mut phones = self.lock();
        let phone = phones.get_mut(extension).ok_or(PhoneError::Unknown)?;
        if !act(phone) {
            return Err(PhoneError::NotNow);
        }
        // Nobody listening is not an error: the views are there to be asked for.
        let _ = self.shared.views.send(phone.view(extension));
        self.shared.revision.send_modify(|revision| *revision += 1);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Phone>> {
        self.shared.phones.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Phone {
    fn view(&self, extension: &str) -> PhoneView {
        PhoneView { extension: extension.to_owned(), state: self.state, shows: self.shows.clone() }
    }

    fn rest(&mut self) {
        self.state = PhoneState::Idle;
        self.shows = None;
        self.left_ringing = false;
    }
}

/// One call's hold on one phone; let go, the phone is on the hook again.
#[derive(Debug)]
pub(crate) struct Handset {
    phones: Phones,
    extension: String,
    ring: u64,
}

impl Handset {
    pub(crate) fn extension(&self) -> &str {
        &self.extension
    }

    /// What the phone does for this call; idle as soon as it serves another.
    pub(crate) fn state(&self) -> PhoneState {
        let phones = self.phones.lock();
        phones
            .get(&self.extension)
            .filter(|phone| phone.ring == self.ring)
            .map_or(PhoneState::Idle, |phone| phone.state)
    }

    pub(crate) fn is_left_ringing(&self) -> bool {
        self.phones.lock().get(&self.extension).is_some_and(|phone| phone.ring == self.ring && phone.left_ringing)
    }

    /// Picks up as the script says; a phone that was hung up by hand stays so.
    pub(crate) fn answer(&self) -> bool {
        self.state() == PhoneState::Ringing && self.phones.pick_up(&self.extension).is_ok()
    }
}

impl Drop for Handset {
    fn drop(&mut self) {
        if self.state() != PhoneState::Idle {
            // A hand may have been quicker by an instant; the phone is on the hook either way.
            let _ = self.phones.hang_up(&self.extension);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phones() -> Phones {
        Phones::new(["201", "202"].into_iter())
    }

    #[test]
    fn a_phone_rings_is_picked_up_and_hung_up() {
        let phones = phones();
        let mut changes = phones.subscribe();
        let handset = phones.ring("201", Some("79001234567".into())).expect("idle");
        assert_eq!(handset.state(), PhoneState::Ringing);
        assert_eq!(changes.try_recv().expect("a change").shows.as_deref(), Some("79001234567"));
        phones.pick_up("201").expect("it rings");
        assert_eq!(handset.state(), PhoneState::Talking);
        phones.hang_up("201").expect("it talks");
        assert_eq!(handset.state(), PhoneState::Idle);
        assert_eq!(phones.pick_up("201"), Err(PhoneError::NotNow));
        assert_eq!(phones.pick_up("999"), Err(PhoneError::Unknown));
    }

    #[test]
    fn a_phone_in_use_does_not_ring_for_a_second_call() {
        let phones = phones();
        let first = phones.ring("201", None).expect("idle");
        assert!(phones.ring("201", None).is_none());
        drop(first);
        assert!(phones.ring("201", None).is_some());
    }

    #[test]
    fn a_call_never_acts_on_the_phone_of_a_later_one() {
        let phones = phones();
        let first = phones.ring("201", None).expect("idle");
        phones.hang_up("201").expect("it rings");
        let second = phones.ring("201", None).expect("idle again");
        assert!(!first.answer());
        drop(first);
        assert_eq!(second.state(), PhoneState::Ringing);
    }

    #[test]
    fn letting_ring_is_known_to_the_call_only_while_it_rings() {
        let phones = phones();
        assert_eq!(phones.let_ring("201"), Err(PhoneError::NotNow));
        let handset = phones.ring("201", None).expect("idle");
        assert!(!handset.is_left_ringing());
        phones.let_ring("201").expect("it rings");
        assert!(handset.is_left_ringing());
    }
}
