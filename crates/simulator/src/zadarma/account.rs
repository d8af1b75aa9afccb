//! The methods about the account: price, lines, numbers, redirection, messages, and what is set there.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::api::{ApiRequest, Refusal};
use super::{PBX_ID, Zadarma};
use crate::world::lock;

/// What the API has changed in the account.
#[derive(Debug, Default)]
pub(super) struct Account {
    /// The number that each SIP line shows.
    caller_ids: BTreeMap<String, String>,
    /// Where the calls of each SIP line go: the condition and the number.
    redirections: BTreeMap<String, (String, String)>,
    /// Whether the calls of each extension are recorded, in the words of the API.
    recording: BTreeMap<String, String>,
    /// The redirection of the whole PBX, as it was asked for.
    pbx_redirection: Map<String, Value>,
    /// The notifications that are switched off.
    silent: Vec<String>,
    /// The second address, of messages and lookups.
    hooks_url: String,
    /// What goes there.
    hooks: BTreeMap<String, String>,
}

/// The notifications of calls that have a switch.
const SWITCHES: [&str; 6] =
    ["notify_start", "notify_internal", "notify_end", "notify_out_start", "notify_out_end", "notify_answer"];
/// What the second address has switches for.
const HOOKS: [&str; 4] = ["number_lookup", "call_tracking", "sms", "speech_recognition"];

const MISSING: Refusal = Refusal(StatusCode::BAD_REQUEST, "Wrong parameters");
const NO_SIP: Refusal = Refusal(StatusCode::BAD_REQUEST, "Wrong sip");

impl Account {
    /// Whether a notification of this event is to be sent.
    pub(super) fn tells(&self, event: &str) -> bool {
        !self.silent.contains(&event.to_lowercase())
    }

    fn switches(&self) -> Value {
        let of = |name: &&str| ((*name).to_owned(), json!(self.tells(name).to_string()));
        Value::Object(SWITCHES.iter().map(of).collect())
    }

    fn hooks(&self) -> Value {
        let of = |name: &&str| ((*name).to_owned(), json!(self.hooks.get(*name).map_or("false", String::as_str)));
        json!({"status": "success", "url": self.hooks_url, "hooks": Map::from_iter(HOOKS.iter().map(of))})
    }
}

/// The SIP line of an extension.
pub(super) fn sip_of(extension: &str) -> String {
    format!("00{extension}")
}

