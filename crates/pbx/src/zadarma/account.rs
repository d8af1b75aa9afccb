//! What the account is asked beside its calls, and what is changed in it.

use std::time::Duration;

use http::Method;

use super::{
    config::Settings,
    party,
    query::Value,
    requests::{self, get, send},
    statistics,
};
use crate::{
    error::{Error, ErrorKind},
    query::{Destination, Query, RecordingSetting, Redirection, Statistics, StatisticsKind},
    request::Request,
};

/// Lifetimes that links to recordings may have, in seconds.
const LIFETIMES: std::ops::RangeInclusive<u64> = 180..=5_184_000;
/// How long they live unless it is said.
const USUAL_LIFETIME: Duration = Duration::from_secs(1800);
/// Addresses that recordings are mailed to.
const MOST_ADDRESSES: usize = 3;

/// The switches of what is posted.
pub(super) const SWITCHES: [&str; 6] =
    ["notify_start", "notify_internal", "notify_answer", "notify_end", "notify_out_start", "notify_out_end"];

/// The request that asks it.
pub(super) fn request(settings: &Settings, query: &Query) -> Result<Request, Error> {
    let ask = |operation, path: &str, parameters| get(settings, operation, path, parameters).idempotent();
    Ok(match query {
        Query::Balance => requests::balance(settings),
        Query::TimeZone => ask("time zone", "/v1/info/timezone/", Vec::new()),
        Query::Tariff => ask("tariff", "/v1/tariff/", Vec::new()),
        Query::Price { to, shown } => {
            let mut parameters = vec![("number", phone("number", to)?.into())];
            if let Some(shown) = shown {
                parameters.push(("caller_id", phone("caller_id", shown)?.into()));
            }
            ask("price", "/v1/info/price/", parameters)
        }
        Query::Users => requests::extensions(settings),
        Query::User(extension) => {
            ask("extension", &format!("/v1/pbx/internal/{}/info/", login("extension", extension)?), Vec::new())
        }
        // It costs money each time, so it is sent once.
        Query::Number(number) => {
            let numbers = Value::List(vec![phone("number", number)?.into()]);
            send(settings, ("lookup", Method::POST), "/v1/info/number_lookup/", vec![("numbers", numbers)])
        }
        // Which numbers may be shown is read first.
        Query::Numbers | Query::SetCallerId { .. } => ask("numbers", "/v1/direct_numbers/", Vec::new()),
        Query::Lines => ask("lines", "/v1/sip/", Vec::new()),
        Query::Status(of) => {
            let of = login("extension", of)?;
            let place = if party::is_of_pbx(of) { "pbx/internal" } else { "sip" };
            ask("status", &format!("/v1/{place}/{of}/status/"), Vec::new())
        }
        Query::Redirection(of) => {
            let of = login("of", of)?;
            let (path, name) = if party::is_of_pbx(of) {
                ("/v1/pbx/redirection/", "pbx_number")
            } else {
                ("/v1/sip/redirection/", "id")
            };
            ask("redirection", path, vec![(name, of.into())])
        }
        Query::Statistics(wanted) => page(settings, wanted)?,
        Query::RecordingLinks { recording, lifetime } => {
            let seconds = lifetime.unwrap_or(USUAL_LIFETIME).as_secs();
            if !LIFETIMES.contains(&seconds) {
                return Err(invalid("lifetime", "links live between three minutes and sixty days"));
            }
            requests::record_links(settings, recording, &seconds.to_string())?
        }
        Query::DeleteRecording(recording) => {
            let id = requests::recording_id(recording)?;
            send(settings, ("delete recording", Method::DELETE), "/v1/pbx/record/request/", vec![id])
        }
        Query::Webhooks => webhooks(settings),
        Query::SetWebhooks(url) => {
            send(settings, ("set webhooks", Method::POST), "/v1/pbx/callinfo/url/", vec![("url", url.as_str().into())])
        }
        Query::RemoveWebhooks => {
            send(settings, ("remove webhooks", Method::DELETE), "/v1/pbx/callinfo/url/", Vec::new())
        }
        Query::SetRecording { extension, recording, mail } => record(settings, extension, *recording, mail)?,
        Query::SetRedirection { of, to } => redirect(settings, login("of", of)?, to)?,
        Query::SendSms { to, message, sender } => {
            let to = to.iter().map(|number| phone("to", number)).collect::<Result<Vec<_>, _>>()?;
            if to.is_empty() || message.trim().is_empty() {
                return Err(invalid("message", "a message needs a text and somebody who gets it"));
            }
            let mut parameters = vec![("number", Value::Text(to.join(","))), ("message", message.as_str().into())];
            parameters.extend(sender.as_deref().map(|sender| ("sender", sender.into())));
            send(settings, ("sms", Method::POST), "/v1/sms/send/", parameters)
        }
        Query::Channels | Query::Groups | Query::Channel(_) | Query::CreateUser { .. } | Query::ChangeUser { .. } => {
            return Err(Error::unsupported(query.name()));
        }
    })
}

/// `pbx/callinfo`: where calls are told, and what of them.
pub(super) fn webhooks(settings: &Settings) -> Request {
    get(settings, "webhooks", "/v1/pbx/callinfo/", Vec::new()).idempotent()
}

/// `pbx/callinfo/notifications`: everything is posted.
pub(super) fn switch_on(settings: &Settings) -> Request {
    let all = SWITCHES.iter().map(|name| (*name, Value::from("true"))).collect();
    send(settings, ("switch webhooks on", Method::POST), "/v1/pbx/callinfo/notifications/", all)
}

