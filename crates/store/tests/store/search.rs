//! Search finds what a naive scan finds, in the same order.

use calls::{Fact, FactKind};
use std::collections::BTreeSet;

use proptest::prelude::*;
use rusqlite::Connection;
use store::{Filter, Save, SavedCall};
use uuid::Uuid;

use crate::common::{OFFICE, at, call_id, folder, open, record};

/// What search is said to find, written from what is promised and from no code: a number however it was pasted, with a name or
/// a label around it, an extension behind it or a code to dial out before it; otherwise every word, anywhere in a name, a note
/// or a number. Letters of other programs' making are the same letters.
struct Peer<'a> {
    number: &'a str,
    texts: [&'a str; 2],
}

/// What people put before a number to say what it is.
const LABELS: [&str; 8] = ["тел", "телефон", "моб", "мобильный", "раб", "tel", "phone", "mob"];
/// A number of fewer digits with a name beside it may be a part of one.
const SHORTEST: usize = 7;
/// What stands before an extension.
const EXTENSIONS: [&str; 6] = ["доб", "добавочный", "вн", "внутр", "ext", "#"];

impl Peer<'_> {
    fn answers(&self, question: &str) -> bool {
        let question = plain(question);
        let question = question.trim();
        let question = ["tel:", "sip:"].iter().find_map(|scheme| question.strip_prefix(scheme)).unwrap_or(question);
        let question = question.split('@').next().unwrap_or_default();
        if let Some(end) = question.strip_prefix(['*', '…']).filter(|end| has_no_words(end)) {
            let end = digits(end);
            return end.is_empty() || digits(self.number).ends_with(&end);
        }
        self.has_pasted_number(question) || self.has_every_word(question)
    }

    /// The digits of what was pasted are one of the ways in which this number is written, or, of a part, in it.
    fn has_pasted_number(&self, question: &str) -> bool {
        let said = before_extension(question);
        let number = digits(said);
        if number.is_empty() {
            // Only an extension was named: then that is what is asked for.
            let named = digits(question);
            return !named.is_empty() && named == digits(self.number);
        }
        if number.len() >= SHORTEST && self.ways_to_write().contains(&number) {
            return true;
        }
        // Of a part nobody can say that it is one, unless it stands alone or is called a number.
        let is_called_one = has_no_words(&without_labels(said));
        let of_russia = number.strip_prefix('8').filter(|rest| rest.len() >= 3).map(|rest| format!("7{rest}"));
        let has = |part: &str| digits(self.number).contains(part);
        is_called_one && (has(&number) || of_russia.is_some_and(|number| has(&number)))
    }

    /// The digits that people copy, or dial, for this number.
    fn ways_to_write(&self) -> Vec<String> {
        let Some(abroad) = self.number.strip_prefix('+') else { return Vec::new() };
        let mut ways: Vec<String> = ["", "810", "00", "011"].iter().map(|code| format!("{code}{abroad}")).collect();
        if let Some(ten) = abroad.strip_prefix('7').filter(|ten| ten.len() == 10) {
            ways.extend([format!("8{ten}"), ten.to_owned()]);
        }
        ways
    }

    fn has_every_word(&self, question: &str) -> bool {
        let words: Vec<String> =
            self.texts.iter().flat_map(|text| words_of(text)).chain(self.name_of_phone()).collect();
        let is_number = has_no_words(question) && question.contains(|c: char| c.is_ascii_digit());
        words_of(question).iter().all(|asked| {
            let short = asked.chars().count() < 3;
            let in_words = words.iter().any(|word| if short { word.starts_with(asked) } else { word.contains(asked) });
            // A number that was cut up is no number any more.
            let in_number =
                !is_number && asked.bytes().all(|b| b.is_ascii_digit()) && digits(self.number).contains(asked);
            in_words || in_number
        })
    }

    /// A phone that is called by a name has that in the place of a number.
    fn name_of_phone(&self) -> Vec<String> {
        let name = self.number.strip_prefix("sip:").unwrap_or(self.number);
        if name.chars().any(char::is_alphabetic) { words_of(name) } else { Vec::new() }
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn has_no_words(text: &str) -> bool {
    !text.chars().any(|c| c.is_alphabetic() || "\"^:#".contains(c))
}

/// The text up to the word or sign that begins an extension.
fn before_extension(text: &str) -> &str {
    let is_mark = |at: usize| {
        let before = text[..at].chars().next_back();
        EXTENSIONS.iter().any(|mark| {
            text[at..].strip_prefix(mark).is_some_and(|rest| {
                let is_word = mark.chars().all(char::is_alphabetic);
                !is_word || (!before.is_some_and(char::is_alphabetic) && !rest.starts_with(char::is_alphabetic))
            })
        })
    };
    let at = text.char_indices().map(|(at, _)| at).find(|at| is_mark(*at));
    at.map_or(text, |at| &text[..at])
}

fn without_labels(text: &str) -> String {
    let is_label = |word: &str| LABELS.contains(&word.trim_end_matches(['.', ':']));
    text.split_whitespace().filter(|word| !is_label(word)).collect::<Vec<_>>().join(" ")
}

/// Letters in one piece, small, without what only says where a word may be broken.
fn plain(text: &str) -> String {
    let whole =
        text.replace("и\u{306}", "й").replace("И\u{306}", "й").replace("е\u{308}", "е").replace("Е\u{308}", "е");
    whole.replace('\u{ad}', "").to_lowercase().replace('ё', "е")
}

/// How a program may write a text: the marks of letters apart, and places where a word may be broken.
fn written(text: &str, how: u8) -> String {
    let apart =
        || text.replace('й', "и\u{306}").replace('Й', "И\u{306}").replace('ё', "е\u{308}").replace('Ё', "Е\u{308}");
    match how % 4 {
        0 => text.to_owned(),
        1 => apart(),
        2 => text.chars().flat_map(|c| [c, '\u{ad}']).collect(),
        _ => apart().replace('а', "а\u{ad}"),
    }
}

fn words_of(text: &str) -> Vec<String> {
    plain(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\+7(495|916|900)[0-3]{7}",
        "[1-4]{2,5}",
        "sip:[a-c]{1,3}",
        "[a-c]{2,3}[0-3]{1,2}",
        Just(String::new()),
        "\\+[1-9][0-9]{6,12}",
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "(Анна|Иван|Пётр|Ёлка|Андрей) (Иванов|Петрова|О'Нил|Зайцев)",
        "ООО «[А-Г]{1,4}[0-3]{0,3}»",
        "[a-cA-C]{1,4}( [a-cA-C]{1,3}){0,2}",
        "(Вектор-|Магазин )[0-3]{1,4}( [0-3]{1,3})?",
        Just(String::new()),
    ]
}

fn question() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-3]{1,7}",
        "8[0-9]{1,5}",
        "\\*[0-3]{1,5}",
        "\\+7 \\((495|916)\\) [0-3]{1,3}",
        "(анн|ван|пет|ёлк|ел|и|п|о|а|ооо|нил|овa|андрей|рей|зай)",
        "[a-c]{1,4}",
        "[a-c]{1,3} [0-3]{1,3}",
        "(ан|иван) (ив|петр|495|[0-3]{1,2})",
        "[0-3]{1,3}( |-|\u{2011}|\u{202f}|–)[0-3]{1,3}",
        "(tel:|sip:)\\+?[0-3]{2,5}",
        "sip:[a-c]{1,3}(@example.invalid)?",
        "[ \"*^:+()-]{0,4}",
        pasted(),
    ]
}

