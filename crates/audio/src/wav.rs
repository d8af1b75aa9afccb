//! WAV: its header, and its codings as 16-bit samples.

use std::ops::Range;

use crate::{
    classify::classify,
    error::{Error, Reason},
    g711,
    source::Window,
};

/// How a WAV's samples are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// Unsigned 8 bit.
    Pcm8,
    /// Signed 16 bit.
    Pcm16,
    /// Signed 24 bit.
    Pcm24,
    /// Signed 32 bit.
    Pcm32,
    /// 32-bit float.
    Float32,
    /// ITU-T G.711 A-law.
    ALaw,
    /// ITU-T G.711 µ-law.
    MuLaw,
}

impl Coding {
    /// Bytes of one sample.
    pub(crate) fn width(self) -> usize {
        match self {
            Self::Pcm8 | Self::ALaw | Self::MuLaw => 1,
            Self::Pcm16 => 2,
            Self::Pcm24 => 3,
            Self::Pcm32 | Self::Float32 => 4,
        }
    }

    /// The sample that these bytes, of [`Coding::width`], hold.
    pub(crate) fn sample(self, bytes: &[u8]) -> i16 {
        match (self, bytes) {
            (Self::Pcm8, [a]) => (i16::from(*a) - 128) << 8,
            (Self::ALaw, [a]) => g711::a_law(*a),
            (Self::MuLaw, [a]) => g711::mu_law(*a),
            (Self::Pcm16, [a, b]) | (Self::Pcm24, [_, a, b]) | (Self::Pcm32, [_, _, a, b]) => {
                i16::from_le_bytes([*a, *b])
            }
            (Self::Float32, [a, b, c, d]) => {
                // A cast keeps within the bounds and makes nothing of what is no number.
                (f32::from_le_bytes([*a, *b, *c, *d]) * 32_767.0) as i16
            }
            (Self::Pcm8 | Self::Pcm16 | Self::Pcm24 | Self::Pcm32 | Self::Float32 | Self::ALaw | Self::MuLaw, _) => 0,
        }
    }
}

/// What a WAV's header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wav {
    pub(crate) content: Content,
    /// Where the sound lies; no further than the file goes.
    pub(crate) data: Range<usize>,
}

/// What a header says before it is known how long the file is.
struct Header {
    content: Content,
    data: Range<u64>,
}

impl Header {
    fn of(wav: Wav) -> Self {
        Self { content: wav.content, data: wav.data.start as u64..wav.data.end as u64 }
    }

    fn read(window: &mut Window<'_>) -> Option<Result<Self, Error>> {
        is_wav(window.at(0, 12)).then(|| {
            let (content, chunk) = read_chunks(window)?;
            let start = chunk.body as u64;
            let end = if chunk.is_unsaid() { u64::MAX } else { start + chunk.size as u64 };
            Ok(Self { content, data: start..end })
        })
    }
}

/// What lies in a WAV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// Samples.
    Samples { coding: Coding, channels: u8, sample_rate: u32 },
    /// An MP3 in a WAV's clothes.
    Mp3,
}

/// How far behind a chunk of a wrong size the sound is looked for.
const SEARCHED: usize = 64 * 1024;

const FORMAT_PCM: u16 = 0x0001;
const FORMAT_FLOAT: u16 = 0x0003;
const FORMAT_A_LAW: u16 = 0x0006;
const FORMAT_MU_LAW: u16 = 0x0007;
const FORMAT_MP3: u16 = 0x0055;
const FORMAT_EXTENSIBLE: u16 = 0xfffe;

impl Wav {
    /// Reads the header; `None` when these bytes are no WAV.
    pub(crate) fn read(window: &mut Window<'_>) -> Option<Result<Self, Error>> {
        is_wav(window.at(0, 12)).then(|| {
            let (content, chunk) = read_chunks(window)?;
            with_data(window, content, &chunk)
        })
    }

    /// Bytes of one sample of every channel; 1 for what has no samples of its own.
    pub(crate) fn block(&self) -> usize {
        match &self.content {
            Content::Samples { coding, channels, .. } => coding.width() * usize::from(*channels),
            Content::Mp3 => 1,
        }
    }

    /// Why the MP3 in it has no frames.
    pub(crate) fn without_frames(&self, window: &Window<'_>) -> Error {
        let is_empty = classify(&mut window.within(&self.data)) == Reason::Empty;
        Error::new(if is_empty { Reason::Empty } else { Reason::Broken })
    }
}

