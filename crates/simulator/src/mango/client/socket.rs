//! The socket of a user: frames out, pings, and the ways it breaks.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::user::{Event, Order};
use super::{MangoClient, frame};
use crate::fault::{Fault, Faults};
use crate::numbers;
use crate::world::lock;

const PING_EVERY: Duration = Duration::from_secs(20);
/// How long a swapped event waits for the next one to pass it.
const SWAP_WAIT: Duration = Duration::from_millis(500);
/// How often the fault that cuts sockets is looked at.
const CUT_CHECK: Duration = Duration::from_millis(50);

/// Serves a socket until it closes, breaks or is cut; what was not sent goes back to the store.
pub(super) async fn serve(
    pbx: MangoClient,
    extension: String,
    id: String,
    mut socket: WebSocket,
    mut orders: mpsc::UnboundedReceiver<Order>,
) {
    let opened = Instant::now();
    let mut pings = interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.reset();
    let mut checks = interval(CUT_CHECK);
    let faults = pbx.shared.world.faults.clone();
    let mut unsent = Vec::new();
    loop {
        let going_on = tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Send(event, queued)) => {
                    wait(queued, &faults).await;
                    send(&mut socket, &mut orders, event, &faults, &mut unsent).await
                }
                Some(Order::SendText(text)) => socket.send(Message::text(text)).await.is_ok(),
                Some(Order::Cut) | None => false,
            },
            message = socket.recv() => matches!(message, Some(Ok(message)) if !matches!(message, Message::Close(_))),
            _ = pings.tick() => socket.send(Message::Ping(bytes::Bytes::new())).await.is_ok(),
            _ = checks.tick() => {
                let after = faults.find(|fault| if let Fault::Cut(after) = fault { Some(after) } else { None });
                after.is_none_or(|after| opened.elapsed() < after)
            }
        };
        if !going_on {
            break;
        }
    }
    orders.close();
    while let Ok(order) = orders.try_recv() {
        if let Order::Send(event, _) = order {
            unsent.push(event);
        }
    }
    if let Some(user) = lock(&pbx.shared.users).get_mut(&extension) {
        user.closed(&id, unsent);
    }
}

/// Waits as long as events are delayed.
async fn wait(queued: Instant, faults: &Faults) {
    if let Some(delay) = faults.find(|fault| if let Fault::Delay(delay) = fault { Some(delay) } else { None }) {
        sleep_until(queued + delay).await;
    }
}

/// Sends an event with whatever faults are on; whether the socket still works.
async fn send(
    socket: &mut WebSocket,
    orders: &mut mpsc::UnboundedReceiver<Order>,
    event: Event,
    faults: &Faults,
    unsent: &mut Vec<Event>,
) -> bool {
    let mut batch = vec![event];
    if faults.has(Fault::Reordering)
        && let Ok(Some(next)) = timeout(SWAP_WAIT, orders.recv()).await
    {
        match next {
            Order::Send(next, _) => batch.insert(0, next),
            Order::SendText(text) => {
                if socket.send(Message::text(text)).await.is_err() {
                    unsent.append(&mut batch);
                    return false;
                }
            }
            Order::Cut => {
                unsent.append(&mut batch);
                return false;
            }
        }
    }
    while !batch.is_empty() {
        let text = numbers::written(batch[0].frame.clone(), faults).to_string();
        if !send_text(socket, text, faults).await {
            unsent.append(&mut batch);
            return false;
        }
        batch.remove(0);
    }
    true
}

async fn send_text(socket: &mut WebSocket, text: String, faults: &Faults) -> bool {
    let text = if faults.has(Fault::HalfEvent) { text.chars().take(text.chars().count() / 2).collect() } else { text };
    let times = if faults.has(Fault::Duplicates) { 2 } else { 1 };
    for _ in 0..times {
        if socket.send(Message::text(text.clone())).await.is_err() {
            return false;
        }
    }
    let unknown = frame("/weather", json!({"state": "SUNNY"})).to_string();
    !faults.has(Fault::UnknownEvent) || socket.send(Message::text(unknown)).await.is_ok()
}
