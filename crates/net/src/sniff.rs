//! What a body is, by its first bytes: vendors answer with error pages where audio was asked for.

/// How many of the first bytes [`sniff`] looks at.
pub const SNIFF_BYTES: usize = 64;

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Content {
    /// Nothing at all.
    Empty,
    /// MP3, WAV, Ogg, FLAC, AMR or MP4.
    Audio,
    /// A page.
    Html,
    /// A JSON object or array.
    Json,
    /// Other text.
    Text,
    /// Bytes of a kind that is not known here.
    Binary,
}

/// What a body is, by its first bytes.
pub fn sniff(head: &[u8]) -> Content {
    let head = &head[..head.len().min(SNIFF_BYTES)];
    if head.is_empty() {
        return Content::Empty;
    }
    if is_audio(head) {
        return Content::Audio;
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    match text.first() {
        None => Content::Empty,
        Some(b'<') => Content::Html,
        Some(b'{' | b'[') => Content::Json,
        Some(_) if head.iter().all(|byte| *byte >= 0x20 || byte.is_ascii_whitespace()) && is_utf8_start(head) => {
            Content::Text
        }
        Some(_) => Content::Binary,
    }
}

fn is_audio(head: &[u8]) -> bool {
    let starts = [b"ID3".as_slice(), b"OggS", b"fLaC", b"#!AMR", b".snd", b"FORM"];
    starts.iter().any(|start| head.starts_with(start))
        || (head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WAVE"))
        || head.get(4..8) == Some(b"ftyp")
        // An MPEG audio frame: eleven set bits, then version, layer and bit rate that are not reserved.
        || matches!(head, [0xff, second, third, ..]
            if second & 0xe0 == 0xe0 && second & 0x18 != 0x08 && second & 0x06 != 0 && third & 0xf0 != 0xf0)
}

/// Whether the bytes are UTF-8, the last character possibly cut.
fn is_utf8_start(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audio_is_told_from_what_servers_send_instead() {
        let cases: [(&[u8], Content); 12] = [
            (b"", Content::Empty),
            (b" \r\n", Content::Empty),
            (b"ID3\x04\0\0", Content::Audio),
            (b"\xff\xfb\x90\x64", Content::Audio),
            (b"\xff\xf3\x40\xc4", Content::Audio),
            (b"RIFF\x24\0\0\0WAVEfmt ", Content::Audio),
            (b"RIFF\x24\0\0\0AVI LIST", Content::Binary),
            (b"\n <!doctype html>", Content::Html),
            (b"\xef\xbb\xbf{\"result\":\"-1\"}", Content::Json),
            ("Файл не найден".as_bytes(), Content::Text),
            (b"PK\x03\x04\x14\0", Content::Binary),
            (b"\xff\xff\xff\xff", Content::Binary),
        ];
        for (head, content) in cases {
            assert_eq!(sniff(head), content, "{head:?}");
        }
    }
}
