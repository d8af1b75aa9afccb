//! How the page is read where it is silent.

use crate::reading::Reading;

impl Reading {
    /// Events are named by their frames.
    pub const EVENT_NAMES_FRAME: Self = Self::new(
        "event-names-frame",
        "an event's frame is [\"callevents.dlg_start\", payload]; otherwise [\"event\", {id, event, data}]",
    );
    /// Events are named inside their objects.
    pub const EVENT_NAME_INSIDE: Self = Self::new(
        "event-name-inside",
        "an event's name stands among the fields of the payload, as name; otherwise beside data",
    );
    /// Class and type stand apart.
    pub const EVENT_CLASS_AND_TYPE: Self = Self::new(
        "event-class-and-type",
        "class and type of an event stand apart, its payload in content; otherwise event and data",
    );
    /// Payloads come as arrays.
    pub const EVENTS_IN_ARRAYS: Self =
        Self::new("events-in-arrays", "data of an event is an array of payloads; otherwise one payload");
    /// `subscribe` is not answered.
    pub const SUBSCRIBE_UNANSWERED: Self =
        Self::new("subscribe-unanswered", "subscribe has no answer; otherwise subscribe_result with the lifetime");
    /// Lifetimes are shortened to ten seconds.
    pub const EXPIRES_SHORTENED: Self =
        Self::new("expires-shortened", "a subscription lives for ten seconds at most; otherwise as long as was asked");
    /// The renewal of a subscription that is over brings it back.
    pub const RENEWAL_REVIVES: Self = Self::new(
        "renewal-revives",
        "a subscription that is over is brought back by its renewal; otherwise the renewal is refused",
    );
    /// The renewal of a subscription that is over is accepted and does nothing.
    pub const RENEWAL_IGNORED: Self = Self::new(
        "renewal-ignored",
        "the renewal of a subscription that is over is accepted and brings nothing; otherwise it is refused",
    );
    /// Subscriptions outlive their socket.
    pub const SUBSCRIPTIONS_SURVIVE: Self = Self::new(
        "subscriptions-survive",
        "a subscription goes on over the next socket of the token; otherwise it ends with its own",
    );
    /// A socket has one subscription.
    pub const ONE_SUBSCRIPTION: Self =
        Self::new("one-subscription", "a second subscription of a socket is refused; otherwise any number is taken");
    /// Objects of a filter are logins.
    pub const OBJECTS_ARE_LOGINS: Self =
        Self::new("objects-are-logins", "objects of a subscription are logins; otherwise internal numbers");
    /// A wrong token is forbidden.
    pub const TOKEN_403: Self = Self::new("token-403", "a wrong token is answered 403; otherwise 401");
    /// Agents stand in addresses by their logins.
    pub const URIS_BY_LOGIN: Self =
        Self::new("uris-by-login", "addresses name an agent by his login; otherwise by his internal number");
    /// Click-to-call is two calls.
    pub const CALLBACK_TWO_CIDS: Self = Self::new(
        "callback-two-cids",
        "click-to-call is a call to the owner's device, and a second one from it to the number; otherwise one call",
    );
    /// Placing a call answers its `cid`.
    pub const POST_ANSWERS_CID: Self =
        Self::new("post-answers-cid", "placing a call answers its cid; otherwise its connectionid");
    /// Placing a call answers no id.
    pub const POST_ANSWERS_NOTHING: Self =
        Self::new("post-answers-nothing", "placing a call answers no id; otherwise its connectionid");
    /// `hold` names the side that was put away.
    pub const HOLD_NAMES_HELD: Self =
        Self::new("hold-names-held", "hold names the side that waits; otherwise the side that pressed");
    /// Nothing is said when a call is taken back.
    pub const NO_UNHOLD: Self =
        Self::new("no-unhold", "nothing is said when a held call is taken back; otherwise unhold");
    /// `REFER` names the leg that goes.
    pub const REFER_NAMES_LEAVER: Self =
        Self::new("refer-names-leaver", "idcall of REFER is the leg that goes; otherwise the one that stays");
    /// After an attended transfer the customer's call goes on.
    pub const ATTENDED_KEEPS_FIRST: Self = Self::new(
        "attended-keeps-first",
        "after an attended transfer the customer's cid goes on; otherwise that of the question",
    );
    /// The list of calls stands under `content`.
    pub const CALLS_UNDER_CONTENT: Self =
        Self::new("calls-under-content", "the list of calls stands under content; otherwise it is bare");
    /// States of calls in other words.
    pub const OTHER_STATE_WORDS: Self =
        Self::new("other-state-words", "calls are ringing, active, on hold; otherwise Forking, Dialog, Hold");
    /// A call is listed before its events come.
    pub const CALLS_LISTED_FIRST: Self = Self::new(
        "calls-listed-first",
        "the events of a call come a minute after the list has it; otherwise at the same time",
    );
    /// The calls of others are listed and not told.
    pub const OTHERS_LISTED_ONLY: Self = Self::new(
        "others-listed-only",
        "calls in which the token's own user has no part are listed, and no event of them comes; otherwise all are told",
    );
    /// The list of calls comes in pages.
    pub const CALLS_IN_PAGES: Self = Self::new(
        "calls-in-pages",
        "the list of calls has ten rows at most, from offset on; otherwise all of them, whatever offset says",
    );
    /// The list of calls comes in shorter pages.
    pub const CALLS_BY_THREE: Self = Self::new(
        "calls-by-three",
        "the list of calls has three rows at most, from offset on; otherwise all of them, whatever offset says",
    );
    /// The list of calls comes in pages of one row.
    pub const CALLS_ONE_BY_ONE: Self = Self::new(
        "calls-one-by-one",
        "the list of calls has one row, the one at offset; otherwise all of them, whatever offset says",
    );
    /// The key of a recording comes without the call.
    pub const RECORD_INFO_WITHOUT_CID: Self = Self::new(
        "record-info-without-cid",
        "connection_set_record_info names the connectionid only; otherwise the cid as well",
    );
    /// Subscribers of `callevents.*` get the key of a recording.
    pub const RECORD_INFO_WITH_CALLS: Self = Self::new(
        "record-info-with-calls",
        "a subscription to callevents.* brings the key of a recording; otherwise only one to ccsevents does",
    );
    /// A dead link is forbidden.
    pub const DEAD_LINK_403: Self = Self::new("dead-link-403", "a dead link is answered 403; otherwise 404");
    /// A dead link is gone.
    pub const DEAD_LINK_410: Self = Self::new("dead-link-410", "a dead link is answered 410; otherwise 404");
}

