//! `cargo xtask run`: the desktop on the demo office, with or without a display.

use std::{fs, process::ExitStatus, thread, time::Duration};

use anyhow::{Context, Result, bail};

use crate::{
    build::Profile,
    display::{Session, apply_renderer},
    process::{Background, bound_to_us, run as run_to_end},
    project::Project,
    setup::{self, Purpose},
    ui,
};

const BETWEEN_PICTURES: Duration = Duration::from_secs(3);

/// Sets up, builds, and shows the demo office until its window is closed.
pub(crate) fn run(project: &Project, extra: &[String]) -> Result<()> {
    setup::ensure(project, Purpose::Run)?;
    ui::build(project)?;
    run_to_end(project.cargo().args(["build", "--package", "trubka"]), "build the desktop")?;
    let status = if setup::has_display() { on_the_display(project, extra)? } else { on_a_virtual_one(project, extra)? };
    if !status.success() {
        bail!("the desktop ended with {status}");
    }
    Ok(())
}

fn desktop(project: &Project, extra: &[String]) -> std::process::Command {
    let mut command = bound_to_us(Profile::Dev.program(project, "trubka"));
    command.arg("--demo").args(extra);
    command
}

fn on_the_display(project: &Project, extra: &[String]) -> Result<ExitStatus> {
    let mut desktop = desktop(project, extra);
    apply_renderer(&mut desktop).status().context("starting the desktop")
}

fn on_a_virtual_one(project: &Project, extra: &[String]) -> Result<ExitStatus> {
    let session = Session::start()?;
    let mut desktop = Background::start("the desktop", session.apply(&mut desktop(project, extra)))?;
    let picture = project.target("trubka.png");
    if picture.exists() {
        fs::remove_file(&picture).with_context(|| format!("removing the old {}", picture.display()))?;
    }
    println!(
        "No display here: look at {} (a new picture every {} s); stop with Ctrl-C or `kill {}`.",
        picture.display(),
        BETWEEN_PICTURES.as_secs(),
        std::process::id()
    );
    loop {
        thread::sleep(BETWEEN_PICTURES);
        if let Some(status) = desktop.ended()? {
            return Ok(status);
        }
        session.screenshot(&picture)?;
    }
}
