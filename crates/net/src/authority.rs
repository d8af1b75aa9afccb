//! Whether a certificate is an authority's: whether its basic constraints say that it may vouch for others.
//!
//! The TLS library takes whatever it is given as an anchor and asks no such question, so the few fields on the way
//! to the answer are read here (X.690 definite lengths, RFC 5280 §4.1 and §4.2.1.9).

/// The extension basicConstraints, 2.5.29.19.
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1D, 0x13];
const BOOLEAN: u8 = 0x01;
const OCTET_STRING: u8 = 0x04;
/// The extensions, in the signed part of a certificate.
const EXTENSIONS: u8 = 0xA3;

/// Whether the certificate says that it is an authority's. One without the extension does not.
pub(crate) fn is_authority(certificate: &[u8]) -> bool {
    let first = constraints(certificate).and_then(element).and_then(|constraints| element(constraints.content));
    first.is_some_and(|first| first.tag == BOOLEAN && first.content.iter().any(|byte| *byte != 0))
}

/// The content of the extension basicConstraints.
fn constraints(certificate: &[u8]) -> Option<&[u8]> {
    let signed = element(element(certificate)?.content)?.content;
    let extensions = element(elements(signed).find(|part| part.tag == EXTENSIONS)?.content)?.content;
    elements(extensions).find_map(|extension| {
        let mut parts = elements(extension.content);
        let is_it = parts.next()?.content == BASIC_CONSTRAINTS;
        let value = parts.find(|part| part.tag == OCTET_STRING)?;
        is_it.then_some(value.content)
    })
}

/// One value with its tag, and what follows it.
#[derive(Debug, Clone, Copy)]
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    rest: &'a [u8],
}

/// The value that the bytes begin with; `None` where they are cut off.
fn element(bytes: &[u8]) -> Option<Element<'_>> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        short @ 0..0x80 => (usize::from(*short), rest),
        long => {
            let (length, rest) = rest.split_at_checked(usize::from(long & 0x7F))?;
            // No certificate is longer than four bytes of length can say.
            let length = length.iter().try_fold(0_u32, |sum, byte| Some(sum.checked_mul(256)? + u32::from(*byte)))?;
            (usize::try_from(length).ok()?, rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some(Element { tag: *tag, content, rest })
}

/// The values that stand one after the other.
fn elements(bytes: &[u8]) -> impl Iterator<Item = Element<'_>> {
    std::iter::successors(element(bytes), |last| element(last.rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_to_their_length() {
        let long = [&[OCTET_STRING, 0x81, 0x80][..], &[7; 128], &[BOOLEAN, 1, 0xFF]].concat();
        let found: Vec<(u8, usize)> = elements(&long).map(|value| (value.tag, value.content.len())).collect();
        assert_eq!(found, [(OCTET_STRING, 128), (BOOLEAN, 1)]);
        for cut in [&[][..], &[0x30], &[0x30, 2, 0], &[0x30, 0x82, 1], &[0x30, 0x85, 1, 1, 1, 1, 1, 0]] {
            assert!(element(cut).is_none(), "{cut:?}");
            assert!(!is_authority(cut), "{cut:?}");
        }
    }
}
