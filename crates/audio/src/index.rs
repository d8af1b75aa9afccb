//! From time to bytes and back.

use std::ops::Range;

use crate::{
    MAX_BYTES, Source,
    classify::classify,
    error::{Error, Reason},
    source::Window,
    walk,
    wav::{Coding, Content, Wav},
};

/// A WAV's sound is cut into pieces of this many milliseconds, as an MP3 is into frames.
const PIECE_MS: u32 = 100;

/// What kind of recording it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// MPEG layer III.
    Mp3,
    /// Samples.
    Wav(Coding),
}

impl Format {
    /// The media type of the bytes as they are.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Mp3 => "audio/mpeg",
            Self::Wav(_) => "audio/wav",
        }
    }
}

/// Where to begin in order to hear a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seek {
    /// First byte of the frame.
    pub byte_offset: u32,
    /// When that frame begins.
    pub at_ms: u32,
}

/// A recording's frames, each with its place and its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    format: Format,
    channels: u8,
    sample_rate: u32,
    duration_ms: u32,
    frames: Vec<Seek>,
    /// The byte after the last frame.
    end: u32,
}

/// Reads where the frames of an MP3 or WAV lie. Nothing is decoded.
pub fn index(source: &(impl Source + ?Sized)) -> Result<Index, Error> {
    if source.length() > MAX_BYTES as u64 {
        return Err(Error::new(Reason::TooLarge));
    }
    let mut window = Window::new(&source);
    match Wav::read(&mut window) {
        None => of_mp3(&window, 0..window.len())?.ok_or_else(|| Error::new(classify(&mut window))),
        Some(Err(error)) => Err(window.check_read().err().unwrap_or(error)),
        Some(Ok(wav)) => match wav.content {
            Content::Mp3 => of_mp3(&window, wav.data.clone())?.ok_or_else(|| wav.without_frames(&window)),
            Content::Samples { coding, channels, sample_rate } => {
                Ok(of_samples(coding, channels, sample_rate, wav.data))
            }
        },
    }
}

/// `None`: there is no frame at all.
fn of_mp3(window: &Window<'_>, range: Range<usize>) -> Result<Option<Index>, Error> {
    let base = range.start;
    let mut frames = Vec::new();
    let mut first = None;
    let mut end = 0;
    // Nanoseconds: sums of frame times must not drift over an hour.
    let mut at_ns = 0_u64;
    let mut walk = walk::frames(window.within(&range));
    for placed in &mut walk {
        first.get_or_insert(placed.frame);
        frames.push(Seek { byte_offset: (base + placed.at) as u32, at_ms: to_ms(at_ns) });
        at_ns += u64::from(placed.frame.samples) * 1_000_000_000 / u64::from(placed.frame.sample_rate);
        end = base + placed.range().end;
    }
    walk.window.check_read()?;
    Ok(first.map(|first| Index {
        format: Format::Mp3,
        channels: first.channels,
        sample_rate: first.sample_rate,
        duration_ms: to_ms(at_ns),
        frames,
        end: end as u32,
    }))
}

fn of_samples(coding: Coding, channels: u8, sample_rate: u32, data: Range<usize>) -> Index {
    let block = coding.width() * usize::from(channels);
    let blocks_ms = |blocks: usize| (blocks as u64 * 1000 / u64::from(sample_rate)) as u32;
    let piece = (sample_rate * PIECE_MS / 1000) as usize * block;
    let frames = data
        .clone()
        .step_by(piece)
        .map(|at| Seek { byte_offset: at as u32, at_ms: blocks_ms((at - data.start) / block) })
        .collect();
    let duration_ms = blocks_ms(data.len() / block);
    Index { format: Format::Wav(coding), channels, sample_rate, duration_ms, frames, end: data.end as u32 }
}

fn to_ms(ns: u64) -> u32 {
    (ns / 1_000_000) as u32
}

impl Index {
    /// What kind of recording it is.
    pub fn format(&self) -> Format {
        self.format
    }

    /// One or two.
    pub fn channels(&self) -> u8 {
        self.channels
    }

    /// Samples a second.
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// The length of what is there.
    pub fn duration_ms(&self) -> u32 {
        self.duration_ms
    }

    /// Frames of sound.
    pub fn frames(&self) -> usize {
        self.frames.len()
    }

    /// The bytes from the first frame to the last; tags lie outside.
    pub fn sound(&self) -> Range<u32> {
        self.frames.first().map_or(self.end, |frame| frame.byte_offset)..self.end
    }

    /// The frame that is heard at this moment; behind the end the last one.
    pub fn seek(&self, ms: u32) -> Seek {
        let after = self.frames.partition_point(|frame| frame.at_ms <= ms);
        self.frames[after.saturating_sub(1)]
    }

    /// About `size` bytes from the frame that holds `byte_offset`, ending where a frame ends, so that what is
    /// appended to a player is whole. Empty behind the last frame.
    pub fn chunk(&self, byte_offset: u32, size: u32) -> Range<u32> {
        if byte_offset >= self.end {
            return self.end..self.end;
        }
        let first = self.frames.partition_point(|frame| frame.byte_offset <= byte_offset).saturating_sub(1);
        let start = self.frames[first].byte_offset;
        let wanted = start.saturating_add(size.max(1));
        let next = self.frames.partition_point(|frame| frame.byte_offset < wanted).max(first + 1);
        start..self.frames.get(next).map_or(self.end, |frame| frame.byte_offset)
    }

    /// The place of the frame that begins at or before each whole second.
    pub fn seconds(&self) -> Vec<u32> {
        (0..=self.duration_ms / 1000).map(|second| self.seek(second * 1000).byte_offset).collect()
    }
}
