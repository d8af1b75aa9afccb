//! The staged check of a connection: what each stage takes, and what was seen of it.

mod evidence;

use calls::ConnectionId;
use jiff::Timestamp;
use link::wire::{
    HopState, JournalReason, ProofName, StageCause, StageName, StageProof, StageReport, StageState, Titles,
};
use pbx::{Delivery, StageAdvice, Stages};

pub(crate) use evidence::{Evidence, Exchange, Wanted};

use crate::setup::titles;

/// How a connection stands, beside what was seen of it.
pub(crate) struct Standing {
    /// How its events reach us.
    pub(crate) delivery: Delivery,
    /// Its make's stages.
    pub(crate) stages: Stages,
    /// The vendor has a test host.
    pub(crate) has_test_host: bool,
    /// The connection is there.
    pub(crate) is_at_test_host: bool,
    /// Whether the public address is encrypted; `None` where nobody has named it.
    pub(crate) is_address_encrypted: Option<bool>,
    /// Messages without encryption are taken until then.
    pub(crate) trial_until: Option<Timestamp>,
    /// When the newest call began that the office has of it, for a PBX that tells nothing by itself.
    pub(crate) listed_call: Option<Timestamp>,
}

/// The stages with what was seen of each.
pub(crate) fn stages(standing: &Standing, seen: &Evidence) -> Vec<StageReport> {
    let mut is_current_found = false;
    let advised = StageName::ALL.into_iter().zip(standing.stages.all());
    advised
        .map(|(stage, advice)| {
            let (advice, is_needed) = match advice {
                StageAdvice::Do(text) => (titles(text), true),
                StageAdvice::NotNeeded(text) => (titles(text), false),
            };
            let proofs = if is_needed { proofs(stage, standing, seen) } else { Vec::new() };
            let state = match (is_needed, proofs.iter().all(|proof| proof.state == HopState::Passed)) {
                (false, _) => StageState::NotNeeded,
                (true, true) => StageState::Passed,
                (true, false) if is_current_found => StageState::Later,
                (true, false) => {
                    is_current_found = true;
                    StageState::Current
                }
            };
            report(stage, state, advice, proofs, standing, seen)
        })
        .collect()
}

fn report(
    stage: StageName,
    state: StageState,
    advice: Titles,
    proofs: Vec<StageProof>,
    standing: &Standing,
    seen: &Evidence,
) -> StageReport {
    let can_run = state != StageState::NotNeeded
        && match stage {
            StageName::Plain | StageName::Signature => standing.has_test_host,
            StageName::Tls => standing.has_test_host || standing.is_address_encrypted.is_some(),
            StageName::Live | StageName::AllowList => true,
        };
    let began_at = match stage {
        StageName::Plain | StageName::Signature | StageName::Tls => None,
        StageName::Live | StageName::AllowList => seen.began(stage),
    };
    StageReport { stage, state, advice, proofs, can_run, began_at }
}

