//! Declares the way of each window into the program, so that `capabilities/*.json` can give each only its own.

use std::path::Path;

/// One command a window (`src/commands.rs`): what a page may ask for behind it is the table in `desk::contract`.
const COMMANDS: &[&str] = &["main_call", "card_call"];

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
