//! Declares the pages' commands, so that each window may be given only those that it needs.

use std::path::Path;

/// Every command of `src/commands`; `capabilities/*.json` say which window may use which.
const COMMANDS: &[&str] = &[
    "main_snapshot",
    "list_calls",
    "call_details",
    "save_note",
    "save_outcome",
    "preview_dial",
    "place_call",
    "open_recording",
    "save_settings",
    "connect_office",
    "renew_office_token",
    "disconnect_office",
    "start_demo",
    "leave_demo",
    "dismiss_notice",
    "dismiss_away",
    "pending_dial",
    "pending_open",
    "demo_phone",
    "card_snapshot",
    "card_dismiss",
    "card_call_back",
    "card_open",
    "card_save_note",
    "card_resize",
    "card_typing",
    "card_painted",
];

fn main() {
    println!("cargo::rerun-if-changed=../ui/dist/index.html");
    assert!(
        Path::new("../ui/dist/index.html").exists() && Path::new("../ui/dist/card.html").exists(),
        "the pages are not built: run `cargo xtask build` once"
    );
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        panic!("{error:#}");
    }
}
