//! Places, dedupe keys, order.

use std::{
    future::{Future, IntoFuture},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake},
};

use calls::{CallId, Decision, LogEvent, Stored};
use store::{Appended, Error, ErrorKind, NewEntry, Redirect, Save, Token};

use crate::common::{OFFICE, at, call_id, connection, decision, entry, folder, open, vendor_event};

#[test]
fn an_entry_that_cannot_be_read_hides_only_itself() {
    for (what, damage) in [
        ("a later version", "version = 7"),
        ("no version", "version = -1"),
        ("cut short", "body = substr(body, 1, 20)"),
        ("a word of a later version", "body = replace(body, 'webhook', 'telepathy')"),
        ("no text", "body = CAST(x'7bff7d' AS TEXT)"),
    ] {
        let folder = folder();
        let store = open(&folder);
        for (key, call) in [("k1", "41"), ("k2", "42"), ("k3", "43")] {
            let event = vendor_event(key, call);
            let call = event.subject(&connection("rt1"));
            let new = NewEntry { event, call, ..entry("rt1", Some(key), "") };
            store.append(vec![new]).wait().expect("is stored");
        }
        let database = rusqlite::Connection::open(folder.path().join("trubka.db")).expect("opens");
        database.execute_batch(&format!("UPDATE log SET {damage} WHERE seq = 2")).expect("is done");
        let entries = store.read_from(&connection("rt1"), 0, 10).expect("reads");
        let seqs: Vec<_> =
            entries.iter().map(|entry| entry.as_ref().map_or_else(|unread| unread.seq, |e| e.seq)).collect();
        assert_eq!(seqs, [1, 2, 3], "{what}");
        let call = CallId::of_vendor(&connection("rt1"), "42");
        let unread = entries[1].as_ref().expect_err(what);
        assert_eq!((unread.call.as_ref(), unread.error.kind()), (Some(&call), ErrorKind::Unusable), "{what}");
        assert!(entries[0].is_ok() && entries[2].is_ok(), "{what}");
        let of_call = |id| store.read_call(OFFICE, &CallId::of_vendor(&connection("rt1"), id));
        assert_eq!(of_call("42").expect_err(what).kind(), ErrorKind::Unusable, "{what}");
        assert_eq!(of_call("41").map(|entries| entries.len()), Ok(1), "{what}");
    }
}

#[test]
fn an_entry_reads_back_as_it_was_told() {
    let folder = folder();
    let store = open(&folder);
    let event = vendor_event("k1", "42");
    let new = NewEntry { event: event.clone(), ..entry("rt1", Some("k1"), "") };
    assert_eq!(store.append(vec![new.clone()]).wait(), Ok(vec![Appended::New(1)]));
    let stored = Stored { seq: 1, connection: connection("rt1"), received_at: new.received_at, event };
    assert_eq!(store.read_from(&connection("rt1"), 1, 10), Ok(vec![Ok(stored)]));
    assert_eq!(store.read_from(&connection("rt1"), 2, 10), Ok(vec![]));
    assert_eq!(store.read_from(&connection("rt2"), 0, 10), Ok(vec![]));
}

#[test]
fn a_key_is_known_per_connection_and_after_a_restart() {
    let folder = folder();
    let store = open(&folder);
    let twice = vec![entry("rt1", Some("k"), "a"), entry("rt1", Some("k"), "b"), entry("rt2", Some("k"), "c")];
    assert_eq!(store.append(twice).wait(), Ok(vec![Appended::New(1), Appended::Known(1), Appended::New(2)]));
    store.close();
    let store = open(&folder);
    assert_eq!(store.append(vec![entry("rt1", Some("k"), "d")]).wait(), Ok(vec![Appended::Known(1)]));
    assert_eq!(store.head_seq(), Ok(2));
}

#[test]
fn many_at_once_share_commits_and_get_places_of_their_own() {
    let folder = folder();
    let store = open(&folder);
    let answers: Vec<_> = (0..2000)
        .map(|n| store.append(vec![entry("rt1", Some(&(n % 1000).to_string()), &n.to_string())]).send())
        .collect();
    let mut new = 0;
    for (n, answer) in answers.into_iter().enumerate() {
        let appended = answer.wait().expect("stored");
        new += appended.iter().filter(|one| one.new_seq().is_some()).count();
        assert_eq!(appended[0].seq(), n as u64 % 1000 + 1);
    }
    assert_eq!(new, 1000);
}

