//! Tables as spreadsheets read them.

use crate::contract::FieldSeparator;

/// What makes a spreadsheet take a text for a formula, where it stands first; a later one may take the wide forms, too.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A table that grows line by line. Its mark tells spreadsheets that it is UTF-8.
#[derive(Debug)]
pub struct Table {
    separator: char,
    text: String,
}

impl Table {
    /// An empty one.
    pub fn new(separator: FieldSeparator) -> Self {
        let separator = match separator {
            FieldSeparator::Comma => ',',
            FieldSeparator::Semicolon => ';',
        };
        Self { separator, text: "\u{feff}".to_owned() }
    }

    /// One more line. A text that a spreadsheet would take for a formula gets an apostrophe before it.
    pub fn line<T: AsRef<str>>(&mut self, fields: impl IntoIterator<Item = T>) {
        for (place, field) in fields.into_iter().enumerate() {
            if place > 0 {
                self.text.push(self.separator);
            }
            let field = field.as_ref();
            let guard = if field.trim_start_matches(' ').starts_with(FORMULA) { "'" } else { "" };
            self.text.push('"');
            self.text.push_str(guard);
            self.text.push_str(&field.replace('"', "\"\""));
            self.text.push('"');
        }
        self.text.push_str("\r\n");
    }

    /// Bytes up to now.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The whole.
    pub fn text(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_a_formula_and_every_field_stays_one() {
        let mut table = Table::new(FieldSeparator::Semicolon);
        table.line(["Анна; \"Аня\"", "=HYPERLINK(1)", " +1", "-1", "@x", "\tx", "a\nb", "＝1", "a=b", ""]);
        assert_eq!(
            table.text(),
            "\u{feff}\"Анна; \"\"Аня\"\"\";\"'=HYPERLINK(1)\";\"' +1\";\"'-1\";\"'@x\";\"'\tx\";\"a\nb\";\"'＝1\";\"a=b\";\"\"\r\n"
        );
        let mut table = Table::new(FieldSeparator::Comma);
        table.line(["a,b", "1"]);
        table.line(["c"]);
        assert_eq!(table.text(), "\u{feff}\"a,b\",\"1\"\r\n\"c\"\r\n");
    }
}
