//! Debian packages: what is needed, what is missing, how it is installed. Ubuntu uses the same names.

use std::{
    collections::BTreeSet,
    io::{IsTerminal, stdin},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::process;

/// What a desktop program needs to be built and started. WebKitGTK says that it cannot play MP3 through MediaSource
/// unless a decoder beyond its own dependencies is there.
pub(crate) const DESKTOP: &[&str] = &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev", "gstreamer1.0-libav"];

/// What it uses besides on a desktop that somebody sits at: the tray's library is loaded when it is there.
pub(crate) const TRAY: &[&str] = &["libayatana-appindicator3-1"];

/// A desktop session on a machine without a display. `dbus-x11` is there because the keyring would otherwise
/// pull in the whole of systemd for its bus.
pub(crate) const VIRTUAL_DISPLAY: &[&str] =
    &["xvfb", "openbox", "dbus", "dbus-x11", "gnome-keyring", "dunst", "imagemagick"];

/// What drives the real window in tests.
pub(crate) const WINDOW_TESTS: &[&str] = &["webkit2gtk-driver", "xdotool", "x11-utils", "x11-xserver-utils"];

/// Installs the packages that are not there; where that is not allowed, says the one line to run.
pub(crate) fn ensure(wanted: &[&str]) -> Result<()> {
    let Some(installed) = installed(wanted) else {
        println!(
            "This is no Debian or Ubuntu; these packages are expected under your system's names: {}",
            wanted.join(" ")
        );
        return Ok(());
    };
    let missing = missing(wanted, &installed);
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing packages: {}", missing.join(" "));
    let Some(way) = Installer::on_this_machine() else {
        bail!("this user may not install packages, and cannot be asked for a password here. {}", please_run(&missing));
    };
    for arguments in [vec!["update".to_owned()], install_arguments(&missing)] {
        process::run(&mut way.apt_get(&arguments), "install packages").with_context(|| please_run(&missing))?;
    }
    Ok(())
}

fn installed(wanted: &[&str]) -> Option<BTreeSet<String>> {
    // Fails when one of the names is unknown, yet prints the others: only the absence of the program matters.
    let query = Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status} ${Package}\n"]).args(wanted).output();
    query.ok().map(|output| parse_installed(&String::from_utf8_lossy(&output.stdout)))
}

fn parse_installed(listing: &str) -> BTreeSet<String> {
    listing.lines().filter_map(|line| line.strip_prefix("installed ")).map(str::to_owned).collect()
}

fn missing<'a>(wanted: &[&'a str], installed: &BTreeSet<String>) -> Vec<&'a str> {
    wanted.iter().copied().filter(|name| !installed.contains(*name)).collect()
}

fn install_arguments(missing: &[&str]) -> Vec<String> {
    let options = ["install", "--yes", "--no-install-recommends"];
    options.iter().chain(missing).map(|&word| word.to_owned()).collect()
}

fn please_run(missing: &[&str]) -> String {
    format!(
        "Run this line, then try again:\n  sudo apt-get update && sudo apt-get {}\n",
        install_arguments(missing).join(" ")
    )
}

/// How this user may install packages.
enum Installer {
    Root,
    Sudo,
}

impl Installer {
    fn on_this_machine() -> Option<Self> {
        if process::answer(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0") {
            return Some(Self::Root);
        }
        let silently = process::answer(Command::new("sudo").args(["-n", "true"])).is_some();
        let asking = stdin().is_terminal() && process::answer(Command::new("sudo").arg("-V")).is_some();
        (silently || asking).then_some(Self::Sudo)
    }

    fn apt_get(&self, arguments: &[String]) -> Command {
        let mut command = match self {
            Self::Root => Command::new("env"),
            Self::Sudo => {
                let mut sudo = Command::new("sudo");
                sudo.arg("env");
                sudo
            }
        };
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::{DESKTOP, TRAY, VIRTUAL_DISPLAY, WINDOW_TESTS, missing, parse_installed, please_run};

    #[test]
    fn only_installed_packages_count() {
        let listing = "installed xvfb\nconfig-files openbox\nnot-installed dunst\n";
        let installed = parse_installed(listing);
        assert_eq!(missing(&["xvfb", "openbox", "dunst", "xdotool"], &installed), ["openbox", "dunst", "xdotool"]);
    }

    #[test]
    fn the_line_to_run_is_one_line_that_can_be_pasted() {
        let text = please_run(&["xvfb", "openbox"]);
        let lines: Vec<_> = text.lines().filter(|line| line.contains("sudo")).collect();
        assert_eq!(lines, ["  sudo apt-get update && sudo apt-get install --yes --no-install-recommends xvfb openbox"]);
    }

    #[test]
    fn no_package_is_listed_twice() {
        let mut all: Vec<_> = [DESKTOP, TRAY, VIRTUAL_DISPLAY, WINDOW_TESTS].concat();
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
