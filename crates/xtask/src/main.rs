//! The project's commands: `cargo xtask run`, `test`, `ci`, `build`, `bench`, `types`, `makes`, `icons`.

#![expect(clippy::disallowed_methods, reason = "a program that starts others and waits for them")]
#![expect(clippy::print_stdout, reason = "a command line tool talks on stdout")]

mod bench;
mod build;
mod ci;
mod debian;
mod display;
mod docs;
mod edges;
mod icns;
mod icons;
mod makes;
mod process;
mod project;
mod run;
mod setup;
mod steps;
mod test;
mod tools;
mod types;
mod ui;
mod version;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::project::Project;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  run [-- ARGS…]    install what is missing, build, start the desktop on the demo office
  test              the same set-up, then every test, the real window included
  ci                format, lints, edges, licences, generated types and tables, documents, then `test`
  build [--release] UI, types, all programs
  bench [NAME…]     measure the budgets; a table, and target/bench.json
  types             write the UI's generated types anew
  makes             write the tables of makes in both READMEs anew
  icons             draw the icon sets anew from icons/trubka.svg";

fn main() -> ExitCode {
    match dispatch(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(mut arguments: Vec<String>) -> Result<()> {
    if arguments.is_empty() {
        println!("{USAGE}");
        bail!("name a command");
    }
    let command = arguments.remove(0);
    let project = Project::locate()?;
    match command.as_str() {
        "run" => run::run(&project, &without_separator(arguments)),
        "test" => nothing_more(&arguments).and_then(|()| test::test(&project)),
        "ci" => nothing_more(&arguments).and_then(|()| ci::ci(&project)),
        "build" => build::build(&project, build::Profile::from_arguments(&arguments)?),
        "bench" => bench::bench(&project, &without_separator(arguments)),
        "types" => nothing_more(&arguments).and_then(|()| types::write(&project)),
        "makes" => nothing_more(&arguments).and_then(|()| makes::write(&project)),
        "icons" => nothing_more(&arguments).and_then(|()| icons::draw(&project)),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => {
            println!("{USAGE}");
            bail!("there is no command `{other}`")
        }
    }
}

fn nothing_more(arguments: &[String]) -> Result<()> {
    match arguments.first() {
        None => Ok(()),
        Some(extra) => bail!("`{extra}` is not understood here"),
    }
}

fn without_separator(mut arguments: Vec<String>) -> Vec<String> {
    if arguments.first().is_some_and(|first| first == "--") {
        arguments.remove(0);
    }
    arguments
}
