//! `serve`.

use std::{process::ExitCode, sync::Arc};

use anyhow::Context;
use office::{OfficeHandle, SystemClock};
use tokio::net::TcpListener;
use trubka_gateway::{Gateway, GatewayOptions, Limits, Setup, config::Config, platform};

use super::{open, output};

pub(super) async fn serve(file: &Config) -> anyhow::Result<ExitCode> {
    let listen = file.listen()?;
    let limits = Limits { behind_proxy: listen.behind_proxy, ..Limits::default() };
    let store = open::as_owner(&file.data_dir())?;
    let setup = Setup::open(file.clone(), &store)?;
    let config = setup.config();
    let options = GatewayOptions {
        path_tokens: config.path_tokens()?,
        tls: config.tls()?,
        limits,
        name: config.name().to_owned(),
        public_url: config.public_url().cloned(),
        own_ca: config.own_ca()?,
        setup: Some(Arc::new(setup)),
    };
    let scheme = if options.tls.is_some() { "https" } else { "http" };
    let office = config.office()?;
    // Bound before the office starts: a port that is taken is told at once.
    let listener =
        TcpListener::bind(listen.address).await.with_context(|| format!("listening on {}", listen.address))?;
    if listen.behind_proxy {
        tracing::warn!("plain HTTP: nobody but the proxy that speaks TLS may reach this address");
    }
    let office = Arc::new(OfficeHandle::start(office, store.clone(), Arc::new(SystemClock)).await?);
    let running = Gateway::serve(listener, Arc::clone(&office), options).await?;
    if let Err(error) = output::say(&format!("listening on {scheme}://{}", running.addr())) {
        tracing::debug!(%error, "nobody reads what is said");
    }

    platform::asked_to_stop().await.context("waiting for a signal")?;
    tracing::info!("stopping");
    running.shutdown().await;
    office.shutdown().await;
    drop(office);
    store.close();
    Ok(ExitCode::SUCCESS)
}
