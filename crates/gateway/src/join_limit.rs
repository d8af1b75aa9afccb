//! How often one address may try codes of invitations.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Requests of an address within [`SPAN`].
const AT_ONCE: usize = 10;
const SPAN: Duration = Duration::from_secs(60);
/// Wrong codes in a row after which an address has to wait.
const WRONG: u32 = 5;
/// The first wait; each wrong code more doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(60);
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// Addresses that are remembered.
const REMEMBERED: usize = 10_000;

/// The addresses that tried lately.
#[derive(Debug, Default)]
pub(crate) struct JoinLimit(Mutex<HashMap<IpAddr, Tries>>);

#[derive(Debug, Default)]
struct Tries {
    lately: VecDeque<Instant>,
    wrong_in_a_row: u32,
    closed_until: Option<Instant>,
}

impl JoinLimit {
    /// Counts one more request; fails with the time to wait when there were too many.
    pub(crate) fn pass(&self, address: IpAddr) -> Result<(), Duration> {
        let now = Instant::now();
        let mut known = self.lock();
        if known.len() >= REMEMBERED && !known.contains_key(&address) {
            known.retain(|_, tries| tries.is_of_now(now));
        }
        let tries = known.entry(address).or_default();
        if let Some(wait) =
            tries.closed_until.and_then(|until| until.checked_duration_since(now)).filter(|it| !it.is_zero())
        {
            return Err(wait);
        }
        while tries.lately.front().is_some_and(|first| now.duration_since(*first) >= SPAN) {
            tries.lately.pop_front();
        }
        if let (AT_ONCE.., Some(first)) = (tries.lately.len(), tries.lately.front()) {
            return Err(SPAN.saturating_sub(now.duration_since(*first)));
        }
        tries.lately.push_back(now);
        Ok(())
    }

    /// Notes whether the code was one. Whoever has a right code has not guessed.
    pub(crate) fn note(&self, address: IpAddr, is_right: bool) {
        let mut known = self.lock();
        let tries = known.entry(address).or_default();
        if is_right {
            tries.wrong_in_a_row = 0;
            return;
        }
        tries.wrong_in_a_row = tries.wrong_in_a_row.saturating_add(1);
        if let Some(more) = tries.wrong_in_a_row.checked_sub(WRONG) {
            let wait = FIRST_WAIT.saturating_mul(1 << more.min(10)).min(LONGEST_WAIT);
            tries.closed_until = Some(Instant::now() + wait);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Tries>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tries {
    fn is_of_now(&self, now: Instant) -> bool {
        let closed = self.closed_until.is_some_and(|until| until > now);
        closed || self.lately.back().is_some_and(|last| now.duration_since(*last) < SPAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[tokio::test(start_paused = true)]
    async fn ten_a_minute_pass_and_others_are_not_held_up() {
        let limit = JoinLimit::default();
        assert!((0..AT_ONCE).all(|_| limit.pass(address(1)).is_ok()));
        assert_eq!(limit.pass(address(1)), Err(SPAN));
        assert_eq!(limit.pass(address(2)), Ok(()));
        tokio::time::advance(SPAN).await;
        assert_eq!(limit.pass(address(1)), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn wrong_codes_in_a_row_close_the_door_for_longer_and_longer() {
        let limit = JoinLimit::default();
        let try_wrong = |times: u32| (0..times).for_each(|_| limit.note(address(1), false));
        try_wrong(WRONG - 1);
        limit.note(address(1), true);
        try_wrong(WRONG - 1);
        assert_eq!(limit.pass(address(1)), Ok(()), "not in a row");
        try_wrong(1);
        assert_eq!(limit.pass(address(1)), Err(FIRST_WAIT));
        tokio::time::advance(FIRST_WAIT).await;
        assert_eq!(limit.pass(address(1)), Ok(()));
        try_wrong(1);
        assert_eq!(limit.pass(address(1)), Err(2 * FIRST_WAIT));
        try_wrong(20);
        assert_eq!(limit.pass(address(1)), Err(LONGEST_WAIT));
    }
}
