//! The programs that Trubka's window is compared to.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use crate::{
    figure::Peer,
    page::{Page, ROWS},
    process::{self, Folder, Running},
};

/// A program with one window.
pub(crate) trait WindowPeer {
    /// What it is, as the table names it.
    fn title(&self) -> String;
    /// Starts it, its window included.
    fn start(&self) -> Result<Running>;
}

/// What measures a running program gives, beside what was measured; or why nothing was.
pub(crate) fn measured<P: WindowPeer>(
    peer: Option<P>,
    absent: &str,
    measure: impl FnOnce(&P) -> Result<f64>,
) -> Result<Peer> {
    match peer {
        Some(peer) => Ok((peer.title(), Some(measure(&peer)?))),
        None => Ok((format!("not measured: {absent} is not installed"), None)),
    }
}

/// One window of the web view that Trubka has, with a static page: less cannot be had.
pub(crate) struct Floor(Page);

impl Floor {
    pub(crate) fn make() -> Result<Self> {
        Ok(Self(Page::make("floor")?))
    }
}

impl WindowPeer for Floor {
    fn title(&self) -> String {
        format!("the floor: one web view with a static page of {ROWS} rows")
    }

    fn start(&self) -> Result<Running> {
        let mut command = Command::new(process::program("TRUBKA_FLOOR_BIN", "examples/floor")?);
        // Trubka sets the same for itself.
        command.arg(&self.0.path).env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
        Running::start(command.stderr(Stdio::null()))
    }
}

/// Trubka's own pages in the same web view, with invented rows in their scripts and no program behind them: what the
/// system's web view needs for them, whatever Trubka does.
pub(crate) struct SamePages {
    folder: PathBuf,
    what: &'static str,
    args: &'static [&'static str],
}

impl SamePages {
    /// The main page.
    pub(crate) const MAIN: &'static [&'static str] = &["index.html?lang=en&theme=light&calls=1000000"];
    /// The main page, with the hidden card.
    pub(crate) const MAIN_AND_CARD: &'static [&'static str] = &[Self::MAIN[0], "card.html?lang=en&theme=light"];
    /// The hidden card alone.
    pub(crate) const CARD: &'static [&'static str] = &["--hidden", "card.html?lang=en&theme=light"];

    /// These pages; what they are goes into the title.
    pub(crate) fn of(what: &'static str, args: &'static [&'static str]) -> Result<Self> {
        let folder = std::env::var_os("TRUBKA_FLOOR_PAGES");
        let folder = folder.context("TRUBKA_FLOOR_PAGES names no folder of pages; `cargo xtask bench` builds one")?;
        Ok(Self { folder: folder.into(), what, args })
    }
}

impl WindowPeer for SamePages {
    fn title(&self) -> String {
        format!("the floor of the same work: one web process with {}, and no program behind it", self.what)
    }

    fn start(&self) -> Result<Running> {
        let mut command = Command::new(process::program("TRUBKA_FLOOR_BIN", "examples/floor")?);
        command.arg(&self.folder).args(self.args).env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
        Running::start(command.stderr(Stdio::null()))
    }
}

/// What a web application has: Chromium in application mode with the same page.
pub(crate) struct Chromium {
    program: &'static str,
    page: Page,
}

impl Chromium {
    /// `None` when it is not installed.
    pub(crate) fn find() -> Result<Option<Self>> {
        // Names that distributions give it.
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let Some(program) = names.into_iter().find(|name| answers(name)) else { return Ok(None) };
        Ok(Some(Self { program, page: Page::make("chromium")? }))
    }
}

impl WindowPeer for Chromium {
    fn title(&self) -> String {
        format!("Chromium --app with a static page of {ROWS} rows")
    }

    /// Starts it without what only a newly installed browser does.
    fn start(&self) -> Result<Running> {
        let mut command = Command::new(self.program);
        command.arg(format!("--app=file://{}", self.page.path.display()));
        command.arg(format!("--user-data-dir={}", self.page.folder.join("profile").display()));
        command.args(["--no-first-run", "--no-default-browser-check", "--disable-gpu", "--window-size=1240,780"]);
        // It refuses its sandbox to root; the page is our own.
        command.args(["--no-sandbox", "--disable-background-networking", "--disable-component-update"]);
        Running::start(command.stderr(Stdio::null()))
    }
}

/// What an agent might have instead: the best known softphone.
pub(crate) struct Linphone {
    home: Folder,
}

impl Linphone {
    /// `None` when it is not installed.
    pub(crate) fn find() -> Result<Option<Self>> {
        if !answers("linphone") {
            return Ok(None);
        }
        Ok(Some(Self { home: Folder::make("linphone")? }))
    }
}

impl WindowPeer for Linphone {
    fn title(&self) -> String {
        "Linphone, without an account".to_owned()
    }

    fn start(&self) -> Result<Running> {
        let mut command = Command::new("linphone");
        command.env("HOME", self.home.join("")).env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME");
        Running::start(command.stderr(Stdio::null()))
    }
}

fn answers(name: &str) -> bool {
    let mut ask = Command::new(name);
    ask.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    ask.status().is_ok_and(|status| status.success())
}
