//! What bytes are that hold no recording.

use crate::{error::Reason, frame::Frame, source::Window, walk};

/// Bytes that say plainly that something is text.
const LOOKED_AT: usize = 4096;

/// What bytes are that hold no frame of sound.
pub(crate) fn classify(window: &mut Window<'_>) -> Reason {
    if walk::is_without_sound(window) {
        return Reason::Empty;
    }
    let bytes = window.at(0, LOOKED_AT);
    let head = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if head.is_empty() {
        return if bytes.is_empty() { Reason::Empty } else { Reason::Text };
    }
    let lower = head.to_ascii_lowercase();
    let holds = |tag: &[u8]| lower.windows(tag.len()).any(|window| window == tag);
    if head.starts_with(b"<") && (holds(b"<html") || holds(b"<!doctype") || holds(b"<head") || holds(b"<body")) {
        return Reason::Html;
    }
    if is_text(head) { Reason::Text } else { by_magic(bytes) }
}

/// In whatever one-byte or UTF-8 coding: no control character but those of lines.
fn is_text(head: &[u8]) -> bool {
    head.iter().all(|byte| *byte >= 0x20 && *byte != 0x7f || matches!(byte, b'\t' | b'\r' | b'\n' | 0x0c))
}

fn by_magic(bytes: &[u8]) -> Reason {
    const SOUND: [&[u8]; 6] = [b"OggS", b"fLaC", b"#!AMR", b".snd", b"FORM", b"caff"];
    let mp4 = bytes.get(4..8) == Some(b"ftyp");
    // The sync word of MPEG audio, in a layer that is not the third.
    let other_layer = matches!(bytes, [0xff, second, ..] if second & 0xe0 == 0xe0 && matches!(second >> 1 & 3, 2 | 3));
    if mp4 || other_layer || SOUND.iter().any(|magic| bytes.starts_with(magic)) {
        return Reason::Coding;
    }
    if bytes.starts_with(b"ID3") || bytes.starts_with(b"RIFF") || Frame::read(bytes).is_some() {
        Reason::Broken
    } else {
        Reason::NotAudio
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_send_instead_of_a_recording_is_named() {
        let cases: [(&[u8], Reason); 9] = [
            (b"", Reason::Empty),
            (b"\r\n", Reason::Text),
            (b"\xef\xbb\xbf \n<!DOCTYPE html><title>404</title>", Reason::Html),
            (b"<HTML><body>", Reason::Html),
            (b"{\"result\":\"-1\"}", Reason::Text),
            ("запись не найдена".as_bytes(), Reason::Text),
            (b"\xc7\xe0\xef\xe8\xf1\xfc", Reason::Text),
            (b"OggS\0\x02\0\0", Reason::Coding),
            (b"\x89PNG\r\n\x1a\n\0", Reason::NotAudio),
        ];
        for (bytes, reason) in cases {
            assert_eq!(classify(&mut Window::new(&bytes)), reason, "{bytes:?}");
        }
    }
}
