//! Opening a data folder: who owns it, what state it is in, what to do with a damaged file.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use data_encoding::HEXLOWER;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::{error::Error, folder::make_private_folder, random::Random, schema, witness};

const DATABASE: &str = "trubka.db";
const LOCK: &str = "trubka.lock";
/// Laid down when SQLite finds damage while running: the next start sets the file aside without looking further.
const DAMAGED: &str = "trubka.damaged";

/// How much of a power cut an acknowledged write survives. A killed process loses nothing either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// All: the disk has it before the answer (`synchronous=FULL`).
    Full,
    /// All but the last moments (`synchronous=NORMAL`). The owner keeps beside its log until when it had everything,
    /// and opens a gap from there on at its next start.
    Normal,
}

impl Durability {
    pub(crate) fn pragma(self) -> &'static str {
        match self {
            Self::Full => "PRAGMA synchronous = FULL;",
            Self::Normal => "PRAGMA synchronous = NORMAL;",
        }
    }
}

/// What a process is to a data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The one that runs the office: makes, migrates, sets aside; there is one at a time.
    Owner,
    /// One that works beside it, such as a command line tool: makes and migrates too, but judges nothing.
    Guest,
}

/// How much memory the database may take for its caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// As a server with many readers needs it.
    Server,
    /// As the desk of one person needs it, whose computer has other work.
    Desk,
}

impl Memory {
    /// Pages that the writer keeps, in KiB.
    fn writer_kib(self) -> u32 {
        match self {
            Self::Server => 16_000,
            Self::Desk => 2_000,
        }
    }

    /// Pages that each reader keeps, in KiB.
    pub(crate) fn reader_kib(self) -> u32 {
        match self {
            Self::Server => 4_000,
            Self::Desk => 2_000,
        }
    }
}

/// How to open a data folder.
#[derive(Debug, Clone)]
pub struct Options {
    /// What this process is to the folder.
    pub access: Access,
    /// What a power cut may cost.
    pub durability: Durability,
    /// How much memory its caches may take.
    pub memory: Memory,
    /// Ends the name of a damaged file that is set aside, usually the local time.
    pub suffix: String,
    /// Where the database's epoch comes from, and the keys of the recordings beside it.
    pub random: Arc<dyn Random>,
}

impl Options {
    /// The owner, with every acknowledged write on the disk.
    pub fn owner(suffix: &str, random: impl Random + 'static) -> Self {
        Self {
            access: Access::Owner,
            durability: Durability::Full,
            memory: Memory::Server,
            suffix: suffix.to_owned(),
            random: Arc::new(random),
        }
    }

    /// The owner on a desk. A power cut may cost the last moments of what an office told, which a desk resumes; what a
    /// person wrote here is on the disk before the answer all the same.
    pub fn desk(suffix: &str, random: impl Random + 'static) -> Self {
        Self { durability: Durability::Normal, memory: Memory::Desk, ..Self::owner(suffix, random) }
    }

    /// One that looks in beside the owner.
    pub fn guest(random: impl Random + 'static) -> Self {
        Self { access: Access::Guest, ..Self::owner("", random) }
    }
}

/// In what state the data were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// There were none.
    New,
    /// The last owner ended in order.
    Clean,
    /// The last owner was killed, or the power went: what happened since its last write is not known.
    Unclean,
    /// The file was damaged; it lies where this says and an empty one was begun.
    SetAside(PathBuf),
    /// Opened beside the owner.
    Beside,
}

/// An open database with what else is held while it is open.
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) connection: Connection,
    pub(crate) opened: Opened,
    /// Keeps other owners out for as long as it is open.
    pub(crate) lock: Option<File>,
}

pub(crate) fn open(folder: &Path, options: &Options) -> Result<Found, Error> {
    let path = database_in(folder);
    match options.access {
        Access::Owner => own(folder, path, options),
        Access::Guest => {
            make_private_folder(folder)?;
            let connection = connect_and_migrate(&path, options)?;
            Ok(Found { path, connection, opened: Opened::Beside, lock: None })
        }
    }
}

/// The database's file in this folder.
pub(crate) fn database_in(folder: &Path) -> PathBuf {
    folder.join(DATABASE)
}

fn own(folder: &Path, path: PathBuf, options: &Options) -> Result<Found, Error> {
    make_private_folder(folder)?;
    let lock = Some(lock(folder)?);
    let flag = folder.join(DAMAGED);
    let first = if flag.exists() { Err(Error::Damaged) } else { connect_as_owner(&path, options) };
    let (connection, opened) = match first {
        Ok(found) => found,
        Err(Error::Damaged) => {
            let aside = set_aside(&path, &options.suffix)?;
            if flag.exists() {
                std::fs::remove_file(&flag).map_err(|error| Error::io(&flag, &error))?;
            }
            (connect_as_owner(&path, options)?.0, Opened::SetAside(aside))
        }
        Err(error) => return Err(error),
    };
    Ok(Found { path, connection, opened, lock })
}

