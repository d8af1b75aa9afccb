//! Joining an office by an invitation: first the gateway's own certificate, where the link names one, then the code.

use std::fmt;

use bytes::Bytes;
use net::{Client, Request, Response, Settings};
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

use crate::{
    problem::Problem,
    wire::{
        JoinCode, JoinLink,
        join::{InvitationPreview, Join, JoinRefusal, Joined, PreviewInvitation},
    },
};

/// Why an invitation led nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// Its code is of no use.
    #[error("the code of the invitation is of no use")]
    Refused(JoinRefusal),
    /// Too many codes were tried from here; later it may be asked again.
    #[error("the gateway asks to wait")]
    TooOften,
    /// Its host is not found.
    #[error("the host of the invitation is not found")]
    NameNotFound,
    /// No name server could be asked for its host.
    #[error("no name server answers")]
    NoNameServer,
    /// Something before the gateway lets nobody through from here.
    #[error("something before the gateway forbids it")]
    Forbidden,
    /// Nobody answers at its address, or the answer did not arrive.
    #[error("nobody answers at the address of the invitation")]
    NoAnswer,
    /// The gateway's certificate is vouched for by nobody that this computer trusts.
    #[error("the gateway's certificate is not trusted")]
    Untrusted,
    /// The gateway has another certificate than the link names.
    #[error("the gateway has another certificate than the invitation names")]
    OtherCertificate,
    /// The gateway is of a version that knows no invitations.
    #[error("the gateway knows no invitations")]
    TooOld,
    /// What answers is no gateway.
    #[error("what answers is no Trubka gateway")]
    NotAGateway,
    /// The gateway cannot do it now.
    #[error("the gateway cannot do it now")]
    NotNow,
}

/// An invitation whose gateway has been met.
#[derive(Clone)]
pub struct Invitation {
    client: Client,
    address: Url,
    code: JoinCode,
    anchor: Option<String>,
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation").field("host", &self.address.host_str()).finish_non_exhaustive()
    }
}

impl Invitation {
    /// Meets the gateway of a link. Of a gateway with a certificate of its own that certificate is fetched first, and
    /// compared with the link; the code is sent to nobody else.
    pub async fn open(link: &JoinLink) -> Result<Self, JoinError> {
        let address = link.address.clone();
        let anchor = match &link.ca {
            Some(fingerprint) if address.scheme() == "https" => {
                let url = below(&address, &["v1", "join", "ca"]);
                let fetched = net::fetch_certificate(&url, fingerprint).await.map_err(|error| broken(&error))?;
                Some(fetched.ok_or(JoinError::TooOld)?)
            }
            Some(_) | None => None,
        };
        let mut settings = Settings::for_base(&address).map_err(|error| broken(&error))?;
        if let Some(anchor) = &anchor {
            settings.anchors = net::read_certificates(anchor.as_bytes()).map_err(|error| broken(&error))?;
        }
        let client = Client::new(settings).map_err(|error| broken(&error))?;
        Ok(Self { client, address, code: link.code.clone(), anchor })
    }

    /// The gateway's address.
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// The gateway's own certificate, or that of its own authority, in PEM; absent where the system's trust store is enough.
    pub fn anchor(&self) -> Option<&str> {
        self.anchor.as_deref()
    }

    /// What it is for. It can still be used afterwards.
    pub async fn preview(&self) -> Result<InvitationPreview, JoinError> {
        self.ask(&["v1", "join", "preview"], &PreviewInvitation { code: self.code.grouped() }).await
    }

    /// Uses it, on a computer that is called so. Within two minutes it may be used again, should the answer be lost.
    pub async fn join(&self, device: &str) -> Result<Joined, JoinError> {
        let device = device.chars().take(crate::wire::join::LONGEST_DEVICE).collect();
        self.ask(&["v1", "join"], &Join { code: self.code.grouped(), device }).await
    }

