//! HTTP requests as files hold them, for signing, verifying and sending by hand.

use bytes::Bytes;
use httparse::Status;
use pbx::WebhookRequest;

/// Headers that a request may have.
const MOST_HEADERS: usize = 100;

/// Why bytes are no HTTP request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpMessageError {
    /// The request line or a header is none.
    #[error("it does not begin with a request line and headers ({0})")]
    Head(httparse::Error),
    /// No empty line ends the headers.
    #[error("an empty line must end the headers")]
    NoEnd,
    /// Fewer bytes follow than `Content-Length` says.
    #[error("the body has {have} bytes, Content-Length says {length}")]
    Short {
        /// What is there.
        have: usize,
        /// What was said.
        length: usize,
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

/// An HTTP request, as it goes over the wire (line ends of the head with or without carriage return).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpMessage {
    request: WebhookRequest,
    /// The request line, with its end and whatever stands before it.
    first_line: Vec<u8>,
    /// The lines of the headers, byte for byte, in the order of the request's headers.
    header_lines: Vec<Vec<u8>>,
    /// The empty line and everything after it.
    rest: Vec<u8>,
}

impl HttpMessage {
    /// Reads a message. The body is what `Content-Length` says, or what the chunks hold, or everything up to the end.
    pub fn parse(message: &[u8]) -> Result<Self, HttpMessageError> {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut head = httparse::Request::new(&mut headers);
        let Status::Complete(length) = head.parse(message).map_err(HttpMessageError::Head)? else {
            return Err(HttpMessageError::NoEnd);
        };
        let headers: Vec<_> =
            head.headers.iter().map(|header| (header.name.to_owned(), header.value.to_vec())).collect();
        let (before, body) = message.split_at(length);
        // A header is one line, so the lines of the headers are the last ones before the empty line.
        let lines: Vec<&[u8]> = before.split_inclusive(|byte| *byte == b'\n').collect();
        let (lines, end) = lines.split_at(lines.len().saturating_sub(1));
        let (first, header_lines) = lines.split_at(lines.len().saturating_sub(headers.len()));
        let request = WebhookRequest {
            method: head.method.unwrap_or_default().to_ascii_uppercase(),
            path: head.path.unwrap_or_default().to_owned(),
            body: read_body(body, &headers)?,
            headers,
        };
        Ok(Self {
            request,
            first_line: first.concat(),
            header_lines: header_lines.iter().map(|line| line.to_vec()).collect(),
            rest: [end.concat().as_slice(), body].concat(),
        })
    }

    /// The message as a webhook.
    pub fn request(&self) -> &WebhookRequest {
        &self.request
    }

    /// The message with these headers after its own ones, in place of any of the same name; every other byte as it
    /// was.
    pub fn with_headers(&self, added: &[(String, Vec<u8>)]) -> Vec<u8> {
        self.written(added, &[], &self.rest)
    }

    /// The message with another body, and with these headers as in [`Self::with_headers`]. It says the body's length.
    pub fn with_body(&self, added: &[(String, Vec<u8>)], body: &[u8]) -> Vec<u8> {
        let length = ("Content-Length".to_owned(), body.len().to_string().into_bytes());
        let added = [added, &[length]].concat();
        self.written(&added, &["transfer-encoding"], &[self.line_end(), body].concat())
    }

    fn line_end(&self) -> &'static [u8] {
        if self.first_line.ends_with(b"\r\n") { b"\r\n" } else { b"\n" }
    }

    fn written(&self, added: &[(String, Vec<u8>)], dropped: &[&str], rest: &[u8]) -> Vec<u8> {
        let (mut out, line_end) = (self.first_line.clone(), self.line_end());
        for ((name, _), line) in self.request.headers.iter().zip(&self.header_lines) {
            let is_kept = !added.iter().any(|(new, _)| new.eq_ignore_ascii_case(name))
                && !dropped.iter().any(|gone| gone.eq_ignore_ascii_case(name));
            if is_kept {
                out.extend_from_slice(line);
            }
        }
        for (name, value) in added {
            out.extend_from_slice(&[name.as_bytes(), b": ", value, line_end].concat());
        }
        out.extend_from_slice(rest);
        out
    }
}

fn read_body(rest: &[u8], headers: &[(String, Vec<u8>)]) -> Result<Bytes, HttpMessageError> {
    let find = |name: &str| headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    match (find("transfer-encoding"), find("content-length")) {
        (Some(coding), None) if coding.eq_ignore_ascii_case(b"chunked") => {
            join_chunks(rest).map(Bytes::from).ok_or(HttpMessageError::Chunks)
        }
        (Some(_), _) => Err(HttpMessageError::Length),
        (None, Some(said)) => {
            let length =
                std::str::from_utf8(said).ok().and_then(|text| text.parse().ok()).ok_or(HttpMessageError::Length)?;
            rest.get(..length).map(Bytes::copy_from_slice).ok_or(HttpMessageError::Short { have: rest.len(), length })
        }
        (None, None) => Ok(Bytes::copy_from_slice(rest)),
    }
}

