//! The tables of makes in both READMEs, generated from the descriptions in the crate `pbx`.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::project::Project;

/// Each README and its language.
const READMES: [(&str, &str); 2] = [("README.md", "en"), ("README.ru.md", "ru")];
/// What stands before and after a table.
const MARKS: [&str; 2] =
    ["<!-- makes: written by `cargo xtask makes` from the descriptions in crates/pbx -->", "<!-- /makes -->"];

/// Writes the tables anew.
pub(crate) fn write(project: &Project) -> Result<()> {
    for (name, language) in READMES {
        let path = project.path(name);
        let text = fs::read_to_string(&path).with_context(|| format!("reading {name}"))?;
        let fresh = with_table(&text, &table(project, language)?).with_context(|| name.to_owned())?;
        fs::write(&path, fresh).with_context(|| format!("writing {name}"))?;
    }
    Ok(())
}

/// Fails when a table is not what the descriptions give now.
pub(crate) fn check(project: &Project) -> Result<()> {
    for (name, language) in READMES {
        let text = fs::read_to_string(project.path(name)).with_context(|| format!("reading {name}"))?;
        if with_table(&text, &table(project, language)?).with_context(|| name.to_owned())? != text {
            bail!("the table of makes in {name} is not up to date");
        }
    }
    Ok(())
}

fn table(project: &Project, language: &str) -> Result<String> {
    let mut cargo = project.cargo();
    cargo.args(["run", "--quiet", "--package", "pbx", "--example", "makes-table", "--", language]);
    let output = cargo.output().context("starting cargo")?;
    if !output.status.success() {
        bail!("the table of makes could not be printed: {}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).context("the table of makes is text")
}

/// The text with this table between its marks.
fn with_table(text: &str, table: &str) -> Result<String> {
    let [begin, end] = MARKS;
    let parts = text.split_once(begin).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    let (before, after) = parts.with_context(|| format!("no table stands between {begin} and {end}"))?;
    Ok(format!("{before}{begin}\n{}\n{end}{after}", table.trim()))
}

#[cfg(test)]
mod tests {
    use super::{MARKS, with_table};

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let [begin, end] = MARKS;
        let text = format!("# Before\n{begin}\n| old |\n{end}\nafter\n");
        let fresh = with_table(&text, "| new |\n| --- |\n").expect("the marks are there");
        assert_eq!(fresh, format!("# Before\n{begin}\n| new |\n| --- |\n{end}\nafter\n"));
        assert_eq!(with_table(&fresh, "| new |\n| --- |").expect("the marks are there"), fresh);
        assert!(with_table("no table", "| new |").is_err());
        assert!(with_table(begin, "| new |").is_err(), "an end is missing");
    }
}
