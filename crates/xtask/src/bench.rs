//! `cargo xtask bench`: the budgets, measured in a session of their own.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::{
    build::Profile,
    display::Session,
    process::{bound_to_us, run},
    project::Project,
    setup::{self, Purpose},
    ui,
};

/// Builds for release and measures what is named, or everything.
pub(crate) fn bench(project: &Project, names: &[String]) -> Result<()> {
    setup::ensure(project, Purpose::Test)?;
    ui::build(project)?;
    ui::script(project, "ui", "build:demo")?;
    run(project.cargo().args(["build", "--release", "--workspace", "--bins"]), "build the programs")?;
    let floor = ["build", "--release", "--package", "trubka", "--example", "floor"];
    run(project.cargo().args(floor), "build what they are compared to")?;
    let report = project.target("bench.json");
    if report.exists() {
        fs::remove_file(&report).with_context(|| format!("removing the old {}", report.display()))?;
    }
    let session = Session::start()?;
    let program = |name| Profile::Release.program(project, name);
    let mut bench = bound_to_us(program("bench"));
    bench.args(names).current_dir(project.path("")).env("TRUBKA_BENCH_JSON", &report);
    bench.env("TRUBKA_BIN", program("trubka")).env("TRUBKA_SIMULATOR_BIN", program("trubka-simulator"));
    bench.env("TRUBKA_GATEWAY_BIN", program("trubka-gateway")).env("TRUBKA_FLOOR_BIN", program("examples/floor"));
    bench.env("TRUBKA_FLOOR_PAGES", project.path("ui/dist-demo"));
    run(session.apply(&mut bench), "measure")?;
    if !report.exists() {
        bail!("the measurement ended without writing {}", report.display());
    }
    println!("Written: {}", report.display());
    Ok(())
}
