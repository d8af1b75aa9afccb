//! Invitations: codes with which people fetch their tokens, once. Only the codes' hashes are here.

use calls::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row, params};

use crate::{
    audit::{self, AuditEntry},
    error::Error,
    store::Store,
    time::{from_ns, to_ns},
    tokens::{self, Token, json},
    write::Write,
};

/// How long the same device may use the same code again: its first answer may have been lost.
const AGAIN: SignedDuration = SignedDuration::from_mins(2);

/// An invitation, without its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Names it in lists and when it is revoked.
    pub id: String,
    /// SHA-256 of the code.
    pub hash: [u8; 32],
    /// Whose it is.
    pub name: String,
    /// `agent`, `manager` or `admin`.
    pub role: String,
    /// The extensions that will be his.
    pub extensions: Vec<(ConnectionId, String)>,
    /// The groups that will be his.
    pub groups: Vec<String>,
    /// How many days the token is valid after each renewal; for good when absent.
    pub days: Option<u32>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From then on it is of no use.
    pub expires_at: Timestamp,
    /// Taken back then.
    pub revoked_at: Option<Timestamp>,
    /// Used then.
    pub used_at: Option<Timestamp>,
    /// The device that used it.
    pub device: String,
    /// Id of the token that it gave.
    pub token: String,
}

/// How an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationStatus {
    /// It can be used.
    Open,
    /// It was.
    Used,
    /// It cannot be used any more.
    Expired,
    /// It was taken back.
    Revoked,
}

/// What came of using a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redeemed {
    /// The token was added.
    Done(Box<Invitation>),
    /// There is no such code.
    Unknown,
    /// Nothing was added: the invitation stands so.
    Refused(InvitationStatus),
}

impl Invitation {
    /// How it stands.
    pub fn status(&self, now: Timestamp) -> InvitationStatus {
        match (self.used_at, self.revoked_at) {
            (Some(_), _) => InvitationStatus::Used,
            (None, Some(_)) => InvitationStatus::Revoked,
            (None, None) if now >= self.expires_at => InvitationStatus::Expired,
            (None, None) => InvitationStatus::Open,
        }
    }

    /// Whether this device may use it now.
    fn admits(&self, device: &str, now: Timestamp) -> Result<(), InvitationStatus> {
        let again = |used: Timestamp| self.device == device && now.duration_since(used) < AGAIN;
        let status = self.status(now);
        let admitted = status == InvitationStatus::Open || self.used_at.is_some_and(again);
        if admitted { Ok(()) } else { Err(status) }
    }
}

const COLUMNS: &str = "id, hash, name, role, extensions, groups, days, created_ns, expires_ns, revoked_ns, used_ns, \
                       device, token";

impl Store {
    /// Adds these invitations, all or none.
    pub fn add_invitations(&self, invitations: Vec<Invitation>, entry: AuditEntry) -> Write<()> {
        self.write(move |sql| {
            for it in &invitations {
                sql.prepare_cached(&format!(
                    "INSERT INTO invitations ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
                ))?
                .execute(params![
                    it.id,
                    it.hash,
                    it.name,
                    it.role,
                    json(&it.extensions)?,
                    json(&it.groups)?,
                    it.days,
                    to_ns(it.created_at),
                    to_ns(it.expires_at),
                    it.revoked_at.map(to_ns),
                    it.used_at.map(to_ns),
                    it.device,
                    it.token,
                ])?;
            }
            audit::note(sql, &entry)
        })
        .durable()
    }

    /// The invitation whose code hashes to this, however it stands.
    pub fn invitation_by_hash(&self, hash: &[u8; 32]) -> Result<Option<Invitation>, Error> {
        self.read(|sql| find(sql, hash))
    }

    /// All invitations, newest first.
    pub fn invitations(&self) -> Result<Vec<Invitation>, Error> {
        self.read(|sql| {
            let mut statement =
                sql.prepare_cached(&format!("SELECT {COLUMNS} FROM invitations ORDER BY created_ns DESC, name, id"))?;
            let mut rows = statement.query([])?;
            let mut invitations = Vec::new();
            while let Some(row) = rows.next()? {
                invitations.push(invitation(row)?);
            }
            Ok(invitations)
        })
    }

    /// Takes an open invitation back; answers whether there was one to take.
    pub fn revoke_invitation(&self, id: &str, entry: AuditEntry) -> Write<bool> {
        let id = id.to_owned();
        self.write(move |sql| {
            let revoked = sql.execute(
                "UPDATE invitations SET revoked_ns = ?2 WHERE id = ?1 AND revoked_ns IS NULL AND used_ns IS NULL",
                params![id, to_ns(entry.at)],
            )?;
            if revoked > 0 {
                audit::note(sql, &entry)?;
            }
            Ok(revoked > 0)
        })
    }

