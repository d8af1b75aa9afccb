//! Call tracking: which advertisement brought the customers of the last calls, told every few minutes.

use calls::{Attribution, Effect, VendorEvent};
use serde_json::Value;
use url::Url;

use crate::{
    dedupe,
    fields::Fields,
    form::{self, Form},
    json,
    webhook::DecodeContext,
};

pub(super) const EVENT: &str = "CALL_TRACKING";
/// Letters of a text that are kept: they are the advertiser's and his customers'.
const LONGEST: usize = 200;

/// What the notification tells of each call, and whether all of it was understood.
pub(super) fn calls(form: &Form, context: &DecodeContext) -> (Vec<VendorEvent>, bool) {
    let told = form.bytes("result").and_then(json::parse);
    let rows = match told {
        Some(Value::Array(rows)) => rows,
        Some(row @ Value::Object(_)) => vec![row],
        Some(_) | None => Vec::new(),
    };
    let events: Vec<VendorEvent> = rows.iter().filter_map(|row| call(row, context)).collect();
    let is_all = !rows.is_empty() && events.len() == rows.len();
    (events, is_all)
}

/// A call's advertisement. It creates no call, and says nothing of how the call goes.
fn call(row: &Value, context: &DecodeContext) -> Option<VendorEvent> {
    let fields = Fields::of(row.clone())?;
    let call = fields.text("pbx_call_id")?;
    let text = |name: &str| fields.text(name).map(|text| text.chars().take(LONGEST).collect::<String>());
    let attribution = Attribution {
        source: text("utm_source"),
        medium: text("utm_medium"),
        campaign: text("utm_campaign"),
        term: text("utm_term"),
        page: fields.text("url").as_deref().and_then(page),
    };
    (attribution != Attribution::default()).then(|| VendorEvent {
        dedupe_key: dedupe::of_json(EVENT, row),
        raw_kind: EVENT.to_owned(),
        call: Some(call),
        time: None,
        leg_seq: None,
        source: context.source,
        trial: false,
        session: None,
        vendor_command: None,
        effects: vec![Effect::Attributed { attribution }],
    })
}

/// Site and path of a page: what stands behind them may be a visitor's own.
fn page(address: &str) -> Option<String> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let path = form::decoded(url.path().trim_end_matches('/').as_bytes());
    let path = String::from_utf8_lossy(&path).into_owned();
    Some(format!("{}{path}", url.host_str()?).chars().take(LONGEST).collect())
}
