//! Lists, filters, redirects, resume.

use calls::{CallId, CallRecord, CallResult, Direction, Fact, FactKind};
use store::{
    Audience, Changed, Cursor, Filter, Parted, Redirect, ReplicaCursor, Save, SavedCall, Scope, Step, Store, Visible,
};

use crate::common::{OFFICE, call_id, connection, folder, open, record};

fn save(store: &Store, calls: Vec<CallRecord>) {
    store.save(OFFICE, Save { calls, ..Save::default() }).wait().expect("saved");
}

fn ids(calls: &[SavedCall]) -> Vec<CallId> {
    calls.iter().map(|call| call.id.clone()).collect()
}

fn list(store: &Store, filter: &Filter) -> Vec<CallId> {
    ids(&store.list(filter, None, 100).expect("lists"))
}

#[test]
fn the_list_is_newest_first_and_pages_by_cursor() {
    let folder = folder();
    let store = open(&folder);
    // Three of them began in the same millisecond.
    save(&store, [1, 2, 2, 2, 3].iter().zip(1..).map(|(ms, n)| record(n, *ms, "", "")).collect());
    let all = list(&store, &Filter::default());
    assert_eq!(all.first(), Some(&call_id(5)));
    assert_eq!(all.last(), Some(&call_id(1)));
    let mut paged = Vec::new();
    let mut before: Option<Cursor> = None;
    loop {
        let page = store.list(&Filter::default(), before, 2).expect("lists");
        let Some(last) = page.last() else { break };
        before = Some(last.cursor);
        paged.extend(ids(&page));
    }
    assert_eq!(paged, all);
}

#[test]
fn saving_again_replaces_and_moves_with_the_start() {
    let folder = folder();
    let store = open(&folder);
    save(&store, vec![record(1, 1000, "+79001234567", "Анна"), record(2, 2000, "", "")]);
    let moved = CallRecord { body: "{\"moved\":true}".into(), ..record(1, 3000, "+79001234568", "Вера") };
    save(&store, vec![moved]);
    assert_eq!(list(&store, &Filter::default()), vec![call_id(1), call_id(2)]);
    let found = |text: &str| ids(&store.search(text, &Filter::default(), None, 10).expect("searches"));
    assert_eq!(found("4568"), vec![call_id(1)]);
    assert_eq!(found("4567"), vec![]);
    assert_eq!(found("вера"), vec![call_id(1)]);
    assert_eq!(found("анна"), vec![]);
    assert_eq!(store.get(OFFICE, &call_id(1)).expect("reads").map(|call| call.body), Some("{\"moved\":true}".into()));
}

#[test]
fn filters_narrow_together() {
    let folder = folder();
    let store = open(&folder);
    let missed = CallRecord { result: Some(CallResult::Missed), ..record(1, 1000, "+79001234567", "") };
    let outgoing = CallRecord {
        direction: Direction::Outgoing,
        has_recording: true,
        line: Some("+74959999999".into()),
        ..record(2, 2000, "+79001234567", "")
    };
    let open_one = CallRecord { open: true, result: None, agents: vec!["102".into()], ..record(3, 3000, "", "") };
    save(&store, vec![missed, outgoing, open_one]);
    let all = Filter::default();
    let cases: Vec<(Filter, Vec<u64>)> = vec![
        (all.clone(), vec![3, 2, 1]),
        (Filter { missed: true, ..all.clone() }, vec![1]),
        (Filter { with_recording: true, ..all.clone() }, vec![2]),
        (Filter { open: true, ..all.clone() }, vec![3]),
        (Filter { direction: Some(Direction::Incoming), ..all.clone() }, vec![3, 1]),
        (Filter { line: Some("+74959999999".into()), ..all.clone() }, vec![2]),
        (Filter { number: Some("+79001234567".into()), ..all.clone() }, vec![2, 1]),
        (Filter { scope: Some(Scope::Extension(connection("rt1"), "102".into())), ..all.clone() }, vec![3]),
        (Filter { office: Some("another".into()), ..all.clone() }, vec![]),
        (Filter { missed: true, with_recording: true, ..all.clone() }, vec![]),
    ];
    for (filter, expected) in cases {
        let expected: Vec<CallId> = expected.into_iter().map(call_id).collect();
        assert_eq!(list(&store, &filter), expected, "{filter:?}");
        assert_eq!(store.count(&filter), Ok(expected.len() as u64), "{filter:?}");
    }
}

