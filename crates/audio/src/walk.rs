//! Walking an MP3 from frame to frame, over tags and damage.

use std::ops::Range;

use crate::frame::Frame;

/// How far the first frame may lie behind the tags.
const SEARCHED: usize = 128 * 1024;
/// Frames in a row that make a beginning, unless the file ends before.
const IN_A_ROW: usize = 3;
/// Bytes before what an ID3v2 tag holds.
const ID3_HEADER: usize = 10;

/// A frame and where it lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed {
    pub(crate) at: usize,
    pub(crate) frame: Frame,
}

impl Placed {
    pub(crate) fn range(&self) -> Range<usize> {
        self.at..self.at + self.frame.size
    }
}

/// The whole frames of sound in order. Empty when these bytes are no MP3.
pub(crate) fn frames(bytes: &[u8]) -> Walk<'_> {
    let begin = after_tags(bytes);
    let end = before_tail(bytes);
    let bytes = &bytes[..end.max(begin)];
    let searched = bytes.len().min(begin + SEARCHED);
    let first = (begin..searched).find(|at| begins(bytes, *at));
    Walk { bytes, at: first.unwrap_or(bytes.len()), last: None }
}

/// Whether these bytes are an MP3 without sound: whole tags, or a frame of an encoder's notes, and nothing else.
pub(crate) fn is_without_sound(bytes: &[u8]) -> bool {
    let mut walk = frames(bytes);
    let only_tags = !bytes.is_empty() && after_tags(bytes) == before_tail(bytes);
    walk.next().is_none() && (walk.last.is_some() || only_tags)
}

pub(crate) struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    last: Option<Frame>,
}

impl Iterator for Walk<'_> {
    type Item = Placed;

    fn next(&mut self) -> Option<Placed> {
        loop {
            let rest = self.bytes.get(self.at..).filter(|rest| rest.len() >= Frame::HEADER)?;
            let frame = Frame::read(rest).filter(|frame| self.fits(frame));
            let Some(frame) = frame else {
                // Joined recordings carry tags in their middle; anything else is damage to be stepped over.
                self.at += match tag_size(rest) {
                    0 => 1 + rest[1..].iter().position(|byte| *byte == 0xff).unwrap_or(rest.len()),
                    tag => tag,
                };
                continue;
            };
            let placed = Placed { at: self.at, frame };
            // The last frame of a recording that was cut short is not whole: it is left out.
            if placed.range().end > self.bytes.len() {
                return None;
            }
            self.at += frame.size;
            self.last = Some(frame);
            if !frame.is_notes(rest) {
                return Some(placed);
            }
        }
    }
}

impl Walk<'_> {
    /// A frame of the same stream is believed; another stream's has to show that it goes on.
    fn fits(&self, frame: &Frame) -> bool {
        match &self.last {
            Some(last) if frame.continues(last) => true,
            Some(_) | None => begins(self.bytes, self.at),
        }
    }
}

/// Whether a stream of frames begins here.
fn begins(bytes: &[u8], at: usize) -> bool {
    let Some(first) = bytes.get(at..).and_then(Frame::read) else { return false };
    let mut next = at + first.size;
    // Notes are recognised by their name; a recording without sound has nothing else.
    if first.is_notes(&bytes[at..]) && next <= bytes.len() {
        return true;
    }
    for _ in 1..IN_A_ROW {
        match bytes.get(next..) {
            // The file ends with this frame or within the next one's header.
            Some(rest) if rest.len() < Frame::HEADER => return true,
            Some(rest) => match Frame::read(rest) {
                Some(frame) if frame.continues(&first) => next += frame.size,
                Some(_) | None => return false,
            },
            None => return next > at + first.size,
        }
    }
    true
}

/// The first byte that belongs to no leading ID3v2 tag.
fn after_tags(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..) {
        match tag_size(rest) {
            0 => return at,
            size => at += size,
        }
    }
    bytes.len()
}

/// Bytes of the ID3v2 tag that these bytes begin with, 0 if there is none. A tag that claims more than is there, or
/// more than lies before the sound, is as long as it can be without hiding any sound.
fn tag_size(bytes: &[u8]) -> usize {
    let claimed = id3_size(bytes);
    if claimed > bytes.len() {
        return ID3_HEADER;
    }
    sound_in_tag(bytes, claimed).unwrap_or(claimed)
}

/// Where sound begins that lies in a tag of this size and goes on without a break behind it. Pictures in a tag may look
/// like frames for a moment, but do not reach its end.
fn sound_in_tag(bytes: &[u8], tag: usize) -> Option<usize> {
    let mut at = ID3_HEADER.min(tag);
    while at < tag {
        if !begins(bytes, at) {
            at += 1;
            continue;
        }
        let begin = at;
        let first = Frame::read(&bytes[begin..])?;
        while let Some(frame) = bytes.get(at..).and_then(Frame::read).filter(|frame| frame.continues(&first)) {
            at += frame.size;
            if at > tag {
                return Some(begin);
            }
        }
    }
    None
}

/// What an ID3v2 tag says of its size.
fn id3_size(bytes: &[u8]) -> usize {
    let [b'I', b'D', b'3', version, _, flags, a, b, c, d, ..] = *bytes else { return 0 };
    if version == 0xff || [a, b, c, d].iter().any(|byte| *byte > 0x7f) {
        return 0;
    }
    let size = [a, b, c, d].iter().fold(0, |size, byte| size << 7 | usize::from(*byte));
    ID3_HEADER + size + if flags & 0x10 == 0 { 0 } else { 10 }
}

/// The first byte of a trailing ID3v1 tag, or the end.
fn before_tail(bytes: &[u8]) -> usize {
    match bytes.len().checked_sub(128) {
        Some(at) if bytes[at..].starts_with(b"TAG") => at,
        Some(_) | None => bytes.len(),
    }
}
