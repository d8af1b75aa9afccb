//! From which address a request came.

use std::{net::IpAddr, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{
    connections::{Permit, network_of},
    problem::ApiError,
    state::State as Gateway,
};

/// The address that asks. Where that is a proxy, the last one that it names: whatever stands before it the other side may
/// have written itself.
pub(crate) struct Peer(pub(crate) IpAddr);

impl FromRequestParts<Arc<Gateway>> for Peer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, gateway: &Arc<Gateway>) -> Result<Self, ApiError> {
        let (direct, is_proxy) = direct(parts, gateway);
        Ok(Self(named(parts).filter(|_| is_proxy).map_or(direct, network_of)))
    }
}

/// Whether the request comes by a way on which a proxy may stand, and names nobody for whom it asks. Then all who come by that
/// way are counted as one.
pub(crate) struct NamesNobody(pub(crate) bool);

impl FromRequestParts<Arc<Gateway>> for NamesNobody {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, gateway: &Arc<Gateway>) -> Result<Self, ApiError> {
        let (_, is_proxy) = direct(parts, gateway);
        Ok(Self(is_proxy && named(parts).is_none()))
    }
}

/// Where the connection comes from, and whether that may be a proxy.
fn direct(parts: &Parts, gateway: &Gateway) -> (IpAddr, bool) {
    let address = parts.extensions.get::<Arc<Permit>>().map_or(IpAddr::from([127, 0, 0, 1]), |permit| permit.address());
    (address, gateway.limits.behind_proxy || address.is_loopback())
}

fn named(parts: &Parts) -> Option<IpAddr> {
    let header = parts.headers.get_all("x-forwarded-for").iter().next_back()?;
    header.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}
