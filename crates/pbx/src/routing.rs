//! What a PBX asks before it routes a call from outside, and what it is answered while it waits.

/// A call from outside that is to be routed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Who calls, in E.164 where it is one; absent when hidden.
    pub from: Option<String>,
}

/// What the office's rules say of it. What they leave open is for the PBX's own routing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Route {
    /// The name to be shown on the phones.
    pub name: Option<String>,
    /// The extension to be rung first.
    pub to: Option<String>,
    /// The scenario or menu of the PBX that the call goes through, by the PBX's own name, where nobody is to be rung first.
    pub scenario: Option<String>,
    /// The caller is not wanted.
    pub refuse: Option<Refusal>,
}

/// What a caller hears who is not wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The tone of a busy line.
    Busy,
    /// Nothing: the call is ended.
    HangUp,
}
