//! Questions about the account: its balance, its employees, its groups and its numbers.

use serde_json::json;

use super::{config::Settings, requests, responses};
use crate::{
    error::Error,
    fields::Fields,
    party,
    query::{AccountUser, Query, QueryStep, Reply},
    request::{Answer, Request},
};

/// The request of a question.
pub(super) fn ask(settings: &Settings, query: &Query) -> Result<Request, Error> {
    if matches!(query, Query::Balance) {
        return Ok(requests::check(settings));
    }
    if matches!(query, Query::Users) {
        return Ok(employees(settings, None));
    }
    if let Query::User(extension) = query {
        return Ok(employees(settings, Some(extension)));
    }
    Err(Error::unsupported(query.name()))
}

/// What an answer says.
pub(super) fn read(query: &Query, answer: &Answer) -> Result<QueryStep, Error> {
    if matches!(query, Query::Balance) {
        return responses::balance(answer).map(QueryStep::Done);
    }
    if matches!(query, Query::Users | Query::User(_)) {
        return users(answer).map(Reply::Users).map(QueryStep::Done);
    }
    Err(Error::unsupported(query.name()))
}

/// `config/users/request`: everybody, or whoever has this extension.
fn employees(settings: &Settings, extension: Option<&str>) -> Request {
    let mut body = json!({"ext_fields": ["general.user_id", "general.sips"]});
    if let Some(extension) = extension {
        body["extension"] = extension.into();
    }
    requests::post(settings, "config/users/request", "config/users/request", &body)
}

/// The samples of the page have no result code where employees are listed.
fn users(answer: &Answer) -> Result<Vec<AccountUser>, Error> {
    let listed = answer.fields().filter(|_| answer.is_success()).and_then(|fields| fields.array("users").cloned());
    let listed = listed.ok_or_else(|| responses::failure(answer))?;
    Ok(listed.into_iter().filter_map(Fields::of).filter_map(|user| employee(&user)).collect())
}

fn employee(user: &Fields) -> Option<AccountUser> {
    let general = user.object("general").unwrap_or_default();
    let telephony = user.object("telephony").unwrap_or_default();
    let extension = telephony.text("extension");
    let numbers = telephony.array("numbers").cloned().unwrap_or_default();
    let sip =
        numbers.into_iter().filter_map(Fields::of).find(|number| number.text("protocol").as_deref() == Some("sip"));
    let sip = sip.and_then(|number| number.text("number")).map(|address| {
        let user = party::user(&address).to_owned();
        let domain = address.rsplit_once('@').map(|(_, domain)| domain.to_owned());
        domain.map_or_else(|| user.clone(), |domain| format!("{user}@{domain}"))
    });
    let title = general.text("name");
    Some(AccountUser {
        name: sip.or_else(|| extension.clone()).or_else(|| title.clone())?,
        extension,
        title,
        mail: general.text("email"),
        voice_mail: None,
    })
}
