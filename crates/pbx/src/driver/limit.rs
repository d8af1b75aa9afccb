//! Keeps to a PBX's quotas: commands go first and at once or not at all, reads wait for their place.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use calls::{Clock, ConnectionId};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::{
    error::{Error, ErrorKind},
    lock_out::LockOut,
    quota::{Counted, EVERYTHING, Quota, QuotaUse, RequestTimes, RequestTimesKeeper},
};

/// Whom a request serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Priority {
    /// It places or changes a call: it is sent soon or refused, and reads leave room for it.
    Command,
    /// Somebody waits for it at a screen.
    Person,
    /// It goes on by itself: it leaves room for people, also when everything comes back at once.
    Background,
}

/// A command is sent within five seconds of the click: it waits for its place for so long,
const PLACE_WITHIN: Duration = Duration::from_millis(4500);
/// and its connection may take so much longer.
const TO_CONNECT: Duration = Duration::from_millis(400);

impl Priority {
    /// How long it waits for its place.
    fn patience(self) -> Duration {
        match self {
            Self::Command => PLACE_WITHIN,
            // Longer than the windows that vendors count in.
            Self::Person | Self::Background => Duration::from_secs(75),
        }
    }

    /// How long it waits for a PBX that said when it answers again: somebody at a screen is told so instead.
    fn patience_with_lock_out(self) -> Duration {
        match self {
            Self::Command | Self::Person => Self::Command.patience(),
            Self::Background => self.patience(),
        }
    }

    /// How many of a quota's requests may be its.
    fn share(self, quota: &Quota) -> usize {
        let all = quota.requests.max(1);
        let share = match self {
            _ if quota.counted != Counted::Everything => all,
            Self::Command => all,
            Self::Person => all - all / 5,
            Self::Background => all - all / 3,
        };
        usize::try_from(share).unwrap_or(usize::MAX)
    }
}

/// Whom a request serves, and the moment after which it is not sent any more. Whoever sends several requests for one wish
/// gives them one moment, so that their waits do not add up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) priority: Priority,
    pub(super) until: Instant,
}

impl From<Priority> for Patience {
    fn from(priority: Priority) -> Self {
        Self { priority, until: Instant::now() + priority.patience() }
    }
}

impl Patience {
    /// That of a command which somebody asked for then.
    pub(super) fn of_command(asked: Instant) -> Self {
        Self { priority: Priority::Command, until: asked + Priority::Command.patience() }
    }

    /// When the connection that it is sent over must be made, where it must not be sent later.
    pub(super) fn connected_by(self) -> Option<Instant> {
        (self.priority == Priority::Command).then(|| self.until + TO_CONNECT)
    }

    /// The same, but no longer than for so long from now on.
    pub(super) fn at_most(self, wait: Duration) -> Self {
        Self { until: self.until.min(Instant::now() + wait), ..self }
    }
}

/// A quota's window with a margin: the PBX counts when a request arrives, and one may overtake another on its way.
fn with_margin(window: Duration) -> Duration {
    window + (window / 50).max(Duration::from_millis(250))
}

/// The requests of one class.
#[derive(Debug, Default)]
struct Class {
    /// When they were sent, or will be, in order.
    sent: VecDeque<Instant>,
    /// By which quotas they are counted.
    quotas: Vec<Quota>,
    /// No request is answered before then, with the reason.
    locked: Option<(Instant, String)>,
}

impl Class {
    /// When one more may be sent, where so many are admitted in the window.
    fn free_at(&self, share: usize, window: Duration) -> Option<Instant> {
        let at = self.sent.len().checked_sub(share)?;
        self.sent.get(at).map(|sent| *sent + window)
    }

    fn forget_before(&mut self, time: Instant) {
        while self.sent.front().is_some_and(|sent| *sent < time) {
            self.sent.pop_front();
        }
        self.locked.take_if(|(until, _)| *until < time);
    }

    fn add(&mut self, time: Instant) {
        let place = self.sent.iter().rposition(|sent| *sent <= time).map_or(0, |place| place + 1);
        self.sent.insert(place, time);
    }
}

/// A request to be counted: its quotas, and what tells its address from others.
#[derive(Debug, Clone)]
pub(super) struct ToCount<'a> {
    pub(super) quotas: &'a [Quota],
    pub(super) address: &'a str,
}

impl ToCount<'_> {
    fn classes(&self) -> impl Iterator<Item = (&Quota, String)> {
        self.quotas.iter().map(|quota| (quota, quota.counted.class(self.address)))
    }
}

