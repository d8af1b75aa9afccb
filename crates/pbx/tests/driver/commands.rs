//! When a command is sent, and what is said where only a part of it was.

use std::{sync::Arc, time::Duration};

use calls::{ActOn, Action, Book, CommandAnswer, CommandId, LogEvent, Stored};
use jiff::Timestamp;
use pbx::{Driver, Trial, TrialReason, TrialStep};
use tokio::{
    io::AsyncReadExt,
    net::{TcpSocket, TcpStream},
    sync::mpsc,
    task::JoinSet,
    time::Instant,
};
use uuid::Uuid;

use crate::support::{FakePbx, FixedClock, Kept, Reply, config, driver};

const COMMAND: CommandId = CommandId(Uuid::nil());
const LIST: &str = r#"[{"cid":"c1","connectionid":"c1.1772701200000","state":"Dialog","fromouter":true,"fromnumber":"79161234567",
    "callednum":"74951234567","acallid":"a","bcallid":"b","bremoteuri":"sip:101@pbx.example"}]"#;

/// Era's list, and what it answers to each digit, by how many came before.
async fn era(digit: impl Fn(usize) -> Reply + Send + 'static) -> FakePbx {
    let mut digits = 0;
    FakePbx::start(move |seen, _| {
        if seen.line.starts_with("SEND_DTMF") {
            digits += 1;
            return digit(digits - 1);
        }
        Reply::json(200, LIST)
    })
    .await
}

/// Makes the list's call known, and says what is to be acted on.
async fn listed(pbx: &FakePbx) -> (Driver, ActOn) {
    let mut config = config(pbx::era::MAKE, &pbx.url);
    config.overrides.extend([("transport", "rest"), ("poll", "1")].map(|(name, value)| (name.into(), value.into())));
    let driver = Driver::new(config, Arc::new(Kept::default()), Arc::new(FixedClock)).unwrap();
    let mut poller = driver.poller(Vec::new(), jiff::tz::TimeZone::UTC, true).expect("it asks");
    // Whether a list goes on behind its only row is asked, too.
    let snapshot = loop {
        if let Some(snapshot) = driver.poll(poller.as_mut()).await.unwrap().snapshot {
            break snapshot;
        }
    };
    let connection: calls::ConnectionId = "test".parse().unwrap();
    let mut book = Book::new(connection.clone(), driver.book_settings());
    for (seq, event) in (1..).zip(snapshot.events) {
        let received_at = Timestamp::UNIX_EPOCH;
        book.apply(&Stored { seq, connection: connection.clone(), received_at, event: LogEvent::Vendor(event) });
    }
    let call = book.open_calls().next().unwrap().clone();
    let leg = call.legs[0].clone();
    (driver, ActOn { extension: Some("101".to_owned()), call, leg, other: None })
}

fn digits(pbx: &FakePbx) -> usize {
    pbx.lines().iter().filter(|line| line.starts_with("SEND_DTMF")).count()
}

#[tokio::test]
async fn what_was_done_in_part_is_not_refused() {
    let twelve = Action::Dtmf { digits: "123456789012".to_owned() };
    // Ten requests a second are admitted, so the last digits come too late.
    let pbx = era(|_| Reply::json(200, "{}")).await;
    let (driver, on) = listed(&pbx).await;
    let asked = Instant::now() - Duration::from_secs(4);
    assert_eq!(driver.commands(asked).act(COMMAND, &on, &twelve).await, CommandAnswer::Unknown { command: COMMAND });
    assert!((1..12).contains(&digits(&pbx)), "{}", digits(&pbx));

    let pbx = era(|before| if before == 0 { Reply::json(200, "{}") } else { Reply::json(400, "{}") }).await;
    let (driver, on) = listed(&pbx).await;
    let two = Action::Dtmf { digits: "12".to_owned() };
    let answer = driver.commands(Instant::now()).act(COMMAND, &on, &two).await;
    assert_eq!((answer, digits(&pbx)), (CommandAnswer::Unknown { command: COMMAND }, 2));
}

#[tokio::test]
async fn what_was_not_begun_is_refused() {
    let pbx = era(|_| Reply::json(400, "{}")).await;
    let (driver, on) = listed(&pbx).await;
    let two = Action::Dtmf { digits: "12".to_owned() };
    for (ago, sent) in [(0, 1), (60, 1)] {
        let asked = Instant::now() - Duration::from_secs(ago);
        let answer = driver.commands(asked).act(COMMAND, &on, &two).await;
        assert!(matches!(answer, CommandAnswer::Rejected { .. }), "{answer:?}");
        assert_eq!(digits(&pbx), sent, "asked for {ago} s ago");
    }
}

/// A PBX that does not accept connections while its queue is full: what is placed then must not ring a phone later.
#[tokio::test]
async fn a_call_is_not_placed_when_the_pbx_accepts_the_connection_too_late() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = JoinSet::new();
    (0..4).for_each(|_| drop(waiting.spawn(TcpStream::connect(address))));
    // As many as the queue has room for: the others wait.
    let _queued = [waiting.join_next().await, waiting.join_next().await];
    let config = config(pbx::mango_vpbx::MAKE, &format!("http://{address}").parse().unwrap());
    let driver = Driver::new(config, Arc::new(Kept::default()), Arc::new(FixedClock)).unwrap();
    let asked = Instant::now() - Duration::from_secs(4);
    let answer = driver.commands(asked).originate(COMMAND, "101", "+74951234567").await;
    let CommandAnswer::Rejected { reason, .. } = answer else { panic!("{answer:?}") };
    assert!(reason.contains("nothing was sent"), "{reason}");
    assert!(asked.elapsed() < Duration::from_secs(6), "it is said at once");
    waiting.abort_all();
    let (bytes, mut received) = mpsc::channel(8);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let bytes = bytes.clone();
            tokio::spawn(async move {
                if let Ok(1..) = stream.read(&mut [0; 64]).await {
                    bytes.send(()).await.unwrap();
                }
            });
        }
    });
    let late = tokio::time::timeout(Duration::from_secs(3), received.recv()).await;
    assert!(late.is_err(), "it was sent after the person was told that it was not");
}

#[tokio::test]
async fn a_pbx_that_tells_no_time_says_nothing_of_our_clock() {
    let pbx = FakePbx::start(|_, _| Reply::json(200, r#"{"result":1000}"#)).await;
    let (driver, _) = driver(pbx::mango_vpbx::MAKE, &pbx);
    let trial = Trial::new(std::sync::Arc::new(driver), "101", jiff::tz::TimeZone::UTC);
    assert!(trial.take(TrialStep::Key).await.ok);
    let outcome = trial.take(TrialStep::Clock).await;
    assert_eq!((outcome.ok, outcome.reason), (true, TrialReason::NoTimeTold), "{outcome:?}");
}