/// A number as it is copied from a page, a letter or a table of contacts.
fn pasted() -> impl Strategy<Value = String> {
    let written = prop_oneof![
        "8 \\((495|916|900)\\) [0-3]{3}-[0-3]{2}-[0-3]{2}",
        "\\+7 (495|916|900) [0-3]{3} [0-3]{2} [0-3]{2}",
        "(8|7|)(495|916|900)[0-3]{7}",
        "810 7 (495|916) [0-3]{3}-[0-3]{2}-[0-3]{2}",
        "(8-10-|00 |011 )[1-9][0-9] [0-9]{4} [0-9]{4}",
        "[1-4]{3,4}",
    ];
    let before = prop::sample::select(vec!["", "тел. ", "моб.: ", "Анна ", "Пётр Зайцев ", "«", "Tel: ", "№ "]);
    let behind = prop::sample::select(vec![
        "",
        ",",
        ";",
        "»",
        " доб. 12",
        ", доб. 102",
        " ext. 12",
        " (офис)",
        " Анна",
        ", спросить Ольгу",
    ]);
    (before, written, behind).prop_map(|(before, written, behind)| format!("{before}{written}{behind}"))
}

/// A call as search sees it: number, name, start, note.
type Shape = (String, String, i64, Option<String>);

fn shape() -> impl Strategy<Value = Shape> {
    (number(), name(), 0_i64..20, prop::option::of(name()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn search_is_a_naive_scan(
        mut calls in prop::collection::vec(shape(), 1..40),
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop::option::of(shape())), 0..10),
        questions in prop::collection::vec((question(), any::<u8>()), 1..24),
        how in any::<u8>(),
        limit in 1_usize..50,
    ) {
        let folder = folder();
        let store = open(&folder);
        let records = calls.iter().zip(0..).map(|((number, name, ms, _), n)| record(n, *ms, number, &written(name, how))).collect();
        store.save(OFFICE, Save { calls: records, ..Save::default() }).wait().expect("saved");
        for ((_, _, _, note), n) in calls.iter().zip(0..) {
            let Some(text) = note else { continue };
            store.append_fact(OFFICE, note_of(n, &written(text, how / 4))).wait().expect("written");
        }
        let mut gone = BTreeSet::new();
        for (place, change) in changes {
            let place = place.index(calls.len());
            let step = match change {
                None => {
                    gone.insert(place);
                    Save { gone: vec![(call_id(place as u64), 1)], ..Save::default() }
                }
                Some((number, name, ms, _)) => {
                    gone.remove(&place);
                    let step = Save { calls: vec![record(place as u64, ms, &number, &name)], ..Save::default() };
                    let note = calls[place].3.take();
                    calls[place] = (number, name, ms, note);
                    step
                }
            };
            store.save(OFFICE, step).wait().expect("saved");
        }
        let place_of = |saved: &SavedCall| {
            (0..calls.len()).find(|n| call_id(*n as u64) == saved.id).expect("one of ours")
        };
        let order: Vec<usize> =
            store.list(&Filter::default(), None, 1000).expect("lists").iter().map(place_of).collect();
        prop_assert_eq!(order.len(), calls.len() - gone.len());
        prop_assert!(order.windows(2).all(|pair| calls[pair[0]].2 >= calls[pair[1]].2));
        for (asked, how) in questions {
            let expected: Vec<usize> = order
                .iter()
                .copied()
                .filter(|n| {
                    let (number, name, _, note) = &calls[*n];
                    Peer { number, texts: [name, note.as_deref().unwrap_or_default()] }.answers(&asked)
                })
                .take(limit)
                .collect();
            let found = store.search(&written(&asked, how), &Filter::default(), None, limit).expect("searches");
            prop_assert_eq!(found.iter().map(place_of).collect::<Vec<_>>(), expected, "{:?}", asked);
        }
        store.close();
        let raw = Connection::open(folder.path().join("trubka.db")).expect("opens");
        for index in ["calls_digits", "calls_inner", "calls_start"] {
            let check = format!("INSERT INTO {index} ({index}) VALUES ('integrity-check')");
            prop_assert!(raw.execute(&check, []).is_ok(), "{}", index);
        }
    }
}

