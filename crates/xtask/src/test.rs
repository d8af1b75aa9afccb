//! `cargo xtask test`: every test, the real window included.

use std::process::Command;

use anyhow::{Context, Result};

use crate::{
    build::Profile,
    display::Session,
    process::{answer, bound_to_us, run},
    project::Project,
    setup::{self, Purpose},
    steps::Steps,
    tools, ui,
};

/// Sets up, then runs every test.
pub(crate) fn test(project: &Project) -> Result<()> {
    let mut steps = Steps::default();
    let result = all(project, &mut steps);
    println!("\n{}", steps.summary());
    result
}

/// Every test, as steps of a longer command.
pub(crate) fn all(project: &Project, steps: &mut Steps) -> Result<()> {
    steps.step("set-up", "The text above says what is missing.", || {
        setup::ensure(project, Purpose::Test)?;
        ui::install(project, "ui")?;
        ui::install(project, "tests/e2e")
    })?;
    let nextest = steps.step("test tools", "Try again when the package registry can be reached.", || {
        tools::ensure(project, &tools::TAURI_DRIVER)?;
        tools::ensure(project, &tools::NEXTEST)
    })?;
    steps.step("UI", "`npm run build` in ui/ shows it alone.", || ui::build(project))?;
    steps.step("programs and tests", "`cargo build --workspace --all-targets` shows it alone.", || {
        // One selection for programs and tests, so that shared crates are compiled with one set of features.
        run(project.cargo().args(["build", "--workspace", "--all-targets"]), "build programs and tests")
    })?;
    steps.step("Rust tests", "`cargo nextest run -E 'test(NAME)'` runs one alone.", || {
        let mut command = project.command(&nextest);
        run(
            with_programs(project, command.args(["nextest", "run", "--workspace", "--no-fail-fast"])),
            "pass the Rust tests",
        )
    })?;
    // Among them what must not compile; nextest runs none of these.
    steps.step("examples of the documentation", "`cargo test --doc` shows them alone.", || {
        run(
            project.cargo().args(["test", "--doc", "-p", "link", "-p", "store"]),
            "pass the examples of the documentation",
        )
    })?;
    steps.step("UI tests", "`npm test` in ui/ runs them alone.", || ui::script(project, "ui", "test"))?;
    steps.step("window tests", "Pictures and logs of the failed test are in target/e2e.", || window_tests(project))
}

fn window_tests(project: &Project) -> Result<()> {
    let driver = tools::ensure(project, &tools::TAURI_DRIVER)?;
    let webkit = answer(Command::new("sh").args(["-c", "command -v WebKitWebDriver"]))
        .context("WebKitWebDriver is not on the path; it comes with webkit2gtk-driver")?;
    let session = Session::start()?;
    let mut npm = bound_to_us("npm");
    npm.current_dir(project.path("tests/e2e")).arg("test");
    npm.env("TAURI_DRIVER", driver).env("WEBKIT_DRIVER", webkit.trim());
    npm.env("TRUBKA_E2E_OUTPUT", project.target("e2e"));
    run(with_programs(project, session.apply(&mut npm)), "pass the window tests")
}

fn with_programs<'a>(project: &Project, command: &'a mut Command) -> &'a mut Command {
    let program = |name| Profile::Dev.program(project, name);
    command
        .env("TRUBKA_BIN", program("trubka"))
        .env("TRUBKA_GATEWAY_BIN", program("trubka-gateway"))
        .env("TRUBKA_SIMULATOR_BIN", program("trubka-simulator"))
}
