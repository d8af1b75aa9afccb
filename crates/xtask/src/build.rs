//! `cargo xtask build`: UI, types, all programs.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::{
    process::run,
    project::Project,
    setup::{self, Purpose},
    types, ui,
};

/// How the programs are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Dev,
    /// As it is shipped.
    Release,
}

impl Profile {
    /// Reads `--release` or nothing.
    pub(crate) fn from_arguments(arguments: &[String]) -> Result<Self> {
        match arguments {
            [] => Ok(Self::Dev),
            [only] if only == "--release" => Ok(Self::Release),
            other => bail!("`{}` is not understood here; `--release` would be", other.join(" ")),
        }
    }

    /// Cargo's option for it.
    pub(crate) fn option(self) -> Option<&'static str> {
        match self {
            Self::Dev => None,
            Self::Release => Some("--release"),
        }
    }

    /// A program that was built so.
    pub(crate) fn program(self, project: &Project, name: &str) -> PathBuf {
        let folder = match self {
            Self::Dev => "debug",
            Self::Release => "release",
        };
        project.target(&format!("{folder}/{name}{}", std::env::consts::EXE_SUFFIX))
    }
}

/// Builds everything.
pub(crate) fn build(project: &Project, profile: Profile) -> Result<()> {
    setup::ensure(project, Purpose::Build)?;
    types::write(project)?;
    ui::build(project)?;
    let mut cargo = project.cargo();
    cargo.args(["build", "--workspace", "--bins"]).args(profile.option());
    run(&mut cargo, "build the programs")
}

#[cfg(test)]
mod tests {
    use super::Profile;

    #[test]
    fn release_is_the_only_option() {
        let read = |words: &[&str]| Profile::from_arguments(&words.iter().map(|&w| w.to_owned()).collect::<Vec<_>>());
        assert_eq!(read(&[]).ok(), Some(Profile::Dev));
        assert_eq!(read(&["--release"]).ok(), Some(Profile::Release));
        assert!(read(&["--relase"]).is_err());
        assert!(read(&["--release", "--release"]).is_err());
    }
}
