//! Balance, employees, channels and numbers.

use secrecy::ExposeSecret;
use serde_json::Value;

use super::{
    config::Settings,
    directory::{Directory, employee},
    requests, responses,
};
use crate::{
    error::{Error, ErrorKind},
    fields::{self, Fields},
    party,
    query::{AccountUser, Query, QueryStep, Reply, UserChange, facts},
    request::{Answer, Request},
};

/// The request that asks it.
pub(super) fn request(settings: &Settings, query: &Query) -> Result<Request, Error> {
    Ok(match query {
        Query::Balance => requests::balance(settings),
        Query::Users => requests::users(settings),
        Query::User(name) => requests::user(settings, requests::part("user", name)?),
        Query::Channels => requests::channels(settings),
        Query::Channel(name) => {
            for part in name.trim().split('/') {
                requests::part("channel", part)?;
            }
            requests::channel(settings, name.trim())
        }
        Query::Number(number) => {
            let wrong = || Error::new(ErrorKind::InvalidRequest { field: "number" }, "it must be a telephone number");
            let number = party::number(number).filter(|number| number.starts_with('+'));
            requests::phone_number(settings, &number.ok_or_else(|| wrong().before_sending())?)
        }
        Query::CreateUser { extension, mail, password } => {
            let (extension, password) = (own_extension(extension)?, not_empty("password", password.expose_secret())?);
            requests::create_user(settings, extension, not_empty("mail", mail)?, password)
        }
        Query::ChangeUser { user, change } => {
            let user = requests::part("user", user)?;
            let (function, parameter) = match change {
                UserChange::Password(password) => {
                    let password = not_empty("password", password.expose_secret())?;
                    ("update_password", Some(("password", Value::from(password))))
                }
                UserChange::Mail(mail) => ("update_email", Some(("mail", Value::from(not_empty("mail", mail)?)))),
                UserChange::Extension(extension) => {
                    let extension = requests::number(own_extension(extension)?);
                    ("update_extension_number", Some(("num", extension)))
                }
                UserChange::VoiceMail(true) => ("voice_mail_box_on", None),
                UserChange::VoiceMail(false) => ("voice_mail_box_off", None),
            };
            requests::change_user(settings, user, function, parameter)
        }
        Query::TimeZone
        | Query::Tariff
        | Query::Price { .. }
        | Query::Numbers
        | Query::Lines
        | Query::Groups
        | Query::Status(_)
        | Query::Redirection(_)
        | Query::Statistics(_)
        | Query::RecordingLinks { .. }
        | Query::Webhooks
        | Query::SetRecording { .. }
        | Query::SetCallerId { .. }
        | Query::SetRedirection { .. }
        | Query::SendSms { .. }
        | Query::DeleteRecording(_)
        | Query::SetWebhooks(_)
        | Query::RemoveWebhooks => return Err(Error::unsupported(query.name())),
    })
}

/// What the answer tells, or what has to be asked beside it: the list of employees tells no extensions.
pub(super) fn read(
    settings: &Settings,
    directory: &mut Directory,
    query: &Query,
    answer: &Answer,
) -> Result<QueryStep, Error> {
    let told = if query.is_change() { responses::done(settings, answer) } else { responses::data(settings, answer) };
    let unreadable = || Error::new(ErrorKind::Protocol, "RingCloud's answer cannot be read");
    if matches!(query, Query::Users) {
        return users(settings, directory, told);
    }
    Ok(QueryStep::Done(match (query, told?) {
        (Query::Balance, data) => {
            Reply::Balance { amount: fields::text(&data).ok_or_else(unreadable)?, currency: None }
        }
        (Query::User(name), data) => {
            directory.take_user(name, &data);
            Reply::Users(vec![employee(&data).ok_or_else(unreadable)?])
        }
        (Query::Channels, data) => {
            let list = data.as_array().map(Vec::as_slice).unwrap_or_default();
            Reply::Channels(list.iter().filter_map(channel).collect())
        }
        (Query::Channel(_) | Query::Number(_), data) => Reply::Details(facts(data).ok_or_else(unreadable)?),
        (Query::CreateUser { .. }, data) => Reply::Done { name: fields::text(&data) },
        (Query::ChangeUser { .. }, _) => Reply::Done { name: None },
        // Nothing else is asked.
        (_, _) => return Err(Error::unsupported(query.name())),
    }))
}

/// The list, then those whose extension is not known, one after the other. Who cannot be read is listed by his name.
fn users(settings: &Settings, directory: &mut Directory, data: Result<Value, Error>) -> Result<QueryStep, Error> {
    // The list is a list; one employee is an object.
    match (directory.unread().map(str::to_owned), data) {
        (Some(name), Ok(data)) if directory.is_listed() && !data.is_array() => directory.take_user(&name, &data),
        (_, Ok(data)) => directory.take_list(&data),
        (Some(name), Err(_)) if directory.is_listed() => directory.mark_silent(&name),
        (_, Err(error)) => return Err(error),
    }
    if let Some(name) = directory.unread() {
        return Ok(QueryStep::Ask(Box::new(requests::user(settings, name))));
    }
    let named = |(name, extension): (&str, Option<&str>)| AccountUser {
        name: name.to_owned(),
        extension: extension.map(str::to_owned),
        title: None,
        mail: None,
        voice_mail: None,
    };
    Ok(QueryStep::Done(Reply::Users(directory.users().map(named).collect())))
}

/// The name of a channel; how elements of the list look is not documented.
fn channel(element: &Value) -> Option<String> {
    fields::text(element).or_else(|| Fields::of(element.clone())?.text("channel"))
}

/// An extension as the service admits it: three digits that begin with 4.
fn own_extension(extension: &str) -> Result<&str, Error> {
    let extension = extension.trim();
    let fits = extension.len() == 3 && extension.starts_with('4') && party::is_digits(extension);
    let wrong =
        || Error::new(ErrorKind::InvalidRequest { field: "extension" }, "RingCloud's extensions are 400 to 499");
    if fits { Ok(extension) } else { Err(wrong().before_sending()) }
}

fn not_empty<'a>(field: &'static str, text: &'a str) -> Result<&'a str, Error> {
    let fits = !text.trim().is_empty() && !text.chars().any(char::is_control);
    let empty = || Error::new(ErrorKind::InvalidRequest { field }, "it must not be empty").before_sending();
    if fits { Ok(text.trim()) } else { Err(empty()) }
}