/// Remembers over the end of this process that the file is damaged.
pub(crate) fn flag_damage(database: &Path) {
    let flag = database.with_file_name(DAMAGED);
    if let Err(error) = std::fs::write(&flag, b"") {
        tracing::error!(%error, "the database is damaged, and this could not be noted beside it");
    }
}

/// Notes an orderly end, on the disk whatever the durability.
pub(crate) fn mark_clean(connection: &Connection) {
    let marked = connection.execute_batch(
        "PRAGMA synchronous = FULL;
         INSERT INTO meta (key, value) VALUES ('clean', '1') ON CONFLICT (key) DO UPDATE SET value = '1';",
    );
    if let Err(error) = marked {
        tracing::warn!(error = %Error::from(error), "the next start will take this end for a crash");
    }
}

fn connect_as_owner(path: &Path, options: &Options) -> Result<(Connection, Opened), Error> {
    let connection = connect_and_migrate(path, options)?;
    look_around(&connection)?;
    let opened = take_clean_mark(&connection)?;
    if let Some(folder) = path.parent()
        && witness::tells_more(folder, &connection)?
    {
        tracing::warn!("the database is an older copy: whoever resumes a stream begins anew");
        connection.execute("UPDATE meta SET value = ?1 WHERE key = 'epoch'", [new_epoch(options)?])?;
    }
    Ok((connection, opened))
}

fn connect_and_migrate(path: &Path, options: &Options) -> Result<Connection, Error> {
    let connection = connect(path, options)?;
    schema::migrate(&connection)?;
    let epoch = new_epoch(options)?;
    connection.execute("INSERT INTO meta (key, value) VALUES ('epoch', ?1) ON CONFLICT (key) DO NOTHING", [epoch])?;
    Ok(connection)
}

fn connect(path: &Path, options: &Options) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(128);
    // Asked before anything is changed: a newer file is left as it is.
    let found = schema::version(&connection)?;
    if found > schema::KNOWN {
        return Err(Error::NewerSchema { found, known: schema::KNOWN });
    }
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.query_row("PRAGMA secure_delete = ON", [], |_| Ok(()))?;
    // Temporary files stay files: SQLite's journal of savepoints in memory is searched from its start each time.
    let cache = options.memory.writer_kib();
    connection.execute_batch(&format!("{} PRAGMA cache_size = -{cache};", options.durability.pragma()))?;
    Ok(connection)
}

/// Touches the root of every table. A whole check of a million calls would cost the start seconds; damage
/// further inside is found when it is met, and acted upon at the next start.
fn look_around(connection: &Connection) -> Result<(), Error> {
    let mut names = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")?;
    let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for name in names {
        connection.query_row(&format!("SELECT count(*) FROM (SELECT 1 FROM \"{name}\" LIMIT 1)"), [], |_| Ok(()))?;
    }
    Ok(())
}

/// How the last owner ended; from now on it counts as killed, until [`mark_clean`].
fn take_clean_mark(connection: &Connection) -> Result<Opened, Error> {
    let clean: Option<String> =
        connection.query_row("SELECT value FROM meta WHERE key = 'clean'", [], |row| row.get(0)).optional()?;
    connection.execute(
        "INSERT INTO meta (key, value) VALUES ('clean', '0') ON CONFLICT (key) DO UPDATE SET value = '0'",
        [],
    )?;
    // Under NORMAL only a checkpoint brings this to the disk before a power cut could bring the old mark back.
    connection.query_row("PRAGMA wal_checkpoint(FULL)", [], |_| Ok(()))?;
    Ok(match clean.as_deref() {
        None => Opened::New,
        Some("1") => Opened::Clean,
        Some(_) => Opened::Unclean,
    })
}

fn set_aside(path: &Path, suffix: &str) -> Result<PathBuf, Error> {
    let target =
        (0..)
            .map(|n| {
                if n == 0 { format!("{DATABASE}.damaged-{suffix}") } else { format!("{DATABASE}.damaged-{suffix}-{n}") }
            })
            .map(|name| path.with_file_name(name))
            .find(|target| !target.exists())
            .unwrap_or_else(|| path.with_extension("damaged"));
    for tail in ["-wal", "-shm", ""] {
        let from = with_tail(path, tail);
        if from.exists() {
            std::fs::rename(&from, with_tail(&target, tail)).map_err(|error| Error::io(&from, &error))?;
        }
    }
    tracing::error!("the database is damaged: it was set aside and a new one begun");
    Ok(target)
}

fn with_tail(path: &Path, tail: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(tail);
    name.into()
}

fn lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join(LOCK);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| Error::io(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse),
        Err(TryLockError::Error(error)) => Err(Error::io(&path, &error)),
    }
}

fn new_epoch(options: &Options) -> Result<String, Error> {
    let mut bytes = [0; 8];
    options
        .random
        .fill(&mut bytes)
        .map_err(|error| Error::Io { path: "the system's randomness".into(), reason: error.to_string() })?;
    Ok(HEXLOWER.encode(&bytes))
}