    /// Gives an open invitation another code and another end; answers whether there was one. The former code is none any more.
    pub fn reissue_invitation(
        &self,
        id: &str,
        hash: [u8; 32],
        expires_at: Timestamp,
        entry: AuditEntry,
    ) -> Write<bool> {
        let id = id.to_owned();
        self.write(move |sql| {
            let changed = sql.execute(
                "UPDATE invitations SET hash = ?2, expires_ns = ?3
                 WHERE id = ?1 AND revoked_ns IS NULL AND used_ns IS NULL AND expires_ns > ?4",
                params![id, hash, to_ns(expires_at), to_ns(entry.at)],
            )?;
            if changed > 0 {
                audit::note(sql, &entry)?;
            }
            Ok(changed > 0)
        })
        .durable()
    }

    /// Uses a code: adds the token with what the invitation says, and ends the one that the same device got for it just
    /// before. `token` holds id and hash of the new one.
    pub fn redeem_invitation(
        &self,
        hash: [u8; 32],
        device: &str,
        token: (String, [u8; 32]),
        now: Timestamp,
    ) -> Write<Redeemed> {
        let device = device.to_owned();
        self.write(move |sql| {
            let Some(mut known) = find(sql, &hash)? else { return Ok(Redeemed::Unknown) };
            if let Err(status) = known.admits(&device, now) {
                return Ok(Redeemed::Refused(status));
            }
            // Whoever was removed meanwhile, or given other rights, is not let in with those of the invitation.
            let before = if known.token.is_empty() { None } else { tokens::by_id(sql, &known.token)? };
            if let Some(before) = &before {
                if !before.is_valid(now) {
                    return Ok(Redeemed::Refused(InvitationStatus::Used));
                }
                sql.prepare_cached("UPDATE tokens SET revoked_ns = ?2 WHERE id = ?1")?
                    .execute(params![before.id, to_ns(now)])?;
            }
            let (id, hash) = token;
            let days = before.as_ref().map_or(known.days, |before| before.days);
            let new = Token {
                id: id.clone(),
                hash,
                name: known.name.clone(),
                role: before.as_ref().map_or_else(|| known.role.clone(), |before| before.role.clone()),
                extensions: before
                    .as_ref()
                    .map_or_else(|| known.extensions.clone(), |before| before.extensions.clone()),
                groups: before.map_or_else(|| known.groups.clone(), |before| before.groups),
                expires_at: days.map(|days| tokens::after(now, days)),
                revoked_at: None,
                days,
                device: device.clone(),
                version: String::new(),
                seen_at: Some(now),
                is_new_unused: false,
            };
            tokens::add(sql, &new)?;
            let joined = AuditEntry {
                at: now,
                who: format!("{} ({id})", new.name),
                action: "joined".to_owned(),
                subject: new.name.clone(),
                detail: format!("{}, invitation {}, on \"{device}\"", new.role, known.id),
            };
            audit::note(sql, &joined)?;
            known.role.clone_from(&new.role);
            // The time of the first use stays: a lost answer opens the code for two minutes, not for ever.
            let used_at = known.used_at.unwrap_or(now);
            sql.prepare_cached("UPDATE invitations SET used_ns = ?2, device = ?3, token = ?4 WHERE id = ?1")?
                .execute(params![known.id, to_ns(used_at), device, id])?;
            (known.used_at, known.device, known.token) = (Some(used_at), device, id);
            Ok(Redeemed::Done(Box::new(known)))
        })
        .durable()
    }
}

fn find(sql: &Connection, hash: &[u8; 32]) -> Result<Option<Invitation>, Error> {
    let mut statement = sql.prepare_cached(&format!("SELECT {COLUMNS} FROM invitations WHERE hash = ?1"))?;
    let mut rows = statement.query([hash])?;
    rows.next()?.map(invitation).transpose()
}

fn invitation(row: &Row<'_>) -> Result<Invitation, Error> {
    let extensions: String = row.get(4)?;
    let groups: String = row.get(5)?;
    Ok(Invitation {
        id: row.get(0)?,
        hash: row.get(1)?,
        name: row.get(2)?,
        role: row.get(3)?,
        extensions: tokens::read_json(&extensions)?,
        groups: tokens::read_json(&groups)?,
        days: row.get(6)?,
        created_at: from_ns(row.get(7)?),
        expires_at: from_ns(row.get(8)?),
        revoked_at: row.get::<_, Option<i64>>(9)?.map(from_ns),
        used_at: row.get::<_, Option<i64>>(10)?.map(from_ns),
        device: row.get(11)?,
        token: row.get(12)?,
    })
}
