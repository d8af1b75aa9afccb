//! What a machine needs before anything is built: Node and Debian packages. Rust was looked at by `start`.

use std::env;

use anyhow::{Context, Result, bail};

use crate::{debian, process, project::Project, version::Version};

/// The oldest Node that the UI's tools run on.
const NODE: Version = Version(20, 19, 0);

const SOURCE: &str = "https://nodejs.org";

/// What a command is going to do with the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Compile the programs.
    Build,
    /// Start the desktop where somebody can see it, or in a virtual display.
    Run,
    /// Drive the real window.
    Test,
}

/// Makes the machine ready, installing what is missing.
pub(crate) fn ensure(project: &Project, purpose: Purpose) -> Result<()> {
    check_node(project)?;
    debian::ensure(&packages(purpose, has_display()))
}

/// Whether windows would be seen by somebody.
pub(crate) fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn packages(purpose: Purpose, display: bool) -> Vec<&'static str> {
    let mut packages = debian::DESKTOP.to_vec();
    match purpose {
        Purpose::Build => {}
        Purpose::Run if display => packages.extend(debian::TRAY),
        Purpose::Run => packages.extend(debian::VIRTUAL_DISPLAY),
        Purpose::Test => packages.extend([debian::VIRTUAL_DISPLAY, debian::TRAY, debian::WINDOW_TESTS].concat()),
    }
    packages
}

fn check_node(project: &Project) -> Result<()> {
    let printed = process::answer(project.command("node").arg("--version"))
        .with_context(|| format!("Node {NODE} or newer is needed and `node` does not start: {SOURCE}"))?;
    let found = Version::find(&printed).with_context(|| format!("no version in what node printed: {printed}"))?;
    refuse_older(found)?;
    if process::answer(project.command("npm").arg("--version")).is_none() {
        bail!("`npm` does not start; it comes with Node: {SOURCE}");
    }
    Ok(())
}

fn refuse_older(found: Version) -> Result<()> {
    if found < NODE {
        bail!("Node {found} is too old: {NODE} or newer is needed ({SOURCE})");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Purpose, packages, refuse_older};
    use crate::version::Version;

    #[test]
    fn a_node_that_is_too_old_is_named_with_the_version_needed() {
        let error = refuse_older(Version(18, 19, 0)).expect_err("18 is too old");
        assert_eq!(error.to_string(), "Node 18.19.0 is too old: 20.19.0 or newer is needed (https://nodejs.org)");
        assert!(refuse_older(Version(20, 19, 0)).is_ok());
    }

    #[test]
    fn a_desktop_with_a_display_needs_no_virtual_one() {
        assert!(!packages(Purpose::Run, true).contains(&"xvfb"));
        assert!(packages(Purpose::Run, false).contains(&"xvfb"));
        assert!(!packages(Purpose::Run, false).contains(&"webkit2gtk-driver"));
        assert!(packages(Purpose::Test, true).contains(&"xvfb"), "tests never use the person's own display");
        assert!(packages(Purpose::Test, true).contains(&"webkit2gtk-driver"));
        assert!(!packages(Purpose::Build, false).contains(&"xvfb"));
    }
}
