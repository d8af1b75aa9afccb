//! The words and zeros that networks and PBXs write where a number is not shown.
//!
//! A text is such a wording when every word of it either says "not shown" or is one of the small words around it, and
//! at least one says it. So no wording has to be listed whole.

/// Beginnings of words that say that a number is not shown, lower case, `ё` as `е`.
const NOT_SHOWN: &[&str] = &[
    // English
    "anonym",
    "unknown",
    "unavail",
    "unidentif",
    "undefined",
    "undisclos",
    "unlisted",
    "unpublish",
    "private",
    "restrict",
    "withh",
    "hidden",
    "suppress",
    "confidential",
    "prohibit",
    "protected",
    // Russian
    "скры",
    "аноним",
    "неизвест",
    "неопредел",
    "определ",
    "запрещ",
    "закрыт",
    "засекреч",
    "недоступ",
    "отсутств",
    "приватн",
    "частн",
    "конфиденц",
    "секретн",
    "незнаком",
    "невозмож",
    "безномер",
    "запрет",
    "отключ",
    "выключ",
    "утаен",
    // Ukrainian, Belarusian, Kazakh
    "прихован",
    "схова",
    "невизначен",
    "невідом",
    "анонім",
    "визначен",
    "схаван",
    "невядом",
    "ананім",
    "жасырын",
    "белгісіз",
    "namalum",
    // German, French, Spanish, Italian, Polish, Turkish
    "unbekannt",
    "unterdrück",
    "verborgen",
    "inconnu",
    "masqu",
    "privad",
    "ocult",
    "restring",
    "restreint",
    "desconocid",
    "sconosciut",
    "nascost",
    "privato",
    "nieznan",
    "zastrzeż",
    "ukryt",
    "prywatn",
    "gizli",
    "bilinm",
    "anonim",
    "anoniem",
    // Chinese, Japanese, Korean: written without blanks
    "匿名",
    "未知",
    "隐藏",
    "非通知",
    "비공개",
];
/// How much longer than its beginning such a word may be.
const LONGEST_ENDING: usize = 5;
/// Whole words that say it, negations among them: `No Caller ID`, `без номера`, `n/a`.
const WHOLE: &[&str] = &[
    "no",
    "not",
    "non",
    "na",
    "n",
    "null",
    "none",
    "nil",
    "blocked",
    "block",
    "secret",
    "masked",
    "clir",
    "empty",
    "nobody",
    "missing",
    "privacy",
    "out",
    "p",
    "o",
    "privé",
    "privée",
    "нет",
    "н",
    "скр",
    "неопр",
    "неопред",
    "анти",
    "антиаон",
    "не",
    "без",
    "немає",
    "kein",
    "keine",
    "sans",
    "sin",
    "sem",
    "brak",
    "privat",
    "özel",
];
/// Small words around them.
const AROUND: &[&str] = &[
    "number",
    "num",
    "caller",
    "callers",
    "calling",
    "call",
    "id",
    "cid",
    "clid",
    "cli",
    "name",
    "party",
    "identity",
    "user",
    "subscriber",
    "phone",
    "by",
    "the",
    "is",
    "a",
    "of",
    "available",
    "provided",
    "shown",
    "displayed",
    "presentation",
    "allowed",
    "disclosed",
    "active",
    "area",
    "номер",
    "данных",
    "информации",
    "номера",
    "номером",
    "абонент",
    "абонента",
    "абонентом",
    "телефон",
    "телефона",
    "вызов",
    "звонок",
    "аон",
    "пользователь",
    "пользователем",
    "удалось",
    "показан",
    "указан",
    "передан",
    "получен",
    "доступен",
    "отображается",
    "удается",
    "звонящий",
    "звонящего",
    "звонящим",
    "клиент",
    "клиента",
    "клиентом",
    "б",
    "о",
    "установлен",
    "опр",
    "д",
    "с",
    "со",
    "nummer",
    "rufnummer",
    "numéro",
    "número",
    "numero",
    "numer",
    "numara",
    "numarası",
    "нумар",
    "нөмір",
    "нөмірі",
    "anruf",
    "appel",
    "identité",
    "llamada",
    "chiamata",
    "号码",
];
/// Signs in a row from which on they cover digits.
const LEAST_MASKED: usize = 3;
/// As many digits are a number by themselves, whatever stands behind them.
const WHOLE_NUMBER: usize = 10;
/// Zeros in a row that no number ends with unless it is all zeros.
const ZEROS: &str = "0000000";

/// Whether these words say that a number is not shown, or signs cover its digits. Words with digits never do.
pub(super) fn is_wording(text: &str) -> bool {
    let text = text.to_lowercase().replace('ё', "е");
    if is_masked(&text) {
        return true;
    }
    if text.chars().any(char::is_numeric) {
        return false;
    }
    let mut says = false;
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.all(|word| match said_by(word) {
        Some(word_says) => {
            says |= word_says;
            true
        }
        None => false,
    }) && says
}

