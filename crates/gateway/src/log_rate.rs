//! Limits how often strangers can make the gateway write to its log: a few lines a second, then only their number.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Lines in a second.
const LINES: u32 = 5;

/// Decides which lines are written.
#[derive(Debug)]
pub(crate) struct LogRate(Mutex<Second>);

#[derive(Debug)]
struct Second {
    began: Instant,
    written: u32,
    left_out: u64,
}

impl Default for LogRate {
    fn default() -> Self {
        Self(Mutex::new(Second { began: Instant::now(), written: 0, left_out: 0 }))
    }
}

impl LogRate {
    /// Whether the next line is written, with how many were left out before it.
    pub(crate) fn pass(&self) -> Option<u64> {
        let mut second = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if now.duration_since(second.began) >= Duration::from_secs(1) {
            second.began = now;
            second.written = 0;
        }
        if second.written == LINES {
            second.left_out += 1;
            return None;
        }
        second.written += 1;
        Some(std::mem::take(&mut second.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_flood_is_a_few_lines_and_a_count() {
        let lines = LogRate::default();
        let passed = (0..100).filter(|_| lines.pass() == Some(0)).count();
        assert_eq!(passed, LINES as usize);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(lines.pass(), Some(95));
        assert_eq!(lines.pass(), Some(0));
    }
}
