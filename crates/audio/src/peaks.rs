//! What is drawn under a player, and what a player may skip.

use std::{collections::VecDeque, ops::ControlFlow};

use crate::{
    Source,
    decode::{self, Content, Piece},
    error::{Error, Reason},
    walk::{Place, Walk},
};

/// Below this nobody hears anybody: -40 dB of full scale.
const SILENT: f32 = 0.01;
/// Shorter pauses belong to speech.
const SHORTEST_SILENCE_MS: u32 = 1_000;
/// More buckets a second than this show nothing more.
const MOST_PER_SECOND: usize = 1_000;

/// A time in which nobody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// Begins.
    pub from_ms: u32,
    /// Ends.
    pub to_ms: u32,
}

/// The shape of a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Peaks {
    /// One lane a channel: the loudest sample of each bucket, 0 to 255.
    pub lanes: Vec<Vec<u8>>,
    /// Buckets in a second.
    pub per_second: usize,
    /// Pauses of a second and more, in which every lane is silent.
    pub silences: Vec<Silence>,
    /// Loudness of each lane where it is not silent, in dB below full scale; `None` for a lane that never is.
    pub levels: Vec<Option<f32>>,
}

/// Decodes the recording and takes its shape, in this many buckets a second. A long MP3 is decoded by two threads, each a
/// half of it.
pub fn peaks(source: &(impl Source + ?Sized), per_second: usize) -> Result<Peaks, Error> {
    let per_second = per_second.clamp(1, MOST_PER_SECOND);
    let source: &dyn Source = &source;
    let mut shape = Shape::new(per_second, 0.0);
    let decoded = match decode::content(source)? {
        Content::Samples(window, wav) => decode::samples(window, &wav, &mut |piece| shape.take(&piece))?,
        Content::Frames(walk) => match middle(&walk, per_second)? {
            None => decode::frames(walk, usize::MAX, &mut |piece| shape.take(&piece))?,
            Some(middle) => {
                let (first, second) = std::thread::scope(|scope| {
                    let second = scope.spawn(|| second_half(&walk, &middle, per_second));
                    let begin = walk.from(walk.place());
                    let first = decode::frames(begin, middle.frames, &mut |piece| shape.take(&piece));
                    (first, second.join())
                });
                let (rest, decoded) = second.unwrap_or(Err(Error::new(Reason::Broken)))?;
                shape.append(rest);
                first? + decoded
            }
        },
    };
    if decoded == 0 { Err(Error::new(Reason::Broken)) } else { Ok(shape.finish()) }
}

/// Shorter recordings are decoded at once.
const WORTH_HALVING: usize = 4096;
/// Frames before the second half that its decoder has to hear: sound of a frame may lie in those before it.
const HEARD_BEFORE: usize = 16;

/// A place in the middle of a recording.
struct Middle {
    /// Frames before it.
    frames: usize,
    /// Time before it, in buckets.
    buckets: f64,
    /// [`HEARD_BEFORE`] frames before it.
    heard_from: Place,
}

/// The middle of a long recording; `None` of a short one. Only headers are read.
fn middle(walk: &Walk<'_>, per_second: usize) -> Result<Option<Middle>, Error> {
    let mut middles = Vec::new();
    let mut all = walk.from(walk.place());
    let mut before = VecDeque::from([all.place()]);
    let (mut frames, mut buckets) = (0, 0.0);
    while let Some(placed) = all.next() {
        frames += 1;
        buckets += f64::from(placed.frame.samples) * per_second as f64 / f64::from(placed.frame.sample_rate);
        if before.len() > HEARD_BEFORE {
            before.pop_front();
        }
        before.push_back(all.place());
        if frames % (WORTH_HALVING / 4) == 0 {
            middles.push(Middle { frames, buckets, heard_from: before[0] });
        }
    }
    all.window.check_read()?;
    let half = middles.iter().position(|middle| middle.frames * 2 >= frames);
    Ok(half.filter(|_| frames >= WORTH_HALVING).map(|half| middles.swap_remove(half)))
}

fn second_half(walk: &Walk<'_>, middle: &Middle, per_second: usize) -> Result<(Shape, usize), Error> {
    let mut shape = Shape::new(per_second, middle.buckets);
    let mut heard = 0;
    let decoded = decode::frames(walk.from(middle.heard_from), usize::MAX, &mut |piece| {
        heard += 1;
        if heard > HEARD_BEFORE { shape.take(&piece) } else { ControlFlow::Continue(()) }
    })?;
    Ok((shape, decoded))
}