#[test]
fn only_what_a_scope_allows_is_seen() {
    let folder = folder();
    let store = open(&folder);
    let of = |n: u64, agents: &[&str], groups: &[&str]| CallRecord {
        agents: agents.iter().map(|s| s.to_string()).collect(),
        groups: groups.iter().map(|s| s.to_string()).collect(),
        ..record(n, n as i64 * 1000, "+79001234567", "")
    };
    let calls = vec![
        of(1, &["101"], &["sales"]),
        of(2, &["102"], &[]),
        of(3, &["101", "102"], &[]),
        of(4, &[], &["sales"]),
        CallRecord { connection: connection("rt2"), ..of(5, &["101"], &[]) },
    ];
    save(&store, calls);
    let mine = Visible::Some(vec![Scope::Extension(connection("rt1"), "101".into()), Scope::Group("sales".into())]);
    let filter = Filter { visible: mine.clone(), ..Filter::default() };
    let expected = vec![call_id(4), call_id(3), call_id(1)];
    assert_eq!(list(&store, &filter), expected);
    assert_eq!(store.count(&filter), Ok(3));
    assert_eq!(ids(&store.search("4567", &filter, None, 10).expect("searches")), expected);
    assert_eq!(store.get_visible(OFFICE, &call_id(2), &mine), Ok(None));
    assert!(store.get_visible(OFFICE, &call_id(3), &mine).expect("reads").is_some());
    let nobody = Filter { visible: Visible::Some(Vec::new()), ..Filter::default() };
    assert_eq!(list(&store, &nobody), vec![]);
    // He left the call's legs: he does not see it any more.
    save(&store, vec![of(3, &["102"], &[])]);
    assert_eq!(list(&store, &filter), vec![call_id(4), call_id(1)]);
}

#[test]
fn a_redirect_is_followed_and_its_old_row_goes() {
    let folder = folder();
    let store = open(&folder);
    save(&store, vec![record(1, 1000, "+79001234567", "")]);
    let step = Save {
        calls: vec![record(2, 1000, "+79001234567", "")],
        redirects: vec![Redirect { from: call_id(1), to: call_id(2), seq: 7 }],
        ..Save::default()
    };
    store.save(OFFICE, step.clone()).wait().expect("saved");
    store.save(OFFICE, step).wait().expect("saved twice");
    assert_eq!(list(&store, &Filter::default()), vec![call_id(2)]);
    assert_eq!(store.get(OFFICE, &call_id(1)).expect("reads").map(|call| call.id), Some(call_id(2)));
    assert_eq!(store.ruling_id(OFFICE, &call_id(1)), Ok(call_id(2)));
    // A second redirect: the first one leads to its end in one step.
    let redirects = vec![Redirect { from: call_id(2), to: call_id(3), seq: 8 }];
    store.save(OFFICE, Save { redirects, ..Save::default() }).wait().expect("saved");
    assert_eq!(store.ruling_id(OFFICE, &call_id(1)), Ok(call_id(3)));
}

