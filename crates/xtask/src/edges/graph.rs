//! Edges between the workspace's crates, read from cargo's metadata.

use std::collections::BTreeSet;

use serde::Deserialize;

/// The part of `cargo metadata` that edges are in.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
}

/// A crate of the workspace.
#[derive(Deserialize)]
pub(crate) struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `None` for a plain one, else `dev` or `build`.
    kind: Option<String>,
    /// Given for crates of the workspace.
    path: Option<String>,
}

/// What each crate stands on. Whoever stands on a crate may use what that one stands on.
const STANDS_ON: &[(&str, &[&str])] = &[
    ("calls", &[]),
    ("net", &[]),
    ("trubka-audio", &[]),
    ("pbx", &["calls", "net"]),
    ("store", &["calls"]),
    ("link", &["calls", "net"]),
    ("office", &["pbx", "store", "trubka-audio", "link", "net"]),
    ("desk", &["link", "store", "trubka-audio"]),
    ("own", &["desk", "office"]),
    ("trubka-gateway", &["office"]),
    ("trubka-simulator", &[]),
    ("trubka", &["desk", "office", "own", "trubka-gateway", "trubka-simulator"]),
    ("trubka-fuzz", &["pbx"]),
    ("trubka-tests", &["desk", "office", "trubka-fuzz", "trubka-gateway", "trubka-simulator"]),
    ("xtask", &[]),
];

/// Libraries that only the named crates know.
const KNOWN_TO: &[(&str, &[&str])] = &[
    ("reqwest", &["net"]),
    ("tokio-tungstenite", &["net"]),
    ("axum", &["trubka-gateway", "trubka-simulator", "trubka-tests"]),
    ("rusqlite", &["store"]),
    ("symphonia", &["trubka-audio"]),
    ("tauri", &["trubka"]),
    ("tauri-build", &["trubka"]),
    ("wry", &["trubka"]),
    ("ts-rs", &["calls", "link", "desk"]),
];

/// Every edge that should not be, as a sentence. What only tests use is free.
pub(crate) fn faults(metadata: &Metadata) -> Vec<String> {
    metadata.packages.iter().flat_map(faults_of).collect()
}

fn faults_of(package: &Package) -> Vec<String> {
    let Some(reachable) = reachable(&package.name) else {
        return vec![format!("{} has no place in the graph: give it one in edges/graph.rs", package.name)];
    };
    let edges = package.dependencies.iter().filter(|dependency| dependency.kind.as_deref() != Some("dev"));
    edges.filter_map(|dependency| fault(&package.name, &reachable, dependency)).collect()
}

fn fault(package: &str, reachable: &BTreeSet<&str>, dependency: &Dependency) -> Option<String> {
    let name = dependency.name.as_str();
    if dependency.path.is_some() {
        return (!reachable.contains(name)).then(|| format!("{package} → {name} is no edge of the design"));
    }
    let (_, owners) = KNOWN_TO.iter().find(|(library, _)| *library == name)?;
    (!owners.contains(&package)).then(|| format!("{package} → {name}: only {} may know it", owners.join(", ")))
}

fn reachable(package: &str) -> Option<BTreeSet<&'static str>> {
    let below = |name: &str| STANDS_ON.iter().find(|(crate_name, _)| *crate_name == name).map(|(_, below)| *below);
    let mut found = BTreeSet::new();
    let mut open = below(package)?.to_vec();
    while let Some(name) = open.pop() {
        if found.insert(name) {
            open.extend(below(name).into_iter().flatten());
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::{KNOWN_TO, Metadata, STANDS_ON, faults, reachable};

    fn faults_for(package: &str, dependencies: &str) -> Vec<String> {
        let text = format!(r#"{{"packages": [{{"name": "{package}", "dependencies": [{dependencies}]}}]}}"#);
        let metadata: Metadata = serde_json::from_str(&text).expect("the fabricated metadata is JSON");
        faults(&metadata)
    }

    #[test]
    fn edges_of_the_design_are_read_transitively() {
        let below = r#"{"name": "calls", "kind": null, "path": "/x"}, {"name": "link", "kind": null, "path": "/x"}"#;
        assert!(faults_for("desk", below).is_empty());
        assert!(faults_for("trubka-gateway", below).is_empty());
    }

    #[test]
    fn an_edge_against_the_grain_is_a_fault() {
        let office = r#"{"name": "office", "kind": null, "path": "/x"}"#;
        assert_eq!(faults_for("desk", office), ["desk → office is no edge of the design"]);
        let pbx = r#"{"name": "pbx", "kind": null, "path": "/x"}"#;
        assert_eq!(faults_for("trubka-simulator", pbx).len(), 1, "the simulator shares no code with the makes");
    }

    #[test]
    fn a_library_stays_with_its_owner() {
        let reqwest = r#"{"name": "reqwest", "kind": null, "path": null}"#;
        assert!(faults_for("net", reqwest).is_empty());
        assert_eq!(faults_for("office", reqwest), ["office → reqwest: only net may know it"]);
        let build = r#"{"name": "tauri-build", "kind": "build", "path": null}"#;
        assert_eq!(faults_for("desk", build).len(), 1, "build scripts count");
    }

    #[test]
    fn what_only_tests_use_is_free() {
        assert!(faults_for("link", r#"{"name": "axum", "kind": "dev", "path": null}"#).is_empty());
        assert!(faults_for("office", r#"{"name": "trubka-simulator", "kind": "dev", "path": "/x"}"#).is_empty());
    }

    #[test]
    fn a_crate_without_a_place_is_a_fault() {
        assert_eq!(faults_for("newcomer", "").len(), 1);
    }

    #[test]
    fn the_tables_name_only_crates_that_are_in_the_graph_and_no_crate_stands_on_itself() {
        let known = |name: &&str| STANDS_ON.iter().any(|(crate_name, _)| crate_name == name);
        assert!(STANDS_ON.iter().flat_map(|(_, below)| *below).all(known));
        assert!(KNOWN_TO.iter().flat_map(|(_, owners)| *owners).all(known));
        for (name, _) in STANDS_ON {
            assert!(!reachable(name).expect("it is in the graph").contains(name), "{name} stands on itself");
        }
    }
}
