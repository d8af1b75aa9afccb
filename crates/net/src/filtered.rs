//! What comes over a PBX's socket, before the WebSocket library sees it.
//!
//! The library ends a connection at a text message with one broken byte, and at a message that is too long. A PBX that
//! writes one word in another encoding, or one list without an end, would lose its connection with each such message.
//! So text messages are marked as binary, and whoever reads them decides what to make of a broken byte; a message that is
//! too long is left out, and a text message with its length stands in its place: no other text messages remain.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const FIRST_CONTROL: u8 = 8;
const LAST_FRAME: u8 = 0x80;
const MASKED: u8 = 0x80;
const END_OF_HEAD: &[u8; 4] = b"\r\n\r\n";
/// Bytes that are read at once.
const READ: usize = 8 << 10;

/// Where in the incoming bytes we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ParserState {
    /// In the answer to the handshake; so many bytes of its end are there.
    Handshake(usize),
    /// In the head of a frame.
    Head,
    /// In mask and payload of a frame: so many bytes are still to come.
    Payload { left: u64, is_passed: bool },
}

/// What becomes of the message that the current frame belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is passed on.
    Passed,
    /// It is too long.
    LeftOut {
        /// Frames of it were passed on before that was known.
        has_begun: bool,
    },
}

/// Marks text messages as binary and leaves out those that are too long.
#[derive(Debug)]
struct Filter {
    /// The longest message that is passed on.
    cap: u64,
    place: ParserState,
    /// The head of the current frame, as far as it is here.
    head: Vec<u8>,
    /// Bytes of the current message.
    length: u64,
    fate: Fate,
}

/// The head of a frame.
struct Head {
    first: u8,
    /// Of the payload.
    length: u64,
    is_masked: bool,
}

impl Head {
    /// The head that these bytes are; `None` while some are missing.
    fn read(bytes: &[u8]) -> Option<Self> {
        let (first, second) = (*bytes.first()?, *bytes.get(1)?);
        let length = match second & !MASKED {
            126 => u64::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)),
            127 => u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?),
            short => u64::from(short),
        };
        Some(Self { first, length, is_masked: second & MASKED != 0 })
    }

    fn kind(&self) -> u8 {
        self.first & 0x0F
    }

    fn is_last(&self) -> bool {
        self.first & LAST_FRAME != 0
    }
}

impl Filter {
    fn new(cap: usize) -> Self {
        Self { cap: cap as u64, place: ParserState::Handshake(0), head: Vec::new(), length: 0, fate: Fate::Passed }
    }

    /// Takes bytes in, and adds to `out` what is passed on.
    fn pass(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while let Some((first, rest)) = bytes.split_first() {
            match self.place {
                ParserState::Handshake(seen) => {
                    let seen =
                        if *first == END_OF_HEAD[seen] { seen + 1 } else { usize::from(*first == END_OF_HEAD[0]) };
                    out.push(*first);
                    self.place =
                        if seen == END_OF_HEAD.len() { ParserState::Head } else { ParserState::Handshake(seen) };
                    bytes = rest;
                }
                ParserState::Head => {
                    self.head.push(*first);
                    if let Some(head) = Head::read(&self.head) {
                        self.begin(&head, out);
                        self.head.clear();
                    }
                    bytes = rest;
                }
                ParserState::Payload { left, is_passed } => {
                    let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                    let (payload, rest) = bytes.split_at(here);
                    if is_passed {
                        out.extend_from_slice(payload);
                    }
                    self.place = payload_or_head(left - here as u64, is_passed);
                    bytes = rest;
                }
            }
        }
    }

    /// Decides on a frame of which the head is here.
    fn begin(&mut self, head: &Head, out: &mut Vec<u8>) {
        let is_message = head.kind() < FIRST_CONTROL;
        let is_passed = !is_message || self.admits(head);
        if is_passed {
            let first = if head.kind() == TEXT { (head.first & 0xF0) | BINARY } else { head.first };
            out.push(first);
            out.extend_from_slice(&self.head[1..]);
        }
        if is_message && head.is_last() {
            match std::mem::replace(&mut self.fate, Fate::Passed) {
                Fate::Passed => {}
                // What was passed on of it stays without its end.
                Fate::LeftOut { has_begun: true } => out.extend([LAST_FRAME | CONTINUATION, 0]),
                Fate::LeftOut { has_begun: false } => {
                    let length = self.length.to_string();
                    // At most twenty digits.
                    out.extend([LAST_FRAME | TEXT, u8::try_from(length.len()).unwrap_or_default()]);
                    out.extend_from_slice(length.as_bytes());
                }
            }
        }
        let mask = if head.is_masked { 4 } else { 0 };
        self.place = payload_or_head(head.length.saturating_add(mask), is_passed);
    }

