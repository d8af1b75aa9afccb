//! The runs of digits in a text, and what stands between them.

/// Digits that stand together, and what stands before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group<'a> {
    pub(super) digits: &'a str,
    /// The signs between the group before and this one.
    pub(super) gap: &'a str,
    /// Where the digits end in the text.
    pub(super) end: usize,
}

/// All runs of digits of a folded text.
pub(super) fn groups(text: &str) -> Vec<Group<'_>> {
    let mut groups = Vec::new();
    let mut rest_from = 0;
    while let Some(found) = text[rest_from..].find(|c: char| c.is_ascii_digit()) {
        let start = rest_from + found;
        let length = text[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - start);
        let end = start + length;
        groups.push(Group { digits: &text[start..end], gap: &text[rest_from..start], end });
        rest_from = end;
    }
    groups
}

impl Group<'_> {
    /// A plus stands before the digits, with nothing but blanks and brackets between.
    pub(super) fn has_plus(&self) -> bool {
        self.gap.trim_end_matches([' ', '(', '[', ')', ']', '-']).ends_with('+')
    }

    /// An opening bracket stands before the digits: a town's or network's code.
    pub(super) fn is_bracketed(&self) -> bool {
        self.gap.trim_end().ends_with(['(', '['])
    }

    /// The gap holds only signs that people group the digits of one number with.
    pub(super) fn continues(&self) -> bool {
        !self.gap.is_empty() && self.gap.chars().all(groups_digits)
    }

    /// The gap holds a sign that seldom stands between the last digits of one number.
    pub(super) fn separates(&self) -> bool {
        !self.continues() || self.gap.contains(['/', '(', '['])
    }
}

/// The signs that people group digits with.
pub(super) fn groups_digits(c: char) -> bool {
    matches!(
        c,
        ' ' | '-'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '.'
            | '/'
            | '~'
            | '_'
            | '\u{b7}'
            | '\u{2022}'
            | '\u{2027}'
            | '\u{2219}'
    )
}
