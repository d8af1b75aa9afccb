//! The documents point only at what is there.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};

use crate::project::Project;

/// Fails with every link whose target is missing. A link whose text is a name in code (`` [`some_name`](file) ``)
/// must lead to a file in which that name stands: so a document that names a test names one that exists.
pub(crate) fn check(project: &Project) -> Result<()> {
    let mut documents = vec![project.path("README.md"), project.path("README.ru.md")];
    let mut folders = vec![project.path("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                documents.push(path);
            }
        }
    }
    let mut faults = Vec::new();
    for document in &documents {
        let text = fs::read_to_string(document).with_context(|| format!("reading {}", document.display()))?;
        let folder = document.parent().context("a document lies in a folder")?;
        let found = links(&text).into_iter().filter_map(|link| fault(folder, &link));
        faults.extend(found.map(|fault| format!("{}: {fault}", document.display())));
    }
    if !faults.is_empty() {
        bail!("{} links lead nowhere:\n  {}", faults.len(), faults.join("\n  "));
    }
    println!("{} documents, every link leads somewhere", documents.len());
    Ok(())
}

#[derive(Debug, PartialEq, Eq)]
struct Link<'a> {
    text: &'a str,
    target: &'a str,
}

fn links(markdown: &str) -> Vec<Link<'_>> {
    let mut found = Vec::new();
    let mut rest = markdown;
    while let Some((before, after)) = rest.split_once("](") {
        if let (Some((_, text)), Some((target, _))) = (before.rsplit_once('['), after.split_once(')')) {
            found.push(Link { text, target });
        }
        rest = after;
    }
    found
}

fn fault(folder: &Path, link: &Link<'_>) -> Option<String> {
    let target = link.target.split('#').next().unwrap_or_default();
    if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let path = folder.join(target);
    if !path.exists() {
        return Some(format!("{target} is not there"));
    }
    let name = name_in_code(link.text).filter(|_| path.is_file())?;
    match fs::read_to_string(&path) {
        Ok(text) if text.contains(name) => None,
        Ok(_) => Some(format!("`{name}` does not stand in {target}")),
        Err(error) => Some(format!("{target} cannot be read: {error}")),
    }
}

/// The name in a link text such as `` `one_flipped_byte_is_refused` ``; a path or a program's name is none.
fn name_in_code(text: &str) -> Option<&str> {
    let name = text.strip_prefix('`')?.strip_suffix('`')?;
    (name.contains(['_', ' ']) && !name.contains(['/', '.'])).then_some(name)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Link, fault, links, name_in_code};

    #[test]
    fn links_are_found_in_markdown() {
        let text = "See [the map](docs/MAP.md#calls), ![a picture](p.png)\n| [`a_test`](../x.rs) |";
        let expected = [("the map", "docs/MAP.md#calls"), ("a picture", "p.png"), ("`a_test`", "../x.rs")];
        assert_eq!(links(text), expected.map(|(text, target)| Link { text, target }));
    }

    #[test]
    fn only_names_in_code_are_looked_for() {
        assert_eq!(name_in_code("`one_flipped_byte_is_refused`"), Some("one_flipped_byte_is_refused"));
        assert_eq!(name_in_code("`a caller's name is text`"), Some("a caller's name is text"));
        assert_eq!(name_in_code("`crates/calls`"), None);
        assert_eq!(name_in_code("one_flipped_byte"), None);
    }

    #[test]
    fn a_missing_file_and_a_missing_name_are_faults() {
        let here = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo names the folder")).join("src");
        let fault = |text, target| fault(&here, &Link { text, target });
        assert_eq!(fault("the start", "main.rs"), None);
        assert_eq!(fault("elsewhere", "https://example.org/x"), None);
        assert_eq!(fault("gone", "gone.rs").as_deref(), Some("gone.rs is not there"));
        assert_eq!(fault("`without_separator`", "main.rs"), None);
        assert!(fault("`no_such_function`", "main.rs").is_some_and(|fault| fault.contains("no_such_function")));
    }
}
