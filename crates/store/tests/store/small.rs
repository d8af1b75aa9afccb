//! Commands, tokens, settings, journal.

use calls::{CommandId, CommandState};
use store::{Began, CommandStatus, NewCommand, NewEntry, NewJournalRow, Save, Token};
use uuid::Uuid;

use crate::{
    common::{OFFICE, at, call_id, connection, entry, folder, open},
    people::audit,
};

#[test]
fn a_command_acts_once_over_a_restart() {
    let folder = folder();
    let store = open(&folder);
    let command = NewCommand {
        id: CommandId(Uuid::from_u128(1)),
        connection: connection("rt1"),
        call: call_id(1),
        author: "anna".into(),
        at: at(5),
        request: "{\"to\":\"+79001234567\"}".into(),
    };
    let told = NewEntry { call: Some(call_id(1)), ..entry("rt1", None, "asked") };
    assert_eq!(store.begin_command(command.clone(), told.clone()).wait(), Ok(Began::New(1)));
    assert_eq!(store.read_call(OFFICE, &call_id(1)).expect("reads").len(), 1, "it is in the log with its row");
    let status =
        CommandStatus { id: command.id, call: call_id(2), state: CommandState::Accepted, detail: Some("doubt".into()) };
    store.save(OFFICE, Save { commands: vec![status], ..Save::default() }).wait().expect("noted");
    store.close();
    let store = open(&folder);
    let Ok(Began::Known(known)) = store.begin_command(command.clone(), told).wait() else { panic!("acted twice") };
    assert_eq!(store.head_seq(), Ok(1));
    assert_eq!(known.command, NewCommand { call: call_id(2), ..command.clone() });
    assert_eq!((known.state, known.detail.as_deref()), (CommandState::Accepted, Some("doubt")));
    assert_eq!(store.commands_in_state(CommandState::Accepted).expect("reads").len(), 1);
    let settled = CommandStatus { id: command.id, call: call_id(2), state: CommandState::Unknown, detail: None };
    store.set_command(settled).wait().expect("noted");
    assert_eq!(store.commands_in_state(CommandState::Accepted), Ok(vec![]));
    assert_eq!(store.commands_in_state(CommandState::Sent), Ok(vec![]));
    assert_eq!(store.command(CommandId(Uuid::from_u128(2))), Ok(None));
}

#[test]
fn a_token_is_found_by_its_hash_and_revoked_once() {
    let folder = folder();
    let store = open(&folder);
    let token = Token {
        id: "t1".into(),
        hash: [7; 32],
        name: "Anna".into(),
        role: "agent".into(),
        extensions: vec![(connection("rt1"), "101".into())],
        groups: vec!["sales".into()],
        expires_at: Some(at(1000)),
        revoked_at: None,
        days: None,
        device: String::new(),
        version: String::new(),
        seen_at: None,
        is_new_unused: false,
    };
    store.add_token(token.clone()).wait().expect("added");
    assert!(store.add_token(token.clone()).wait().is_err(), "an id is given once");
    assert_eq!(store.token_by_hash(&[7; 32], at(1)), Ok(Some(token.clone())));
    assert_eq!(store.token_by_hash(&[8; 32], at(1)), Ok(None));
    assert_eq!(store.revoke_token("t1", audit("revoked", at(500))).wait(), Ok(true));
    assert_eq!(store.revoke_token("t1", audit("revoked", at(600))).wait(), Ok(false));
    assert_eq!(store.tokens(), Ok(vec![Token { revoked_at: Some(at(500)), ..token }]));
}

#[test]
fn a_setting_is_the_last_that_was_chosen() {
    let folder = folder();
    let store = open(&folder);
    assert_eq!(store.setting("theme"), Ok(None));
    store.set_setting("theme", "dark").wait().expect("set");
    store.set_setting("theme", "light").wait().expect("set");
    assert_eq!(store.setting("theme"), Ok(Some("light".into())));
}

#[test]
fn the_journal_is_read_newest_first_and_pruned_by_age() {
    let folder = folder();
    let store = open(&folder);
    let note = |ms| NewJournalRow {
        at: at(ms),
        connection: Some(connection("rt1")),
        kind: "webhook".into(),
        body: "{}".into(),
    };
    store.journal(vec![note(1), note(2), note(3)]).wait().expect("noted");
    assert_eq!(store.prune_journal(at(2), 10).wait(), Ok(1));
    let left = store.journal_before(None, 10).expect("reads");
    assert_eq!(left.iter().map(|one| one.entry.clone()).collect::<Vec<_>>(), vec![note(3), note(2)]);
    assert_eq!(store.journal_before(Some(left[0].id), 10).expect("reads").len(), 1);
    assert_eq!(store.prune_journal(at(9), 1).wait(), Ok(1), "a few at a time");
    assert_eq!(store.journal_before(None, 10).expect("reads").len(), 1);
}

#[test]
fn a_journal_that_is_forgotten_is_empty_and_gives_no_id_again() {
    let folder = folder();
    let store = open(&folder);
    let note = NewJournalRow { at: at(1), connection: None, kind: "webhook".into(), body: "{}".into() };
    store.journal(vec![note.clone(), note.clone()]).wait().expect("noted");
    let newest = store.journal_before(None, 1).expect("reads")[0].id;
    assert_eq!(store.forget_journal(newest, 10).wait(), Ok(1));
    assert_eq!((store.journal_before(None, 10), store.journal_entry(newest)), (Ok(vec![]), Ok(None)));
    store.journal(vec![note]).wait().expect("noted");
    let left = store.journal_before(None, 10).expect("reads");
    assert!(left.len() == 1 && left[0].id > newest, "{left:?}");
}
