//! A connection that can still be written to after the HTTP library has given it up.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf},
    time::{Instant, Sleep},
};

use crate::connections::Permit;

/// One connection with two owners. The second only acts when the first is gone.
pub(super) struct SharedIo<S>(Arc<Mutex<Inner<S>>>);

struct Inner<S> {
    stream: S,
    /// Counts the connection for as long as somebody holds it, also after it became a WebSocket.
    _permit: Arc<Permit>,
    /// When the first byte came that nothing was answered to yet.
    unanswered: Option<Instant>,
    /// How long the other side may take nothing of what is written to it.
    patience: Duration,
    /// Runs out while it takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<S> Inner<S> {
    /// What came of writing. Somebody who sends requests and reads no answers would otherwise be waited for for ever.
    fn in_time<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let patience = self.patience;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        stalled.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S> Clone for SharedIo<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> SharedIo<S> {
    /// Gives up where the other side takes nothing for as long as `patience`.
    pub(super) fn new(stream: S, permit: Arc<Permit>, patience: Duration) -> Self {
        let inner = Inner { stream, _permit: permit, unanswered: None, patience, stalled: None };
        Self(Arc::new(Mutex::new(inner)))
    }

    /// Tells one who began a request and did not end it that it took too long. Nobody is told who sent nothing.
    pub(super) async fn answer_unfinished_request(mut self) {
        if self.unanswered_since().is_none() {
            return;
        }
        const TOO_LATE: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        // Whoever is gone needs no answer.
        let _ = self.write_all(TOO_LATE).await;
        let _ = self.shutdown().await;
    }

    /// When the request began that is not answered yet.
    pub(super) fn unanswered_since(&self) -> Option<Instant> {
        self.lock().unanswered
    }

    fn lock(&self) -> MutexGuard<'_, Inner<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for SharedIo<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut inner = self.lock();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut inner.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            inner.unanswered.get_or_insert_with(Instant::now);
        }
        polled
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for SharedIo<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut inner = self.lock();
        inner.unanswered = None;
        let written = Pin::new(&mut inner.stream).poll_write(cx, bytes);
        inner.in_time(cx, written)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut inner = self.lock();
        let flushed = Pin::new(&mut inner.stream).poll_flush(cx);
        inner.in_time(cx, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut inner = self.lock();
        let shut = Pin::new(&mut inner.stream).poll_shutdown(cx);
        inner.in_time(cx, shut)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut inner = self.lock();
        inner.unanswered = None;
        let written = Pin::new(&mut inner.stream).poll_write_vectored(cx, pieces);
        inner.in_time(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.lock().stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;
    use crate::connections::Connections;

    #[tokio::test(start_paused = true)]
    async fn a_request_begins_with_its_first_byte_and_ends_with_its_answer() {
        let (mut client, server) = tokio::io::duplex(64);
        let mut server = SharedIo::new(server, Arc::new(Connections::for_test()), Duration::from_secs(30));
        assert_eq!(server.unanswered_since(), None);
        let began = Instant::now();
        for byte in [b"a", b"b"] {
            client.write_all(byte).await.expect("is sent");
            let mut read = [0; 1];
            server.read_exact(&mut read).await.expect("is read");
            assert_eq!(server.unanswered_since(), Some(began), "however slowly the rest comes");
            tokio::time::advance(Duration::from_secs(5)).await;
        }
        server.write_all(b"ok").await.expect("is answered");
        assert_eq!(server.unanswered_since(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_given_up_and_who_is_slow_is_not() {
        let (mut client, server) = tokio::io::duplex(4);
        let patience = Duration::from_secs(30);
        let mut server = SharedIo::new(server, Arc::new(Connections::for_test()), patience);
        let slow = async {
            for _ in 0..4 {
                tokio::time::sleep(Duration::from_secs(29)).await;
                client.read_exact(&mut [0; 4]).await.expect("is read");
            }
            client
        };
        let (written, client) = tokio::join!(server.write_all(&[0; 20]), slow);
        written.expect("each piece was taken in time");
        let began = Instant::now();
        let error = server.write_all(&[0; 20]).await.expect_err("nobody reads");
        assert_eq!((error.kind(), began.elapsed()), (io::ErrorKind::TimedOut, patience));
        drop(client);
    }
}
