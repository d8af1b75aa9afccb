//! Requests, answers and sockets without TLS.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use net::{Client, Content, Error, Frame, Refusal, Request, Settings, SocketRequest};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinSet,
    time::Instant,
};
use tokio_tungstenite::{
    accept_async,
    tungstenite::{
        Message,
        protocol::frame::{
            Frame as RawFrame,
            coding::{Data, OpCode},
        },
    },
};
use url::Url;

/// A server that reads a request's head and says `answer`; what it read and how often it was asked.
async fn server(answer: &'static [u8]) -> (Url, Arc<AtomicUsize>, tokio::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let (heads, received) = tokio::sync::mpsc::channel(8);
    let counted = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 4096];
            let length = stream.read(&mut head).await.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            heads.send(String::from_utf8_lossy(&head[..length]).into_owned()).await.unwrap();
            stream.write_all(answer).await.unwrap();
            if answer.is_empty() {
                std::future::pending::<()>().await;
            }
        }
    });
    (url, asked, received)
}

fn client(base: &Url) -> Client {
    Client::new(Settings::for_base(base).unwrap()).unwrap()
}

#[tokio::test]
async fn a_body_is_sent_byte_for_byte() {
    let (url, _, mut heads) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b\r\n\r\nok").await;
    let body = b"{\"a\": 1,\"b\": \"\\u0416\"}\n";
    let response = client(&url).send(Request::post_json(url, &body[..])).await.unwrap();
    assert_eq!((response.status, &response.body[..]), (200, &b"ok"[..]));
    assert_eq!(response.headers.get("x-a").unwrap(), "b");
    assert!(heads.recv().await.unwrap().as_bytes().ends_with(body));
}

#[tokio::test]
async fn redirects_are_answers_and_never_followed() {
    let (url, asked, _heads) = server(b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n").await;
    let response = client(&url).send(Request::get(url)).await.unwrap();
    assert_eq!((response.status, asked.load(Ordering::SeqCst)), (302, 1));
}

#[tokio::test]
async fn what_is_too_large_is_not_read() {
    let answers: [&'static [u8]; 2] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n01234567890123456789\r\n",
    ];
    for answer in answers {
        let (url, _, _heads) = server(answer).await;
        let mut request = Request::get(url.clone());
        request.cap = 10;
        assert_eq!(client(&url).send(request.clone()).await.unwrap_err(), Error::TooLarge { limit: 10 });
        assert_eq!(client(&url).download(request).await.unwrap_err(), Error::TooLarge { limit: 10 });
    }
}

#[tokio::test]
async fn silence_is_a_time_out_and_may_have_arrived() {
    let (url, _, _heads) = server(b"").await;
    let mut request = Request::get(url.join("secret?token=1").unwrap());
    request.timeout = Duration::from_millis(50);
    let error = client(&url).send(request).await.unwrap_err();
    assert_eq!((&error, error.unsent()), (&Error::Timeout, false));
}

#[tokio::test]
async fn nobody_there_means_that_nothing_was_sent() {
    let url: Url = "http://127.0.0.1:1/secret?token=1".parse().unwrap();
    let error = client(&url).send(Request::get(url)).await.unwrap_err();
    assert!(matches!(error, Error::Connect(_)) && error.unsent(), "{error:?}");
    assert!(!error.to_string().contains("token") && !format!("{error:?}").contains("secret"), "{error:?}");
}

#[tokio::test]
async fn a_broken_answer_may_have_acted() {
    let (url, _, _heads) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").await;
    let error = client(&url).send(Request::get(url.join("?token=1").unwrap())).await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)) && !error.unsent(), "{error:?}");
    assert!(!error.to_string().contains("token"), "{error}");
}

