//! Where a recording's bytes come from, and a window through which they are looked at: a recording of hours needs no more
//! memory than one of seconds.

use std::ops::Range;

use crate::error::{Error, Reason};

/// Bytes of a recording that can be read at any place, by several at a time.
pub trait Source: Sync {
    /// How many there are.
    fn length(&self) -> u64;

    /// Some of them, as many as were asked for: what is asked for is there.
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Error>;
}

impl Source for [u8] {
    fn length(&self) -> u64 {
        self.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Error> {
        let bytes = self.get(range.start as usize..range.end as usize);
        bytes.map(<[u8]>::to_vec).ok_or(Error::new(Reason::Unreadable))
    }
}

impl Source for Vec<u8> {
    fn length(&self) -> u64 {
        self.as_slice().length()
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Error> {
        self.as_slice().read(range)
    }
}

impl<S: Source + ?Sized> Source for &S {
    fn length(&self) -> u64 {
        (**self).length()
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Error> {
        (**self).read(range)
    }
}

/// Bytes that are read at once.
const READ: usize = 256 * 1024;
/// Bytes before the asked ones that are read too: whoever looks ahead comes back.
const BACK: usize = 16 * 1024;

/// A part of a source, of which a piece is in memory.
pub(crate) struct Window<'a> {
    source: &'a dyn Source,
    /// The part; places are counted from its beginning.
    part: Range<u64>,
    /// Where the piece begins.
    begin: usize,
    piece: Vec<u8>,
    failed: Option<Error>,
}

impl<'a> Window<'a> {
    pub(crate) fn new(source: &'a dyn Source) -> Self {
        Self::of(source, 0..source.length())
    }

    pub(crate) fn of(source: &'a dyn Source, part: Range<u64>) -> Self {
        Self { source, part, begin: 0, piece: Vec::new(), failed: None }
    }

    /// The same part, to be looked at by another.
    pub(crate) fn another(&self) -> Self {
        Self::of(self.source, self.part.clone())
    }

    /// A part of this part.
    pub(crate) fn within(&self, part: &Range<usize>) -> Self {
        let place = |at: usize| self.part.start + at as u64;
        Self::of(self.source, place(part.start)..place(part.end))
    }

    pub(crate) fn len(&self) -> usize {
        (self.part.end - self.part.start) as usize
    }

    /// What lies behind this place is not looked at.
    pub(crate) fn cut(&mut self, end: usize) {
        self.part.end = self.part.end.min(self.part.start + end as u64);
        self.piece.truncate(end.saturating_sub(self.begin));
    }

    /// Up to `length` bytes from this place on; fewer at the end. What cannot be read is as if it ended there, and
    /// [`Window::check_read`] says so.
    pub(crate) fn at(&mut self, at: usize, length: usize) -> &[u8] {
        let end = at.saturating_add(length).min(self.len());
        if at >= end {
            return &[];
        }
        if at < self.begin || end > self.begin + self.piece.len() {
            self.load(at, end);
        }
        let from = at.saturating_sub(self.begin).min(self.piece.len());
        let to = end.saturating_sub(self.begin).min(self.piece.len());
        &self.piece[from..to.max(from)]
    }

    /// An error if something could not be read.
    pub(crate) fn check_read(&self) -> Result<(), Error> {
        self.failed.map_or(Ok(()), Err)
    }

    fn load(&mut self, at: usize, end: usize) {
        self.begin = at.saturating_sub(BACK);
        let until = end.max(self.begin + READ).min(self.len());
        let place = |at: usize| self.part.start + at as u64;
        self.piece = self.source.read(place(self.begin)..place(until)).unwrap_or_else(|error| {
            self.failed = Some(error);
            Vec::new()
        });
    }
}
