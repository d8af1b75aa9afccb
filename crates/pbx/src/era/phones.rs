//! Which phones are registered.

use serde_json::json;

use super::{config::Settings, listing, responses};
use crate::{
    error::{Error, ErrorKind},
    fields::Fields,
    query::{PhoneLine, Query, QueryStep, Reply},
    request::{Answer, Request},
};

/// Users of SIP and whether they are online. Registrations are only ever read: the page has a verb that clears them.
const STATES: &str = "/rest/v1/uc/sipuser_states";

/// Asks for all of them, or for one.
pub(super) fn ask(settings: &Settings, query: &Query) -> Result<Request, Error> {
    let mut url = settings.url(STATES);
    if let Query::Status(of) = query {
        let filter = json!(["==", ["property", "username"], of.trim()]);
        url.query_pairs_mut().append_pair("filter", &filter.to_string());
    } else if !matches!(query, Query::Lines) {
        return Err(Error::unsupported(query.name()));
    }
    Ok(Request::get("uc/sipuser_states", url).idempotent().signed())
}

/// What is told.
pub(super) fn read(query: &Query, answer: &Answer) -> Result<QueryStep, Error> {
    if let Some(error) = responses::failure(answer) {
        return Err(error);
    }
    let unreadable = || Error::new(ErrorKind::Protocol, "the PBX's list of phones cannot be read");
    let rows = listing::rows(&answer.body).ok_or_else(unreadable)?;
    let phones = rows.into_iter().filter_map(|row| {
        let row = Fields::of(row)?;
        Some((row.text("username")?, row.text("status")?.eq_ignore_ascii_case("online")))
    });
    let Query::Status(of) = query else {
        let lines = phones.map(|(id, _)| PhoneLine { id, title: None, channels: None });
        return Ok(QueryStep::Done(Reply::Lines(lines.collect())));
    };
    // The filter may mean something else than we take it for.
    let own: Vec<bool> = phones.filter(|(name, _)| name == of.trim()).map(|(_, is_online)| is_online).collect();
    if own.is_empty() {
        return Err(Error::new(ErrorKind::NotFound, "the PBX knows no phone of this name"));
    }
    Ok(QueryStep::Done(Reply::Registered(own.contains(&true))))
}
