//! MP3: the walk over frames, time, seeking, peaks.

use audio::{Error, Format, Reason, Seek, Source, index, peaks, probe};

use crate::common::{FRAME, FRAME_MS, SPEECH};

#[test]
fn a_recording_has_its_length_and_lanes() {
    let index = index(SPEECH).expect("an MP3");
    assert_eq!(index.format(), Format::Mp3);
    assert_eq!((index.channels(), index.sample_rate()), (2, 16_000));
    assert_eq!(index.frames(), SPEECH.len() / FRAME);
    assert_eq!(index.duration_ms(), index.frames() as u32 * FRAME_MS);
    let probe = probe(SPEECH);
    assert!(probe.plays);
    assert_eq!((probe.duration_ms, probe.channels, probe.reason), (index.duration_ms(), 2, None));
}

#[test]
fn what_was_cut_short_plays_what_is_there() {
    for cut in [SPEECH.len() / 2, 10 * FRAME + 50, 2 * FRAME, FRAME + 3, FRAME] {
        let probe = probe(&SPEECH[..cut]);
        assert!(probe.plays, "{cut}");
        assert_eq!(probe.duration_ms, (cut / FRAME) as u32 * FRAME_MS, "{cut}");
    }
    for cut in [1, 4, FRAME - 1] {
        assert!(!probe(&SPEECH[..cut]).plays, "{cut}");
    }
}

#[test]
fn joined_recordings_are_as_long_as_both() {
    let tagged = [tag(300).as_slice(), SPEECH, tag(20).as_slice(), SPEECH].concat();
    let index = index(&tagged).expect("an MP3");
    assert_eq!(index.frames(), 2 * SPEECH.len() / FRAME);
    assert_eq!(index.sound(), 310..tagged.len() as u32);
}

#[test]
fn tags_and_an_encoders_notes_are_no_sound() {
    let mut notes = vec![0; FRAME];
    notes[..4].copy_from_slice(&SPEECH[..4]);
    // Behind the header and the side information of MPEG-2 in two channels.
    notes[21..25].copy_from_slice(b"Xing");
    let mut last = vec![0; 128];
    last[..3].copy_from_slice(b"TAG");
    let file = [tag(1000).as_slice(), &notes, SPEECH, &last].concat();
    let index = index(&file).expect("an MP3");
    assert_eq!(index.frames(), SPEECH.len() / FRAME);
    assert_eq!(index.sound(), (1010 + FRAME) as u32..(file.len() - 128) as u32);
}

#[test]
fn damage_in_the_middle_costs_what_it_hit() {
    let mut file = SPEECH.to_vec();
    file[100 * FRAME..101 * FRAME + 50].fill(0);
    let index = index(&file).expect("an MP3");
    assert_eq!(index.frames(), SPEECH.len() / FRAME - 2);
    assert!(peaks(&file, 20).is_ok());
}

#[test]
fn every_moment_has_a_frame() {
    let index = index(SPEECH).expect("an MP3");
    assert_eq!(index.seek(0), Seek { byte_offset: 0, at_ms: 0 });
    assert_eq!(index.seek(71), Seek { byte_offset: FRAME as u32, at_ms: 36 });
    assert_eq!(index.seek(72), Seek { byte_offset: 2 * FRAME as u32, at_ms: 72 });
    let last = index.seek(u32::MAX);
    assert_eq!(last.at_ms, index.duration_ms() - FRAME_MS);
    assert!(last.byte_offset < index.sound().end && last.byte_offset + FRAME as u32 >= index.sound().end);
    let seconds = index.seconds();
    assert_eq!(seconds.len() as u32, index.duration_ms() / 1000 + 1);
    assert_eq!(seconds[1], index.seek(1000).byte_offset);
}

