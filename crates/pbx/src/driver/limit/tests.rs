use std::sync::Mutex;

use futures_util::future::BoxFuture;
use tokio::task::JoinSet;

use super::*;
use crate::quota::KeepNoTimes;

/// The wall clock beside the paused clock of the runtime.
struct Wall {
    began: Instant,
    at: Timestamp,
}

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        self.at + SignedDuration::try_from(self.began.elapsed()).expect("short")
    }
}

fn wall() -> Arc<Wall> {
    Arc::new(Wall { began: Instant::now(), at: "2026-03-05T09:00:00Z".parse().expect("a time") })
}

fn limit() -> Arc<Limit> {
    Arc::new(Limit::new("rc".parse().expect("an id"), Arc::new(KeepNoTimes), wall()))
}

const CALL: &str = "POST /calls";

fn once_a_minute() -> Quota {
    Quota {
        counted: Counted::SameAddress,
        requests: 1,
        window: Duration::from_secs(60),
        outlives_program: true,
        words: "one call a minute".into(),
    }
}

async fn ask(limit: &Limit, quotas: &[Quota], address: &str, priority: Priority) -> Result<(), Error> {
    limit.wait(&ToCount { quotas, address }, priority.into()).await
}

/// Sends so many at once, and says when each was sent, in milliseconds, and how many were refused.
async fn storm(limit: &Arc<Limit>, quotas: &[Quota], priority: Priority, requests: usize) -> (Vec<u128>, usize) {
    let began = Instant::now();
    let mut all = JoinSet::new();
    for _ in 0..requests {
        let (limit, quotas) = (Arc::clone(limit), quotas.to_vec());
        all.spawn(async move { ask(&limit, &quotas, CALL, priority).await.map(|()| began.elapsed().as_millis()) });
    }
    let outcomes = all.join_all().await;
    let refused = outcomes.iter().filter(|outcome| outcome.is_err()).count();
    let mut sent: Vec<u128> = outcomes.into_iter().flatten().collect();
    sent.sort_unstable();
    (sent, refused)
}

