//! A desktop session that nobody sits at: display, window manager, bus, unlocked keyring, notifications.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::process::{self, Background, bound_to_us};

const NAME: &str = "trubka-session-";
const SCREEN: &str = "1440x900x24";

/// The session; it ends with this value.
pub(crate) struct Session {
    // Ended in reverse order of their start, the display last.
    programs: Vec<Background>,
    environment: Vec<(&'static str, String)>,
    folder: PathBuf,
}

impl Session {
    /// Starts a session with folders of its own, so that neither keys nor settings of the person are touched.
    pub(crate) fn start() -> Result<Self> {
        remove_abandoned();
        let folder = std::env::temp_dir().join(format!("{NAME}{}", std::process::id()));
        let mut session = Self { programs: Vec::new(), environment: Vec::new(), folder };
        session.make_folders()?;
        session.start_display()?;
        session.start_bus()?;
        session.start_beside("openbox", &["--sm-disable"])?;
        session.start_keyring()?;
        session.start_beside("dunst", &[])?;
        session.wait_for("org.freedesktop.secrets")?;
        session.wait_for("org.freedesktop.Notifications")?;
        Ok(session)
    }

    /// Lets a command run in this session.
    pub(crate) fn apply<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env_remove("WAYLAND_DISPLAY");
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        apply_renderer(command)
    }

    /// Writes a picture of the whole screen.
    pub(crate) fn screenshot(&self, file: &Path) -> Result<()> {
        // Written beside and renamed, so that nobody ever opens half a picture.
        let draft = file.with_extension("part");
        let mut import = self.command("import");
        import.args(["-silent", "-window", "root"]).arg(format!("png:{}", draft.display()));
        process::output(&mut import, "take a picture of the screen")?;
        fs::rename(&draft, file).with_context(|| format!("writing {}", file.display()))
    }

    fn command(&self, program: &str) -> Command {
        let mut command = bound_to_us(program);
        self.apply(&mut command);
        command
    }

    fn make_folders(&mut self) -> Result<()> {
        for (variable, name) in [
            ("XDG_RUNTIME_DIR", "run"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
        ] {
            let folder = self.folder.join(name);
            fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
            self.environment.push((variable, folder.display().to_string()));
        }
        self.environment.push(("GDK_BACKEND", "x11".to_owned()));
        make_private(&self.folder)?;
        make_private(&self.folder.join("run"))
    }

    fn start_display(&mut self) -> Result<()> {
        let mut command = self.command("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]);
        let number = self.start_and_read_line("Xvfb", &mut command)?;
        self.environment.push(("DISPLAY", format!(":{number}")));
        Ok(())
    }

    fn start_bus(&mut self) -> Result<()> {
        let mut command = self.command("dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--print-address"]);
        let address = self.start_and_read_line("dbus-daemon", &mut command)?;
        self.environment.push(("DBUS_SESSION_BUS_ADDRESS", address));
        Ok(())
    }

    fn start_keyring(&mut self) -> Result<()> {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]).stdin(Stdio::piped());
        let mut keyring =
            Background::start("gnome-keyring-daemon", command.stdout(Stdio::null()).stderr(Stdio::null()))?;
        let mut password = keyring.child().stdin.take().context("the keyring's input is piped")?;
        password.write_all(b"trubka").context("unlocking the keyring")?;
        drop(password);
        self.programs.push(keyring);
        Ok(())
    }

    fn start_beside(&mut self, program: &str, arguments: &[&str]) -> Result<()> {
        let mut command = self.command(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.programs.push(Background::start(program, &mut command)?);
        Ok(())
    }

    fn start_and_read_line(&mut self, name: &str, command: &mut Command) -> Result<String> {
        let mut program =
            Background::start(name, command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()))?;
        let output = program.child().stdout.take().context("the program's output is piped")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).with_context(|| format!("reading what {name} prints"))?;
        if line.trim().is_empty() {
            bail!("{name} ended before it was ready");
        }
        self.programs.push(program);
        Ok(line.trim().to_owned())
    }

    fn wait_for(&self, name: &str) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(15) {
            let mut ask = self.command("dbus-send");
            ask.args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"]);
            ask.args(["org.freedesktop.DBus.NameHasOwner", &format!("string:{name}")]);
            if process::answer(&mut ask).is_some_and(|answer| answer.contains("boolean true")) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("nobody owns {name} on the session's bus")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        while let Some(program) = self.programs.pop() {
            drop(program);
        }
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            println!("{} stays behind: {error}", self.folder.display());
        }
    }
}

/// Chooses WebKitGTK's lean renderer where the person has not chosen one.
pub(crate) fn apply_renderer(command: &mut Command) -> &mut Command {
    const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if std::env::var_os(VARIABLE).is_none() {
        command.env(VARIABLE, "1");
    }
    command
}

/// Sessions whose owner was killed leave their folders; the next one removes them.
fn remove_abandoned() {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(NAME)).filter(|id| id.parse::<u32>().is_ok());
        if owner.is_some_and(|id| !Path::new("/proc").join(id).exists()) && fs::remove_dir_all(entry.path()).is_err() {
            println!("{} is left by an earlier session of another user", entry.path().display());
        }
    }
}

#[cfg(unix)]
fn make_private(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
        .with_context(|| format!("closing {} to others", folder.display()))
}

#[cfg(not(unix))]
fn make_private(_folder: &Path) -> Result<()> {
    bail!("a virtual display needs Linux")
}
