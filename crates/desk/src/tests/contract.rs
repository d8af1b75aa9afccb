//! The contract on the wire: one snapshot for each type that travels, and the words that pages branch on.

use std::fmt::Debug;

use calls::{Attribution, CallResult, CallState, Direction, LegRole, LegState};
use jiff::Timestamp;
use link::wire::RecordingState;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::contract::*;

/// Serialises as `expected`, and reads back as itself.
#[track_caller]
fn travels<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, expected: Value) {
    assert_eq!(serde_json::to_value(value).unwrap(), expected);
    assert_eq!(&serde_json::from_value::<T>(expected).unwrap(), value);
}

fn at() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn zone() -> ZoneView {
    ZoneView { offsets: vec![ZoneOffset { since: 1_262_304_000, seconds: 10_800 }] }
}

fn call() -> CallRef {
    CallRef { office: "demo".into(), id: "a".into() }
}

fn row() -> CallRow {
    CallRow {
        call: call(),
        connection: "rostelecom".into(),
        party: PartyView {
            name: Some("Анна".into()),
            number: Some("+7 495 123-45-67".into()),
            dial: Some("+74951234567".into()),
            internal: false,
            region: None,
        },
        direction: Direction::Incoming,
        state: CallState::Ended,
        result: Some(CallResult::Answered),
        line: Some("Продажи".into()),
        agent: Some("Пётр".into()),
        started_at: at(),
        answered_at: Some(at()),
        talk_ms: Some(60_000),
        rang_ms: None,
        recording: Some(RecordingRow { id: "r".into(), state: RecordingState::Ready }),
        noted: true,
        outcome: Some(OutcomeKind::Order),
        reached: Some(ReachedView { at: at(), called_back: true }),
        trial: true,
        controls: vec![ControlView { ability: Ability::Pickup, cannot: None, connects: false, to_colleagues: false }],
    }
}

fn row_json() -> Value {
    json!({
        "call": {"office": "demo", "id": "a"},
        "connection": "rostelecom",
        "party": {"name": "Анна", "number": "+7 495 123-45-67", "dial": "+74951234567", "internal": false},
        "direction": "incoming", "state": "ended", "result": "answered", "line": "Продажи", "agent": "Пётр",
        "startedAt": "2026-03-02T09:00:00Z", "answeredAt": "2026-03-02T09:00:00Z", "talkMs": 60000,
        "recording": {"id": "r", "state": "ready"}, "noted": true,
        "outcome": "order", "reached": {"at": "2026-03-02T09:00:00Z", "calledBack": true},
        "trial": true, "controls": [{"ability": "pickup"}],
    })
}

#[test]
fn lists() {
    travels(&row(), row_json());
    travels(
        &CallsPage {
            rows: vec![row()],
            next: Some("7".into()),
            total: Some(9),
            counts: Some(CallCounts { all: 9, incoming: 5, outgoing: 4, missed: 2, recorded: 1 }),
        },
        json!({
            "rows": [row_json()], "next": "7", "total": 9,
            "counts": {"all": 9, "incoming": 5, "outgoing": 4, "missed": 2, "recorded": 1},
        }),
    );
    travels(&CallsChanged { rows: vec![] }, json!({"rows": []}));
    let request =
        ListCallsRequest { text: "495".into(), filter: CallFilter::Missed, before: Some("7".into()), limit: 60 };
    travels(&request, json!({"text": "495", "filter": "missed", "before": "7", "limit": 60}));
    assert_eq!(serde_json::from_value::<ListCallsRequest>(json!({})).unwrap(), ListCallsRequest::default());
}

