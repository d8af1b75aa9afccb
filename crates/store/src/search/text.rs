//! The one folding that stored texts and questions go through.

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

/// Whether a text is a number, however it is written: with blanks, brackets and dashes of all kinds, and with the marks
/// that nobody sees and programs leave around what is copied from them.
pub(crate) fn is_number(text: &str) -> bool {
    let between = |c: char| {
        c.is_whitespace()
            || "+-()./*…".contains(c)
            || matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
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

/// Lower-case words of letters and digits, single blanks between them. `ё` counts as `е`.
pub(crate) fn words<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut folded = String::new();
    for text in texts {
        for part in text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
            if !folded.is_empty() {
                folded.push(' ');
            }
            // Lower case first: some capitals become a letter and a mark, and the mark is no letter.
            folded.extend(
                part.chars()
                    .flat_map(char::to_lowercase)
                    .filter(|c| c.is_alphanumeric())
                    .map(|c| if c == 'ё' { 'е' } else { c }),
            );
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_lower_case_and_apart() {
        assert_eq!(words(["  ООО «Ёлка-2»", "O'Neil"]), "ооо елка 2 o neil");
        assert_eq!(words(["İzmir", "—"]), "izmir");
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