#[test]
fn resume_gives_each_item_once_in_its_newest_state() {
    let folder = folder();
    let store = open(&folder);
    let of = |n: u64, seq: u64| CallRecord { seq, ..record(n, n as i64, "", "") };
    save(&store, vec![of(1, 1), of(2, 2), of(3, 3)]);
    save(&store, vec![of(1, 5)]);
    store.save(OFFICE, Save { gone: vec![(call_id(2), 6)], ..Save::default() }).wait().expect("saved");
    let seqs = |since, up_to, limit| -> Vec<u64> {
        let step = store.changed(OFFICE, &Visible::All, 0, since, up_to, limit).expect("reads");
        step.items.iter().map(Changed::seq).collect()
    };
    assert_eq!(seqs(0, 99, 10), vec![3, 5, 6]);
    assert_eq!(seqs(3, 99, 10), vec![5, 6]);
    assert_eq!(seqs(0, 5, 10), vec![3, 5]);
    assert_eq!(seqs(0, 99, 1), vec![3]);
    assert_eq!(seqs(6, 99, 10), Vec::<u64>::new());
    let last = |reached| Step { items: vec![Changed::Gone { id: call_id(2), seq: 6 }], reached };
    assert_eq!(store.changed(OFFICE, &Visible::All, 0, 5, 99, 10), Ok(last(None)), "there is no more");
    assert_eq!(store.changed(OFFICE, &Visible::All, 0, 5, 99, 1), Ok(last(Some(6))), "there may be more");
    assert_eq!(store.changed(OFFICE, &Visible::All, 0, 6, 99, 10), Ok(Step::default()));
}

#[test]
fn resume_tells_each_scope_what_it_sees_and_what_it_does_not_see_any_more() {
    let folder = folder();
    let store = open(&folder);
    let of = |n: u64, seq: u64, agent: &str| CallRecord {
        seq,
        agents: vec![agent.to_owned()],
        ..record(n, n as i64, "", "")
    };
    save(&store, vec![of(1, 1, "101"), of(2, 2, "102"), of(3, 3, "101"), of(4, 4, "102")]);
    let moved = store.save_and_tell(OFFICE, Save { calls: vec![of(3, 5, "102")], ..Save::default() });
    let extension = |extension: &str| Scope::Extension(connection("rt1"), extension.into());
    let who: Audience = [extension("101")].into_iter().collect();
    assert_eq!(moved.wait().map(|moved| moved.parted), Ok(vec![Parted { call: call_id(3), who }]));
    let gone = vec![(call_id(1), 6), (call_id(2), 7)];
    store.save(OFFICE, Save { gone, ..Save::default() }).wait().expect("saved");
    let redirects = vec![Redirect { from: call_id(9), to: call_id(4), seq: 8 }];
    store.save(OFFICE, Save { redirects, ..Save::default() }).wait().expect("saved");

    let told = |agent: &str| -> Vec<(u64, &str)> {
        let step = store.changed(OFFICE, &Visible::Some(vec![extension(agent)]), 0, 0, 99, 10).expect("reads");
        assert_eq!(step.reached, None, "what is not seen is stepped over");
        let kind = |item: &Changed| match item {
            Changed::Call(_) => "call",
            Changed::Gone { .. } => "gone",
            Changed::Fact { .. } => "fact",
        };
        step.items.iter().map(|item| (item.seq(), kind(item))).collect()
    };
    assert_eq!(told("101"), [(5, "gone"), (6, "gone")]);
    assert_eq!(told("102"), [(4, "call"), (5, "call"), (7, "gone"), (8, "gone")]);
    assert_eq!(told("103"), []);
    // Back among its audience: the call is told again, and not that it is gone.
    save(&store, vec![of(3, 9, "101")]);
    let back = store.changed(OFFICE, &Visible::Some(vec![extension("101")]), 0, 8, 99, 10).expect("reads");
    assert!(matches!(back.items.as_slice(), [Changed::Call(_)]), "{:?}", back.items);
}

