//! How many connections may be open: in all, from one address, and as streams of desks.
//!
//! Each connection costs a descriptor, and the database needs some of them too: a gateway that has given all away can
//! store nothing. So there is a cap well below the system's limit, and one address alone cannot reach it. A desk's stream
//! stays open for days, so streams alone cannot reach it either: webhooks and requests go on when there are too many
//! desks, also where everything comes from the one address of a proxy.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::limits::Limits;

/// Connections at a time, whatever the system allows: each holds memory too.
const MOST: usize = 24_576;
/// Descriptors that are kept for the database, recordings and the way to the PBXs.
const KEPT: usize = 256;

/// The connections that are open.
#[derive(Debug)]
pub(crate) struct Connections {
    most: usize,
    behind_proxy: bool,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    all: Count,
    by_address: HashMap<IpAddr, Count>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    connections: usize,
    /// Those among them that are streams of desks.
    streams: usize,
}

/// Counts one connection until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    connections: Arc<Connections>,
    address: IpAddr,
}

/// Counts one connection as a stream until it is dropped.
#[derive(Debug)]
pub(crate) struct StreamPermit(Arc<Permit>);

impl Connections {
    /// As many as are named, or as `descriptors` allow.
    pub(crate) fn new(limits: &Limits, descriptors: Option<u64>) -> Self {
        let most = limits.connections.unwrap_or_else(|| most_with(descriptors)).max(1);
        Self { most, behind_proxy: limits.behind_proxy, open: Mutex::default() }
    }

    /// Counts one more from this address; `None` when there are too many.
    pub(crate) fn admit(connections: &Arc<Self>, address: IpAddr) -> Option<Permit> {
        let address = network_of(address);
        let mut open = connections.lock();
        let own = open.by_address.get(&address).copied().unwrap_or_default();
        if open.all.connections >= connections.most || own.connections >= connections.share(address) {
            return None;
        }
        open.all.connections += 1;
        open.by_address.entry(address).or_default().connections += 1;
        drop(open);
        Some(Permit { connections: Arc::clone(connections), address })
    }

    /// How many are open.
    pub(crate) fn open(&self) -> u64 {
        self.lock().all.connections as u64
    }

    /// How many may be.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// How many of them one address may have: three quarters, since a whole office may come from one, and still leaves
    /// room for the vendors. A proxy is everybody, whether named or on this computer.
    fn share(&self, address: IpAddr) -> usize {
        let is_proxy = self.behind_proxy || address.is_loopback();
        if is_proxy { self.most } else { self.most.saturating_mul(3).div_ceil(4) }
    }

    #[cfg(test)]
    pub(crate) fn for_test() -> Permit {
        let connections = Arc::new(Self::new(&Limits::default(), None));
        Self::admit(&connections, IpAddr::from([127, 0, 0, 1])).expect("the first")
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// Where the connection comes from; of IPv6 its network.
    pub(crate) fn address(&self) -> IpAddr {
        self.address
    }

    /// Counts the connection as a stream from now on; `None` when there are too many of them.
    pub(crate) fn begin_stream(permit: &Arc<Self>) -> Option<StreamPermit> {
        let connections = &permit.connections;
        let mut open = connections.lock();
        let own = open.by_address.get(&permit.address).copied().unwrap_or_default();
        let is_full = open.all.streams >= streams_of(connections.most)
            || own.streams >= streams_of(connections.share(permit.address));
        if is_full {
            return None;
        }
        open.all.streams += 1;
        open.by_address.entry(permit.address).or_default().streams += 1;
        drop(open);
        Some(StreamPermit(Arc::clone(permit)))
    }
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        let mut open = self.0.connections.lock();
        open.all.streams -= 1;
        if let Some(own) = open.by_address.get_mut(&self.0.address) {
            own.streams -= 1;
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.connections.lock();
        open.all.connections -= 1;
        if let Some(own) = open.by_address.get_mut(&self.address) {
            own.connections -= 1;
            if own.connections == 0 {
                open.by_address.remove(&self.address);
            }
        }
    }
}

/// How many of so many connections may be streams: seven eighths, at least one.
fn streams_of(connections: usize) -> usize {
    (connections - connections.div_ceil(8)).max(1)
}

/// How many connections a limit of descriptors leaves room for.
fn most_with(descriptors: Option<u64>) -> usize {
    let Some(descriptors) = descriptors else { return MOST };
    let descriptors = usize::try_from(descriptors).unwrap_or(usize::MAX);
    descriptors.saturating_sub(KEPT.min(descriptors / 2)).min(MOST)
}

/// Whom an address stands for: a household of IPv6 has a whole /64.
pub(crate) fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
        other @ (IpAddr::V4(_) | IpAddr::V6(_)) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn of(most: usize, behind_proxy: bool) -> Arc<Connections> {
        Arc::new(Connections::new(&Limits { connections: Some(most), behind_proxy, ..Limits::default() }, None))
    }

