//! Log entries that this version of the program can never read: damaged, or written by a newer one.

use calls::{CallId, CallState};
use link::wire::{ConnectionState, ConnectionWarning};
use store::Store;

use crate::support::{Bench, connection};

/// Ways in which an entry cannot be read.
const DAMAGE: [&str; 4] = [
    "version = 7",
    "body = substr(body, 1, 20)",
    "body = replace(body, 'webhook', 'telepathy')",
    "body = CAST(x'7bff7d' AS TEXT)",
];

fn id(session: &str) -> CallId {
    CallId::of_vendor(&connection(), session)
}

/// Damages the first entry of a call, and keeps what it was.
fn damage(bench: &Bench, session: &str, how: &str) {
    bench.behind_the_stores_back(&format!(
        "CREATE TABLE IF NOT EXISTS before AS SELECT * FROM log;
         UPDATE log SET {how} WHERE seq = (SELECT min(seq) FROM log WHERE call = '{}')",
        id(session)
    ));
}

fn mend(bench: &Bench) {
    bench.behind_the_stores_back(
        "UPDATE log SET version = (SELECT version FROM before WHERE before.seq = log.seq),
             body = (SELECT body FROM before WHERE before.seq = log.seq)
         WHERE seq IN (SELECT seq FROM before);
         DROP TABLE before",
    );
}

fn state(bench: &Bench, session: &str) -> CallState {
    let row = bench.store.get("test", &id(session)).expect("readable").expect("there");
    serde_json::from_str::<link::wire::Call>(&row.body).expect("a call").state
}

fn warnings(bench: &Bench) -> Vec<ConnectionWarning> {
    bench.manager().connections().remove(0).warnings
}

/// The next start reads the log from its end on: what is older is read when a straggler comes.
fn begin_at_the_end(store: &Store) {
    store.set_setting("rebuild:rt1", "{\"floor\":1000}").wait().expect("written");
}

#[tokio::test]
async fn a_call_that_can_never_be_read_holds_back_only_itself() {
    for how in DAMAGE {
        let bench = Bench::new().await;
        for state in ["new", "calling", "connected", "disconnected", "end"] {
            bench.event(state, "s-1", "102").await;
        }
        let bench = bench.restart_after(begin_at_the_end).await;
        damage(&bench, "s-1", how);
        let mut stream = bench.stream(None).await;
        let cursor = stream.cursor().await;
        // A straggler: its call has to be brought back from the log first.
        bench.end_of_recorded("s-1").await;
        bench.event("new", "s-2", "").await;
        bench.event("calling", "s-2", "102").await;
        let rings = stream.call_with(|call| call.legs.iter().any(|leg| leg.extension.as_deref() == Some("102"))).await;
        assert!(rings.id == id("s-2") && rings.rings_for_me, "{how}: {rings:?}");
        let status = bench.manager().connections().remove(0);
        assert_eq!((status.state, status.cause), (ConnectionState::Live, None), "{how}");
        assert_eq!(status.warnings, [ConnectionWarning::UnreadCalls], "{how}");
        assert!(status.detail.is_some_and(|detail| detail.contains("cannot be read by this version")), "{how}");
        assert_eq!(bench.office.metrics().head, bench.store.head_seq().expect("is read"), "{how}: desks may resume");
        let before = bench.manager().call(&id("s-1")).await.expect("readable").expect("is shown as it was");
        assert_eq!((before.state, before.recordings.len()), (CallState::Ended, 0), "{how}");

        // A start that can read no more either says so still; one that can shows what was told meanwhile.
        drop(stream);
        let bench = bench.restart().await;
        assert_eq!(warnings(&bench), [ConnectionWarning::UnreadCalls], "{how}");
        mend(&bench);
        let bench = bench.restart().await;
        assert_eq!(warnings(&bench), [], "{how}");
        let mut desk = bench.stream(Some(cursor)).await;
        let whole = desk.call_with(|call| call.id == id("s-1")).await;
        assert_eq!((whole.state, whole.recordings.len()), (CallState::Ended, 1), "{how}");
    }
}

#[tokio::test]
async fn an_entry_that_cannot_be_read_at_the_start_holds_back_only_its_own_call() {
    for how in DAMAGE {
        let bench = Bench::new().await;
        for session in ["s-1", "s-2"] {
            bench.event("new", session, "").await;
            bench.event("calling", session, "102").await;
        }
        let cursor = bench.stream(None).await.cursor().await;
        damage(&bench, "s-1", how);
        let bench = bench.restart().await;
        assert_eq!(warnings(&bench), [ConnectionWarning::UnreadCalls], "{how}");
        bench.event("end", "s-1", "").await;
        bench.event("end", "s-2", "").await;
        assert_eq!((state(&bench, "s-1"), state(&bench, "s-2")), (CallState::Ringing, CallState::Ended), "{how}");
        assert_eq!(bench.office.metrics().head, bench.store.head_seq().expect("is read"), "{how}: desks may resume");
        mend(&bench);
        let bench = bench.restart().await;
        assert_eq!(warnings(&bench), [], "{how}");
        let mut desk = bench.stream(Some(cursor)).await;
        let whole = desk.call_with(|call| call.id == id("s-1") && call.state == CallState::Ended).await;
        assert_eq!(whole.result, Some(calls::CallResult::Missed), "{how}");
    }
}
