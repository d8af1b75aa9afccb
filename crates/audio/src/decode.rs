//! Samples out of bytes, piece by piece, so that an hour needs no more memory than a frame.

use std::{
    ops::{ControlFlow, Range},
    panic::{AssertUnwindSafe, catch_unwind},
};

use symphonia::{
    core::{
        audio::GenericAudioBufferRef,
        codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions, well_known::CODEC_ID_MP3},
        packet::PacketRef,
        units::{Duration, Timestamp},
    },
    default::codecs::MpaDecoder,
};

use crate::{
    MAX_BYTES,
    error::{Error, Reason, classify},
    walk,
    wav::{Content, Wav},
};

/// Samples of a WAV that are handed over at once.
const BLOCKS: usize = 1024;

/// A piece of sound: samples between -1 and 1, channel after channel, all equally long.
pub(crate) struct Piece<'a> {
    pub(crate) lanes: &'a [Vec<f32>],
    pub(crate) sample_rate: u32,
}

/// Hands the sound over in pieces until `take` has enough. A frame that cannot be decoded is handed over as silence,
/// so that time stays true. Answers how many pieces did decode.
pub(crate) fn pieces(bytes: &[u8], take: &mut dyn FnMut(Piece<'_>) -> ControlFlow<()>) -> Result<usize, Error> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::new(Reason::TooLarge));
    }
    let decoded = match Wav::read(bytes) {
        None => mp3(bytes, take),
        Some(Err(error)) => return Err(error),
        Some(Ok(wav @ Wav { content: Content::Mp3, .. })) => {
            return match mp3(&bytes[wav.data.clone()], take) {
                None => Err(wav.without_frames(bytes)),
                Some(0) => Err(Error::new(Reason::Broken)),
                Some(decoded) => Ok(decoded),
            };
        }
        Some(Ok(Wav { content: Content::Samples { coding, channels, sample_rate }, data })) => {
            samples(&bytes[data], coding, usize::from(channels), sample_rate, take)
        }
    };
    match decoded {
        None => Err(Error::new(classify(bytes))),
        Some(0) => Err(Error::new(Reason::Broken)),
        Some(decoded) => Ok(decoded),
    }
}

/// `None`: there is no frame at all.
fn mp3(bytes: &[u8], take: &mut dyn FnMut(Piece<'_>) -> ControlFlow<()>) -> Option<usize> {
    let mut decoder = None;
    let mut lanes: Vec<Vec<f32>> = Vec::new();
    let mut found = false;
    let mut decoded = 0;
    for placed in walk::frames(bytes) {
        found = true;
        let frame = placed.frame;
        let whole = decode(&mut decoder, &bytes[placed.range()], (frame.channels, frame.sample_rate), &mut lanes);
        if whole {
            decoded += 1;
        } else {
            lanes.resize_with(usize::from(frame.channels), Vec::new);
            for lane in &mut lanes {
                lane.clear();
                lane.resize(frame.samples as usize, 0.0);
            }
        }
        if take(Piece { lanes: &lanes, sample_rate: frame.sample_rate }).is_break() {
            break;
        }
    }
    found.then_some(decoded)
}

/// A decoder and the channels and rate that it was made for: it does not take others.
type Made = (MpaDecoder, (u8, u32));

fn decode(made: &mut Option<Made>, frame: &[u8], shape: (u8, u32), lanes: &mut Vec<Vec<f32>>) -> bool {
    if made.as_ref().is_none_or(|(_, made_for)| *made_for != shape) {
        let mut parameters = AudioCodecParameters::new();
        parameters.for_codec(CODEC_ID_MP3);
        *made = MpaDecoder::try_new(&parameters, &AudioDecoderOptions::default()).ok().map(|new| (new, shape));
    }
    let Some((decoder, _)) = made else { return false };
    // The decoder panics on some broken frames; it is thrown away then, whatever state it was in.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let packet = PacketRef::new(0, Timestamp::default(), Duration::default(), frame);
        match decoder.decode_ref(&packet) {
            Ok(GenericAudioBufferRef::F32(buffer)) => {
                GenericAudioBufferRef::F32(buffer).copy_to_vecs_planar(lanes);
                true
            }
            Ok(_) | Err(_) => false,
        }
    }));
    outcome.unwrap_or_else(|_| {
        *made = None;
        false
    })
}

fn samples(
    bytes: &[u8],
    coding: crate::Coding,
    channels: usize,
    sample_rate: u32,
    take: &mut dyn FnMut(Piece<'_>) -> ControlFlow<()>,
) -> Option<usize> {
    let width = coding.width();
    let mut lanes = vec![Vec::with_capacity(BLOCKS); channels];
    let mut decoded = 0;
    for piece in bytes.chunks(BLOCKS * width * channels) {
        for (channel, lane) in lanes.iter_mut().enumerate() {
            lane.clear();
            let range = |block: usize| -> Range<usize> { block + channel * width..block + (channel + 1) * width };
            let blocks = (0..piece.len()).step_by(width * channels);
            lane.extend(blocks.map(|block| f32::from(coding.sample(&piece[range(block)])) / 32_768.0));
        }
        decoded += 1;
        if take(Piece { lanes: &lanes, sample_rate }).is_break() {
            break;
        }
    }
    Some(decoded)
}