#[test]
fn groups_that_changed_are_given_to_the_calls_that_are_there() {
    let folder = folder();
    let store = open(&folder);
    let of = |n: u64, line: Option<&str>| CallRecord {
        line: line.map(str::to_owned),
        groups: vec!["old".into()],
        ..record(n, n as i64, "", "")
    };
    save(&store, vec![of(1, Some("+74951234567")), of(2, None)]);
    let regrouped = store.regroup(OFFICE, |_, line, direction| {
        assert_eq!(direction, Direction::Incoming);
        line.map(|_| "new".to_owned()).into_iter().collect()
    });
    regrouped.wait().expect("written");
    let of_group = |group: &str| {
        list(&store, &Filter { visible: Visible::Some(vec![Scope::Group(group.into())]), ..Filter::default() })
    };
    assert_eq!((of_group("old"), of_group("new")), (vec![], vec![call_id(1)]));
    let agent = Filter { scope: Some(Scope::Extension(connection("rt1"), "101".into())), ..Filter::default() };
    assert_eq!(store.count(&agent), Ok(2), "whose extension was a leg sees it as before");
}

#[test]
fn what_the_lists_are_told_to_hold_is_what_they_hold() {
    let folder = folder();
    let store = open(&folder);
    let all = Filter::default;
    let kinds = || {
        [
            all(),
            Filter { direction: Some(Direction::Incoming), ..all() },
            Filter { direction: Some(Direction::Outgoing), ..all() },
            Filter { direction: Some(Direction::Internal), ..all() },
            Filter { missed: true, ..all() },
            Filter { with_recording: true, ..all() },
        ]
    };
    let check = |step: &str, expected: [u64; 6]| {
        for (kind, expected) in kinds().into_iter().zip(expected) {
            assert_eq!(store.count(&kind), Ok(expected), "{step}: {kind:?}");
            assert_eq!(list(&store, &kind).len() as u64, expected, "{step}: {kind:?}");
        }
    };
    check("nothing", [0; 6]);
    let missed = |n| CallRecord { result: Some(CallResult::Missed), ..record(n, n as i64, "", "") };
    let outgoing = |n| CallRecord { direction: Direction::Outgoing, ..record(n, n as i64, "", "") };
    let recorded = |n| CallRecord { has_recording: true, ..record(n, n as i64, "", "") };
    save(&store, vec![record(1, 1, "", ""), missed(2), outgoing(3), recorded(4)]);
    check("new ones", [4, 3, 1, 0, 1, 1]);
    save(&store, vec![record(1, 1, "", ""), missed(2)]);
    check("the same again", [4, 3, 1, 0, 1, 1]);
    save(&store, vec![recorded(1), record(2, 9, "", ""), missed(3), missed(4)]);
    check("changed ones", [4, 4, 0, 0, 2, 1]);
    store.save("far", Save { calls: vec![missed(1)], ..Save::default() }).wait().expect("saved");
    check("another office's too", [5, 5, 0, 0, 3, 1]);
    assert_eq!(store.count(&Filter { office: Some("far".into()), ..all() }), Ok(1));
    assert_eq!(store.count(&Filter { office: Some("nobody's".into()), ..all() }), Ok(0));
    let redirect = Redirect { from: call_id(3), to: call_id(4), seq: 9 };
    let gone = vec![(call_id(1), 10)];
    store.save(OFFICE, Save { redirects: vec![redirect], gone, ..Save::default() }).wait().expect("saved");
    check("some are gone", [3, 3, 0, 0, 2, 0]);
    store.drop_replica("far").wait().expect("dropped");
    check("an office is gone", [2, 2, 0, 0, 1, 0]);
}

#[test]
fn a_replica_keeps_its_cursor_and_can_be_dropped_alone() {
    let folder = folder();
    let store = open(&folder);
    save(&store, vec![record(1, 1000, "+79001234567", "Анна")]);
    let cursor = ReplicaCursor { epoch: "e1".into(), seq: 9 };
    let step =
        Save {
            calls: vec![record(1, 1000, "+79001234567", "Анна")], cursor: Some(cursor.clone()), ..Save::default()
        };
    store.save("far", step).wait().expect("saved");
    assert_eq!(store.replica_cursor("far"), Ok(Some(cursor)));
    assert_eq!(store.replica_cursor(OFFICE), Ok(None));
    assert_eq!(store.search("анна", &Filter::default(), None, 10).expect("searches").len(), 2);
    store.drop_replica("far").wait().expect("dropped");
    assert_eq!(store.replica_cursor("far"), Ok(None));
    let left = store.search("анна", &Filter::default(), None, 10).expect("searches");
    assert_eq!(left.iter().map(|call| call.office.as_str()).collect::<Vec<_>>(), vec![OFFICE]);
}

