//! Faults: what networks and vendors do wrong, switched on and off at will.

use std::mem::discriminant;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::watch;

use crate::make::Make;
use crate::script::time;

/// One thing that goes wrong while it is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Every event is sent twice.
    Duplicates,
    /// Events swap places with the next one.
    Reordering,
    /// Every event waits this long before it is sent.
    Delay(Duration),
    /// Every socket is cut, without a closing frame, this long after it was opened.
    Cut(Duration),
    /// Only the first half of every event is sent.
    HalfEvent,
    /// Only the first half of every answer of the API is sent, then the connection is cut.
    HalfAnswer,
    /// Every event is followed by one of a kind that nobody knows.
    UnknownEvent,
    /// Webhooks carry a wrong signature.
    WrongSignature,
    /// Recordings come at this many bytes a second.
    SlowRecording(u64),
    /// Recordings are a page of HTML.
    RecordingHtml,
    /// Recordings have no bytes at all.
    RecordingEmpty,
    /// Recordings break off in the middle.
    RecordingTruncated,
    /// Recordings never become ready.
    RecordingNotReady,
    /// Click-to-call is answered with the number of a failure beside its session.
    OddResult,
    /// The reasons of an end come in words, as the guide has them, or as a number that says little.
    ReasonText,
    /// Links to recordings are dead when they are given out: a one-time link was used already, one with an end is over.
    LinkUsed,
    /// The PBX refuses connections and sends nothing: one make, or all of them.
    Down(Option<Make>),
    /// The PBX's clock is off by this much.
    WrongClock(SignedDuration),
    /// MANGO has no user with this extension any more: it was deleted in the PBX.
    ExtensionGone(u32),
    /// MANGO refuses this one of the extensions whatever it asks for.
    ExtensionRefused(u32),
    /// MANGO gives the same batch of missed events again however often it is asked.
    SameBatch,
    /// MANGO's ping is answered without a look at the token.
    OpenPing,
    /// MANGO cuts a socket as soon as its user has registered.
    CutOnRegister,
    /// Era's events come in any order.
    Shuffled,
    /// Era's dialogues end by being lost, which two services tell.
    DialogLost,
    /// Era takes subscriptions and sends no event.
    NoEvents,
    /// Era's token lacks the capability `ccs`.
    NoCcs,
    /// A proxy before Era drops its own verbs.
    VerbsDropped,
    /// Phones at Era take no notice of being told to answer or hold.
    NotifyIgnored,
    /// RingCloud's key may read everything and change nothing.
    ReadOnly,
    /// RingCloud's key has no right to this area.
    NoRight(KeyArea),
    /// Numbers in JSON are written as strings.
    NumbersAsStrings,
    /// Strings of digits in JSON are written as numbers.
    NumbersAsInts,
}

/// What a key of RingCloud has rights to; the vendor's names of the areas are not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyArea {
    /// Users and their settings.
    Users,
    /// Their recordings.
    Records,
    /// Calls, and placing them.
    Calls,
    /// The balance.
    Account,
    /// What is known of a phone number.
    Numbers,
}

impl FromStr for KeyArea {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        match text {
            "users" => Ok(Self::Users),
            "records" => Ok(Self::Records),
            "calls" => Ok(Self::Calls),
            "account" => Ok(Self::Account),
            "numbers" => Ok(Self::Numbers),
            _ => Err(FaultError("no-right is one of users, records, calls, account, numbers".into())),
        }
    }
}

/// The text names no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}; known faults: {NAMES}")]
pub struct FaultError(String);

const NAMES: &str = "duplicates, reordering, delay=1s, cut=5s, half-event, half-answer, unknown-event, wrong-signature, \
                     slow-recording=20000, recording-html, recording-empty, recording-truncated, recording-not-ready, \
                     link-used, odd-result, reason-text, down, down=MAKE, wrong-clock=3h, wrong-clock=-10m, extension-gone=202, extension-refused=203, same-batch, open-ping, cut-on-register, shuffled, dialog-lost, no-events, no-ccs, verbs-dropped, notify-ignored, read-only, no-right=calls, numbers-as-strings, \
                     numbers-as-ints";

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let plain = |fault: Self| match value {
            None => Ok(fault),
            Some(_) => Err(FaultError(format!("the fault {name} takes no value"))),
        };
        let wait = |default: &str| {
            time::parse(value.unwrap_or(default)).map_err(|reason| FaultError(format!("{name}: {reason}")))
        };
        match name {
            "duplicates" => plain(Self::Duplicates),
            "reordering" => plain(Self::Reordering),
            "delay" => Ok(Self::Delay(wait("1s")?)),
            "cut" => Ok(Self::Cut(wait("5s")?)),
            "half-event" => plain(Self::HalfEvent),
            "half-answer" => plain(Self::HalfAnswer),
            "unknown-event" => plain(Self::UnknownEvent),
            "wrong-signature" => plain(Self::WrongSignature),
            "slow-recording" => match value.unwrap_or("20000").parse() {
                Ok(0) | Err(_) => {
                    Err(FaultError("slow-recording wants bytes a second, as in slow-recording=20000".into()))
                }
                Ok(rate) => Ok(Self::SlowRecording(rate)),
            },
            "recording-html" => plain(Self::RecordingHtml),
            "recording-empty" => plain(Self::RecordingEmpty),
            "recording-truncated" => plain(Self::RecordingTruncated),
            "recording-not-ready" => plain(Self::RecordingNotReady),
            "link-used" => plain(Self::LinkUsed),
            "odd-result" => plain(Self::OddResult),
            "reason-text" => plain(Self::ReasonText),
            "down" => match value {
                None => Ok(Self::Down(None)),
                Some(make) => match make.parse() {
                    Ok(make) => Ok(Self::Down(Some(make))),
                    Err(reason) => Err(FaultError(format!("down: {reason}"))),
                },
            },
            "wrong-clock" => signed(value.unwrap_or("3h")).map(Self::WrongClock),
            "extension-gone" => extension(name, value).map(Self::ExtensionGone),
            "extension-refused" => extension(name, value).map(Self::ExtensionRefused),
            "same-batch" => plain(Self::SameBatch),
            "open-ping" => plain(Self::OpenPing),
            "cut-on-register" => plain(Self::CutOnRegister),
            "shuffled" => plain(Self::Shuffled),
            "dialog-lost" => plain(Self::DialogLost),
            "no-events" => plain(Self::NoEvents),
            "no-ccs" => plain(Self::NoCcs),
            "verbs-dropped" => plain(Self::VerbsDropped),
            "notify-ignored" => plain(Self::NotifyIgnored),
            "read-only" => plain(Self::ReadOnly),
            "no-right" => value.unwrap_or("calls").parse().map(Self::NoRight),
            "numbers-as-strings" => plain(Self::NumbersAsStrings),
            "numbers-as-ints" => plain(Self::NumbersAsInts),
            _ => Err(FaultError("there is no such fault".into())),
        }
    }
}

