//! Files as the platform packs them: ZIP, gzip, or neither, told by their first bytes.

use std::io::Read;

use flate2::{
    Crc,
    read::{DeflateDecoder, MultiGzDecoder},
};

/// The largest file that is looked at: a domain's month of calls is far smaller.
const LARGEST_PACKED: usize = 16 << 20;
/// The largest file that is unpacked: more than a domain's month of calls.
const LARGEST: u64 = 64 << 20;
/// Files of an archive: one is usual, and many may point at the same data.
const MOST_FILES: usize = 16;
/// Length of the head of a packed file, and of its entry in the directory.
const LOCAL_HEAD: usize = 30;
const ENTRY: usize = 46;
/// The mark of an encrypted file.
const ENCRYPTED: usize = 1;
/// Length of the end of the directory, without a comment.
const END: usize = 22;

/// The text that was packed; `None` where it cannot be unpacked.
pub(super) fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    match bytes {
        _ if bytes.len() > LARGEST_PACKED => None,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => zip(bytes),
        [0x1f, 0x8b, ..] => read(MultiGzDecoder::new(bytes), LARGEST),
        _ => Some(bytes.to_vec()),
    }
}

/// Every file of an archive, one behind the other.
fn zip(bytes: &[u8]) -> Option<Vec<u8>> {
    let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let files = number(bytes, end + 10, 2)?;
    let mut entry = number(bytes, end + 16, 4)?;
    bytes.get(end..end + END)?;
    if files > MOST_FILES {
        return None;
    }
    let mut text = Vec::new();
    for _ in 0..files {
        if bytes.get(entry..entry + 4)? != b"PK\x01\x02" {
            return None;
        }
        let method = number(bytes, entry + 10, 2)?;
        let packed = number(bytes, entry + 20, 4)?;
        let names = [28, 30, 32].map(|place| number(bytes, entry + place, 2));
        let head = number(bytes, entry + 42, 4)?;
        if bytes.get(head..head + 4)? != b"PK\x03\x04" {
            return None;
        }
        let data = head + LOCAL_HEAD + number(bytes, head + 26, 2)? + number(bytes, head + 28, 2)?;
        let data = bytes.get(data..data.checked_add(packed)?)?;
        let left = LARGEST - text.len() as u64;
        let file = match method {
            _ if number(bytes, entry + 8, 2)? & ENCRYPTED != 0 => return None,
            0 => read(data, left)?,
            8 => read(DeflateDecoder::new(data), left)?,
            _ => return None,
        };
        let mut sum = Crc::new();
        sum.update(&file);
        if (sum.sum() as usize, file.len()) != (number(bytes, entry + 16, 4)?, number(bytes, entry + 24, 4)?) {
            return None;
        }
        text.extend(file);
        entry += ENTRY + names.into_iter().sum::<Option<usize>>()?;
    }
    Some(text)
}

