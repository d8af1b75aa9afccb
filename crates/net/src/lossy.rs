//! Text messages that need not be UTF-8.
//!
//! The WebSocket library ends a connection at a text message with one broken byte. A PBX that writes one word in another
//! encoding would lose its connection with each such message, so on its sockets text messages are marked as binary
//! before the library sees them, and whoever reads them decides what to make of the broken byte.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const END_OF_HEAD: &[u8; 4] = b"\r\n\r\n";

/// Where in the incoming bytes we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the answer to the handshake; so many bytes of its end are there.
    Head(usize),
    /// At the first byte of a frame.
    Kind,
    /// At the byte with the short length.
    Length,
    /// In a longer length: so many bytes are still to come, and a mask behind them where there is one.
    LongLength { left: u8, so_far: u64, masked: bool },
    /// In mask and payload: so many bytes are still to come.
    Payload(u64),
}

/// Marks text frames as binary.
#[derive(Debug)]
struct Marker(Place);

impl Marker {
    fn mark(&mut self, bytes: &mut [u8]) {
        let mut at = 0;
        while let Some(byte) = bytes.get_mut(at) {
            if let Place::Payload(left) = self.0 {
                let skipped = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len() - at);
                at += skipped;
                self.0 = payload(left - skipped as u64);
                continue;
            }
            self.0 = next(self.0, byte);
            at += 1;
        }
    }
}

fn payload(left: u64) -> Place {
    if left == 0 { Place::Kind } else { Place::Payload(left) }
}

fn next(place: Place, byte: &mut u8) -> Place {
    match place {
        Place::Head(seen) => {
            let seen = if *byte == END_OF_HEAD[seen] { seen + 1 } else { usize::from(*byte == END_OF_HEAD[0]) };
            if seen == END_OF_HEAD.len() { Place::Kind } else { Place::Head(seen) }
        }
        Place::Kind => {
            if *byte & 0x0F == TEXT {
                *byte = (*byte & 0xF0) | BINARY;
            }
            Place::Length
        }
        Place::Length => {
            let masked = *byte & 0x80 != 0;
            match *byte & 0x7F {
                126 => Place::LongLength { left: 2, so_far: 0, masked },
                127 => Place::LongLength { left: 8, so_far: 0, masked },
                short => payload(u64::from(short) + mask(masked)),
            }
        }
        Place::LongLength { left, so_far, masked } => {
            let so_far = (so_far << 8) | u64::from(*byte);
            if left > 1 {
                Place::LongLength { left: left - 1, so_far, masked }
            } else {
                payload(so_far.saturating_add(mask(masked)))
            }
        }
        Place::Payload(left) => payload(left.saturating_sub(1)),
    }
}

fn mask(masked: bool) -> u64 {
    if masked { 4 } else { 0 }
}

/// A connection, from the handshake on, whose incoming text frames are marked as binary.
#[derive(Debug)]
pub(crate) struct TextAsBinary<S> {
    stream: S,
    marker: Marker,
}

impl<S> TextAsBinary<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, marker: Marker(Place::Head(0)) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TextAsBinary<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        self.marker.mark(&mut buffer.filled_mut()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TextAsBinary<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, length: usize) -> Vec<u8> {
        let mut frame = vec![0x80 | kind];
        match length {
            0..=125 => frame.push(length as u8),
            126..=0xFFFF => frame.extend([&[126][..], &(length as u16).to_be_bytes()].concat()),
            _ => frame.extend([&[127][..], &(length as u64).to_be_bytes()].concat()),
        }
        // A payload that looks like beginnings of text frames.
        frame.extend(std::iter::repeat_n(0x81, length));
        frame
    }

    #[test]
    fn text_frames_of_any_length_are_marked_however_they_are_cut() {
        let head = b"HTTP/1.1 101 X\r\nA: \x81\r\r\n\r\n".to_vec();
        let kinds = [TEXT, 9, BINARY, 0, TEXT, 8];
        let stream = |text: u8| {
            let frames = kinds.iter().zip([0, 5, 126, 70_000, 300, 2]);
            let frames = frames.flat_map(|(kind, length)| frame(if *kind == TEXT { text } else { *kind }, length));
            head.iter().copied().chain(frames).collect::<Vec<u8>>()
        };
        let expected = stream(BINARY);
        for cut in [1, 2, 3, 7, 1_000, usize::MAX] {
            let (mut bytes, mut marker) = (stream(TEXT), Marker(Place::Head(0)));
            bytes.chunks_mut(cut).for_each(|part| marker.mark(part));
            assert!(bytes == expected, "in parts of {cut}");
            assert_eq!(marker.0, Place::Kind, "in parts of {cut}");
        }
    }
}
