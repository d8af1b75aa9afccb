//! The simulator as a program of its own.

mod cli;
mod signals;

use std::io::Write;

use anyhow::Context;
use clap::Parser;
use trubka_simulator::{Names, Script, Simulator};

use cli::{Command, Options, ServeOptions};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Options::parse().command {
        Command::Serve(options) => serve(options).await,
    }
}

async fn serve(options: ServeOptions) -> anyhow::Result<()> {
    let level = if options.json { "warn" } else { "info" };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| level.into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();

    let script = match &options.script {
        Some(path) => {
            let text = cli::read_script(path).with_context(|| format!("reading the script {}", path.display()))?;
            Some(Script::parse(&text).with_context(|| format!("in the script {}", path.display()))?)
        }
        None => options.demo.then(|| Script::demo(options.seed, Names::default())),
    };
    let stop = signals::stop().context("listening for signals")?;
    let simulator = Simulator::start(options.config()).await?;
    let mut line = serde_json::to_string(simulator.credentials())?;
    line.push('\n');
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(line.as_bytes()).and_then(|()| stdout.flush()).context("writing the first line")?;
    drop(stdout);
    tracing::info!("running; Ctrl-C stops, --help explains how to call, sign and script");

    let playing = script.map(|script| simulator.play(script)).transpose().context("in the script")?;
    stop.await;
    if let Some(playing) = playing {
        playing.abort();
    }
    simulator.shutdown().await;
    let told = simulator.deliveries();
    tracing::info!(accepted = told.accepted, refused = told.refused, lost = told.lost, "stopped; webhooks told");
    Ok(())
}