#[test]
fn a_callback_comes_after_the_commit() {
    let folder = folder();
    let store = open(&folder);
    let (sender, receiver) = std::sync::mpsc::channel();
    let reader = store.clone();
    store.append(vec![entry("rt1", None, "a")]).then(move |outcome| {
        let _ = sender.send((outcome, reader.head_seq()));
    });
    let (outcome, head) = receiver.recv().expect("called back");
    assert_eq!(outcome, Ok(vec![Appended::New(1)]));
    assert_eq!(head, Ok(1));
}

#[test]
fn a_write_that_fails_takes_no_other_with_it() {
    let folder = folder();
    let store = open(&folder);
    let token = |id: &str| Token {
        id: id.into(),
        hash: [7; 32],
        name: "Anna".into(),
        role: "agent".into(),
        extensions: Vec::new(),
        groups: Vec::new(),
        expires_at: None,
        revoked_at: None,
        days: None,
        device: String::new(),
        version: String::new(),
        seen_at: None,
        is_new_unused: false,
    };
    let before = store.append(vec![entry("rt1", None, "a")]).send();
    let first = store.add_token(token("t1")).send();
    let same_hash = store.add_token(token("t2")).send();
    let after = store.append(vec![entry("rt1", None, "b")]).send();
    assert_eq!(before.wait(), Ok(vec![Appended::New(1)]));
    assert_eq!(first.wait(), Ok(()));
    assert!(matches!(same_hash.wait(), Err(Error::Sqlite(_))));
    assert_eq!(after.wait(), Ok(vec![Appended::New(2)]));
    assert_eq!(store.head_seq(), Ok(2));
    assert_eq!(store.tokens().expect("reads").len(), 1);
}

#[test]
fn a_write_can_be_awaited_by_any_executor() {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let folder = folder();
    let store = open(&folder);
    let mut answer = pin!(store.append(vec![entry("rt1", None, "a")]).into_future());
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let outcome = loop {
        match answer.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(outcome) => break outcome,
            Poll::Pending => std::thread::park(),
        }
    };
    assert_eq!(outcome, Ok(vec![Appended::New(1)]));
}

#[test]
fn after_the_close_writes_are_refused() {
    let folder = folder();
    let store = open(&folder);
    let late = store.clone();
    store.close();
    assert_eq!(late.append(vec![entry("rt1", None, "a")]).wait(), Err(Error::Closed));
}

#[test]
fn a_calls_entries_include_those_of_its_earlier_id() {
    let folder = folder();
    let store = open(&folder);
    let of = |n, text: &str| NewEntry { call: Some(call_id(n)), event: decision(text), ..entry("rt1", None, "") };
    store.append(vec![of(1, "command"), of(2, "event"), of(3, "other")]).wait().expect("stored");
    let redirects = vec![Redirect { from: call_id(1), to: call_id(2), seq: 2 }];
    store.save(OFFICE, Save { redirects, ..Save::default() }).wait().expect("saved");
    for id in [1, 2] {
        let told: Vec<LogEvent> =
            store.read_call(OFFICE, &call_id(id)).expect("reads").into_iter().map(|stored| stored.event).collect();
        assert_eq!(told, vec![decision("command"), decision("event")]);
    }
}

#[test]
fn the_gaps_of_a_connection_are_told_from_everything_else() {
    let folder = folder();
    let store = open(&folder);
    let gap_of = |session: Option<&str>| NewEntry {
        event: LogEvent::Decision(Decision::GapOpened {
            session: session.map(str::to_owned),
            from: at(1),
            cause: "session".into(),
        }),
        ..entry("rt1", None, "")
    };
    let gap = gap_of(None);
    let elsewhere = NewEntry { connection: connection("rt2"), ..gap.clone() };
    let (first, second) = (gap_of(Some("101")), gap_of(Some("102")));
    store
        .append(vec![entry("rt1", None, "gap"), gap.clone(), elsewhere, gap, first.clone(), second, first])
        .wait()
        .expect("stored");
    let places = |around| -> Vec<u64> {
        store.read_gaps(&connection("rt1"), around).expect("reads").iter().map(|stored| stored.seq).collect()
    };
    assert_eq!((places(1), places(3)), (vec![2, 4, 5, 6, 7], vec![2, 4, 5, 6, 7]));
    assert_eq!(places(5), [4, 5, 6, 7]);
    assert_eq!(places(8), [4, 6, 7], "the last of each session");
}
