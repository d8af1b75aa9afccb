//! The one folding that stored texts and questions go through.

use icu_normalizer::ComposingNormalizerBorrowed;

/// The ASCII digits of a number, which is all that search sees of it.
pub(crate) fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// Schemes of addresses that a number is copied from.
const SCHEMES: [&str; 4] = ["tel:", "sip:", "sips:", "callto:"];

/// The party that an address names, without scheme, host and parameters; any other text as it is.
pub(crate) fn party(text: &str) -> &str {
    let text = text.trim();
    let scheme =
        SCHEMES.iter().find(|scheme| text.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)));
    let Some(scheme) = scheme else { return text };
    let address = &text[scheme.len()..];
    address.split(['@', ';', '?']).next().unwrap_or(address).trim()
}

/// Whether a visible text is a number, however it is written: with blanks, brackets and dashes of all kinds.
pub(crate) fn is_number(text: &str) -> bool {
    let between = |c: char| {
        c.is_whitespace()
            || "+-()./*…".contains(c)
            || matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
    };
    text.chars().any(|c| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || between(c))
}

/// Digits in one token of the index of numbers.
pub(crate) const GRAM: usize = 4;

/// The tokens of a number: every four digits in a row, and its last three, so that any three begin a token.
pub(crate) fn grams(digits: &str) -> String {
    let mut tokens: Vec<&str> = (GRAM..=digits.len()).map(|end| &digits[end - GRAM..end]).collect();
    tokens.push(&digits[digits.len().saturating_sub(GRAM - 1)..]);
    tokens.join(" ")
}

/// Lower-case words of letters and digits, single blanks between them. `ё` counts as `е`; composed and decomposed letters
/// are the same letters, and marks that are seen nowhere, or above letters that have no form with them, do not count.
pub(crate) fn words<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut folded = String::new();
    for text in texts {
        let text = folded_letters(text);
        for part in text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
            if !folded.is_empty() {
                folded.push(' ');
            }
            folded.push_str(part);
        }
    }
    folded
}

fn folded_letters(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let seen = visible(text);
    // Lower case last: some capitals become a letter and a mark.
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(&seen)
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|c| !is_mark(*c))
        .map(|c| if c == 'ё' { 'е' } else { c })
        .collect()
}

/// The text without soft hyphens, joiners and marks of writing direction.
pub(crate) fn visible(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect()
}

/// Soft hyphens, joiners, and marks of writing direction.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// An accent that stands above or below the letter before it.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_lower_case_and_apart() {
        assert_eq!(words(["  ООО «Ёлка-2»", "O'Neil"]), "ооо елка 2 o neil");
        assert_eq!(words(["İzmir", "—"]), "izmir");
        assert_eq!(words(["Андреи\u{306} Е\u{308}лка"]), "андрей елка");
        assert_eq!(words(["до\u{ad}гово\u{301}р"]), "договор");
    }

    #[test]
    fn any_three_digits_begin_a_token() {
        assert_eq!(grams("74951"), "7495 4951 951");
        assert_eq!(grams("101"), "101");
        assert_eq!(grams("12"), "12");
    }

    #[test]
    fn an_address_names_its_party() {
        assert_eq!(party(" Sip:anna@example.invalid;transport=tcp"), "anna");
        assert_eq!(party("tel:+74951234567;ext=1"), "+74951234567");
        assert_eq!(party("anna@example.invalid"), "anna@example.invalid");
        assert_eq!(party("ёлка"), "ёлка");
    }

    #[test]
    fn digits_leave_everything_else_out() {
        assert_eq!(digits("+7 (495) 123-45-67"), "74951234567");
        assert_eq!(digits("sip:anna"), "");
    }
}