/// What chunks hold; `None` when they break off or do not hang together. What follows the last one is left out.
fn join_chunks(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let Ok(Status::Complete((begin, size))) = httparse::parse_chunk_size(rest) else { return None };
        if size == 0 {
            return Some(body);
        }
        let chunk = rest.get(begin..)?.get(..usize::try_from(size).ok()?)?;
        body.extend_from_slice(chunk);
        rest = rest.get(begin + chunk.len()..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_and_written_with_headers_added() {
        let raw = b"POST /call_events HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\n{}\n";
        let message = HttpMessage::parse(raw).expect("a message");
        assert_eq!(message.request().method, "POST");
        assert_eq!(message.request().path, "/call_events");
        assert_eq!(message.request().headers[0], ("Host".to_owned(), b"a.example".to_vec()));
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
        let message = HttpMessage::parse(raw).expect("a message");
        let signed = message.with_headers(&[("X-Sign".to_owned(), b"00".to_vec())]);
        assert_eq!(signed, b"POST / HTTP/1.1\nHost: a.example\r\nX-Sign: 00\n\n{}");
        assert_eq!(message.with_headers(&[]), raw);
    }

    #[test]
    fn another_body_says_its_own_length() {
        let chunks = &b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\nHost: a\r\n\r\n2\r\n{}\r\n0\r\n\r\n"[..];
        let length = b"POST / HTTP/1.1\r\nContent-length: 2\r\nHost: a\r\n\r\n{}\n";
        for raw in [chunks, length] {
            let message = HttpMessage::parse(raw).expect("a message");
            let signed = message.with_body(&[("X-Sign".to_owned(), b"00".to_vec())], b"a=1");
            assert_eq!(signed, b"POST / HTTP/1.1\r\nHost: a\r\nX-Sign: 00\r\nContent-Length: 3\r\n\r\na=1");
        }
    }

    #[test]
    fn every_byte_stays_where_nothing_is_added() {
        for raw in [
            &b"\r\nPOST / HTTP/1.1\r\nHost:a\r\n\r\n\xff\x00"[..],
            b"GET /?a=%41 HTTP/1.0\r\n\r\n",
            b"POST / HTTP/1.1\r\ntransfer-encoding: Chunked\r\n\r\n5;n=v\r\n{\"a\":\r\n2\r\n1}\r\n0\r\nTrailer: x\r\n\r\n",
        ] {
            let message = HttpMessage::parse(raw).expect("a message");
            assert_eq!(message.with_headers(&[]), raw, "{}", raw.escape_ascii());
        }
    }

    #[test]
    fn a_body_ends_where_its_length_its_chunks_or_the_file_says() {
        let body = |raw: &[u8]| HttpMessage::parse(raw).expect("a message").request().body.clone();
        assert_eq!(body(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}\n"), &b"{}"[..]);
        assert_eq!(body(b"POST / HTTP/1.1\n\n{\"a\":1}\n"), &b"{\"a\":1}\n"[..]);
        let chunks = b"POST / HTTP/1.1\r\ntransfer-encoding: Chunked\r\n\r\n5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n";
        assert_eq!(body(chunks), &b"{\"a\":1}"[..]);
    }

    #[test]
    fn what_is_no_message_is_said_clearly() {
        let cases: [(&[u8], &str); 10] = [
            (b"", "an empty line must end"),
            (b"\r\n", "an empty line must end"),
            (b"hello\n\n", "does not begin with a request line"),
            (b"POST / HTTP/1.1\nnonsense\n\n", "does not begin with a request line"),
            (b"POST / HTTP/1.1\nContent-Length: 9\n\n{}", "has 2 bytes, Content-Length says 9"),
            (b"POST / HTTP/1.1\nContent-Length: x\n\n{}", "length must be given"),
            (b"POST / HTTP/1.1\nTransfer-Encoding: gzip\n\n{}", "length must be given"),
            (b"POST / HTTP/1.1\nTransfer-Encoding: chunked\nContent-Length: 2\n\n{}", "length must be given"),
            (b"POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n{}", "not in whole chunks"),
            (b"POST / HTTP/1.1\nTransfer-Encoding: chunked\n\nFFFFFFFFFFFFFFFF\r\na", "not in whole chunks"),
        ];
        for (raw, part) in cases {
            let error = HttpMessage::parse(raw).expect_err("is refused").to_string();
            assert!(error.contains(part), "{}: {error}", raw.escape_ascii());
        }
        for broken in ["5\r\nhell", "5\r\nhello", "5\r\nhello!\r\n0\r\n", "+1\r\na\r\n0\r\n", "2\r\nok\r\n"] {
            assert_eq!(join_chunks(broken.as_bytes()), None, "{broken:?}");
        }
    }
}
