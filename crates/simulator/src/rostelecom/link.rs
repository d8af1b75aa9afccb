//! One-time links to recordings, bound to an address.

use std::collections::BTreeMap;
use std::net::IpAddr;

use uuid::Uuid;

use crate::random::Random;
use crate::script::Topic;

/// The links that were given out and not used.
#[derive(Debug, Default)]
pub(super) struct Links {
    open: BTreeMap<String, Link>,
}

/// Who may fetch what with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) topic: Topic,
    pub(super) address: IpAddr,
}

/// Why a link does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LinkError {
    /// It was never given out, or it was used.
    Gone,
    /// It belongs to another address.
    OtherAddress,
}

impl Links {
    /// A new link: the part of its path after the fixed one, `<hex>/<digits>`, made of an id that is new too.
    pub(super) fn give(&mut self, link: Link, id: Uuid) -> String {
        let mut random = Random::new(id.as_u64_pair().1);
        let path = format!("{}/{}", random.hex(32), random.between(100_000, 999_999));
        self.open.insert(path.clone(), link);
        path
    }

    /// Uses a link up; one from the wrong address stays.
    pub(super) fn take(&mut self, path: &str, from: IpAddr) -> Result<Link, LinkError> {
        let link = *self.open.get(path).ok_or(LinkError::Gone)?;
        if link.address != from {
            return Err(LinkError::OtherAddress);
        }
        self.open.remove(path);
        Ok(link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_works_once_and_from_one_address_only() {
        let here: IpAddr = [127, 0, 0, 1].into();
        let mut links = Links::default();
        let path = links.give(Link { topic: Topic::En, address: here }, Uuid::from_u128(7));
        assert_eq!(links.take(&path, [127, 0, 0, 2].into()), Err(LinkError::OtherAddress));
        assert_eq!(links.take(&path, here), Ok(Link { topic: Topic::En, address: here }));
        assert_eq!(links.take(&path, here), Err(LinkError::Gone));
    }
}
