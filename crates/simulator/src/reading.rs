//! Readings: where a vendor's page is silent, the ways in which the PBX may behave.

use std::str::FromStr;

/// One way to read a page that says nothing about it; without any, the simulator behaves as its default is described.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// MANGO tells a callback as one leg, connected once both talk; by default as two, as its other API does.
    CallbackOneLeg,
    /// MANGO tells the leg of a transfer to the one who is called; by default to the colleague who calls him as well.
    TransferLegToCalled,
    /// Rostelecom's `connected` of a callback comes when the agent picks up; by default once both talk.
    CallbackAgentConnects,
    /// Rostelecom's phones ring under their SIP names, and answer under their pins; by default pins are named always.
    SipNamesFirst,
    /// Rostelecom tells that a menu or a greeting answered in the line's name; by default it says nothing of it.
    GreetingAnswers,
    /// Rostelecom names the colleague to whom an outgoing call was passed in `from_pin`; by default in `request_pin`.
    PassedOnFromPin,
    /// Zadarma names extensions by their full logins, `402022-201`; by default as `201`.
    FullLogins,
    /// Zadarma tells both legs of a callback, the customer's with `calltype=callback_leg2`; by default one call.
    CallbackTwoCalls,
    /// Zadarma sends `NOTIFY_INTERNAL_END`, which its page does not name, when an extension's part is over; by default not.
    InternalEnds,
}

/// The text names no reading.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no reading \"{0}\"; known readings: {NAMES}")]
pub struct ReadingError(String);

const NAMES: &str = "callback-one-leg, transfer-leg-to-called, callback-agent-connects, sip-names-first, \
                     greeting-answers, passed-on-from-pin, full-logins, callback-two-calls, internal-ends";

impl FromStr for Reading {
    type Err = ReadingError;

    fn from_str(text: &str) -> Result<Self, ReadingError> {
        Ok(match text {
            "callback-one-leg" => Self::CallbackOneLeg,
            "transfer-leg-to-called" => Self::TransferLegToCalled,
            "callback-agent-connects" => Self::CallbackAgentConnects,
            "sip-names-first" => Self::SipNamesFirst,
            "greeting-answers" => Self::GreetingAnswers,
            "passed-on-from-pin" => Self::PassedOnFromPin,
            "full-logins" => Self::FullLogins,
            "callback-two-calls" => Self::CallbackTwoCalls,
            "internal-ends" => Self::InternalEnds,
            _ => return Err(ReadingError(text.to_owned())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_help_is_understood() {
        let help = include_str!("help.txt");
        for name in NAMES.split(", ") {
            assert!(name.parse::<Reading>().is_ok(), "{name}");
            assert!(help.contains(name), "{name} is explained");
        }
        assert!("two-legs".parse::<Reading>().expect_err("unknown").to_string().contains("callback-one-leg"));
    }
}
