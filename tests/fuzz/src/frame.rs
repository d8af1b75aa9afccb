//! Bytes that come over a socket.

use pbx::{Make, Pbx, SessionInput, SessionOutput};

use crate::{fold, live, now, says_no_secret};

/// Frames that are read of one input.
const MOST_FRAMES: usize = 64;

/// Every line is a frame, sent to a session that is live.
pub(super) fn check(pbx: &dyn Pbx, make: Make, bytes: &[u8]) -> usize {
    let mut session = live(pbx, make);
    let text = String::from_utf8_lossy(bytes);
    let mut events = Vec::new();
    for line in text.lines().take(MOST_FRAMES) {
        for output in session.step(SessionInput::Text(line), now()) {
            match output {
                SessionOutput::Events { events: told, .. } => events.extend(told),
                SessionOutput::End(error) => says_no_secret(&error.to_string()),
                SessionOutput::Notice(words) => says_no_secret(&words.unwrap_or_default()),
                SessionOutput::Request(_)
                | SessionOutput::Open(_)
                | SessionOutput::Send(_)
                | SessionOutput::Ping
                | SessionOutput::Connected
                | SessionOutput::DrainProgress { .. }
                | SessionOutput::Drained { .. }
                | SessionOutput::Snapshot(_)
                | SessionOutput::Answer { .. }
                | SessionOutput::Rights(_) => {}
            }
        }
    }
    fold::hold(pbx.book_settings(), &events, bytes.len());
    events.len()
}