    async fn ask<T: DeserializeOwned>(&self, path: &[&str], body: &impl Serialize) -> Result<T, JoinError> {
        let body = serde_json::to_vec(body).map_err(|_| JoinError::NotNow)?;
        let request = Request::post_json(below(&self.address, path), Bytes::from(body));
        let answer = self.client.send(request).await.map_err(|error| broken(&error))?;
        match answer.status {
            200 | 201 => serde_json::from_slice(&answer.body).map_err(|_| JoinError::NotAGateway),
            _ => Err(refusal(&answer)),
        }
    }
}

fn below(address: &Url, path: &[&str]) -> Url {
    let mut url = address.clone();
    // An http address always has a path that can be extended.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}

fn broken(error: &net::Error) -> JoinError {
    match error {
        net::Error::NameNotFound { .. } => JoinError::NameNotFound,
        net::Error::NoNameServer { .. } => JoinError::NoNameServer,
        net::Error::Untrusted(_) => JoinError::Untrusted,
        net::Error::OtherCertificate => JoinError::OtherCertificate,
        net::Error::TooLarge { .. } | net::Error::InvalidUrl | net::Error::InvalidHeader => JoinError::NotAGateway,
        net::Error::TrustAnchor(_)
        | net::Error::Setup(_)
        | net::Error::Refused { .. }
        | net::Error::Connect(_)
        | net::Error::Timeout
        | net::Error::Transport(_)
        | net::Error::Handshake { .. }
        | net::Error::Closed { .. } => JoinError::NoAnswer,
    }
}

/// A gateway without invitations asks for a token wherever it is asked something.
fn refusal(answer: &Response) -> JoinError {
    let problem = serde_json::from_slice::<Problem>(&answer.body);
    let known = problem.as_ref().ok().and_then(|problem| JoinRefusal::of_code(&problem.error));
    match (known, answer.status, problem.is_ok()) {
        (Some(refused), ..) => JoinError::Refused(refused),
        (None, 429, _) => JoinError::TooOften,
        (None, 403, false) => JoinError::Forbidden,
        (None, 401 | 404 | 405 | 422, true) => JoinError::TooOld,
        (None, 500.., _) => JoinError::NotNow,
        (None, _, true) => JoinError::NotNow,
        (None, _, false) => JoinError::NotAGateway,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn refused(status: u16, body: &'static str) -> JoinError {
        refusal(&Response { status, headers: HeaderMap::new(), body: Bytes::from_static(body.as_bytes()) })
    }

    #[test]
    fn what_a_gateway_refuses_is_told_apart_from_what_is_none() {
        let body = |error: &str| format!("{{\"error\":\"{error}\",\"message\":\"m\",\"reference\":\"r\"}}").leak();
        for (status, known) in
            [(404, JoinRefusal::CodeUnknown), (409, JoinRefusal::CodeUsed), (410, JoinRefusal::CodeRevoked)]
        {
            assert_eq!(refused(status, body(known.code())), JoinError::Refused(known));
        }
        assert_eq!(refused(401, body("unauthorized")), JoinError::TooOld);
        assert_eq!(refused(404, body("notFound")), JoinError::TooOld);
        assert_eq!(refused(404, "<h1>Not found</h1>"), JoinError::NotAGateway);
        assert_eq!(refused(429, body("rateLimited")), JoinError::TooOften);
        assert_eq!(refused(403, "<h1>Forbidden</h1>"), JoinError::Forbidden);
        assert_eq!(refused(502, "<h1>Bad gateway</h1>"), JoinError::NotNow);
        assert_eq!(refused(503, body("storage")), JoinError::NotNow);
    }

    #[test]
    fn what_is_printed_of_an_invitation_is_its_host() {
        let link = JoinLink::read("trubka://join/calls.example.org/01234-56789-ABCDE-FGHJK").expect("a link");
        let settings = Settings::for_base(&link.address).expect("an address");
        let client = Client::new(settings).expect("a client");
        let invitation = Invitation { client, address: link.address.clone(), code: link.code.clone(), anchor: None };
        assert_eq!(format!("{invitation:?}"), "Invitation { host: Some(\"calls.example.org\"), .. }");
        assert!(!format!("{link:?}").contains("01234"));
    }
}
