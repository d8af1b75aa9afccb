//! The measurements of `cargo xtask bench`: each figure beside a peer that was measured in the same run. It reports and
//! never fails on a slow computer.

#![expect(clippy::disallowed_methods, reason = "it measures, by the computer's clock")]
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod background;
mod demo;
mod figure;
mod history;
mod hook;
mod makes;
mod memory;
mod office;
mod page;
mod peers;
mod pop;
mod process;
mod screen;
mod search;
mod start;
mod trubka;
mod x_session;

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result, bail};

use figure::Figure;

/// What measures one thing.
type Measure = fn() -> Result<Vec<Figure>>;

/// What can be asked for, with what measures it.
const MEASUREMENTS: [(&str, Measure); 5] = [
    ("makes", makes::measure),
    ("search", search::measure),
    ("pop", pop::measure),
    ("start", start::measure),
    ("memory", memory::measure),
];

fn main() -> Result<()> {
    let names: Vec<String> = env::args().skip(1).collect();
    let known = || MEASUREMENTS.iter().map(|(name, _)| *name);
    if let Some(unknown) = names.iter().find(|name| !known().any(|known| known == name.as_str())) {
        bail!("there is no measurement \"{unknown}\"; there are {}", known().collect::<Vec<_>>().join(", "));
    }
    let mut figures = Vec::new();
    for (name, measure) in MEASUREMENTS {
        if names.is_empty() || names.iter().any(|asked| asked == name) {
            println!("Measuring {name} …");
            figures.extend(measure().with_context(|| format!("measuring {name}"))?);
        }
    }
    print!("{}", figure::table(&figures));
    if let Some(report) = env::var_os("TRUBKA_BENCH_JSON").map(PathBuf::from) {
        fs::write(&report, figure::json(&figures)?).with_context(|| format!("writing {}", report.display()))?;
    }
    Ok(())
}