#[test]
fn what_a_text_finds() {
    travels(&LookUpRequest { text: "моро".into() }, json!({"text": "моро"}));
    let party = PartyView { dial: Some("102".into()), internal: true, ..PartyView::default() };
    let view = LookUpView {
        people: vec![PersonRow { party: party.clone(), calls: 3 }],
        calls: vec![row()],
        notes: vec![NoteRow { call: call(), party, text: "раз".into(), author: "Пётр".into(), at: at() }],
        found: 9,
        more: true,
        since: Some(at()),
    };
    let party = json!({"dial": "102", "internal": true});
    let note = json!({"call": {"office": "demo", "id": "a"}, "party": party, "text": "раз", "author": "Пётр", "at": "2026-03-02T09:00:00Z"});
    travels(
        &view,
        json!({
            "people": [{"party": party, "calls": 3}], "calls": [row_json()], "notes": [note],
            "found": 9, "more": true, "since": "2026-03-02T09:00:00Z",
        }),
    );
}

#[test]
fn details() {
    let details = CallDetails {
        row: row(),
        end_reason: Some("USER_BUSY".into()),
        attribution: Some(Attribution { source: Some("yandex".into()), ..Attribution::default() }),
        legs: vec![LegView {
            role: LegRole::Agent,
            who: "Пётр".into(),
            extension: Some("102".into()),
            state: LegState::Cleared,
            talk_ms: Some(1),
        }],
        timeline: vec![TimelineEntry { at: at(), what: TimelineKind::RecordingReady, who: vec![] }],
        notes: vec![NoteView {
            id: "n".into(),
            text: "раз".into(),
            author: "Пётр".into(),
            at: at(),
            also_edited_by: vec!["Ирина".into()],
        }],
        outcome: Some(OutcomeKind::CallBack),
        others: vec![],
        calls_with_number: 1,
        events: Some(vec![EventView { kind: "new".into(), party: None, received_at: at(), signed: true }]),
    };
    travels(
        &details,
        json!({
            "row": row_json(), "endReason": "USER_BUSY", "attribution": {"source": "yandex"},
            "legs": [{"role": "agent", "who": "Пётр", "extension": "102", "state": "cleared", "talkMs": 1}],
            "timeline": [{"at": "2026-03-02T09:00:00Z", "what": "recordingReady", "who": []}],
            "notes": [{"id": "n", "text": "раз", "author": "Пётр", "at": "2026-03-02T09:00:00Z",
                       "alsoEditedBy": ["Ирина"]}],
            "outcome": "callBack", "others": [], "callsWithNumber": 1,
            "events": [{"kind": "new", "receivedAt": "2026-03-02T09:00:00Z", "signed": true}],
        }),
    );
    travels(
        &SaveNoteRequest { call: call(), text: "раз".into(), replaces: Some("n".into()) },
        json!({"call": {"office": "demo", "id": "a"}, "text": "раз", "replaces": "n"}),
    );
    travels(
        &SaveOutcomeRequest { call: call(), outcome: Some(OutcomeKind::WrongNumber) },
        json!({"call": {"office": "demo", "id": "a"}, "outcome": "wrongNumber"}),
    );
}

#[test]
fn actions() {
    let request = |action| ActOnCallRequest { command: "c".into(), call: call(), action };
    let written = |action: Value| json!({"command": "c", "call": {"office": "demo", "id": "a"}, "action": action});
    let to = || DialNumber { kind: DialKind::Extension, digits: "203".into(), extension: None, post_dial: None };
    let number = json!({"kind": "extension", "digits": "203"});
    for (action, expected) in [
        (CallAction::Answer, json!({"kind": "answer"})),
        (CallAction::Hangup, json!({"kind": "hangup"})),
        (CallAction::Hold, json!({"kind": "hold"})),
        (CallAction::Retrieve, json!({"kind": "retrieve"})),
        (CallAction::Pickup, json!({"kind": "pickup"})),
        (CallAction::Connect, json!({"kind": "connect"})),
        (
            CallAction::Transfer { to: to(), attended: true, confirmed: false },
            json!({"kind": "transfer", "to": number, "attended": true, "confirmed": false}),
        ),
        (
            CallAction::Conference { with: to(), confirmed: true },
            json!({"kind": "conference", "with": number, "confirmed": true}),
        ),
        (CallAction::Dtmf { digits: "1#".into() }, json!({"kind": "dtmf", "digits": "1#"})),
        (CallAction::Record { on: true }, json!({"kind": "record", "on": true})),
    ] {
        travels(&request(action), written(expected));
    }
    for (action, word) in [
        (CardAction::Answer, "answer"),
        (CardAction::Hangup, "hangup"),
        (CardAction::Hold, "hold"),
        (CardAction::Retrieve, "retrieve"),
    ] {
        travels(&ActOnCardRequest { command: "c".into(), call: call(), action }, written(word.into()));
    }
}

