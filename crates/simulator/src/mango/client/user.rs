//! One user of the integration: his channel, his socket, and what he missed.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// How long missed events are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Something that happened to a user.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Event {
    pub(super) at: Timestamp,
    pub(super) frame: Value,
}

/// What the task of a socket is told.
#[derive(Debug)]
pub(super) enum Order {
    /// An event, and when it was to be sent.
    Send(Event, Instant),
    /// Text as it is.
    SendText(String),
    Cut,
}

#[derive(Debug, Default)]
pub(super) struct User {
    created: bool,
    /// A channel that was given out and not opened yet.
    channel: Option<String>,
    socket: Option<Socket>,
    registered: bool,
    missed: VecDeque<Event>,
    /// How many of the missed were in the last batch; they go when the next is asked for.
    handed_out: usize,
}

#[derive(Debug)]
struct Socket {
    id: String,
    orders: mpsc::UnboundedSender<Order>,
}

/// Why a batch cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RegisterError {
    /// The user was never added to the integration.
    NotCreated,
    /// There is no open socket.
    NoSocket,
}

impl User {
    pub(super) fn create(&mut self) {
        self.created = true;
    }

    pub(super) fn is_created(&self) -> bool {
        self.created
    }

    pub(super) fn is_registered(&self) -> bool {
        self.registered
    }

    pub(super) fn give_channel(&mut self, id: String) {
        self.channel = Some(id);
    }

    /// Takes a socket for a channel that was given out; one that is open already is cut.
    pub(super) fn open(&mut self, id: &str, orders: mpsc::UnboundedSender<Order>) -> bool {
        if self.channel.as_deref() != Some(id) {
            return false;
        }
        self.cut();
        self.channel = None;
        self.registered = false;
        // What the lost session was handed may not have been stored: it is handed out again.
        self.handed_out = 0;
        self.socket = Some(Socket { id: id.to_owned(), orders });
        true
    }

    /// The socket is gone; what it had not sent is kept.
    pub(super) fn closed(&mut self, id: &str, unsent: Vec<Event>) {
        if self.socket.as_ref().is_some_and(|socket| socket.id == id) {
            self.socket = None;
            self.registered = false;
        }
        for event in unsent {
            self.store(event);
        }
    }

    pub(super) fn cut(&mut self) {
        if let Some(socket) = self.socket.take() {
            // A task that has ended already needs no order.
            let _ = socket.orders.send(Order::Cut);
        }
        self.registered = false;
    }

    /// Binds the user to his socket; the next batch of what he missed, empty at the end.
    pub(super) fn register(&mut self, limit: usize, now: Timestamp) -> Result<Vec<Value>, RegisterError> {
        if !self.created {
            return Err(RegisterError::NotCreated);
        }
        if self.socket.is_none() {
            return Err(RegisterError::NoSocket);
        }
        self.registered = true;
        self.missed.drain(..self.handed_out.min(self.missed.len()));
        self.missed.retain(|event| now.duration_since(event.at) <= KEPT);
        self.handed_out = limit.min(self.missed.len());
        Ok(self.missed.iter().take(self.handed_out).map(|event| event.frame.clone()).collect())
    }

    /// The batch that was handed out last counts as if it had never been asked for.
    pub(super) fn forget_progress(&mut self) {
        self.handed_out = 0;
    }

    pub(super) fn unregister(&mut self) {
        self.registered = false;
    }

    /// Sends an event, or keeps it while nobody listens; a user who was never created has no events.
    pub(super) fn push(&mut self, event: Event) {
        if !self.created {
            return;
        }
        let Some(socket) = self.socket.as_ref().filter(|_| self.registered) else { return self.store(event) };
        let order = Order::Send(event, Instant::now());
        if let Err(mpsc::error::SendError(Order::Send(event, _))) = socket.orders.send(order) {
            self.store(event);
        }
    }

    pub(super) fn push_text(&self, text: String) {
        if let Some(socket) = &self.socket {
            // Text that is no event is not kept for later.
            let _ = socket.orders.send(Order::SendText(text));
        }
    }

    pub(super) fn store(&mut self, event: Event) {
        self.missed.push_back(event);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("in range")
    }

    fn event(number: i64) -> Event {
        Event { at: at(number), frame: json!(number) }
    }

    fn connected() -> (User, mpsc::UnboundedReceiver<Order>) {
        let mut user = User::default();
        user.create();
        user.give_channel("c1".into());
        let (orders, received) = mpsc::unbounded_channel();
        assert!(user.open("c1", orders));
        (user, received)
    }

    #[test]
    fn a_batch_goes_only_when_the_next_is_asked_for() {
        let (mut user, _socket) = connected();
        (1..=3).for_each(|number| user.store(event(number)));
        assert_eq!(user.register(2, at(10)), Ok(vec![json!(1), json!(2)]));
        assert_eq!(user.register(2, at(10)), Ok(vec![json!(3)]));
        assert_eq!(user.register(2, at(10)), Ok(vec![]));
    }

    #[test]
    fn a_batch_that_was_not_confirmed_is_handed_out_again_to_the_next_session() {
        let (mut user, _socket) = connected();
        user.store(event(1));
        assert_eq!(user.register(100, at(10)), Ok(vec![json!(1)]));
        user.give_channel("c2".into());
        assert!(user.open("c2", mpsc::unbounded_channel().0));
        assert_eq!(user.register(100, at(10)), Ok(vec![json!(1)]));
    }

    #[test]
    fn order_is_kept_strictly() {
        let mut user = User::default();
        assert_eq!(user.register(1, at(1)), Err(RegisterError::NotCreated));
        user.create();
        assert_eq!(user.register(1, at(1)), Err(RegisterError::NoSocket));
        assert!(!user.open("never given", mpsc::unbounded_channel().0));
        user.give_channel("c1".into());
        assert!(user.open("c1", mpsc::unbounded_channel().0));
        assert!(!user.open("c1", mpsc::unbounded_channel().0));
    }

    #[test]
    fn events_are_pushed_to_the_registered_and_kept_for_the_others() {
        let (mut user, mut socket) = connected();
        user.push(event(1));
        assert!(socket.try_recv().is_err());
        assert_eq!(user.register(1, at(2)), Ok(vec![json!(1)]));
        user.push(event(2));
        assert!(matches!(socket.try_recv(), Ok(Order::Send(sent, _)) if sent == event(2)));
        user.unregister();
        user.push(event(3));
        assert_eq!(user.register(1, at(4)), Ok(vec![json!(3)]));
    }

    #[test]
    fn what_is_older_than_two_weeks_is_gone() {
        let (mut user, _socket) = connected();
        user.store(event(0));
        user.store(event(15 * 86_400));
        assert_eq!(user.register(9, at(15 * 86_400)), Ok(vec![json!(15 * 86_400)]));
    }

    #[test]
    fn a_user_who_was_never_created_has_no_events() {
        let mut user = User::default();
        user.push(event(1));
        assert!(user.missed.is_empty());
    }
}
