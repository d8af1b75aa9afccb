//! A desk on a bench: its database in a folder that goes, its clock Tokio's, its screens and office under control.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI8, AtomicU64, Ordering},
    },
    time::Duration,
};

use calls::CommandId;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use link::wire::{Call, StreamEvent};
use store::{Options, ReplicaCursor, Save, Store, SystemRandom};
use tempfile::TempDir;
use tokio::time::Instant;

use super::{FakeOffice, Shown, live_connection};
use crate::{
    Chance, Clock, Desk, DeskOptions, Surroundings, Uptime,
    contract::{Language, LinkState, Stage},
};

/// When tests begin.
pub(crate) const CLOCK_AT: &str = "2026-03-02T09:00:00Z";

/// Goes with Tokio's clock, which tests pause; somebody may set what people read.
struct TokioClock {
    began: Instant,
    adjusted: Arc<Adjusted>,
}

/// What a person changed about this computer's clock.
#[derive(Default)]
struct Adjusted {
    /// Seconds that it was set back.
    back: AtomicU64,
    /// Hours that its zone is ahead of UTC.
    zone: AtomicI8,
}

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        let set_back = SignedDuration::from_secs(self.adjusted.back.load(Ordering::Relaxed).cast_signed());
        CLOCK_AT.parse::<Timestamp>().expect("valid") + self.began.elapsed() - set_back
    }

    fn uptime(&self) -> Uptime {
        self.began.elapsed()
    }

    fn zone(&self) -> TimeZone {
        TimeZone::fixed(jiff::tz::offset(self.adjusted.zone.load(Ordering::Relaxed)))
    }
}

/// Each draw is another number.
#[derive(Default)]
struct Counting(AtomicU64);

impl Chance for Counting {
    fn bits(&self) -> u128 {
        u128::from(self.0.fetch_add(1, Ordering::Relaxed)) << 64
    }
}

/// The bench.
pub(crate) struct Bench {
    pub(crate) desk: Desk,
    pub(crate) shown: Shown,
    pub(crate) office: Arc<FakeOffice>,
    pub(crate) store: Store,
    folder: TempDir,
    adjusted: Arc<Adjusted>,
}

impl Bench {
    /// A desk without an office.
    pub(crate) async fn bare() -> Self {
        Self::in_folder(tempfile::tempdir().expect("a folder"), true).await
    }

    /// A live desk whose card cannot be placed.
    pub(crate) async fn without_card() -> Self {
        let bench = Self::in_folder(tempfile::tempdir().expect("a folder"), false).await;
        bench.add("own", false).await;
        bench.go_live(1).await;
        bench
    }

    async fn in_folder(folder: TempDir, card_can_be_placed: bool) -> Self {
        let store = open(folder.path()).await;
        let (shown, adjusted) = (Shown::default(), Arc::<Adjusted>::default());
        let options = DeskOptions {
            store: store.clone(),
            clock: Arc::new(TokioClock { began: Instant::now(), adjusted: Arc::clone(&adjusted) }),
            chance: Arc::new(Counting::default()),
            surroundings: Surroundings { locale: Some("ru_RU.UTF-8".into()), ..Surroundings::default() },
            stage: Stage::Welcome,
            card_can_be_placed,
        };
        // The own office was looked at before: its stream is resumed, not first asked where its log stands.
        let cursor = Some(ReplicaCursor { epoch: "e1".into(), seq: 0 });
        if store.replica_cursor("own").expect("read").is_none() {
            store.save("own", Save { cursor, ..Save::default() }).wait().expect("kept");
        }
        let desk = Desk::start(options, shown.clone()).await.expect("a desk");
        Self { desk, shown, office: Arc::default(), store, folder, adjusted }
    }

    /// A desk whose office writes its own rows and has caught up.
    pub(crate) async fn live() -> Self {
        let bench = Self::bare().await;
        bench.add("own", false).await;
        bench.go_live(1).await;
        bench
    }

    /// A desk at a remote office that has caught up.
    pub(crate) async fn remote() -> Self {
        let bench = Self::bare().await;
        bench.add("remote", true).await;
        bench.go_live(1).await;
        bench
    }

    /// Adds the office.
    pub(crate) async fn add(&self, id: &str, replicate: bool) {
        self.desk.add_office(id, self.office.clone(), replicate).await;
    }

    /// The office says hello on its nth stream, and that nothing was missed.
    pub(crate) async fn go_live(&self, stream: usize) {
        self.office.opened(stream).await;
        self.office.greet(0);
        self.office.event(0, StreamEvent::Connection { connection: live_connection() });
        self.office.at(0);
        self.until_link(LinkState::Live).await;
    }

    /// Waits until main says so of the office.
    pub(crate) async fn until_link(&self, link: LinkState) {
        let what = format!("{link:?}");
        self.shown
            .until(&what, |record| {
                record.main.last().is_some_and(|main| main.offices.iter().any(|office| office.link == link))
            })
            .await;
    }

    /// Somebody sets this computer's clock back.
    pub(crate) fn set_clock_back(&self, seconds: u64) {
        self.adjusted.back.store(seconds, Ordering::Relaxed);
    }

    /// Somebody sets this computer to a zone so many hours ahead of UTC.
    pub(crate) fn set_zone(&self, hours: i8) {
        self.adjusted.zone.store(hours, Ordering::Relaxed);
    }

    /// Everything that lies ready happens; then the clock moves.
    pub(crate) async fn pass(&self, time: Duration) {
        super::screens::breathe().await;
        tokio::time::advance(time).await;
        super::screens::breathe().await;
    }

    /// The office in the same process writes a call's row.
    pub(crate) fn keep(&self, office: &str, seq: u64, call: &Call) {
        let record = call.record(Vec::new(), seq);
        self.store.save(office, Save { calls: vec![record], ..Save::default() }).wait().expect("kept");
    }

    /// The same data, as after a restart of the program.
    pub(crate) async fn restart(self) -> Self {
        let Self { desk, store, folder, office, shown, adjusted: _ } = self;
        office.cut();
        drop((desk, shown));
        for _ in 0..5 {
            super::screens::breathe().await;
        }
        store.close();
        super::screens::breathe().await;
        Self::in_folder(folder, true).await
    }

    /// The language of the newest view of main.
    pub(crate) fn language(&self) -> Language {
        self.shown.record().now().language
    }
}

/// Opens the database; after a restart the former desk may still be letting go of it.
async fn open(folder: &Path) -> Store {
    for _ in 0..1000 {
        match Store::open_in(folder, Options::owner("test", SystemRandom)) {
            // Its tasks let go of it on this thread.
            Err(store::Error::InUse) => super::screens::breathe().await,
            opened => return opened.expect("a database"),
        }
    }
    panic!("the former desk keeps the database");
}

/// A command of a test.
pub(crate) fn command(number: u128) -> CommandId {
    format!("00000000-0000-4000-8000-{number:012}").parse().expect("a UUID")
}
