//! Questions about the account: its balance, its employees, their SIP accounts, its groups and its numbers.

use serde_json::{Value, json};

use super::{config::Settings, requests, responses};
use crate::{
    error::Error,
    fields::Fields,
    party,
    query::{self, AccountUser, OwnNumber, PhoneLine, Query, QueryStep, Reply, Row},
    request::{Answer, Request},
};

/// The request of a question.
pub(super) fn ask(settings: &Settings, query: &Query) -> Result<Request, Error> {
    let ask = |path: &'static str, body: Value| requests::post(settings, path, path, &body).question();
    match of_account(query)? {
        AccountQuery::Balance => Ok(requests::check(settings)),
        AccountQuery::Employees(extension) => Ok(employees(settings, extension)),
        AccountQuery::Numbers => Ok(ask("incominglines", json!({}))),
        AccountQuery::Lines => Ok(ask("sips", json!({}))),
        AccountQuery::Groups => Ok(ask("groups", json!({"show_users": 1}))),
    }
}

/// What an answer says.
pub(super) fn read(query: &Query, answer: &Answer) -> Result<QueryStep, Error> {
    let listed = |names: [&str; 2]| {
        let told = answer.fields().filter(|_| answer.is_success());
        let rows = told.and_then(|told| names.into_iter().find_map(|name| query::rows(&told, name)));
        rows.ok_or_else(|| responses::failure(answer))
    };
    let reply = match of_account(query)? {
        AccountQuery::Balance => responses::balance(answer)?,
        AccountQuery::Employees(_) => Reply::Users(users(answer)?),
        AccountQuery::Numbers => Reply::Numbers(listed(["lines", "data"])?.iter().filter_map(own_number).collect()),
        AccountQuery::Lines => Reply::Lines(listed(["data", "sips"])?.iter().flat_map(sip_lines).collect()),
        AccountQuery::Groups => Reply::Rows(listed(["groups", "data"])?.iter().map(group).collect()),
    };
    Ok(QueryStep::Done(reply))
}

/// The questions that this interface answers.
enum AccountQuery<'a> {
    Balance,
    Employees(Option<&'a str>),
    Numbers,
    Lines,
    Groups,
}

fn of_account(query: &Query) -> Result<AccountQuery<'_>, Error> {
    if let Query::User(extension) = query {
        return Ok(AccountQuery::Employees(Some(extension)));
    }
    let known = [
        (matches!(query, Query::Balance), AccountQuery::Balance),
        (matches!(query, Query::Users), AccountQuery::Employees(None)),
        (matches!(query, Query::Numbers), AccountQuery::Numbers),
        (matches!(query, Query::Lines), AccountQuery::Lines),
        (matches!(query, Query::Groups), AccountQuery::Groups),
    ];
    let found = known.into_iter().find_map(|(is_it, asked)| is_it.then_some(asked));
    found.ok_or_else(|| Error::unsupported(query.name()))
}

/// A number of the account; what the vendor calls it is not in the pages that could be read, so what may be is looked for.
fn own_number(row: &Fields) -> Option<OwnNumber> {
    let raw = row.text("number")?;
    let mut facts = query::facts(row.to_json()).unwrap_or_default();
    facts.remove("number");
    Some(OwnNumber { number: party::number(&raw).unwrap_or(raw), title: facts.remove("name"), facts })
}

/// The SIP accounts of an employee.
fn sip_lines(row: &Fields) -> Vec<PhoneLine> {
    let line = |sip: Fields| {
        let login = sip.text("login")?;
        let id = sip.text("domain").map_or_else(|| login.clone(), |domain| format!("{login}@{domain}"));
        Some(PhoneLine { id, title: None, channels: None })
    };
    query::rows(row, "sips").unwrap_or_default().into_iter().filter_map(line).collect()
}

/// A group, with the extensions of its people.
fn group(row: &Fields) -> Row {
    let mut facts = query::facts(row.to_json()).unwrap_or_default();
    let people = ["operators", "users"].into_iter().find_map(|name| query::rows(row, name)).unwrap_or_default();
    let extensions: Vec<String> = people.iter().filter_map(|person| person.text("extension")).collect();
    if !extensions.is_empty() {
        facts.insert("people".to_owned(), extensions.join(" "));
    }
    facts
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
