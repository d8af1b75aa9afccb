//! The container of macOS icons: named PNGs, one after the other.

/// Sizes in pixels with the types macOS gives them; `@2x` ones repeat a size under another type.
pub(crate) const ENTRIES: &[(u32, [u8; 4])] = &[
    (16, *b"icp4"),
    (32, *b"icp5"),
    (32, *b"ic11"),
    (64, *b"ic12"),
    (128, *b"ic07"),
    (256, *b"ic08"),
    (256, *b"ic13"),
    (512, *b"ic09"),
    (512, *b"ic14"),
    (1024, *b"ic10"),
];

const HEADER: usize = 8;

/// Packs the pictures; `None` when one is too large for the format's lengths.
pub(crate) fn pack(pictures: &[([u8; 4], Vec<u8>)]) -> Option<Vec<u8>> {
    let total = pictures.iter().map(|(_, png)| HEADER + png.len()).sum::<usize>() + HEADER;
    let mut file = Vec::with_capacity(total);
    let write_header = |file: &mut Vec<u8>, kind: &[u8; 4], length: usize| {
        file.extend_from_slice(kind);
        file.extend_from_slice(&u32::try_from(length).ok()?.to_be_bytes());
        Some(())
    };
    write_header(&mut file, b"icns", total)?;
    for (kind, png) in pictures {
        write_header(&mut file, kind, HEADER + png.len())?;
        file.extend_from_slice(png);
    }
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::pack;

    #[test]
    fn lengths_count_their_own_header() {
        let packed = pack(&[(*b"ic07", vec![1, 2, 3]), (*b"ic08", vec![4])]).expect("small pictures fit");
        let expected = [&b"icns\0\0\0\x1c"[..], b"ic07\0\0\0\x0b\x01\x02\x03", b"ic08\0\0\0\x09\x04"].concat();
        assert_eq!(packed, expected);
        assert_eq!(packed.len(), 0x1c);
    }
}
