//! Cargo's companions at pinned versions, installed into `target/tools` where they are missing.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};

use crate::{
    process::{self, run},
    project::Project,
    version::Version,
};

/// A program from the package registry.
pub(crate) struct CargoTool {
    name: &'static str,
    version: Version,
    options: &'static [&'static str],
    /// Whether `NAME --version` prints a version, so that one found on the path can be judged.
    tells_version: bool,
}

/// Runs the tests.
pub(crate) const NEXTEST: CargoTool = CargoTool {
    name: "cargo-nextest",
    version: Version(0, 9, 143),
    options: &["--no-default-features", "--features", "default-no-update"],
    tells_version: true,
};

/// Checks licences, sources and banned crates.
pub(crate) const DENY: CargoTool =
    CargoTool { name: "cargo-deny", version: Version(0, 20, 2), options: &[], tells_version: true };

/// Stands between the tests and WebKitWebDriver. The alphas of 3.0 are listed as newest.
pub(crate) const TAURI_DRIVER: CargoTool =
    CargoTool { name: "tauri-driver", version: Version(2, 1, 0), options: &[], tells_version: false };

/// The program's path; installs it first where neither the path nor `target/tools` has it.
pub(crate) fn ensure(project: &Project, tool: &CargoTool) -> Result<PathBuf> {
    let home = project.target("tools");
    let program = home.join("bin").join(tool.name);
    let record = fs::read_to_string(home.join(".crates.toml")).unwrap_or_default();
    if program.exists() && tool.is_recorded(&record) {
        return Ok(program);
    }
    if tool.is_on_path(project) {
        return Ok(tool.name.into());
    }
    println!("Installing {} {} into {} (once)", tool.name, tool.version, home.display());
    let build = home.join("build");
    let mut install = project.cargo();
    // An unoptimised build without debug information is several times sooner ready, and fast enough.
    install
        .args(["install", "--locked", "--debug", "--version", &format!("={}", tool.version)])
        .args(tool.options)
        .arg("--root")
        .arg(&home)
        .arg(tool.name)
        .env("CARGO_TARGET_DIR", &build)
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .env("CARGO_INCREMENTAL", "0");
    run(&mut install, &format!("install {}", tool.name))?;
    fs::remove_dir_all(&build).with_context(|| format!("removing {}", build.display()))?;
    Ok(program)
}

impl CargoTool {
    fn is_recorded(&self, record: &str) -> bool {
        record.contains(&format!("\"{} {} (", self.name, self.version))
    }

    fn is_on_path(&self, project: &Project) -> bool {
        let subcommand = self.name.strip_prefix("cargo-");
        let printed = process::answer(project.command(self.name).args(subcommand).arg("--version"));
        self.tells_version && printed.is_some_and(|printed| self.accepts(&printed))
    }

    fn accepts(&self, printed: &str) -> bool {
        let next = Version(self.version.0, self.version.1 + 1, 0);
        Version::find(printed).is_some_and(|found| found >= self.version && found < next)
    }
}

#[cfg(test)]
mod tests {
    use super::{NEXTEST, TAURI_DRIVER};

    #[test]
    fn only_the_pinned_version_counts_as_installed() {
        let record = "[v1]\n\"tauri-driver 2.1.0 (registry+https://example.org)\" = [\"tauri-driver\"]\n";
        assert!(TAURI_DRIVER.is_recorded(record));
        assert!(!TAURI_DRIVER.is_recorded(&record.replace("2.1.0", "3.0.0-alpha.1")));
    }

    #[test]
    fn one_on_the_path_is_taken_from_the_pinned_version_on() {
        assert!(NEXTEST.accepts("cargo-nextest 0.9.143 (abc 2026-01-01)"));
        assert!(NEXTEST.accepts("cargo-nextest 0.9.200"));
        assert!(!NEXTEST.accepts("cargo-nextest 0.9.99"));
        assert!(!NEXTEST.accepts("cargo-nextest 0.10.0"));
    }
}
