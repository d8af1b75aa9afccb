//! Bodies in chunks (RFC 9112 §7.1), line ends with or without carriage return.

/// What the chunks hold; `None` when they break off or do not hang together. What follows the last one is left out.
pub(super) fn decode(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let (line, after) = line(rest)?;
        let size = std::str::from_utf8(line).ok()?.split(';').next()?.trim();
        // `from_str_radix` takes a sign, which no size has.
        let is_hex = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_hexdigit());
        let size = usize::from_str_radix(size, 16).ok().filter(|_| is_hex)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(after.get(..size)?);
        let (end, after) = self::line(after.get(size..)?)?;
        if !end.is_empty() {
            return None;
        }
        rest = after;
    }
}

/// The first line without its end, and what follows it.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let line = bytes.get(..end)?;
    Some((line.strip_suffix(b"\r").unwrap_or(line), bytes.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_and_extensions_and_trailers_left_out() {
        let whole = b"5;name=value\r\nhello\r\nA\r\n, \r\nworld!\r\n0\r\nTrailer: x\r\n\r\n";
        assert_eq!(decode(whole).as_deref(), Some(&b"hello, \r\nworld!"[..]));
        assert_eq!(decode(b"2\nok\n0\n").as_deref(), Some(&b"ok"[..]));
        assert_eq!(decode(b"0\r\n\r\n").as_deref(), Some(&b""[..]));
    }

    #[test]
    fn what_breaks_off_is_no_body() {
        for broken in
            ["", "5", "5\r\nhell", "5\r\nhello", "5\r\nhello!\r\n0\r\n", "x\r\n\r\n", "+1\r\na\r\n0\r\n", "2\r\nok\r\n"]
        {
            assert_eq!(decode(broken.as_bytes()), None, "{broken:?}");
        }
        assert_eq!(decode(b"FFFFFFFFFFFFFFFF\r\na"), None);
    }
}
