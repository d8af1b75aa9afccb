//! Requests to a gateway and what their answers amount to.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use bytes::Bytes;
use http::{Method, header::RETRY_AFTER};
use net::{Client, Request, Response, Settings};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

use crate::{
    error::{OfficeError, OfficeErrorKind},
    problem::{Problem, kind_of},
};

/// A gateway's own errors are short; whole calls and peaks are not.
const CAP: u64 = 16 << 20;
/// A gateway answers a command once it is in its log. Whoever gives up sooner knows less: whether it acted.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(45);

/// What a gateway is shown, by every clone: another takes its place without a new stream. It has no `Debug`, so nothing that
/// holds it can be printed by accident.
#[derive(Clone)]
struct Token(Arc<RwLock<SecretString>>);

/// The client of one gateway.
#[derive(Clone)]
pub(super) struct Http {
    client: Client,
    address: Arc<Url>,
    token: Token,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("host", &self.address.host_str()).finish_non_exhaustive()
    }
}

impl Http {
    pub(super) fn new(address: Url, token: SecretString, anchor: Option<&[u8]>) -> Result<Self, OfficeError> {
        let mut settings = Settings::for_base(&address).map_err(|error| broken(&error))?;
        if let Some(pem) = anchor {
            settings.anchors =
                net::read_certificates(pem).map_err(|error| OfficeError::invalid("anchor", error.to_string()))?;
        }
        let client = Client::new(settings).map_err(|error| broken(&error))?;
        Ok(Self { client, address: Arc::new(address), token: Token(Arc::new(RwLock::new(token))) })
    }

