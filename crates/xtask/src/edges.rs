//! Which crate may depend on which, and who alone knows a library.

mod graph;
mod imports;

use anyhow::{Context, Result, bail};

use crate::{edges::graph::Metadata, process, project::Project};

/// Fails with every edge that the design does not have.
pub(crate) fn check(project: &Project) -> Result<()> {
    let mut cargo = project.cargo();
    let printed =
        process::output(cargo.args(["metadata", "--format-version", "1", "--no-deps"]), "read the workspace's crates")?;
    let metadata: Metadata = serde_json::from_str(&printed).context("reading cargo's metadata")?;
    let mut faults = graph::faults(&metadata);
    faults.extend(imports::faults(&project.path("ui/src"))?);
    if !faults.is_empty() {
        bail!("{} edges that the design does not have:\n  {}", faults.len(), faults.join("\n  "));
    }
    println!("{} crates, every edge is in the design", metadata.packages.len());
    Ok(())
}
