//! What the program says: results on stdout, everything else on stderr.

use std::io::{self, Write};

/// A result, as it is.
pub(super) fn give(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// A result, on a line of its own.
pub(super) fn say(line: &str) -> io::Result<()> {
    give(format!("{line}\n").as_bytes())
}

/// What went wrong.
pub(super) fn complain(line: &str) {
    note(&format!("error: {line}"));
}

/// What is worth knowing beside the result.
pub(super) fn note(line: &str) {
    // Without a stderr there is nobody to tell.
    let _ = writeln!(io::stderr(), "{line}");
}
