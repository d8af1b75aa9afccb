//! What is drawn under a player, and what a player may skip.

use std::ops::ControlFlow;

use crate::{
    decode::{self, Piece},
    error::Error,
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

/// Decodes the recording and takes its shape, in this many buckets a second.
pub fn peaks(bytes: &[u8], per_second: usize) -> Result<Peaks, Error> {
    let mut shape = Shape::new(per_second.clamp(1, MOST_PER_SECOND));
    decode::pieces(bytes, &mut |piece| {
        shape.take(&piece);
        ControlFlow::Continue(())
    })?;
    Ok(shape.finish())
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
    lanes: Vec<Vec<Bucket>>,
    /// Time that was taken, in buckets: whole ones, and samples into the next.
    at: usize,
    into: f64,
}

impl Shape {
    fn new(per_second: usize) -> Self {
        Self { per_second, lanes: Vec::new(), at: 0, into: 0.0 }
    }

    fn take(&mut self, piece: &Piece<'_>) {
        let a_bucket = f64::from(piece.sample_rate) / self.per_second as f64;
        // A joined recording may begin with one channel and go on with two.
        while self.lanes.len() < piece.lanes.len() {
            self.lanes.push(vec![Bucket::default(); self.at]);
        }
        let length = piece.lanes.first().map_or(0, Vec::len);
        let mut from = 0;
        while from < length {
            let left = (a_bucket - self.into).ceil().max(1.0) as usize;
            let to = length.min(from + left);
            for (place, lane) in self.lanes.iter_mut().enumerate() {
                lane.resize(self.at + 1, Bucket::default());
                if let (Some(bucket), Some(samples)) = (lane.last_mut(), piece.lanes.get(place)) {
                    bucket.add(&samples[from..to]);
                }
            }
            self.into += (to - from) as f64;
            if self.into >= a_bucket {
                self.into -= a_bucket;
                self.at += 1;
            }
            from = to;
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
}

fn level(lane: &[Bucket]) -> Option<f32> {
    let (mut energy, mut samples) = (0.0, 0.0);
    for bucket in lane.iter().filter(|bucket| bucket.peak >= SILENT) {
        energy += f64::from(bucket.energy);
        samples += f64::from(bucket.samples);
    }
    (samples > 0.0).then(|| (10.0 * (energy / samples).max(1e-12).log10()) as f32)
}
