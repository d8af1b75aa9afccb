//! Where the project's folders and programs are.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

/// The checkout that the commands work on.
pub(crate) struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// Finds the checkout that this program was started from. Cargo names the package's folder to what it runs; the
    /// folder at compile time would be wrong once the checkout was moved.
    pub(crate) fn locate() -> Result<Self> {
        let package = env::var_os("CARGO_MANIFEST_DIR").context("start this with `cargo xtask`")?;
        let root = root_above(Path::new(&package))?;
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(given) => env::current_dir()?.join(given),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// A file or folder of the checkout.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A file or folder below the one target directory.
    pub(crate) fn target(&self, relative: &str) -> PathBuf {
        self.target.join(relative)
    }

    /// A command that starts in the project's root.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// Cargo, on this project.
    pub(crate) fn cargo(&self) -> Command {
        self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }
}

/// The checkout that holds the folder of this package.
fn root_above(package: &Path) -> Result<PathBuf> {
    let root = package.ancestors().nth(2).filter(|root| root.join("Cargo.lock").exists());
    root.map(Path::to_owned).with_context(|| format!("{} does not lie in a checkout of the project", package.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::root_above;

    #[test]
    fn a_checkout_is_found_where_it_lies_now() {
        let place = std::env::temp_dir().join(format!("trubka-checkout-{}", std::process::id()));
        let (first, moved) = (place.join("first"), place.join("moved"));
        fs::create_dir_all(first.join("crates/xtask")).expect("a folder");
        fs::write(first.join("Cargo.lock"), "").expect("a file");
        assert_eq!(root_above(&first.join("crates/xtask")).expect("a checkout"), first);
        fs::rename(&first, &moved).expect("moved");
        assert_eq!(root_above(&moved.join("crates/xtask")).expect("a checkout"), moved);
        let error = root_above(&first.join("crates/xtask")).expect_err("nothing lies there any more").to_string();
        assert!(error.contains("first"), "{error}");
        fs::remove_dir_all(&place).expect("its own folder");
    }
}
