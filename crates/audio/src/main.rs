//! `trubka-audio FILE`: says whether a recording plays, how long it is, and if it does not play, why.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
    process::ExitCode,
};

use audio::{MAX_BYTES, Probe, Reason, probe};

fn main() -> ExitCode {
    // A decoder's panic is caught and becomes a reason; its trace would only confuse who reads the answer.
    std::panic::set_hook(Box::new(|_| {}));
    let mut arguments = std::env::args_os().skip(1);
    let (Some(path), None) = (arguments.next(), arguments.next()) else {
        let _ = writeln!(io::stderr(), "usage: trubka-audio FILE");
        return ExitCode::from(2);
    };
    let answer = match read(path.as_ref()) {
        Ok(bytes) => probe(&bytes),
        Err(Unread::TooLarge) => Probe::refused(Reason::TooLarge),
        Err(Unread::NoFile) => Probe::refused(Reason::NotAudio),
        Err(Unread::Io(error)) => {
            let _ = writeln!(io::stderr(), "trubka-audio: {}: {error}", path.display());
            Probe::refused(Reason::Unreadable)
        }
    };
    let text = serde_json::to_string(&answer).unwrap_or_default();
    let written = writeln!(io::stdout(), "{text}");
    if answer.plays && written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

enum Unread {
    TooLarge,
    /// A folder, a pipe, a device: what has no end is not read.
    NoFile,
    Io(io::Error),
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Unread> {
    if !path.metadata()?.is_file() {
        return Err(Unread::NoFile);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_BYTES { Err(Unread::TooLarge) } else { Ok(bytes) }
}
