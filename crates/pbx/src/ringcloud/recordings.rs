//! Where a recording lies. The address comes from the service and gets a permanent key, so one that may lead elsewhere
//! is not asked.

use calls::RecordingReference;

use super::{config::Settings, requests};
use crate::{
    error::{Error, ErrorKind},
    request::Request,
};

/// The request for the file of a recording.
pub(super) fn request(settings: &Settings, reference: &RecordingReference) -> Result<Request, Error> {
    let parts = path(reference.as_str()).ok_or_else(|| {
        Error::new(ErrorKind::NotFound, "this recording's address is none of RingCloud's, so it is not asked")
            .before_sending()
    })?;
    Ok(requests::recording(settings, &parts))
}

/// The parts of a path below the service's own address, with or without a slash before it. Nothing absolute, no other
/// host, nothing that goes up, and no parameters.
fn path(text: &str) -> Option<Vec<&str>> {
    let text = text.trim();
    let relative = text.strip_prefix('/').unwrap_or(text);
    let is_plain = |c: char| !c.is_control() && !matches!(c, '\\' | '@' | '?' | '#' | '%');
    let parts: Vec<&str> = relative.split('/').collect();
    let is_part = |part: &&str| !part.is_empty() && !matches!(*part, "." | "..");
    // A colon in the first part would be a scheme.
    let has_scheme = parts.first().is_some_and(|first| first.contains(':'));
    let is_safe = relative.chars().all(is_plain) && parts.iter().all(is_part) && !has_scheme && text.len() <= 1024;
    is_safe.then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_the_service_is_asked() {
        for good in ["v1/users/111111/records/a b.mp3", "/v1/users/111111/records/2026-03-05 12:00:00.mp3"] {
            assert_eq!(path(good).map(|parts| parts.len()), Some(5), "{good}");
        }
        for bad in [
            "https://elsewhere.example/a.mp3",
            "//elsewhere.example/a.mp3",
            "///elsewhere.example/a.mp3",
            "@elsewhere.example/a.mp3",
            "/@elsewhere.example/a.mp3",
            ":80@elsewhere.example/a.mp3",
            "user:word@elsewhere.example/a.mp3",
            "\\\\elsewhere.example\\a.mp3",
            "/\\elsewhere.example/a.mp3",
            "javascript:alert(1)",
            "v1/../../a.mp3",
            "v1/%2e%2e/a.mp3",
            "v1/a.mp3?api_key=x",
            "v1/a.mp3#x",
            "v1//a.mp3",
            "v1/a\n.mp3",
            "",
            "/",
        ] {
            assert_eq!(path(bad), None, "{bad:?}");
        }
    }
}
