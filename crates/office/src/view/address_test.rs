//! A test of the way from outside: a message as the PBX would post it, sent to the connection's public address and awaited at
//! our own door.

use std::time::Duration;

use calls::ConnectionId;
use http::{HeaderName, HeaderValue, Method};
use link::{
    OfficeError, OfficeErrorKind,
    wire::{AuditAction, TEST_SECONDS, TestReport, TestWish},
};
use pbx::{TestWatch, WebhookRequest};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{View, storage};
use crate::{
    address_test::{Sent, Tested},
    outside::Door,
};

/// A PBX reads no more of an answer either.
const ANSWER_BYTES: u64 = 64 << 10;

impl View {
    /// Sends a message of the PBX to the connection's public address and waits until it comes in.
    pub(super) async fn send_test(&self, id: &ConnectionId, wish: TestWish) -> Result<TestReport, OfficeError> {
        self.admins_only()?;
        if !TEST_SECONDS.contains(&wish.seconds) {
            return Err(OfficeError::invalid("seconds", "wait from 1 to 30 seconds"));
        }
        let missing = || OfficeError::new(OfficeErrorKind::NotFound, "there is no such connection, or it is paused");
        let driver = &self.office.connections.get(id).ok_or_else(missing)?.driver;
        if driver.make().test_messages.is_empty() {
            let message = "this PBX does not post to an address, so there is none to test";
            return Err(OfficeError::new(OfficeErrorKind::Unsupported, message));
        }
        let outside = self.office.outside();
        let nowhere = || {
            let message = "no address is known at which PBXs reach this office; set public_url in gateway.toml and start \
                           the gateway anew";
            OfficeError::new(OfficeErrorKind::NoAddress, message)
        };
        let door = outside.door.as_ref().ok_or_else(nowhere)?;
        let unknown_office = || OfficeError::new(OfficeErrorKind::Unsupported, "this office tests no addresses");
        let call = driver.test_call(self.random()?).ok_or_else(unknown_office)?;
        let at = self.office.clock.now();
        let unknown =
            || OfficeError::invalid("message", "this connection has no such message; give one of testMessages");
        let message = driver.test_message(&wish.message, &call, at).ok_or_else(unknown)?;
        let message = message.map_err(|error| OfficeError::invalid("message", error.to_string()))?;
        let client = client(door)?;
        let request = request(&door.address_of(id), message)?;
        let busy = || {
            let message = "a test of this connection is under way; wait until it has ended";
            OfficeError::new(OfficeErrorKind::Conflict, message)
        };
        let watch = driver.await_test(&call).ok_or_else(busy)?;
        let detail = format!("{}, {} s at most", wish.message, wish.seconds);
        let entry = self.noted(AuditAction::TestedAddress, id.as_str(), detail);
        self.office.store.audit(entry).await.map_err(|error| storage(&error))?;
        let tested = run(&client, request, watch, Duration::from_secs(wish.seconds.into())).await;
        Ok(TestReport {
            connection: id.clone(),
            at,
            address: door.shown_address_of(id),
            stages: tested.stages(),
            cause: tested.cause(),
            status: tested.status(),
            detail: tested.detail(),
        })
    }

    /// Bytes that nobody can guess.
    fn random(&self) -> Result<[u8; 16], OfficeError> {
        let mut random = [0; 16];
        let failed =
            |_| OfficeError::new(OfficeErrorKind::Storage, "there is no randomness on this computer now; try again");
        self.office.store.random().fill(&mut random).map_err(failed)?;
        Ok(random)
    }
}

async fn run(client: &net::Client, mut request: net::Request, mut watch: TestWatch, patience: Duration) -> Tested {
    let is_encrypted = request.url.scheme() == "https";
    let until = Instant::now() + patience;
    let (reached, way) = client.reach(&request.url, until).await;
    let mut sent = None;
    if way.is_ok() {
        let at = Instant::now();
        request.timeout = until.saturating_duration_since(at);
        let answer = client.send(request).await.map(|answer| answer.status);
        let took = at.elapsed();
        // Something on the way may take the message first and pass it on then. Who gave it up has passed nothing on.
        if answer.as_ref().is_ok_and(|status| (200..300).contains(status)) {
            // What was seen until then is all that there is.
            let _ = timeout_at(until, watch.done()).await;
        }
        sent = Some(Sent { at, answer, took });
    }
    Tested { is_encrypted, reached, way, sent, seen: watch.seen() }
}

fn client(door: &Door) -> Result<net::Client, OfficeError> {
    let unusable = |error: net::Error| {
        let message =
            format!("public_url: {error}; write the address as PBXs call it, such as https://calls.example.org");
        OfficeError::new(OfficeErrorKind::NoAddress, message)
    };
    let mut settings = net::Settings::for_base(&door.public_url).map_err(unusable)?;
    if !door.authority.is_empty() {
        settings.anchors = net::read_certificates(&door.authority).map_err(unusable)?;
    }
    net::Client::new(settings).map_err(unusable)
}

/// The message as it goes over the wire.
fn request(address: &str, message: WebhookRequest) -> Result<net::Request, OfficeError> {
    let wrong = || OfficeError::invalid("message", "this message cannot be sent over HTTP");
    let url = Url::parse(&format!("{address}{}", message.path)).map_err(|_| wrong())?;
    let method = Method::from_bytes(message.method.as_bytes()).map_err(|_| wrong())?;
    let mut request = net::Request::new(method, url);
    request.cap = ANSWER_BYTES;
    for (name, value) in &message.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        let mut value = HeaderValue::from_bytes(value).map_err(|_| wrong())?;
        value.set_sensitive(true);
        request.headers.append(name, value);
    }
    request.body = message.body;
    Ok(request)
}