/// The answer to a method of the account; none where it is none of them.
pub(super) fn answer(pbx: &Zadarma, asked: &ApiRequest) -> Option<Result<Value, Refusal>> {
    let parts: Vec<&str> = asked.path.split('/').collect();
    let needed = |name: &str| Some(asked.field(name)).filter(|value| !value.is_empty()).ok_or(MISSING);
    let account = || lock(&pbx.shared.account);
    let success = |more: Value| {
        let mut answer = json!({"status": "success"});
        for (name, value) in more.as_object().cloned().unwrap_or_default() {
            answer[name] = value;
        }
        Ok(answer)
    };
    Some(match (asked.method.as_str(), parts.as_slice()) {
        ("GET", ["info", "price"]) => needed("number").and_then(|number| success(json!({"info": price(&number)}))),
        ("GET", ["info", "lists", "currencies"]) => success(json!({"currencies": ["USD", "EUR", "RUB"]})),
        ("GET", ["info", "lists", "languages"]) => {
            success(json!({"languages": ["en", "es", "de", "pl", "ru", "ua", "fr"]}))
        }
        ("GET", ["info", "lists", "tariffs"]) => {
            success(json!({"package_tariffs": [{"tariff_id": 5, "name": "Standard", "cost": 0}]}))
        }
        ("POST", ["info", "number_lookup"]) => lookup(asked).and_then(success),
        ("GET", ["direct_numbers", "number"]) => {
            needed("number").and_then(|number| own_number(pbx, &number)).and_then(|info| success(json!({"info": info})))
        }
        ("GET", ["sip"]) => success(sips(pbx)),
        ("GET", ["sip", sip, "status"]) => {
            extension_of(pbx, sip).and_then(|_| success(json!({"sip": sip, "is_online": "true"})))
        }
        ("PUT", ["sip", "callerid"]) => needed("id").and_then(|sip| {
            let number = needed("number")?;
            extension_of(pbx, &sip)?;
            own_number(pbx, &number)?;
            account().caller_ids.insert(sip.clone(), number.clone());
            success(json!({"sip": sip, "new_caller_id": number}))
        }),
        ("GET", ["sip", "redirection"]) => success(json!({"info": redirections(pbx, &asked.field("id"))})),
        ("PUT", ["sip", "redirection"]) => redirect(pbx, asked).and_then(success),
        ("GET", ["pbx", "internal", extension, "info"]) => pbx
            .shared
            .world
            .staff
            .employee(extension)
            .ok_or(Refusal(StatusCode::BAD_REQUEST, "Wrong internal number"))
            .and_then(|employee| {
                let recording = account().recording.get(*extension).cloned().unwrap_or_else(|| "on".into());
                let store = if recording.starts_with("on") { "Without recognition" } else { "false" };
                success(json!({
                    "pbx_id": PBX_ID, "number": employee.extension, "name": employee.name, "caller_id": "false",
                    "caller_id_app_change": "false", "caller_id_by_direction": "false", "lines": "3",
                    "ip_restriction": "false", "record_store": store, "record_email": "false", "supervisor_status": 0,
                }))
            }),
        ("PUT", ["pbx", "internal", "recording"]) => needed("id").and_then(|id| {
            let status = needed("status")?;
            if !matches!(status.as_str(), "on" | "off" | "on_email" | "off_email" | "on_store" | "off_store") {
                return Err(MISSING);
            }
            pbx.shared.world.staff.employee(&id).ok_or(Refusal(StatusCode::BAD_REQUEST, "Wrong internal number"))?;
            account().recording.insert(id.clone(), status.clone());
            success(json!({
                "internal_number": id, "recording": status, "email": asked.field("email"), "speech_recognition": "off",
            }))
        }),
        ("GET", ["pbx", "redirection"]) => needed("pbx_number").and_then(|number| {
            pbx.shared.world.staff.employee(&number).ok_or(MISSING)?;
            let set = account().pbx_redirection.clone();
            if set.is_empty() { success(json!({"current_status": "off"})) } else { success(Value::Object(set)) }
        }),
        ("POST", ["pbx", "redirection"]) => redirect_pbx(pbx, asked).and_then(success),
        ("POST", ["sms", "send"]) => send_sms(asked).and_then(success),
        ("GET", ["sms", "senderid"]) => Ok(json!({"senders": ["Trubka"]})),
        ("GET", ["sms", "templates"]) => Ok(json!({"list": []})),
        ("GET", ["webrtc", "get_key"]) => {
            needed("sip").and_then(|sip| success(json!({"key": format!("webrtc-{sip}")})))
        }
        ("GET", ["pbx", "callinfo"]) => {
            let url = lock(&pbx.shared.hook).clone().unwrap_or_default();
            success(json!({"url": url, "notifications": account().switches()}))
        }
        ("DELETE", ["pbx", "callinfo", "url"]) => {
            *lock(&pbx.shared.hook) = None;
            success(json!({"url": ""}))
        }
        ("POST", ["pbx", "callinfo", "notifications"]) => {
            for name in SWITCHES {
                let wanted = asked.field(name);
                let mut account = account();
                account.silent.retain(|silent| wanted.is_empty() || silent != name);
                if wanted == "false" {
                    account.silent.push(name.to_owned());
                }
            }
            success(json!({"notifications": account().switches()}))
        }
        ("GET", ["pbx", "webhooks"]) => Ok(account().hooks()),
        ("POST", ["pbx", "webhooks", "url"]) => needed("url").map(|url| {
            account().hooks_url = url;
            account().hooks()
        }),
        ("DELETE", ["pbx", "webhooks", "url"]) => {
            account().hooks_url.clear();
            Ok(account().hooks())
        }
        ("POST", ["pbx", "webhooks", "hooks"]) => {
            let given = HOOKS.iter().map(|name| ((*name).to_owned(), asked.field(name)));
            account().hooks.extend(given.filter(|(_, value)| !value.is_empty()));
            Ok(account().hooks())
        }
        _ => return None,
    })
}

fn price(number: &str) -> Value {
    let prefix: String = number.trim_start_matches('+').chars().take(4).collect();
    json!({"prefix": prefix, "description": "Russia, mobile", "price": "0.0450", "currency": "USD"})
}

/// One of the account's own numbers.
fn own_number(pbx: &Zadarma, number: &str) -> Result<Value, Refusal> {
    let bare = number.trim_start_matches('+');
    let lines = &pbx.shared.world.staff.lines;
    let line = lines.iter().find(|line| line.make == pbx.shared.make && line.number.trim_start_matches('+') == bare);
    let line = line.ok_or(Refusal(StatusCode::BAD_REQUEST, "Wrong callerid"))?;
    Ok(json!({"number": bare, "status": "on", "number_name": line.title}))
}

/// The numbers in a list parameter, `numbers[0]` and so on, or in one of that name.
fn listed(asked: &ApiRequest, name: &str) -> Vec<String> {
    let is_item = |field: &str| field == name || field.strip_prefix(name).is_some_and(|rest| rest.starts_with('['));
    let fields = asked.parameters.iter().filter(|(field, _)| is_item(field));
    fields
        .flat_map(|(_, value)| value.split(','))
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .map(str::to_owned)
        .collect()
}

