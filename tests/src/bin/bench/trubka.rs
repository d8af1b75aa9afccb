//! Trubka, started as a person starts it.

use std::{
    ffi::OsStr,
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    path::Path,
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process;

/// The command that starts it in this profile.
pub(crate) fn command(profile: &Path, args: &[&OsStr]) -> Result<Command> {
    let mut command = Command::new(process::program("TRUBKA_BIN", "trubka")?);
    command.args(args).env("TRUBKA_PROFILE", profile).env("TRUBKA_LANG", "en").env("TRUBKA_THEME", "light");
    command.env("NO_COLOR", "1");
    Ok(command)
}

/// Where the running Trubka listens to second starts.
#[derive(Deserialize)]
struct Address {
    port: u16,
    secret: String,
}

/// Asks the one that runs in this profile for its main window, as a second start does, without the cost of one.
pub(crate) fn ask_for_main(profile: &Path) -> Result<()> {
    let address: Address = serde_json::from_slice(&fs::read(profile.join("instance.json"))?)?;
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, address.port)).context("no Trubka listens")?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let message = serde_json::json!({ "secret": address.secret, "link": null });
    stream.write_all(format!("{message}\n").as_bytes())?;
    // It answers once it has taken the message.
    let mut answer = [0; 2];
    stream.read_exact(&mut answer).context("Trubka did not take the message")?;
    Ok(())
}