/// One bucket of one lane.
#[derive(Clone, Copy, Default)]
struct Bucket {
    peak: f32,
    /// Sum of squares.
    energy: f32,
    samples: u32,
}

struct Shape {
    per_second: usize,
    /// Buckets before the first one here.
    first: usize,
    lanes: Vec<Vec<Bucket>>,
    /// Time that was taken, in buckets: whole ones, and the part of the next.
    at: usize,
    into: f64,
}

impl Shape {
    /// A shape that begins behind so many buckets.
    fn new(per_second: usize, begin: f64) -> Self {
        Self { per_second, first: begin as usize, lanes: Vec::new(), at: 0, into: begin.fract() }
    }

    fn take(&mut self, piece: &Piece<'_>) -> ControlFlow<()> {
        let a_bucket = f64::from(piece.sample_rate) / self.per_second as f64;
        // A joined recording may begin with one channel and go on with two.
        while self.lanes.len() < piece.lanes.len() {
            self.lanes.push(vec![Bucket::default(); self.at]);
        }
        let length = piece.lanes.first().map_or(0, Vec::len);
        let mut from = 0;
        while from < length {
            let left = ((1.0 - self.into) * a_bucket).ceil().max(1.0) as usize;
            let to = length.min(from + left);
            for (place, lane) in self.lanes.iter_mut().enumerate() {
                lane.resize(self.at + 1, Bucket::default());
                if let (Some(bucket), Some(samples)) = (lane.last_mut(), piece.lanes.get(place)) {
                    bucket.add(&samples[from..to]);
                }
            }
            self.into += (to - from) as f64 / a_bucket;
            if self.into >= 1.0 {
                self.into -= 1.0;
                self.at += 1;
            }
            from = to;
        }
        ControlFlow::Continue(())
    }

    /// Goes on with what was taken of the same recording from a later place on.
    fn append(&mut self, rest: Self) {
        let at = rest.first - self.first;
        let lanes = self.lanes.len().max(rest.lanes.len());
        self.lanes.resize_with(lanes, Vec::new);
        for (lane, rest) in self.lanes.iter_mut().zip(rest.lanes) {
            lane.resize(lane.len().max(at + rest.len()), Bucket::default());
            for (bucket, more) in lane[at..].iter_mut().zip(rest) {
                bucket.join(more);
            }
        }
    }

    fn finish(self) -> Peaks {
        let silences = self.silences();
        let levels = self.lanes.iter().map(|lane| level(lane)).collect();
        let lanes = self
            .lanes
            .iter()
            .map(|lane| lane.iter().map(|bucket| (bucket.peak.min(1.0) * 255.0).round() as u8).collect())
            .collect();
        Peaks { lanes, per_second: self.per_second, silences, levels }
    }

    fn silences(&self) -> Vec<Silence> {
        let buckets = self.lanes.iter().map(Vec::len).max().unwrap_or(0);
        let silent = |at: usize| self.lanes.iter().all(|lane| lane.get(at).is_none_or(|bucket| bucket.peak < SILENT));
        let ms = |at: usize| (at as u64 * 1000 / self.per_second as u64) as u32;
        let mut silences = Vec::new();
        let mut began = None;
        for at in 0..=buckets {
            match (at < buckets && silent(at), began) {
                (true, None) => began = Some(at),
                (false, Some(from)) => {
                    began = None;
                    let silence = Silence { from_ms: ms(from), to_ms: ms(at) };
                    if silence.to_ms - silence.from_ms >= SHORTEST_SILENCE_MS {
                        silences.push(silence);
                    }
                }
                (true, Some(_)) | (false, None) => {}
            }
        }
        silences
    }
}

impl Bucket {
    fn add(&mut self, samples: &[f32]) {
        for sample in samples {
            self.peak = self.peak.max(sample.abs());
            self.energy += sample * sample;
        }
        self.samples += samples.len() as u32;
    }

    fn join(&mut self, other: Self) {
        self.peak = self.peak.max(other.peak);
        self.energy += other.energy;
        self.samples += other.samples;
    }
}

fn level(lane: &[Bucket]) -> Option<f32> {
    let (mut energy, mut samples) = (0.0, 0.0);
    for bucket in lane.iter().filter(|bucket| bucket.peak >= SILENT) {
        energy += f64::from(bucket.energy);
        samples += f64::from(bucket.samples);
    }
    (samples > 0.0).then(|| (10.0 * (energy / samples).max(1e-12).log10()) as f32)
}
