//! How the fold is told what is peculiar to a make.

use jiff::SignedDuration;

/// What differs between makes in the fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookSettings {
    /// How long after its last leg a call without an end is over (3 s).
    pub grace: SignedDuration,
    /// How long an open call may stay without an event (4 h; 2 h where the PBX tells no end).
    pub silence: SignedDuration,
    /// An answer on a held leg takes it off hold (the two MANGO makes).
    pub answer_retrieves: bool,
    /// A talk up to this long is never recorded (6 s on MANGO).
    pub shortest_recording: Option<SignedDuration>,
    /// Each user sees only his own leg (MANGO server-client): an end is the end of that user's part.
    pub own_leg_only: bool,
    /// A leg joins two parties and tells of both (the two MANGO makes): one connected agent leg is a talk, and between
    /// two legs the call goes on. Elsewhere each party has a leg of his own.
    pub legs_join_two: bool,
    /// The answer to a command to place a call names that call (Rostelecom), so no call is taken for it by its numbers
    /// before the answer is there and names none.
    pub answer_names_call: bool,
    /// A callback rings the phone of the one who ordered it and then the customer's, and the PBX may tell of each as of a
    /// call (Zadarma, where that is not documented): both are one.
    pub callback_in_two_calls: bool,
    /// A phone that rings anew in the same call is told of by a message equal to the one before (Zadarma).
    pub equal_messages_repeat: bool,
    /// How long after it happened something may be told: as long as between two polls, nothing where the PBX tells by
    /// itself. Effects of commands are waited for so much longer, and a call that is first seen when it is old rings
    /// nobody.
    pub told_after: SignedDuration,
    /// How long a call counts as taken off hold because the PBX accepted the command, before anything shows it (5 s on
    /// Era, which may tell nothing of it); nothing where the PBX tells.
    pub believes_retrieve: SignedDuration,
}

impl Default for BookSettings {
    /// A PBX without peculiarities: a make says what differs.
    fn default() -> Self {
        Self {
            grace: SignedDuration::from_secs(3),
            silence: SignedDuration::from_hours(4),
            answer_retrieves: false,
            shortest_recording: None,
            own_leg_only: false,
            legs_join_two: false,
            answer_names_call: false,
            callback_in_two_calls: false,
            equal_messages_repeat: false,
            told_after: SignedDuration::ZERO,
            believes_retrieve: SignedDuration::ZERO,
        }
    }
}
