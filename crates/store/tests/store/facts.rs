//! Notes and outcomes.

use calls::{Fact, FactKind};
use serde_json::{Value, json};
use store::{Changed, FactAppended, Filter, Redirect, Save, Scope, Step, Visible};
use uuid::Uuid;

use crate::common::{OFFICE, at, call_id, connection, folder, open, record};

fn fact(id: u128, replaces: Option<u128>, value: Value) -> Fact {
    Fact {
        id: Uuid::from_u128(id),
        kind: FactKind::Note,
        author: "anna".into(),
        at: at(id as i64),
        call: call_id(1),
        replaces: replaces.map(Uuid::from_u128),
        value,
    }
}

#[test]
fn a_fact_has_one_place_in_the_same_log() {
    let folder = folder();
    let store = open(&folder);
    let note = fact(1, None, json!("перезвонить"));
    assert_eq!(store.append_fact(OFFICE, note.clone()).wait(), Ok(FactAppended::New(1)));
    assert_eq!(store.append_fact(OFFICE, note.clone()).wait(), Ok(FactAppended::Known(1)));
    assert_eq!(store.append_fact(OFFICE, fact(2, None, json!("b"))).wait(), Ok(FactAppended::New(2)));
    assert_eq!(store.head_seq(), Ok(2));
    let step = Step { items: vec![Changed::Fact { fact: note, seq: 1 }], reached: None };
    assert_eq!(store.changed(OFFICE, &Visible::All, 0, 0, 1, 10), Ok(step));
}

#[test]
fn an_id_that_another_fact_has_changes_nothing() {
    let folder = folder();
    let store = open(&folder);
    let note = fact(1, None, json!("a"));
    store.append_fact(OFFICE, note.clone()).wait().expect("written");
    let other_text = fact(1, None, json!("b"));
    let other_author = Fact { author: "vera".into(), ..note.clone() };
    for other in [other_text, other_author] {
        assert_eq!(store.append_fact(OFFICE, other).wait(), Ok(FactAppended::Taken));
    }
    assert_eq!(store.facts(OFFICE, &call_id(1)).expect("reads")[0].fact, note);
    assert_eq!(store.head_seq(), Ok(1));
}

#[test]
fn what_was_kept_before_it_was_sent_becomes_what_the_log_says() {
    let folder = folder();
    let store = open(&folder);
    let mine = fact(1, None, json!("a"));
    store.keep_unsent_fact(OFFICE, mine.clone()).wait().expect("kept");
    let logged = Fact { author: "Анна".into(), ..mine };
    assert_eq!(store.append_fact(OFFICE, logged.clone()).wait(), Ok(FactAppended::New(1)));
    assert_eq!(store.append_fact(OFFICE, logged.clone()).wait(), Ok(FactAppended::Known(1)));
    assert_eq!(store.facts(OFFICE, &call_id(1)).expect("reads")[0].fact, logged);
}

#[test]
fn resume_gives_the_facts_of_calls_that_are_seen() {
    let folder = folder();
    let store = open(&folder);
    store.append_fact(OFFICE, fact(1, None, json!("a"))).wait().expect("written");
    // Written under the id that the call had before.
    let step = Save {
        calls: vec![record(2, 1000, "+79001234567", "Анна")],
        redirects: vec![Redirect { from: call_id(1), to: call_id(2), seq: 1 }],
        ..Save::default()
    };
    store.save(OFFICE, step).wait().expect("saved");
    let facts = |extension: &str| {
        let visible = Visible::Some(vec![Scope::Extension(connection("rt1"), extension.into())]);
        let step = store.changed(OFFICE, &visible, 0, 0, 99, 10).expect("reads");
        step.items.into_iter().filter(|item| matches!(item, Changed::Fact { .. })).count()
    };
    assert_eq!((facts("101"), facts("102")), (1, 0));
}

#[test]
fn the_newest_edit_is_shown_and_one_that_had_not_seen_it_stays_beside() {
    let folder = folder();
    let store = open(&folder);
    for note in [fact(1, None, json!("a")), fact(2, Some(1), json!("b")), fact(3, Some(1), json!("c"))] {
        store.append_fact(OFFICE, note).wait().expect("written");
    }
    store.append_fact(OFFICE, fact(4, None, json!("another"))).wait().expect("written");
    let shown = store.facts(OFFICE, &call_id(1)).expect("reads");
    assert_eq!(shown.len(), 2);
    assert_eq!(shown[0].fact.value, json!("c"));
    assert_eq!(shown[0].beside.iter().map(|fact| fact.value.clone()).collect::<Vec<_>>(), vec![json!("b")]);
    assert_eq!(shown[1].fact.value, json!("another"));
    // Taken back by somebody who had not seen the edit beside: that one is what is left.
    store.append_fact(OFFICE, fact(6, Some(3), Value::Null)).wait().expect("written");
    let shown = store.facts(OFFICE, &call_id(1)).expect("reads");
    assert_eq!((shown[0].fact.value.clone(), shown[0].beside.len()), (json!("b"), 0));
    store.append_fact(OFFICE, fact(7, Some(2), Value::Null)).wait().expect("written");
    assert_eq!(store.facts(OFFICE, &call_id(1)).expect("reads").len(), 1, "all of it is taken back");
    // Taken back.
    store.append_fact(OFFICE, fact(5, Some(4), Value::Null)).wait().expect("written");
    assert_eq!(store.facts(OFFICE, &call_id(1)).expect("reads").len(), 0);
}

#[test]
fn notes_are_found_and_follow_their_call() {
    let folder = folder();
    let store = open(&folder);
    // Written while the call had its command's id, and before the call itself came.
    store.append_fact(OFFICE, fact(1, None, json!("Договор №17"))).wait().expect("written");
    let step = Save {
        calls: vec![record(2, 1000, "+79001234567", "Анна")],
        redirects: vec![Redirect { from: call_id(1), to: call_id(2), seq: 2 }],
        ..Save::default()
    };
    store.save(OFFICE, step).wait().expect("saved");
    let found = |text: &str| store.search(text, &Filter::default(), None, 10).expect("searches").len();
    assert_eq!(found("договор"), 1);
    assert_eq!(found("анна договор"), 1);
    store.append_fact(OFFICE, fact(2, Some(1), json!("смета"))).wait().expect("written");
    assert_eq!(found("договор"), 0);
    assert_eq!(found("смета"), 1);
    assert_eq!(store.facts(OFFICE, &call_id(2)).expect("reads").len(), 1);
}

#[test]
fn what_is_not_sent_waits_in_the_outbox() {
    let folder = folder();
    let store = open(&folder);
    let note = fact(1, None, json!("a"));
    store.keep_unsent_fact("far", note.clone()).wait().expect("kept");
    assert_eq!(store.outbox("far"), Ok(vec![note.clone()]));
    assert_eq!(store.facts("far", &call_id(1)).expect("reads")[0].seq, None);
    store.save("far", Save { facts: vec![(note, 17)], ..Save::default() }).wait().expect("kept");
    assert_eq!(store.outbox("far"), Ok(vec![]));
    assert_eq!(store.facts("far", &call_id(1)).expect("reads")[0].seq, Some(17));
}