#[tokio::test]
async fn a_download_shows_what_it_is_and_then_streams() {
    let (url, _, _heads) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nID3sound").await;
    let mut download = client(&url).download(Request::get(url)).await.unwrap();
    assert_eq!((download.content(), download.content_length), (Content::Audio, Some(8)));
    assert_eq!(download.chunk().await.unwrap().unwrap(), "ID3sound");
    assert_eq!(download.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn a_download_that_breaks_off_says_so() {
    let (url, _, _heads) = server(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n\
          ID3012345678901234567890123456789012345678901234567890123456789012345678901234567\r\n",
    )
    .await;
    let download = client(&url).download(Request::get(url)).await.unwrap();
    let pieces: Vec<_> = download.into_stream().collect().await;
    assert!(pieces[0].is_ok() && matches!(pieces.last(), Some(Err(Error::Transport(_)))), "{pieces:?}");
}

#[tokio::test]
async fn other_hosts_are_refused_before_anything_is_sent() {
    let (url, asked, _heads) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let elsewhere: Url = "http://127.0.0.1:9/".parse().unwrap();
    let refused = client(&elsewhere).send(Request::get(url)).await.unwrap_err();
    assert!(matches!(refused, Error::Refused { why: Refusal::Private, .. }), "{refused:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let (url, _, _heads) = server(b"not TLS at all").await;
    let https: Url = url.as_str().replacen("http", "https", 1).parse().unwrap();
    let error = client(&https).send(Request::get(https)).await.unwrap_err();
    assert!(error.unsent(), "{error:?}");
}

#[test]
fn an_anchor_must_be_a_certificate() {
    for pem in [&b""[..], b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let refused = net::read_anchors(pem);
        assert!(matches!(&refused, Err(Error::TrustAnchor(why)) if !why.contains("authority")), "{refused:?}");
    }
}

#[tokio::test]
async fn a_socket_carries_text_and_signs_of_life() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("ws://{}/channel/1", listener.local_addr().unwrap()).parse().unwrap();
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut socket = accept_async(stream).await.unwrap();
        socket.send(Message::text("hello")).await.unwrap();
        socket.send(Message::Ping("x".into())).await.unwrap();
        let mut came = Vec::new();
        while let Some(Ok(message)) = socket.next().await {
            came.push(message);
        }
        came
    });
    let mut socket = client(&url).socket(SocketRequest::new(url.clone())).await.unwrap();
    assert_eq!(socket.next().await, Ok(Frame::Text("hello".to_owned())));
    assert_eq!(socket.next().await, Ok(Frame::Alive));
    socket.send_text("good day").await.unwrap();
    socket.ping().await.unwrap();
    assert_eq!(socket.next().await, Ok(Frame::Alive));
    socket.close().await;
    let came = server.await.unwrap();
    assert!(came.contains(&Message::text("good day")) && came.iter().any(Message::is_pong), "{came:?}");
}

#[tokio::test]
async fn a_text_that_is_no_utf_8_ends_no_socket_whose_texts_come_as_bytes() {
    let broken = &b"{\"a\": \"\xce\xf2\xe1\xee\xe9\"}"[..];
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("ws://{}/channel/1", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut socket = accept_async(stream).await.unwrap();
        let text = OpCode::Data(Data::Text);
        socket.send(Message::Frame(RawFrame::message(broken.to_vec(), text, true))).await.unwrap();
        socket.send(Message::Ping("x".into())).await.unwrap();
        socket.send(Message::text("y".repeat(70_000))).await.unwrap();
        socket.next().await;
    });
    let mut socket = client(&url).socket(SocketRequest::new(url.clone()).lenient()).await.unwrap();
    assert_eq!(socket.next().await, Ok(Frame::Binary(broken.into())));
    assert_eq!(socket.next().await, Ok(Frame::Alive));
    assert_eq!(socket.next().await, Ok(Frame::Binary("y".repeat(70_000).into())));
}

