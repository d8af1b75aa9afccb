//! WAV in the codings of telephony.

use audio::{Coding, Error, Format, Reason, Samples, index, peaks, probe};

use crate::common::{SPEECH, tone, wav};

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const GSM: u16 = 0x31;
const MP3: u16 = 0x55;

fn bytes_of(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// All of a WAV as PCM.
fn to_pcm_wav(file: &[u8]) -> Result<Vec<u8>, Error> {
    let samples = Samples::read(file, Some(file.len() as u64))?;
    let place = samples.place(0, u32::MAX);
    Ok(samples.to_pcm_wav(&file[place.start as usize..place.end as usize]))
}

#[test]
fn samples_have_a_length_and_a_level() {
    let file = wav(PCM, 16, 1, 8000, &bytes_of(&tone(16_000)));
    let found = index(&file).expect("a WAV");
    assert_eq!(found.format(), Format::Wav(Coding::Pcm16));
    assert_eq!((found.duration_ms(), found.channels(), found.sample_rate()), (2000, 1, 8000));
    assert_eq!(found.seek(1550).at_ms, 1500);
    assert_eq!(found.seek(1550).byte_offset, found.sound().start + 1500 * 8 * 2);
    let shape = peaks(&file, 10).expect("decodes");
    assert_eq!(
        shape.lanes,
        vec![vec![127_u8; 20]].into_iter().map(|lane| lane.iter().map(|p| p + 1).collect()).collect::<Vec<Vec<u8>>>()
    );
    let level = shape.levels[0].expect("a tone");
    assert!((level - -9.03).abs() < 0.1, "half of full scale as a sine: {level}");
}

#[test]
fn a_pause_is_found_only_where_every_lane_is_silent() {
    let (sound, pause) = (tone(8000), vec![0; 16_000]);
    // Left: sound, pause, pause, sound. Right: pause, pause, pause, sound, so both pause from 1 s to 3 s.
    let left = [sound.as_slice(), &pause, &sound].concat();
    let right = [&vec![0; 8000][..], &pause, &sound].concat();
    let both: Vec<i16> = left.iter().zip(&right).flat_map(|(l, r)| [*l, *r]).collect();
    let shape = peaks(&wav(PCM, 16, 2, 8000, &bytes_of(&both)), 20).expect("decodes");
    let silences: Vec<_> = shape.silences.iter().map(|silence| (silence.from_ms, silence.to_ms)).collect();
    assert_eq!(silences, vec![(1000, 3000)]);
}

#[test]
fn every_coding_becomes_pcm() {
    let samples = tone(800);
    let plain = bytes_of(&samples);
    let cases: Vec<(u16, u16, Vec<u8>, i16)> = vec![
        (PCM, 16, plain.clone(), 0),
        (PCM, 8, samples.iter().map(|s| ((s >> 8) + 128) as u8).collect(), 255),
        (PCM, 24, samples.iter().flat_map(|s| [0, s.to_le_bytes()[0], s.to_le_bytes()[1]]).collect(), 0),
        (PCM, 32, samples.iter().flat_map(|s| (i32::from(*s) << 16).to_le_bytes()).collect(), 0),
        (FLOAT, 32, samples.iter().flat_map(|s| (f32::from(*s) / 32_768.0).to_le_bytes()).collect(), 1),
    ];
    for (tag, bits, data, off) in cases {
        let pcm = to_pcm_wav(&wav(tag, bits, 1, 8000, &data)).expect("converts");
        let back: Vec<i16> = pcm[44..].chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
        assert_eq!(back.len(), samples.len());
        let worst = back.iter().zip(&samples).map(|(a, b)| (a - b).abs()).max();
        assert!(worst <= Some(off), "{tag} {bits}: {worst:?}");
        assert_eq!(index(&pcm).expect("a WAV").format(), Format::Wav(Coding::Pcm16));
    }
}

#[test]
fn telephony_codings_play() {
    for (tag, silence, coding) in [(A_LAW, 0xd5, Coding::ALaw), (MU_LAW, 0xff, Coding::MuLaw)] {
        let file = wav(tag, 8, 2, 8000, &vec![silence; 32_000]);
        assert_eq!(index(&file).expect("a WAV").format(), Format::Wav(coding));
        let probed = probe(&file);
        assert_eq!((probed.plays, probed.duration_ms, probed.channels), (true, 2000, 2));
        let pcm = to_pcm_wav(&file).expect("converts");
        assert!(pcm[44..].chunks_exact(2).all(|b| i16::from_le_bytes([b[0], b[1]]).abs() <= 8));
        assert_eq!(probe(&pcm).duration_ms, 2000);
    }
}

#[test]
fn an_mp3_in_a_wav_is_the_mp3() {
    let file = wav(MP3, 0, 2, 16_000, SPEECH);
    assert_eq!(index(&file).expect("an MP3").duration_ms(), index(SPEECH).expect("an MP3").duration_ms());
    assert!(probe(&file).plays);
}

#[test]
fn what_is_wrong_with_a_wav_is_said() {
    let good = wav(PCM, 16, 1, 8000, &bytes_of(&tone(8000)));
    // Cut short, and written before its length was known.
    assert_eq!(probe(&good[..good.len() - 8000]).duration_ms, 500);
    let mut unknown = good.clone();
    let size = good.len() - 16_000 - 4;
    unknown[size..size + 4].fill(0xff);
    assert_eq!(probe(&unknown).duration_ms, 1000);
    let cases = [
        (wav(GSM, 16, 1, 8000, &[0; 650]), Reason::Coding),
        (wav(PCM, 12, 1, 8000, &[0; 650]), Reason::Coding),
        (wav(PCM, 16, 6, 8000, &[0; 650]), Reason::Coding),
        (wav(PCM, 16, 1, 0, &[0; 650]), Reason::Coding),
        (wav(PCM, 16, 1, 8000, &[]), Reason::Empty),
        (wav(MP3, 0, 2, 16_000, &[7; 300]), Reason::Broken),
        (good[..30].to_vec(), Reason::Broken),
    ];
    for (file, reason) in cases {
        assert_eq!(probe(&file).reason, Some(reason));
        assert!(!probe(&file).plays);
    }
}

/// A WAV of these chunks, each with the size that is named, or its own.
fn chunks(chunks: &[(&[u8; 4], Option<u32>, &[u8])]) -> Vec<u8> {
    let mut file = b"RIFF\0\0\0\0WAVE".to_vec();
    for (name, size, body) in chunks {
        file.extend(*name);
        file.extend(size.unwrap_or(body.len() as u32).to_le_bytes());
        file.extend(*body);
    }
    file
}

fn format(tag: u16, channels: u16, block: u16, bits: &[u16]) -> Vec<u8> {
    let mut body = [tag, channels].map(u16::to_le_bytes).concat();
    body.extend(8000_u32.to_le_bytes());
    body.extend((8000 * u32::from(block)).to_le_bytes());
    body.extend(block.to_le_bytes());
    body.extend(bits.iter().flat_map(|word| word.to_le_bytes()));
    body
}

#[test]
fn a_format_needs_no_bits_where_its_coding_or_its_block_says_them() {
    let cases: [(u16, u16, &[u16], Coding, u32); 11] = [
        (A_LAW, 1, &[], Coding::ALaw, 1000),
        (A_LAW, 1, &[0], Coding::ALaw, 1000),
        (MU_LAW, 1, &[16], Coding::MuLaw, 1000),
        (MU_LAW, 2, &[16, 0], Coding::MuLaw, 1000),
        (MU_LAW, 0, &[], Coding::MuLaw, 1000),
        (PCM, 2, &[], Coding::Pcm16, 500),
        (PCM, 2, &[0], Coding::Pcm16, 500),
        (PCM, 2, &[13], Coding::Pcm16, 500),
        (PCM, 0, &[16], Coding::Pcm16, 500),
        (0xfffe, 2, &[16, 0], Coding::Pcm16, 500),
        (0xfffe, 1, &[0, 22, 8, 4, 0, A_LAW, 0, 0, 0x10, 0x8000, 0xaa00, 0x3800, 0x719b], Coding::ALaw, 1000),
    ];
    for (tag, block, bits, coding, ms) in cases {
        let file = chunks(&[(b"fmt ", None, &format(tag, 1, block, bits)), (b"data", None, &[0xd5; 8000])]);
        let found = index(&file).unwrap_or_else(|error| panic!("{tag} {bits:?}: {error}"));
        assert_eq!((found.format(), found.duration_ms()), (Format::Wav(coding), ms), "{tag} {bits:?}");
        assert!(probe(&file).plays);
    }
    let too_short = chunks(&[(b"fmt ", None, &format(A_LAW, 1, 1, &[])[..7]), (b"data", None, &[0xd5; 8000])]);
    assert_eq!(probe(&too_short).reason, Some(Reason::Broken));
}

#[test]
fn sound_is_found_whatever_the_sizes_before_it_say() {
    let sound = [0xd5; 8000];
    let a_law = format(A_LAW, 1, 1, &[8, 0]);
    let fmt: (&[u8; 4], Option<u32>, &[u8]) = (b"fmt ", None, &a_law);
    let cases: [(&str, &[_]); 12] = [
        ("no size", &[fmt, (b"data", Some(0), &sound[..])]),
        ("of a stream", &[fmt, (b"data", Some(u32::MAX), &sound)]),
        ("of a stream as SoX writes it", &[fmt, (b"data", Some(0x7fff_f000), &sound)]),
        ("longer than the file", &[fmt, (b"data", Some(9000), &sound)]),
        ("a fact before", &[fmt, (b"fact", None, &[0x40, 0x1f, 0, 0]), (b"data", None, &sound)]),
        ("a list before the format", &[(b"LIST", None, b"INFO"), fmt, (b"data", None, &sound)]),
        ("an odd list", &[fmt, (b"LIST", Some(3), b"abc\0"), (b"data", None, &sound)]),
        ("an odd list without padding", &[fmt, (b"LIST", Some(3), b"abc"), (b"data", None, &sound)]),
        ("a list that says too little", &[fmt, (b"LIST", Some(2), b"ab\x01\x02\x03"), (b"data", None, &sound)]),
        ("a list that says too much", &[fmt, (b"LIST", Some(70_000), b"abcd"), (b"data", None, &sound)]),
        ("a list of a stream", &[fmt, (b"LIST", Some(u32::MAX), b"abcd"), (b"data", None, &sound)]),
        ("a list behind", &[fmt, (b"data", None, &sound), (b"LIST", None, b"INFO")]),
    ];
    for (case, list) in cases {
        assert_eq!(probe(&chunks(list)).duration_ms, 1000, "{case}");
    }
    let mut long = chunks(&[fmt, (b"data", Some(u32::MAX), &sound)]);
    long[..4].copy_from_slice(b"RF64");
    assert_eq!(probe(&long).duration_ms, 1000, "with sizes of 64 bits");
}

#[test]
fn a_wav_without_sound_is_empty() {
    let a_law = format(A_LAW, 1, 1, &[8]);
    let fmt: (&[u8; 4], Option<u32>, &[u8]) = (b"fmt ", None, &a_law);
    for size in [0, u32::MAX] {
        assert_eq!(probe(&chunks(&[fmt, (b"data", Some(size), &[])])).reason, Some(Reason::Empty));
    }
    let with_list = chunks(&[fmt, (b"data", None, &[]), (b"LIST", None, b"INFOabcd")]);
    assert_eq!(probe(&with_list).reason, Some(Reason::Empty));
    let cut = chunks(&[fmt, (b"data", Some(8000), &[])]);
    assert_eq!(probe(&cut).reason, Some(Reason::Broken), "what was there is lost");
}

#[test]
fn a_piece_is_found_and_made_before_the_file_is_here() {
    let a_law = format(A_LAW, 2, 2, &[8]);
    let sound: Vec<u8> = (0..32_000_u32).map(|at| (at / 160) as u8).collect();
    for size in [None, Some(0), Some(u32::MAX), Some(40_000)] {
        let file = chunks(&[(b"fmt ", None, &a_law), (b"LIST", None, b"INFO"), (b"data", size, &sound)]);
        let begin = file.len() as u64 - 32_000;
        for total in [None, Some(file.len() as u64)] {
            let samples = Samples::read(&file[..100], total).expect("a WAV");
            // 8 kHz, two channels of a byte each.
            let place = samples.place(500, 750);
            assert_eq!(place, begin + 8_000..begin + 12_000, "{size:?} {total:?}");
            let piece = samples.to_pcm_wav(&file[place.start as usize..place.end as usize]);
            assert_eq!((probe(&piece).duration_ms, probe(&piece).channels), (250, 2));
            if total.is_some() {
                let end = file.len() as u64;
                assert_eq!([samples.place(1_900, 9_000), samples.place(5_000, 9_000)], [end - 1_600..end, end..end]);
            }
        }
    }
    for (head, reason) in [(&wav(MP3, 0, 2, 16_000, SPEECH)[..100], Reason::Coding), (SPEECH, Reason::NotAudio)] {
        assert_eq!(Samples::read(head, None).map_err(|error| error.reason), Err(reason));
    }
}
