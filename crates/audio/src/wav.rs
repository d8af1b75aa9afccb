//! WAV: its header, and its codings as 16-bit samples.

use std::ops::Range;

use crate::{
    MAX_BYTES,
    error::{Error, Reason},
    g711,
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

/// What lies in a WAV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// Samples.
    Samples { coding: Coding, channels: u8, sample_rate: u32 },
    /// An MP3 in a WAV's clothes.
    Mp3,
}

const FORMAT_PCM: u16 = 0x0001;
const FORMAT_FLOAT: u16 = 0x0003;
const FORMAT_A_LAW: u16 = 0x0006;
const FORMAT_MU_LAW: u16 = 0x0007;
const FORMAT_MP3: u16 = 0x0055;
const FORMAT_EXTENSIBLE: u16 = 0xfffe;

impl Wav {
    /// Reads the header; `None` when these bytes are no WAV.
    pub(crate) fn read(bytes: &[u8]) -> Option<Result<Self, Error>> {
        let [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] = *bytes else { return None };
        Some(read_chunks(bytes).ok_or(Error::new(Reason::Broken)).and_then(|read| read))
    }

    /// Bytes of one sample of every channel; 1 for what has no samples of its own.
    pub(crate) fn block(&self) -> usize {
        match &self.content {
            Content::Samples { coding, channels, .. } => coding.width() * usize::from(*channels),
            Content::Mp3 => 1,
        }
    }
}

fn read_chunks(bytes: &[u8]) -> Option<Result<Wav, Error>> {
    let mut at = 12;
    let mut content = None;
    loop {
        let head = bytes.get(at..at + 8)?;
        let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let body = at + 8;
        match &head[..4] {
            b"fmt " => match read_format(bytes.get(body..body + size.min(40))?)? {
                Ok(read) => content = Some(read),
                Err(error) => return Some(Err(error)),
            },
            b"data" => {
                // A header that was written before the sound knows no size, or a wrong one.
                let known = size != 0 && size != u32::MAX as usize;
                let end = if known { bytes.len().min(body.checked_add(size)?) } else { bytes.len() };
                let mut wav = Wav { content: content?, data: body..end };
                let whole = wav.data.len() / wav.block() * wav.block();
                wav.data.end = body + whole;
                return (whole > 0).then_some(Ok(wav));
            }
            _ => {}
        }
        // Chunks begin at even places.
        at = body.checked_add(size)?.checked_add(size & 1)?;
    }
}

fn read_format(body: &[u8]) -> Option<Result<Content, Error>> {
    let word = |at: usize| Some(u16::from_le_bytes([*body.get(at)?, *body.get(at + 1)?]));
    let (tag, channels, bits) = (word(0)?, word(2)?, word(14)?);
    let sample_rate = u32::from_le_bytes([*body.get(4)?, *body.get(5)?, *body.get(6)?, *body.get(7)?]);
    let tag = if tag == FORMAT_EXTENSIBLE { word(24)? } else { tag };
    if tag == FORMAT_MP3 {
        return Some(Ok(Content::Mp3));
    }
    let coding = match (tag, bits) {
        (FORMAT_PCM, 8) => Coding::Pcm8,
        (FORMAT_PCM, 16) => Coding::Pcm16,
        (FORMAT_PCM, 24) => Coding::Pcm24,
        (FORMAT_PCM, 32) => Coding::Pcm32,
        (FORMAT_FLOAT, 32) => Coding::Float32,
        (FORMAT_A_LAW, 8) => Coding::ALaw,
        (FORMAT_MU_LAW, 8) => Coding::MuLaw,
        _ => return Some(Err(Error::new(Reason::Coding))),
    };
    if !(1..=2).contains(&channels) || !(1_000..=192_000).contains(&sample_rate) {
        return Some(Err(Error::new(Reason::Coding)));
    }
    Some(Ok(Content::Samples { coding, channels: channels as u8, sample_rate }))
}

/// The same sound as a WAV of 16-bit PCM, which every player takes.
pub fn to_pcm_wav(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::new(Reason::TooLarge));
    }
    let wav = Wav::read(bytes).unwrap_or(Err(Error::new(Reason::NotAudio)))?;
    let Content::Samples { coding, channels, sample_rate } = wav.content else {
        return Err(Error::new(Reason::Coding));
    };
    let samples = bytes[wav.data].chunks_exact(coding.width());
    let length = (samples.len() * 2) as u32;
    let block = u16::from(channels) * 2;
    let mut pcm = Vec::with_capacity(44 + samples.len() * 2);
    pcm.extend_from_slice(b"RIFF");
    pcm.extend_from_slice(&(36 + length).to_le_bytes());
    pcm.extend_from_slice(b"WAVEfmt ");
    pcm.extend_from_slice(&16_u32.to_le_bytes());
    pcm.extend_from_slice(&FORMAT_PCM.to_le_bytes());
    pcm.extend_from_slice(&u16::from(channels).to_le_bytes());
    pcm.extend_from_slice(&sample_rate.to_le_bytes());
    pcm.extend_from_slice(&(sample_rate * u32::from(block)).to_le_bytes());
    pcm.extend_from_slice(&block.to_le_bytes());
    pcm.extend_from_slice(&16_u16.to_le_bytes());
    pcm.extend_from_slice(b"data");
    pcm.extend_from_slice(&length.to_le_bytes());
    for sample in samples {
        pcm.extend_from_slice(&coding.sample(sample).to_le_bytes());
    }
    Ok(pcm)
}