#[test]
fn chunks_are_whole_frames_and_follow_each_other() {
    let index = index(SPEECH).expect("an MP3");
    let mut at = index.sound().start;
    let mut chunks = 0;
    loop {
        let chunk = index.chunk(at, 16 * 1024);
        if chunk.is_empty() {
            break;
        }
        assert_eq!(chunk.start, at);
        assert_eq!(chunk.start as usize % FRAME, 0);
        assert!(chunk.len() >= 16 * 1024 || chunk.end == index.sound().end);
        at = chunk.end;
        chunks += 1;
    }
    assert_eq!(at, index.sound().end);
    assert_eq!(chunks, SPEECH.len().div_ceil(16 * 1024));
    assert_eq!(index.chunk(FRAME as u32 + 7, 1), FRAME as u32..2 * FRAME as u32);
}

#[test]
fn peaks_have_two_lanes_that_speak_in_turn() {
    let peaks = peaks(SPEECH, 20).expect("decodes");
    let duration = index(SPEECH).expect("an MP3").duration_ms();
    assert_eq!(peaks.lanes.len(), 2);
    for lane in &peaks.lanes {
        assert_eq!(lane.len() as u32, (duration * 20).div_ceil(1000));
        assert!(lane.iter().any(|peak| *peak > 60), "somebody speaks");
    }
    let loud = |lane: usize, at: usize| peaks.lanes[lane][at] > 40;
    let alone = (0..peaks.lanes[0].len()).filter(|at| loud(0, *at) != loud(1, *at)).count();
    let together = (0..peaks.lanes[0].len()).filter(|at| loud(0, *at) && loud(1, *at)).count();
    assert!(alone > 10 * together, "{alone} alone, {together} together");
    for level in &peaks.levels {
        let level = level.expect("somebody speaks");
        assert!((-40.0..-3.0).contains(&level), "{level}");
    }
}

#[test]
fn a_long_recording_has_the_shape_of_its_parts() {
    let alone = peaks(SPEECH, 25).expect("decodes");
    let times = 20;
    let long = SPEECH.repeat(times);
    let together = peaks(&long, 25).expect("decodes");
    let duration = index(&long).expect("an MP3").duration_ms();
    assert!(index(&long).expect("an MP3").frames() > 2 * 4096, "it is worth two threads");
    for (lane, of_part) in together.lanes.iter().zip(&alone.lanes) {
        assert_eq!(lane.len() as u32, (duration * 25).div_ceil(1000));
        for part in 0..times {
            // 15.336 s are 383.4 buckets: every fifth part begins where a bucket does.
            if part % 5 != 0 {
                continue;
            }
            let begin = part * 1917 / 5;
            let same = |at: &usize| lane[begin + at].abs_diff(of_part[*at]) <= 2;
            // Where two parts meet one sounds into the other; a single sample may fall into the next bucket.
            let (same, all) = ((5..of_part.len() - 5).filter(same).count(), of_part.len() - 10);
            assert!(same + 2 >= all, "part {part}: {same} of {all}");
        }
    }
    assert_eq!(together.levels.len(), 2);
    for (level, of_part) in together.levels.iter().zip(&alone.levels) {
        assert!((level.expect("speaks") - of_part.expect("speaks")).abs() < 0.1);
    }
    let pauses: u32 = together.silences.iter().map(|pause| pause.to_ms - pause.from_ms).sum();
    let of_part: u32 = alone.silences.iter().map(|pause| pause.to_ms - pause.from_ms).sum();
    assert!(pauses >= of_part * times as u32, "{pauses} of {of_part}");
}

/// A recording that counts how much of it is asked for at once.
struct Counted<'a>(&'a [u8], std::sync::atomic::AtomicU64);

impl Source for Counted<'_> {
    fn length(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, Error> {
        self.1.fetch_max(range.end - range.start, std::sync::atomic::Ordering::Relaxed);
        self.0.read(range)
    }
}

#[test]
fn no_more_than_a_window_of_a_recording_is_in_memory() {
    let long = SPEECH.repeat(60);
    let source = Counted(&long, std::sync::atomic::AtomicU64::default());
    assert_eq!(peaks(&source, 20), peaks(&long, 20));
    assert_eq!(index(&source), index(&long));
    assert_eq!(probe(&source), probe(&long));
    assert!(source.1.into_inner() <= 512 * 1024);
}

