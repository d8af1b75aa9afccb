//! The page of each make says what its description says.

use std::path::Path;

use pbx::MAKES;

/// A file of the repository.
fn file(path: &str) -> String {
    let package = std::env::var("CARGO_MANIFEST_DIR").expect("cargo names the folder");
    std::fs::read_to_string(Path::new(&package).join("..").join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_page_of_each_make_says_in_both_languages_what_its_description_says() {
    for make in MAKES {
        let page = file(&format!("docs/makes/{}.md", make.page));
        for secret in make.secrets {
            let row = format!("| `{}`: {} / {} |", secret.name, secret.title.en, secret.title.ru);
            assert!(page.contains(&row), "{make}: {row}");
        }
        let texts =
            make.secrets.iter().map(|secret| secret.found).chain(make.interface).chain([make.first]).chain(make.hook);
        for text in texts {
            assert!(page.contains(text.ru) && page.contains(text.en), "{make}: {text:?}");
        }
        for untried in ["на живом аккаунте", "on a live account"] {
            let page = page.replace('\n', " ").to_lowercase();
            assert!(page.contains(untried), "{make}: what was never tried {untried} is not said");
        }
        for part in ["| basis |", "| откуда известно |", "## Not served", "## По-русски", "Чего нет"]
        {
            let found = page.contains(part) || part == "Чего нет" && page.contains("чего нет");
            assert!(
                found,
                "{make}: \"{part}\" is missing: both languages say what is known of the protocol, and what is not served"
            );
        }
        let (title, base) = (make.title, make.base_url);
        assert!(page.lines().next().is_some_and(|line| line.contains(title.en)), "{make}: {title:?}");
        for name in make.secrets.iter().map(|secret| secret.name).chain(make.overrides.iter().copied()) {
            let quoted = name.split_once('<').map_or_else(|| format!("`{name}`"), |(start, _)| format!("`{start}"));
            let set = format!("`{name} =");
            assert!(page.contains(&quoted) || page.contains(&set), "{make}: {name} is not explained");
        }
        for test in make.test_addresses {
            assert!(page.contains(test), "{make}: {test} is not named");
        }
        // An installation of its own has an address of its own, which stands in the settings.
        assert!(page.contains(if base.is_empty() { "`base_url`" } else { base }), "{make}: {base}");
    }
}
