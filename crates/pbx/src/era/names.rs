//! What the vendor calls fields, events and parameters, in large part ASSUMED: the pages name events, identifiers and verbs,
//! but few fields and no body. Each name can be overridden ([`super::wire::Wire`]).

/// What messages and rows call their fields: the field, its name among the overrides, and the names that are accepted.
/// Keys are compared in lower case.
#[rustfmt::skip]
pub(super) const FIELDS: [(Field, &str, &[&str]); 33] = [
    (Field::EventId,      "event_id",      &["eventid"]),
    (Field::EventTime,    "event_time",    &["eventts", "eventdt"]),
    (Field::Call,         "call",          &["cid"]),
    (Field::InviteTime,   "invite_time",   &["invitets"]),
    (Field::Connection,   "connection",    &["connectionid", "idconn"]),
    (Field::LegA,         "leg_a",         &["acallid"]),
    (Field::LegB,         "leg_b",         &["bcallid"]),
    (Field::Fork,         "fork",          &["forkcallid"]),
    (Field::Leg,          "leg",           &["idcall", "callid"]),
    (Field::Outside,      "outside",       &["fromouter", "aouter", "isouter", "external", "fromexternal", "aexternal"]),
    (Field::Caller,       "caller",        &["fromnumber", "fromnum", "anumber", "anum", "callernum", "callingnum"]),
    (Field::CallerUser,   "caller_user",   &["fromusername", "ausername", "fromuser", "fromlogin"]),
    (Field::CallerUri,    "caller_uri",    &["aremoteuri", "blocaluri", "fromuri"]),
    (Field::CallerName,   "caller_name",   &["fromdisplayname", "fromdisplay", "displayname", "adisplayname"]),
    (Field::Called,       "called",        &["callednum", "tonumber", "tonum", "bnumber", "bnum", "number"]),
    (Field::CalledUri,    "called_uri",    &["bremoteuri", "alocaluri", "touri"]),
    (Field::ForkNumber,   "fork_number",   &["forkcallednum", "forknumber"]),
    (Field::ForkUri,      "fork_uri",      &["forkrequesturi", "forkremoteuri"]),
    (Field::ForkWay,      "fork_direction", &["forkdir"]),
    (Field::Code,         "code",          &["sipcode", "sip_code", "forksipcode", "stopcode", "code"]),
    (Field::Reason,       "reason",        &["sipreason", "sip_reason", "reason", "redirectreason", "cause"]),
    (Field::Redirect,     "redirect",      &["redirectto"]),
    (Field::EndKind,      "end_kind",      &["completiontype", "completion_type", "completion", "endtype", "stoptype", "reason", "stopreason"]),
    (Field::Side,         "side",          &["side", "holdside", "hold_side", "initiatorside", "referside"]),
    (Field::Target,       "target",        &["referto", "refertouri", "refer_to", "targeturi", "target_uri", "target", "torefer"]),
    (Field::State,        "state",         &["state", "status", "connstate", "dialogstate"]),
    (Field::Forks,        "forks",         &["forks"]),
    (Field::Conference,   "conference",    &["conference", "conferenceid", "idconf"]),
    (Field::Digits,       "digits",        &["dtmf", "digit", "digits", "signal", "symbol", "value"]),
    (Field::RecordKey,    "record_key",    &["key", "recordkey", "record_key", "rec_key"]),
    (Field::Capabilities, "capabilities",  &["capabilities"]),
    (Field::ServerTime,   "server_time",   &["timestamp", "datetime"]),
    (Field::Expires,      "expires",       &["expires"]),
];

/// A field of a message, a row or an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    EventId,
    EventTime,
    Call,
    InviteTime,
    Connection,
    LegA,
    LegB,
    Fork,
    Leg,
    Outside,
    Caller,
    CallerUser,
    CallerUri,
    CallerName,
    Called,
    CalledUri,
    ForkNumber,
    ForkUri,
    ForkWay,
    Code,
    Reason,
    Redirect,
    EndKind,
    Side,
    Target,
    State,
    Forks,
    Conference,
    Digits,
    RecordKey,
    Capabilities,
    ServerTime,
    Expires,
}

