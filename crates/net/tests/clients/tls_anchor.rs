//! TLS: a connection's own anchor is trusted, nothing else beside the system's, for both clients.
//!
//! `tls/` holds a test authority and a server certificate of its own for 127.0.0.1, one that vouches for itself without
//! saying what it is, and two with one key that vouch for themselves as authorities, one of which has expired; the keys of
//! the authority and of the one that says nothing are thrown away.

use std::sync::Arc;

use futures_util::SinkExt;
use net::{
    Client, Error, Fingerprint, Request, Settings, SocketRequest, fetch_certificate, read_anchors, read_certificates,
};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::{accept_async, tungstenite::Message};
use url::Url;

const AUTHORITY: &[u8] = include_bytes!("tls/ca.pem");
const CERTIFICATE: &[u8] = include_bytes!("tls/server.pem");
const ALONE: &[u8] = include_bytes!("tls/alone.pem");
const KEY: &[u8] = include_bytes!("tls/server.key");
const SELF_SIGNED: &[u8] = include_bytes!("tls/self-signed.pem");
const EXPIRED: &[u8] = include_bytes!("tls/expired.pem");
const SELF_SIGNED_KEY: &[u8] = include_bytes!("tls/self-signed.key");

/// A server that answers "ok" to an HTTP request, and greets over a socket when `socket`.
async fn server(socket: bool) -> Url {
    let greeting = if socket { Answer::Greeting } else { Answer::Body(b"ok") };
    server_with(CERTIFICATE, KEY, greeting).await
}

/// What a server does with whoever comes.
#[derive(Clone, Copy)]
enum Answer {
    Body(&'static [u8]),
    Greeting,
}

async fn server_with(certificate: &[u8], key: &[u8], answer: Answer) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(certificate).unwrap()],
            PrivateKeyDer::from_pem_slice(key).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not trust the certificate breaks off here.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            match answer {
                Answer::Greeting => {
                    let mut socket = accept_async(stream).await.unwrap();
                    socket.send(Message::text("hello")).await.unwrap();
                }
                Answer::Body(body) => {
                    let mut head = [0; 4096];
                    // Who only goes the way to here asks nothing.
                    if stream.read(&mut head).await.unwrap() == 0 {
                        continue;
                    }
                    let length = body.len();
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
                    stream.write_all(head.as_bytes()).await.unwrap();
                    stream.write_all(body).await.unwrap();
                    stream.flush().await.unwrap();
                }
            }
        }
    });
    url
}

fn client(base: &Url, anchor: Option<&[u8]>) -> Client {
    let mut settings = Settings::for_base(base).unwrap();
    settings.anchors = anchor.map(|pem| read_anchors(pem).unwrap()).unwrap_or_default();
    Client::new(settings).unwrap()
}

#[tokio::test]
async fn the_connections_own_authority_is_trusted() {
    let url = server(false).await;
    let response = client(&url, Some(AUTHORITY)).send(Request::get(url)).await.unwrap();
    assert_eq!(response.body, "ok");
    let url = server(true).await;
    let mut socket = client(&url, Some(AUTHORITY)).socket(SocketRequest::new(url)).await.unwrap();
    assert_eq!(socket.next().await, Ok(net::Frame::Text("hello".to_owned())));
}

#[test]
fn a_servers_own_certificate_is_no_anchor() {
    assert_eq!(read_anchors(AUTHORITY).map(|anchors| anchors.len()), Ok(1));
    for leaf in [CERTIFICATE, ALONE, &[AUTHORITY, CERTIFICATE].concat()] {
        let refused = read_anchors(leaf).unwrap_err().to_string();
        assert!(refused.contains("no authority's") && refused.contains("authority that issued it"), "{refused}");
    }
}

#[tokio::test]
async fn without_it_the_certificate_is_refused_and_nothing_sent() {
    let url = server(false).await;
    let refused = client(&url, None).send(Request::get(url.clone())).await.unwrap_err();
    assert!(matches!(refused, Error::Untrusted(_)) && refused.unsent(), "{refused:?}");
    let refused = client(&url, None).socket(SocketRequest::new(url)).await.unwrap_err();
    assert!(matches!(refused, Error::Untrusted(_)) && refused.unsent(), "{refused:?}");
}

#[tokio::test]
async fn a_name_that_the_certificate_does_not_hold_is_refused() {
    let url = server(false).await;
    let other: Url = url.as_str().replacen("127.0.0.1", "127.0.0.2", 1).parse().unwrap();
    let refused = client(&other, Some(AUTHORITY)).send(Request::get(other)).await.unwrap_err();
    assert!(refused.unsent(), "{refused:?}");
}

fn fingerprint(pem: &[u8]) -> Fingerprint {
    use sha2::{Digest, Sha256};
    Sha256::digest(CertificateDer::from_pem_slice(pem).unwrap()).into()
}

