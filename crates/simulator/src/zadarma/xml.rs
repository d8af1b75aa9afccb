//! Answers as XML: each member an element, each item of a list a `value`.

use serde_json::Value;

/// The whole document.
pub(super) fn answer(value: &Value) -> String {
    let mut text = "<?xml version=\"1.0\"?>\n<answer>".to_owned();
    write(&mut text, value);
    text.push_str("</answer>");
    text
}

fn write(text: &mut String, value: &Value) {
    match value {
        Value::Null => {}
        Value::Bool(yes) => text.push_str(if *yes { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::String(string) => {
            text.push_str(&string.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
        }
        Value::Array(items) => items.iter().for_each(|item| element(text, "value", item)),
        Value::Object(members) => members.iter().for_each(|(name, member)| element(text, name, member)),
    }
}

fn element(text: &mut String, name: &str, value: &Value) {
    text.push_str(&format!("<{name}>"));
    write(text, value);
    text.push_str(&format!("</{name}>"));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_elements_and_items_are_values() {
        assert_eq!(
            answer(&json!({"numbers": [100, "R&D <1>"]})),
            "<?xml version=\"1.0\"?>\n<answer><numbers><value>100</value><value>R&amp;D &lt;1&gt;</value></numbers></answer>"
        );
    }
}
