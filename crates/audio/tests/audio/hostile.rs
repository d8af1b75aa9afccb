//! Whatever the bytes are: an answer, in bounds, and no panic.

use audio::{Samples, index, peaks, probe};
use proptest::prelude::*;

use crate::common::{FRAME, SPEECH, wav};

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let probed = probe(bytes);
    prop_assert_eq!(probed.plays, probed.reason.is_none());
    if let Ok(found) = index(bytes) {
        prop_assert!(found.frames() > 0);
        prop_assert!(found.sound().end as usize <= bytes.len());
        prop_assert!(found.seek(u32::MAX).byte_offset < found.sound().end);
        let shape = peaks(bytes, 20);
        if let Ok(shape) = shape {
            let buckets = u64::from(found.duration_ms()) * 20 / 1000;
            for lane in &shape.lanes {
                prop_assert!((lane.len() as u64).abs_diff(buckets) <= 2, "{} for {}", lane.len(), buckets);
            }
        }
    }
    for total in [None, Some(bytes.len() as u64)] {
        if let Ok(samples) = Samples::read(bytes, total) {
            let place = samples.place(0, 100);
            let there = place.start.min(bytes.len() as u64) as usize..place.end.min(bytes.len() as u64) as usize;
            prop_assert!(samples.to_pcm_wav(&bytes[there]).len() >= 44);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn chance(bytes in prop::collection::vec(any::<u8>(), 0..4000)) {
        check(&bytes)?;
    }

    #[test]
    fn damaged_speech(
        from in 0_usize..300,
        frames in 1_usize..40,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..60),
        cut in 0_usize..FRAME,
    ) {
        let mut bytes = SPEECH[from * FRAME..(from + frames) * FRAME - cut].to_vec();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        check(&bytes)?;
    }

    #[test]
    fn damaged_wav(
        data in prop::collection::vec(any::<u8>(), 0..2000),
        tag in 0_u16..9,
        bits in prop::sample::select(vec![8_u16, 16, 24, 32, 7]),
        channels in 0_u16..4,
        rate in prop::sample::select(vec![0_u32, 1, 8000, 16_000, u32::MAX]),
        changes in prop::collection::vec((0_usize..60, any::<u8>()), 0..4),
    ) {
        let mut bytes = wav(tag, bits, channels, rate, &data);
        for (place, byte) in changes {
            bytes[place] = byte;
        }
        check(&bytes)?;
    }
}
