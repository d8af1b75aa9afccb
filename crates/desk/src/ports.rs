//! What a desk needs from the world besides offices and the store: the time and chance.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use jiff::{Timestamp, tz::TimeZone};
use uuid::Uuid;

/// A moment on a clock that nobody sets.
pub type Uptime = Duration;

/// The clock on this computer's wall.
pub trait Clock: Send + Sync + 'static {
    /// Now, as people read it; it may be set, also back.
    fn now(&self) -> Timestamp;
    /// Time since some fixed moment, which nobody can set: what is waited for is measured with it.
    fn uptime(&self) -> Uptime;
    /// The zone in which a day begins here.
    fn zone(&self) -> TimeZone;
}

/// Randomness for identities and for the jitter of reconnecting.
pub trait Chance: Send + Sync + 'static {
    /// Fresh random bits.
    fn bits(&self) -> u128;
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[expect(clippy::disallowed_methods, reason = "the one place where a desk reads the computer's clocks")]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn uptime(&self) -> Uptime {
        static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);
        BEGINNING.elapsed()
    }

    fn zone(&self) -> TimeZone {
        TimeZone::system()
    }
}

/// The random numbers of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

#[expect(clippy::disallowed_methods, reason = "the one place where a desk asks for random numbers")]
impl Chance for SystemChance {
    fn bits(&self) -> u128 {
        // Version and variant of a UUID are six constant bits in the middle; nobody here needs all 128.
        Uuid::new_v4().as_u128()
    }
}

/// Identity of a command that this desk makes itself (a page makes its own).
pub(crate) fn command_id(chance: &dyn Chance) -> Uuid {
    uuid::Builder::from_random_bytes(chance.bits().to_be_bytes()).into_uuid()
}

/// Identity of a fact: UUIDv7, so that ids sort by the time of writing.
pub(crate) fn fact_id(chance: &dyn Chance, now: Timestamp) -> Uuid {
    let bits = chance.bits().to_be_bytes();
    let mut tail = [0; 10];
    tail.copy_from_slice(&bits[..10]);
    uuid::Builder::from_unix_timestamp_millis(now.as_millisecond().unsigned_abs(), &tail).into_uuid()
}

/// A number in `0.0..1.0`.
pub(crate) fn fraction(chance: &dyn Chance) -> f64 {
    let low = u32::try_from(chance.bits() & u128::from(u32::MAX)).unwrap_or(0);
    f64::from(low) / (f64::from(u32::MAX) + 1.0)
}
