//! A ZIP archive of one uncompressed file, which is all that the history export needs.

/// The archive's bytes.
pub(super) fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let crc = crc32(content);
    let size = u32::try_from(content.len()).unwrap_or(u32::MAX);
    let name_length = u16::try_from(name.len()).unwrap_or(u16::MAX);
    let mut common = Vec::new();
    // Version 2.0; flag 11 says that the name is UTF-8; method 0; midnight of 1 January 1980.
    for field in [20_u16, 0x0800, 0, 0, 0x0021] {
        common.extend(field.to_le_bytes());
    }
    for field in [crc, size, size] {
        common.extend(field.to_le_bytes());
    }
    common.extend(name_length.to_le_bytes());
    common.extend(0_u16.to_le_bytes());

    let mut archive = b"PK\x03\x04".to_vec();
    archive.extend(&common);
    archive.extend(name.as_bytes());
    archive.extend(content);

    let directory_at = u32::try_from(archive.len()).unwrap_or(u32::MAX);
    archive.extend(b"PK\x01\x02");
    archive.extend(20_u16.to_le_bytes());
    archive.extend(&common);
    // No comment, disk 0, no attributes, the file's header at offset 0.
    archive.extend([0_u8; 2 + 2 + 2 + 4 + 4]);
    archive.extend(name.as_bytes());
    let directory_size = u32::try_from(archive.len()).unwrap_or(u32::MAX) - directory_at;

    archive.extend(b"PK\x05\x06");
    for field in [0_u16, 0, 1, 1] {
        archive.extend(field.to_le_bytes());
    }
    for field in [directory_size, directory_at] {
        archive.extend(field.to_le_bytes());
    }
    archive.extend(0_u16.to_le_bytes());
    archive
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |mut crc, byte| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
        crc
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn the_archive_holds_the_file_and_its_directory() {
        let archive = zip("history.csv", b"a;b\n");
        assert!(archive.starts_with(b"PK\x03\x04"));
        assert_eq!(&archive[30..41], b"history.csv");
        assert_eq!(&archive[41..45], b"a;b\n");
        assert_eq!(&archive[45..49], b"PK\x01\x02");
        let end = archive.len() - 22;
        assert_eq!(&archive[end..end + 4], b"PK\x05\x06");
        assert_eq!(archive[end + 16..end + 20], 45_u32.to_le_bytes());
    }
}