/// A little-endian number of this many bytes.
fn number(bytes: &[u8], place: usize, length: usize) -> Option<usize> {
    let bytes = bytes.get(place..place.checked_add(length)?)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// What was packed, unless it is more than this.
fn read(packed: impl Read, most: u64) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    packed.take(most + 1).read_to_end(&mut text).ok()?;
    (text.len() as u64 <= most).then_some(text)
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder},
    };
    use proptest::prelude::*;

    use super::*;

    /// An archive of one file, packed where `method` is 8.
    pub(crate) fn zipped(text: &[u8], method: u16) -> Vec<u8> {
        let data = if method == 8 {
            let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
            packed.write_all(text).expect("packs");
            packed.finish().expect("packs")
        } else {
            text.to_vec()
        };
        let (size, whole) = (data.len() as u32, text.len() as u32);
        let mut sum = Crc::new();
        sum.update(text);
        let sum = sum.sum();
        let name = b"history.csv";
        let common = |out: &mut Vec<u8>| {
            out.extend([20, 0, 0, 0]);
            out.extend(method.to_le_bytes());
            out.extend([0; 4]);
            out.extend(sum.to_le_bytes());
            out.extend(size.to_le_bytes());
            out.extend(whole.to_le_bytes());
            out.extend((name.len() as u16).to_le_bytes());
            out.extend([0, 0]);
        };
        let mut out = b"PK\x03\x04".to_vec();
        common(&mut out);
        out.extend(name);
        out.extend(&data);
        let directory = out.len() as u32;
        out.extend(b"PK\x01\x02\x14\x00");
        common(&mut out);
        out.extend([0; 10]);
        out.extend(0_u32.to_le_bytes());
        out.extend(name);
        let length = out.len() as u32 - directory;
        out.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        out.extend(length.to_le_bytes());
        out.extend(directory.to_le_bytes());
        out.extend([0, 0]);
        out
    }

    pub(crate) fn gzipped(text: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(text).expect("packs");
        packed.finish().expect("packs")
    }

    #[test]
    fn whatever_packs_it_the_text_is_the_same() {
        let text = "session_id;call_type\n1;1\n".repeat(100).into_bytes();
        for packed in [zipped(&text, 0), zipped(&text, 8), gzipped(&text), text.clone()] {
            assert_eq!(unpacked(&packed).as_deref(), Some(text.as_slice()));
        }
        let two = [gzipped(&text), gzipped(&text)].concat();
        assert_eq!(unpacked(&two), Some(text.repeat(2)), "a file of several members");
        let mut many = zipped(&text, 8);
        let end = many.len() - 12;
        many[end..end + 2].copy_from_slice(&[0xff, 0xff]);
        assert_eq!(unpacked(&many), None);
        for broken in [&zipped(&text, 8)[..40], &gzipped(&text)[..20], &zipped(&text, 9), b"PK\x05\x06"] {
            assert_eq!(unpacked(broken), None);
        }
        assert_eq!(unpacked(&gzipped(&vec![0; LARGEST as usize + 1])), None, "a small file may be a large one");
    }

    /// Packed by `zip` and `gzip`: the tools' own heads, names and extra fields.
    #[test]
    fn what_the_usual_tools_have_packed_is_read() {
        let text = include_bytes!("tests/archives/history.csv");
        for (name, packed) in [
            ("zip", include_bytes!("tests/archives/history.zip").as_slice()),
            ("zip -0", include_bytes!("tests/archives/history-stored.zip")),
            ("zip from a pipe", include_bytes!("tests/archives/history-piped.zip")),
            ("zip with a comment", include_bytes!("tests/archives/history-comment.zip")),
            ("gzip", include_bytes!("tests/archives/history.csv.gz")),
            ("gzip -n9", include_bytes!("tests/archives/history-best.csv.gz")),
        ] {
            assert_eq!(unpacked(packed).as_deref(), Some(text.as_slice()), "{name}");
        }
        let two = unpacked(include_bytes!("tests/archives/history-two.zip"));
        assert_eq!(two, Some(text.repeat(2)), "two files, one behind the other");
        for broken in [include_bytes!("tests/archives/history-encrypted.zip").as_slice(), &[b'a'; LARGEST_PACKED + 1]] {
            assert_eq!(unpacked(broken), None);
        }
        let mut damaged = include_bytes!("tests/archives/history-stored.zip").to_vec();
        damaged[80] ^= 1;
        assert_eq!(unpacked(&damaged), None, "its sum is another");
    }

    proptest! {
        #[test]
        fn broken_archives_are_refused_or_read(bytes in proptest::collection::vec(any::<u8>(), 0..300), place in 0..200_usize) {
            let mut archive = zipped(b"1;2;3\n", 8);
            let end = archive.len();
            for (offset, byte) in bytes.iter().enumerate().take(8) {
                archive[(place + offset * 7) % end] = *byte;
            }
            let _ = unpacked(&archive);
            let _ = unpacked(&[b"PK\x03\x04".as_slice(), &bytes].concat());
            let _ = unpacked(&[b"\x1f\x8b".as_slice(), &bytes].concat());
        }
    }
}
