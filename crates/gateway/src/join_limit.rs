//! How often one address may try codes that are none.

use std::{
    collections::{HashMap, VecDeque},
    net::{IpAddr, Ipv4Addr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Wrong codes of an address within [`SPAN`].
const AT_ONCE: usize = 10;
const SPAN: Duration = Duration::from_secs(60);
/// Wrong codes in a row after which an address has to wait.
const WRONG: u32 = 5;
/// The first wait; each wrong code more doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(60);
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// Addresses that are remembered; all others beyond them are one.
const REMEMBERED: usize = 10_000;
const ALL_OTHERS: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
/// How often those are forgotten that have not tried lately.
const FORGETTING: Duration = Duration::from_secs(1);

/// The addresses that tried lately.
#[derive(Debug, Default)]
pub(crate) struct JoinLimit(Mutex<Addresses>);

#[derive(Debug, Default)]
struct Addresses {
    tries: HashMap<IpAddr, Tries>,
    forgot: Option<Instant>,
}

#[derive(Debug, Default)]
struct Tries {
    lately: VecDeque<Instant>,
    in_a_row: u32,
    closed_until: Option<Instant>,
}

impl JoinLimit {
    /// A code was right: whoever has one does not guess.
    pub(crate) fn right(&self, address: IpAddr) {
        self.lock().tries.remove(&address);
    }

    /// A code was wrong; fails with the time to wait where there were too many.
    pub(crate) fn wrong(&self, address: IpAddr) -> Result<(), Duration> {
        let now = Instant::now();
        let mut known = self.lock();
        let tries = known.of(address, now);
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
        tries.in_a_row = tries.in_a_row.saturating_add(1);
        if let Some(more) = tries.in_a_row.checked_sub(WRONG) {
            let wait = FIRST_WAIT.saturating_mul(1 << more.min(10)).min(LONGEST_WAIT);
            tries.closed_until = Some(now + wait);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Addresses> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Addresses {
    fn of(&mut self, address: IpAddr, now: Instant) -> &mut Tries {
        let is_full = self.tries.len() >= REMEMBERED && !self.tries.contains_key(&address);
        if is_full && self.forgot.is_none_or(|last| now.duration_since(last) >= FORGETTING) {
            self.forgot = Some(now);
            self.tries.retain(|_, tries| tries.is_of_now(now));
        }
        let is_full = is_full && self.tries.len() >= REMEMBERED;
        self.tries.entry(if is_full { ALL_OTHERS } else { address }).or_default()
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
    async fn wrong_codes_in_a_row_close_the_door_for_longer_and_longer() {
        let limit = JoinLimit::default();
        let try_wrong = |times: u32| (0..times).filter(|_| limit.wrong(address(1)).is_ok()).count();
        assert_eq!(try_wrong(WRONG - 1), 4);
        limit.right(address(1));
        assert_eq!(try_wrong(WRONG), 5, "not in a row");
        assert_eq!(limit.wrong(address(1)), Err(FIRST_WAIT));
        assert_eq!(limit.wrong(address(2)), Ok(()), "others are not held up");
        tokio::time::advance(FIRST_WAIT).await;
        assert_eq!(limit.wrong(address(1)), Ok(()));
        assert_eq!(limit.wrong(address(1)), Err(2 * FIRST_WAIT));
        for _ in 0..10 {
            tokio::time::advance(LONGEST_WAIT).await;
            assert_eq!(limit.wrong(address(1)), Ok(()));
        }
        assert_eq!(limit.wrong(address(1)), Err(LONGEST_WAIT));
    }

    #[tokio::test(start_paused = true)]
    async fn many_addresses_fill_no_memory() {
        let limit = JoinLimit::default();
        for place in 0..REMEMBERED + 100 {
            let address = IpAddr::from(u32::try_from(place + 1).expect("small").to_be_bytes());
            // What is beyond them is held up together.
            let _ = limit.wrong(address);
        }
        assert_eq!(limit.lock().tries.len(), REMEMBERED + 1);
    }
}
