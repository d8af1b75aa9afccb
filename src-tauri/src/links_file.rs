//! Links of invitations in a file, as a spreadsheet reads it.

use std::{
    io,
    path::{Path, PathBuf},
};

use desk::{
    Clock, SystemClock,
    contract::{ContractError, ErrorCode, KeptFile, NamedLink},
};

use crate::platform;

/// Keeps links in a new file among the person's downloads.
pub(crate) async fn keep(links: Vec<NamedLink>) -> Result<KeptFile, ContractError> {
    let folder = dirs::download_dir().or_else(dirs::home_dir);
    let folder = folder.ok_or_else(|| ContractError::new(ErrorCode::Storage, "there is no folder for downloads"))?;
    let stamp = SystemClock.now().to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d-%H%M%S").to_string();
    let write = move || write_new(&folder, &stamp, &table(&links));
    let file = tauri::async_runtime::spawn_blocking(write).await.unwrap_or_else(|error| Err(io::Error::other(error)));
    let file = file.map_err(|error| ContractError::new(ErrorCode::Storage, format!("no file was written: {error}")))?;
    Ok(KeptFile { file: file.display().to_string() })
}

/// Writes a file that was not there before, and that this person alone may read.
fn write_new(folder: &Path, stamp: &str, text: &str) -> io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(format!("trubka-{stamp}.csv"));
    if path.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    if let Err(error) = platform::write_private(&path, text.as_bytes()) {
        // Half a list would look like a whole one.
        drop(std::fs::remove_file(&path));
        return Err(error);
    }
    Ok(path)
}

/// The links as a table. Its mark tells spreadsheets that it is UTF-8.
fn table(links: &[NamedLink]) -> String {
    let lines = links.iter().map(|NamedLink { name, link }| format!("{};{}\r\n", field(name), field(link)));
    format!("\u{feff}{}", lines.collect::<String>())
}

/// A field. A name that a spreadsheet would take for a formula begins with an apostrophe.
fn field(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(name: &str) -> NamedLink {
        NamedLink { name: name.to_owned(), link: "trubka://join/calls.example.org/A".to_owned() }
    }

    #[test]
    fn links_are_a_table_of_a_new_file_in_which_names_are_no_formulas() {
        let folder = std::env::temp_dir().join(format!("trubka-links-{}", std::process::id()));
        let text = table(&[link("Анна; \"Аня\""), link("=HYPERLINK(1)")]);
        let path = write_new(&folder, "1", &text).expect("is written");
        let kept = std::fs::read_to_string(&path).expect("is read");
        assert_eq!(
            kept,
            "\u{feff}\"Анна; \"\"Аня\"\"\";\"trubka://join/calls.example.org/A\"\r\n\
             \"'=HYPERLINK(1)\";\"trubka://join/calls.example.org/A\"\r\n"
        );
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().expect("is there").permissions());
            assert_eq!(mode & 0o777, 0o600, "links let people in");
        }
        assert!(write_new(&folder, "1", "other").is_err(), "nothing is written over");
        assert_eq!(std::fs::read_to_string(&path).expect("is read"), kept);
        std::fs::remove_dir_all(&folder).expect("its own folder");
    }
}
