//! Tokens that end are renewed while there is time.

use std::{sync::Arc, time::Duration};

use desk::contract::ContractError;
use jiff::Timestamp;
use own::NoKeyring;
use secrecy::SecretString;
use store::Store;

use super::{
    Offices,
    kept::{self, KeptOffice, Life},
};
use crate::secrets;

/// When it is first looked whether a token is to be renewed: a desk that runs for minutes a day must come to it.
pub(crate) const FIRST_LOOK: Duration = Duration::from_secs(30);
/// How often it is looked whether a token is to be renewed.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(600);

impl Life {
    /// Less than a third of it is left.
    fn is_nearly_over(&self, now: Timestamp) -> bool {
        let (lifetime, left) = (self.ends.duration_since(self.begins), self.ends.duration_since(now));
        left.as_secs().saturating_mul(3) < lifetime.as_secs()
    }
}

impl Offices {
    /// Renews the tokens of which little is left. The streams of these offices go on. What fails now is tried at the next look:
    /// the former token is good until it ends, as long as the new one was never used.
    pub(crate) async fn renew_tokens(&self, store: &Store, now: Timestamp) {
        let all = kept::all(store).await.unwrap_or_default();
        for office in all.iter().filter(|office| is_due(office, now)) {
            let _lock = self.lock(&office.id).await;
            // It may have been left, or have got another token, while this waited.
            let Some(office) = kept::find(store, &office.id).await.ok().filter(|office| is_due(office, now)) else {
                continue;
            };
            if let Err(error) = self.renew(store, &office, now).await {
                tracing::warn!(code = ?error.code, "the token of an office could not be renewed");
            }
        }
    }

    async fn renew(&self, store: &Store, kept: &KeptOffice, now: Timestamp) -> Result<(), ContractError> {
        let keyring = Arc::clone(&self.keyring);
        if tokio::task::spawn_blocking(move || keyring.is_locked()).await.unwrap_or(true) {
            // Nobody is shown a dialogue for what can wait.
            return Ok(());
        }
        let Some(open) = self.open(&kept.id) else { return Ok(()) };
        // One that has not signed in yet is looked at again.
        let Some(remote) = open.remote() else { return Ok(()) };
        let renewed = remote.renew_token().await?;
        let token = SecretString::from(renewed.token.0);
        match secrets::replace_token(&self.changes, &kept.id, token.clone()).await {
            Ok(()) => {}
            // The token was for this run only before, too.
            Err(error) if error.is::<NoKeyring>() => {}
            Err(error) => {
                tracing::warn!(%error, "the keyring did not take a renewed token");
                return Ok(());
            }
        }
        remote.use_token(token);
        // The former one ends once the gateway has seen the new one.
        if let Err(error) = remote.show_token().await {
            tracing::info!(kind = ?error.kind, "the gateway sees a renewed token later");
        }
        let life = renewed.expires_at.map(|ends| Life { begins: now, ends });
        self.keep(store, &KeptOffice { life, ..kept.clone() }).await
    }
}

