//! The table of makes in both READMEs says what the makes' `Capability` says.

use std::{path::Path, time::Duration};

use calls::Ability;
use pbx::{CardOnRing, Delivery, MAKES, Make, Text};

/// How a README's language says what a capability holds.
struct Words {
    file: &'static str,
    text: fn(Text) -> &'static str,
    yes: &'static str,
    no: &'static str,
    arrival: fn(Delivery) -> &'static str,
    needed: &'static str,
    not_needed: &'static str,
    card: fn(CardOnRing) -> &'static str,
    prompt: &'static str,
    once: &'static str,
    days: fn(u64) -> String,
}

const ENGLISH: Words = Words {
    file: "README.md",
    text: |text| text.en,
    yes: "yes",
    no: "no",
    arrival: |delivery| match delivery {
        Delivery::Webhook => "signed webhooks",
        Delivery::Socket => "one WebSocket",
        Delivery::SocketPerExtension => "one WebSocket per extension",
        Delivery::Polling => "the PBX is asked once a minute",
    },
    needed: "needed",
    not_needed: "not needed",
    card: |card| match card {
        CardOnRing::Live => "live",
        CardOnRing::Late => "no: calls are listed up to a minute later",
        CardOnRing::None => "no",
    },
    prompt: "yes, with a prompt to the agent first",
    once: "yes, through links that work once",
    days: |days| format!("yes, for {days} days"),
};

const RUSSIAN: Words = Words {
    file: "README.ru.md",
    text: |text| text.ru,
    yes: "да",
    no: "нет",
    arrival: |delivery| match delivery {
        Delivery::Webhook => "подписанными веб-хуками",
        Delivery::Socket => "по одному WebSocket",
        Delivery::SocketPerExtension => "по отдельному WebSocket на каждый добавочный",
        Delivery::Polling => "АТС опрашивается раз в минуту",
    },
    needed: "нужен",
    not_needed: "не нужен",
    card: |card| match card {
        CardOnRing::Live => "сразу",
        CardOnRing::Late => "нет: звонки видны в списке с задержкой до минуты",
        CardOnRing::None => "нет",
    },
    prompt: "да, сотрудник сначала слышит подсказку",
    once: "да, по одноразовым ссылкам",
    days: |days| format!("да, за {days} дней"),
};

#[test]
fn the_readmes_table_of_makes_says_what_the_makes_can_do() {
    for words in [ENGLISH, RUSSIAN] {
        let rows = table(words.file);
        assert!(rows.iter().all(|row| row.len() == MAKES.len() + 1), "{}: a column for each make", words.file);
        for (column, make) in MAKES.iter().enumerate() {
            let shown: Vec<&str> = rows.iter().map(|row| row[column + 1].as_str()).collect();
            let named = |text: Text| (words.text)(text);
            let heading: Vec<&str> = [make.title].into_iter().chain(make.interface).map(named).collect();
            let mut expected = vec![heading.join(", "), format!("`{make}`")];
            expected.extend(cells(&words, *make));
            expected.push(named(make.key_acts_for).to_owned());
            assert_eq!(shown, expected, "{} of {}", make, words.file);
        }
    }
}

/// The cells below a make's name that follow from what it can do.
fn cells(words: &Words, make: Make) -> [String; 12] {
    let can = &make.capability;
    let yes = |can: bool| if can { words.yes } else { words.no };
    let in_call = [Ability::Answer, Ability::Hold, Ability::TransferBlind, Ability::TransferAttended, Ability::Hangup];
    let in_call = in_call.into_iter().any(|ability| can.can(ability));
    let for_days = |can: bool, kept: Option<Duration>| match kept.filter(|_| can) {
        Some(kept) => (words.days)(kept.as_secs() / 86_400),
        None => yes(can).to_owned(),
    };
    let (originate, recordings) = (can.can(Ability::Originate), can.can(Ability::Recordings));
    [
        (words.arrival)(make.delivery).to_owned(),
        if make.delivery.needs_public_address() { words.needed } else { words.not_needed }.to_owned(),
        (words.card)(can.card_on_ring).to_owned(),
        yes(can.names_agent_on_ring).to_owned(),
        if originate && can.originate_prompt { words.prompt } else { yes(originate) }.to_owned(),
        yes(in_call).to_owned(),
        if recordings && can.recording_link_once { words.once } else { yes(recordings) }.to_owned(),
        for_days(can.missed_replay, can.replay_kept),
        for_days(can.can(Ability::History), can.history_kept),
        yes(can.can(Ability::Balance)).to_owned(),
        yes(can.can(Ability::Sms)).to_owned(),
        yes(can.can(Ability::Status)).to_owned(),
    ]
}

/// A file of the repository.
fn file(path: &str) -> String {
    let package = std::env::var("CARGO_MANIFEST_DIR").expect("cargo names the folder");
    std::fs::read_to_string(Path::new(&package).join("..").join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_page_of_each_make_says_in_both_languages_what_its_description_says() {
    for make in MAKES {
        let page = file(&format!("docs/makes/{}.md", make.page));
        let texts = make.secrets.iter().map(|secret| secret.found).chain(make.interface).chain([make.first]);
        for text in texts {
            assert!(page.contains(text.ru) && page.contains(text.en), "{make}: {text:?}");
        }
        for untried in ["на живом аккаунте", "on a live account"] {
            let page = page.replace('\n', " ").to_lowercase();
            assert!(page.contains(untried), "{make}: what was never tried {untried} is not said");
        }
        let (title, base) = (make.title, make.base_url);
        assert!(page.lines().next().is_some_and(|line| line.contains(title.en)), "{make}: {title:?}");
        for name in make.secrets.iter().map(|secret| secret.name).chain(make.overrides.iter().copied()) {
            let quoted = name.split_once('<').map_or_else(|| format!("`{name}`"), |(start, _)| format!("`{start}"));
            let set = format!("`{name} =");
            assert!(page.contains(&quoted) || page.contains(&set), "{make}: {name} is not explained");
        }
        // An installation of its own has an address of its own, which stands in the settings.
        assert!(page.contains(if base.is_empty() { "`base_url`" } else { base }), "{make}: {base}");
    }
}

/// The rows of the table of makes, its heading first.
fn table(path: &str) -> Vec<Vec<String>> {
    let text = file(path);
    let (_, after) = text.split_once("<!-- makes:").expect("the table of makes");
    let lines = after.lines().skip(1).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    lines.filter(|line| !line.starts_with("| ---")).map(cells).collect()
}