/// What people copy together with a number, with `{}` for the number.
const AROUND: [&str; 9] =
    ["{},", "«{}»", "{};", "тел. {}", "Андрей {}", "{} Андрей", "{} доб. 12", "{} (офис)", "моб.: {}, спросить Ольгу"];

/// Ways to write `+7` with these ten digits.
fn russian(ten: &str) -> Vec<String> {
    let (code, rest) = ten.split_at(3);
    let (hundreds, rest) = rest.split_at(3);
    let (tens, ones) = rest.split_at(2);
    vec![
        format!("8 ({code}) {hundreds}-{tens}-{ones}"),
        format!("+7 {code} {hundreds} {tens} {ones}"),
        format!("8{ten}"),
        format!("7{ten}"),
        ten.to_owned(),
        format!("810 7 {code} {hundreds}-{tens}-{ones}"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn a_pasted_number_is_found_whatever_stands_around_it(ends in prop::collection::btree_set("[0-9]{7}", 2..5)) {
        let numbers: Vec<String> = ends.iter().map(|end| format!("495{end}")).collect();
        let folder = folder();
        let store = open(&folder);
        let records =
            numbers.iter().zip(0..).map(|(ten, n)| record(n, n as i64, &format!("+7{ten}"), "")).collect();
        store.save(OFFICE, Save { calls: records, ..Save::default() }).wait().expect("saved");
        for (ten, n) in numbers.iter().zip(0..) {
            for asked in russian(ten).iter().flat_map(|way| AROUND.map(|text| text.replace("{}", way))) {
                let found = store.search(&asked, &Filter::default(), None, 10).expect("searches");
                prop_assert_eq!(found.iter().map(|call| call.seq).collect::<Vec<_>>(), vec![n], "{}", asked);
            }
        }
    }
}

/// The objects of a file of cases. `TRUBKA_CASES=DIR` takes it from elsewhere.
fn cases(name: &str) -> Vec<serde_json::Value> {
    let own = || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    let file = std::env::var_os("TRUBKA_CASES").map_or_else(own, std::path::PathBuf::from).join(name);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).expect("cases")
}

#[test]
fn every_case_of_names_is_found_or_not_as_it_says() {
    let folder = folder();
    let store = open(&folder);
    let cases = cases("search.json");
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let stored = |case: &serde_json::Value| (text(&case["stored"]["number"]), text(&case["stored"]["name"]));
    let records =
        cases.iter().zip(0..).map(|(case, n)| record(n, n as i64, &stored(case).0, &stored(case).1)).collect();
    store.save(OFFICE, Save { calls: records, ..Save::default() }).wait().expect("saved");
    for (case, n) in cases.iter().zip(0..) {
        let found = store.search(&text(&case["query"]), &Filter::default(), None, 100).expect("searches");
        assert_eq!(Some(found.iter().any(|call| call.seq == n)), case["found"].as_bool(), "{case}");
    }
}

#[test]
fn every_number_of_the_cases_is_found_as_it_was_searched_for() {
    let asked = cases("numbers.json").into_iter().filter(|case| case["via"] == "search");
    for case in asked {
        let folder = folder();
        let store = open(&folder);
        let number = case["expect"]["e164"].as_str().expect("a number");
        let records = vec![record(1, 1, number, ""), record(2, 2, "+79005550012", "Андрей")];
        store.save(OFFICE, Save { calls: records, ..Save::default() }).wait().expect("saved");
        let text = case["text"].as_str().expect("a text");
        let found = store.search(text, &Filter::default(), None, 10).expect("searches");
        assert_eq!(found.iter().map(|call| call.seq).collect::<Vec<_>>(), [1], "{case}");
    }
}

#[test]
fn numbers_abroad_and_extensions_are_found_as_they_are_dialled() {
    let folder = folder();
    let store = open(&folder);
    let records = vec![record(1, 1, "+442079460958", ""), record(2, 2, "205", ""), record(3, 3, "+79005550012", "")];
    store.save(OFFICE, Save { calls: records, ..Save::default() }).wait().expect("saved");
    for (asked, expected) in [
        ("8-10-44-20-7946-0958", 1),
        ("тел. 00 44 20 7946 0958", 1),
        ("011 44 20 7946 0958", 1),
        ("доб. 205", 2),
        ("№ 8 900 555-00-12", 3),
        ("№ 89005550012", 3),
        ("тел. 900 555", 3),
    ] {
        let found = store.search(asked, &Filter::default(), None, 10).expect("searches");
        assert_eq!(found.iter().map(|call| call.seq).collect::<Vec<_>>(), [expected], "{asked}");
    }
}

#[test]
fn a_part_of_a_number_is_found_without_its_label_and_extension() {
    let folder = folder();
    let store = open(&folder);
    let records = vec![record(1, 1, "11234", ""), record(2, 2, "+79005550012", ""), record(3, 3, "", "Анна")];
    store.save(OFFICE, Save { calls: records, ..Save::default() }).wait().expect("saved");
    for (asked, expected) in [
        ("тел. 112 доб. 12", vec![1]),
        ("тел. 123;", vec![1]),
        ("112 доб. 12", vec![1]),
        ("№ 123, доб. 102", vec![1]),
        ("«112» ext. 12", vec![1]),
        ("8 (900) 55, внутр. 7", vec![2]),
        ("Анна 112 доб. 12", vec![]),
        ("112 (офис) доб. 12", vec![]),
    ] {
        let found = store.search(asked, &Filter::default(), None, 10).expect("searches");
        assert_eq!(found.iter().map(|call| call.seq).collect::<Vec<_>>(), expected, "{asked}");
        let is_found = |number| Peer { number, texts: [""; 2] }.answers(asked);
        assert_eq!(is_found(["11234", "+79005550012"][usize::from(expected == [2])]), !expected.is_empty(), "{asked}");
    }
}

fn note_of(n: u64, text: &str) -> Fact {
    Fact {
        id: Uuid::from_u128(u128::from(n) + 1),
        kind: FactKind::Note,
        author: "anna".into(),
        at: at(0),
        call: call_id(n),
        replaces: None,
        value: text.into(),
    }
}

#[test]
fn pages_of_a_search_follow_each_other() {
    let folder = folder();
    let store = open(&folder);
    let records = (0..30).map(|n| record(n, n as i64, "+79001234567", "Анна")).collect();
    store.save(OFFICE, Save { calls: records, ..Save::default() }).wait().expect("saved");
    for asked in ["4567", "45", "анн", "ан", "*4567", "*7", "ан 45"] {
        let whole = store.search(asked, &Filter::default(), None, 100).expect("searches");
        let first = store.search(asked, &Filter::default(), None, 12).expect("searches");
        let rest =
            store.search(asked, &Filter::default(), first.last().map(|call| call.cursor), 100).expect("searches");
        assert_eq!([first, rest].concat(), whole, "{asked}");
    }
}

#[test]
fn any_part_of_number_or_name_finds_the_call() {
    let folder = folder();
    let store = open(&folder);
    let calls = [
        record(1, 1, "+79001234567", "Вектор-2000"),
        record(2, 2, "+79007654321", "Магазин 24"),
        record(3, 3, "+79005550012", "Иванов"),
        record(4, 4, "sip:anna", ""),
    ];
    store.save(OFFICE, Save { calls: calls.to_vec(), ..Save::default() }).wait().expect("saved");
    let found = |asked: &str| {
        let found = store.search(asked, &Filter::default(), None, 10).expect("searches");
        found.iter().map(|call| call.seq).collect::<Vec<_>>()
    };
    for (asked, expected) in [
        ("2000", vec![1]),
        ("вектор 2000", vec![1]),
        ("24", vec![2]),
        ("магазин 24", vec![2]),
        ("иванов 12", vec![3]),
        ("иванов 00", vec![3]),
        ("anna", vec![4]),
        ("sip:anna@example.invalid", vec![4]),
        ("8\u{2011}900\u{202f}123–45", vec![1]),
        ("tel:+79007654321", vec![2]),
        ("sip", vec![]),
    ] {
        assert_eq!(found(asked), expected, "{asked}");
    }
    // A note changes nothing of what the number answers to.
    store.append_fact(OFFICE, note_of(4, "договор 17")).wait().expect("written");
    assert_eq!((found("anna"), found("anna договор")), (vec![4], vec![4]));
}
