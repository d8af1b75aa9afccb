//! `replay`: a webhook from a file, sent to a gateway.

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use http::{HeaderName, HeaderValue, Method, header};
use link::wire::admin::HOOK_PATH;
use pbx::WebhookRequest;
use secrecy::{ExposeSecret, SecretString};
use trubka_gateway::http_message::HttpMessage;
use url::Url;

use super::{message, message::MessageArguments, output};

#[derive(Debug, Args)]
pub(super) struct ReplayArguments {
    #[command(flatten)]
    message: MessageArguments,
    /// The gateway, or a whole hook address. Without a path the connection's own hook address is taken, with the path
    /// of the message after it.
    #[arg(long, value_name = "URL")]
    to: Url,
}

/// Headers that belong to the connection and not to the message.
const OF_THE_CONNECTION: [HeaderName; 5] =
    [header::HOST, header::CONTENT_LENGTH, header::CONNECTION, header::TRANSFER_ENCODING, header::EXPECT];

pub(super) async fn replay(arguments: &ReplayArguments) -> anyhow::Result<ExitCode> {
    let config = arguments.message.config.read()?;
    let connection = config.connection(&arguments.message.connection)?;
    let pbx = pbx::build(&connection)?;
    let mut message = message::read(&arguments.message.request)?;
    if matches!(pbx.verify(message.request()), Err(pbx::VerifyError::Missing(_) | pbx::VerifyError::MissingField(_))) {
        message = HttpMessage::parse(&message::signed(pbx.as_ref(), &message)?).context("reading what was signed")?;
    }
    let token = config.path_token(&connection.id)?;
    let hook = hook_path(connection.id.as_str(), token.as_ref());
    let to = target(&arguments.to, &hook, &message.request().path);

    let client = net::Client::new(net::Settings::for_base(&to)?)?;
    let answer = client.send(request(to, message.request())?).await.context("sending")?;
    output::say(&format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body).trim_end()))?;
    Ok(if (200..300).contains(&answer.status) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn request(to: Url, message: &WebhookRequest) -> anyhow::Result<net::Request> {
    let method = Method::from_bytes(message.method.as_bytes()).context("the method")?;
    let mut request = net::Request::new(method, to);
    for (name, value) in &message.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).with_context(|| format!("the header {name}"))?;
        if !OF_THE_CONNECTION.contains(&name) {
            let value = HeaderValue::from_bytes(value).with_context(|| format!("the header {name}"))?;
            request.headers.append(name, value);
        }
    }
    request.body = message.body.clone();
    Ok(request)
}

/// Where a connection's webhooks go.
pub(super) fn hook_path(connection: &str, token: Option<&SecretString>) -> String {
    let token = token.map(|token| format!("/{}", token.expose_secret())).unwrap_or_default();
    format!("{HOOK_PATH}{connection}{token}")
}

/// A whole address is taken as it is; a gateway's, or a hook's without the vendor's own path, is completed.
fn target(to: &Url, hook: &str, message_path: &str) -> Url {
    let given = to.path().trim_end_matches('/');
    if !given.is_empty() && given != hook {
        return to.clone();
    }
    let (path, query) = match message_path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (message_path, None),
    };
    // A message that was recorded at a gateway bears the whole hook address already.
    let vendor_path = path.strip_prefix(hook).unwrap_or(path);
    let mut url = to.clone();
    url.set_path(&format!("{hook}{vendor_path}"));
    url.set_query(query);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_completed_only_where_it_says_too_little() {
        let cases = [
            ("http://127.0.0.1:8443", "/call_events", "http://127.0.0.1:8443/hook/rt1/call_events"),
            ("http://127.0.0.1:8443/hook/rt1/", "/call_events", "http://127.0.0.1:8443/hook/rt1/call_events"),
            ("http://127.0.0.1:8443/", "/hook/rt1/call_events", "http://127.0.0.1:8443/hook/rt1/call_events"),
            ("http://127.0.0.1:8443/hook/rt1/other", "/call_events", "http://127.0.0.1:8443/hook/rt1/other"),
            ("http://127.0.0.1:8443/", "/x?a=1", "http://127.0.0.1:8443/hook/rt1/x?a=1"),
        ];
        for (to, path, expected) in cases {
            assert_eq!(target(&to.parse().expect("a URL"), "/hook/rt1", path).as_str(), expected);
        }
    }
}
