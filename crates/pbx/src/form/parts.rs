//! Forms whose fields come as parts (`multipart/form-data`).

use crate::webhook::{VerifyError, WebhookRequest};

const PARTS: &[u8] = b"multipart/form-data";
/// The longest mark between two parts that the format admits.
const LONGEST_MARK: usize = 70;

/// What stands between the parts, where the message says that it has some.
pub(super) fn mark(request: &WebhookRequest) -> Result<Option<Vec<u8>>, VerifyError> {
    let Some(kind) = request.single_header("Content-Type")? else { return Ok(None) };
    let mut parameters = kind.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    if !parameters.next().is_some_and(|kind| kind.eq_ignore_ascii_case(PARTS)) {
        return Ok(None);
    }
    let marks = parameters.filter_map(|part| parameter(part, b"boundary"));
    let found = marks.filter(|mark| (1..=LONGEST_MARK).contains(&mark.len())).map(<[u8]>::to_vec).next();
    found.map(Some).ok_or(VerifyError::NotAForm)
}

/// The fields, with the bytes of their values; nothing where the parts are not whole.
pub(super) fn read(body: &[u8], mark: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let between = [b"--", mark].concat();
    let before_next = [b"\r\n", between.as_slice()].concat();
    let mut rest = &body[find(body, &between)? + between.len()..];
    let mut fields = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(fields);
        }
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        rest = rest[blanks..].strip_prefix(b"\r\n")?;
        let headers = find(rest, b"\r\n\r\n")?;
        let name = name(&rest[..headers])?;
        rest = &rest[headers + 4..];
        let end = find(rest, &before_next)?;
        fields.push((name, rest[..end].to_vec()));
        rest = &rest[end + before_next.len()..];
    }
}

/// The name of a part's field.
fn name(headers: &[u8]) -> Option<String> {
    headers.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).find_map(|header| {
        let colon = header.iter().position(|byte| *byte == b':')?;
        let is_it = header[..colon].trim_ascii().eq_ignore_ascii_case(b"content-disposition");
        let mut parameters = header[colon + 1..].split(|byte| *byte == b';').map(<[u8]>::trim_ascii).filter(|_| is_it);
        let name = parameters.find_map(|part| parameter(part, b"name"))?;
        Some(String::from_utf8_lossy(name).trim().to_owned())
    })
}

/// The value of `name=value` or `name="value"`, where it is this name.
fn parameter<'a>(part: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let at = part.iter().position(|byte| *byte == b'=')?;
    let value = part[at + 1..].trim_ascii();
    let unquoted = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
    part[..at].trim_ascii().eq_ignore_ascii_case(name).then(|| unquoted.unwrap_or(value))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "--m\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1 +\r\n2\r\n--m \t\r\ncontent-type: text/plain\r\n\
        CONTENT-DISPOSITION:form-data;name=b; filename=\"x\"\r\n\r\n\r\n--m--\r\n";

    fn fields(body: &str) -> Option<Vec<(String, String)>> {
        let text = |(name, value): (String, Vec<u8>)| (name, String::from_utf8(value).expect("text"));
        read(body.as_bytes(), b"m").map(|fields| fields.into_iter().map(text).collect())
    }

    #[test]
    fn values_are_read_byte_for_byte() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(fields(BODY), Some(vec![pair("a", "1 +\r\n2"), pair("b", "")]));
        assert_eq!(fields("--m--"), Some(Vec::new()));
    }

    #[test]
    fn what_is_not_whole_is_not_read() {
        for end in 0..BODY.trim_end().len() {
            assert_eq!(fields(&BODY[..end]), None, "{end}");
        }
        for other in ["", "a=1&b=2", "--n\r\n\r\n", &BODY.replace("name=", "named="), &BODY.replace('\r', "")] {
            assert_eq!(fields(other), None, "{other:?}");
        }
    }

    #[test]
    fn the_mark_is_what_the_header_says() {
        let of = |kind: &str| {
            mark(&WebhookRequest {
                method: "POST".to_owned(),
                path: String::new(),
                headers: vec![("Content-Type".to_owned(), kind.as_bytes().to_vec())],
                body: bytes::Bytes::new(),
            })
        };
        for kind in ["multipart/form-data; boundary=a-b", "Multipart/Form-Data;charset=x; Boundary=\"a-b\""] {
            assert_eq!(of(kind), Ok(Some(b"a-b".to_vec())), "{kind}");
        }
        assert_eq!(of("application/x-www-form-urlencoded; boundary=a"), Ok(None));
        let long = format!("multipart/form-data; boundary={}", "a".repeat(71));
        for kind in ["multipart/form-data", "multipart/form-data; boundary=", &long] {
            assert_eq!(of(kind), Err(VerifyError::NotAForm), "{kind}");
        }
    }
}
