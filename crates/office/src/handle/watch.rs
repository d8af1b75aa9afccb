//! Which extensions' sessions are kept, on makes that need one for each.

use std::sync::PoisonError;

use calls::ConnectionId;
use tokio::task::JoinHandle;

use super::OfficeHandle;

/// A session that is kept.
pub(super) struct Watched {
    task: JoinHandle<()>,
    /// The settings name it, so it is kept whoever else loses interest.
    configured: bool,
}

impl OfficeHandle {
    /// Keeps a session for this extension, on makes that need one; asking twice keeps one.
    pub fn watch_extension(&self, connection: &ConnectionId, extension: &str) {
        self.watch(connection, extension, false);
    }

    pub(super) fn watch(&self, connection: &ConnectionId, extension: &str, configured: bool) {
        let Some(known) = self.0.connections.get(connection) else { return };
        if !known.driver.capability().session_per_extension {
            return;
        }
        let key = (connection.clone(), extension.to_owned());
        let mut sessions = self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.entry(key).or_insert_with(|| {
            let task = tokio::spawn(self.link(known).keep_session(extension.to_owned()));
            Watched { task, configured }
        });
    }

    /// Ends the session of an extension that nobody wants any more, unless the settings name it; the PBX keeps its
    /// events from then on.
    pub fn unwatch_extension(&self, connection: &ConnectionId, extension: &str) {
        let Some(known) = self.0.connections.get(connection) else { return };
        let key = (connection.clone(), extension.to_owned());
        let watched = {
            let mut sessions = self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            if sessions.get(&key).is_none_or(|watched| watched.configured) {
                return;
            }
            sessions.remove(&key)
        };
        let Some(Watched { task, .. }) = watched else { return };
        let (link, extension) = (self.link(known), extension.to_owned());
        let ending = tokio::spawn(async move {
            ended(task).await;
            link.forget_session(&extension).await;
        });
        self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(ending);
    }

    /// Ends all sessions.
    pub(super) async fn end_sessions(&self) {
        let sessions = std::mem::take(&mut *self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner));
        let mut extensions = Vec::new();
        for (key, watched) in sessions {
            ended(watched.task).await;
            extensions.push(key);
        }
        for (connection, extension) in extensions {
            if let Some(connection) = self.0.connections.get(&connection) {
                self.link(connection).end_session(&extension).await;
            }
        }
    }
}

async fn ended(task: JoinHandle<()>) {
    task.abort();
    // An error says that it was aborted.
    let _ = task.await;
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc, time::Duration};

    use pbx::Make;
    use secrecy::SecretBox;
    use store::{Options, Store};
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

    #[tokio::test]
    async fn a_session_lasts_as_long_as_somebody_wants_it() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let store = Store::open_in(folder.path(), Options::owner("test")).expect("a store");
        let mut config = connection_config("m1", Make::MangoClient);
        let (base, mut asked) = vendor().await;
        config.base_url = Some(base);
        let id = config.id.clone();
        let config = OfficeConfig {
            name: "test".to_owned(),
            connections: vec![ConnectionSettings { config, extensions: vec!["101".to_owned()] }],
            lines: Vec::new(),
            groups: Vec::new(),
            people: Vec::new(),
            contacts: BTreeMap::new(),
            cache_dir: folder.path().join("recordings"),
            cache_key: SecretBox::new(Box::new([7; 32])),
        };
        let office = OfficeHandle::start(config, store, Arc::new(SystemClock)).await.expect("an office");
        let kept = || -> Vec<String> {
            let sessions = office.0.sessions.lock().expect("unpoisoned");
            sessions.keys().map(|(_, extension)| extension.clone()).collect()
        };
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
}
