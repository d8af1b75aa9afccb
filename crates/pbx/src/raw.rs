//! HTTP messages as files hold them, for signing and verifying by hand.

use bytes::Bytes;

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
    /// `Content-Length` is not a number, or the body is chunked.
    #[error("the body's length must be given by Content-Length, or by the end of the file")]
    Length,
}

/// An HTTP request message, as it goes over the wire (line ends with or without carriage return).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRequest {
    request: WebhookRequest,
    head: Vec<u8>,
    line_end: &'static [u8],
}

impl RawRequest {
    /// Reads a message. The body is what `Content-Length` says, or everything up to the end.
    pub fn parse(message: &[u8]) -> Result<Self, RawError> {
        let mut at = 0;
        let mut lines: Vec<&[u8]> = Vec::new();
        let mut line_end: &'static [u8] = b"\n";
        loop {
            let rest = message.get(at..).unwrap_or_default();
            let end = rest.iter().position(|byte| *byte == b'\n').ok_or(RawError::NoEnd)?;
            let line = rest.get(..end).unwrap_or_default();
            at += end + 1;
            let bare = line.strip_suffix(b"\r").unwrap_or(line);
            if lines.is_empty() && bare.len() < line.len() {
                line_end = b"\r\n";
            }
            if bare.is_empty() {
                break;
            }
            lines.push(bare);
        }
        let (first, headers) = lines.split_first().ok_or(RawError::RequestLine)?;
        let (method, path) = request_line(first)?;
        let headers = headers
            .iter()
            .enumerate()
            .map(|(place, line)| header(line).ok_or(RawError::Header(place + 2)))
            .collect::<Result<Vec<_>, _>>()?;
        let body = body(message.get(at..).unwrap_or_default(), &headers)?;
        let request = WebhookRequest { method, path, headers, body: Bytes::copy_from_slice(body) };
        Ok(Self { request, head: lines.join(line_end), line_end })
    }

    /// The message as a webhook.
    pub fn request(&self) -> &WebhookRequest {
        &self.request
    }

    /// The message with these headers after its own ones, every other byte as it was.
    pub fn with_headers(&self, added: &[(String, Vec<u8>)]) -> Vec<u8> {
        let mut out = self.head.clone();
        out.extend_from_slice(self.line_end);
        for (name, value) in added {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(self.line_end);
        }
        out.extend_from_slice(self.line_end);
        out.extend_from_slice(&self.request.body);
        out
    }
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

fn body<'a>(rest: &'a [u8], headers: &[(String, Vec<u8>)]) -> Result<&'a [u8], RawError> {
    let find = |name: &str| headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name));
    if find("transfer-encoding").is_some() {
        return Err(RawError::Length);
    }
    let Some((_, said)) = find("content-length") else { return Ok(rest) };
    let said: usize = std::str::from_utf8(said).ok().and_then(|text| text.parse().ok()).ok_or(RawError::Length)?;
    rest.get(..said).ok_or(RawError::Short { have: rest.len(), said })
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
            b"POST /call_events HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\nX-Sign: 00\r\n\r\n{}"
        );
    }

    #[test]
    fn without_a_length_the_body_goes_to_the_end() {
        let message = RawRequest::parse(b"POST / HTTP/1.1\n\n{\"a\":1}\n").expect("a message");
        assert_eq!(message.request().body, &b"{\"a\":1}\n"[..]);
    }

    #[test]
    fn what_is_no_message_is_said_clearly() {
        let cases: [(&[u8], RawError); 6] = [
            (b"", RawError::NoEnd),
            (b"\r\n", RawError::RequestLine),
            (b"hello\n\n", RawError::RequestLine),
            (b"POST / HTTP/1.1\nnonsense\n\n", RawError::Header(2)),
            (b"POST / HTTP/1.1\nContent-Length: 9\n\n{}", RawError::Short { have: 2, said: 9 }),
            (b"POST / HTTP/1.1\nContent-Length: x\n\n{}", RawError::Length),
        ];
        for (raw, error) in cases {
            assert_eq!(RawRequest::parse(raw), Err(error));
        }
    }
}
