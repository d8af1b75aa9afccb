//! Recordings that several of these tests use.

/// 15 s of speech: MPEG-2 layer III, 16 kHz, two channels, 24 kbit/s, no tags. Left the agent, right the customer.
pub(crate) const SPEECH: &[u8] = include_bytes!("../samples/en.mp3");

/// Bytes of each of its frames.
pub(crate) const FRAME: usize = 108;

/// Milliseconds of each of its frames.
pub(crate) const FRAME_MS: u32 = 36;

pub(crate) fn wav(tag: u16, bits: u16, channels: u16, sample_rate: u32, data: &[u8]) -> Vec<u8> {
    let block = channels.wrapping_mul(bits) / 8;
    let mut file = b"RIFF\0\0\0\0WAVEfmt ".to_vec();
    file.extend(16_u32.to_le_bytes());
    file.extend(tag.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(sample_rate.to_le_bytes());
    file.extend(sample_rate.wrapping_mul(u32::from(block)).to_le_bytes());
    file.extend(block.to_le_bytes());
    file.extend(bits.to_le_bytes());
    // An odd chunk that players have to step over, with its padding.
    file.extend(b"LIST\x03\0\0\0abc\0data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

/// A tone of half the full scale in 16-bit samples.
pub(crate) fn tone(samples: usize) -> Vec<i16> {
    (0..samples).map(|n| ((n as f32 / 8000.0 * 440.0 * std::f32::consts::TAU).sin() * 16_384.0) as i16).collect()
}
