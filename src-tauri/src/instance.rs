//! One running Trubka a profile. A second start hands its number over and ends.
//!
//! A locked file in the profile names the owner; a loopback socket, guarded by a secret in that same file's folder, takes
//! the link of a second start. Neither needs a desktop bus, and two profiles do not disturb each other.

#![expect(clippy::disallowed_methods, reason = "its threads wait for sockets by the operating system's clock")]

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    time::{Duration, Instant},
};

use link::wire::join::SecretText;
use serde::{Deserialize, Serialize};
use store::{Random, SystemRandom};

use crate::platform;

/// A second start gives up after this: it must be gone within two seconds.
const TIMEOUT: Duration = Duration::from_millis(1500);
/// File that says where the owner listens.
const ADDRESS_FILE: &str = "instance.json";
/// The longest message: links are short.
const MAX_MESSAGE_BYTES: usize = 4096;
/// More connections at a time are closed at once.
const MAX_CONNECTIONS: usize = 64;

/// This process owns the profile. Links from second starts are received at once, and kept until
/// [`Owner::listen`] is called.
pub(crate) struct Owner {
    links: Receiver<Option<String>>,
}

/// Accepts connections from second starts, on a thread of its own.
struct Listener {
    /// Locked as long as the process lives.
    _lock: File,
    listener: TcpListener,
    secret: SecretText,
    links: Sender<Option<String>>,
}

/// Where the owner listens.
#[derive(Serialize, Deserialize)]
struct Address {
    port: u16,
    secret: SecretText,
    /// For those who look after processes.
    pid: u32,
}

/// What a second start sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Message {
    secret: SecretText,
    /// A number or an invitation to show; without one the main window comes forward.
    pub(crate) link: Option<SecretText>,
}

/// How long a restarted program waits for the end of the one that started it.
const RESTART_TIMEOUT: Duration = Duration::from_secs(10);

/// Becomes the owner of the profile once its owner has ended.
pub(crate) fn claim_after_restart(profile: &Path) -> anyhow::Result<Option<Owner>> {
    let lock = open_lock(profile)?;
    let end = Instant::now() + RESTART_TIMEOUT;
    while let Err(fs::TryLockError::WouldBlock) = lock.try_lock() {
        anyhow::ensure!(Instant::now() < end, "the earlier Trubka does not end; end it and start again");
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(lock);
    claim(profile)
}

fn open_lock(profile: &Path) -> io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(profile.join("instance.lock"))
}

/// Becomes the owner of the profile, unless it has one.
pub(crate) fn claim(profile: &Path) -> anyhow::Result<Option<Owner>> {
    let lock = open_lock(profile)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => return Ok(None),
        Err(fs::TryLockError::Error(error)) => return Err(error.into()),
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut bits = [0; 16];
    SystemRandom.fill(&mut bits)?;
    let secret = SecretText(bits.iter().map(|byte| format!("{byte:02x}")).collect());
    let address = Address { port: listener.local_addr()?.port(), secret: secret.clone(), pid: std::process::id() };
    platform::write_private(&profile.join(ADDRESS_FILE), &serde_json::to_vec(&address)?)?;
    let (links, received) = channel();
    let listener = Listener { _lock: lock, listener, secret, links };
    std::thread::Builder::new().name("second-starts".into()).spawn(move || listener.accept())?;
    Ok(Some(Owner { links: received }))
}

/// Tells the owner of the profile what this second start was to show.
pub(crate) fn send_to_owner(profile: &Path, link: Option<SecretText>) -> anyhow::Result<()> {
    let address: Address = serde_json::from_slice(&fs::read(profile.join(ADDRESS_FILE))?)?;
    let end = Instant::now() + TIMEOUT;
    let mut stream = TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, address.port).into(), TIMEOUT)?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    let mut message = serde_json::to_vec(&Message { secret: address.secret, link })?;
    message.push(b'\n');
    stream.write_all(&message)?;
    let answer = read_line(&stream, end)?;
    anyhow::ensure!(answer == b"ok", "the running Trubka did not take the number; start it again");
    Ok(())
}

impl Owner {
    /// Calls `told` for each second start, on a thread of its own, until the process ends.
    pub(crate) fn listen(self, told: impl Fn(Option<String>) + Send + 'static) -> io::Result<()> {
        let forward = move || self.links.into_iter().for_each(told);
        std::thread::Builder::new().name("handed-over".into()).spawn(forward).map(drop)
    }
}

impl Listener {
    /// Each second start is heard on a thread of its own: one that says nothing keeps nobody else waiting.
    fn accept(self) {
        let secret = Arc::new(self.secret);
        let open = Arc::new(());
        for stream in self.listener.incoming().flatten() {
            if Arc::strong_count(&open) > MAX_CONNECTIONS {
                tracing::warn!("too many second starts at a time");
                continue;
            }
            let (secret, links, open) = (Arc::clone(&secret), self.links.clone(), Arc::clone(&open));
            let serve = move || {
                answer(&stream, &secret, &links);
                drop(open);
            };
            if let Err(error) = std::thread::Builder::new().name("second-start".into()).spawn(serve) {
                tracing::warn!(%error, "a second start could not be heard");
            }
        }
    }
}

