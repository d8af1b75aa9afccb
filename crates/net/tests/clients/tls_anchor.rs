//! TLS: a connection's own anchor is trusted, nothing else beside the system's, for both clients.
//!
//! `tls/` holds a test authority and a server certificate of its own for 127.0.0.1, and one that vouches for itself
//! without saying what it is; the keys of the authority and of the last are thrown away.

use std::sync::Arc;

use futures_util::SinkExt;
use net::{Client, Error, Request, Settings, SocketRequest, read_anchors};
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

/// A server that answers "ok" to an HTTP request, and greets over a socket when `socket`.
async fn server(socket: bool) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(CERTIFICATE).unwrap()],
            PrivateKeyDer::from_pem_slice(KEY).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not trust the certificate breaks off here.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            if socket {
                let mut socket = accept_async(stream).await.unwrap();
                socket.send(Message::text("hello")).await.unwrap();
            } else {
                let mut head = [0; 4096];
                let _ = stream.read(&mut head).await.unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
                stream.flush().await.unwrap();
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
