//! The one folding that stored texts and questions go through.

/// The ASCII digits of a number, which is all that search sees of it.
pub(crate) fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
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
    fn digits_leave_everything_else_out() {
        assert_eq!(digits("+7 (495) 123-45-67"), "74951234567");
        assert_eq!(digits("sip:anna"), "");
    }
}
