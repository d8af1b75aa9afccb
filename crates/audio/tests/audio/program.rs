//! The program as scripts see it.

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

use crate::common::SPEECH;

pub(crate) fn run(path: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trubka-audio")).arg(path).output().expect("runs")
}

pub(crate) fn answer(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("one line of JSON")
}

#[test]
fn a_recording_plays() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("запись.mp3");
    std::fs::write(&path, SPEECH).expect("written");
    let output = run(&path);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(answer(&output), json!({ "plays": true, "durationMs": 15_336, "channels": 2 }));
}

#[test]
fn what_does_not_play_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases: [(&[u8], &str); 4] =
        [(b"", "empty"), (b"<html></html>", "html"), (b"{}", "text"), (&[0; 5000], "notAudio")];
    for (bytes, reason) in cases {
        let path = folder.path().join(reason);
        std::fs::write(&path, bytes).expect("written");
        let output = run(&path);
        assert_eq!(output.status.code(), Some(1), "{reason}");
        assert_eq!(answer(&output), json!({ "plays": false, "durationMs": 0, "channels": 0, "reason": reason }));
    }
    for (path, reason) in [(folder.path().to_owned(), "notAudio"), (folder.path().join("absent"), "unreadable")] {
        let output = run(&path);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(answer(&output)["reason"], reason);
    }
}
