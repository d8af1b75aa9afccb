//! `--smoke`: the whole path once, from a simulated PBX to the painted card.

use std::time::Duration;

use desk::Desk;
use tauri::{AppHandle, Manager};

use crate::paint_log::PaintLog;

/// The scripted call comes within seconds: after this long the smoke test has failed.
const TIMEOUT: Duration = Duration::from_secs(40);

/// Ends the program with 0 once a card with a call was painted, with 1 when none was in time.
pub(crate) async fn watch(app: &AppHandle, desk: &Desk) {
    let painted = async {
        loop {
            if let Ok(cards) = desk.card_snapshot().await
                && !cards.cards.is_empty()
                && app.state::<PaintLog>().newest() >= cards.revision
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let in_time = tokio::time::timeout(TIMEOUT, painted).await.is_ok();
    if !in_time {
        tracing::error!("no card was painted in time");
    }
    app.exit(if in_time { 0 } else { 1 });
}