#[test]
fn cards() {
    let card = CardView {
        call: call(),
        state: CallState::OnHold,
        direction: Direction::Outgoing,
        phase: CardPhase::OnHold,
        party: PartyView::default(),
        line: Some("Продажи".into()),
        line_number: Some("+7 495 765-43-21".into()),
        answered_by: None,
        asked_by: Some("Ирина".into()),
        started_at: at(),
        answered_at: Some(at()),
        ended_at: None,
        end_reason: Some("USER_BUSY".into()),
        clock_offset_ms: -5,
        last_talk: Some(LastTalk { at: at(), agent: None, talk_ms: Some(1), note: Some("раз".into()) }),
        extension: Some("12".into()),
        post_dial: Some("1#".into()),
        controls: vec![
            ControlView { ability: Ability::Hold, cannot: None, connects: false, to_colleagues: false },
            ControlView {
                ability: Ability::Hangup,
                cannot: Some(Cannot::OnPhone),
                connects: false,
                to_colleagues: false,
            },
        ],
        can_call: false,
        not_confirmed: false,
    };
    let view = CardsView {
        revision: 3,
        cards: vec![card],
        more: 2,
        language: Language::Ru,
        theme: Theme::System,
        zone: zone(),
        demo: true,
        phone: Some(DemoPhoneView { state: DemoPhoneState::Ringing, shows: Some("102".into()) }),
    };
    travels(
        &view,
        json!({
            "revision": 3, "more": 2, "language": "ru", "theme": "system", "demo": true,
            "zone": {"offsets": [{"since": 1_262_304_000, "seconds": 10_800}]},
            "phone": {"state": "ringing", "shows": "102"},
            "cards": [{
                "call": {"office": "demo", "id": "a"}, "state": "onHold", "direction": "outgoing",
                "phase": "onHold", "party": {"internal": false}, "line": "Продажи",
                "lineNumber": "+7 495 765-43-21", "askedBy": "Ирина", "startedAt": "2026-03-02T09:00:00Z",
                "answeredAt": "2026-03-02T09:00:00Z", "endReason": "USER_BUSY", "clockOffsetMs": -5,
                "lastTalk": {"at": "2026-03-02T09:00:00Z", "talkMs": 1, "note": "раз"},
                "extension": "12", "postDial": "1#", "canCall": false, "notConfirmed": false,
                "controls": [{"ability": "hold"}, {"ability": "hangup", "cannot": "onPhone"}],
            }],
        }),
    );
    travels(&DemoPhoneAction::LetRing, json!("letRing"));
}

