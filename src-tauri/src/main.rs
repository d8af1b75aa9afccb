//! Трубка: the desktop companion of a cloud PBX.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod app;
mod command_line;
mod commands;
mod demo;
mod instance;
mod kept_files;
mod links_file;
mod notifications;
mod offices;
mod paint_log;
mod platform;
mod profile;
mod recordings;
mod restart;
mod secrets;
mod smoke;
mod starting_desk;
mod tray;
mod ui_port;
mod wake;
mod windows;

use std::process::ExitCode;

use anyhow::Context;
use command_line::CommandLine;
use profile::Profile;

fn main() -> ExitCode {
    platform::prepare_environment();
    let args = match CommandLine::read(std::env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned())) {
        Ok(args) => args,
        Err(error) => return fail(&error),
    };
    if args.help {
        return say(command_line::HELP.trim_end());
    }
    if args.version {
        return say(concat!("trubka ", env!("CARGO_PKG_VERSION")));
    }
    log();
    match start(args) {
        Ok(code) => code,
        Err(error) => fail(&format!("{error:#}")),
    }
}

fn start(args: CommandLine) -> anyhow::Result<ExitCode> {
    let profile = Profile::open(args.demo)?;
    let claimed =
        if args.restarted { instance::claim_after_restart(profile.root()) } else { instance::claim(profile.root()) };
    if let Some(owner) = claimed.context("this profile cannot be used; choose another folder with TRUBKA_PROFILE")? {
        return app::run(args, profile, owner);
    }
    anyhow::ensure!(
        !args.demo,
        "Trubka is running already, and the demo needs a run of its own: end it first, or set TRUBKA_PROFILE to \
         another folder"
    );
    if args.hidden && args.link.is_none() {
        // What starts with the session, without a window, finds it running already.
        return Ok(ExitCode::SUCCESS);
    }
    instance::send_to_owner(profile.root(), args.link)
        .context("another Trubka uses this profile but does not answer; end it and start again")?;
    Ok(ExitCode::SUCCESS)
}

fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("TRUBKA_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

#[expect(clippy::print_stdout, reason = "what the command line was asked for")]
fn say(text: &str) -> ExitCode {
    println!("{text}");
    ExitCode::SUCCESS
}

#[expect(clippy::print_stderr, reason = "why the program does not start")]
fn fail(text: &str) -> ExitCode {
    eprintln!("trubka: {text}");
    ExitCode::FAILURE
}