fn is_wav(bytes: &[u8]) -> bool {
    // RF64 and BW64 are WAVs whose sizes may be told elsewhere in more bits.
    let magic = [b"RIFF", b"RF64", b"BW64"].iter().any(|magic| bytes.starts_with(*magic));
    magic && bytes.get(8..12) == Some(b"WAVE")
}

/// One chunk: its name, where its body begins, and how long it says that is.
struct Chunk {
    name: [u8; 4],
    body: usize,
    size: usize,
}

impl Chunk {
    const HEADER: usize = 8;

    fn read(window: &mut Window<'_>, at: usize) -> Option<Self> {
        let [a, b, c, d, e, f, g, h] = *window.at(at, Self::HEADER).first_chunk()?;
        let name = [a, b, c, d];
        let is_name = name.iter().all(|byte| matches!(byte, b' '..=b'~'));
        let size = u32::from_le_bytes([e, f, g, h]) as usize;
        is_name.then_some(Self { name, body: at + Self::HEADER, size })
    }

    /// It was written before its size was known.
    fn is_unsaid(&self) -> bool {
        self.size == 0 || self.size == u32::MAX as usize
    }

    /// Where the next one begins: at an even place, unless its writer left the padding out.
    fn end(&self, window: &mut Window<'_>) -> usize {
        let end = self.body.saturating_add(self.size);
        let padded = end.saturating_add(self.size & 1);
        let unpadded = padded > end && window.at(end, 1) != [0] && Self::read(window, end).is_some();
        if unpadded { end } else { padded }
    }
}

/// The format and the chunk of the sound.
fn read_chunks(window: &mut Window<'_>) -> Result<(Content, Chunk), Error> {
    let broken = Error::new(Reason::Broken);
    let mut at = 12;
    let mut content = None;
    loop {
        // After a chunk of a wrong size the sound is found by its name.
        let chunk = Chunk::read(window, at).or_else(|| find_data(window, at, content.is_some())).ok_or(broken)?;
        match &chunk.name {
            b"fmt " => {
                let size = chunk.size.min(40);
                let body = Some(window.at(chunk.body, size)).filter(|body| body.len() == size);
                content = Some(body.and_then(read_format).ok_or(broken)??);
            }
            b"data" => return Ok((content.ok_or(broken)?, chunk)),
            _ => {}
        }
        at = chunk.end(window);
        if at >= window.len() && chunk.size > 0 {
            at = chunk.body;
            let found = find_data(window, at, content.is_some()).ok_or(broken)?;
            return Ok((content.ok_or(broken)?, found));
        }
    }
}

/// The next `data`, where a chunk's size does not lead to it.
fn find_data(window: &mut Window<'_>, from: usize, format_known: bool) -> Option<Chunk> {
    let at = window.at(from, SEARCHED).windows(4).position(|name| name == b"data").filter(|_| format_known)?;
    Chunk::read(window, from + at)
}

/// The sound of this chunk. A header that was written before the sound knows no size, or a wrong one.
fn with_data(window: &mut Window<'_>, content: Content, chunk: &Chunk) -> Result<Wav, Error> {
    let rest = window.len().saturating_sub(chunk.body);
    let length = match chunk.size {
        0 if only_chunks(window, chunk.body) => 0,
        0 => rest,
        size => rest.min(size),
    };
    let mut wav = Wav { content, data: chunk.body..chunk.body + length };
    wav.data.end -= length % wav.block();
    match wav.data.is_empty() {
        false => Ok(wav),
        true if chunk.is_unsaid() => Err(Error::new(Reason::Empty)),
        true => Err(Error::new(Reason::Broken)),
    }
}

/// Whether there are whole chunks from here to the end, or nothing: then what lies before was meant to be empty.
fn only_chunks(window: &mut Window<'_>, mut at: usize) -> bool {
    while at < window.len() {
        match Chunk::read(window, at) {
            Some(chunk) if chunk.body + chunk.size <= window.len() => at = chunk.end(window),
            Some(_) | None => return false,
        }
    }
    true
}

