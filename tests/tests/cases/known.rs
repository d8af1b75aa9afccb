//! Cases that are known to fail. One that passes has to leave this list.

pub(crate) const FAILING: &[&str] = &[
    "doubled-slash-before-hook",
    "end-with-cp1251-word",
    "end-with-half-a-surrogate",
    "end-with-zero-byte-behind",
    "greeting-answers-nobody-picks-up",
    "key-file-with-byte-order-mark",
    "outgoing-call-passed-on",
    "session-id-of-twenty-digits",
    "sip-name-first-pin-later",
];
