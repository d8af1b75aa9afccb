//! `cert self-signed` and `cert export`.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use office::{Clock, SystemClock};
use trubka_gateway::certificate::{Files, chain};

use super::{WithConfig, output};

#[derive(Debug, Subcommand)]
pub(super) enum CertCommand {
    /// Makes a certificate from a CA of the gateway's own, for where no public CA vouches for it.
    SelfSigned(SelfSignedArguments),
    /// Prints the server's certificate with its CA as PEM, for the vendor's page that asks for it.
    Export(WithConfig),
}

#[derive(Debug, Args)]
pub(super) struct SelfSignedArguments {
    #[command(flatten)]
    config: WithConfig,
    /// A name or address by which the gateway is reached; may be given several times.
    #[arg(long = "host", value_name = "NAME", required = true)]
    hosts: Vec<String>,
    /// A new certificate under the CA that is there: desks and vendors that trust it go on.
    #[arg(long)]
    renew: bool,
}

pub(super) fn run(command: &CertCommand) -> anyhow::Result<ExitCode> {
    match command {
        CertCommand::SelfSigned(arguments) => self_signed(arguments),
        CertCommand::Export(config) => export(config),
    }
}

fn self_signed(arguments: &SelfSignedArguments) -> anyhow::Result<ExitCode> {
    let config = arguments.config.read_file()?;
    let usual = Files::in_folder(config.folder());
    let usual = match config.ca() {
        Some(ca) => Files { ca_key: ca.with_extension("key"), ca, ..usual },
        None => usual,
    };
    let files = match (config.certificate(), config.certificate_key()) {
        (Some(cert), Some(key)) => Files { cert, key, ..usual },
        _ => usual,
    };
    files.make(&arguments.hosts, arguments.renew, SystemClock.now())?;
    output::say(&format!("{}\n{}", files.cert.display(), files.ca.display()))?;
    if config.certificate().is_none() {
        output::note(
            "write into the configuration: tls = { cert = \"cert.pem\", key = \"key.pem\" } and ca = \"ca.pem\"",
        );
    }
    output::note("restart the gateway; `cert export` prints what the vendor's page asks for");
    Ok(ExitCode::SUCCESS)
}

fn export(config: &WithConfig) -> anyhow::Result<ExitCode> {
    let config = config.read_file()?;
    let Some(cert) = config.certificate() else {
        bail!("the gateway speaks no TLS itself: export the certificate of the proxy before it");
    };
    let pem = std::fs::read(&cert).with_context(|| format!("reading {}", cert.display()))?;
    let text = chain(&pem).with_context(|| format!("{} holds no certificate", cert.display()))?;
    // The certificate comes first, its CA after it: a store that takes one takes the server's, one that takes all has the chain.
    output::say(text.trim_end())?;
    Ok(ExitCode::SUCCESS)
}
