//! Samples out of bytes, piece by piece, so that an hour needs no more memory than a frame.

use std::{
    ops::ControlFlow,
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
    MAX_BYTES, Source,
    classify::classify,
    error::{Error, Reason},
    source::Window,
    walk::{self, Walk},
    wav::{self, Wav},
};

/// Samples of a WAV that are handed over at once.
const BLOCKS: usize = 1024;

/// A piece of sound: samples between -1 and 1, channel after channel, all equally long.
pub(crate) struct Piece<'a> {
    pub(crate) lanes: &'a [Vec<f32>],
    pub(crate) sample_rate: u32,
}

/// What takes the pieces; it breaks when it has enough.
pub(crate) type Take<'a> = dyn FnMut(Piece<'_>) -> ControlFlow<()> + 'a;

/// What a recording is to a decoder.
pub(crate) enum Content<'a> {
    /// Frames of an MP3.
    Frames(Walk<'a>),
    /// Samples of a WAV.
    Samples(Window<'a>, Wav),
}

/// Looks what is to be decoded.
pub(crate) fn content<'a>(source: &'a dyn Source) -> Result<Content<'a>, Error> {
    if source.length() > MAX_BYTES as u64 {
        return Err(Error::new(Reason::TooLarge));
    }
    let mut window = Window::new(source);
    let (frames, why) = match Wav::read(&mut window) {
        None => (walk::frames(window.another()), None),
        Some(Err(error)) => return Err(window.check_read().err().unwrap_or(error)),
        Some(Ok(wav)) => match wav.content {
            wav::Content::Mp3 => (walk::frames(window.within(&wav.data)), Some(wav)),
            wav::Content::Samples { .. } => return Ok(Content::Samples(window, wav)),
        },
    };
    let begin = frames.place();
    let mut look = frames.from(begin);
    let any = look.next().is_some();
    look.window.check_read()?;
    match (any, why) {
        (true, _) => Ok(Content::Frames(frames)),
        (false, None) => Err(Error::new(classify(&mut window))),
        (false, Some(wav)) => Err(wav.without_frames(&window)),
    }
}

/// Hands the sound over in pieces until `take` has enough. A frame that cannot be decoded is handed over as silence,
/// so that time stays true. An error when none can be.
pub(crate) fn pieces(source: &dyn Source, take: &mut Take<'_>) -> Result<(), Error> {
    let decoded = match content(source)? {
        Content::Frames(walk) => frames(walk, usize::MAX, take)?,
        Content::Samples(window, wav) => samples(window, &wav, take)?,
    };
    if decoded == 0 { Err(Error::new(Reason::Broken)) } else { Ok(()) }
}

/// Decodes up to `most` frames of a walk; answers how many did decode.
pub(crate) fn frames(mut walk: Walk<'_>, most: usize, take: &mut Take<'_>) -> Result<usize, Error> {
    let mut decoder = None;
    let mut lanes: Vec<Vec<f32>> = Vec::new();
    let mut decoded = 0;
    for _ in 0..most {
        let Some(placed) = walk.next() else { break };
        let frame = placed.frame;
        let bytes = walk.window.at(placed.at, frame.size);
        if decode(&mut decoder, bytes, (frame.channels, frame.sample_rate), &mut lanes) {
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
    walk.window.check_read()?;
    Ok(decoded)
}

/// A decoder and the channels and rate that it was made for: it does not take others.
type DecoderWithShape = (MpaDecoder, (u8, u32));

fn decode(made: &mut Option<DecoderWithShape>, frame: &[u8], shape: (u8, u32), lanes: &mut Vec<Vec<f32>>) -> bool {
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

/// Hands over the samples of a WAV.
pub(crate) fn samples(window: Window<'_>, wav: &Wav, take: &mut Take<'_>) -> Result<usize, Error> {
    let wav::Content::Samples { coding, channels, sample_rate } = wav.content else { return Ok(0) };
    let (width, channels) = (coding.width(), usize::from(channels));
    let mut window = window.within(&wav.data);
    let mut lanes = vec![Vec::with_capacity(BLOCKS); channels];
    let mut decoded = 0;
    for at in (0..window.len()).step_by(BLOCKS * width * channels) {
        let piece = window.at(at, BLOCKS * width * channels);
        for (channel, lane) in lanes.iter_mut().enumerate() {
            lane.clear();
            let blocks = piece.chunks_exact(width * channels);
            lane.extend(
                blocks.map(|block| f32::from(coding.sample(&block[channel * width..(channel + 1) * width])) / 32_768.0),
            );
        }
        decoded += 1;
        if take(Piece { lanes: &lanes, sample_rate }).is_break() {
            break;
        }
    }
    window.check_read()?;
    Ok(decoded)
}
