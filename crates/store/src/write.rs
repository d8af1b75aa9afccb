//! A write that is described, and then sent off in one of three ways.

use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    sync::{Arc, Condvar, Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

use crate::{
    blocking,
    error::Error,
    transaction::Transaction,
    writer::{Operation, Queue, job},
};

/// A write that nobody has sent off yet.
#[must_use = "a write does nothing until it is awaited, waited for or given a callback"]
pub struct Write<T> {
    queue: Queue,
    operation: Operation<T>,
    durable: bool,
}

impl<T: Send + 'static> Write<T> {
    pub(crate) fn new(
        queue: Queue,
        operation: impl FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Self {
        Self { queue, operation: Box::new(operation), durable: false }
    }

    /// On the disk before the answer, also where [`crate::Durability::Normal`] lets other writes wait.
    pub fn durable(mut self) -> Self {
        self.durable = true;
        self
    }

    /// Sends it off; `answer` is called by the writer's thread once it is durable, or has failed. Must not block.
    pub fn then(self, answer: impl FnOnce(Result<T, Error>) + Send + 'static) {
        self.queue.send(job(self.operation, self.durable, answer));
    }

    /// Sends it off and blocks until it is durable.
    pub fn wait(self) -> Result<T, Error> {
        self.send().wait()
    }

    /// Sends it off; the answer can be waited for or awaited later.
    pub fn send(self) -> Answer<T> {
        let slot = Arc::new(Slot { state: Mutex::new(State { value: None, waker: None }), filled: Condvar::new() });
        let filler = Arc::clone(&slot);
        self.then(move |value| filler.fill(value));
        Answer { slot }
    }
}

impl<T> fmt::Debug for Write<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Write")
    }
}

impl<T: Send + 'static> IntoFuture for Write<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Answer<T>;

    fn into_future(self) -> Answer<T> {
        self.send()
    }
}

/// The answer to a write that is on its way. Dropping it does not stop the write.
#[derive(Debug)]
pub struct Answer<T> {
    slot: Arc<Slot<T>>,
}

impl<T> Answer<T> {
    /// Blocks until the write is durable, or has failed.
    pub fn wait(self) -> Result<T, Error> {
        blocking::check();
        let mut state = self.slot.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(value) = state.value.take() {
                return value;
            }
            state = self.slot.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<T> Future for Answer<T> {
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.slot.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.value.take() {
            Some(value) => Poll::Ready(value),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

#[derive(Debug)]
struct Slot<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
}

#[derive(Debug)]
struct State<T> {
    value: Option<Result<T, Error>>,
    waker: Option<Waker>,
}

impl<T> Slot<T> {
    fn fill(&self, value: Result<T, Error>) {
        let waker = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.value = Some(value);
            state.waker.take()
        };
        self.filled.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}
