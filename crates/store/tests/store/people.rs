//! Invitations, renewed tokens, the configuration, and what of it all is audited.

use jiff::Timestamp;
use store::{AuditEntry, Invitation, InvitationStatus, Redeemed, Renewal, Store};

use crate::common::{connection, folder, open};

const DAY: i64 = 86_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in range")
}

pub(crate) fn audit(action: &str, at: Timestamp) -> AuditEntry {
    AuditEntry { at, who: "Anna".into(), action: action.into(), subject: "Boris".into(), detail: String::new() }
}

fn invitation(id: &str, hash: u8) -> Invitation {
    Invitation {
        id: id.into(),
        hash: [hash; 32],
        name: "Boris".into(),
        role: "agent".into(),
        extensions: vec![(connection("rt1"), "102".into())],
        groups: vec!["sales".into()],
        days: Some(30),
        created_at: at(0),
        expires_at: at(7 * DAY),
        revoked_at: None,
        used_at: None,
        device: String::new(),
        token: String::new(),
    }
}

fn redeem(store: &Store, hash: u8, device: &str, token: &str, now: Timestamp) -> Redeemed {
    let secret = [token.as_bytes()[1]; 32];
    store.redeem_invitation([hash; 32], device, (token.into(), secret), now).wait().expect("is written")
}

#[test]
fn a_code_gives_one_token_and_the_same_device_another_in_its_place_for_two_minutes() {
    let (folder, mut expected) = (folder(), invitation("i1", 1));
    let store = open(&folder);
    store.add_invitations(vec![expected.clone()], audit("invited", at(0))).wait().expect("added");
    assert_eq!(redeem(&store, 9, "pc", "t0", at(1)), Redeemed::Unknown);

    (expected.used_at, expected.device, expected.token) = (Some(at(100)), "pc".into(), "t1".into());
    assert_eq!(redeem(&store, 1, "pc", "t1", at(100)), Redeemed::Done(Box::new(expected)));
    let token = store.token("t1").expect("reads").expect("was added");
    assert_eq!((token.name.as_str(), token.role.as_str(), token.device.as_str()), ("Boris", "agent", "pc"));
    assert_eq!((token.extensions, token.groups), (vec![(connection("rt1"), "102".into())], vec!["sales".into()]));
    assert_eq!((token.expires_at, token.days), (Some(at(100 + 30 * DAY)), Some(30)));

    let used = Redeemed::Refused(InvitationStatus::Used);
    assert_eq!(redeem(&store, 1, "other", "t2", at(101)), used, "another device");
    assert!(matches!(redeem(&store, 1, "pc", "t2", at(219)), Redeemed::Done(_)), "the answer was lost");
    assert!(store.token("t1").expect("reads").expect("is kept").revoked_at.is_some());
    assert!(store.token("t2").expect("reads").expect("was added").is_valid(at(219)));
    assert_eq!(redeem(&store, 1, "pc", "t3", at(220)), used, "two minutes after the first use");
    assert_eq!(store.token("t3"), Ok(None));
}

#[test]
fn an_invitation_ends_by_time_or_by_an_admin() {
    let folder = folder();
    let store = open(&folder);
    let both = vec![invitation("i1", 1), invitation("i2", 2)];
    store.add_invitations(both, audit("invited", at(0))).wait().expect("added");
    assert!(store.add_invitations(vec![invitation("i3", 3), invitation("i4", 2)], audit("x", at(0))).wait().is_err());
    assert_eq!(store.invitations().expect("reads").len(), 2, "all or none");
    assert_eq!(store.revoke_invitation("i2", audit("took back", at(5))).wait(), Ok(true));
    assert_eq!(store.revoke_invitation("i2", audit("took back", at(6))).wait(), Ok(false));
    assert_eq!(redeem(&store, 2, "pc", "t1", at(10)), Redeemed::Refused(InvitationStatus::Revoked));
    assert_eq!(redeem(&store, 1, "pc", "t1", at(7 * DAY)), Redeemed::Refused(InvitationStatus::Expired));
    let known = store.invitation_by_hash(&[2; 32]).expect("reads").expect("is kept");
    assert_eq!(known.status(at(6)), InvitationStatus::Revoked);
    let actions: Vec<String> =
        store.audit_before(None, 10).expect("reads").into_iter().map(|row| row.entry.action).collect();
    assert_eq!(actions, ["took back", "invited"]);
}

