//! Programs that are measured, and ended by their own id.

use std::{
    collections::BTreeSet,
    env, fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

/// A program that is ended when this value goes.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        Ok(Self(child.with_context(|| format!("starting {}", command.get_program().display()))?))
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// The ids of the program and of all that it has started.
    pub(crate) fn family(&self) -> Vec<u32> {
        let parents = parents();
        let mut family = BTreeSet::from([self.0.id()]);
        loop {
            let more = parents.iter().filter(|(id, parent)| family.contains(parent) && !family.contains(id));
            let more: Vec<u32> = more.map(|(id, _)| *id).collect();
            if more.is_empty() {
                return family.into_iter().collect();
            }
            family.extend(more);
        }
    }
}

impl Drop for Running {
    /// Asks it to end, and ends it when it does not; what it has started goes with it.
    fn drop(&mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        let end = Instant::now() + Duration::from_secs(5);
        while asked.is_ok() && Instant::now() < end {
            if matches!(self.0.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        // It may have ended meanwhile.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Every process with its parent.
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let id: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name in brackets may hold anything; the parent is the second field after it.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((id, parent))
        })
        .collect()
}

/// The path of one of the project's programs: named in the environment, or beside this one.
pub(crate) fn program(variable: &str, name: &str) -> Result<PathBuf> {
    if let Some(path) = env::var_os(variable) {
        return Ok(path.into());
    }
    Ok(env::current_exe()?.with_file_name(name))
}

/// A folder of this run; it goes with this value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn make(name: &str) -> Result<Self> {
        let path = env::temp_dir().join(format!("trubka-bench-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).with_context(|| format!("making {}", path.display()))?;
        Ok(Self(path))
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A program that is just ending may still write: what is left is in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}
