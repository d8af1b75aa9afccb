//! The program `trubka-gateway`: an office behind HTTPS, and the tools of its administrator.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    cli::run(cli::Arguments::parse())
}
