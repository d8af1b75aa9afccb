//! HTTP messages as files hold them, for signing and verifying by hand.

use bytes::Bytes;

mod chunked;

use crate::webhook::WebhookRequest;

/// Why bytes are no HTTP request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RawError {
    /// The first line is not `METHOD PATH HTTP/1.1`.
    #[error("the first line must be METHOD PATH HTTP/1.1")]
    RequestLine,
    /// A header line has no colon, or is not text.
    #[error("line {0} is not a header (Name: value)")]
    Header(usize),
    /// No empty line ends the headers.
    #[error("an empty line must end the headers")]
    NoEnd,
    /// Fewer bytes follow than `Content-Length` says.
    #[error("the body has {have} bytes, Content-Length says {said}")]
    Short {
        /// What is there.
        have: usize,
        /// What was said.
        said: usize,
    },
    /// `Content-Length` is not a number, or the coding is another than `chunked`, or both are given.
    #[error(
        "the body's length must be given by Content-Length, by Transfer-Encoding: chunked, or by the end of the file"
    )]
    Length,
    /// The chunks of the body do not hang together.
    #[error("the body is not in whole chunks, as Transfer-Encoding: chunked says")]
    Chunks,
}

/// An HTTP request message, as it goes over the wire (line ends with or without carriage return).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRequest {
    request: WebhookRequest,
    /// The request line and the headers, byte for byte, ends of line included.
    lines: Vec<Vec<u8>>,
    /// The empty line and everything after it.
    rest: Vec<u8>,
}

impl RawRequest {
    /// Reads a message. The body is what `Content-Length` says, or what the chunks hold, or everything up to the end.
    pub fn parse(message: &[u8]) -> Result<Self, RawError> {
        let mut rest = message;
        let mut lines: Vec<Vec<u8>> = Vec::new();
        let body_at = loop {
            let end = rest.iter().position(|byte| *byte == b'\n').ok_or(RawError::NoEnd)?;
            let (line, after) = rest.split_at(end + 1);
            if bare(line).is_empty() {
                break after;
            }
            lines.push(line.to_vec());
            rest = after;
        };
        let (first, headers) = lines.split_first().ok_or(RawError::RequestLine)?;
        let (method, path) = request_line(bare(first))?;
        let headers = headers
            .iter()
            .enumerate()
            .map(|(place, line)| header(bare(line)).ok_or(RawError::Header(place + 2)))
            .collect::<Result<Vec<_>, _>>()?;
        let body = body(body_at, &headers)?;
        let request = WebhookRequest { method, path, headers, body };
        Ok(Self { request, lines, rest: rest.to_vec() })
    }

    /// The message as a webhook.
    pub fn request(&self) -> &WebhookRequest {
        &self.request
    }

    /// The message with these headers after its own ones, in place of any of the same name; every other byte as it
    /// was.
    pub fn with_headers(&self, added: &[(String, Vec<u8>)]) -> Vec<u8> {
        let replaced = |line: &[u8]| {
            header(bare(line)).is_some_and(|(name, _)| added.iter().any(|(new, _)| new.eq_ignore_ascii_case(&name)))
        };
        let (first, headers) = self.lines.split_at(self.lines.len().min(1));
        let mut out = first.concat();
        let line_end: &[u8] = if out.ends_with(b"\r\n") { b"\r\n" } else { b"\n" };
        headers.iter().filter(|line| !replaced(line)).for_each(|line| out.extend_from_slice(line));
        for (name, value) in added {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(line_end);
        }
        out.extend_from_slice(&self.rest);
        out
    }
}

/// A line without its end.
fn bare(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn request_line(line: &[u8]) -> Result<(String, String), RawError> {
    let line = std::str::from_utf8(line).map_err(|_| RawError::RequestLine)?;
    let mut parts = line.split(' ');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(method), Some(path), Some(version), None) if version.starts_with("HTTP/1.") && !method.is_empty() => {
            Ok((method.to_ascii_uppercase(), path.to_owned()))
        }
        _ => Err(RawError::RequestLine),
    }
}

