//! `number`: what a desk would make of texts, a line each.

use std::{
    io::{self, BufRead},
    process::ExitCode,
};

use calls::number::{DialNumber, DialWarning, Dialable};
use serde::Serialize;

use super::output;

/// What is said of one text, or why it cannot be dialled.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answer {
    Number {
        #[serde(flatten)]
        number: DialNumber,
        display: String,
        warnings: Vec<DialWarning>,
        asks: bool,
    },
    Error {
        error: String,
    },
}

/// Reads lines from stdin and answers each with a JSON object. A line that is no UTF-8 is read with what can be of it.
pub(super) fn read_lines() -> anyhow::Result<ExitCode> {
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        output::say(&serde_json::to_string(&answer(text.trim_end_matches(['\n', '\r'])))?)?;
        line.clear();
    }
    Ok(ExitCode::SUCCESS)
}

fn answer(text: &str) -> Answer {
    match Dialable::read(text) {
        Ok(dialable) => Answer::Number {
            asks: dialable.asks(),
            number: dialable.number,
            display: dialable.display,
            warnings: dialable.warnings,
        },
        Err(error) => Answer::Error { error: error.to_string() },
    }
}
