//! The history export: ordered, made after a while, announced by a webhook, fetched as an archive.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use jiff::{Timestamp, civil::DateTime};
use serde::Deserialize;

use super::session::{Session, moscow, moscow_date};
use super::{Rostelecom, json};
use crate::hook::Webhook;
use crate::script::Sign;
use crate::world::lock;

/// How long the PBX works at an export.
const WORK: Duration = Duration::from_secs(2);

/// Exports by their order.
#[derive(Debug, Default)]
pub(super) struct Orders {
    orders: BTreeMap<String, Order>,
}

#[derive(Debug)]
struct Order {
    wanted: OrderRequest,
    csv: Option<String>,
}

/// What a client asks the history for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct OrderRequest {
    date_start: String,
    date_end: String,
    #[serde(default, deserialize_with = "super::api::text")]
    direction: String,
    #[serde(default, deserialize_with = "super::api::text")]
    state: String,
    #[serde(default)]
    phone_number: String,
}

/// Why nothing was ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OrderError {
    /// A date is not `yyyy-MM-dd HH:mm:ss`.
    Dates,
    /// The same window was ordered before.
    Exists,
}

impl Rostelecom {
    pub(super) fn order(&self, wanted: OrderRequest) -> Result<String, OrderError> {
        let from = read_date(&wanted.date_start).ok_or(OrderError::Dates)?;
        let to = read_date(&wanted.date_end).ok_or(OrderError::Dates)?;
        let id = self.shared.world.new_id().to_string();
        let mut orders = lock(&self.shared.orders);
        if orders.orders.values().any(|order| order.wanted == wanted) {
            return Err(OrderError::Exists);
        }
        orders.orders.insert(id.clone(), Order { wanted: wanted.clone(), csv: None });
        drop(orders);
        let (pbx, order_id) = (self.clone(), id.clone());
        self.shared.world.tasks.spawn(async move {
            tokio::time::sleep(pbx.shared.world.scaled(WORK)).await;
            pbx.complete(&order_id, from, to, &wanted);
        });
        Ok(id)
    }

    /// The CSV of an order, once it is made.
    pub(super) fn exported(&self, order_id: &str) -> Option<String> {
        lock(&self.shared.orders).orders.get(order_id)?.csv.clone()
    }

    fn complete(&self, order_id: &str, from: Timestamp, to: Timestamp, wanted: &OrderRequest) {
        let csv = {
            let sessions = lock(&self.shared.sessions);
            let rows = sessions.iter().filter(|(_, session)| {
                session.ended.is_some() && (from..=to).contains(&session.began) && fits(session, wanted)
            });
            rows.fold(HEADER.to_owned(), |mut csv, (id, session)| {
                row(&mut csv, id, session);
                csv
            })
        };
        if let Some(order) = lock(&self.shared.orders).orders.get_mut(order_id) {
            order.csv = Some(csv);
        }
        let (id, zero) = (order_id.into(), "0".into());
        let body = json::object([("order_id", &id), ("result", &zero)].into_iter());
        let path = "history_file_completed".to_owned();
        self.shared.sender.send(Webhook { key: order_id.to_owned(), path, body, sign: Sign::Right });
    }
}

const HEADER: &str = "session_id;call_type;direction;state;orig_number;orig_pin;dest_number;answering_sipuri;\
                      answering_pin;start_call_date;duration;is_voicemail;is_record;is_fax;status_code;status_string\n";

fn row(csv: &mut String, id: &str, session: &Session) {
    let orig = session.customer.as_deref().unwrap_or("anonymous");
    let (orig, dest) = match session.direction() {
        1 => (orig, session.line.as_str()),
        _ => (session.line.as_str(), session.customer.as_deref().unwrap_or_default()),
    };
    // Writing to a string cannot fail.
    let _ = writeln!(
        csv,
        "{id};{};{};{};{orig};{};{dest};;{};{};{};false;{};false;;",
        session.call_type(),
        session.direction(),
        session.state(),
        session.caller.as_deref().unwrap_or_default(),
        session.answered_by.as_deref().unwrap_or_default(),
        moscow_date(session.began),
        session.duration(),
        session.recording.is_some(),
    );
}

fn fits(session: &Session, wanted: &OrderRequest) -> bool {
    let any = |value: &str| value.is_empty() || value == "0";
    (any(&wanted.direction) || wanted.direction == session.direction().to_string())
        && (any(&wanted.state) || wanted.state == session.state().to_string())
        && (wanted.phone_number.is_empty() || session.customer.as_deref() == Some(wanted.phone_number.as_str()))
}

fn read_date(text: &str) -> Option<Timestamp> {
    let date = DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()?;
    Some(date.to_zoned(moscow()).ok()?.timestamp())
}
