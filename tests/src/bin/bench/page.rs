//! What the peers show: a static page with as many rows as Trubka's list asks for first.

use std::{fmt::Write, fs, path::PathBuf};

use anyhow::Result;

use crate::{history, process::Folder};

/// Rows of the page.
pub(crate) const ROWS: usize = 60;

/// The page as a file in a folder of its own.
pub(crate) struct Page {
    pub(crate) path: PathBuf,
    pub(crate) folder: Folder,
}

impl Page {
    pub(crate) fn make(name: &str) -> Result<Self> {
        let folder = Folder::make(name)?;
        let path = folder.join("calls.html");
        fs::write(&path, html())?;
        Ok(Self { path, folder })
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