/// What a format says; `None` when it ends before the sample rate.
fn read_format(body: &[u8]) -> Option<Result<Content, Error>> {
    let word = |at: usize| Some(u16::from_le_bytes([*body.get(at)?, *body.get(at + 1)?]));
    let (tag, channels) = (word(0)?, word(2)?);
    let sample_rate = u32::from_le_bytes([*body.get(4)?, *body.get(5)?, *body.get(6)?, *body.get(7)?]);
    let (block, bits) = (word(12).unwrap_or(0), word(14).unwrap_or(0));
    // An extensible format that ends before its own tag is plain PCM.
    let tag = if tag == FORMAT_EXTENSIBLE { word(24).unwrap_or(FORMAT_PCM) } else { tag };
    if tag == FORMAT_MP3 {
        return Some(Ok(Content::Mp3));
    }
    if !(1..=2).contains(&channels) || !(1_000..=192_000).contains(&sample_rate) {
        return Some(Err(Error::new(Reason::Coding)));
    }
    let coding = match (tag, width(block, bits, channels)) {
        // Eight bits by definition, whatever is written in the field.
        (FORMAT_A_LAW, _) => Coding::ALaw,
        (FORMAT_MU_LAW, _) => Coding::MuLaw,
        (FORMAT_PCM, 1) => Coding::Pcm8,
        (FORMAT_PCM, 2) => Coding::Pcm16,
        (FORMAT_PCM, 3) => Coding::Pcm24,
        (FORMAT_PCM, 4) => Coding::Pcm32,
        (FORMAT_FLOAT, 4) => Coding::Float32,
        _ => return Some(Err(Error::new(Reason::Coding))),
    };
    Some(Ok(Content::Samples { coding, channels: channels as u8, sample_rate }))
}

/// Bytes of one sample: as the bits say, or as the block says where they say nothing or do not fill whole bytes; 0 when
/// neither helps.
fn width(block: u16, bits: u16, channels: u16) -> u16 {
    let of_block = if block.is_multiple_of(channels) { block / channels } else { 0 };
    match bits {
        0 => of_block,
        bits if bits.is_multiple_of(8) => bits / 8,
        bits if bits.div_ceil(8) == of_block => of_block,
        _ => 0,
    }
}

/// The sound of a WAV of samples, of which only the beginning is known yet: where a moment lies, and what lies there as
/// PCM, which every player takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Samples {
    coding: Coding,
    channels: u8,
    sample_rate: u32,
    data: Range<u64>,
}

impl Samples {
    /// Reads the header from a file's first bytes; `total` is the file's length, where that is known.
    pub fn read(head: &[u8], total: Option<u64>) -> Result<Self, Error> {
        let is_all = total.is_some_and(|total| total <= head.len() as u64);
        let mut window = Window::new(&head);
        let header =
            if is_all { Wav::read(&mut window).map(|wav| wav.map(Header::of)) } else { Header::read(&mut window) };
        let Header { content, data } = header.unwrap_or(Err(Error::new(Reason::NotAudio)))?;
        let Content::Samples { coding, channels, sample_rate } = content else {
            return Err(Error::new(Reason::Coding));
        };
        let end = total.map_or(data.end, |total| data.end.min(total)).max(data.start);
        let block = coding.width() as u64 * u64::from(channels);
        let end = end - (end - data.start) % block;
        Ok(Self { coding, channels, sample_rate, data: data.start..end })
    }

    /// The bytes that are heard from one moment to another, as far as they go.
    pub fn place(&self, from_ms: u32, to_ms: u32) -> Range<u64> {
        let block = self.coding.width() as u64 * u64::from(self.channels);
        let at =
            |ms: u32| (self.data.start + u64::from(ms) * u64::from(self.sample_rate) / 1000 * block).min(self.data.end);
        at(from_ms)..at(to_ms)
    }

    /// Bytes of such a place as a WAV of 16-bit PCM.
    pub fn to_pcm_wav(&self, bytes: &[u8]) -> Vec<u8> {
        let samples = bytes.chunks_exact(self.coding.width());
        let length = (samples.len() * 2) as u32;
        let block = u16::from(self.channels) * 2;
        let mut pcm = Vec::with_capacity(44 + samples.len() * 2);
        pcm.extend_from_slice(b"RIFF");
        pcm.extend_from_slice(&(36 + length).to_le_bytes());
        pcm.extend_from_slice(b"WAVEfmt ");
        pcm.extend_from_slice(&16_u32.to_le_bytes());
        pcm.extend_from_slice(&FORMAT_PCM.to_le_bytes());
        pcm.extend_from_slice(&u16::from(self.channels).to_le_bytes());
        pcm.extend_from_slice(&self.sample_rate.to_le_bytes());
        pcm.extend_from_slice(&(self.sample_rate * u32::from(block)).to_le_bytes());
        pcm.extend_from_slice(&block.to_le_bytes());
        pcm.extend_from_slice(&16_u16.to_le_bytes());
        pcm.extend_from_slice(b"data");
        pcm.extend_from_slice(&length.to_le_bytes());
        for sample in samples {
            pcm.extend_from_slice(&self.coding.sample(sample).to_le_bytes());
        }
        pcm
    }
}
