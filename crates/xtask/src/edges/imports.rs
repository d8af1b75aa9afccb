//! The pages reach the desktop shell through one folder.

use std::{fs, path::Path};

use anyhow::{Context, Result};

const SHELL: &str = "@tauri-apps";
const FACADE: &str = "platform";
const SOURCES: &[&str] = &["ts", "js", "svelte"];

/// Every file outside the façade that imports the shell.
pub(crate) fn faults(sources: &Path) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut folders = vec![sources.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                if path != sources.join(FACADE) {
                    folders.push(path);
                }
                continue;
            }
            if !path.extension().is_some_and(|ending| SOURCES.iter().any(|source| ending == *source)) {
                continue;
            }
            let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            if text.contains(SHELL) {
                faults.push(format!("{} knows {SHELL}: only ui/src/{FACADE} may", path.display()));
            }
        }
    }
    faults.sort_unstable();
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::faults;

    #[test]
    fn only_the_facade_may_import_the_shell() {
        let root = std::env::temp_dir().join(format!("trubka-xtask-imports-{}", std::process::id()));
        for (file, text) in [
            ("platform/tauri.ts", "import { invoke } from '@tauri-apps/api/core';"),
            ("features/calls/List.svelte", "import { platform } from '../../platform';"),
            ("features/card/Card.svelte", "import { listen } from '@tauri-apps/api/event';"),
            ("features/card/notes.md", "@tauri-apps is mentioned here"),
        ] {
            let path = root.join(file);
            fs::create_dir_all(path.parent().expect("it has a folder")).expect("a folder can be made");
            fs::write(&path, text).expect("a file can be written");
        }
        let found = faults(&root).expect("the folder can be read");
        fs::remove_dir_all(&root).expect("the folder goes");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("Card.svelte"), "{found:?}");
    }
}