fn proofs(stage: StageName, standing: &Standing, seen: &Evidence) -> Vec<StageProof> {
    let asked =
        |name, request: &Option<Exchange>| standing.has_test_host.then(|| request_proof(name, request.as_ref()));
    let began = seen.began(stage);
    match stage {
        StageName::Plain => {
            // Where the public address is not encrypted, plain messages are taken at all times.
            let takes_plain = standing.trial_until.is_some() || standing.is_address_encrypted == Some(false);
            let waits = if takes_plain { StageCause::NoNotification } else { StageCause::TrialIsOff };
            let came = seen.plain_notification.as_ref();
            // Whatever its signature: that is the next stage.
            let notification = came.map_or_else(
                || missing(ProofName::PlainNotification, waits),
                |it| passed(ProofName::PlainNotification, it),
            );
            // Any answer will do.
            let answered = seen.plain_request.as_ref().map(|it| match it.status {
                Some(_) => passed(ProofName::PlainRequest, it),
                None => failed(ProofName::PlainRequest, it, StageCause::RequestFailed),
            });
            let request = || answered.unwrap_or_else(|| missing(ProofName::PlainRequest, StageCause::NotAsked));
            [notification].into_iter().chain(standing.has_test_host.then(request)).collect()
        }
        StageName::Signature => {
            let signature = match &seen.notification {
                None => missing(ProofName::Signature, StageCause::NoNotification),
                Some(it) if it.failure.is_some() => failed(ProofName::Signature, it, StageCause::NotificationRefused),
                Some(it) => passed(ProofName::Signature, it),
            };
            [signature].into_iter().chain(asked(ProofName::TestRequest, &seen.test_request)).collect()
        }
        StageName::Tls => {
            let trial = match standing.trial_until {
                Some(_) => {
                    StageProof { state: HopState::Stopped, ..missing(ProofName::TrialOff, StageCause::TrialIsOn) }
                }
                None => proof(ProofName::TrialOff, HopState::Passed),
            };
            // Where somebody names no encrypted address, nothing that came from outside was encrypted all the way.
            let over_tls = |name, came: &Option<Exchange>, waits| match (standing.is_address_encrypted, came) {
                (None, _) => missing(name, StageCause::NoPublicAddress),
                (Some(false), _) => missing(name, StageCause::PlainPublicAddress),
                (Some(true), None) => missing(name, waits),
                (Some(true), Some(it)) => passed(name, it),
            };
            let own = over_tls(ProofName::OwnTest, &seen.own_test, StageCause::NotTested);
            let came = over_tls(ProofName::TlsNotification, &seen.tls_notification, StageCause::NoNotification);
            [trial, own, came].into_iter().chain(asked(ProofName::TlsRequest, &seen.tls_request)).collect()
        }
        StageName::Live => {
            let address = match standing.is_at_test_host {
                true => {
                    StageProof { state: HopState::Stopped, ..missing(ProofName::LiveAddress, StageCause::AtTestHost) }
                }
                false => proof(ProofName::LiveAddress, HopState::Passed),
            };
            vec![address, since(ProofName::Request, began, seen.request.as_ref()), real_call(standing, seen, began)]
        }
        StageName::AllowList => {
            let request = since(ProofName::Request, began, seen.request.as_ref());
            // Who does not post is seen by a call.
            let posts = standing.delivery.needs_public_address();
            let told = match posts {
                true => told_since(ProofName::Notification, began, seen.taken.as_ref(), StageCause::NoNotification),
                false => real_call(standing, seen, began),
            };
            vec![request, told]
        }
    }
}

/// A request that was sent since the stage was begun.
fn since(name: ProofName, began: Option<Timestamp>, request: Option<&Exchange>) -> StageProof {
    match began {
        None => missing(name, StageCause::NotBegun),
        Some(began) => request_proof(name, request.filter(|it| it.at >= began)),
    }
}

/// A message that came since the stage was begun.
fn told_since(name: ProofName, began: Option<Timestamp>, came: Option<&Exchange>, waits: StageCause) -> StageProof {
    match began {
        None => missing(name, StageCause::NotBegun),
        Some(began) => came.filter(|it| it.at >= began).map_or_else(|| missing(name, waits), |it| passed(name, it)),
    }
}

fn real_call(standing: &Standing, seen: &Evidence, began: Option<Timestamp>) -> StageProof {
    match (standing.delivery, began) {
        // It tells of its calls in lists alone.
        (Delivery::Polling, Some(began)) => match standing.listed_call.filter(|at| *at >= began) {
            Some(at) => StageProof { at: Some(at), ..proof(ProofName::RealCall, HopState::Passed) },
            None => missing(ProofName::RealCall, StageCause::NoCall),
        },
        (Delivery::Polling, None) | (Delivery::Webhook | Delivery::Socket | Delivery::SocketPerExtension, _) => {
            told_since(ProofName::RealCall, began, seen.call.as_ref(), StageCause::NoCall)
        }
    }
}

/// A request of ours that must be accepted.
fn request_proof(name: ProofName, request: Option<&Exchange>) -> StageProof {
    match request {
        None => missing(name, StageCause::NotAsked),
        Some(it) if it.failure.is_some() => failed(name, it, StageCause::RequestFailed),
        Some(it) => passed(name, it),
    }
}

fn proof(name: ProofName, state: HopState) -> StageProof {
    StageProof { proof: name, state, at: None, entry: None, status: None, took_ms: None, cause: None, reason: None }
}

fn missing(name: ProofName, cause: StageCause) -> StageProof {
    StageProof { cause: Some(cause), ..proof(name, HopState::NotReached) }
}

fn passed(name: ProofName, it: &Exchange) -> StageProof {
    StageProof {
        at: Some(it.at),
        entry: Some(it.id),
        status: it.status,
        took_ms: Some(it.took_ms),
        ..proof(name, HopState::Passed)
    }
}

fn failed(name: ProofName, it: &Exchange, cause: StageCause) -> StageProof {
    let reason: Option<JournalReason> = it.failure;
    StageProof { state: HopState::Stopped, cause: Some(cause), reason, ..passed(name, it) }
}

/// The calls of a connection in a list, newest first: when the first of them began.
pub(crate) fn newest_of(connection: &ConnectionId, calls: &[link::wire::Call]) -> Option<Timestamp> {
    calls.iter().find(|call| call.connection == *connection).map(|call| call.started_at)
}

#[cfg(test)]
mod tests;
