//! The lists of calls: those that go on, and those that have ended.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::RingCloud;
use super::call::{Call, Phone, disposition};
use super::users::name_of;
use crate::play::CallKind;
use crate::reading::Reading;
use crate::world::lock;

/// How much later a row is listed, where that is read so; in life's time.
const LATE: std::time::Duration = std::time::Duration::from_secs(120);

/// One line of a list.
struct Row<'a> {
    call: &'a Call,
    src: String,
    dst: String,
    began: Timestamp,
    ended: Option<Timestamp>,
    disposition: &'static str,
    /// The recording belongs to this row.
    recorded: bool,
}

/// The calls that go on.
pub(super) fn active(pbx: &RingCloud) -> Value {
    let now = pbx.shared.world.now();
    let calls = lock(&pbx.shared.calls);
    let going = calls.values().filter(|call| call.ended.is_none());
    let rows = going.flat_map(|call| rows(pbx, call, now)).filter(|row| row.ended.is_none()).map(|row| {
        let seconds = now.duration_since(row.began).as_secs().max(0);
        json!({"seconds": seconds, "src": row.src, "dst": row.dst, "status": "current"})
    });
    rows.collect()
}

/// The calls that ended in these days, newest last; with a number, only those from or to it.
pub(super) fn complete(pbx: &RingCloud, days: i64, number: Option<&str>) -> Value {
    let world = &pbx.shared.world;
    let now = world.now();
    let since = if world.reads(Reading::DAYS_BY_CALENDAR) {
        let today = now.to_zoned(moscow()).date();
        let first = today.checked_sub(jiff::Span::new().days(days - 1)).unwrap_or(today);
        first.to_zoned(moscow()).map_or(now, |midnight| midnight.timestamp())
    } else {
        now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(now)
    };
    let late = if world.reads(Reading::ROWS_LATE) { world.scaled(LATE) } else { std::time::Duration::ZERO };
    let late = SignedDuration::try_from(late).unwrap_or_default();
    let calls = lock(&pbx.shared.calls);
    let listed = calls.values().filter(|call| {
        call.began >= since && call.ended.is_some_and(|ended| ended.checked_add(late).is_ok_and(|from| from <= now))
    });
    let mut rows: Vec<Row<'_>> = listed.flat_map(|call| rows(pbx, call, now)).collect();
    if let Some(number) = number {
        rows.retain(|row| row.src == number || row.dst == number);
    }
    rows.sort_by_key(|row| row.began);
    rows.iter().map(|row| completed(pbx, row)).collect()
}

fn completed(pbx: &RingCloud, row: &Row<'_>) -> Value {
    let ended = row.ended.unwrap_or(row.began);
    json!({
        "status": "complete",
        "src": row.src,
        "dst": row.dst,
        "direction": row.call.direction(),
        "call_start_time": time(pbx, row.began),
        "call_end_time": time(pbx, ended),
        "duration": ended.duration_since(row.began).as_secs().max(0),
        "disposition": row.disposition,
        "rec_file": rec_file(pbx, row),
    })
}

/// The relative address of the recording, or one of the ways to say that there is none.
fn rec_file(pbx: &RingCloud, row: &Row<'_>) -> Value {
    let world = &pbx.shared.world;
    let slash = if world.reads(Reading::REC_FILE_WITH_SLASH) { "/" } else { "" };
    let path = |user: &str, file: &str| json!(format!("{slash}v1/users/{user}/records/{file}"));
    match row.call.recording.as_ref().filter(|_| row.recorded) {
        Some(recording) => path(&recording.user, &recording.file),
        None if world.reads(Reading::NONE_AS_TEXT) => json!("None"),
        None if world.reads(Reading::NONE_IN_PATH) => path(&name_of("202"), "None"),
        None => Value::Null,
    }
}

/// The names of the channels of the calls that go on: one for the phone of each employee who rings or talks.
pub(super) fn channels(pbx: &RingCloud) -> Value {
    let calls = lock(&pbx.shared.calls);
    let going = calls.iter().filter(|(_, call)| call.ended.is_none());
    going
        .flat_map(|(id, call)| extensions(call).into_iter().map(move |extension| channel_name(id, extension)))
        .collect()
}

