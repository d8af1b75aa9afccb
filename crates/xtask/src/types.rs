//! The UI's types, generated from the contract of the crate `desk`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{process::run, project::Project};

const COMMITTED: &str = "ui/src/generated";

/// Writes the committed types anew.
pub(crate) fn write(project: &Project) -> Result<()> {
    export(project, &project.path(COMMITTED))
}

/// Fails when the committed types are not those that the contract gives now.
pub(crate) fn check(project: &Project) -> Result<()> {
    let fresh = project.target("generated-types");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).with_context(|| format!("removing {}", fresh.display()))?;
    }
    export(project, &fresh)?;
    let differing = differing(&contents(&project.path(COMMITTED))?, &contents(&fresh)?);
    if !differing.is_empty() {
        bail!("{COMMITTED} is not up to date: {}", differing.join(", "));
    }
    Ok(())
}

fn export(project: &Project, folder: &Path) -> Result<()> {
    let mut cargo = project.cargo();
    cargo.args(["run", "--quiet", "--package", "desk", "--example", "export-types", "--"]).arg(folder);
    run(&mut cargo, "export the types")
}

type Contents = BTreeMap<PathBuf, Vec<u8>>;

fn contents(root: &Path) -> Result<Contents> {
    let mut files = Contents::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            files.insert(path.strip_prefix(root)?.to_owned(), text);
        }
    }
    Ok(files)
}

fn differing(committed: &Contents, fresh: &Contents) -> Vec<String> {
    let mut names: Vec<_> = committed.keys().chain(fresh.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| committed.get(*name) != fresh.get(*name));
    names.iter().map(|name| name.display().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Contents, differing};

    fn files(files: &[(&str, &str)]) -> Contents {
        files.iter().map(|(name, text)| (PathBuf::from(name), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn changed_missing_and_left_over_files_are_named() {
        let committed = files(&[("same.ts", "1"), ("changed.ts", "1"), ("left-over.ts", "1")]);
        let fresh = files(&[("same.ts", "1"), ("changed.ts", "2"), ("new.ts", "1")]);
        assert_eq!(differing(&committed, &fresh), ["changed.ts", "left-over.ts", "new.ts"]);
        assert!(differing(&fresh, &fresh).is_empty());
    }
}
