//! What the gateway needs of the computer: a database that takes something, room, secrets, the right time.

use std::path::Path;

use jiff::Timestamp;
use link::wire::Role;
use store::{Invitation, InvitationStatus, Options, Store, SystemRandom};
use trubka_gateway::{config::Config, platform, tokens};

use super::{OwnFinding, UNKNOWN, WORKS};

/// With less room than this nothing is sure to be stored.
const TOO_LITTLE: u64 = 256 << 20;
/// With less than this the cache of recordings, which takes up to 2 GiB, will fill the disk.
const LITTLE: u64 = 3 << 30;
/// A clock that is further off dates calls wrongly, and vendors refuse what is signed with it.
const CLOCK_OFF_MS: i64 = 5 * 60 * 1000;

/// The database, if there is one: looking makes none, or it might belong to the wrong user.
pub(super) fn existing(data_dir: &Path) -> Result<Option<Store>, store::Error> {
    if !Store::exists_in(data_dir) {
        return Ok(None);
    }
    Store::open_in(data_dir, Options::guest(SystemRandom)).map(Some)
}

/// Whether the database takes something.
pub(super) async fn database(data_dir: &Path) -> OwnFinding {
    let folder = data_dir.display();
    let fails = |error: &dyn std::fmt::Display| {
        let detail = format!(
            "{folder}: {error}; the user that runs the gateway must be able to write there, and the disk must not be full"
        );
        OwnFinding::new("database", false, "notWritable", detail)
    };
    let store = match existing(data_dir) {
        Ok(Some(store)) => store,
        Ok(None) => {
            return match probe(data_dir) {
                Ok(()) => {
                    OwnFinding::new("database", true, WORKS, format!("{folder}: the first start makes the database"))
                }
                Err(error) => fails(&error),
            };
        }
        Err(error) => return fails(&error),
    };
    match store.set_setting("checked", "yes").await {
        Ok(()) => OwnFinding::new("database", true, WORKS, format!("{folder}: the database can be written")),
        Err(error) => fails(&error),
    }
}

/// Whether somebody can administrate from a screen, or is invited to.
pub(super) fn admins(data_dir: &Path, now: Timestamp) -> Option<OwnFinding> {
    // What hinders reading is a finding of its own.
    let store = existing(data_dir).ok()??;
    let (tokens, invitations) = (store.tokens().ok()?, store.invitations().ok()?);
    let admin = tokens::role_name(Role::Admin);
    let joined = tokens.iter().filter(|token| token.role == admin && token.is_valid(now)).count();
    let is_open = |it: &&Invitation| it.role == admin && it.status(now) == InvitationStatus::Open;
    let finding = |reason, detail: String| Some(OwnFinding::new("admins", true, reason, detail));
    match (joined, invitations.iter().filter(is_open).count()) {
        (0, 0) => {
            let detail =
                "nobody can change anything from a screen; `trubka-gateway invite --role admin --name …` prints a link";
            finding("none", detail.to_owned())
        }
        (0, open) => finding("invited", format!("{open} invited and not joined yet: the link is opened with Trubka")),
        (joined, _) => finding(WORKS, format!("{joined} with a token")),
    }
}

/// Whether a file can be made where the data folder is, or is to be.
fn probe(data_dir: &Path) -> std::io::Result<()> {
    let file = nearest(data_dir).join(".trubka-check");
    platform::create_private(&file)?;
    std::fs::remove_file(file)
}

/// The folder, or the one in which it is to be made.
fn nearest(folder: &Path) -> &Path {
    let there_is = folder.ancestors().find(|folder| folder.is_dir());
    there_is.unwrap_or(Path::new("."))
}

/// How much room there is.
pub(super) fn space(data_dir: &Path) -> OwnFinding {
    let folder = data_dir.display();
    match platform::free_space(nearest(data_dir)) {
        Ok(Some(bytes)) => {
            let free = format!("{folder}: {} MiB free", bytes >> 20);
            if bytes < TOO_LITTLE {
                OwnFinding::new("space", false, "full", format!("{free}; make room, or move data_dir to a larger disk"))
            } else if bytes < LITTLE {
                let advice = "recordings alone may take 2 GiB: make room, or move data_dir to a larger disk";
                OwnFinding::new("space", true, "little", format!("{free}; {advice}"))
            } else {
                OwnFinding::new("space", true, WORKS, free)
            }
        }
        Ok(None) => OwnFinding::new("space", true, UNKNOWN, format!("{folder}: not asked on this system")),
        Err(error) => OwnFinding::new("space", true, UNKNOWN, format!("{folder}: {error}")),
    }
}

/// Whether the gateway's own secrets can be read. Those of a connection are part of its finding.
pub(super) fn secrets(config: &Config) -> OwnFinding {
    match config.check_own_secrets() {
        Ok(()) => OwnFinding::new("secrets", true, WORKS, "cache_key and path tokens can be read"),
        Err(error) => OwnFinding::new("secrets", false, "unreadable", error.to_string()),
    }
}

/// Whether this computer's clock is right, as far as the PBXs' answers say.
pub(super) fn clock(ahead_ms: impl Iterator<Item = i64>) -> OwnFinding {
    let mut ahead_ms: Vec<i64> = ahead_ms.collect();
    ahead_ms.sort_unstable();
    // The median, so that one wrong clock of a vendor is no wrong clock here.
    match ahead_ms.get(ahead_ms.len() / 2) {
        None => OwnFinding::new("clock", true, UNKNOWN, "no PBX told its time, so nothing is known of this clock"),
        Some(ahead) if ahead.abs() >= CLOCK_OFF_MS => {
            let minutes = ahead.abs() / 60_000;
            let detail = format!(
                "this computer's clock is {minutes} minutes away from those of the PBXs; set it, best by switching on NTP"
            );
            OwnFinding::new("clock", false, "off", detail)
        }
        Some(_) => OwnFinding::new("clock", true, WORKS, "this computer's clock agrees with those of the PBXs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn looking_at_a_folder_without_a_database_makes_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("var").join("data");
        let found = database(&data).await;
        assert!(found.ok && found.detail.contains("first start"), "{found:?}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("is read").count(), 0, "nothing is left behind");
        let store = Store::open_in(&data, Options::owner("test", SystemRandom)).expect("opens");
        let found = database(&data).await;
        assert!(found.ok && found.detail.contains("can be written"), "{found:?}");
        drop(store);
        std::fs::write(data.join("trubka.db"), "no database").expect("is written");
        let found = database(&data).await;
        assert!(!found.ok && found.reason == "notWritable", "{found:?}");
        assert!(space(&data).detail.contains("free"), "{:?}", space(&data));
    }

    #[test]
    fn one_vendors_clock_says_nothing_of_ours() {
        let reason = |ahead: &[i64]| clock(ahead.iter().copied()).reason;
        assert_eq!(reason(&[]), UNKNOWN);
        assert_eq!(reason(&[0, 600_000, 10]), WORKS);
        assert_eq!(reason(&[-600_000, -600_500]), "off");
    }
}
