//! Which sessions an office keeps.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use secrecy::SecretBox;
use store::{Options, Store, SystemRandom};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};

use super::*;
use crate::{
    clock::SystemClock,
    settings::{ConnectionSettings, OfficeConfig},
    testing::connection_config,
};

/// A PBX that refuses everything, and what it is asked.
async fn vendor() -> (url::Url, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let (tell, asked) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 4096];
            let length = stream.read(&mut head).await.unwrap_or_default();
            // A test that has seen enough does not listen any more.
            let _ = tell.send(String::from_utf8_lossy(&head[..length]).into_owned());
            let refused = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = stream.write_all(refused).await;
        }
    });
    (base.parse().expect("a URL"), asked)
}

async fn office(folder: &tempfile::TempDir, base: url::Url, extensions: &[&str]) -> (OfficeHandle, ConnectionId) {
    let store = Store::open_in(folder.path(), Options::owner("test", SystemRandom)).expect("a store");
    let mut config = connection_config("m1", pbx::mango_client::MAKE);
    config.base_url = Some(base);
    let id = config.id.clone();
    let extensions = extensions.iter().map(|extension| (*extension).to_owned()).collect();
    let config = OfficeConfig {
        name: "test".to_owned(),
        connections: vec![ConnectionSettings { config, extensions, has_address: true }],
        lines: Vec::new(),
        groups: Vec::new(),
        people: Vec::new(),
        contacts: BTreeMap::new(),
        routing: Default::default(),
        cache_dir: folder.path().join("recordings"),
        cache_key: SecretBox::new(Box::new([7; 32])),
    };
    (OfficeHandle::start(config, store, Arc::new(SystemClock)).await.expect("an office"), id)
}

/// A PBX that answers nothing before so many sessions are ended at the same time.
async fn vendor_of_a_crowd(crowd: usize) -> (url::Url, Arc<tokio::sync::Barrier>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    // The test waits with them.
    let together = Arc::new(tokio::sync::Barrier::new(crowd + 1));
    let barrier = Arc::clone(&together);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let barrier = Arc::clone(&barrier);
            tokio::spawn(async move {
                let mut head = vec![0; 4096];
                let length = stream.read(&mut head).await.unwrap_or_default();
                if String::from_utf8_lossy(&head[..length]).contains("/session/unregister") {
                    barrier.wait().await;
                }
                let refused = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                let _ = stream.write_all(refused).await;
            });
        }
    });
    (base.parse().expect("a URL"), together)
}

#[tokio::test]
async fn a_shutdown_ends_all_sessions_side_by_side() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let extensions: Vec<String> = (101..151).map(|extension| extension.to_string()).collect();
    let extensions: Vec<&str> = extensions.iter().map(String::as_str).collect();
    let (base, together) = vendor_of_a_crowd(extensions.len()).await;
    let (office, _) = office(&folder, base, &extensions).await;
    let all_at_once = async { tokio::join!(office.shutdown(), together.wait()) };
    tokio::time::timeout(Duration::from_secs(20), all_at_once).await.expect("none waits for another");
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_pbx_that_is_silent() {
    let folder = tempfile::TempDir::new().expect("a folder");
    // One more than there are, so none is ever answered.
    let (base, _together) = vendor_of_a_crowd(2).await;
    let (office, _) = office(&folder, base, &["101"]).await;
    tokio::time::timeout(Duration::from_secs(10), office.shutdown()).await.expect("it stops all the same");
}

#[tokio::test]
async fn a_session_that_is_wanted_again_waits_for_the_end_of_the_one_before() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let (base, mut asked) = vendor().await;
    let (office, id) = office(&folder, base, &[]).await;
    let mut next = async || {
        let request = tokio::time::timeout(Duration::from_secs(10), asked.recv()).await.expect("in time");
        request.expect("goes on").lines().next().unwrap_or_default().to_owned()
    };
    office.watch_extension(&id, "101");
    assert!(next().await.contains("/channel"));
    office.unwatch_extension(&id, "101");
    office.watch_extension(&id, "101");
    let then = [next().await, next().await];
    assert!(then[0].contains("/session/unregister") && then[1].contains("/channel"), "{then:?}");
    office.shutdown().await;
}

#[tokio::test]
async fn a_session_lasts_as_long_as_somebody_wants_it() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let (base, mut asked) = vendor().await;
    let (office, id) = office(&folder, base, &["101"]).await;
    let kept = || -> Vec<String> { office.work.sessions.kept().into_iter().map(|(_, extension)| extension).collect() };
    for extension in ["101", "102", "102"] {
        office.watch_extension(&id, extension);
    }
    assert_eq!(kept(), ["101", "102"]);
    for extension in ["101", "102", "103"] {
        office.unwatch_extension(&id, extension);
    }
    assert_eq!(kept(), ["101"], "the settings name it");
    let ended = async { while !asked.recv().await.expect("goes on").contains("/session/unregister") {} };
    tokio::time::timeout(Duration::from_secs(10), ended).await.expect("the PBX is told to keep the events");
    office.shutdown().await;
    assert!(kept().is_empty());
}
