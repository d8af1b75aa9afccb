//! Finds vectors and hands them to what checks them.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{mango_vpbx, ringcloud, rostelecom, zadarma};

/// What was checked, and what did not hold.
#[derive(Debug, Default)]
pub(crate) struct Report {
    checked: usize,
    failures: Vec<String>,
}

impl Report {
    /// Something does not hold.
    pub(crate) fn fail(&mut self, what: &str, why: &str) {
        self.failures.push(format!("{what}: {why}"));
    }

    /// A vector was checked, with this outcome.
    pub(crate) fn checked_one(&mut self, file: &str, vector: &Value, outcome: Result<(), String>) {
        self.checked += 1;
        if let Err(why) = outcome {
            let id = vector.get("id").and_then(Value::as_str).unwrap_or("a vector without id");
            self.fail(&format!("{file}, {id}"), &why);
        }
    }

    /// How many vectors were checked.
    pub(crate) fn checked(&self) -> usize {
        self.checked
    }

    /// What did not hold.
    pub(crate) fn failures(&self) -> &[String] {
        &self.failures
    }

    /// Panics with everything that did not hold.
    pub(crate) fn assert_clean(&self) {
        assert!(
            self.failures.is_empty(),
            "{} of {} vectors:\n{}",
            self.failures.len(),
            self.checked,
            self.failures.join("\n")
        );
    }
}

/// Where the vectors are: `TRUBKA_VECTORS`, relative to the workspace as people write it, or the project's own.
pub(crate) fn directory() -> PathBuf {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the folder"));
    match env::var_os("TRUBKA_VECTORS") {
        Some(given) if !given.is_empty() => {
            let given = PathBuf::from(given);
            let in_workspace = package.join("..").join(&given);
            if in_workspace.is_dir() { in_workspace } else { given }
        }
        Some(_) | None => package.join("vectors"),
    }
}

/// Every JSON file of a directory and of those below it, by its path from there.
pub(crate) fn files(directory: &Path) -> io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            let folder = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            files.extend(self::files(&path)?.into_iter().map(|(name, text)| (format!("{folder}/{name}"), text)));
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            files.push((name, fs::read_to_string(&path)?));
        }
    }
    files.sort();
    Ok(files)
}

/// Checks a vector of a kind, beside the others of its kind.
type Check = fn(&str, &Value, &[Value]) -> Result<(), String>;

/// Checks a file's vectors with what knows its PBX.
pub(crate) fn check_text(name: &str, text: &str, report: &mut Report) {
    match serde_json::from_str(text) {
        Ok(file) if zadarma::knows(name, &file) => zadarma::check_all(name, text, &file, report),
        Ok(file) => check_file(name, &file, report),
        Err(error) => report.fail(name, &format!("is not JSON: {error}")),
    }
}

fn check_file(name: &str, file: &Value, report: &mut Report) {
    let (kinds, check): (&[&str], Check) = if mango_vpbx::knows(name, file) {
        (&mango_vpbx::KINDS, mango_vpbx::check)
    } else if ringcloud::knows(name, file) {
        (&ringcloud::KINDS, ringcloud::check)
    } else if rostelecom::knows(name, file) {
        (&rostelecom::KINDS, rostelecom::check)
    } else {
        return report.fail(name, "nothing here checks vectors of this PBX");
    };
    let Some(members) = file.as_object() else {
        return report.fail(name, "must be an object with the vectors of each kind under its name");
    };
    for (kind, value) in members {
        let vectors = match value {
            Value::Array(vectors) if vectors.iter().all(Value::is_object) => vectors,
            Value::Array(_) | Value::Object(_) => {
                report.fail(name, &format!("\"{kind}\" is neither a text about the vectors nor an array of them"));
                continue;
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => continue,
        };
        if !kinds.contains(&kind.as_str()) {
            report.fail(name, &format!("nothing here checks vectors of the kind \"{kind}\""));
            continue;
        }
        for vector in vectors {
            report.checked_one(name, vector, check(kind, vector, vectors));
        }
    }
}
