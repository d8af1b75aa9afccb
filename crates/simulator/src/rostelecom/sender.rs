//! Sends webhooks in the order of their sessions, with whatever faults are on.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::hook::{HookClient, HookUrl, Signed, post_half};
use super::sign::{CLIENT_ID, CLIENT_SIGN, sign};
use crate::credentials::RostelecomAccess;
use crate::fault::Fault;
use crate::make::Make;
use crate::script::Sign;
use crate::world::World;

/// Sessions that can be told at the same time.
const LANES: usize = 4;
/// How long a swapped event waits for the next one to pass it.
const SWAP_WAIT: Duration = Duration::from_millis(500);
/// The first pause before a webhook is sent again, where that is asked for; each is twice the one before it.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest of these pauses.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The shortest, however fast everything is played.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

/// A webhook before it is signed.
#[derive(Debug, Clone)]
pub(super) struct Webhook {
    /// What keeps its order: the session, usually.
    pub(super) key: String,
    pub(super) method: String,
    pub(super) body: String,
    pub(super) sign: Sign,
}

/// What became of the webhooks so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deliveries {
    /// Answered 200.
    pub accepted: u64,
    /// Answered something else.
    pub refused: u64,
    /// Not answered, or not sent because no hook is set or the PBX is down.
    pub lost: u64,
}

#[derive(Debug, Default)]
struct Counts {
    accepted: AtomicU64,
    refused: AtomicU64,
    lost: AtomicU64,
}

#[derive(Debug)]
pub(super) struct Sender {
    lanes: Vec<mpsc::UnboundedSender<(Instant, Webhook)>>,
    hook: watch::Sender<Option<HookUrl>>,
    counts: Arc<Counts>,
}

impl Sender {
    pub(super) fn start(world: Arc<World>, access: RostelecomAccess, redeliver: bool) -> Self {
        let hook = watch::Sender::new(None);
        let counts = Arc::new(Counts::default());
        let lanes = (0..LANES).map(|_| {
            let (sender, receiver) = mpsc::unbounded_channel();
            let lane = Lane {
                world: Arc::clone(&world),
                access: access.clone(),
                hook: hook.subscribe(),
                counts: Arc::clone(&counts),
                client: HookClient::default(),
                redeliver,
            };
            world.tasks.spawn(lane.run(receiver));
            sender
        });
        let lanes = lanes.collect();
        Self { lanes, hook, counts }
    }

    pub(super) fn set_hook(&self, hook: Option<HookUrl>) {
        self.hook.send_replace(hook);
    }

    pub(super) fn send(&self, webhook: Webhook) {
        let mut hasher = DefaultHasher::new();
        webhook.key.hash(&mut hasher);
        let lane = usize::try_from(hasher.finish() % LANES as u64).unwrap_or(0);
        // After the simulator was stopped nobody listens, and nothing is sent.
        let _ = self.lanes[lane].send((Instant::now(), webhook));
    }

    pub(super) fn deliveries(&self) -> Deliveries {
        Deliveries {
            accepted: self.counts.accepted.load(Ordering::Relaxed),
            refused: self.counts.refused.load(Ordering::Relaxed),
            lost: self.counts.lost.load(Ordering::Relaxed),
        }
    }
}

/// One of the orders in which webhooks leave.
struct Lane {
    world: Arc<World>,
    access: RostelecomAccess,
    hook: watch::Receiver<Option<HookUrl>>,
    counts: Arc<Counts>,
    client: HookClient,
    redeliver: bool,
}

impl Lane {
    async fn run(mut self, mut webhooks: mpsc::UnboundedReceiver<(Instant, Webhook)>) {
        while let Some((queued, webhook)) = webhooks.recv().await {
            let delay =
                self.world.faults.find(|fault| if let Fault::Delay(delay) = fault { Some(delay) } else { None });
            if let Some(delay) = delay {
                sleep_until(queued + delay).await;
            }
            if self.world.faults.has(Fault::Reordering)
                && let Ok(Some((_, next))) = timeout(SWAP_WAIT, webhooks.recv()).await
            {
                self.tell(next).await;
            }
            self.tell(webhook).await;
        }
    }

    async fn tell(&mut self, webhook: Webhook) {
        let faults = self.world.faults.clone();
        let times = if faults.has(Fault::Duplicates) { 2 } else { 1 };
        for _ in 0..times {
            self.deliver(&webhook).await;
        }
        if faults.has(Fault::UnknownEvent) {
            let body = webhook.body.replacen("\"state\": \"", "\"state\": \"analytics-", 1);
            self.deliver(&Webhook { body, ..webhook }).await;
        }
    }

    /// Sends a webhook, again and again where that is asked for. One that a script signs wrongly can never be accepted,
    /// so it is sent once.
    async fn deliver(&mut self, webhook: &Webhook) {
        let again = self.redeliver && webhook.sign == Sign::Right;
        let mut pause = FIRST_PAUSE;
        while !self.attempt(webhook).await && again {
            sleep(self.world.scaled(pause).max(SHORTEST_PAUSE)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn attempt(&mut self, webhook: &Webhook) -> bool {
        let hook = self.hook.borrow().clone();
        let Some(hook) = hook.filter(|_| !self.world.faults.is_down(Make::Rostelecom)) else {
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
            return false;
        };
        let signed = self.signed(webhook);
        if self.world.faults.has(Fault::HalfEvent) {
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
            if let Err(error) = post_half(&hook, &signed).await {
                tracing::warn!(%error, "half a webhook could not be sent");
            }
            return false;
        }
        match self.client.post(&hook, &signed).await {
            Ok(200) => {
                self.counts.accepted.fetch_add(1, Ordering::Relaxed);
                true
            }
            Ok(status) => {
                tracing::warn!(status, method = webhook.method, "the hook did not answer 200");
                self.counts.refused.fetch_add(1, Ordering::Relaxed);
                false
            }
            Err(error) => {
                tracing::warn!(%error, method = webhook.method, "the hook did not answer");
                self.counts.lost.fetch_add(1, Ordering::Relaxed);
                false
            }
        }
    }

    fn signed(&self, webhook: &Webhook) -> Signed {
        let body = Bytes::from(webhook.body.clone());
        let mut headers = vec![(CLIENT_ID, self.access.client_id.clone())];
        let wrong = webhook.sign == Sign::Wrong || self.world.faults.has(Fault::WrongSignature);
        if wrong {
            headers.push((CLIENT_SIGN, sign(&self.access.key, &body, &self.access.client_id)));
        } else if webhook.sign == Sign::Right {
            headers.push((CLIENT_SIGN, sign(&self.access.client_id, &body, &self.access.key)));
        }
        Signed { method: webhook.method.clone(), body, headers }
    }
}