/// A channel by its name, in the wording of Asterisk.
pub(super) fn channel(pbx: &RingCloud, name: &str) -> Option<Value> {
    let now = pbx.shared.world.now();
    let calls = lock(&pbx.shared.calls);
    let going = calls.iter().filter(|(_, call)| call.ended.is_none());
    let (call, extension) = going
        .flat_map(|(id, call)| extensions(call).into_iter().map(move |extension| (id, call, extension)))
        .find(|(id, _, extension)| channel_name(id, extension) == name)
        .map(|(_, call, extension)| (call, extension))?;
    let staff = &pbx.shared.world.staff;
    let other = match call.kind {
        CallKind::Internal if call.caller == extension => call.called.as_str(),
        CallKind::Internal => call.caller.as_str(),
        CallKind::Incoming | CallKind::Outgoing | CallKind::Callback => call.customer.as_str(),
    };
    let name_at = |extension: &str| staff.employee(extension).map_or("", |employee| employee.name.as_str());
    Some(json!({
        "ConnectedLineNum": other,
        "ConnectedLineName": name_at(other),
        "CallerIDNum": extension,
        "CallerIDName": name_at(extension),
        "Seconds": now.duration_since(call.began).as_secs().max(0),
        "Channel": name,
    }))
}

fn channel_name(id: &str, extension: &str) -> String {
    format!("SIP/{}-{}", name_of(extension), id.chars().take(6).collect::<String>())
}

/// Whose phones ring or talk in a call.
fn extensions(call: &Call) -> Vec<&str> {
    let placed = Some(call.caller.as_str()).filter(|caller| !caller.is_empty());
    let rung = call.phones.iter().filter(|phone| phone.left.is_none()).map(|phone| phone.extension.as_str());
    let mut all: Vec<&str> = placed.into_iter().chain(rung).collect();
    all.dedup();
    all
}

/// A time as rows carry it.
pub(super) fn time(pbx: &RingCloud, at: Timestamp) -> Value {
    let world = &pbx.shared.world;
    let at = world.told(at);
    let wall_clock = |zone| at.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S").to_string();
    if world.reads(Reading::TIMES_UNIX) {
        at.as_second().into()
    } else if world.reads(Reading::TIMES_ISO) {
        at.to_zoned(moscow()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string().into()
    } else if world.reads(Reading::TIMES_UTC) {
        wall_clock(TimeZone::UTC).into()
    } else {
        wall_clock(moscow()).into()
    }
}

fn moscow() -> TimeZone {
    TimeZone::get("Europe/Moscow").unwrap_or(TimeZone::UTC)
}

/// An employee as rows name him.
fn employee(pbx: &RingCloud, extension: &str) -> String {
    let world = &pbx.shared.world;
    let users = lock(&pbx.shared.users);
    let name = || users.at(extension).cloned().unwrap_or_else(|| name_of(extension));
    if world.reads(Reading::ROWS_BY_USER_NAME) {
        name()
    } else if world.reads(Reading::ROWS_BY_SIP_NAME) {
        format!("SIP/{}", name())
    } else {
        extension.to_owned()
    }
}

/// The rows of a call as they are now.
fn rows<'a>(pbx: &RingCloud, call: &'a Call, now: Timestamp) -> Vec<Row<'a>> {
    let world = &pbx.shared.world;
    let whole = |src: String, dst: String, began: Timestamp| Row {
        call,
        src,
        dst,
        began,
        ended: call.ended,
        disposition: call.disposition(),
        recorded: true,
    };
    match call.kind {
        CallKind::Incoming if world.reads(Reading::ROW_PER_PHONE) && !call.phones.is_empty() => {
            call.phones.iter().map(|phone| of_phone(pbx, call, phone)).collect()
        }
        CallKind::Incoming => {
            let first = call.phones.first().map(|phone| phone.extension.as_str());
            let dst = match first.filter(|_| !call.in_menu && !world.reads(Reading::ROWS_TO_LINE)) {
                Some(first) => employee(pbx, first),
                None => call.line.clone(),
            };
            vec![whole(call.customer.clone(), dst, call.began)]
        }
        CallKind::Callback if world.reads(Reading::AGENT_FIRST_ROW) => {
            let agent = employee(pbx, &call.caller);
            let Some(dialled) = call.dialled.filter(|dialled| *dialled <= now) else {
                return vec![whole(call.customer.clone(), agent, call.began)];
            };
            vec![whole(agent, call.customer.clone(), dialled)]
        }
        CallKind::Callback | CallKind::Outgoing => {
            vec![whole(employee(pbx, &call.caller), call.customer.clone(), call.began)]
        }
        CallKind::Internal => {
            vec![whole(employee(pbx, &call.caller), employee(pbx, &call.called), call.began)]
        }
    }
}

fn of_phone<'a>(pbx: &RingCloud, call: &'a Call, phone: &Phone) -> Row<'a> {
    Row {
        call,
        src: call.customer.clone(),
        dst: employee(pbx, &phone.extension),
        began: phone.rang,
        ended: phone.left.map(|(left, _)| left).or(call.ended),
        disposition: if phone.answered { "ANSWERED" } else { disposition(phone.left.map(|(_, why)| why)) },
        recorded: phone.answered && phone.extension == call.answered_by,
    }
}
