//! What all makes share: the office, its phones, the clock, the faults, the tasks.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::fault::{Fault, Faults};
use crate::phones::Phones;
use crate::play::Orders;
use crate::random::Random;
use crate::reading::Reading;
use crate::script::{Callee, Topic, Zone};
use crate::staff::Staff;

/// How long things take when no script says so, before they are scaled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// How many times faster than life calls go.
    pub speed: f64,
    /// How long a phone called by click-to-call rings when nobody touches it.
    pub answer_after: Duration,
    /// How long a phone or a caller waits before giving up.
    pub ring_timeout: Duration,
    /// How long the "please wait" prompt of click-to-call lasts.
    pub prompt: Duration,
    /// How long a recording takes to become ready.
    pub recording_lag: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            speed: 1.0,
            answer_after: Duration::from_secs(2),
            ring_timeout: Duration::from_secs(30),
            prompt: Duration::from_millis(1500),
            recording_lag: Duration::from_secs(1),
        }
    }
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) staff: Staff,
    pub(crate) phones: Phones,
    pub(crate) orders: Orders,
    pub(crate) faults: Faults,
    pub(crate) timing: Timing,
    readings: Vec<Reading>,
    pub(crate) tasks: Tasks,
    zone: Mutex<Zone>,
    callees: Mutex<BTreeMap<String, Callee>>,
    people: Mutex<BTreeMap<String, String>>,
    asked: Mutex<Vec<String>>,
    requests: Mutex<BTreeMap<(String, String), usize>>,
    random: Mutex<Random>,
}

impl World {
    pub(crate) fn new(
        seed: u64,
        staff: Staff,
        timing: Timing,
        zone: Zone,
        faults: Faults,
        readings: Vec<Reading>,
    ) -> Self {
        Self {
            seed,
            phones: Phones::new(staff.employees.iter().map(|employee| employee.extension.as_str())),
            orders: Orders::default(),
            staff,
            faults,
            timing,
            readings,
            tasks: Tasks::default(),
            zone: Mutex::new(zone),
            callees: Mutex::default(),
            people: Mutex::default(),
            asked: Mutex::default(),
            requests: Mutex::default(),
            random: Mutex::new(Random::named(seed, "world")),
        }
    }

    /// Whether a silent page is read so.
    pub(crate) fn reads(&self, reading: Reading) -> bool {
        self.readings.contains(&reading)
    }

    /// The true time.
    #[expect(clippy::disallowed_methods, reason = "the one place where the simulator reads the time of day")]
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// Names something new: a call, an order, a channel. Unlike everything else it does not follow the seed, since
    /// programs keep these over a restart of the simulator.
    #[expect(clippy::disallowed_methods, reason = "the one place where the simulator asks for random numbers")]
    pub(crate) fn new_id(&self) -> Uuid {
        Uuid::new_v4()
    }

    /// A time as the PBX's clock shows it.
    pub(crate) fn told(&self, at: Timestamp) -> Timestamp {
        let off = self.faults.find(|fault| if let Fault::WrongClock(off) = fault { Some(off) } else { None });
        off.and_then(|off| at.checked_add(off).ok()).unwrap_or(at)
    }

    /// A length of time in a call as it really takes.
    pub(crate) fn scaled(&self, length: Duration) -> Duration {
        length.div_f64(self.timing.speed)
    }

    pub(crate) fn zone(&self) -> Zone {
        *lock(&self.zone)
    }

    pub(crate) fn set_zone(&self, zone: Zone) {
        *lock(&self.zone) = zone;
    }

    /// How a customer behaves when he is called; numbers are compared by their digits.
    pub(crate) fn callee(&self, number: &str) -> Callee {
        lock(&self.callees).get(&digits(number)).copied().unwrap_or_default()
    }

    pub(crate) fn set_callee(&self, number: &str, callee: Callee) {
        lock(&self.callees).insert(digits(number), callee);
    }

    pub(crate) fn people(&self) -> BTreeMap<String, String> {
        lock(&self.people).clone()
    }

    pub(crate) fn add_people(&self, people: BTreeMap<String, String>) {
        lock(&self.people).extend(people);
    }

    /// Counts a request that names this extension.
    pub(crate) fn count_request(&self, name: &str, extension: &str) {
        *lock(&self.requests).entry((name.to_owned(), extension.to_owned())).or_default() += 1;
    }

    /// How many requests named this extension; of one name, or of all.
    pub(crate) fn requests(&self, name: Option<&str>, extension: &str) -> usize {
        let fits = |(of, about): &(String, String)| about == extension && name.is_none_or(|name| name == of);
        lock(&self.requests).iter().filter(|(request, _)| fits(request)).map(|(_, count)| count).sum()
    }

    /// Remembers that a program asked for a call to this number.
    pub(crate) fn note_asked(&self, number: &str) {
        lock(&self.asked).push(number.to_owned());
    }

    /// The numbers that programs asked calls to, as they wrote them.
    pub(crate) fn asked(&self) -> Vec<String> {
        lock(&self.asked).clone()
    }

    /// One of so many, by the seed.
    pub(crate) fn pick_index(&self, count: usize) -> usize {
        lock(&self.random).below(count)
    }

    pub(crate) fn topic(&self) -> Topic {
        *lock(&self.random).pick(&[Topic::Order, Topic::Complaint, Topic::En]).unwrap_or(&Topic::En)
    }
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// The value behind a lock; a panic elsewhere does not make it unusable.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Everything that runs on its own, so that it can be stopped together.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    set: Mutex<JoinSet<()>>,
    stopped: watch::Sender<bool>,
}

impl Tasks {
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut set = lock(&self.set);
        if *self.stopped.borrow() {
            return;
        }
        while set.try_join_next().is_some() {}
        set.spawn(task);
    }

    /// Ends when everything is being stopped.
    pub(crate) fn stopping(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stopped = self.stopped.subscribe();
        async move {
            // A world that is gone has stopped as well.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        }
    }

    /// Stops every task and waits until all are gone; none is started afterwards.
    pub(crate) async fn stop(&self) {
        let mut set = {
            let mut set = lock(&self.set);
            self.stopped.send_replace(true);
            std::mem::take(&mut *set)
        };
        set.shutdown().await;
    }
}