fn extension(name: &str, value: Option<&str>) -> Result<u32, FaultError> {
    let digits = value.and_then(|value| value.parse().ok());
    digits.ok_or_else(|| FaultError(format!("{name} wants an extension, as in {name}=202")))
}

fn signed(text: &str) -> Result<SignedDuration, FaultError> {
    let wrong = |reason: String| FaultError(format!("wrong-clock: {reason}"));
    let length = time::parse(text.trim_start_matches('-')).map_err(|reason| wrong(reason.to_string()))?;
    let length = SignedDuration::try_from(length).map_err(|_| wrong("too long".into()))?;
    Ok(if text.starts_with('-') { -length } else { length })
}

/// The faults that are on; clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Faults {
    on: watch::Sender<Vec<Fault>>,
}

impl Faults {
    pub(crate) fn new(on: Vec<Fault>) -> Self {
        Self { on: watch::Sender::new(on) }
    }

    /// Switches a fault; one of the same kind with another value is replaced.
    pub(crate) fn set(&self, fault: Fault, on: bool) {
        self.on.send_modify(|faults| {
            faults.retain(|other| discriminant(other) != discriminant(&fault));
            if on {
                faults.push(fault);
            }
        });
    }

    /// Whether a fault without a value is on.
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.on.borrow().contains(&fault)
    }

    /// The value of a fault, asked for by a pattern.
    pub(crate) fn find<T>(&self, pattern: impl Fn(Fault) -> Option<T>) -> Option<T> {
        self.on.borrow().iter().copied().find_map(pattern)
    }

    pub(crate) fn is_down(&self, make: Make) -> bool {
        is_down(&self.on.borrow(), make)
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Vec<Fault>> {
        self.on.subscribe()
    }
}

/// Whether these faults take a make down.
pub(crate) fn is_down(faults: &[Fault], make: Make) -> bool {
    faults.iter().any(|fault| matches!(fault, Fault::Down(which) if which.is_none_or(|which| which == make)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_help_is_understood() {
        for name in NAMES.split(", ").filter(|name| *name != "down=MAKE") {
            assert!(name.parse::<Fault>().is_ok(), "{name}");
        }
        assert_eq!("down=rostelecom".parse(), Ok(Fault::Down(Some(Make::ROSTELECOM))));
        assert_eq!("wrong-clock=-10m".parse(), Ok(Fault::WrongClock(SignedDuration::from_mins(-10))));
    }

    #[test]
    fn nonsense_is_refused_with_the_list() {
        for text in ["duplicate", "duplicates=2", "delay=soon", "slow-recording=0", "down=asterisk"] {
            let error = text.parse::<Fault>().expect_err(text);
            assert!(error.to_string().contains("known faults"), "{error}");
        }
    }

    #[test]
    fn a_fault_replaces_one_of_its_kind_and_goes() {
        let faults = Faults::new(vec![]);
        faults.set(Fault::SlowRecording(10), true);
        faults.set(Fault::SlowRecording(20), true);
        let rate = |fault| if let Fault::SlowRecording(rate) = fault { Some(rate) } else { None };
        assert_eq!(faults.find(rate), Some(20));
        faults.set(Fault::SlowRecording(20), false);
        assert_eq!(faults.find(rate), None);
    }

    #[test]
    fn down_names_one_make_or_all() {
        let faults = Faults::new(vec![Fault::Down(Some(Make::ROSTELECOM))]);
        assert!(faults.is_down(Make::ROSTELECOM) && !faults.is_down(Make::MANGO_CLIENT));
        faults.set(Fault::Down(None), true);
        assert!(faults.is_down(Make::MANGO_CLIENT));
    }
}
