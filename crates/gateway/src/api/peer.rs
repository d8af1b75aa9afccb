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
        let direct =
            parts.extensions.get::<Arc<Permit>>().map_or(IpAddr::from([127, 0, 0, 1]), |permit| permit.address());
        let is_proxy = gateway.limits.behind_proxy || direct.is_loopback();
        let named = parts.headers.get_all("x-forwarded-for").iter().next_back().filter(|_| is_proxy);
        let named = named.and_then(|header| header.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        Ok(Self(named.map_or(direct, network_of)))
    }
}
