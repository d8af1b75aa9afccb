//! The table of makes in both READMEs says what the makes' `Capability` says.

use std::path::Path;

use pbx::{Capability, CardOnRing, ConnectionConfig, Make};
use secrecy::SecretString;

/// How a README's language says what a capability holds.
struct Words {
    file: &'static str,
    yes: &'static str,
    no: &'static str,
    webhooks: &'static str,
    socket_per_extension: &'static str,
    needed: &'static str,
    not_needed: &'static str,
    live: &'static str,
    prompt: &'static str,
    once: &'static str,
    days: fn(u64) -> String,
}

const ENGLISH: Words = Words {
    file: "README.md",
    yes: "yes",
    no: "no",
    webhooks: "signed webhooks",
    socket_per_extension: "one WebSocket per extension",
    needed: "needed",
    not_needed: "not needed",
    live: "live",
    prompt: "yes, with a prompt to the agent first",
    once: "yes, through links that work once",
    days: |days| format!("yes, for {days} days"),
};

const RUSSIAN: Words = Words {
    file: "README.ru.md",
    yes: "да",
    no: "нет",
    webhooks: "подписанными веб-хуками",
    socket_per_extension: "по отдельному WebSocket на каждый добавочный",
    needed: "нужен",
    not_needed: "не нужен",
    live: "сразу",
    prompt: "да, сотрудник сначала слышит подсказку",
    once: "да, по одноразовым ссылкам",
    days: |days| format!("да, за {days} дней"),
};

#[test]
fn the_readmes_table_of_makes_says_what_the_makes_can_do() {
    for words in [ENGLISH, RUSSIAN] {
        let rows = table(words.file);
        for (column, make) in Make::ALL.into_iter().enumerate() {
            let shown: Vec<&str> = rows.iter().map(|row| row[column + 1].as_str()).collect();
            let mut expected = vec![format!("`{make}`")];
            expected.extend(cells(&words, &capability(make)));
            assert_eq!(shown[1..=expected.len()], expected, "{} of {}", make, words.file);
        }
    }
}

/// The cells below a make's name, but for the last, which says in words for whom the key acts.
fn cells(words: &Words, can: &Capability) -> [String; 8] {
    let yes = |can: bool| if can { words.yes } else { words.no };
    let arrival = if can.session_per_extension { words.socket_per_extension } else { words.webhooks };
    let in_call = can.answer || can.hold || can.transfer_blind || can.transfer_attended || can.hangup;
    [
        arrival.to_owned(),
        if can.needs_public_address { words.needed } else { words.not_needed }.to_owned(),
        if can.card_on_ring == CardOnRing::Live { words.live } else { words.no }.to_owned(),
        yes(can.names_agent_on_ring).to_owned(),
        if can.originate && can.originate_prompt { words.prompt } else { yes(can.originate) }.to_owned(),
        yes(in_call).to_owned(),
        if can.recordings && can.recording_link_once { words.once } else { yes(can.recordings) }.to_owned(),
        match can.replay_kept.filter(|_| can.missed_replay) {
            Some(kept) => (words.days)(kept.as_secs() / 86_400),
            None => yes(can.missed_replay).to_owned(),
        },
    ]
}

fn capability(make: Make) -> Capability {
    let config = ConnectionConfig {
        id: "c1".parse().expect("an id"),
        make,
        zone: None,
        base_url: None,
        trust_anchor_pem: None,
        secrets: make.secrets().iter().map(|name| ((*name).to_owned(), SecretString::from("secret"))).collect(),
        overrides: Default::default(),
    };
    pbx::build(&config).expect("a make").capability()
}

/// The rows of the table of makes, its heading first.
fn table(file: &str) -> Vec<Vec<String>> {
    let package = std::env::var("CARGO_MANIFEST_DIR").expect("cargo names the folder");
    let text = std::fs::read_to_string(Path::new(&package).join("..").join(file)).expect("a README");
    let (_, after) = text.split_once("<!-- makes:").expect("the table of makes");
    let lines = after.lines().skip(1).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    lines.filter(|line| !line.starts_with("| ---")).map(cells).collect()
}
