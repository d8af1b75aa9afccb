//! `search`: the newest 50 of a million calls for what somebody types.

use std::{
    collections::HashSet,
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use fastrand::Rng;
use store::{Filter, Store};

use crate::{
    figure::{Budget, Figure, Peer, ms, percentile},
    history::{self, Caller, pick},
};

const SHOWN: usize = 50;
const QUESTIONS: usize = 400;
/// Questions whose answers are compared with a naive scan, and that `LIKE` is asked too.
const SAMPLE: usize = 20;

pub(crate) fn measure() -> Result<Vec<Figure>> {
    let profile = history::profile()?;
    let store = history::open(&profile)?;
    let callers = history::callers();
    let questions = questions(&callers);
    let (warming, asked) = questions.split_at(SAMPLE);
    for question in warming {
        store.search(question, &Filter::default(), None, SHOWN)?;
    }
    let mut times = Vec::new();
    for question in asked {
        let start = Instant::now();
        store.search(question, &Filter::default(), None, SHOWN)?;
        times.push(ms(start.elapsed()));
    }
    compare(&store, &callers, warming)?;
    let peer = like(&profile, warming)?;
    let budget = Budget { most: Some(8.0), share: Some(1.0 / 80.0) };
    Ok(vec![Figure::new("search", percentile(&times, 0.99), "ms", peer, budget)])
}

/// What is asked: half of it is there, half is not; digits, beginnings of names, one or two digits.
fn questions(callers: &[Caller]) -> Vec<String> {
    let mut chance = Rng::with_seed(5);
    let taken: HashSet<&str> = callers.iter().flat_map(|caller| pieces(&caller.number)).collect();
    (0..QUESTIONS)
        .map(|turn| {
            let caller = &callers[chance.usize(..callers.len())];
            match turn % 20 {
                0..9 => piece(&mut chance, &caller.number, 3).to_owned(),
                9..18 => loop {
                    let digits = format!("7{:010}", chance.u64(..10_000_000_000));
                    let asked = piece(&mut chance, &digits, 6).to_owned();
                    if !taken.contains(asked.as_str()) {
                        break asked;
                    }
                },
                18 if turn % 40 == 18 => pick(&mut chance, &["мор", "щербак", "ям", "ковал", "тим", "ол"]).to_owned(),
                18 => pick(&mut chance, &["щук", "ыыы", "йод", "моркв", "эюя", "цх"]).to_owned(),
                _ => format!("{}", chance.u8(..100)),
            }
        })
        .collect()
}

/// A piece of a number's digits, at least so long.
fn piece<'a>(chance: &mut Rng, number: &'a str, least: usize) -> &'a str {
    let digits = number.trim_start_matches('+');
    let length = least + chance.usize(..=digits.len() - least);
    let start = chance.usize(..=digits.len() - length);
    &digits[start..start + length]
}

/// Every piece of six digits or more.
fn pieces(number: &str) -> impl Iterator<Item = &str> {
    let digits = number.trim_start_matches('+');
    (6..=digits.len())
        .flat_map(move |length| (0..=digits.len() - length).map(move |start| &digits[start..start + length]))
}

/// The same answers as a scan over everybody, which knows nothing of indexes.
fn compare(store: &Store, callers: &[Caller], questions: &[String]) -> Result<()> {
    let connection = "rt1".parse()?;
    for question in questions {
        let answers: Vec<bool> = callers.iter().map(|caller| matches(caller, question)).collect();
        let ages = history::with_whom().enumerate().filter(|(_, caller)| answers[*caller]);
        let expected: Vec<_> = ages.take(SHOWN).map(|(age, _)| history::id(age, &connection)).collect();
        let found = store.search(question, &Filter::default(), None, SHOWN)?;
        let found: Vec<_> = found.into_iter().map(|call| call.id).collect();
        ensure!(found == expected, "\"{question}\" finds {} calls, a scan {}", found.len(), expected.len());
    }
    Ok(())
}

/// Digits are a part of the number; whatever is asked is a part of a word of the name, a short piece its beginning.
fn matches(caller: &Caller, question: &str) -> bool {
    if question.bytes().all(|byte| byte.is_ascii_digit()) {
        let seven = question.strip_prefix('8').filter(|rest| rest.len() >= 3).map(|rest| format!("7{rest}"));
        if caller.number.contains(question) || seven.is_some_and(|seven| caller.number.contains(&seven)) {
            return true;
        }
    }
    let name = caller.name.as_deref().unwrap_or_default().to_lowercase().replace('ё', "е");
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    if question.chars().count() < 3 {
        words.any(|word| word.starts_with(question))
    } else {
        words.any(|word| word.contains(question))
    }
}

/// What `LIKE` over the same table takes, asked through SQLite's own program.
fn like(profile: &Path, questions: &[String]) -> Result<Peer> {
    // Its median: the first of its scans also brings the table into memory, which is no merit of ours.
    let name = format!("LIKE over the same table, median of {}", questions.len());
    let mut times = Vec::new();
    for question in questions {
        let column = if question.bytes().all(|byte| byte.is_ascii_digit()) { "digits" } else { "words" };
        let sql = format!("SELECT id FROM calls WHERE {column} LIKE '%{question}%' ORDER BY at DESC LIMIT {SHOWN};");
        let mut sqlite = Command::new("sqlite3");
        sqlite.arg("-readonly").arg(profile.join("data/trubka.db"));
        let Ok(mut running) = sqlite.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
            return Ok(("LIKE was not measured: sqlite3 is not installed".to_owned(), None));
        };
        // The timer is for what comes through its input; the end of that is the end of the program.
        let mut input = running.stdin.take().context("its input is piped")?;
        writeln!(input, ".timer on\n{sql}")?;
        drop(input);
        let output = running.wait_with_output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let seconds = text.lines().find_map(|line| line.strip_prefix("Run Time: real ")?.split(' ').next());
        times.push(seconds.context("sqlite3 did not say how long it took")?.parse::<f64>()? * 1e3);
    }
    Ok((name, Some(percentile(&times, 0.5))))
}