pub(super) const READINGS: &[Reading] = &[
    Reading::EVENT_NAMES_FRAME,
    Reading::EVENT_NAME_INSIDE,
    Reading::EVENT_CLASS_AND_TYPE,
    Reading::EVENTS_IN_ARRAYS,
    Reading::SUBSCRIBE_UNANSWERED,
    Reading::EXPIRES_SHORTENED,
    Reading::RENEWAL_REVIVES,
    Reading::RENEWAL_IGNORED,
    Reading::SUBSCRIPTIONS_SURVIVE,
    Reading::ONE_SUBSCRIPTION,
    Reading::OBJECTS_ARE_LOGINS,
    Reading::TOKEN_403,
    Reading::URIS_BY_LOGIN,
    Reading::CALLBACK_TWO_CIDS,
    Reading::POST_ANSWERS_CID,
    Reading::POST_ANSWERS_NOTHING,
    Reading::HOLD_NAMES_HELD,
    Reading::NO_UNHOLD,
    Reading::REFER_NAMES_LEAVER,
    Reading::ATTENDED_KEEPS_FIRST,
    Reading::CALLS_UNDER_CONTENT,
    Reading::OTHER_STATE_WORDS,
    Reading::CALLS_LISTED_FIRST,
    Reading::OTHERS_LISTED_ONLY,
    Reading::CALLS_IN_PAGES,
    Reading::CALLS_BY_THREE,
    Reading::CALLS_ONE_BY_ONE,
    Reading::RECORD_INFO_WITHOUT_CID,
    Reading::RECORD_INFO_WITH_CALLS,
    Reading::DEAD_LINK_403,
    Reading::DEAD_LINK_410,
];
