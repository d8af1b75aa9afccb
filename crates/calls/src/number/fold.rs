//! The signs of a text as a reader of numbers sees them: digits of any script are digits, all dashes one dash.

/// Longer texts are cut: no address of a phone is so long.
const LONGEST: usize = 256;

/// The text without invisible marks, its digits, blanks, dashes and full-width signs in ASCII, blanks around it gone.
pub(super) fn fold(raw: &str) -> String {
    let folded: String = raw.chars().filter(|c| !is_invisible(*c)).take(LONGEST).map(plain).collect();
    folded.trim().to_owned()
}

/// Marks of writing direction, soft hyphens and the like, which come along when a number is copied from a page.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn plain(c: char) -> char {
    match c {
        _ if c.is_ascii() && !c.is_whitespace() => c,
        _ if c.is_whitespace() => ' ',
        '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2053}'
        | '\u{2212}'
        | '\u{2500}'
        | '\u{301c}'
        | '\u{30fc}'
        | '\u{ff70}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{2d7}' => '-',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{3010}' | '\u{fe59}' => '(',
        '\u{3011}' | '\u{fe5a}' => ')',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ if c.is_numeric() => digit_of_any_script(c).unwrap_or(c),
        _ => c,
    }
}

fn digit_of_any_script(c: char) -> Option<char> {
    let digits = rlibphonenumber::PHONE_NUMBER_UTIL.normalize_digits_only(c.encode_utf8(&mut [0; 4]));
    digits.chars().next().filter(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typesetting_is_undone() {
        assert_eq!(fold("\u{202d}+7\u{a0}495\u{a0}123‑45–67\u{202c}"), "+7 495 123-45-67");
        assert_eq!(fold("＋７（４９５）１２３ー４５－６７"), "+7(495)123-45-67");
        assert_eq!(fold("8∕﹙495﹚ 123⁃45〜67"), "8/(495) 123-45-67");
        assert_eq!(fold("१२३\u{ad}45\u{200b}67½"), "1234567½");
        assert_eq!(fold("\t8 495\n"), "8 495");
    }
}
