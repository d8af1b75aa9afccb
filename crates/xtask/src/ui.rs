//! Node projects: their packages, and the UI's pages.

use std::{fs, path::Path};

use anyhow::Result;

use crate::{process::run, project::Project};

/// Installs the packages of a Node project when they are missing or older than its lock file.
pub(crate) fn install(project: &Project, folder: &str) -> Result<()> {
    if !is_outdated(&project.path(folder)) {
        return Ok(());
    }
    let mut npm = project.command("npm");
    npm.current_dir(project.path(folder)).args(["ci", "--no-audit", "--no-fund"]);
    run(&mut npm, &format!("install the packages of {folder}"))
}

/// Runs one of a Node project's scripts.
pub(crate) fn script(project: &Project, folder: &str, name: &str) -> Result<()> {
    let mut npm = project.command("npm");
    npm.current_dir(project.path(folder)).args(["run", "--silent", name]);
    run(&mut npm, &format!("run `{name}` of {folder}"))
}

/// Builds the pages that the desktop program carries.
pub(crate) fn build(project: &Project) -> Result<()> {
    install(project, "ui")?;
    script(project, "ui", "build")
}

fn is_outdated(folder: &Path) -> bool {
    let changed = |file: &str| fs::metadata(folder.join(file)).and_then(|data| data.modified());
    match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Ok(installed), Ok(locked)) => installed < locked,
        (Err(_), _) | (_, Err(_)) => true,
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, File},
        time::{Duration, SystemTime},
    };

    use super::is_outdated;

    #[test]
    fn packages_older_than_the_lock_file_are_outdated() {
        let folder = std::env::temp_dir().join(format!("trubka-xtask-ui-{}", std::process::id()));
        fs::create_dir_all(folder.join("node_modules")).expect("a folder can be made");
        let lock = File::create(folder.join("package-lock.json")).expect("a file can be made");
        assert!(is_outdated(&folder), "nothing is installed yet");

        let installed = File::create(folder.join("node_modules/.package-lock.json")).expect("a file can be made");
        let now = SystemTime::now();
        lock.set_modified(now).expect("times can be set");
        installed.set_modified(now + Duration::from_secs(1)).expect("times can be set");
        assert!(!is_outdated(&folder));

        lock.set_modified(now + Duration::from_secs(2)).expect("times can be set");
        assert!(is_outdated(&folder));
        fs::remove_dir_all(&folder).expect("the folder goes");
    }
}