/// `sip/callerid`, once it is known that the number is the account's.
pub(super) fn set_caller_id(settings: &Settings, line: &str, number: &str) -> Result<Request, Error> {
    let parameters = vec![("id", login("line", line)?.into()), ("number", phone("number", number)?.into())];
    Ok(send(settings, ("caller id", Method::PUT), "/v1/sip/callerid/", parameters))
}

fn page(settings: &Settings, wanted: &Statistics) -> Result<Request, Error> {
    let (path, mut parameters): (_, Vec<(&'static str, Value)>) = match wanted.kind {
        StatisticsKind::General => ("/v1/statistics/", Vec::new()),
        StatisticsKind::Cost => ("/v1/statistics/", vec![("cost_only", "1".into())]),
        StatisticsKind::Pbx => ("/v1/statistics/pbx/", vec![("version", "2".into())]),
        StatisticsKind::Incoming => ("/v1/statistics/incoming-calls/", Vec::new()),
    };
    if let Some(line) = &wanted.line {
        if wanted.kind == StatisticsKind::Pbx {
            return Err(invalid("line", "the statistics of the PBX cannot be asked for one line"));
        }
        parameters.push(("sip", login("line", line)?.into()));
    }
    if wanted.to < wanted.from {
        return Err(invalid("to", "it lies before the beginning"));
    }
    let local = |at| statistics::local(at, &wanted.zone);
    let span = (local(wanted.from), local(statistics::end_of_part(wanted.from, wanted.to)));
    Ok(requests::statistics(settings, path, parameters, (&span.0, &span.1), (wanted.skip, statistics::PAGE)))
}

fn record(
    settings: &Settings,
    extension: &str,
    recording: RecordingSetting,
    mail: &[String],
) -> Result<Request, Error> {
    let status = match recording {
        RecordingSetting::On => "on",
        RecordingSetting::Off => "off",
        RecordingSetting::Mail(true) => "on_email",
        RecordingSetting::Mail(false) => "off_email",
        RecordingSetting::Store(true) => "on_store",
        RecordingSetting::Store(false) => "off_store",
    };
    if mail.len() > MOST_ADDRESSES || mail.iter().any(|address| !address.contains('@') || address.contains([',', ' ']))
    {
        return Err(invalid("mail", "recordings are mailed to three addresses at most"));
    }
    let mut parameters = vec![("id", login("extension", extension)?.into()), ("status", status.into())];
    if !mail.is_empty() {
        parameters.push(("email", Value::Text(mail.join(","))));
    }
    Ok(send(settings, ("recording", Method::PUT), "/v1/pbx/internal/recording/", parameters))
}

/// An extension's calls go anywhere, those of a SIP line to a number or not.
fn redirect(settings: &Settings, of: &str, to: &Redirection) -> Result<Request, Error> {
    let is_of_pbx = party::is_of_pbx(of);
    let mut parameters: Vec<(&str, Value)> = vec![(if is_of_pbx { "pbx_number" } else { "id" }, of.into())];
    match to {
        Redirection::Off => parameters.push(("status", "off".into())),
        Redirection::On if is_of_pbx => {
            return Err(invalid("to", "say where the calls of the extension are to go"));
        }
        Redirection::On => parameters.push(("status", "on".into())),
        Redirection::To { kind, destination, when_unanswered } if is_of_pbx => {
            let (kind, needs_destination) = match kind {
                Destination::Phone => ("phone", true),
                Destination::VoiceMail => ("voicemail", false),
                Destination::Menu => ("menu", true),
                Destination::Sip => ("sip", true),
                Destination::SipUri => ("sip_uri", true),
            };
            let destination = destination.trim();
            if needs_destination && destination.is_empty() {
                return Err(invalid("destination", "say where the calls of the extension are to go"));
            }
            let condition = if *when_unanswered { "noanswer" } else { "always" };
            parameters.extend([("status", "on".into()), ("type", kind.into()), ("condition", condition.into())]);
            if !destination.is_empty() {
                parameters.push(("destination", destination.into()));
            }
            if kind == "voicemail" {
                // The vendor's spelling.
                parameters.push(("voicemail_greeting", "standart".into()));
            }
        }
        Redirection::To { kind: Destination::Phone, destination, when_unanswered } => {
            let condition = if *when_unanswered { "unavailable" } else { "always" };
            parameters.extend([("type", "phone".into()), ("number", phone("destination", destination)?.into())]);
            parameters.push(("condition", condition.into()));
        }
        Redirection::To { .. } => {
            return Err(invalid("kind", "the calls of a SIP line can only be sent to a telephone number"));
        }
    }
    let (method, path) =
        if is_of_pbx { (Method::POST, "/v1/pbx/redirection/") } else { (Method::PUT, "/v1/sip/redirection/") };
    Ok(send(settings, ("redirect", method), path, parameters))
}

/// An extension, or the id of a line, that may stand in an address.
fn login<'a>(field: &'static str, text: &'a str) -> Result<&'a str, Error> {
    let text = text.trim();
    let fits = !text.is_empty() && text.len() <= 32 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits { Ok(text) } else { Err(invalid(field, "it must be an extension or the number of a line")) }
}

/// A telephone number as the service wants it: digits, international, without a plus.
fn phone(field: &'static str, number: &str) -> Result<String, Error> {
    let number = crate::party::number(number).filter(|number| number.starts_with('+'));
    let number = number.ok_or_else(|| invalid(field, "it must be a telephone number"))?;
    Ok(number.trim_start_matches('+').to_owned())
}

fn invalid(field: &'static str, why: &str) -> Error {
    Error::new(ErrorKind::InvalidRequest { field }, why.to_owned()).before_sending()
}
