//! One running Trubka a profile. A second start hands its number over and ends.
//!
//! A locked file in the profile names the owner; a loopback socket, guarded by a secret in that same file's folder, takes
//! what a second start has to say. Neither needs a desktop bus, and two profiles do not disturb each other.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    sync::mpsc::{Receiver, Sender, channel},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use crate::platform;

/// A second start gives up after this: it must be gone within two seconds.
const PATIENCE: Duration = Duration::from_millis(1500);
/// File that says where the owner listens.
const ADDRESS: &str = "instance.json";
/// The longest message: links are short.
const LONGEST: u64 = 4096;

/// This process owns the profile. What second starts say is taken from the beginning, and waits until
/// [`Owner::listen`] is called.
pub(crate) struct Owner {
    said: Receiver<Option<String>>,
}

/// Takes what second starts say, on a thread of its own.
struct Door {
    /// Locked as long as the process lives.
    _lock: File,
    listener: TcpListener,
    secret: String,
    say: Sender<Option<String>>,
}

/// Where the owner listens.
#[derive(Serialize, Deserialize)]
struct Address {
    port: u16,
    secret: String,
    /// For those who look after processes.
    pid: u32,
}

/// What a second start says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Message {
    secret: String,
    /// A number to show; without one the main window comes forward.
    pub(crate) link: Option<String>,
}

/// How long a restarted program waits for the end of the one that started it.
const FAREWELL: Duration = Duration::from_secs(10);

/// Becomes the owner of the profile once its owner has ended.
pub(crate) fn succeed(profile: &Path) -> anyhow::Result<Option<Owner>> {
    let lock = open_lock(profile)?;
    let end = Instant::now() + FAREWELL;
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
    getrandom::fill(&mut bits)?;
    let secret = bits.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let address = Address { port: listener.local_addr()?.port(), secret: secret.clone(), pid: std::process::id() };
    platform::write_private(&profile.join(ADDRESS), &serde_json::to_vec(&address)?)?;
    let (say, said) = channel();
    let door = Door { _lock: lock, listener, secret, say };
    std::thread::Builder::new().name("second-starts".into()).spawn(move || door.keep())?;
    Ok(Some(Owner { said }))
}

/// Tells the owner of the profile what this second start was to show.
pub(crate) fn hand_over(profile: &Path, link: Option<String>) -> anyhow::Result<()> {
    let address: Address = serde_json::from_slice(&fs::read(profile.join(ADDRESS))?)?;
    let mut stream = TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, address.port).into(), PATIENCE)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut message = serde_json::to_vec(&Message { secret: address.secret, link })?;
    message.push(b'\n');
    stream.write_all(&message)?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    anyhow::ensure!(answer.trim() == "ok", "the running Trubka did not take the number; start it again");
    Ok(())
}

impl Owner {
    /// Calls `told` for each second start, on a thread of its own, until the process ends.
    pub(crate) fn listen(self, told: impl Fn(Option<String>) + Send + 'static) -> io::Result<()> {
        let forward = move || self.said.into_iter().for_each(told);
        std::thread::Builder::new().name("handed-over".into()).spawn(forward).map(drop)
    }
}

impl Door {
    fn keep(self) {
        for stream in self.listener.incoming().flatten() {
            match read(&stream, &self.secret) {
                Ok(message) => match self.say.send(message.link) {
                    // The other side may have gone; what it said is taken.
                    Ok(()) => drop((&stream).write_all(b"ok\n")),
                    // The start came to nothing: without an "ok" the other side says so.
                    Err(_) => return,
                },
                Err(error) => tracing::warn!(%error, "something that is no second start knocked"),
            }
        }
    }
}

fn read(stream: &TcpStream, secret: &str) -> anyhow::Result<Message> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    BufReader::new(io::Read::take(stream, LONGEST)).read_line(&mut line)?;
    let message: Message = serde_json::from_str(&line)?;
    anyhow::ensure!(message.secret == secret, "the secret is wrong");
    Ok(message)
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
        hand_over(&profile, Some("tel:+74951234567".into())).expect("taken");
        assert_eq!(heard.recv_timeout(Duration::from_secs(2)), Ok(Some("tel:+74951234567".into())));
        fs::remove_dir_all(&profile).expect("its own folder");
    }

    #[test]
    fn a_number_that_comes_while_the_first_still_starts_waits_for_it() {
        let profile = profile("early");
        let owner = claim(&profile).expect("a folder").expect("nobody else is here");
        hand_over(&profile, Some("tel:+74951234567".into())).expect("taken at once");
        let (told, heard) = channel();
        owner.listen(move |link| told.send(link).expect("the test listens")).expect("a thread");
        assert_eq!(heard.recv_timeout(Duration::from_secs(2)), Ok(Some("tel:+74951234567".into())));
        fs::remove_dir_all(&profile).expect("its own folder");
    }
}
