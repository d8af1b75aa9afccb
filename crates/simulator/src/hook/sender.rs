//! Sends webhooks in the order of their sessions, with whatever faults are on.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::iter::Sum;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::client::{HookClient, HookUrl, post_half};
use super::{Message, Webhook, Wire};
use crate::fault::Fault;
use crate::make::{Make, Redelivery};
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

impl Sum for Deliveries {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            accepted: sum.accepted + one.accepted,
            refused: sum.refused + one.refused,
            lost: sum.lost + one.lost,
        })
    }
}

#[derive(Debug, Default)]
struct Counts {
    accepted: AtomicU64,
    refused: AtomicU64,
    lost: AtomicU64,
}

/// A webhook that waits to be sent.
#[derive(Debug)]
struct Outgoing {
    queued: Instant,
    webhook: Webhook,
    /// Who waits for the body of the answer.
    asker: Option<oneshot::Sender<Bytes>>,
    /// Where it is not accepted it is sent again, if that is asked for at all.
    is_event: bool,
}

#[derive(Debug)]
pub(crate) struct Sender {
    lanes: Vec<mpsc::UnboundedSender<Outgoing>>,
    hook: watch::Sender<Option<HookUrl>>,
    counts: Arc<Counts>,
}

impl Sender {
    pub(crate) fn start(world: Arc<World>, make: Make, wire: impl Wire, redelivery: Redelivery) -> Self {
        let hook = watch::Sender::new(None);
        let counts = Arc::new(Counts::default());
        let wire: Arc<dyn Wire> = Arc::new(wire);
        let lanes = (0..LANES).map(|_| {
            let (sender, receiver) = mpsc::unbounded_channel();
            let lane = Lane {
                world: Arc::clone(&world),
                make,
                wire: Arc::clone(&wire),
                hook: hook.subscribe(),
                counts: Arc::clone(&counts),
                client: HookClient::default(),
                redelivery,
            };
            world.tasks.spawn(lane.run(receiver));
            sender
        });
        let lanes = lanes.collect();
        Self { lanes, hook, counts }
    }

    pub(crate) fn set_hook(&self, hook: HookUrl) {
        self.hook.send_replace(Some(hook));
    }

    pub(crate) fn send(&self, webhook: Webhook) {
        self.queue(Outgoing { queued: Instant::now(), webhook, asker: None, is_event: true });
    }

    /// Sends a webhook whose answer is waited for: its body, once it was accepted. `is_event`: it tells something beside.
    pub(crate) fn ask(&self, webhook: Webhook, is_event: bool) -> oneshot::Receiver<Bytes> {
        let (asker, answer) = oneshot::channel();
        self.queue(Outgoing { queued: Instant::now(), webhook, asker: Some(asker), is_event });
        answer
    }

    fn queue(&self, outgoing: Outgoing) {
        let mut hasher = DefaultHasher::new();
        outgoing.webhook.key.hash(&mut hasher);
        let lane = usize::try_from(hasher.finish() % LANES as u64).unwrap_or(0);
        // After the simulator was stopped nobody listens, and nothing is sent.
        let _ = self.lanes[lane].send(outgoing);
    }

    pub(crate) fn deliveries(&self) -> Deliveries {
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
    make: Make,
    wire: Arc<dyn Wire>,
    hook: watch::Receiver<Option<HookUrl>>,
    counts: Arc<Counts>,
    client: HookClient,
    redelivery: Redelivery,
}

impl Lane {
    async fn run(mut self, mut webhooks: mpsc::UnboundedReceiver<Outgoing>) {
        while let Some(outgoing) = webhooks.recv().await {
            let delay =
                self.world.faults.find(|fault| if let Fault::Delay(delay) = fault { Some(delay) } else { None });
            if let Some(delay) = delay {
                sleep_until(outgoing.queued + delay).await;
            }
            if self.world.faults.has(Fault::Reordering)
                && let Ok(Some(next)) = timeout(SWAP_WAIT, webhooks.recv()).await
            {
                self.tell(next).await;
            }
            self.tell(outgoing).await;
        }
    }

    async fn tell(&mut self, mut outgoing: Outgoing) {
        let faults = self.world.faults.clone();
        let times = if faults.has(Fault::Duplicates) { 2 } else { 1 };
        for _ in 0..times {
            self.deliver(&mut outgoing).await;
        }
        if faults.has(Fault::UnknownEvent) && outgoing.is_event {
            let webhook = self.wire.of_unknown_kind(&outgoing.webhook);
            self.deliver(&mut Outgoing { webhook, asker: None, ..outgoing }).await;
        }
    }

    /// Sends a webhook, again and again where that is asked for. One that a script signs wrongly can never be accepted,
    /// so it is sent once; whoever waits for an answer waits for the first.
    async fn deliver(&mut self, outgoing: &mut Outgoing) {
        let again =
            self.redelivery == Redelivery::UntilAccepted && outgoing.webhook.sign == Sign::Right && outgoing.is_event;
        let mut pause = FIRST_PAUSE;
        loop {
            let answer = self.attempt(&outgoing.webhook).await;
            let is_accepted = answer.is_some();
            if let (Some(asker), Some(body)) = (outgoing.asker.take(), answer) {
                // Whoever asked may wait no longer.
                let _ = asker.send(body);
            }
            if is_accepted || !again {
                return;
            }
            sleep(self.world.scaled(pause).max(SHORTEST_PAUSE)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// The body of the answer, once the webhook was accepted.
    async fn attempt(&mut self, webhook: &Webhook) -> Option<Bytes> {
        let hook = self.hook.borrow().clone();
        let Some(hook) = hook.filter(|_| !self.world.faults.is_down(self.make)) else {
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
            return None;
        };
        let message = self.message(webhook);
        if self.world.faults.has(Fault::HalfEvent) {
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
            if let Err(error) = post_half(&hook, &message).await {
                tracing::warn!(%error, "half a webhook could not be sent");
            }
            return None;
        }
        match self.client.post(&hook, &message).await {
            Ok((200, body)) => {
                self.counts.accepted.fetch_add(1, Ordering::Relaxed);
                Some(body)
            }
            Ok((status, _)) => {
                tracing::warn!(status, path = webhook.path, "the hook did not answer 200");
                self.counts.refused.fetch_add(1, Ordering::Relaxed);
                None
            }
            Err(error) => {
                tracing::warn!(%error, path = webhook.path, "the hook did not answer");
                self.counts.lost.fetch_add(1, Ordering::Relaxed);
                None
            }
        }
    }

    fn message(&self, webhook: &Webhook) -> Message {
        let wrong = self.world.faults.has(Fault::WrongSignature);
        self.wire.message(webhook, if wrong { Sign::Wrong } else { webhook.sign })
    }
}
