//! `introduce`: makes the gateway known to a PBX that gives it a key for that, and keeps the key where the configuration
//! looks for it.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context, bail};
use calls::ConnectionId;
use clap::Args;
use office::SystemClock;
use pbx::NoKeyGiven;
use secrecy::ExposeSecret;
use trubka_gateway::platform;

use super::{WithConfig, check, connection_id, output};

#[derive(Debug, Args)]
pub(super) struct IntroduceArguments {
    #[command(flatten)]
    config: WithConfig,
    /// Which connection.
    #[arg(long, value_name = "ID", value_parser = connection_id)]
    connection: ConnectionId,
    /// What the integration is called in the vendor's account pages.
    #[arg(long, default_value = "Trubka")]
    name: String,
}

/// Takes the key that is there, or has the PBX give one. Whoever comes second finds the file of the first: two of them
/// never make two integrations.
pub(super) async fn introduce(arguments: IntroduceArguments) -> anyhow::Result<ExitCode> {
    let IntroduceArguments { config, connection: id, name } = arguments;
    let config = config.read()?;
    let (settings, absent) = config.connection_without_key(&id)?;
    let Some(secret) = settings.make.given_secret().map(|secret| secret.name) else {
        bail!("connection {id}: this PBX gives no key to a program; its account pages show the secrets");
    };
    let driver = settings.introducing(Arc::new(SystemClock)).with_context(|| format!("connection {id}"))?;
    let Some(file) = absent.get(secret) else {
        let report = check::driver(&config, &id)?.check().await;
        output::say(&format!("there is a {secret} already, so no integration was made: {}", report.detail))?;
        return Ok(if report.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    };
    let mut kept = platform::create_new_private(file)
        .with_context(|| format!("{} cannot be made, so the PBX was not asked", file.display()))?;
    let given = driver.introduce(&name).await.map_err(|why| match why {
        NoKeyGiven::Unknown(_) => anyhow::anyhow!(
            "{why}. {} is left empty, so that no second one is made; delete it to try again",
            file.display()
        ),
        NoKeyGiven::Refused(error) => {
            remove(file);
            anyhow::Error::from(error)
        }
    })?;
    keep(&mut kept, given.expose_secret()).with_context(|| {
        format!("the PBX gave a key, but {} cannot be written: look in the account pages", file.display())
    })?;
    output::say(&format!("the PBX knows this gateway as {name}; its {secret} is in {}", file.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn keep(file: &mut File, secret: &str) -> std::io::Result<()> {
    file.write_all(secret.as_bytes())?;
    file.sync_all()
}

/// Nothing was made, so the next try may begin anew.
fn remove(file: &Path) {
    if let Err(error) = fs::remove_file(file) {
        output::note(&format!("{} is empty and cannot be removed: {error}", file.display()));
    }
}