#[test]
fn the_fold_position_comes_with_its_calls_and_never_goes_back() {
    let folder = folder();
    let store = open(&folder);
    assert_eq!(store.fold_position(&connection("rt1")), Ok(0));
    let folded = |position| Some((connection("rt1"), position));
    store
        .save(OFFICE, Save { calls: vec![record(1, 1, "", "")], folded: folded(7), ..Save::default() })
        .wait()
        .expect("saved");
    store.save(OFFICE, Save { folded: folded(5), ..Save::default() }).wait().expect("saved");
    assert_eq!(store.fold_position(&connection("rt1")), Ok(7));
}

#[test]
fn what_is_for_administrators_is_seen_by_those_who_see_everything_and_by_nobody_else() {
    let folder = folder();
    let store = open(&folder);
    let of = |n: u64, for_admins: bool| CallRecord {
        groups: vec!["sales".into()],
        for_admins,
        ..record(n, n as i64 * 1000, "+79001234567", "")
    };
    save(&store, vec![of(1, false), of(2, true)]);
    let note = |id: u64, call: u64| Fact {
        id: uuid::Uuid::from_u128(id.into()),
        kind: FactKind::Note,
        author: "Ольга".into(),
        at: "2026-03-01T09:00:00Z".parse().expect("a time"),
        call: call_id(call),
        replaces: None,
        value: serde_json::json!("a word"),
    };
    for fact in [note(1, 1), note(2, 2)] {
        store.append_fact(OFFICE, fact).wait().expect("written");
    }
    let sales = Visible::Some(vec![Scope::Group("sales".into()), Scope::Extension(connection("rt1"), "101".into())]);
    // Whoever's group a line is of now still sees no such call.
    store.regroup(OFFICE, |_, _, _| vec!["sales".to_owned()]).wait().expect("written");
    let both = vec![call_id(2), call_id(1)];
    for (visible, expected) in [(Visible::All, both), (Visible::Ordinary, vec![call_id(1)]), (sales, vec![call_id(1)])]
    {
        let filter = Filter { visible: visible.clone(), ..Filter::default() };
        assert_eq!(list(&store, &filter), expected, "{visible:?}");
        assert_eq!(store.count(&filter), Ok(expected.len() as u64), "{visible:?}");
        assert_eq!(ids(&store.search("4567", &filter, None, 10).expect("searches")), expected, "{visible:?}");
        assert_eq!(ids(&store.search("word", &filter, None, 10).expect("searches")), expected, "{visible:?}");
        let one = store.get_visible(OFFICE, &call_id(2), &visible).expect("reads");
        assert_eq!(one.is_some(), expected.len() == 2, "{visible:?}");
        let step = store.changed(OFFICE, &visible, 0, 0, 99, 10).expect("reads");
        let facts = step.items.iter().filter(|item| matches!(item, Changed::Fact { .. })).count();
        assert_eq!((facts, step.items.len() - facts), (expected.len(), expected.len()), "{visible:?}");
    }
    store.save(OFFICE, Save { gone: vec![(call_id(2), 50)], ..Save::default() }).wait().expect("saved");
    for (visible, told) in [(Visible::All, 1), (Visible::Ordinary, 0)] {
        let step = store.changed(OFFICE, &visible, 0, 40, 99, 10).expect("reads");
        assert_eq!(step.items.len(), told, "{visible:?}: that it is gone");
    }
}