/// What an event is, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Invite,
    DialogInit,
    DialogCall,
    ForkStart,
    ForkRinging,
    ForkAnswered,
    ForkRedirect,
    ForkStop,
    DialogStart,
    Hold,
    Unhold,
    Refer,
    ReferAborted,
    ReferringInvite,
    ReplacesRefer,
    DialogEnd,
    DialogStop,
    DialogDead,
    Menu,
    Digits,
    RecordStarted,
    RecordReady,
    Failure,
}

/// How the vendor calls the kinds: the kind, the class, and the types that are accepted. Those that no page names are
/// ASSUMED, marked so.
#[rustfmt::skip]
pub(super) const KINDS: [(Kind, &str, &[&str], bool); 28] = [
    (Kind::Invite,          "callevents", &["invite"],           false),
    (Kind::DialogInit,      "callevents", &["dlg_init"],         false),
    (Kind::DialogCall,      "callevents", &["dlg_call"],         false),
    (Kind::ForkStart,       "callevents", &["fork_start"],       false),
    (Kind::ForkRinging,     "callevents", &["fork_preanswer", "fork_ringing", "fork_1xx"], true),
    (Kind::ForkAnswered,    "callevents", &["fork_answer", "fork_answered"], true),
    (Kind::ForkRedirect,    "callevents", &["fork_redirect"],    false),
    (Kind::ForkStop,        "callevents", &["fork_stop"],        false),
    (Kind::DialogStart,     "callevents", &["dlg_start"],        false),
    (Kind::Hold,            "callevents", &["hold"],             false),
    (Kind::Unhold,          "callevents", &["unhold", "resume", "retrieve"], true),
    (Kind::Refer,           "callevents", &["refer"],            false),
    (Kind::ReferAborted,    "callevents", &["refer_aborted"],    false),
    (Kind::ReferringInvite, "callevents", &["referring_invite"], false),
    (Kind::ReplacesRefer,   "callevents", &["replaces_refer"],   false),
    (Kind::DialogEnd,       "callevents", &["dlg_end"],          false),
    (Kind::DialogStop,      "callevents", &["dlg_stop"],         false),
    (Kind::DialogDead,      "callevents", &["dlg_dead"],         false),
    (Kind::Digits,          "callevents", &["dtmf", "call_dtmf"], true),
    (Kind::RecordStarted,   "callevents", &["connection_start_record"], true),
    (Kind::RecordReady,     "callevents", &["connection_set_record_info"], true),
    (Kind::Menu,            "ivrevents",  &["init"],             false),
    (Kind::Digits,          "ccsevents",  &["call_dtmf"],        false),
    (Kind::Digits,          "ccsevents",  &["dtmf"],             true),
    (Kind::RecordStarted,   "ccsevents",  &["connection_start_record"], false),
    (Kind::RecordReady,     "ccsevents",  &["connection_set_record_info"], false),
    (Kind::Failure,         "ccsevents",  &["connection_failure"], false),
    (Kind::Failure,         "callevents", &["connection_failure"], true),
];

/// What is subscribed to: the calls, and of the contact centre's layer what tells more of them.
pub(super) const EVENTS: [&str; 6] = [
    "callevents.*",
    "ccsevents.call_dtmf",
    "ccsevents.connection_start_record",
    "ccsevents.connection_set_record_info",
    "ccsevents.connection_failure",
    "ivrevents.init",
];

/// What the parameters of commands are called.
pub(super) const PARAMETERS: [&str; 10] =
    ["owner", "number", "idconn", "idcall", "toidconn", "toidcall", "conference", "event", "dtmf", "record"];
