//! What programs order of calls that go on.

use std::collections::BTreeMap;
use std::sync::Mutex;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::stage::Passing;
use crate::world::lock;

/// Something a program wants of a running call. One that does not fit how the call stands changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Order {
    /// The agent lets the other side wait.
    Hold,
    /// He talks with the other side again.
    Retrieve,
    /// He passes the call on, without a word or after asking.
    PassOn { to: String, passing: Passing },
    /// He has asked, and hands the call over.
    HandOver,
    /// He has asked, and goes on himself.
    GiveUp,
    /// He has asked, and all three talk.
    Join,
    /// Somebody takes a call that rings elsewhere.
    Take { by: String },
    /// The call is recorded from now on, or not.
    Record(bool),
    /// The caller who stands in the menu is turned away.
    HangUp,
}

/// The calls that take orders.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    calls: Mutex<BTreeMap<String, UnboundedSender<Order>>>,
}

impl Orders {
    /// A call begins to take orders.
    pub(super) fn open(&self, call: &str) -> UnboundedReceiver<Order> {
        let (sender, receiver) = unbounded_channel();
        lock(&self.calls).insert(call.to_owned(), sender);
        receiver
    }

    /// It takes no more.
    pub(super) fn close(&self, call: &str) {
        lock(&self.calls).remove(call);
    }

    /// Gives an order to a call; whether that call still goes on.
    pub(crate) fn send(&self, call: &str, order: Order) -> bool {
        lock(&self.calls).get(call).is_some_and(|sender| sender.send(order).is_ok())
    }
}