fn is_due(office: &KeptOffice, now: Timestamp) -> bool {
    office.life.is_some_and(|life| life.is_nearly_over(now))
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeMap,
        io::{Read, Write},
        sync::{
            Arc, Mutex,
            atomic::{AtomicBool, Ordering},
        },
    };

    use link::RemoteOffice;
    use own::Keyring;
    use secrecy::ExposeSecret;
    use store::{Options, SystemRandom};

    use super::{super::stored::StoredOffice, *};

    #[derive(Default)]
    struct Drawer {
        secrets: Mutex<BTreeMap<String, String>>,
        /// A person is asked to unlock it before it takes anything, and has not answered yet.
        asks: AtomicBool,
        /// It takes nothing, though it is open.
        fails: AtomicBool,
        locked: AtomicBool,
    }

    impl Keyring for Drawer {
        fn read(&self, name: &str) -> anyhow::Result<Option<SecretString>> {
            Ok(self.secrets.lock().expect("not poisoned").get(name).cloned().map(SecretString::from))
        }

        fn write(&self, name: &str, secret: &SecretString) -> anyhow::Result<()> {
            while self.asks.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(5));
            }
            anyhow::ensure!(!self.fails.load(Ordering::SeqCst), "fails");
            self.secrets.lock().expect("not poisoned").insert(name.to_owned(), secret.expose_secret().to_owned());
            Ok(())
        }

        fn remove(&self, name: &str) -> anyhow::Result<()> {
            self.secrets.lock().expect("not poisoned").remove(name);
            Ok(())
        }

        fn is_locked(&self) -> bool {
            self.locked.load(Ordering::SeqCst)
        }
    }

    /// A gateway that renews every token, and the tokens that it was shown.
    fn gateway() -> (String, Arc<Mutex<Vec<String>>>) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}/", listener.local_addr().expect("bound"));
        let shown = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&shown);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let mut request = vec![0; 4096];
                let length = stream.read(&mut request).expect("a request");
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                if request.starts_with("GET /v1/connections ") {
                    let none = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 18\r\n\r\n{\"connections\":[]}";
                    stream.write_all(none.as_bytes()).expect("sent");
                    continue;
                }
                assert!(request.starts_with("POST /v1/token/renew "), "{request}");
                let mut tokens = seen.lock().expect("not poisoned");
                let token = request.split("earer ").nth(1).and_then(|rest| rest.lines().next()).expect("a token");
                tokens.push(token.trim().to_owned());
                let body = format!(
                    "{{\"token\":\"t{}\",\"tokenId\":\"id\",\"expiresAt\":\"2026-06-01T00:00:00Z\"}}",
                    tokens.len()
                );
                let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
                stream.write_all((head + &body).as_bytes()).expect("sent");
            }
        });
        (address, shown)
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    async fn office(name: &str, keyring: Drawer) -> (Store, Offices, Arc<Drawer>, Arc<Mutex<Vec<String>>>) {
        let folder = std::env::temp_dir().join(format!("trubka-renewal-{name}-{}", std::process::id()));
        // What a killed run has left is no test's business.
        let _ = std::fs::remove_dir_all(&folder);
        let store = Store::open_in(&folder, Options::desk("x", SystemRandom)).expect("opens");
        let (address, shown) = gateway();
        let life = Life { begins: at("2026-01-01T00:00:00Z"), ends: at("2026-04-01T00:00:00Z") };
        let kept =
            KeptOffice { life: Some(life), person: Some("Пётр".into()), ..KeptOffice::new("ladoga", &address) };
        kept::keep(&store, &kept).await.expect("kept");
        let keyring = Arc::new(keyring);
        let offices = Offices::new(keyring.clone());
        let remote = RemoteOffice::connect(&address.parse().expect("a URL"), "t0".into(), None).expect("is set up");
        offices.hold(StoredOffice::with_token(kept, keyring.clone(), remote));
        (store, offices, keyring, shown)
    }

    #[tokio::test]
    async fn a_token_is_renewed_once_less_than_a_third_of_it_is_left() {
        let (store, offices, keyring, shown) = office("due", Drawer::default()).await;
        offices.renew_tokens(&store, at("2026-02-28T00:00:00Z")).await;
        assert!(shown.lock().expect("not poisoned").is_empty(), "there is time");
        offices.renew_tokens(&store, at("2026-03-03T00:00:00Z")).await;
        assert_eq!(keyring.read("token:ladoga").expect("open").expect("kept").expose_secret(), "t1");
        let life = kept::find(&store, "ladoga").await.expect("kept").life.expect("it ends");
        assert_eq!((life.begins, life.ends), (at("2026-03-03T00:00:00Z"), at("2026-06-01T00:00:00Z")));
        offices.renew_tokens(&store, at("2026-03-04T00:00:00Z")).await;
        offices.renew_tokens(&store, at("2026-05-20T00:00:00Z")).await;
        assert_eq!(*shown.lock().expect("not poisoned"), ["t0", "t1"], "the renewed one is shown from then on");
    }

    fn kept_token(keyring: &Drawer) -> Option<String> {
        keyring.read("token:ladoga").expect("open").map(|token| token.expose_secret().to_owned())
    }

    #[tokio::test]
    async fn a_keyring_that_does_not_take_it_leaves_all_as_it_was_and_it_is_tried_again() {
        let (store, offices, keyring, shown) =
            office("fails", Drawer { fails: true.into(), ..Drawer::default() }).await;
        let look = async || offices.renew_tokens(&store, at("2026-03-10T00:00:00Z")).await;
        look().await;
        look().await;
        assert_eq!(*shown.lock().expect("not poisoned"), ["t0", "t0"]);
        assert_eq!(kept_token(&keyring), None);
        let life = kept::find(&store, "ladoga").await.expect("kept").life.expect("it ends");
        assert_eq!(life.ends, at("2026-04-01T00:00:00Z"));
        keyring.locked.store(true, Ordering::SeqCst);
        look().await;
        assert_eq!(shown.lock().expect("not poisoned").len(), 2, "nobody is shown a dialogue for it");
        keyring.locked.store(false, Ordering::SeqCst);
        keyring.fails.store(false, Ordering::SeqCst);
        look().await;
        assert_eq!(kept_token(&keyring).as_deref(), Some("t3"));
    }

    // With the paused clock the patience is over as soon as nothing else is to be done.
    #[tokio::test(start_paused = true)]
    async fn a_token_that_a_keyring_takes_too_late_does_not_stay_in_it() {
        let drawer = Arc::new(Drawer { asks: true.into(), ..Drawer::default() });
        drawer.secrets.lock().expect("not poisoned").insert("token:ladoga".into(), "t0".into());
        let changes = own::KeyringChanges::new(drawer.clone());
        let late = secrets::replace_token(&changes, "ladoga", "t1".into()).await;
        assert!(late.is_err(), "it is not waited for");
        drawer.asks.store(false, Ordering::SeqCst);
        // Whatever is changed next is changed after that.
        while secrets::replace_token(&changes, "other", "x".into()).await.is_err() {}
        assert_eq!(kept_token(&drawer).as_deref(), Some("t0"), "the gateway knows this one");
        // One that is in use already is wanted there however late it comes.
        drawer.asks.store(true, Ordering::SeqCst);
        let late = secrets::keep_token(&changes, "ladoga", "t2".into()).await;
        assert!(late.is_err_and(|error| error.is::<own::NotYet>()));
        drawer.asks.store(false, Ordering::SeqCst);
        while secrets::replace_token(&changes, "other", "y".into()).await.is_err() {}
        assert_eq!(kept_token(&drawer).as_deref(), Some("t2"));
    }

    #[tokio::test]
    async fn an_office_that_is_left_during_a_renewal_stays_left() {
        let (store, offices, _, shown) = office("left", Drawer::default()).await;
        let lock = offices.lock("ladoga#t2").await;
        let renewing = offices.renew_tokens(&store, at("2026-03-10T00:00:00Z"));
        let leaving = async {
            tokio::task::yield_now().await;
            kept::forget(&store, "ladoga").await.expect("is forgotten");
            drop(lock);
        };
        tokio::join!(renewing, leaving);
        assert!(kept::all(&store).await.expect("is read").is_empty() && shown.lock().expect("not poisoned").is_empty());
    }
}
