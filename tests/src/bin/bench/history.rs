//! An office's history of a million calls, made once and kept under `target/bench-data` as the profile of a Trubka that
//! has been used for two years.

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result};
use calls::{
    CallId, CallRecord, CallResult, CallState, ConnectionId, Customer, Direction, EndCause, LegRole, LegState,
};
use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use link::wire;
use store::{Durability, Options, Save, Store, SystemRandom};

use crate::office;

/// Part of the folder's name: to be raised when other calls are made here, or the database changes.
const VERSION: u32 = 2;
/// How many calls there are.
pub(crate) const CALLS: usize = 1_000_000;
/// How many people and firms they were with.
const CUSTOMERS: usize = 200_000;
/// Calls in one transaction.
const AT_ONCE: usize = 20_000;
const SEED: u64 = 78;

const FAMILY: [&str; 16] = [
    "Морозова",
    "Ковалёва",
    "Орлов",
    "Зайцева",
    "Новиков",
    "Лебедева",
    "Соколова",
    "Волков",
    "Егоров",
    "Фёдорова",
    "Гусев",
    "Щербаков",
    "Яковлев",
    "Тимофеева",
    "Абрамов",
    "Никитина",
];
const GIVEN: [&str; 12] =
    ["Ольга", "Мария", "Дмитрий", "Анна", "Алексей", "Ирина", "Пётр", "Юлия", "Сергей", "Нина", "Роман", "Вера"];
const FIRMS: [&str; 10] = ["Север", "Формат", "Лампа", "Берег", "Вектор", "Заря", "Кедр", "Мираж", "Факел", "Эталон"];

/// Who called.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// E.164, in a code that no network has.
    pub(crate) number: String,
    /// Known of most.
    pub(crate) name: Option<String>,
}

/// The same people and firms at every run.
pub(crate) fn callers() -> Vec<Caller> {
    let mut chance = Rng::with_seed(SEED);
    (0..CUSTOMERS)
        .map(|_| {
            let number = format!("+72{:09}", chance.u32(..1_000_000_000));
            let name = match chance.u8(..10) {
                0..5 => Some(format!("{} {}", pick(&mut chance, &FAMILY), pick(&mut chance, &GIVEN))),
                5..7 => Some(format!("ООО «{}-{}»", pick(&mut chance, &FIRMS), chance.u16(..900))),
                _ => None,
            };
            Caller { number, name }
        })
        .collect()
}

/// One of them.
pub(crate) fn pick<'a>(chance: &mut Rng, all: &[&'a str]) -> &'a str {
    all[chance.usize(..all.len())]
}

/// Whom each call was with, newest call first, as a place in [`callers`].
pub(crate) fn with_whom() -> impl Iterator<Item = usize> {
    let mut chance = Rng::with_seed(SEED + 1);
    // Some call often and most seldom: the smaller of two draws prefers the front.
    (0..CALLS).map(move |_| chance.usize(..CUSTOMERS).min(chance.usize(..CUSTOMERS)))
}

/// The folder that is a Trubka's profile with this history in it; made where it is missing.
pub(crate) fn profile() -> Result<PathBuf> {
    let programs = env::current_exe()?;
    let target =
        programs.parent().and_then(|release| release.parent()).context("the program lies in a target folder")?;
    let ready = target.join("bench-data").join(format!("history-{VERSION}"));
    if !ready.exists() {
        let draft = ready.with_extension("part");
        if draft.exists() {
            fs::remove_dir_all(&draft)?;
        }
        fill(&draft).context("filling the history")?;
        fs::rename(&draft, &ready)?;
    }
    Ok(ready)
}

/// The database in the profile.
pub(crate) fn open(profile: &std::path::Path) -> Result<Store> {
    Ok(Store::open_in(
        &profile.join("data"),
        Options { durability: Durability::Normal, ..Options::owner("bench", SystemRandom) },
    )?)
}

fn fill(profile: &std::path::Path) -> Result<()> {
    let store = open(profile)?;
    office::settle(&store)?;
    let callers = callers();
    let newest: Timestamp = "2026-03-01T15:00:00Z".parse()?;
    let connection: ConnectionId = "rt1".parse()?;
    let calls: Vec<usize> = with_whom().collect();
    // Oldest first, as they come in.
    for (round, piece) in calls.rchunks(AT_ONCE).enumerate() {
        let oldest = CALLS - 1 - round * AT_ONCE;
        let records = piece.iter().rev().enumerate().map(|(place, caller)| {
            let age = oldest - place;
            record(age, &callers[*caller], newest - SignedDuration::from_secs(63 * age as i64), &connection)
        });
        let calls = records.collect();
        store.save(office::NAME, Save { calls, ..Save::default() }).wait()?;
    }
    store.close();
    Ok(())
}

/// Identity of the call that has this many younger ones.
pub(crate) fn id(age: usize, connection: &ConnectionId) -> CallId {
    CallId::of_vendor(connection, &format!("call-{age}"))
}

fn record(age: usize, caller: &Caller, started: Timestamp, connection: &ConnectionId) -> CallRecord {
    let answered = !age.is_multiple_of(4);
    let direction = if age.is_multiple_of(3) { Direction::Outgoing } else { Direction::Incoming };
    let result = match (answered, direction) {
        (true, _) => CallResult::Answered,
        (false, Direction::Outgoing) => CallResult::NoAnswer,
        (false, _) => CallResult::Missed,
    };
    let talk = SignedDuration::from_secs(if answered { 20 + (age % 400) as i64 } else { 0 });
    let picked_up = answered.then(|| started + SignedDuration::from_secs(7));
    let ended = started + SignedDuration::from_secs(7) + talk;
    let leg = |role, extension: Option<&str>, number| wire::Leg {
        extension: extension.map(str::to_owned),
        number,
        name: None,
        role,
        state: if answered { LegState::Cleared } else { LegState::Failed },
        started_at: Some(started),
        answered_at: picked_up,
        ended_at: Some(ended),
        end_cause: EndCause::Normal,
        only_end: false,
        asked_by: None,
        late: false,
    };
    let customer = Customer { number: Some(caller.number.clone()), name: caller.name.clone() };
    let call = wire::Call {
        state: CallState::Ended,
        line: wire::Line { number: Some("+74951234567".to_owned()), title: Some("Отдел продаж".to_owned()) },
        legs: vec![leg(LegRole::Customer, None, Some(caller.number.clone())), leg(LegRole::Agent, Some("202"), None)],
        answered_at: picked_up,
        ended_at: Some(ended),
        result: Some(result),
        mine: true,
        placed_by: (direction == Direction::Outgoing).then(|| "202".to_owned()),
        ..wire::Call::new(id(age, connection), connection.clone(), direction, customer, started)
    };
    let seq = (CALLS - age) as u64;
    call.record(vec!["sales".to_owned()], seq)
}
