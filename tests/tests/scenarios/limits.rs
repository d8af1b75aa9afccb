//! What PBXs admit, kept to: however many ask at once, no PBX has to refuse.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use calls::{CommandAnswer, CommandId};
use office::SystemClock;
use pbx::{Driver, Journal, JournalEntry};
use simulator::{Make, Simulator, SimulatorConfig};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::settings::{ME, account};

const AT_ONCE: usize = 100;

#[derive(Debug, Default)]
struct Statuses(Mutex<Vec<Option<u16>>>);

impl Journal for Statuses {
    fn record(&self, entry: JournalEntry) {
        self.0.lock().expect("no panic").push(entry.status);
    }
}

/// Each is sent soon or refused with the reason; none waits to be placed later.
#[tokio::test]
async fn a_hundred_calls_at_once_bring_no_pbx_to_refuse_for_too_many() {
    for make in [Make::ROSTELECOM, Make::MANGO_CLIENT, Make::MANGO_VPBX, Make::ZADARMA, Make::RINGCLOUD] {
        let simulator = Simulator::start(SimulatorConfig::of(&[make])).await.expect("a free port");
        let statuses = Arc::new(Statuses::default());
        let config = account(&simulator, make, Vec::new(), BTreeMap::new()).config;
        let driver = Driver::new(config, Arc::clone(&statuses) as _, Arc::new(SystemClock)).expect("a driver");
        let driver = Arc::new(driver);
        let mut all = JoinSet::new();
        for place in 0..AT_ONCE {
            let driver = Arc::clone(&driver);
            let number = format!("+79001230{place:03}");
            all.spawn(async move { driver.originate(CommandId(Uuid::new_v4()), ME, &number).await });
        }
        let answers = all.join_all().await;
        let statuses = statuses.0.lock().expect("no panic").clone();
        assert_eq!(statuses.iter().filter(|status| **status == Some(429)).count(), 0, "{make}: {statuses:?}");
        assert!(!statuses.is_empty(), "{make}: {:?}", answers.first());
        let accepted = answers.iter().filter(|answer| matches!(answer, CommandAnswer::Accepted { .. })).count();
        for answer in &answers {
            assert!(!matches!(answer, CommandAnswer::Unknown { .. }), "{make}: {answer:?}");
            if let CommandAnswer::Rejected { reason, .. } = answer {
                assert!(!reason.is_empty(), "{make}");
            }
        }
        if make == Make::RINGCLOUD {
            let refused = |answer: &&CommandAnswer| {
                matches!(answer, CommandAnswer::Rejected { reason, .. }
                    if reason.starts_with("RingCloud accepts one call a minute with this key"))
            };
            assert_eq!((accepted, answers.iter().filter(refused).count()), (1, AT_ONCE - 1));
        }
        simulator.shutdown().await;
    }
}