    #[test]
    fn one_address_leaves_room_for_others_and_all_together_stay_below_the_cap() {
        let connections = of(8, false);
        let admit = |text: &str| Connections::admit(&connections, address(text));
        let mut held: Vec<_> = (0..6).map(|_| admit("192.0.2.1").expect("within its share")).collect();
        assert!(admit("192.0.2.1").is_none() && admit("::ffff:192.0.2.1").is_none(), "its share");
        held.extend(["192.0.2.2", "192.0.2.3"].map(|other| admit(other).expect("there is room")));
        assert!(admit("192.0.2.4").is_none(), "the cap");
        held.truncate(5);
        assert_eq!(connections.open(), 5);
        assert!(admit("192.0.2.1").is_some(), "who left made room");
        drop(held);
        assert_eq!((connections.open(), connections.lock().by_address.len()), (0, 0));
    }

    #[test]
    fn a_network_of_ipv6_is_one_and_a_proxy_is_everybody() {
        let connections = of(4, false);
        let mut held: Vec<_> = (0..3)
            .map(|host| Connections::admit(&connections, address(&format!("2001:db8::{host}"))).expect("its share"))
            .collect();
        assert!(Connections::admit(&connections, address("2001:db8::9")).is_none());
        held.extend(Connections::admit(&connections, address("2001:db8:0:1::9")));
        assert_eq!(held.len(), 4);
        let proxied = of(4, true);
        let held: Vec<_> = (0..4).filter_map(|_| Connections::admit(&proxied, address("192.0.2.1"))).collect();
        assert_eq!(held.len(), 4);
    }

    #[test]
    fn descriptors_are_kept_for_the_database() {
        assert_eq!(most_with(Some(1024)), 1024 - KEPT);
        assert_eq!(most_with(Some(256)), 128);
        assert_eq!(most_with(Some(u64::MAX)), MOST);
        assert_eq!(most_with(None), MOST);
    }

    #[test]
    fn streams_leave_room_for_what_comes_and_goes() {
        for (behind_proxy, from, share) in [(true, "192.0.2.1", 16), (false, "127.0.0.1", 16), (false, "::1", 16)] {
            let connections = of(16, behind_proxy);
            let permits: Vec<_> =
                (0..share).map(|_| Arc::new(Connections::admit(&connections, address(from)).expect("room"))).collect();
            let streams: Vec<_> = permits.iter().filter_map(Permit::begin_stream).collect();
            assert_eq!(streams.len(), 14, "{from}");
            drop(permits);
            assert_eq!(connections.open(), 14, "a stream counts for as long as it is open");
            let other = Arc::new(Connections::admit(&connections, address(from)).expect("a webhook"));
            assert!(Permit::begin_stream(&other).is_none());
            drop(streams);
            assert!(Permit::begin_stream(&other).is_some(), "who left made room");
        }
    }

    #[test]
    fn the_streams_of_one_address_leave_room_within_its_share() {
        let connections = of(16, false);
        let admit = |text: &str| Connections::admit(&connections, address(text)).map(Arc::new);
        let permits: Vec<_> = (0..12).map(|_| admit("192.0.2.1").expect("its share")).collect();
        let streams: Vec<_> = permits.iter().filter_map(Permit::begin_stream).collect();
        assert_eq!(streams.len(), 10, "seven eighths of three quarters");
        let other = admit("192.0.2.2").expect("there is room");
        assert!(Permit::begin_stream(&other).is_some());
        assert_eq!([1, 2, 4, 8, 24_576].map(streams_of), [1, 1, 3, 7, 21_504]);
    }
}
