//! The words by which PBXs say what happens: each has one meaning. `page` lists the words as `call-model.md` has them; here
//! is, for each of them, one message, answer or row with it and what that must mean. What a make does not know it keeps as
//! unknown, so a word that is lost from its reading fails here.

mod era;
mod mango_client;
mod mango_vpbx;
mod page;
mod ringcloud;
mod rostelecom;
mod told;
mod zadarma;

use std::collections::BTreeSet;

use pbx::{Make, Pbx};

/// A word of the page, what a message with it is found to mean, and what it must mean: the effects, in the words of the log,
/// with the result or cause of the end where the PBX says it. That the parties are told beside them goes without saying.
pub(crate) struct Row {
    word: &'static str,
    found: BTreeSet<String>,
    means: &'static [&'static str],
}

fn row(word: &'static str, found: BTreeSet<String>, means: &'static [&'static str]) -> Row {
    Row { word, found, means }
}

const UNKNOWN: &[&str] = &["unknown"];
/// It says nothing but who takes part.
const UPDATED: &[&str] = &["callUpdated"];

/// The rows of a make.
fn rows(make: Make, pbx: &dyn Pbx) -> Vec<Row> {
    match make.page {
        "rostelecom" => rostelecom::rows(pbx),
        "zadarma" => zadarma::rows(pbx),
        "mango-vpbx" => mango_vpbx::rows(pbx),
        "mango-client" => mango_client::rows(make, pbx),
        "era" => era::rows(make),
        "ringcloud" => ringcloud::rows(pbx),
        page => panic!("{page} has no words here"),
    }
}

#[test]
fn every_word_of_a_pbx_has_one_meaning() {
    let mut wrong = Vec::new();
    for make in pbx::MAKES.iter().copied() {
        let pbx = trubka_fuzz::configured(make);
        let rows = rows(make, pbx.as_ref());
        let words = page::words(make.page);
        for word in words {
            let count = rows.iter().filter(|row| row.word == *word).count();
            if count != 1 {
                wrong.push(format!("{make}: {word} stands in {count} rows"));
            }
        }
        for row in rows {
            if !words.contains(&row.word) {
                wrong.push(format!("{make}: {} is no word of the page", row.word));
            }
            let expected: BTreeSet<String> = row.means.iter().map(|effect| (*effect).to_owned()).collect();
            if row.found != expected {
                wrong.push(format!("{make}, {}: {:?} instead of {expected:?}", row.word, row.found));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
