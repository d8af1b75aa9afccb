//! `trubka-audio FILE`: says whether a recording plays, how long it is, and if it does not play, why.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    ops::Range,
    path::Path,
    process::ExitCode,
    sync::{Mutex, PoisonError},
};

use audio::{Error, Probe, Reason, Source, probe};

fn main() -> ExitCode {
    // A decoder's panic is caught and becomes a reason; its trace would only confuse who reads the answer.
    std::panic::set_hook(Box::new(|_| {}));
    let mut arguments = std::env::args_os().skip(1);
    let (Some(path), None) = (arguments.next(), arguments.next()) else {
        let _ = writeln!(io::stderr(), "usage: trubka-audio FILE");
        return ExitCode::from(2);
    };
    let answer = match OnDisk::open(path.as_ref()) {
        Ok(Some(file)) => probe(&file),
        // A folder, a pipe, a device: what has no end is not read.
        Ok(None) => Probe::refused(Reason::NotAudio),
        Err(error) => {
            let _ = writeln!(io::stderr(), "trubka-audio: {}: {error}", path.display());
            Probe::refused(Reason::Unreadable)
        }
    };
    let text = serde_json::to_string(&answer).unwrap_or_default();
    let written = writeln!(io::stdout(), "{text}");
    if answer.plays && written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A file of which only what is looked at is in memory.
struct OnDisk {
    file: Mutex<File>,
    length: u64,
}

impl OnDisk {
    fn open(path: &Path) -> io::Result<Option<Self>> {
        let metadata = path.metadata()?;
        if !metadata.is_file() {
            return Ok(None);
        }
        Ok(Some(Self { file: Mutex::new(File::open(path)?), length: metadata.len() }))
    }
}

impl Source for OnDisk {
    fn length(&self) -> u64 {
        self.length
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Error> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = vec![0; (range.end - range.start) as usize];
        let read = file.seek(SeekFrom::Start(range.start)).and_then(|_| file.read_exact(&mut bytes));
        read.map(|()| bytes).map_err(|_| Error { reason: Reason::Unreadable })
    }
}