/// A recording that cannot be read behind its first part.
struct Failing<'a>(&'a [u8]);

impl Source for Failing<'_> {
    fn length(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, Error> {
        if range.end > 500_000 { Err(Error { reason: Reason::Unreadable }) } else { self.0.read(range) }
    }
}

#[test]
fn what_cannot_be_read_is_not_taken_for_the_end() {
    let long = SPEECH.repeat(60);
    assert_eq!(index(&Failing(&long)).map_err(|error| error.reason), Err(Reason::Unreadable));
    assert_eq!(peaks(&Failing(&long), 20).map_err(|error| error.reason), Err(Reason::Unreadable));
    assert_eq!(probe(&Failing(&long)).reason, Some(Reason::Unreadable));
}

#[test]
fn other_layers_are_named_as_what_they_are() {
    // MPEG-1 layer II, 128 kbit/s, 44.1 kHz: 417 bytes a frame.
    let mut frame = vec![0; 417];
    frame[..4].copy_from_slice(&[0xff, 0xfd, 0x80, 0x00]);
    assert_eq!(probe(&frame.repeat(5)).reason, Some(Reason::Coding));
}

#[test]
fn a_tag_hides_no_sound_however_long_it_says_it_is() {
    let claims = |size: usize| tag(size)[..10].to_vec();
    let whole = index(SPEECH).expect("an MP3").duration_ms();
    for size in [SPEECH.len() / 2, SPEECH.len() - 1, SPEECH.len() + 1, 0x0fff_ffff] {
        let file = [claims(size).as_slice(), SPEECH].concat();
        assert_eq!(probe(&file).duration_ms, whole, "at the beginning, {size}");
        let joined = [SPEECH, claims(size).as_slice(), SPEECH].concat();
        assert_eq!(probe(&joined).duration_ms, 2 * whole, "in the middle, {size}");
    }
    // Some of the tag is there, and so is its text.
    let begun = [claims(32_768).as_slice(), b"TIT2\0\0\0\x05\0\0call", SPEECH].concat();
    assert_eq!(probe(&begun).duration_ms, whole);
    // What a tag holds is no sound, though it looks so for a while.
    let mut picture = tag(20 * FRAME);
    picture[50..50 + 10 * FRAME].copy_from_slice(&SPEECH[..10 * FRAME]);
    assert_eq!(probe(&[picture.as_slice(), SPEECH].concat()).duration_ms, whole);
}

#[test]
fn an_mp3_without_sound_is_empty() {
    let mut notes = vec![0; FRAME];
    notes[..4].copy_from_slice(&SPEECH[..4]);
    notes[21..25].copy_from_slice(b"Info");
    let mut last = vec![0; 128];
    last[..3].copy_from_slice(b"TAG");
    let tagged = [tag(300).as_slice(), &notes, &last].concat();
    let padded = [notes.as_slice(), &[0; 500]].concat();
    for file in [&notes, &tagged, &padded, &tag(300), &last, &[tag(20).as_slice(), &last].concat()] {
        assert_eq!(probe(file).reason, Some(Reason::Empty));
        assert!(peaks(file, 20).is_err_and(|error| error.reason == Reason::Empty));
    }
    for cut in [&notes[..60], &SPEECH[..FRAME - 1], &tag(300)[..50]] {
        assert_eq!(probe(cut).reason, Some(Reason::Broken), "something was there");
    }
}

/// An ID3v2 tag with a body of this many zeros.
fn tag(size: usize) -> Vec<u8> {
    let mut tag = b"ID3\x04\0\0".to_vec();
    tag.extend([0, 0, (size >> 7) as u8 & 0x7f, size as u8 & 0x7f]);
    tag.resize(10 + size, 0);
    tag
}