/// Digits are covered, all or most of them: `XXXXXXXXXX`, `***`, `+7 916 ***-**-18`. What begins with a star is a code.
fn is_masked(text: &str) -> bool {
    let covers = |c: char| matches!(c, 'x' | 'х' | '*' | '#');
    let signs: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '+' | '(' | ')')).collect();
    let digits = signs.chars().filter(char::is_ascii_digit).count();
    let covered = signs.split(|c| !covers(c)).any(|run| run.chars().count() >= LEAST_MASKED);
    let one_number = digits == 0 || digits < WHOLE_NUMBER && signs.starts_with(|c: char| c.is_ascii_digit());
    covered && one_number && signs.chars().all(|c| covers(c) || c.is_ascii_digit())
}

/// Whether a word says it (`true`) or only stands around such words (`false`); `None` for all other words. A word may be
/// several that are written together: `nonumber`, `PrivateNumber`.
fn said_by(word: &str) -> Option<bool> {
    if AROUND.contains(&word) {
        return Some(false);
    }
    if WHOLE.contains(&word) {
        return Some(true);
    }
    let begins = |stem: &&str| word.strip_prefix(*stem).is_some_and(|ending| ending.chars().count() <= LONGEST_ENDING);
    if NOT_SHOWN.iter().any(begins) {
        return Some(true);
    }
    let others = |around: &&str| {
        let rest = word.strip_suffix(*around).or_else(|| word.strip_prefix(*around))?;
        (around.len() > 2 || *around == "id").then(|| said_by(rest))?
    };
    AROUND.iter().find_map(others)
}

/// Nothing but zeros behind an optional country code.
pub(super) fn is_zeros(number: &str) -> bool {
    let (digits, plus) = number.strip_prefix('+').map_or((number, false), |digits| (digits, true));
    let are_zeros = |digits: &str| digits.bytes().all(|digit| digit == b'0');
    if are_zeros(digits) {
        return !digits.is_empty();
    }
    if let Some(rest) = digits.strip_prefix(['7', '8']).filter(|rest| rest.len() == 10) {
        return are_zeros(rest);
    }
    if !digits.ends_with(ZEROS) || !(plus || digits.len() > 10) {
        return false;
    }
    let country = rlibphonenumber::PhoneNumber::parse(format!("+{digits}"), None).map(|parsed| parsed.country_code);
    country.is_ok_and(|code| digits.strip_prefix(&code.to_string()).is_some_and(are_zeros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wordings_are_understood_by_their_words() {
        for text in [
            "anonymous",
            "Anonymous Caller",
            "UNKNOWN",
            "Private Number",
            "No Caller ID",
            "no_caller_id",
            "nonumber",
            "Number withheld",
            "Caller ID blocked",
            "CallerIDRestricted",
            "Not available",
            "n/a",
            "none",
            "скрыт",
            "Скрытый абонент",
            "Номер не определён",
            "номер не определяется",
            "Не удалось определить номер",
            "Нет номера",
            "без номера",
            "АОН недоступен",
            "Номер скрыт абонентом",
            "Абонент скрыл номер",
            "Нет данных",
            "Анти-АОН",
            "аноним",
            "Неизвестно",
            "Невідомий номер",
            "Прихований",
            "Unbekannte Nummer",
            "Numéro inconnu",
            "Número oculto",
            "Numer zastrzeżony",
            "Частный номер",
            "Номер не указан",
            "Не опр.",
            "н/д",
            "Не установлен",
            "Звонок со скрытого номера",
            "Out of area",
            "P",
            "XXXXXXXXXX",
            "***",
            "##########",
            "+7XXXXXXXXXX",
            "8-XXX-XXX-XX-XX",
            "+7 (***) ***-**-**",
            "7916*****18",
            "АнтиАОН",
            "АОН отключен",
            "Абонент запретил определение номера",
            "Невозможно определить номер",
            "не удаётся определить номер",
            "Номер не передан",
            "Номер не отображается",
            "Номер не доступен",
            "номер утаён",
            "Номер скр.",
            "неопред.",
            "б/н",
            "Неизвестный звонящий",
            "Незнакомый номер",
            "номер скрыт клиентом",
            "Presentation restricted",
            "presentation not allowed",
            "Presentation prohibited",
            "Not disclosed",
            "Number protected",
            "CLIR",
            "Сховано",
            "Невизначений",
            "Схаваны нумар",
            "Privatnummer",
            "Anruf anonym",
            "Appel masqué",
            "Llamada oculta",
            "Özel numara",
            "未知号码",
        ] {
            assert!(is_wording(text), "{text}");
        }
        for text in [
            "",
            "-",
            "ID",
            "номер",
            "Иванов",
            "Private Banking",
            "secretariat office",
            "Anna",
            "Noname Ltd",
            "test_user",
            "Частная клиника",
            "x",
            "*8",
            "*21*1234#",
            "**21*89162045518#",
            "*31#89162045518",
            "84951234567***",
            "84951234567x12",
            "8*12",
            "Antonimov",
            "Частный мастер",
            "Протектор",
        ] {
            assert!(!is_wording(text), "{text}");
        }
    }

    #[test]
    fn zeros_are_no_number() {
        for text in ["0", "00", "0000000000", "70000000000", "80000000000", "+70000000000", "+380000000000"] {
            assert!(is_zeros(text), "{text}");
        }
        for text in ["70", "800", "8000", "9000000000", "+79000000000", "88000000000", "100", "+74950000000"] {
            assert!(!is_zeros(text), "{text}");
        }
    }
}
