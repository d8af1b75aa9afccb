//! `sign` and `verify`: webhooks as files.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use calls::ConnectionId;
use clap::Args;
use pbx::{Pbx, VerifyError, raw::RawRequest};

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
pub(super) fn read(path: &Path) -> anyhow::Result<RawRequest> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    RawRequest::parse(&bytes).with_context(|| format!("{} is no HTTP request", path.display()))
}

/// The message with the headers that the signature adds, every other byte as it was.
pub(super) fn signed(pbx: &dyn Pbx, message: &RawRequest) -> anyhow::Result<Vec<u8>> {
    if !matches!(pbx.verify(message.request()), Err(VerifyError::Missing(_))) {
        bail!("the message bears a signature already; take it out first");
    }
    let mut request = message.request().clone();
    pbx.sign_webhook(&mut request).context("signing")?;
    let own = &message.request().headers;
    let added: Vec<_> = request.headers.into_iter().filter(|header| !own.contains(header)).collect();
    Ok(message.with_headers(&added))
}
