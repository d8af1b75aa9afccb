//! Notices that the computer has slept.

use std::{future::Future, time::Duration};

/// How often the clocks are compared, and so the longest time until waking is noticed.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// Smaller differences are no sleep: the two clocks are read one after the other.
const SHORTEST_SLEEP: Duration = Duration::from_millis(500);

/// Calls `woke` after each sleep. `slept` tells how long the computer has slept since it was started; where nothing
/// tells, this ends.
pub(crate) async fn watch<F: Future<Output = ()>>(slept: impl Fn() -> Option<Duration>, woke: impl Fn() -> F) {
    let Some(mut known) = slept() else { return };
    loop {
        tokio::time::sleep(CHECK_INTERVAL).await;
        let Some(now) = slept() else { return };
        if now > known + SHORTEST_SLEEP {
            tracing::info!("the computer has slept");
            woke().await;
        }
        known = now;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    };

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_sleep_is_noticed_once_and_the_clocks_trembling_is_none() {
        let (slept, woken) = (Arc::new(AtomicU64::new(7_000)), Arc::new(AtomicUsize::new(0)));
        let (read, count) = (Arc::clone(&slept), Arc::clone(&woken));
        tokio::spawn(watch(
            move || Some(Duration::from_millis(read.load(Ordering::SeqCst))),
            move || {
                count.fetch_add(1, Ordering::SeqCst);
                std::future::ready(())
            },
        ));
        let mut expected = 0;
        for (sleeps, counts) in [(0, 0), (3, 0), (60_000, 1), (0, 0), (8 * 3_600_000, 1), (200, 0)] {
            slept.fetch_add(sleeps, Ordering::SeqCst);
            expected += counts;
            tokio::time::sleep(CHECK_INTERVAL * 2).await;
            assert_eq!(woken.load(Ordering::SeqCst), expected, "after {sleeps} ms");
        }
    }

    #[test]
    fn this_computer_tells_how_long_it_has_slept() {
        let slept = || crate::platform::slept().expect("is told");
        // Its two clocks are read one after the other, and the test may wait in between: the closest of many pairs counts.
        let apart = (0..50).map(|_| {
            let before = slept();
            std::thread::sleep(Duration::from_millis(5));
            slept().abs_diff(before)
        });
        assert!(apart.min().is_some_and(|apart| apart < Duration::from_millis(1)), "what passes awake is no sleep");
        // Nobody has slept longer than the computer is on.
        let Ok(uptime) = std::fs::read_to_string("/proc/uptime") else { return };
        let uptime: f64 = uptime.split(' ').next().and_then(|text| text.parse().ok()).expect("seconds");
        assert!(slept().as_secs_f64() <= uptime, "{:?} of {uptime} s", slept());
    }
}