#[test]
fn a_renewed_token_keeps_its_id_and_its_former_secret_until_the_new_one_was_used() {
    let folder = folder();
    let store = open(&folder);
    store.add_invitations(vec![invitation("i1", 1)], audit("invited", at(0))).wait().expect("added");
    assert!(matches!(redeem(&store, 1, "pc", "ta", at(10)), Redeemed::Done(_)));
    let (first, second, third) = ([b'a'; 32], [2; 32], [3; 32]);
    let renew =
        |former, hash, now| store.renew_token("ta", Renewal { former, hash }, at(now)).wait().expect("is written");
    let found = |hash: &[u8; 32], now| store.token_by_hash(hash, at(now)).expect("reads").map(|token| token.id);
    let is = Some("ta".to_owned());
    // It was given for thirty days.
    let first_ends = 30 * DAY + 10;

    let is_unused = || store.token("ta").expect("reads").expect("is there").is_new_unused;
    assert!(!is_unused());

    let renewed = renew(first, second, DAY).expect("is valid");
    assert_eq!((renewed.expires_at, renewed.is_new_unused, is_unused()), (Some(at(31 * DAY)), true, true));
    assert_eq!((found(&first, DAY), found(&second, DAY)), (is.clone(), is.clone()));
    // The answer was lost, or no keyring took it: the desk asks again with what it has, which stays valid as long as it was to
    // be, and the lost one is none any more.
    renew(first, third, 10 * DAY).expect("is valid");
    assert_eq!(
        (found(&first, first_ends - 1), found(&second, 10 * DAY), found(&third, 10 * DAY)),
        (is.clone(), None, is.clone())
    );
    assert_eq!(found(&first, first_ends), None);
    // Whoever is let in by the former one leaves it as it is.
    store.saw_token("ta", "", first, at(11 * DAY)).wait().expect("noted");
    assert_eq!((found(&first, first_ends - 1), is_unused()), (is.clone(), true));
    // Once the new one was used, an old one that somebody found renews nothing, and ends a day later, however often that is.
    for visit in [12, 12 * DAY, 20 * DAY] {
        store.saw_token("ta", "", third, at(12 * DAY + visit)).wait().expect("noted");
    }
    assert_eq!((renew(first, second, 12 * DAY + 20), is_unused()), (None, false));
    let ends = 13 * DAY + 12;
    assert_eq!((found(&first, ends - 1), found(&first, ends), found(&third, ends)), (is.clone(), None, is));
    assert_eq!(store.revoke_token("ta", audit("signed out", at(14 * DAY))).wait(), Ok(true));
    assert_eq!(renew(third, second, 14 * DAY + 1), None);
}

#[test]
fn rights_and_visits_are_noted_with_the_token() {
    let folder = folder();
    let store = open(&folder);
    store.add_invitations(vec![invitation("i1", 1)], audit("invited", at(0))).wait().expect("added");
    assert!(matches!(redeem(&store, 1, "pc", "ta", at(10)), Redeemed::Done(_)));
    let own = vec![(connection("rt1"), "103".into())];
    let change = |id: &str| store.change_token(id, "manager", own.clone(), vec![], audit("rights", at(20))).wait();
    assert_eq!((change("ta"), change("tb")), (Ok(true), Ok(false)));
    store.saw_token("ta", "Trubka/9.9", [b'a'; 32], at(30)).wait().expect("noted");
    let token = store.token("ta").expect("reads").expect("is there");
    assert_eq!((token.role.as_str(), token.extensions, token.groups), ("manager", own, vec![]));
    assert_eq!((token.version.as_str(), token.seen_at), ("Trubka/9.9", Some(at(30))));
}

#[test]
fn a_configuration_changes_only_from_what_was_seen() {
    let folder = folder();
    let store = open(&folder);
    let change = |expected, parts: &[(&str, Option<&str>)]| {
        let own = |text: &str| text.to_owned();
        let parts = parts.iter().map(|(key, body)| (own(key), body.map(own))).collect();
        store.change_configuration(expected, parts, audit("configured", at(1))).wait().expect("is written")
    };
    assert_eq!(store.configuration().expect("reads").revision, 0);
    assert_eq!(change(0, &[("lines", Some("[]")), ("connection:rt1", Some("{}"))]), Some(1));
    assert_eq!(change(0, &[("lines", Some("[1]"))]), None, "somebody else was quicker");
    assert_eq!(change(1, &[("lines", Some("[2]")), ("connection:rt1", None)]), Some(2));
    let found = store.configuration().expect("reads");
    assert_eq!(
        (found.revision, found.parts.into_iter().collect::<Vec<_>>()),
        (2, vec![("lines".into(), "[2]".into())])
    );
    assert_eq!(store.audit_before(None, 10).expect("reads").len(), 2);
    let newest = store.audit_before(None, 1).expect("reads")[0].id;
    assert_eq!(store.audit_before(Some(newest), 10).expect("reads").len(), 1);
}
