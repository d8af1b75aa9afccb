//! What MANGO counts, and what it does to those who ask wrongly.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    lock_out::LockOut,
    mango::codes,
    quota::{Counted, Quota},
    request::Answer,
};

/// How long a wrong request counts, and how long everything is refused after a second one: from the first of them.
const LOCK_OUT: Duration = Duration::from_secs(120);
const WORDS: &str = "MANGO refuses every request for two minutes after a second wrong one";

/// What the requests at this path count towards beside the ten a second of all.
pub(crate) fn of_path(path: &str) -> Option<Quota> {
    let second = Duration::from_secs(1);
    Some(match path {
        "commands/callback" => Quota::of_kind("callback", 4, second, "MANGO places four calls a second with this key"),
        "commands/callback_group" => {
            Quota::of_kind("callback_group", 4, second, "MANGO calls back for groups four times a second with this key")
        }
        "commands/call/hangup" => Quota::of_kind("hangup", 4, second, "MANGO ends four calls a second with this key"),
        "commands/recording/start" => {
            Quota::of_kind("recording", 4, second, "MANGO begins four recordings a second with this key")
        }
        "commands/transfer" => {
            Quota::of_kind("transfer", 1, 2 * second, "MANGO transfers one call in two seconds with this key")
        }
        "commands/route" => {
            Quota::of_kind("route", 1, 2 * second, "MANGO routes one call in two seconds with this key")
        }
        "stats/request" | "stats/calls/request/" => {
            Quota::of_kind("statistics", 1, 2 * second, "MANGO begins statistics once in two seconds")
        }
        "config/users/request" => {
            Quota::of_kind("users", 1, 2 * second, "MANGO lists the employees once in two seconds")
        }
        "account/balance" => Quota::of_kind("balance", 2, second, "MANGO tells the balance twice a second"),
        _ => return None,
    })
}

/// Remembers the wrong requests.
#[derive(Debug, Default)]
pub(super) struct WrongRequests {
    first: Mutex<Option<Instant>>,
}

impl WrongRequests {
    /// What an answer shows: a second wrong request within two minutes of the first, or a refusal of everything, which
    /// looks like a wrong key.
    pub(super) fn read(&self, answer: &Answer, now: Instant) -> Option<LockOut> {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        first.take_if(|first| now.saturating_duration_since(*first) >= LOCK_OUT);
        let code = answer.fields().and_then(|fields| fields.integer("result")).map(codes::listed);
        let is_wrong = code.is_some_and(|code| (3000..4000).contains(&code));
        if !is_wrong && answer.status != 401 {
            return None;
        }
        match *first {
            Some(first) => {
                let lasts = LOCK_OUT.saturating_sub(now.saturating_duration_since(first));
                Some(LockOut { counted: Counted::Everything, lasts, words: WORDS.into() })
            }
            None => {
                *first = is_wrong.then_some(now);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn answer(status: u16, body: &'static str) -> Answer {
        Answer {
            status,
            retry_after: None,
            date: None,
            location: None,
            limits: None,
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    #[test]
    fn a_second_wrong_request_is_known_to_lock_out_until_two_minutes_after_the_first() {
        let (wrong, now) = (WrongRequests::default(), tokio::time::Instant::now().into_std());
        let at = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(wrong.read(&answer(401, ""), at(0)), None, "nothing was wrong before: it is the key");
        assert_eq!(wrong.read(&answer(200, r#"{"result":1000}"#), at(0)), None);
        assert_eq!(wrong.read(&answer(200, r#"{"result":"3100"}"#), at(0)), None);
        for (status, body) in [(200, r#"{"result":3300}"#), (401, "")] {
            let told = wrong.read(&answer(status, body), at(30)).expect("locked out");
            assert_eq!((told.counted, told.lasts), (Counted::Everything, Duration::from_secs(90)));
        }
        assert_eq!(wrong.read(&answer(401, ""), at(120)), None, "it is over, so it is the key");
    }
}
