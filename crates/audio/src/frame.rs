//! The header of one MPEG audio frame.

/// Bit rates in kbit/s of layer III: MPEG-1, then MPEG-2 and 2.5. The first (free format) is not played by anybody.
const BIT_RATES: [[u32; 15]; 2] = [
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
const SAMPLE_RATES: [u32; 3] = [44_100, 48_000, 32_000];

/// What a header says, for layer III.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Bytes, header included.
    pub(crate) size: usize,
    /// Samples in each channel.
    pub(crate) samples: u32,
    /// Samples a second.
    pub(crate) sample_rate: u32,
    /// One or two.
    pub(crate) channels: u8,
    /// Bytes between the header (and its checksum) and the sound.
    side_info: usize,
    protected: bool,
}

impl Frame {
    /// Bytes of a header.
    pub(crate) const HEADER: usize = 4;

    /// Reads the header that these bytes begin with.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let [first, second, third, fourth, ..] = *bytes else { return None };
        if first != 0xff || second & 0xe0 != 0xe0 {
            return None;
        }
        let mpeg1 = match second >> 3 & 3 {
            3 => true,
            0 | 2 => false,
            _ => return None,
        };
        let mpeg25 = second >> 3 & 3 == 0;
        let layer3 = second >> 1 & 3 == 1;
        let bit_rate = *BIT_RATES[usize::from(!mpeg1)].get(usize::from(third >> 4))?;
        let sample_rate = *SAMPLE_RATES.get(usize::from(third >> 2 & 3))?;
        // The reserved emphasis is never sent: it tells chance from a header.
        if !layer3 || bit_rate == 0 || fourth & 3 == 2 {
            return None;
        }
        let sample_rate = sample_rate
            / if mpeg1 {
                1
            } else if mpeg25 {
                4
            } else {
                2
            };
        let samples = if mpeg1 { 1152 } else { 576 };
        let padding = u32::from(third >> 1 & 1);
        let channels = if fourth >> 6 == 3 { 1 } else { 2 };
        let side_info = match (mpeg1, channels) {
            (true, 2) => 32,
            (true, _) | (false, 2) => 17,
            (false, _) => 9,
        };
        Some(Self {
            size: (samples / 8 * bit_rate * 1000 / sample_rate + padding) as usize,
            samples,
            sample_rate,
            channels,
            side_info,
            protected: second & 1 == 0,
        })
    }

    /// Frames of one stream agree in this; a joined stream may change it.
    pub(crate) fn continues(&self, other: &Self) -> bool {
        (self.sample_rate, self.samples) == (other.sample_rate, other.samples)
    }

    /// A frame that holds an encoder's notes (Xing, Info, VBRI) and no sound. `bytes` begin with its header.
    pub(crate) fn is_notes(&self, bytes: &[u8]) -> bool {
        let at = Self::HEADER + if self.protected { 2 } else { 0 } + self.side_info;
        let tag = |at: usize| bytes.get(at..at + 4);
        matches!(tag(at), Some(b"Xing" | b"Info")) || tag(Self::HEADER + 32) == Some(b"VBRI")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_gives_size_and_time() {
        // MPEG-2, 16 kHz, 24 kbit/s, stereo.
        let frame = Frame::read(&[0xff, 0xf3, 0x38, 0x64]).expect("a header");
        assert_eq!((frame.size, frame.samples, frame.sample_rate, frame.channels), (108, 576, 16_000, 2));
        // MPEG-1, 44.1 kHz, 128 kbit/s with padding, mono.
        let frame = Frame::read(&[0xff, 0xfb, 0x92, 0xc4]).expect("a header");
        assert_eq!((frame.size, frame.samples, frame.sample_rate, frame.channels), (418, 1152, 44_100, 1));
        // MPEG-2.5, 8 kHz, 8 kbit/s.
        let frame = Frame::read(&[0xff, 0xe3, 0x18, 0xc4]).expect("a header");
        assert_eq!((frame.size, frame.samples, frame.sample_rate), (72, 576, 8_000));
    }

    #[test]
    fn what_is_no_header_is_refused() {
        for bytes in [[0xff, 0xfe, 0, 0], [0xff, 0xfb, 0x02, 0], [0xff, 0xfb, 0xf2, 0], [0xff, 0xfb, 0x9e, 0], [0; 4]] {
            assert_eq!(Frame::read(&bytes), None, "{bytes:?}");
        }
        assert_eq!(Frame::read(&[0xff, 0xfb]), None);
    }
}
