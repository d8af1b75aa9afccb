//! Programs that are run to their end, and programs that live as long as their owner.

use std::{
    ffi::OsStr,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// Runs a command with its output on ours; `purpose` completes "could not …".
pub(crate) fn run(command: &mut Command, purpose: &str) -> Result<()> {
    println!("$ {}", shown(command));
    let status = command.status().with_context(|| cannot_start(command, purpose))?;
    if !status.success() {
        bail!("could not {purpose}: `{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs a command and returns what it printed; `None` when it is not there or failed.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command and returns what it printed; `purpose` completes "could not …".
pub(crate) fn output(command: &mut Command, purpose: &str) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output().with_context(|| cannot_start(command, purpose))?;
    if !output.status.success() {
        bail!("could not {purpose}: `{}` ended with {}", shown(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("reading what `{}` printed", shown(command)))
}

/// A command that is sent SIGTERM when this program ends, however it ends.
pub(crate) fn bound_to_us(program: impl AsRef<OsStr>) -> Command {
    if cfg!(target_os = "linux") {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

/// A program running beside ours; it is ended when this value goes.
pub(crate) struct Background {
    name: String,
    child: Child,
}

impl Background {
    /// Starts the command, which should come from [`bound_to_us`].
    pub(crate) fn start(name: &str, command: &mut Command) -> Result<Self> {
        let child = command.spawn().with_context(|| cannot_start(command, &format!("start {name}")))?;
        Ok(Self { name: name.to_owned(), child })
    }

    /// The running process, for its pipes.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("asking after {}", self.name))
    }

    fn ends_within(&mut self, patience: Duration) -> bool {
        let start = Instant::now();
        while start.elapsed() < patience {
            match self.child.try_wait() {
                Ok(None) => thread::sleep(Duration::from_millis(20)),
                Ok(Some(_)) | Err(_) => return true,
            }
        }
        false
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if self.ends_within(Duration::from_millis(1)) {
            return;
        }
        // The shell's own `kill`: a bare machine has no other, and std sends nothing gentler than SIGKILL.
        let asked = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status();
        if asked.is_ok_and(|status| status.success()) && self.ends_within(Duration::from_secs(3)) {
            return;
        }
        if self.child.kill().is_ok() {
            self.ends_within(Duration::from_secs(3));
        }
    }
}

fn cannot_start(command: &Command, purpose: &str) -> String {
    format!("could not {purpose}: `{}` does not start", command.get_program().to_string_lossy())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{Background, answer, bound_to_us, output, run};

    #[test]
    fn a_failing_command_is_named_with_its_purpose() {
        let error = run(Command::new("sh").args(["-c", "exit 3"]), "try the shell").expect_err("exit 3 is a failure");
        let text = format!("{error:#}");
        assert!(text.contains("could not try the shell") && text.contains('3'), "{text}");
    }

    #[test]
    fn a_missing_program_is_an_error_or_no_answer() {
        assert!(output(&mut Command::new("no-such-program-here"), "look").is_err());
        assert_eq!(answer(&mut Command::new("no-such-program-here")), None);
        assert_eq!(answer(Command::new("sh").args(["-c", "echo there"])).as_deref(), Some("there\n"));
    }

    #[test]
    fn a_background_program_ends_with_its_owner() {
        let mut sleeper = Background::start("a sleeper", bound_to_us("sleep").arg("600")).expect("sleep starts");
        let id = sleeper.child().id();
        drop(sleeper);
        let alive = Command::new("sh").args(["-c", &format!("kill -0 {id} 2>/dev/null")]).status().expect("sh runs");
        assert!(!alive.success(), "process {id} outlived its owner");
    }
}