/// The most that were sent in any stretch of time of this length.
fn most_within(sent: &[u128], window: u128) -> usize {
    let within = |from: &u128| sent.iter().filter(|time| (*from..*from + window).contains(time)).count();
    sent.iter().map(within).max().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_hundred_commands_at_once_are_sent_within_five_seconds_or_refused_with_the_reason() {
    let limit = limit();
    let quotas = [Quota::per_second(10), Quota::of_kind("callback", 4, Duration::from_secs(1), "four calls a second")];
    let (sent, refused) = storm(&limit, &quotas, Priority::Command, 100).await;
    assert!(most_within(&sent, 1000) <= 4, "{sent:?}");
    assert!(sent.len() >= 12 && sent.len() + refused == 100, "{sent:?}");
    assert!(sent.iter().all(|time| *time < 5000), "{sent:?}");
    let told = ask(&limit, &quotas, CALL, Priority::Command).await.map_err(|error| error.to_string());
    // Those that were sent last count no more than a window.
    assert_eq!(told, Ok(()));
}

/// What the request that places a call counts towards at each make, and how many of a hundred are sent within five seconds.
#[tokio::test(start_paused = true)]
async fn every_place_that_the_limit_of_a_make_has_within_five_seconds_is_used_and_no_other() {
    let second = Duration::from_secs(1);
    let callback = crate::mango_vpbx::quota_of("commands/callback").expect("callbacks are counted apart");
    for (config, more, places) in [
        (make_config(crate::rostelecom::MAKE), None, 4 * 5),
        (make_config(crate::mango_client::MAKE), None, 4 * 10),
        (make_config(crate::mango_vpbx::MAKE), Some(callback), 4 * 4),
        (make_config(crate::zadarma::MAKE), None, 100),
        (make_config(crate::zadarma::NOVOFON), None, 100),
        (make_config(crate::era::MAKE), None, 4 * 10),
        (make_config(crate::ringcloud::MAKE), Some(once_a_minute()), 1),
    ] {
        let make = config.make;
        let everything = crate::build(&config).expect("a make").quota();
        let quotas: Vec<Quota> = [everything].into_iter().chain(more).collect();
        let (sent, refused) = storm(&limit(), &quotas, Priority::Command, 100).await;
        assert_eq!((sent.len(), refused), (places, 100 - places), "{make}");
        assert!(sent.iter().all(|time| *time < 5000), "{make}: none later: {sent:?}");
        for quota in quotas.iter().filter(|quota| quota.window == second) {
            assert!(most_within(&sent, 1000) <= quota.requests as usize, "{make}: {sent:?}");
        }
    }
}

fn make_config(make: crate::Make) -> crate::ConnectionConfig {
    let key = |secret: &crate::make::Secret| (secret.name.to_owned(), secrecy::SecretString::from("12345_abc"));
    crate::ConnectionConfig {
        id: "rc".parse().expect("an id"),
        make,
        zone: None,
        base_url: make.base_url.is_empty().then(|| "https://pbx.example.org".parse().expect("a URL")),
        trust_anchor_pem: None,
        secrets: make.secrets.iter().map(key).collect(),
        overrides: BTreeMap::new(),
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_request_within_a_minute_is_refused_at_once_and_others_are_not() {
    let limit = limit();
    let quotas = [Quota::per_second(5), once_a_minute()];
    assert_eq!(ask(&limit, &quotas, CALL, Priority::Command).await, Ok(()));
    let began = Instant::now();
    let told = ask(&limit, &quotas, CALL, Priority::Command).await.expect_err("the same within the minute");
    assert_eq!(began.elapsed(), Duration::ZERO, "refused at once, not queued to be placed later");
    assert!(told.to_string().starts_with("one call a minute; try again in 6"), "{told}");
    assert!(told.unsent() && told.retry_after().is_some_and(|wait| wait <= Duration::from_secs(62)));
    assert_eq!(ask(&limit, &quotas, "POST /users/1", Priority::Command).await, Ok(()), "another address");
    tokio::time::advance(Duration::from_secs(58)).await;
    assert_eq!(ask(&limit, &quotas, CALL, Priority::Command).await, Ok(()), "in its place within five seconds");
    assert!(began.elapsed() >= Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn reads_wait_leave_room_for_commands_and_let_them_pass() {
    let limit = limit();
    let quotas = [Quota::per_second(10)];
    let reads = {
        let (limit, quotas) = (Arc::clone(&limit), quotas.clone());
        tokio::spawn(async move { storm(&limit, &quotas, Priority::Background, 100).await })
    };
    tokio::time::sleep(Duration::from_millis(10)).await;
    let began = Instant::now();
    for _ in 0..3 {
        assert_eq!(ask(&limit, &quotas, CALL, Priority::Command).await, Ok(()));
    }
    assert_eq!(began.elapsed(), Duration::ZERO, "a storm of reads leaves room");
    for _ in 0..10 {
        assert_eq!(ask(&limit, &quotas, CALL, Priority::Command).await, Ok(()));
    }
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "no command stands behind a hundred reads: {:?}",
        began.elapsed()
    );
    let (sent, refused) = reads.await.expect("the reads");
    assert!(refused == 0 && most_within(&sent, 1000) <= 7, "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn a_read_that_would_wait_too_long_is_told_so() {
    let limit = limit();
    let statistics = [Quota::of_kind("statistics", 3, Duration::from_secs(60), "three a minute")];
    for _ in 0..3 {
        assert_eq!(ask(&limit, &statistics, "a", Priority::Person).await, Ok(()));
    }
    let began = Instant::now();
    assert_eq!(ask(&limit, &statistics, "b", Priority::Person).await, Ok(()), "it waits the minute out");
    assert!(began.elapsed() >= Duration::from_secs(60));
    let hour = [Quota::of_kind("rare", 1, Duration::from_secs(3000), "one an hour")];
    assert_eq!(ask(&limit, &hour, "a", Priority::Person).await, Ok(()));
    let told = ask(&limit, &hour, "a", Priority::Person).await.expect_err("too long");
    assert!(told.to_string().starts_with("one an hour; try again in 30"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn while_locked_out_nothing_is_sent_and_the_reason_is_said() {
    let limit = limit();
    let quotas = [Quota::per_second(10)];
    let locked = LockOut { counted: Counted::Everything, lasts: Duration::from_secs(120), words: "locked out".into() };
    limit.lock_out(&ToCount { quotas: &quotas, address: CALL }, locked);
    let told = ask(&limit, &quotas, "other", Priority::Command).await.expect_err("locked out");
    assert_eq!(told.to_string(), "locked out; try again in 120 s");
    assert!(limit.locked_out().is_some());
    tokio::time::advance(Duration::from_secs(121)).await;
    assert_eq!((ask(&limit, &quotas, "other", Priority::Command).await, limit.locked_out()), (Ok(()), None));
    let one = LockOut { counted: Counted::SameAddress, lasts: Duration::from_secs(60), words: "not this".into() };
    limit.lock_out(&ToCount { quotas: &[once_a_minute()], address: CALL }, one);
    assert!(ask(&limit, &[once_a_minute()], CALL, Priority::Command).await.is_err());
    assert_eq!(ask(&limit, &[once_a_minute()], "other", Priority::Command).await, Ok(()), "only that address");
}

#[derive(Default)]
struct Kept(Mutex<RequestTimes>);

impl RequestTimesKeeper for Kept {
    fn read<'a>(&'a self, _connection: &'a ConnectionId) -> BoxFuture<'a, Option<RequestTimes>> {
        Box::pin(async { Some(self.0.lock().expect("not poisoned").clone()) })
    }

    fn keep(&self, _connection: &ConnectionId, times: &RequestTimes) {
        *self.0.lock().expect("not poisoned") = times.clone();
    }
}

#[tokio::test(start_paused = true)]
async fn a_restart_and_a_program_beside_this_one_share_the_minute() {
    let (kept, wall) = (Arc::new(Kept::default()), wall());
    let started = || Limit::new("rc".parse().expect("an id"), Arc::clone(&kept) as _, Arc::clone(&wall) as _);
    let quotas = [once_a_minute()];
    let (serve, check) = (started(), started());
    assert_eq!(ask(&serve, &quotas, CALL, Priority::Command).await, Ok(()));
    assert!(ask(&check, &quotas, CALL, Priority::Command).await.is_err(), "beside it");
    tokio::time::advance(Duration::from_secs(30)).await;
    let again = started();
    let told = ask(&again, &quotas, CALL, Priority::Command).await.expect_err("after a restart");
    assert!(told.to_string().contains("in 32 s"), "{told}");
    tokio::time::advance(Duration::from_secs(32)).await;
    assert_eq!(ask(&again, &quotas, CALL, Priority::Command).await, Ok(()));
    assert!(ask(&serve, &quotas, CALL, Priority::Command).await.is_err(), "the older program learns of it");
    for address in 0..100 {
        assert_eq!(ask(&serve, &quotas, &address.to_string(), Priority::Person).await, Ok(()));
    }
    tokio::time::advance(Duration::from_secs(2 * 3600)).await;
    assert_eq!(ask(&serve, &quotas, CALL, Priority::Command).await, Ok(()));
    assert_eq!(kept.0.lock().expect("not poisoned").len(), 1, "what counts no more is not kept");
}

/// A database that is busy for good, or whose reads fail.
struct Unreadable {
    ends: bool,
}

impl RequestTimesKeeper for Unreadable {
    fn read<'a>(&'a self, _connection: &'a ConnectionId) -> BoxFuture<'a, Option<RequestTimes>> {
        if self.ends { Box::pin(std::future::ready(None)) } else { Box::pin(std::future::pending()) }
    }

    fn keep(&self, _connection: &ConnectionId, _times: &RequestTimes) {
        panic!("what was kept is overwritten by who could not read it");
    }
}

#[tokio::test(start_paused = true)]
async fn a_command_waits_for_a_busy_database_no_longer_than_for_anything_else() {
    let limit = |ends| Limit::new("rc".parse().expect("an id"), Arc::new(Unreadable { ends }), wall());
    let (busy, began) = (limit(false), Instant::now());
    let told = ask(&busy, &[once_a_minute()], CALL, Priority::Command).await.expect_err("it was too busy");
    assert!(told.to_string().starts_with(BUSY) && began.elapsed() <= Duration::from_secs(6), "{told}");
    let failing = limit(true);
    assert_eq!(ask(&failing, &[once_a_minute()], CALL, Priority::Command).await, Ok(()));
    assert!(ask(&failing, &[once_a_minute()], CALL, Priority::Command).await.is_err(), "what this program sent counts");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_back_costs_one_window() {
    let (kept, wall) = (Arc::new(Kept::default()), wall());
    let class = Counted::SameAddress.class(CALL);
    let ahead = wall.now() + SignedDuration::from_hours(3);
    kept.keep(&"rc".parse().expect("an id"), &RequestTimes::from([(class, vec![ahead])]));
    let limit = Limit::new("rc".parse().expect("an id"), Arc::clone(&kept) as _, Arc::clone(&wall) as _);
    let began = Instant::now();
    assert_eq!(ask(&limit, &[once_a_minute()], CALL, Priority::Background).await, Ok(()));
    assert!(began.elapsed() < Duration::from_secs(62));
    assert!(
        kept.0.lock().expect("not poisoned").values().flatten().all(|time| *time <= wall.now()),
        "the future is forgotten"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_waited_for_before_counts_towards_the_five_seconds() {
    let limit = limit();
    let quotas = [Quota::of_kind("callback", 1, Duration::from_secs(3), "one call in three seconds")];
    let patience = Patience::from(Priority::Command);
    assert_eq!(ask(&limit, &quotas, CALL, Priority::Command).await, Ok(()));
    tokio::time::advance(Duration::from_secs(2)).await;
    let request = ToCount { quotas: &quotas, address: CALL };
    let began = Instant::now();
    assert_eq!(limit.wait(&request, patience).await, Ok(()), "two of its four seconds are left");
    assert!(began.elapsed() < Duration::from_secs(2));
    let told = limit.wait(&request, patience).await.expect_err("they are over before it may be sent");
    assert!(told.unsent() && told.to_string().starts_with("one call in three seconds"), "{told}");
    tokio::time::advance(Duration::from_secs(60)).await;
    let told = limit.wait(&request, patience).await.expect_err("nobody wants it any more");
    assert!(told.unsent() && told.to_string().contains("too busy"), "{told}");
}