    pub(super) fn address(&self) -> &Url {
        &self.address
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn token(&self) -> SecretString {
        self.token.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Shows another token from now on.
    pub(super) fn use_token(&self, token: SecretString) {
        *self.token.0.write().unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// The address of a path below the gateway's.
    pub(super) fn url(&self, path: &[&str]) -> Url {
        let mut url = Url::clone(&self.address);
        // An http address always has a path that can be extended.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// Sends with the token.
    pub(super) async fn send(&self, mut request: Request) -> Result<Response, OfficeError> {
        request.cap = CAP;
        let request = request.bearer(self.token().expose_secret()).map_err(|_| unsendable_token())?;
        self.client.send(request).await.map_err(|error| broken(&error))
    }

    /// An address of the gateway with parameters.
    fn url_with(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.url(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// Reads one thing that must be there.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, OfficeError> {
        self.get_with(path, &[]).await
    }

    /// The same with parameters.
    pub(super) async fn get_with<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, OfficeError> {
        let response = self.send(Request::get(self.url_with(path, query))).await?;
        read(&response, &[200])
    }

    /// Reads a text that must be there.
    pub(super) async fn text(&self, path: &[&str]) -> Result<String, OfficeError> {
        let response = self.send(Request::get(self.url(path))).await?;
        if response.status != 200 {
            return Err(refusal(&response));
        }
        String::from_utf8(response.body.into()).map_err(|_| not_a_gateway())
    }

    /// Reads one thing that may not be there.
    pub(super) async fn find<T: DeserializeOwned>(&self, path: &[&str]) -> Result<Option<T>, OfficeError> {
        self.find_with(path, &[]).await
    }

    /// The same with parameters.
    pub(super) async fn find_with<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Option<T>, OfficeError> {
        match self.get_with(path, query).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind == OfficeErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks for something that must not be done twice: a lost answer is an unknown outcome.
    pub(super) async fn act<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, OfficeError> {
        let mut request = self.post(path, body)?;
        request.timeout = COMMAND_TIMEOUT;
        request.cap = CAP;
        let request = request.bearer(self.token().expose_secret()).map_err(|_| unsendable_token())?;
        let response =
            self.client.send(request).await.map_err(|error| if error.unsent() { broken(&error) } else { lost() })?;
        outcome(&response)
    }

    /// Hands over something that may be handed over twice.
    pub(super) async fn put_down(&self, path: &[&str], body: &impl Serialize) -> Result<(), OfficeError> {
        let response = self.send(self.post(path, body)?).await?;
        if (200..300).contains(&response.status) { Ok(()) } else { Err(refusal(&response)) }
    }

    /// Changes something that is the same however often it is changed so, and reads what came of it.
    pub(super) async fn change<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, OfficeError> {
        let request = Request { method, ..self.post(path, body)? };
        let response = self.send(request).await?;
        read(&response, &[200, 201])
    }

    /// Asks for something that takes a while at the other end, and changes nothing there.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
        patience: Duration,
    ) -> Result<T, OfficeError> {
        let request = Request { timeout: patience, ..self.post(path, body)? };
        read(&self.send(request).await?, &[200])
    }

    /// Puts something in the place of what was there.
    pub(super) async fn put(&self, path: &[&str], body: &impl Serialize) -> Result<(), OfficeError> {
        let response = self.send(Request { method: Method::PUT, ..self.post(path, body)? }).await?;
        if (200..300).contains(&response.status) { Ok(()) } else { Err(refusal(&response)) }
    }

    /// Takes something away.
    pub(super) async fn remove(&self, path: &[&str]) -> Result<(), OfficeError> {
        self.remove_with(path, &[]).await
    }

    /// The same with parameters.
    pub(super) async fn remove_with(&self, path: &[&str], query: &[(&str, &str)]) -> Result<(), OfficeError> {
        let response = self.send(Request::new(Method::DELETE, self.url_with(path, query))).await?;
        if (200..300).contains(&response.status) { Ok(()) } else { Err(refusal(&response)) }
    }

    fn post(&self, path: &[&str], body: &impl Serialize) -> Result<Request, OfficeError> {
        let body = serde_json::to_vec(body)
            .map_err(|_| OfficeError::new(OfficeErrorKind::Protocol, "The request cannot be written as JSON."))?;
        Ok(Request::post_json(self.url(path), Bytes::from(body)))
    }
}

/// What came of a command. Only a gateway's own words say that it did not act: a failure without them may come from
/// something between us that gave up on a gateway which did.
fn outcome<T: DeserializeOwned>(response: &Response) -> Result<T, OfficeError> {
    match response.status {
        200..300 => serde_json::from_slice(&response.body).map_err(|_| lost()),
        500.. if serde_json::from_slice::<Problem>(&response.body).is_err() => Err(lost()),
        _ => Err(refusal(response)),
    }
}

fn lost() -> OfficeError {
    OfficeError::new(
        OfficeErrorKind::UnknownOutcome,
        "The gateway's answer was lost: it may have acted all the same. Look whether it did before trying again.",
    )
}

fn read<T: DeserializeOwned>(response: &Response, good: &[u16]) -> Result<T, OfficeError> {
    if !good.contains(&response.status) {
        return Err(refusal(response));
    }
    serde_json::from_slice(&response.body).map_err(|_| not_a_gateway())
}

/// What an answer that is no success amounts to.
pub(super) fn refusal(response: &Response) -> OfficeError {
    let mut error = match serde_json::from_slice::<Problem>(&response.body) {
        Ok(problem) => problem.into_error(response.status),
        Err(_) => {
            let kind = kind_of(response.status);
            let status = response.status;
            // A gateway says in its own words why it forbids something.
            let message = if kind == OfficeErrorKind::Forbidden {
                "Something before the gateway, such as a proxy or a firewall, lets nobody through from this computer; ask \
                 your administrator for access."
                    .to_owned()
            } else {
                format!("The gateway, or something before it, answered with status {status}.")
            };
            OfficeError::new(kind, message)
        }
    };
    if error.retry_after.is_none() {
        let header = response.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        error.retry_after = header.and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
    }
    error
}

/// What a failed exchange amounts to. [`net::Error`] names hosts, never paths or queries.
pub(super) fn broken(error: &net::Error) -> OfficeError {
    let kind = match error {
        net::Error::InvalidUrl
        | net::Error::InvalidHeader
        | net::Error::TrustAnchor(_)
        | net::Error::Refused { .. } => OfficeErrorKind::InvalidRequest,
        net::Error::Setup(_)
        | net::Error::NameNotFound { .. }
        | net::Error::NoNameServer { .. }
        | net::Error::OtherCertificate
        | net::Error::Connect(_)
        | net::Error::Untrusted(_)
        | net::Error::Timeout
        | net::Error::Transport(_)
        | net::Error::Closed { .. } => OfficeErrorKind::Unreachable,
        net::Error::TooLarge { .. } => OfficeErrorKind::Protocol,
        net::Error::Handshake { status } => kind_of(*status),
    };
    OfficeError::new(kind, format!("The gateway cannot be used: {error}."))
}

pub(super) fn unsendable_token() -> OfficeError {
    OfficeError::new(OfficeErrorKind::Unauthorized, "The token has characters that cannot be sent; paste it again.")
}

pub(super) fn not_a_gateway() -> OfficeError {
    OfficeError::new(
        OfficeErrorKind::Protocol,
        "What answers is no Trubka gateway, or one of another version; check the address.",
    )
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use serde_json::Value;

    use super::*;

    fn came_of(status: u16, body: &'static str) -> Result<Value, OfficeErrorKind> {
        let response = Response { status, headers: HeaderMap::new(), body: Bytes::from_static(body.as_bytes()) };
        outcome(&response).map_err(|error| error.kind)
    }

    #[test]
    fn only_the_gateways_own_words_say_that_a_command_did_not_act() {
        let unknown = Err(OfficeErrorKind::UnknownOutcome);
        for status in [500, 502, 503, 504, 520, 599] {
            assert_eq!(came_of(status, "<h1>Bad Gateway</h1>"), unknown, "{status}");
        }
        for (status, body) in [(200, "<h1>Welcome</h1>"), (202, ""), (204, "")] {
            assert_eq!(came_of(status, body), unknown, "{status}");
        }
        assert_eq!(came_of(202, "{\"state\":\"sent\"}"), Ok(serde_json::json!({"state": "sent"})));
    }

    #[test]
    fn what_is_printed_of_a_gateway_is_its_host() {
        let address = "https://calls.example.org/trubka/".parse().expect("an address");
        let http = Http::new(address, SecretString::from("a token"), None).expect("is set up");
        assert_eq!(format!("{http:?}"), "Http { host: Some(\"calls.example.org\"), .. }");
    }

    #[test]
    fn what_the_gateway_refuses_is_refused() {
        let body = |error: &str| format!("{{\"error\":\"{error}\",\"message\":\"m\",\"reference\":\"r\"}}");
        for (status, error, kind) in [
            (502, "unreachable", OfficeErrorKind::Unreachable),
            (503, "storage", OfficeErrorKind::Storage),
            (504, "unknownOutcome", OfficeErrorKind::UnknownOutcome),
            (422, "unsupported", OfficeErrorKind::Unsupported),
            (403, "forbidden", OfficeErrorKind::Forbidden),
        ] {
            assert_eq!(came_of(status, body(error).leak()), Err(kind), "{status}");
        }
        assert_eq!(came_of(413, "too large"), Err(OfficeErrorKind::InvalidRequest));
    }

    #[test]
    fn what_forbids_before_the_gateway_is_named_with_what_to_do() {
        let body = Bytes::from_static(b"<h1>403 Forbidden</h1>");
        let error = refusal(&Response { status: 403, headers: HeaderMap::new(), body });
        assert_eq!(error.kind, OfficeErrorKind::Forbidden);
        assert!(error.message.contains("before the gateway") && error.message.contains("ask your"), "{error}");
    }
}