/// Receives the link of one second start and answers "ok"; without that answer the second start reports an error.
fn answer(mut stream: &TcpStream, secret: &SecretText, links: &Sender<Option<String>>) {
    match read(stream, secret, Instant::now() + TIMEOUT) {
        Ok(message) => {
            if links.send(message.link.map(|link| link.0)).is_ok() {
                // The other side may have gone; what it said is taken.
                drop(stream.write_all(b"ok\n"));
            }
        }
        Err(error) => tracing::warn!(%error, "something that is no second start connected"),
    }
}

fn read(stream: &TcpStream, secret: &SecretText, end: Instant) -> anyhow::Result<Message> {
    let message: Message = serde_json::from_slice(&read_line(stream, end)?)?;
    anyhow::ensure!(message.secret == *secret, "the secret is wrong");
    Ok(message)
}

/// Reads up to the end of a line, all of it before `end`: one deadline, however slowly the bytes come.
fn read_line(mut stream: &TcpStream, end: Instant) -> anyhow::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut piece = [0; 512];
    loop {
        let left = end.saturating_duration_since(Instant::now());
        anyhow::ensure!(!left.is_zero(), "the other side took too long");
        stream.set_read_timeout(Some(left))?;
        let read = stream.read(&mut piece)?;
        anyhow::ensure!(read > 0, "the other side went away");
        if let Some(length) = piece[..read].iter().position(|byte| *byte == b'\n') {
            line.extend_from_slice(&piece[..length]);
            return Ok(line);
        }
        line.extend_from_slice(&piece[..read]);
        anyhow::ensure!(line.len() <= MAX_MESSAGE_BYTES, "the message is too long");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str) -> std::path::PathBuf {
        let profile = std::env::temp_dir().join(format!("trubka-instance-{name}-{}", std::process::id()));
        fs::create_dir_all(&profile).expect("a folder");
        profile
    }

    #[test]
    fn a_second_start_hands_its_number_to_the_first() {
        let profile = profile("second");
        let owner = claim(&profile).expect("a folder").expect("nobody else is here");
        let (told, heard) = channel();
        owner.listen(move |link| told.send(link).expect("the test listens")).expect("a thread");

        assert!(claim(&profile).expect("a folder").is_none());
        send_to_owner(&profile, Some(SecretText("tel:+74951234567".into()))).expect("taken");
        assert_eq!(heard.recv_timeout(Duration::from_secs(20)), Ok(Some("tel:+74951234567".into())));
        fs::remove_dir_all(&profile).expect("its own folder");
    }

    #[test]
    fn a_number_that_comes_while_the_first_still_starts_waits_for_it() {
        let profile = profile("early");
        let owner = claim(&profile).expect("a folder").expect("nobody else is here");
        send_to_owner(&profile, Some(SecretText("tel:+74951234567".into()))).expect("taken at once");
        let (told, heard) = channel();
        owner.listen(move |link| told.send(link).expect("the test listens")).expect("a thread");
        assert_eq!(heard.recv_timeout(Duration::from_secs(20)), Ok(Some("tel:+74951234567".into())));
        fs::remove_dir_all(&profile).expect("its own folder");
    }

    fn port(profile: &Path) -> u16 {
        let address: Address =
            serde_json::from_slice(&fs::read(profile.join(ADDRESS_FILE)).expect("there")).expect("ours");
        address.port
    }

    #[test]
    fn who_connects_and_says_nothing_or_goes_on_for_ever_keeps_no_number_waiting() {
        let profile = profile("silent");
        let owner = claim(&profile).expect("a folder").expect("nobody else is here");
        let (told, heard) = channel();
        owner.listen(move |link| told.send(link).expect("the test listens")).expect("a thread");
        let silent: Vec<_> =
            (0..8).map(|_| TcpStream::connect((Ipv4Addr::LOCALHOST, port(&profile))).expect("it listens")).collect();
        let mut dripping = TcpStream::connect((Ipv4Addr::LOCALHOST, port(&profile))).expect("it listens");
        dripping.write_all(b"{\"secret\":").expect("sent");
        // Would fail, were the number read only after those had been waited for.
        send_to_owner(&profile, Some(SecretText("tel:+74951234567".into()))).expect("taken");
        assert_eq!(heard.recv_timeout(Duration::from_secs(2)), Ok(Some("tel:+74951234567".into())));
        // Each of them is let go at its deadline: the read ends.
        for mut stream in silent.into_iter().chain([dripping]) {
            assert_eq!(stream.read(&mut [0; 8]).ok(), Some(0));
        }
        fs::remove_dir_all(&profile).expect("its own folder");
    }

    #[test]
    fn a_wrong_secret_and_an_endless_message_are_not_taken() {
        let profile = profile("wrong");
        let owner = claim(&profile).expect("a folder").expect("nobody else is here");
        let (told, heard) = channel();
        owner.listen(move |link| told.send(link).expect("the test listens")).expect("a thread");
        for message in
            ["{\"secret\":\"guessed\",\"link\":\"tel:112\"}\n".to_owned(), "x".repeat(MAX_MESSAGE_BYTES + 600)]
        {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port(&profile))).expect("it listens");
            stream.write_all(message.as_bytes()).expect("sent");
            assert!(matches!(stream.read(&mut [0; 8]), Ok(0) | Err(_)), "no ok");
        }
        assert!(heard.try_recv().is_err());
        fs::remove_dir_all(&profile).expect("its own folder");
    }
}
