//! A connection that can still be written to after the HTTP library has given it up.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf},
    time::Instant,
};

use crate::connections::Permit;

/// One connection with two owners. The second only acts when the first is gone.
pub(super) struct SharedIo<S>(Arc<Mutex<Inner<S>>>);

struct Inner<S> {
    stream: S,
    /// Counts the connection for as long as somebody holds it, also after it became a WebSocket.
    _permit: Permit,
    /// When the first byte came that nothing was answered to yet.
    unanswered: Option<Instant>,
}

impl<S> Clone for SharedIo<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> SharedIo<S> {
    pub(super) fn new(stream: S, permit: Permit) -> Self {
        Self(Arc::new(Mutex::new(Inner { stream, _permit: permit, unanswered: None })))
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
        Pin::new(&mut inner.stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.lock().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.lock().stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut inner = self.lock();
        inner.unanswered = None;
        Pin::new(&mut inner.stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.lock().stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncReadExt;

    use super::*;
    use crate::connections::Connections;

    #[tokio::test(start_paused = true)]
    async fn a_request_begins_with_its_first_byte_and_ends_with_its_answer() {
        let (mut client, server) = tokio::io::duplex(64);
        let mut server = SharedIo::new(server, Connections::for_test());
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
}