#[test]
fn main_view() {
    let view = MainView {
        revision: 1,
        stage: Stage::Demo,
        language: Language::En,
        theme: Theme::Dark,
        zone: zone(),
        settings: Settings::default(),
        me: Some(MeView { name: "Пётр".into(), extensions: vec!["102".into()] }),
        offices: vec![OfficeView {
            id: "calls.example.org".into(),
            name: "calls.example.org".into(),
            address: Some("https://calls.example.org/".into()),
            demo: true,
            admin: false,
            link: LinkState::Lost,
            cause: Some(LinkCause::NotAGateway),
            lost_at: Some(at()),
            clock_offset_ms: -5,
            connections: vec![ConnectionRow {
                id: "rt1".into(),
                title: Titles { ru: "Ростелеком".into(), en: "Rostelecom".into() },
                state: ConnectionState::Draining,
                cause: Some(DownCause::BadSignatures),
                refused: vec!["103".into()],
                warnings: vec![ConnectionWarning::WrongZone, ConnectionWarning::UnlistedLine],
                detail: Some("103: no such user".into()),
                drained: 7,
                gap_since: Some(at()),
                holes: vec![Hole { from: at(), until: at() }],
                balance: Some(Balance { amount: "10.34".into(), currency: Some("USD".into()) }),
                clock_skew_ms: Some(-1),
                trial_until: Some(at()),
                abilities: vec![
                    ControlView { ability: Ability::Hold, cannot: None, connects: false, to_colleagues: false },
                    ControlView {
                        ability: Ability::Sms,
                        cannot: Some(Cannot::NotOffered),
                        connects: false,
                        to_colleagues: false,
                    },
                ],
            }],
        }],
        now: NowView {
            open: vec![],
            missed: vec![row()],
            to_call_back: 7,
            today: 3,
            answered_today: 2,
            missed_today: 1,
            answer_ms: Some(9_000),
            hours: vec![HourView { hour: 9, answered: 2, missed: 1 }],
            while_away: 0,
        },
        cards: vec![call()],
        phone: None,
        notices: vec![Notice { kind: NoticeKind::DatabaseSetAside }],
        errand: Some(Errand { id: 2, task: ErrandTask::Open { call: call() } }),
    };
    travels(
        &view,
        json!({
            "revision": 1, "stage": "demo", "language": "en", "theme": "dark",
            "zone": {"offsets": [{"since": 1_262_304_000, "seconds": 10_800}]},
            "settings": {"theme": "system", "cardCorner": "bottomRight"},
            "me": {"name": "Пётр", "extensions": ["102"]},
            "offices": [{
                "id": "calls.example.org", "name": "calls.example.org", "address": "https://calls.example.org/",
                "demo": true, "admin": false, "link": "lost", "cause": "notAGateway", "lostAt": "2026-03-02T09:00:00Z",
                "clockOffsetMs": -5, "connections": [{
                "id": "rt1", "title": {"ru": "Ростелеком", "en": "Rostelecom"}, "state": "draining", "cause": "badSignatures",
                    "refused": ["103"], "warnings": ["wrongZone", "unlistedLine"], "detail": "103: no such user", "drained": 7,
                "gapSince": "2026-03-02T09:00:00Z",
                "holes": [{"from": "2026-03-02T09:00:00Z", "until": "2026-03-02T09:00:00Z"}],
                "balance": {"amount": "10.34", "currency": "USD"}, "clockSkewMs": -1,
                "trialUntil": "2026-03-02T09:00:00Z",
                "abilities": [{"ability": "hold"}, {"ability": "sms", "cannot": "notOffered"}],
            }]}],
            "now": {"open": [], "missed": [row_json()], "toCallBack": 7, "today": 3, "answeredToday": 2,
                    "missedToday": 1, "whileAway": 0,
                    "answerMs": 9000, "hours": [{"hour": 9, "answered": 2, "missed": 1}]},
            "cards": [{"office": "demo", "id": "a"}],
            "notices": [{"kind": "databaseSetAside"}],
            "errand": {"id": 2, "task": {"kind": "open", "call": {"office": "demo", "id": "a"}}},
        }),
    );
    travels(
        &Settings { language: Some(Language::Ru), theme: Theme::Light, card_corner: CardCorner::TopLeft },
        json!({"language": "ru", "theme": "light", "cardCorner": "topLeft"}),
    );
    // What holds a token can only be read: it has neither `Debug` nor `Serialize`.
    let connect: ConnectOfficeRequest =
        serde_json::from_value(json!({"address": "https://calls.example.org", "token": "t"})).unwrap();
    assert_eq!((connect.address.as_str(), connect.token.reveal()), ("https://calls.example.org", "t"));
    let renew: RenewTokenRequest =
        serde_json::from_value(json!({"office": "calls.example.org", "token": "t"})).unwrap();
    assert_eq!((renew.office.as_str(), renew.token.reveal()), ("calls.example.org", "t"));
    travels(
        &DisconnectOfficeRequest { office: "calls.example.org".into(), as_last_admin: true },
        json!({"office": "calls.example.org", "asLastAdmin": true}),
    );
}

