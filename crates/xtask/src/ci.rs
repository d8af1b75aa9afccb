//! `cargo xtask ci`: everything that is checked before a change is taken.

use anyhow::Result;

use crate::{
    docs, edges, makes,
    process::run,
    project::Project,
    setup::{self, Purpose},
    steps::Steps,
    test, tools, types, ui,
};

/// Runs all checks, then all tests.
pub(crate) fn ci(project: &Project) -> Result<()> {
    let mut steps = Steps::default();
    let result = checks(project, &mut steps).and_then(|()| test::all(project, &mut steps));
    println!("\n{}", steps.summary());
    if result.is_ok() {
        println!("Everything passed.");
    }
    result
}

fn checks(project: &Project, steps: &mut Steps) -> Result<()> {
    steps.step("machine", "The text above says what is missing.", || setup::ensure(project, Purpose::Test))?;
    steps.step("format", "Run `cargo fmt --all` (`rustup component add rustfmt` where it is missing).", || {
        run(project.cargo().args(["fmt", "--all", "--check"]), "find every file formatted")
    })?;
    steps.step("edges", "The graph is STANDS_ON in crates/xtask/src/edges/graph.rs.", || edges::check(project))?;
    steps.step("documents", "Mend the link, or the name of the test it points to.", || docs::check(project))?;
    steps.step("licences", "deny.toml says what is allowed, and why.", || {
        let deny = tools::ensure(project, &tools::DENY)?;
        let mut command = project.command(deny);
        run(command.args(["check", "bans", "licenses", "sources"]), "accept every dependency")
    })?;
    steps.step("TypeScript", "`npm run check` and `npm run lint` in ui/ and tests/e2e/ show them alone.", || {
        ["ui", "tests/e2e"].into_iter().try_for_each(|folder| {
            ui::install(project, folder)?;
            ["check", "lint"].into_iter().try_for_each(|name| ui::script(project, folder, name))
        })
    })?;
    // The desktop does not compile without its pages.
    steps.step("pages", "`npm run build` in ui/ shows it alone.", || ui::build(project))?;
    steps.step("lints", "`cargo clippy --workspace --all-targets` shows them alone.", || {
        let mut clippy = project.cargo();
        run(clippy.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]), "find nothing to mend")
    })?;
    steps.step("generated types", "Run `cargo xtask types` and commit ui/src/generated.", || types::check(project))?;
    steps.step("table of makes", "Run `cargo xtask makes` and commit both READMEs.", || makes::check(project))
}
