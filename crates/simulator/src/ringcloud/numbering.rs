//! What the account's number plan says of a phone number.

use serde_json::{Value, json};

/// Country, and for Russia operator, region and area code; none for what is no number in E.164 with a plus.
pub(super) fn lookup(number: &str) -> Option<Value> {
    let digits = number.strip_prefix('+')?;
    if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let Some(national) = digits.strip_prefix('7').filter(|national| national.len() == 10) else {
        let country = if digits.starts_with("44") { "Великобритания" } else { "Не Россия" };
        return Some(json!({"country": country}));
    };
    let (code, _) = national.split_at(3);
    let (operator, region) =
        if code.starts_with('9') { ("Мобильный", "Россия") } else { ("МГТС", "Москва") };
    Some(json!({"country": "Россия", "operator": operator, "region": region, "DEF/ABC": code}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_numbers_have_an_area_code_under_a_key_with_a_slash() {
        assert_eq!(lookup("+79001234567").expect("a number")["DEF/ABC"], "900");
        assert_eq!(lookup("+442079460123").expect("a number").as_object().map(serde_json::Map::len), Some(1));
        assert!(lookup("79001234567").is_none() && lookup("+7900x").is_none());
    }
}
