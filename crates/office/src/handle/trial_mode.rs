//! Trial mode, for whoever takes webhooks in.

use super::OfficeHandle;

/// How a webhook came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// Over TLS: ours, or that of a proxy.
    Tls,
    /// Over plain HTTP, which is all that is spoken here.
    Plain,
    /// Over plain HTTP, which is taken for a connection in trial mode only.
    PlainInTrial,
}

impl Carrier {
    /// Anybody on the way could read it.
    pub fn is_plain(self) -> bool {
        match self {
            Self::Plain | Self::PlainInTrial => true,
            Self::Tls => false,
        }
    }
}

impl OfficeHandle {
    /// Whether this connection is in trial mode now.
    pub fn is_in_trial(&self, connection: &calls::ConnectionId) -> bool {
        self.state.board.trials.until(connection, self.state.clock.now()).is_some()
    }

    /// Whether any connection is in trial mode now.
    pub fn is_any_in_trial(&self) -> bool {
        self.state.board.trials.is_any(self.state.clock.now())
    }

    /// Ends the trial modes whose time is over: whoever runs the office calls it now and then.
    pub async fn end_past_trials(&self) {
        for connection in self.state.board.trials.past(self.state.clock.now()) {
            tracing::info!(%connection, "the trial mode of a connection is over");
            self.state.end_trial(&connection).await;
        }
    }

    /// Waits until no connection is in trial mode any more.
    pub async fn trials_ended(&self) {
        self.state.board.trials.all_ended().await;
    }
}
