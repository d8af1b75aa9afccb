//! The peer that a web application has: Chromium in application mode with a static page of as many rows.

use std::{
    fmt::Write,
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::Result;

use crate::{
    history,
    process::{Folder, Running},
};

/// Rows of the page: as many as Trubka's list asks for first.
const ROWS: usize = 60;
/// Names that distributions give it.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Chromium with a page and a profile.
pub(crate) struct Chromium {
    program: &'static str,
    page: PathBuf,
    profile: PathBuf,
    _folder: Folder,
}

impl Chromium {
    /// `None` when it is not installed.
    pub(crate) fn find() -> Result<Option<Self>> {
        let answers = |name: &&&str| {
            let mut ask = Command::new(**name);
            ask.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
            ask.status().is_ok_and(|status| status.success())
        };
        let Some(program) = NAMES.iter().find(answers) else { return Ok(None) };
        let folder = Folder::make("chromium")?;
        let page = folder.join("calls.html");
        fs::write(&page, html())?;
        Ok(Some(Self { program, page, profile: folder.join("profile"), _folder: folder }))
    }

    /// Starts it without what only a newly installed browser does.
    pub(crate) fn start(&self) -> Result<Running> {
        let mut command = Command::new(self.program);
        command.arg(format!("--app=file://{}", self.page.display()));
        command.arg(format!("--user-data-dir={}", self.profile.display()));
        command.args(["--no-first-run", "--no-default-browser-check", "--disable-gpu", "--window-size=1240,780"]);
        // It refuses its sandbox to root; the page is our own.
        command.args(["--no-sandbox", "--disable-background-networking", "--disable-component-update"]);
        Running::start(command.stderr(Stdio::null()))
    }
}

fn html() -> String {
    let callers = history::callers();
    let mut rows = String::new();
    for (row, caller) in history::with_whom().take(ROWS).enumerate() {
        let caller = &callers[caller];
        let name = caller.name.as_deref().unwrap_or_default();
        // Writing to a text cannot fail.
        let _ = write!(rows, "<tr><td>{name}<td>{}<td>Отдел продаж<td>15:{row:02}<td>2:{row:02}", caller.number);
    }
    format!(
        "<!doctype html><html lang=ru><meta charset=utf-8><title>Calls</title>
         <style>body {{ font: 14px sans-serif; margin: 0 }} table {{ width: 100% }} td {{ height: 40px }}</style>
         <table>{rows}</table>"
    )
}
