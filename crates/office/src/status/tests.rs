//! What viewers are shown of how connections stand.

use super::*;
use crate::clock::SystemClock;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in range")
}

fn board() -> (Board, ConnectionId) {
    let (board, id) = (Board::new(Arc::new(SystemClock)), "rt1".parse().expect("valid"));
    board.add(&id, pbx::rostelecom::MAKE, &Capability::default());
    board.set(&id, "", SessionStatus::of(ConnectionState::Live));
    (board, id)
}

fn shown(board: &Board, id: &ConnectionId) -> (ConnectionState, Option<DownCause>) {
    let entries = board.entries.lock().expect("unpoisoned");
    let shown = entries.get(id).expect("is on the board").shown(&[]);
    (shown.state, shown.cause)
}

#[test]
fn wrong_signatures_are_shown_until_they_are_long_past() {
    let (board, id) = board();
    let wrong: Vec<bool> = (0..4).map(|second| board.refused(&id, &VerifyError::Mismatch, at(second))).collect();
    assert_eq!(wrong, [false, false, true, false], "news once");
    assert_eq!(shown(&board, &id), (ConnectionState::Live, Some(DownCause::BadSignatures)));
    assert!(!board.let_bad_signatures_fade(&id, at(602)));
    assert!(board.let_bad_signatures_fade(&id, at(603)));
    assert_eq!(shown(&board, &id), (ConnectionState::Live, None));
    assert!(!board.refused(&id, &VerifyError::Mismatch, at(2_000)), "counted anew");
}

#[test]
fn strangers_cannot_blame_a_make_that_posts_nothing() {
    let (board, id) = board();
    for second in 0..5 {
        assert!(!board.refused(&id, &VerifyError::NoWebhooks, at(second)));
    }
    assert_eq!(shown(&board, &id), (ConnectionState::Live, None));
}

#[test]
fn what_could_not_be_stored_is_shown_until_something_is() {
    let (board, id) = board();
    assert!(board.not_stored(&id));
    assert!(!board.not_stored(&id), "no news");
    board.set(&id, "", SessionStatus::of(ConnectionState::Waiting));
    assert_eq!(shown(&board, &id), (ConnectionState::Down, Some(DownCause::Storage)), "a good look stores nothing");
    assert!(board.heard(&id, at(1)));
    assert_eq!(shown(&board, &id), (ConnectionState::Live, None));
}

fn viewer(role: Role, extension: &str, connection: &ConnectionId) -> Viewer {
    let own = link::wire::ExtensionRef { connection: connection.clone(), extension: extension.to_owned() };
    Viewer {
        id: extension.to_owned(),
        name: extension.to_owned(),
        role,
        extensions: vec![own],
        groups: Vec::new(),
        rights: String::new(),
    }
}

#[test]
fn one_extension_that_is_refused_is_no_connection_that_is_down() {
    let (board, id) = (Board::new(Arc::new(SystemClock)), "m1".parse().expect("valid"));
    board.add(&id, pbx::mango_client::MAKE, &Capability::default());
    board.set(&id, "101", SessionStatus::of(ConnectionState::Live));
    let detail = Some("the PBX has no user with this extension".to_owned());
    let down = SessionStatus::down(DownCause::Protocol);
    let refused = SessionStatus { is_refused: true, detail, ..down };
    assert!(board.set(&id, "103", refused.clone()));
    assert!(!board.set(&id, "103", refused), "the next try is no news");
    board.open_gap(&id, "103", at(1));
    let view = |role, extension| board.view(&id, &viewer(role, extension, &id)).expect("is on the board");
    let worker = view(Role::Agent, "101");
    assert_eq!((worker.state, worker.gap_since, worker.detail), (ConnectionState::Live, None, None));
    assert_eq!(worker.refused, [""; 0]);
    let his = view(Role::Agent, "103");
    assert_eq!((his.state, his.cause), (ConnectionState::Down, Some(DownCause::Protocol)));
    assert_eq!(his.gap_since, Some(at(1)));
    let manager = view(Role::Manager, "101");
    assert_eq!((manager.state, manager.gap_since), (ConnectionState::Live, None));
    assert_eq!(manager.detail.as_deref(), Some("103: the PBX has no user with this extension"));
    assert_eq!((his.refused, manager.refused), (vec!["103".to_owned()], vec!["103".to_owned()]));
    board.forget(&id, "101");
    assert_eq!(view(Role::Manager, "101").state, ConnectionState::Down, "nobody is left who works");
}

#[test]
fn money_is_shown_to_whoever_looks_after_the_account() {
    let (board, id) = (Board::new(Arc::new(SystemClock)), "z1".parse().expect("valid"));
    board.add(&id, pbx::zadarma::MAKE, &Capability::default());
    let balance = || Balance { amount: "10.34".to_owned(), currency: Some("USD".to_owned()) };
    assert!(board.set_balance(&id, balance()) && !board.set_balance(&id, balance()), "the same is no news");
    let shown =
        |role| board.view(&id, &viewer(role, "101", &id)).expect("is on the board").balance.map(|balance| *balance);
    assert_eq!(
        (shown(Role::Admin), shown(Role::Manager), shown(Role::Agent)),
        (Some(balance()), Some(balance()), None)
    );
}
