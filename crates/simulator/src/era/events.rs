//! Events: the fields that all of them have, and the frame they travel in.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::dialog::{Dialog, SCRIPT, Side};
use crate::reading::Reading;
use crate::world::World;

/// The ids and addresses that every event of a call carries.
pub(super) fn common(world: &World, dialog: &Dialog, at: Timestamp) -> Map<String, Value> {
    let at = world.told(at);
    let mut data = Map::from_iter([
        ("eventid".to_owned(), world.new_id().to_string().into()),
        ("eventts".to_owned(), at.as_millisecond().into()),
        ("cid".to_owned(), dialog.cid.as_str().into()),
        ("invitets".to_owned(), dialog.invited(world).as_millisecond().into()),
        ("invitedt".to_owned(), dialog.invited(world).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string().into()),
        ("connectionid".to_owned(), dialog.connection(world).into()),
        ("acallid".to_owned(), dialog.a.call_id.as_str().into()),
        ("acallidhash".to_owned(), hash(&dialog.a.call_id).into()),
        ("dialogid".to_owned(), dialog.dialog_id.as_str().into()),
        ("dialogidhash".to_owned(), hash(&dialog.dialog_id).into()),
        ("aremoteuri".to_owned(), uri(world, &dialog.a).into()),
        ("alocaluri".to_owned(), format!("sip:{}@{}", dialog.called, world.staff.domain).into()),
        ("ghost".to_owned(), "".into()),
    ]);
    if let Some(b) = &dialog.b {
        data.insert("bcallid".into(), b.call_id.as_str().into());
        data.insert("bremoteuri".into(), uri(world, b).into());
        data.insert("blocaluri".into(), format!("sip:{}@{}", dialog.a.number(), world.staff.domain).into());
    }
    data
}

/// The address of a side, as the platform writes it.
pub(super) fn uri(world: &World, side: &Side) -> String {
    match side {
        Side { extension: Some(extension), .. } if world.reads(Reading::URIS_BY_LOGIN) => world.staff.sip(extension),
        Side { extension: Some(extension), .. } => format!("sip:{extension}@{}", world.staff.domain),
        Side { number, .. } if number == SCRIPT => format!("sip:{number}@{}", world.staff.domain),
        Side { number, .. } if number.is_empty() => "sip:anonymous@anonymous.invalid".into(),
        Side { number, .. } => format!("sip:{number}@provider.example"),
    }
}

/// A stable number for an id; real ones are the platform's own.
fn hash(id: &str) -> i64 {
    id.bytes().fold(7, |sum: i64, byte| (sum.wrapping_mul(31) + i64::from(byte)) & 0x7fff_ffff)
}

/// The frame of an event for one subscription.
pub(super) fn frame(world: &World, subscription: &str, name: &str, mut data: Map<String, Value>) -> Value {
    let (class, kind) = name.split_once('.').unwrap_or((name, ""));
    if world.reads(Reading::EVENT_NAMES_FRAME) {
        json!([name, data])
    } else if world.reads(Reading::EVENT_NAME_INSIDE) {
        data.insert("name".into(), name.into());
        json!(["event", data])
    } else if world.reads(Reading::EVENT_CLASS_AND_TYPE) {
        json!(["event", {"subscrid": subscription, "class": class, "type": kind, "content": data}])
    } else if world.reads(Reading::EVENTS_IN_ARRAYS) {
        json!(["event", {"id": subscription, "event": name, "data": [data]}])
    } else {
        json!(["event", {"id": subscription, "event": name, "data": data}])
    }
}