/// When a request may be sent.
enum Slot {
    /// It may be sent then; its place is taken.
    At(Instant),
    /// It has to look again then; nothing is taken.
    LookAgain(Instant),
    /// It would have to wait until then.
    TooLate { at: Instant, words: String },
}

/// Keeps to the quotas of one connection.
pub(super) struct Limit {
    connection: ConnectionId,
    classes: Mutex<BTreeMap<String, Class>>,
    kept: Arc<dyn RequestTimesKeeper>,
    /// Held from reading what was kept until a place is taken: whoever comes next reads that, too.
    reading: tokio::sync::Mutex<()>,
    clock: Arc<dyn Clock>,
}

impl Limit {
    pub(super) fn new(connection: ConnectionId, kept: Arc<dyn RequestTimesKeeper>, clock: Arc<dyn Clock>) -> Self {
        Self { connection, classes: Mutex::default(), kept, reading: tokio::sync::Mutex::default(), clock }
    }

    /// Waits for a place, or says that it would take too long. The time of a command is settled at once, so that
    /// commands go in their order; a read looks again when there may be a place, so that commands go before it.
    pub(super) async fn wait(&self, request: &ToCount<'_>, patience: Patience) -> Result<(), Error> {
        loop {
            match self.slot(request, patience).await {
                Slot::At(time) => {
                    tokio::time::sleep_until(time).await;
                    return Ok(());
                }
                Slot::LookAgain(time) => tokio::time::sleep_until(time).await,
                Slot::TooLate { at, words } => {
                    let wait = at.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
                    let seconds = wait.as_millis().div_ceil(1000);
                    let kind = ErrorKind::RateLimited { retry_after: Some(wait) };
                    return Err(Error::new(kind, format!("{words}; try again in {seconds} s")).before_sending());
                }
            }
        }
    }

    /// A place, among what was sent by this program and what was kept.
    async fn slot(&self, request: &ToCount<'_>, patience: Patience) -> Slot {
        if !request.quotas.iter().any(|quota| quota.outlives_program) {
            return self.take_slot(request, patience, None);
        }
        let reading = async {
            let turn = self.reading.lock().await;
            (turn, self.kept.read(&self.connection).await)
        };
        match tokio::time::timeout_at(patience.until, reading).await {
            // What cannot be read is not written either: it would be forgotten.
            Ok((_turn, kept)) => self.take_slot(request, patience, kept),
            Err(_) => Slot::TooLate { at: Instant::now(), words: BUSY.to_owned() },
        }
    }

    fn take_slot(
        &self,
        request: &ToCount<'_>,
        Patience { priority, until: mut last }: Patience,
        kept: Option<RequestTimes>,
    ) -> Slot {
        let now = Instant::now();
        let mut classes = self.classes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = &kept {
            self.recall(&mut classes, request, kept, now);
        }
        let mut free = now;
        let mut words = BUSY;
        for (quota, class) in request.classes() {
            let Some(class) = classes.get(&class) else { continue };
            let window = with_margin(quota.window);
            if let Some(time) = class.free_at(priority.share(quota), window).filter(|time| *time > free) {
                (free, words) = (time, &quota.words);
            }
        }
        let locks = request.classes().map(|(_, class)| class).chain([EVERYTHING.to_owned()]);
        for class in locks {
            if let Some((until, why)) = classes.get(&class).and_then(|class| class.locked.as_ref())
                && *until > free
            {
                (free, words) = (*until, why);
                last = last.min(now + priority.patience_with_lock_out());
            }
        }
        if free > last {
            return Slot::TooLate { at: free, words: words.to_owned() };
        }
        if free > now && priority != Priority::Command {
            return Slot::LookAgain(free);
        }
        for (quota, class) in request.classes() {
            let class = classes.entry(class).or_default();
            class.add(free);
            if !class.quotas.contains(quota) {
                class.quotas.push(quota.clone());
            }
            class.forget_before(now.checked_sub(with_margin(quota.window)).unwrap_or(now));
        }
        if let Some(kept) = kept {
            self.remember(&classes, request, kept, now);
        }
        if classes.len() > LARGEST {
            classes
                .retain(|_, class| class.locked.is_some() || class.sent.back().is_some_and(|sent| *sent + HOUR > now));
        }
        Slot::At(free)
    }