#[tokio::test]
async fn the_certificate_with_the_right_fingerprint_is_fetched_from_a_server_that_nobody_vouches_for_yet() {
    let both = [CERTIFICATE, AUTHORITY].concat().leak();
    let url = server_with(CERTIFICATE, KEY, Answer::Body(both)).await;
    let fetched = fetch_certificate(&url, &fingerprint(AUTHORITY)).await.unwrap().unwrap();
    assert_eq!(read_certificates(fetched.as_bytes()).unwrap(), read_anchors(AUTHORITY).unwrap());
    for other in [fingerprint(ALONE), [0; 32]] {
        assert_eq!(fetch_certificate(&url, &other).await, Err(Error::OtherCertificate));
    }
    let no_certificate = server(false).await;
    assert_eq!(fetch_certificate(&no_certificate, &fingerprint(AUTHORITY)).await, Err(Error::OtherCertificate));
}

#[tokio::test]
async fn a_server_whose_own_certificate_is_trusted_is_reached_also_where_it_is_an_authoritys() {
    let url = server_with(SELF_SIGNED, SELF_SIGNED_KEY, Answer::Body(b"ok")).await;
    let client = |pem: &[u8], url: &Url| {
        let mut settings = Settings::for_base(url).unwrap();
        settings.anchors = read_certificates(pem).unwrap();
        Client::new(settings).unwrap()
    };
    assert_eq!(client(SELF_SIGNED, &url).send(Request::get(url.clone())).await.unwrap().body, "ok");
    for other in [AUTHORITY, ALONE, EXPIRED] {
        let refused = client(other, &url).send(Request::get(url.clone())).await.unwrap_err();
        assert!(matches!(refused, Error::Untrusted(_)), "{refused:?}");
    }
    let elsewhere: Url = url.as_str().replacen("127.0.0.1", "127.0.0.2", 1).parse().unwrap();
    assert!(client(SELF_SIGNED, &elsewhere).send(Request::get(elsewhere)).await.unwrap_err().unsent());
    let expired = server_with(EXPIRED, SELF_SIGNED_KEY, Answer::Body(b"ok")).await;
    let refused = client(EXPIRED, &expired).send(Request::get(expired)).await.unwrap_err();
    assert!(matches!(&refused, Error::Untrusted(why) if why.contains("expired")), "{refused:?}");
}

#[tokio::test]
async fn the_way_to_a_server_is_told_place_by_place_with_what_is_wrong_with_its_certificate() {
    use net::{
        CertificateFault::{NotNow, OtherName, Untrusted},
        NotReached,
    };
    let until = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    let url = server(false).await;
    let (reached, outcome) = client(&url, Some(AUTHORITY)).reach(&url, until).await;
    assert!(outcome.is_ok() && reached.name.is_some() && reached.connection.is_some() && reached.tls.is_some());

    let (reached, outcome) = client(&url, None).reach(&url, until).await;
    assert!(matches!(outcome, Err(NotReached::Certificate(Untrusted, Error::Untrusted(_)))), "{outcome:?}");
    assert!(reached.connection.is_some() && reached.tls.is_none(), "{reached:?}");
    let other: Url = url.as_str().replacen("127.0.0.1", "127.0.0.2", 1).parse().unwrap();
    let outcome = client(&other, Some(AUTHORITY)).reach(&other, until).await.1;
    assert!(matches!(outcome, Err(NotReached::Certificate(OtherName, _) | NotReached::Closed(_))), "{outcome:?}");

    let expired = server_with(EXPIRED, SELF_SIGNED_KEY, Answer::Body(b"ok")).await;
    let mut settings = Settings::for_base(&expired).unwrap();
    settings.anchors = read_certificates(EXPIRED).unwrap();
    let outcome = Client::new(settings).unwrap().reach(&expired, until).await.1;
    assert!(matches!(outcome, Err(NotReached::Certificate(NotNow, _))), "{outcome:?}");

    let plain: Url = url.as_str().replacen("https", "http", 1).parse().unwrap();
    let (reached, outcome) = client(&plain, None).reach(&plain, until).await;
    assert!(outcome.is_ok() && reached.tls.is_none() && reached.connection.is_some(), "{outcome:?}");
    // A port that nobody else has, and at which nobody listens.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let closed: Url = format!("https://{}/", socket.local_addr().unwrap()).parse().unwrap();
    let (reached, outcome) = client(&closed, None).reach(&closed, until).await;
    assert!(matches!(outcome, Err(NotReached::Closed(Error::Connect(_)))), "{outcome:?}");
    assert_eq!(reached.connection, None);
    let nowhere: Url = "https://nobody.invalid/".parse().unwrap();
    let outcome = client(&nowhere, None).reach(&nowhere, until).await.1;
    assert!(matches!(outcome, Err(NotReached::Name(_))), "{outcome:?}");
}