    /// Counts a frame of a message; whether it is passed on.
    fn admits(&mut self, head: &Head) -> bool {
        if head.kind() != CONTINUATION {
            (self.length, self.fate) = (0, Fate::Passed);
        }
        self.length = self.length.saturating_add(head.length);
        if self.fate == Fate::Passed && self.length > self.cap {
            self.fate = Fate::LeftOut { has_begun: head.kind() == CONTINUATION };
        }
        self.fate == Fate::Passed
    }
}

fn payload_or_head(left: u64, is_passed: bool) -> ParserState {
    if left == 0 { ParserState::Head } else { ParserState::Payload { left, is_passed } }
}

/// A connection, from the handshake on, whose incoming messages are filtered.
pub(crate) struct Filtered<S> {
    stream: S,
    filter: Filter,
    read: Box<[u8; READ]>,
    /// What was passed on, and how much of it was taken.
    passed: Vec<u8>,
    taken: usize,
}

impl<S> Filtered<S> {
    /// With messages of up to `cap` bytes.
    pub(crate) fn new(stream: S, cap: usize) -> Self {
        Self { stream, filter: Filter::new(cap), read: Box::new([0; READ]), passed: Vec::new(), taken: 0 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Filtered<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Self { stream, filter, read, passed, taken } = self.get_mut();
        loop {
            let waits = &passed[*taken..];
            if !waits.is_empty() {
                let here = waits.len().min(buffer.remaining());
                buffer.put_slice(&waits[..here]);
                *taken += here;
                return Poll::Ready(Ok(()));
            }
            passed.clear();
            *taken = 0;
            let mut came = ReadBuf::new(read.as_mut_slice());
            ready!(Pin::new(&mut *stream).poll_read(context, &mut came))?;
            if came.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            filter.pass(came.filled(), passed);
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Filtered<S> {
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

    fn frame(first: u8, length: usize) -> Vec<u8> {
        let mut frame = vec![first];
        match length {
            0..=125 => frame.push(length as u8),
            126..=0xFFFF => frame.extend([&[126][..], &(length as u16).to_be_bytes()].concat()),
            _ => frame.extend([&[127][..], &(length as u64).to_be_bytes()].concat()),
        }
        // A payload that looks like beginnings of text frames.
        frame.extend(std::iter::repeat_n(0x81, length));
        frame
    }

    /// What is passed on, however the bytes are cut.
    fn passed(frames: &[Vec<u8>], cap: usize) -> Vec<u8> {
        let head = b"HTTP/1.1 101 X\r\nA: \x81\r\r\n\r\n";
        let stream = [&head[..], &frames.concat()].concat();
        let passed = [1, 2, 3, 7, 1_000, usize::MAX].map(|cut| {
            let (mut filter, mut out) = (Filter::new(cap), Vec::new());
            stream.chunks(cut).for_each(|part| filter.pass(part, &mut out));
            assert_eq!((filter.place, filter.fate), (ParserState::Head, Fate::Passed), "in parts of {cut}");
            out
        });
        assert!(passed.iter().all(|out| *out == passed[0]));
        passed[0].strip_prefix(&head[..]).expect("the handshake is passed on").to_vec()
    }

    const LAST: u8 = LAST_FRAME;
    const PING: u8 = 9;
    const CLOSE: u8 = 8;

    #[test]
    fn text_frames_of_any_length_are_marked() {
        let stream = |text: u8| {
            let kinds = [text, PING, BINARY, text, CLOSE];
            let frames = kinds.iter().zip([0, 5, 126, 70_000, 2]);
            frames.map(|(kind, length)| frame(LAST | kind, length)).collect::<Vec<_>>()
        };
        assert!(passed(&stream(TEXT), 70_000) == stream(BINARY).concat());
        let fragments = |text: u8| vec![frame(text, 300), frame(LAST | PING, 4), frame(LAST, 200)];
        assert!(passed(&fragments(TEXT), 500) == fragments(BINARY).concat());
    }

    #[test]
    fn a_message_that_is_too_long_is_left_out_and_its_length_told() {
        let ping = || frame(LAST | PING, 4);
        let told = |length: &str| [&[LAST | TEXT, length.len() as u8][..], length.as_bytes()].concat();
        let short = || frame(LAST | BINARY, 100);
        for kind in [TEXT, BINARY] {
            let found = passed(&[short(), frame(LAST | kind, 101), ping(), short()], 100);
            assert!(found == [short(), told("101"), ping(), short()].concat());
            // In fragments, the first of which is too long already.
            let found = passed(&[frame(kind, 70_000), ping(), frame(0, 3), frame(LAST, 5), short()], 100);
            assert!(found == [ping(), told("70008"), short()].concat());
            // In fragments that become too long: what was passed on ends there.
            let found = passed(&[frame(kind, 60), ping(), frame(0, 60), frame(LAST, 5), short()], 100);
            assert!(found == [frame(BINARY, 60), ping(), vec![LAST, 0], short()].concat());
        }
    }
}
