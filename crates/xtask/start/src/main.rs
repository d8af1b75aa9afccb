//! What `cargo xtask` starts first. A Rust that is too old cannot read the workspace's manifest and says so in words
//! that name no version; this names it, and otherwise hands over to xtask.

#[path = "../../src/version.rs"]
mod version;

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{exit, Command},
};

use version::Version;

fn main() {
    if let Err(message) = start() {
        eprintln!("xtask: {message}");
        exit(1);
    }
}

fn start() -> Result<(), String> {
    let root = project_root(env::var_os("CARGO_MANIFEST_DIR"))?;
    let needed = needed(&root)?;
    let found = found()?;
    if found < needed {
        return Err(format!(
            "Rust {found} is too old: {needed} or newer is needed (https://rustup.rs, or `rustup update stable`)"
        ));
    }
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    cargo.args(["run", "--quiet", "--package", "xtask", "--manifest-path"]).arg(root.join("Cargo.toml")).arg("--");
    hand_over(cargo.args(env::args_os().skip(1)))
}

/// The checkout that this was started from. Cargo names the package's folder to what it runs; the folder at compile time
/// would be wrong once the checkout was moved.
fn project_root(package: Option<OsString>) -> Result<PathBuf, String> {
    let package = package.map(PathBuf::from).ok_or("start this with `cargo xtask`, from the project's folder")?;
    let root = package.ancestors().nth(3).filter(|root| root.join("Cargo.toml").exists());
    root.map(Path::to_owned).ok_or_else(|| format!("{} does not lie in a checkout of the project", package.display()))
}

fn needed(root: &Path) -> Result<Version, String> {
    let manifest = root.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(|error| format!("reading {}: {error}", manifest.display()))?;
    let line = text.lines().find_map(|line| line.strip_prefix("rust-version"));
    line.and_then(Version::find).ok_or_else(|| format!("{} names no rust-version", manifest.display()))
}

fn found() -> Result<Version, String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let output = Command::new(rustc).arg("--version").output().map_err(|error| format!("starting rustc: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    Version::find(&printed).ok_or_else(|| format!("rustc told no version but `{}`", printed.trim()))
}

/// Becomes the command, so that signals and the process id are xtask's.
#[cfg(unix)]
fn hand_over(command: &mut Command) -> Result<(), String> {
    use std::os::unix::process::CommandExt;
    Err(format!("starting cargo: {}", command.exec()))
}

#[cfg(not(unix))]
fn hand_over(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("starting cargo: {error}"))?;
    exit(status.code().unwrap_or(1))
}
