//! Links of invitations in a file, as a spreadsheet reads it.

use desk::{
    Table,
    contract::{FieldSeparator, NamedLink},
};

/// The links as a table.
pub(crate) fn table(links: &[NamedLink]) -> String {
    let mut table = Table::new(FieldSeparator::Semicolon);
    for NamedLink { name, link } in links {
        table.line([name, link]);
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_a_table_in_which_names_are_no_formulas() {
        let link =
            |name: &str| NamedLink { name: name.to_owned(), link: "trubka://join/calls.example.org/A".to_owned() };
        assert_eq!(
            table(&[link("Анна; \"Аня\""), link("=HYPERLINK(1)")]),
            "\u{feff}\"Анна; \"\"Аня\"\"\";\"trubka://join/calls.example.org/A\"\r\n\
             \"'=HYPERLINK(1)\";\"trubka://join/calls.example.org/A\"\r\n"
        );
    }
}