fn lookup(asked: &ApiRequest) -> Result<Value, Refusal> {
    match listed(asked, "numbers").as_slice() {
        [] => Err(MISSING),
        [_] => Ok(json!({"info": {
            "mcc": "250", "mnc": "01", "mccName": "Russia", "mncName": "Operator", "ported": false, "roaming": false,
            "errorDescription": "No error",
        }})),
        _ => Ok(Value::Null),
    }
}

fn sips(pbx: &Zadarma) -> Value {
    let line = |employee: &crate::staff::Employee| json!({"id": sip_of(&employee.extension), "display_name": employee.name, "lines": 3});
    let sips: Vec<Value> = pbx.shared.world.staff.employees.iter().map(line).collect();
    json!({"sips": sips, "left": 3})
}

fn extension_of(pbx: &Zadarma, sip: &str) -> Result<String, Refusal> {
    let employees = &pbx.shared.world.staff.employees;
    let found = employees.iter().find(|employee| sip_of(&employee.extension) == sip);
    found.map(|employee| employee.extension.clone()).ok_or(NO_SIP)
}

fn redirections(pbx: &Zadarma, only: &str) -> Value {
    let account = lock(&pbx.shared.account);
    let of = |employee: &crate::staff::Employee| {
        let sip = sip_of(&employee.extension);
        match account.redirections.get(&sip) {
            Some((condition, number)) => json!({
                "sip_id": sip, "status": "on", "condition": condition, "destination": "phone", "destination_value": number,
            }),
            None => {
                json!({"sip_id": sip, "status": "off", "condition": "always", "destination": "pbx", "destination_value": ""})
            }
        }
    };
    let employees = pbx.shared.world.staff.employees.iter();
    employees.filter(|employee| only.is_empty() || sip_of(&employee.extension) == only).map(of).collect()
}

/// Switches the redirection of a line, or says where it leads.
fn redirect(pbx: &Zadarma, asked: &ApiRequest) -> Result<Value, Refusal> {
    let sip = asked.field("id");
    extension_of(pbx, &sip)?;
    let mut account = lock(&pbx.shared.account);
    let (status, number) = (asked.field("status"), asked.field("number"));
    match (status.as_str(), asked.field("type").as_str()) {
        ("off", _) => {
            account.redirections.remove(&sip);
            Ok(json!({"sip": sip, "current_status": "off"}))
        }
        ("on", _) => Ok(json!({"sip": sip, "current_status": "on"})),
        ("", "phone") if !number.is_empty() => {
            let condition = Some(asked.field("condition")).filter(|given| !given.is_empty());
            account.redirections.insert(sip.clone(), (condition.unwrap_or_else(|| "always".into()), number.clone()));
            Ok(json!({"sip": sip, "destination": number}))
        }
        _ => Err(MISSING),
    }
}

fn redirect_pbx(pbx: &Zadarma, asked: &ApiRequest) -> Result<Value, Refusal> {
    let number = asked.field("pbx_number");
    pbx.shared.world.staff.employee(&number).ok_or(MISSING)?;
    let mut account = lock(&pbx.shared.account);
    if asked.field("status") == "off" {
        account.pbx_redirection.clear();
        return Ok(json!({"current_status": "off", "pbx_id": PBX_ID}));
    }
    let (kind, destination) = (asked.field("type"), asked.field("destination"));
    if !matches!(kind.as_str(), "phone" | "voicemail" | "menu" | "sip" | "sip_uri") {
        return Err(MISSING);
    }
    let set = json!({
        "current_status": "on", "pbx_id": PBX_ID, "pbx_name": "PBX", "type": kind, "destination": destination,
        "condition": asked.field("condition"),
    });
    account.pbx_redirection = set.as_object().cloned().unwrap_or_default();
    Ok(set)
}

/// Sends messages to nobody; the page says that none goes to Russian numbers.
fn send_sms(asked: &ApiRequest) -> Result<Value, Refusal> {
    let numbers = listed(asked, "number");
    if numbers.is_empty() || asked.field("message").is_empty() {
        return Err(MISSING);
    }
    let (denied, sent): (Vec<String>, Vec<String>) =
        numbers.into_iter().partition(|number| number.trim_start_matches('+').starts_with('7'));
    let detail = |number: &String| json!({"senderid": "Trubka", "number": number, "cost": 0.02});
    Ok(json!({
        "messages": sent.len(),
        "cost": 0.02 * sent.len() as f64,
        "currency": "USD",
        "sms_detalization": sent.iter().map(detail).collect::<Vec<_>>(),
        "denied_numbers": denied.iter().map(|number| json!({"number": number, "message": "Not available"})).collect::<Vec<_>>(),
    }))
}
