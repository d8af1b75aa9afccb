//! Invitations: made here, shown once as a link, kept as the hash of a code.

use calls::ConnectionId;
use data_encoding::BASE32_NOPAD;
use jiff::{SignedDuration, Timestamp};
use link::wire::{AuditAction, ExtensionRef, JoinCode, JoinLink, Role, join::SecretText};
use store::{AuditEntry, Invitation, Random, Store};
use url::Url;

use crate::{
    audit_words,
    tokens::{self, IssueError},
};

/// How long an invitation can be used.
const VALID: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The longest name of a person.
const LONGEST_NAME: usize = 100;

/// Where somebody who is invited finds the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinAddress {
    /// The address, as vendors and desks reach it.
    pub url: Url,
    /// SHA-256 of the certificate (DER) that vouches for it, where no public CA does.
    pub ca: Option<[u8; 32]>,
}

/// Somebody who is to be invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// Whose it is.
    pub name: String,
    /// What he will see.
    pub role: Role,
    /// The extensions that will be his.
    pub extensions: Vec<ExtensionRef>,
    /// The groups that will be his.
    pub groups: Vec<String>,
    /// How many days his token is valid after each renewal; for good when absent.
    pub days: Option<u32>,
}

/// An invitation that was made; its link is nowhere else.
#[derive(Debug)]
pub struct MadeInvitation {
    /// Names it in lists and when it is taken back.
    pub id: String,
    /// What he opens.
    pub link: SecretText,
    /// From then on it is of no use.
    pub expires_at: Timestamp,
}

/// Why nobody was invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// There is no address for the link.
    #[error(
        "the gateway's address is not known to people: set public_url in the configuration to the https address that \
         desks reach"
    )]
    NoAddress,
    /// The invitation could not be made.
    #[error(transparent)]
    Issue(#[from] IssueError),
}

impl From<store::Error> for InviteError {
    fn from(error: store::Error) -> Self {
        Self::Issue(error.into())
    }
}

/// Invites these people, all or none, in their order. `who` is the admin.
pub async fn invite(
    store: &Store,
    address: &JoinAddress,
    people: Vec<NewInvitation>,
    who: &str,
    now: Timestamp,
) -> Result<Vec<MadeInvitation>, InviteError> {
    let random = store.random();
    let expires_at = now.checked_add(VALID).unwrap_or(Timestamp::MAX);
    let (mut rows, mut made) = (Vec::new(), Vec::new());
    let (subject, count) = (people.first().map(|first| first.name.clone()).unwrap_or_default(), people.len());
    let of_role = |role| people.iter().filter(|person| person.role == role).count();
    let (admins, managers) = (of_role(Role::Admin), of_role(Role::Manager));
    for person in people {
        let (id, code) = identity(&*random)?;
        let link = JoinLink { address: address.url.clone(), code: code.clone(), ca: address.ca };
        made.push(MadeInvitation { id: id.clone(), link: link.text().ok_or(InviteError::NoAddress)?, expires_at });
        rows.push(Invitation {
            id,
            hash: hash(&code),
            name: person.name,
            role: tokens::role_name(person.role).to_owned(),
            extensions: person.extensions.into_iter().map(|own| (own.connection, own.extension)).collect(),
            groups: person.groups,
            days: person.days,
            created_at: now,
            expires_at,
            revoked_at: None,
            used_at: None,
            device: String::new(),
            token: String::new(),
        });
    }
    let detail = match rows.as_slice() {
        [one] => format!("invitation {}: {}", one.id, audit_words::rights(&one.role, &one.extensions, &one.groups)),
        _ => format!("a table of {count}: {admins} admins, {managers} managers"),
    };
    let entry =
        AuditEntry { at: now, who: who.to_owned(), action: AuditAction::Invited.name().to_owned(), subject, detail };
    store.add_invitations(rows, entry).await?;
    Ok(made)
}

/// Gives an open invitation another link, and a whole week again: its former link was lost, or fell into wrong hands, and leads
/// nowhere any more. `None` where there is no such invitation, or it is not open. `who` is the admin.
pub async fn reissue(
    store: &Store,
    address: &JoinAddress,
    id: &str,
    who: &str,
    now: Timestamp,
) -> Result<Option<MadeInvitation>, InviteError> {
    let (_, code) = identity(&*store.random())?;
    let expires_at = now.checked_add(VALID).unwrap_or(Timestamp::MAX);
    let link = JoinLink { address: address.url.clone(), code: code.clone(), ca: address.ca };
    let link = link.text().ok_or(InviteError::NoAddress)?;
    let (action, subject) = (AuditAction::ReissuedInvitation.name().to_owned(), id.to_owned());
    let entry = AuditEntry { at: now, who: who.to_owned(), action, subject, detail: String::new() };
    let is_open = store.reissue_invitation(id, hash(&code), expires_at, entry).await?;
    Ok(is_open.then(|| MadeInvitation { id: id.to_owned(), link, expires_at }))
}

/// What is kept of a code. It has 100 random bits and is valid for days: a plain digest cannot be turned back.
pub(crate) fn hash(code: &JoinCode) -> [u8; 32] {
    tokens::hash(code.digits())
}

/// A name as it stands in lists and on cards: one line, of bounded length.
pub fn person_name(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= LONGEST_NAME && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

/// An extension as people write it, such as `rt1:201`.
pub fn extension_ref(text: &str) -> Result<ExtensionRef, String> {
    let shape = || "write CONNECTION:EXT, such as rt1:201".to_owned();
    let (connection, extension) = text.split_once(':').ok_or_else(shape)?;
    let connection: ConnectionId = connection.parse().map_err(|error: calls::IdError| error.to_string())?;
    // In the spelling in which events name it: whose call it is, is a comparison of texts.
    let extension = pbx::extension(extension).ok_or_else(shape)?;
    Ok(ExtensionRef { connection, extension })
}

fn identity(random: &dyn Random) -> Result<(String, JoinCode), IssueError> {
    let (mut id, mut code) = ([0; 5], [0; 20]);
    random
        .fill(&mut id)
        .and_then(|()| random.fill(&mut code))
        .map_err(|error| IssueError::Randomness(error.to_string()))?;
    Ok((BASE32_NOPAD.encode(&id).to_ascii_lowercase(), JoinCode::of(code)))
}