#[test]
fn dialling() {
    travels(&PreviewDialRequest { text: "101".into() }, json!({"text": "101"}));
    let number = DialNumber {
        kind: DialKind::Emergency,
        digits: "101".into(),
        extension: Some("12".into()),
        post_dial: Some("3#".into()),
    };
    let number_json = json!({"kind": "emergency", "digits": "101", "extension": "12", "postDial": "3#"});
    let preview = DialPreview {
        number,
        display: "101".into(),
        other: Some("+98 916 204 5518".into()),
        warnings: vec![DialWarning::AlsoExtension, DialWarning::TooShort, DialWarning::TwoReadings],
        asks: true,
        asks_to_transfer: true,
        name: None,
        region: Some(RegionView {
            country: "RU".into(),
            area: Some(Titles { ru: "Москва".into(), en: "Moscow".into() }),
        }),
        last_talk: None,
        connections: vec![DialConnection {
            office: "demo".into(),
            connection: "rt1".into(),
            title: Titles { ru: "Ростелеком".into(), en: "Rostelecom".into() },
            from: "102".into(),
            groups: vec![CallbackGroup { number: "500".into(), title: "Поддержка".into() }],
            controls: vec![ControlView {
                ability: Ability::CustomerFirst,
                cannot: Some(Cannot::NotOffered),
                connects: false,
                to_colleagues: false,
            }],
        }],
    };
    travels(
        &preview,
        json!({
            "number": number_json, "display": "101", "other": "+98 916 204 5518", "warnings": ["alsoExtension", "tooShort", "twoReadings"], "asks": true, "asksToTransfer": true,
            "region": {"country": "RU", "area": {"ru": "Москва", "en": "Moscow"}},
            "connections": [{"office": "demo", "connection": "rt1", "title": {"ru": "Ростелеком", "en": "Rostelecom"}, "from": "102",
                "groups": [{"number": "500", "title": "Поддержка"}], "controls": [{"ability": "customerFirst", "cannot": "notOffered"}]}],
        }),
    );
    let request: PlaceCallRequest =
        serde_json::from_value(json!({"command": "c", "number": {"kind": "extension", "digits": "101"}})).unwrap();
    let number = DialNumber { kind: DialKind::Extension, digits: "101".into(), extension: None, post_dial: None };
    let (command, group) = ("c".to_owned(), None);
    assert_eq!(
        request,
        PlaceCallRequest { command, number, office: None, connection: None, group, customer_first: false }
    );
    let chosen = json!({"command": "c", "number": {"kind": "extension", "digits": "101"}, "group": "500", "customerFirst": true});
    let request: PlaceCallRequest = serde_json::from_value(chosen).unwrap();
    assert_eq!((request.group.as_deref(), request.customer_first), (Some("500"), true));
    travels(&PlacedView { call: call() }, json!({"call": {"office": "demo", "id": "a"}}));
    travels(
        &CallBackRequest { command: "c".into(), call: call() },
        json!({"command": "c", "call": {"office": "demo", "id": "a"}}),
    );
}

#[test]
fn playing_and_failing() {
    travels(
        &OpenRecordingRequest { call: call(), recording: "r".into() },
        json!({"call": {"office": "demo", "id": "a"}, "recording": "r"}),
    );
    let view = RecordingView {
        id: "r".into(),
        mime: "audio/mpeg".into(),
        duration_ms: 1_000,
        bytes: 9,
        lanes: vec![vec![0, 255]],
        seconds: vec![0],
        agent: Some("Пётр".into()),
    };
    travels(
        &view,
        json!({
            "id": "r", "mime": "audio/mpeg", "durationMs": 1000, "bytes": 9,
            "lanes": [[0, 255]], "seconds": [0], "agent": "Пётр",
        }),
    );
    let error = ContractError { retry_after_ms: Some(5), ..ContractError::invalid("number", "no number") };
    travels(&error, json!({"code": "invalidRequest", "field": "number", "message": "no number", "retryAfterMs": 5}));
}