fn header(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at(colon);
    let name = std::str::from_utf8(name).ok()?;
    (!name.is_empty() && !name.contains([' ', '\t'])).then(|| (name.to_owned(), value[1..].trim_ascii().to_vec()))
}

fn body(rest: &[u8], headers: &[(String, Vec<u8>)]) -> Result<Bytes, RawError> {
    let find = |name: &str| headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    match (find("transfer-encoding"), find("content-length")) {
        (Some(coding), None) if coding.eq_ignore_ascii_case(b"chunked") => {
            chunked::decode(rest).map(Bytes::from).ok_or(RawError::Chunks)
        }
        (Some(_), _) => Err(RawError::Length),
        (None, Some(said)) => {
            let said = std::str::from_utf8(said).ok().and_then(|text| text.parse().ok()).ok_or(RawError::Length)?;
            rest.get(..said).map(Bytes::copy_from_slice).ok_or(RawError::Short { have: rest.len(), said })
        }
        (None, None) => Ok(Bytes::copy_from_slice(rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_and_written_with_headers_added() {
        let raw = b"POST /call_events HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\n{}\n";
        let message = RawRequest::parse(raw).expect("a message");
        assert_eq!(message.request().method, "POST");
        assert_eq!(message.request().path, "/call_events");
        assert_eq!(message.request().body, &b"{}"[..]);
        let signed = message.with_headers(&[("X-Sign".to_owned(), b"00".to_vec())]);
        assert_eq!(
            signed,
            b"POST /call_events HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\nX-Sign: 00\r\n\r\n{}\n"
        );
    }

    #[test]
    fn a_header_takes_the_place_of_any_of_its_name() {
        let raw = b"POST / HTTP/1.1\nx-sign:\nHost: a.example\r\nX-SIGN: old\n\n{}";
        let message = RawRequest::parse(raw).expect("a message");
        let signed = message.with_headers(&[("X-Sign".to_owned(), b"00".to_vec())]);
        assert_eq!(signed, b"POST / HTTP/1.1\nHost: a.example\r\nX-Sign: 00\n\n{}");
        assert_eq!(message.with_headers(&[]), raw);
    }

    #[test]
    fn a_chunked_body_is_read_and_kept_as_it_goes_over_the_wire() {
        let raw = b"POST / HTTP/1.1\r\ntransfer-encoding: Chunked\r\n\r\n5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n";
        let message = RawRequest::parse(raw).expect("a message");
        assert_eq!(message.request().body, &b"{\"a\":1}"[..]);
        assert_eq!(message.with_headers(&[]), raw);
    }

    #[test]
    fn without_a_length_the_body_goes_to_the_end() {
        let message = RawRequest::parse(b"POST / HTTP/1.1\n\n{\"a\":1}\n").expect("a message");
        assert_eq!(message.request().body, &b"{\"a\":1}\n"[..]);
    }

    #[test]
    fn what_is_no_message_is_said_clearly() {
        let cases: [(&[u8], RawError); 9] = [
            (b"", RawError::NoEnd),
            (b"\r\n", RawError::RequestLine),
            (b"hello\n\n", RawError::RequestLine),
            (b"POST / HTTP/1.1\nnonsense\n\n", RawError::Header(2)),
            (b"POST / HTTP/1.1\nContent-Length: 9\n\n{}", RawError::Short { have: 2, said: 9 }),
            (b"POST / HTTP/1.1\nContent-Length: x\n\n{}", RawError::Length),
            (b"POST / HTTP/1.1\nTransfer-Encoding: gzip\n\n{}", RawError::Length),
            (b"POST / HTTP/1.1\nTransfer-Encoding: chunked\nContent-Length: 2\n\n{}", RawError::Length),
            (b"POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n{}", RawError::Chunks),
        ];
        for (raw, error) in cases {
            assert_eq!(RawRequest::parse(raw), Err(error));
        }
    }
}
