//! Invitations: what they are for is shown, a person says yes, and the desk gets a token of its own.

use std::sync::{Mutex, MutexGuard, PoisonError};

use desk::{
    Clock, Desk, SystemClock,
    contract::{InvitationAnswer, InvitationDetails, JoinAnswer, JoinProblem},
};
use link::{
    Invitation, JoinError,
    wire::{
        JoinLink,
        join::{InvitationPreview, JoinRefusal, Joined},
    },
};
use secrecy::{ExposeSecret, SecretString};
use store::Store;

use super::{
    Offices,
    kept::{self, KeptOffice, Life, name_of},
};
use crate::platform;

/// The invitations that this program was given. Their codes are shown and logged nowhere.
#[derive(Default)]
pub(crate) struct Invitations(Mutex<InvitationState>);

#[derive(Default)]
struct InvitationState {
    /// The link that another program handed over last.
    handed_over: Option<SecretString>,
    /// The one that a person looks at, by its number.
    shown: Option<(u32, SecretString, Invitation)>,
    count: u32,
}

impl InvitationState {
    /// The invitation with this number let somebody in. One that came meanwhile is still to be answered.
    fn used_up(&mut self, link: &SecretString) {
        let is_this = |other: &SecretString| other.expose_secret() == link.expose_secret();
        self.shown.take_if(|(_, shown, _)| is_this(shown));
        self.handed_over.take_if(|last| is_this(last));
    }
}

impl Invitations {
    /// Another program handed a link over.
    pub(crate) fn hand_over(&self, link: String) {
        self.given().handed_over = Some(link.into());
    }

    /// What a link is for; the one that was handed over, where none is given.
    pub(crate) async fn read(&self, link: Option<String>) -> InvitationAnswer {
        let link = link.map(SecretString::from).or_else(|| self.given().handed_over.clone());
        let Some((link, read)) = link.and_then(|text| {
            let read = JoinLink::read(text.expose_secret()).ok()?;
            Some((text, read))
        }) else {
            return problem(JoinProblem::NotALink);
        };
        let asked = async {
            let invitation = Invitation::open(&read).await?;
            let preview = invitation.preview().await?;
            Ok::<_, JoinError>((invitation, preview))
        };
        match asked.await {
            Ok((invitation, preview)) => {
                let mut given = self.given();
                given.count += 1;
                let details = details(given.count, &invitation, preview);
                given.shown = Some((given.count, link, invitation));
                InvitationAnswer { invitation: Some(details), problem: None }
            }
            Err(error) => problem(problem_of(error)),
        }
    }

    /// The link of the invitation that a person looks at.
    pub(crate) fn link(&self, number: u32) -> Option<SecretString> {
        let given = self.given();
        given.shown.as_ref().filter(|(shown, ..)| *shown == number).map(|(_, link, _)| link.clone())
    }

    /// Joins the office of the invitation that a person looks at.
    pub(crate) async fn join(&self, offices: &Offices, desk: &Desk, number: u32) -> JoinAnswer {
        let shown = self.given().shown.clone().filter(|(shown, ..)| *shown == number);
        let Some((_, link, invitation)) = shown else { return JoinAnswer { problem: Some(JoinProblem::Replaced) } };
        let device = platform::computer_name();
        let device = device.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or("Trubka");
        let _lock = offices.lock(&name_of(invitation.address())).await;
        let joined = match invitation.join(device).await {
            Ok(joined) => joined,
            Err(error) => return JoinAnswer { problem: Some(problem_of(error)) },
        };
        let kept = match keep(desk.store(), &invitation, &joined).await {
            Ok(kept) => kept,
            Err(_) => return JoinAnswer { problem: Some(JoinProblem::NotKept) },
        };
        let token = SecretString::from(joined.token.0);
        if let Err(error) = offices.add(desk, kept, token).await {
            tracing::warn!(code = ?error.code, "the office of an invitation could not be kept");
            return JoinAnswer { problem: Some(JoinProblem::NotKept) };
        }
        self.given().used_up(&link);
        JoinAnswer::default()
    }

    fn given(&self) -> MutexGuard<'_, InvitationState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn problem(problem: JoinProblem) -> InvitationAnswer {
    InvitationAnswer { invitation: None, problem: Some(problem) }
}

fn details(id: u32, invitation: &Invitation, preview: InvitationPreview) -> InvitationDetails {
    let mut extensions: Vec<String> = preview.extensions.into_iter().map(|own| own.extension).collect();
    extensions.dedup();
    InvitationDetails {
        id,
        office: preview.office,
        person: preview.person,
        extensions,
        host: name_of(invitation.address()),
        own_certificate: invitation.anchor().is_some(),
        expires_at: preview.expires_at,
    }
}

/// What is kept of an office that was joined: in the place of what this person had of it, beside what others have.
async fn keep(
    store: &Store,
    invitation: &Invitation,
    joined: &Joined,
) -> Result<KeptOffice, desk::contract::ContractError> {
    let (address, host) = (invitation.address().as_str(), name_of(invitation.address()));
    let all = kept::all(store).await?;
    let mine = all.iter().find(|office| office.address == address && office.person.as_ref() == Some(&joined.person));
    let id = match mine {
        Some(mine) => mine.id.clone(),
        None if all.iter().any(|office| office.id == host) => format!("{host}#{}", joined.token_id),
        None => host,
    };
    let now = SystemClock.now();
    Ok(KeptOffice {
        name: Some(joined.office.clone()),
        person: Some(joined.person.clone()),
        anchor: invitation.anchor().map(str::to_owned),
        life: joined.expires_at.map(|ends| Life { begins: now, ends }),
        ..KeptOffice::new(&id, address)
    })
}

fn problem_of(error: JoinError) -> JoinProblem {
    match error {
        JoinError::Refused(JoinRefusal::CodeUnknown) => JoinProblem::CodeUnknown,
        JoinError::Refused(JoinRefusal::CodeUsed) => JoinProblem::CodeUsed,
        JoinError::Refused(JoinRefusal::CodeExpired) => JoinProblem::CodeExpired,
        JoinError::Refused(JoinRefusal::CodeRevoked) => JoinProblem::CodeRevoked,
        JoinError::TooOften => JoinProblem::TooOften,
        JoinError::NameNotFound => JoinProblem::NameNotFound,
        JoinError::NoNameServer => JoinProblem::NoNameServer,
        JoinError::Forbidden => JoinProblem::Forbidden,
        JoinError::NoAnswer => JoinProblem::NoAnswer,
        JoinError::Untrusted => JoinProblem::Untrusted,
        JoinError::OtherCertificate => JoinProblem::OtherCertificate,
        JoinError::TooOld => JoinProblem::TooOld,
        JoinError::NotAGateway => JoinProblem::NotAGateway,
        JoinError::NotNow => JoinProblem::NotNow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_that_comes_during_a_join_is_still_there_after_it() {
        let invitations = Invitations::default();
        let waiting = || invitations.given().handed_over.as_ref().map(|link| link.expose_secret().to_owned());
        invitations.hand_over("first".into());
        invitations.given().used_up(&"first".into());
        assert_eq!(waiting(), None);
        invitations.hand_over("first".into());
        invitations.hand_over("second".into());
        invitations.given().used_up(&"first".into());
        assert_eq!(waiting().as_deref(), Some("second"));
    }
}