    /// The PBX answers no requests of these classes for a while.
    pub(super) fn lock_out(&self, request: &ToCount<'_>, lock_out: LockOut) {
        let LockOut { counted, lasts, words } = lock_out;
        let class = counted.class(request.address);
        let until = Instant::now() + lasts.min(HOUR);
        let mut classes = self.classes.lock().unwrap_or_else(PoisonError::into_inner);
        let locked = &mut classes.entry(class).or_default().locked;
        if locked.as_ref().is_none_or(|(known, _)| *known < until) {
            *locked = Some((until, words.into_owned()));
        }
    }

    /// How far the quotas of everything and of single kinds are used now; those of kinds that were not asked for yet are
    /// not told. What is counted by address is not either: there is one of them for each.
    pub(super) fn uses(&self, everything: &Quota) -> Vec<QuotaUse> {
        let now = Instant::now();
        let classes = self.classes.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |quota: &Quota, class: Option<&Class>| {
            let from = now.checked_sub(quota.window);
            let counts = |sent: &&Instant| **sent <= now && from.is_none_or(|from| **sent > from);
            let used = class.map_or(0, |class| class.sent.iter().filter(counts).count());
            let kind = match quota.counted {
                Counted::Kind(kind) => Some(kind),
                Counted::Everything | Counted::SameAddress => None,
            };
            let used = u32::try_from(used).unwrap_or(u32::MAX);
            QuotaUse { kind, used, requests: quota.requests, window: quota.window }
        };
        let is_kind = |quota: &&Quota| matches!(quota.counted, Counted::Kind(_));
        let kinds =
            classes.values().flat_map(|class| class.quotas.iter().filter(is_kind).map(move |it| of(it, Some(class))));
        [of(everything, classes.get(EVERYTHING))].into_iter().chain(kinds).collect()
    }

    /// How long everything is still locked out, and why.
    pub(super) fn locked_out(&self) -> Option<(Duration, String)> {
        let classes = self.classes.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, words) = classes.get(EVERYTHING)?.locked.as_ref()?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then(|| (left, words.clone()))
    }

    /// Takes in what another run, or a program beside this one, has sent.
    fn recall(&self, classes: &mut BTreeMap<String, Class>, request: &ToCount<'_>, kept: &RequestTimes, now: Instant) {
        let wall = self.clock.now();
        for (quota, name) in request.classes().filter(|(quota, _)| quota.outlives_program) {
            let class = classes.entry(name.clone()).or_default();
            for time in kept.get(&name).into_iter().flatten() {
                // A clock that was set back must not lock us out for longer than the window: what was sent in its future
                // counts once, as if it were sent now.
                if wall < *time && !class.sent.is_empty() {
                    continue;
                }
                let ago = Duration::try_from(wall.duration_since(*time)).unwrap_or_default();
                let Some(sent) = now.checked_sub(ago).filter(|_| ago < with_margin(quota.window)) else { continue };
                let is_known = class.sent.iter().any(|known| apart(*known, sent) < NEARLY);
                if !is_known {
                    class.add(sent);
                }
            }
        }
    }

    /// Keeps the times that still count, also those of other programs.
    fn remember(
        &self,
        classes: &BTreeMap<String, Class>,
        request: &ToCount<'_>,
        mut times: RequestTimes,
        now: Instant,
    ) {
        let wall = self.clock.now();
        for (quota, name) in request.classes().filter(|(quota, _)| quota.outlives_program) {
            let Some(class) = classes.get(&name) else { continue };
            let newest = class.sent.iter().rev().take(quota.requests.max(1) as usize).rev();
            times.insert(name, newest.map(|sent| at_wall(*sent, now, wall)).collect());
        }
        times.retain(|_, times| times.last().is_some_and(|last| wall.duration_since(*last).unsigned_abs() < HOUR));
        self.kept.keep(&self.connection, &times);
    }
}

/// Said where what was waited for before has taken all the time.
const BUSY: &str = "this program was too busy to send it in time";
/// The longest lock-out that is believed, and the longest time for which a request is remembered.
const HOUR: Duration = Duration::from_secs(3600);
/// The number of classes beyond which those that have expired are dropped.
const LARGEST: usize = 4096;
/// Two times that are closer than this are one, read from two clocks.
const NEARLY: Duration = Duration::from_millis(50);

fn apart(one: Instant, other: Instant) -> Duration {
    one.saturating_duration_since(other).max(other.saturating_duration_since(one))
}

fn at_wall(time: Instant, now: Instant, wall: Timestamp) -> Timestamp {
    let signed = |duration| SignedDuration::try_from(duration).unwrap_or_default();
    let offset = signed(time.saturating_duration_since(now)) - signed(now.saturating_duration_since(time));
    wall.checked_add(offset).unwrap_or(wall)
}

#[cfg(test)]
mod tests;
