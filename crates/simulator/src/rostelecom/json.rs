//! JSON as the vendor's serialiser prints it: a space after each colon, none after a comma.

use serde_json::Value;

/// An object in that style, its keys in the given order.
pub(super) fn object<'a>(pairs: impl Iterator<Item = (&'a str, &'a Value)>) -> String {
    let members: Vec<String> = pairs.map(|(key, value)| format!("{}: {value}", Value::from(key))).collect();
    format!("{{{}}}", members.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_is_the_one_of_the_published_example() {
        let (number, uri) = (Value::from("+74951234567"), Value::from("test_user@cloudpbx.rt.ru"));
        assert_eq!(
            object([("request_number", &number), ("from_sipuri", &uri)].into_iter()),
            r#"{"request_number": "+74951234567","from_sipuri": "test_user@cloudpbx.rt.ru"}"#
        );
    }
}