#[tokio::test]
async fn a_message_over_the_cap_is_left_out_where_none_may_end_the_socket() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("ws://{}/", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut socket = accept_async(stream).await.unwrap();
        socket.send(Message::text("[".repeat(10 << 20))).await.unwrap();
        socket.send(Message::text("next")).await.unwrap();
        socket.next().await;
    });
    let mut socket = client(&url).socket(SocketRequest::new(url.clone()).lenient()).await.unwrap();
    assert_eq!(socket.next().await, Ok(Frame::LeftOut { bytes: 10 << 20 }));
    assert_eq!(socket.next().await, Ok(Frame::Binary("next".into())));
}

#[tokio::test]
async fn a_refused_handshake_has_its_status() {
    let (url, _, _heads) = server(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n").await;
    let error = client(&url).socket(SocketRequest::new(url)).await.unwrap_err();
    assert_eq!(error, Error::Handshake { status: 401 });
}

#[tokio::test]
async fn a_message_over_the_cap_ends_the_socket() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("ws://{}/", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut socket = accept_async(stream).await.unwrap();
        socket.send(Message::text("x".repeat(100))).await.unwrap();
        let _ = socket.next().await;
    });
    let mut request = SocketRequest::new(url.clone());
    request.cap = 10;
    let mut socket = client(&url).socket(request).await.unwrap();
    assert_eq!(socket.next().await, Err(Error::TooLarge { limit: 10 }));
}

#[test]
fn requests_and_answers_print_no_path_query_header_or_body() {
    let url: url::Url = "https://pbx.example/secret?token=secret".parse().unwrap();
    let mut request = net::Request::post_json(url.clone(), "secret");
    request.headers.insert("x-any", http::HeaderValue::from_static("secret"));
    let mut headers = http::HeaderMap::new();
    headers.insert("location", http::HeaderValue::from_static("secret"));
    let response = net::Response { status: 200, headers, body: bytes::Bytes::from_static(b"secret") };
    let printed = format!("{request:?} {response:?} {:?}", net::SocketRequest::new(url));
    assert!(printed.contains("pbx.example") && !printed.contains("secret"), "{printed}");
}

/// What stands in the queue of a server, and what waits for a place in it.
type Queue = (Vec<TcpStream>, JoinSet<std::io::Result<TcpStream>>);

/// Fills the queue of a server that accepts nothing, so that further connections are not made.
async fn full_queue() -> (TcpListener, Url, Queue) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = JoinSet::new();
    (0..4).for_each(|_| drop(waiting.spawn(TcpStream::connect(address))));
    // As many as it has room for: the others wait.
    let queued = vec![
        waiting.join_next().await.unwrap().unwrap().unwrap(),
        waiting.join_next().await.unwrap().unwrap().unwrap(),
    ];
    (listener, format!("http://{address}/").parse().unwrap(), (queued, waiting))
}

#[tokio::test]
async fn a_connection_that_is_made_too_late_carries_no_request() {
    let (listener, url, _waiting) = full_queue().await;
    let client = client(&url);
    let path = |path: &str| url.join(path).unwrap();
    let in_time = Some(Instant::now() + Duration::from_millis(300));
    let late = client.send(Request { connected_by: in_time, ..Request::post_json(path("late"), "{}") }).await;
    let error = late.unwrap_err();
    assert!(matches!(error, Error::Connect(_)) && error.unsent(), "{error}");
    let (heads, mut received) = tokio::sync::mpsc::channel(8);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let heads = heads.clone();
            tokio::spawn(async move {
                let mut head = vec![0; 4096];
                let Ok(length @ 1..) = stream.read(&mut head).await else { return };
                heads.send(String::from_utf8_lossy(&head[..length]).into_owned()).await.unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
            });
        }
    });
    // The system tries the late one again before this.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let in_time = Some(Instant::now() + Duration::from_secs(10));
    let sent = Request { connected_by: in_time, ..Request::post_json(path("in-time"), "{}") };
    assert_eq!(client.send(sent).await.unwrap().status, 200);
    assert!(received.recv().await.unwrap().starts_with("POST /in-time"), "the other was never sent");
}
