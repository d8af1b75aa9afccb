//! Walking an MP3 from frame to frame, over tags and damage.

use std::ops::Range;

use crate::{frame::Frame, source::Window};

/// How far the first frame may lie behind the tags.
const SEARCHED: usize = 128 * 1024;
/// Frames in a row that make a beginning, unless the file ends before.
const IN_A_ROW: usize = 3;
/// Bytes before what an ID3v2 tag holds.
const ID3_HEADER: usize = 10;
/// Bytes that are looked at where a frame may begin: its header and where notes have their name.
const LOOK: usize = 64;

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

/// The whole frames of sound in order. None when these bytes are no MP3.
pub(crate) fn frames(mut window: Window<'_>) -> Walk<'_> {
    let begin = after_tags(&mut window);
    let end = before_tail(&mut window);
    window.cut(end.max(begin));
    let searched = window.len().min(begin + SEARCHED);
    let first = (begin..searched).find(|at| begins(&mut window, *at));
    let at = first.unwrap_or(window.len());
    Walk { window, from: Place { at, last: None } }
}

/// Whether these bytes are an MP3 without sound: whole tags, or a frame of an encoder's notes, and nothing else.
pub(crate) fn is_without_sound(window: &Window<'_>) -> bool {
    let mut all = window.another();
    let only_tags = all.len() > 0 && after_tags(&mut all) == before_tail(&mut all);
    let mut walk = frames(all);
    walk.next().is_none() && (walk.from.last.is_some() || only_tags)
}

/// Where a walk stands: it goes on the same way from there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    at: usize,
    last: Option<Frame>,
}

pub(crate) struct Walk<'a> {
    pub(crate) window: Window<'a>,
    from: Place,
}

impl<'a> Walk<'a> {
    pub(crate) fn place(&self) -> Place {
        self.from
    }

    /// A walk of its own from a place of this one.
    pub(crate) fn from(&self, place: Place) -> Walk<'a> {
        Walk { window: self.window.another(), from: place }
    }
}

impl Iterator for Walk<'_> {
    type Item = Placed;

    fn next(&mut self) -> Option<Placed> {
        loop {
            let at = self.from.at;
            let rest = self.window.at(at, LOOK);
            if rest.len() < Frame::HEADER {
                return None;
            }
            let read = Frame::read(rest);
            let is_notes = read.is_some_and(|frame| frame.is_notes(rest));
            let Some(frame) = read.filter(|frame| self.fits(frame)) else {
                // Joined recordings carry tags in their middle; anything else is damage to be stepped over.
                self.from.at += match tag_size(&mut self.window, at) {
                    0 => {
                        let rest = self.window.at(at, LOOK);
                        1 + rest[1..].iter().position(|byte| *byte == 0xff).unwrap_or(rest.len() - 1)
                    }
                    tag => tag,
                };
                continue;
            };
            let placed = Placed { at, frame };
            // The last frame of a recording that was cut short is not whole: it is left out.
            if placed.range().end > self.window.len() {
                return None;
            }
            self.from = Place { at: at + frame.size, last: Some(frame) };
            if !is_notes {
                return Some(placed);
            }
        }
    }
}

impl Walk<'_> {
    /// A frame of the same stream is believed; another stream's has to show that it goes on.
    fn fits(&mut self, frame: &Frame) -> bool {
        match &self.from.last {
            Some(last) if frame.continues(last) => true,
            Some(_) | None => begins(&mut self.window, self.from.at),
        }
    }
}

/// Whether a stream of frames begins here.
fn begins(window: &mut Window<'_>, at: usize) -> bool {
    let rest = window.at(at, LOOK);
    let Some(first) = Frame::read(rest) else { return false };
    let is_notes = first.is_notes(rest);
    let mut next = at + first.size;
    // Notes are recognised by their name; a recording without sound has nothing else.
    if is_notes && next <= window.len() {
        return true;
    }
    for _ in 1..IN_A_ROW {
        // A frame that is cut off: the first one is then no beginning.
        if next > window.len() {
            return next > at + first.size;
        }
        let rest = window.at(next, Frame::HEADER);
        // The file ends with this frame or within the next one's header.
        if rest.len() < Frame::HEADER {
            return true;
        }
        match Frame::read(rest) {
            Some(frame) if frame.continues(&first) => next += frame.size,
            Some(_) | None => return false,
        }
    }
    true
}

/// The first byte that belongs to no leading ID3v2 tag.
fn after_tags(window: &mut Window<'_>) -> usize {
    let mut at = 0;
    loop {
        match tag_size(window, at) {
            0 => return at,
            size => at += size,
        }
    }
}

/// Bytes of the ID3v2 tag that begins here, 0 if there is none. A tag that claims more than is there, or more than lies
/// before the sound, is as long as it can be without hiding any sound.
fn tag_size(window: &mut Window<'_>, at: usize) -> usize {
    let claimed = id3_size(window.at(at, ID3_HEADER));
    if claimed > window.len() - at.min(window.len()) {
        return ID3_HEADER;
    }
    sound_in_tag(window, at, claimed).unwrap_or(claimed)
}

/// How far into a tag of this size sound begins that goes on without a break behind it. Pictures in a tag may look like
/// frames for a moment, but do not reach its end.
fn sound_in_tag(window: &mut Window<'_>, tag: usize, size: usize) -> Option<usize> {
    let end = tag + size;
    let mut at = tag + ID3_HEADER.min(size);
    while at < end {
        if !begins(window, at) {
            at += 1;
            continue;
        }
        let begin = at;
        let first = Frame::read(window.at(begin, Frame::HEADER))?;
        while let Some(frame) = Frame::read(window.at(at, Frame::HEADER)).filter(|frame| frame.continues(&first)) {
            at += frame.size;
            if at > end {
                return Some(begin - tag);
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
fn before_tail(window: &mut Window<'_>) -> usize {
    match window.len().checked_sub(128) {
        Some(at) if window.at(at, 3) == b"TAG" => at,
        Some(_) | None => window.len(),
    }
}
