//! Tries a connection, and says in words what is wrong with it.

use std::time::Duration;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::{
    Driver,
    limit::{Patience, Priority},
};
use crate::{
    check::{CheckReason, CheckReport, RightProbe},
    error::{Error, ErrorKind},
    request::Answer,
};

/// A clock difference beyond which the check warns.
pub(super) const SKEW: SignedDuration = SignedDuration::from_mins(5);

impl Driver {
    /// Whether the PBX answers and accepts the credentials, with the reason in words.
    pub async fn check(&self) -> CheckReport {
        self.check_with(Priority::Person.into()).await
    }

    /// The same, with so much patience for each place in the PBX's quotas.
    pub(super) async fn check_with(&self, patience: Patience) -> CheckReport {
        let began = Instant::now();
        let answer = match self.pbx.check() {
            Ok(request) => self.exchange(request, patience).await,
            Err(error) => Err(error),
        };
        let answer = match answer {
            // "Wrong credentials" is how some say that there were too many wrong requests.
            Ok(answer) if answer.status == 401 => match self.limit.locked_out() {
                Some((wait, words)) => Err(Error::new(ErrorKind::RateLimited { retry_after: Some(wait) }, words)),
                None => Ok(answer),
            },
            other => other,
        };
        let (took, now) = (began.elapsed(), self.clock.now());
        let clock_ahead = answer.as_ref().ok().and_then(|answer| clock_ahead(answer, took, now));
        let judged = answer.and_then(|answer| self.pbx.read_check(&answer));
        if let Some((reason, detail)) = self.missing_rights(&judged, patience).await {
            let ok = reason == CheckReason::Works;
            return CheckReport { ok, reason, detail, took, retry_after: None, clock_ahead };
        }
        match judged {
            Ok(()) => {
                let is_test = self.make.is_test_address(self.pbx.base_url());
                let detail = accepted(clock_ahead.filter(|ahead| ahead.abs() > SKEW), is_test);
                CheckReport { ok: true, reason: CheckReason::Works, detail, took, retry_after: None, clock_ahead }
            }
            Err(error) => {
                let reason = CheckReason::of(&error);
                let retry_after = error.retry_after();
                CheckReport { ok: false, reason, detail: error.to_string(), took, retry_after, clock_ahead }
            }
        }
    }

    /// Whether this answer, as the request journal keeps it, says that the credentials are accepted; `None` where something
    /// else was asked than a check asks.
    pub fn judge_check(&self, operation: &str, status: u16, body: &str) -> Option<Result<(), Error>> {
        if !self.pbx.check().is_ok_and(|request| request.operation == operation) {
            return None;
        }
        let body = Bytes::copy_from_slice(body.as_bytes());
        let answer = Answer { status, retry_after: None, date: None, location: None, limits: None, body };
        Some(self.pbx.read_check(&answer))
    }

    /// What the rights of a key amount to, where they are given one by one and some are missing: a missing right may look
    /// like a wrong key, but what the key may do shows that it is none. `first` is the outcome of the first of them.
    async fn missing_rights(&self, first: &Result<(), Error>, patience: Patience) -> Option<(CheckReason, String)> {
        let probes = self.pbx.right_probes();
        let mut missing: Vec<&RightProbe> = Vec::new();
        let mut is_accepted = false;
        for (place, probe) in probes.iter().enumerate() {
            let outcome = match place {
                0 => first.clone(),
                _ => {
                    let answer = self.exchange(probe.request.clone(), patience).await;
                    answer.and_then(|answer| self.pbx.read_check(&answer))
                }
            };
            match outcome {
                Ok(()) => is_accepted = true,
                Err(error) if is_refusal(&error) => missing.push(probe),
                // Whether the key has this right is not known.
                Err(_) if place > 0 => {}
                Err(_) => return None,
            }
        }
        if probes.is_empty() || missing.is_empty() {
            return None;
        }
        if !is_accepted {
            let why = first.as_ref().err().map_or_else(String::new, ToString::to_string);
            return Some((CheckReason::WrongCredentials, why));
        }
        let rights: Vec<&str> = missing.iter().map(|probe| probe.right).collect();
        let detail = format!("the PBX accepts the key, but it lacks the right to {}", rights.join(" and to "));
        let is_useless = missing.iter().any(|probe| probe.is_needed);
        Some((if is_useless { CheckReason::NotAdmitted } else { CheckReason::Works }, detail))
    }
}

/// What is said where the PBX accepts the credentials; `off` is how far its clock is off, where that is far.
fn accepted(off: Option<SignedDuration>, is_test: bool) -> String {
    let mut words = match off {
        Some(ahead) => format!(
            "the PBX answers and accepts the credentials, but the clocks differ by {} minutes: set this computer's clock",
            ahead.abs().as_mins()
        ),
        None => "the PBX answers and accepts the credentials".to_owned(),
    };
    if is_test {
        words += "; this is the vendor's test host, whose answers are fixed samples: it places no calls, and says nothing \
                  of a real account";
    }
    words
}

fn is_refusal(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unauthorized | ErrorKind::Forbidden)
}

/// How far the PBX's clock is ahead. `Date` has whole seconds and was written about halfway through.
fn clock_ahead(answer: &Answer, took: Duration, now: Timestamp) -> Option<SignedDuration> {
    let half = SignedDuration::try_from(took / 2).ok()?;
    let ahead = answer.date?.duration_since(now) + half;
    Some(SignedDuration::from_secs(ahead.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_host_is_called_one() {
        assert!(!accepted(None, false).contains("test host"));
        let off = accepted(Some(SignedDuration::from_mins(-12)), true);
        assert!(off.contains("12 minutes") && off.contains("says nothing of a real account"), "{off}");
    }
}
