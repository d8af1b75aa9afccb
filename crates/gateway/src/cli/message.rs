//! `sign` and `verify`: webhooks as files.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use calls::ConnectionId;
use clap::Args;
use pbx::{Pbx, VerifyError};
use trubka_gateway::http_message::HttpMessage;

use super::{WithConfig, connection_id, output};

#[derive(Debug, Args)]
pub(super) struct MessageArguments {
    #[command(flatten)]
    pub(super) config: WithConfig,
    /// Whose key signs.
    #[arg(long, value_name = "ID", value_parser = connection_id)]
    pub(super) connection: ConnectionId,
    /// A raw HTTP message, as it goes over the wire.
    #[arg(long, value_name = "FILE")]
    pub(super) request: PathBuf,
}

impl MessageArguments {
    fn pbx(&self) -> anyhow::Result<Box<dyn Pbx>> {
        Ok(pbx::build(&self.config.read()?.connection(&self.connection)?)?)
    }
}

pub(super) fn sign(arguments: &MessageArguments) -> anyhow::Result<ExitCode> {
    let message = read(&arguments.request)?;
    output::give(&signed(arguments.pbx()?.as_ref(), &message)?)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn verify(arguments: &MessageArguments) -> anyhow::Result<ExitCode> {
    let message = read(&arguments.request)?;
    match arguments.pbx()?.verify(message.request()) {
        Ok(_) => {
            output::say("valid")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(reason) => {
            output::complain(&reason.to_string());
            Ok(ExitCode::FAILURE)
        }
    }
}

/// A message from a file.
pub(super) fn read(path: &Path) -> anyhow::Result<HttpMessage> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    HttpMessage::parse(&bytes).with_context(|| format!("{} is no HTTP request", path.display()))
}

/// The message with the headers or the body that the signature makes, every other byte as it was.
pub(super) fn signed(pbx: &dyn Pbx, message: &HttpMessage) -> anyhow::Result<Vec<u8>> {
    match pbx.verify(message.request()) {
        Err(VerifyError::Missing(_) | VerifyError::MissingField(_)) => {}
        Err(VerifyError::NoWebhooks) => bail!("this PBX sends no webhooks, so there is nothing to sign"),
        Err(VerifyError::Repeated(name)) => bail!("the header {name} was given more than once; take it out first"),
        Err(error @ (VerifyError::RepeatedField | VerifyError::NotAForm)) => bail!("{error}"),
        Ok(_) | Err(VerifyError::Malformed(_) | VerifyError::Mismatch | VerifyError::OtherAccount(_)) => {
            bail!("the message bears a signature already; take it out first")
        }
    }
    let mut request = message.request().clone();
    pbx.sign_webhook(&mut request).context("signing")?;
    let own = &message.request().headers;
    let is_there = |(name, value): &(String, Vec<u8>)| {
        own.iter().any(|(given, old)| given.eq_ignore_ascii_case(name) && old == value)
    };
    let added: Vec<_> = request.headers.iter().filter(|header| !is_there(header)).cloned().collect();
    // Some PBXs sign beside the body, some within it.
    let is_same_body = request.body == message.request().body;
    Ok(if is_same_body { message.with_headers(&added) } else { message.with_body(&added, &request.body) })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use pbx::{ConnectionConfig, Make};
    use secrecy::SecretString;

    use super::*;

    fn pbx(make: Make) -> Box<dyn Pbx> {
        let config = ConnectionConfig {
            id: "test".parse().expect("an id"),
            make,
            zone: None,
            base_url: None,
            trust_anchor_pem: None,
            secrets: make.secrets.iter().map(|secret| (secret.name.to_owned(), SecretString::from("s3cret"))).collect(),
            overrides: BTreeMap::new(),
        };
        pbx::build(&config).expect("a make")
    }

    fn sign(make: Make, head: &str, body: &str) -> anyhow::Result<String> {
        let text = format!("POST /call_events HTTP/1.1\r\n{head}\r\n{body}");
        let signed = signed(pbx(make).as_ref(), &HttpMessage::parse(text.as_bytes()).expect("a message"))?;
        Ok(String::from_utf8(signed).expect("text"))
    }

    #[test]
    fn a_half_signed_message_comes_out_signed_once() {
        let chunks = "2\r\n{}\r\n0\r\n\r\n";
        let head = "x-client-id: somebody\r\nX-Client-Sign:\r\nTransfer-Encoding: chunked\r\n";
        let signed = sign(pbx::rostelecom::MAKE, head, chunks).expect("signed");
        assert_eq!(signed.to_ascii_lowercase().matches("x-client-").count(), 2, "{signed}");
        assert!(signed.ends_with(&format!("\r\n\r\n{chunks}")), "{signed}");
        let message = HttpMessage::parse(signed.as_bytes()).expect("a message");
        assert!(pbx(pbx::rostelecom::MAKE).verify(message.request()).is_ok(), "{signed}");

        let own = sign(pbx::rostelecom::MAKE, "x-client-id: s3cret\r\n", "{}").expect("signed");
        assert!(own.starts_with("POST /call_events HTTP/1.1\r\nx-client-id: s3cret\r\nX-Client-Sign: "), "{own}");
    }

    #[test]
    fn a_signature_within_the_body_makes_a_new_body() {
        let json = "{\"seq\":1}";
        for (head, body) in
            [("", json), ("Content-Type: application/x-www-form-urlencoded\r\n", "json=%7B%22seq%22%3A1%7D")]
        {
            let signed = sign(pbx::mango_vpbx::MAKE, head, body).expect("signed");
            let message = HttpMessage::parse(signed.as_bytes()).expect("a message");
            assert!(pbx(pbx::mango_vpbx::MAKE).verify(message.request()).is_ok(), "{signed}");
            assert!(
                signed.contains("vpbx_api_key=s3cret&sign=") && signed.ends_with("&json=%7B%22seq%22%3A1%7D"),
                "{signed}"
            );
            let again = super::signed(pbx(pbx::mango_vpbx::MAKE).as_ref(), &message).expect_err("signed twice");
            assert!(again.to_string().contains("bears a signature already"), "{again}");
        }
    }

    #[test]
    fn why_a_message_is_not_signed_is_said() {
        let why = |make, head: &str| sign(make, head, "{}").expect_err("not signed").to_string();
        assert!(why(pbx::mango_client::MAKE, "").contains("sends no webhooks"));
        assert!(why(pbx::rostelecom::MAKE, "X-Client-Sign: 00\r\n").contains("bears a signature already"));
        let twice = "X-Client-ID: s3cret\r\nx-client-id: s3cret\r\n";
        assert!(why(pbx::rostelecom::MAKE, twice).contains("X-Client-ID was given more than once"));
    }
}
