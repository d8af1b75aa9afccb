//! Answers as XML, `format=xml`: each member an element, each item of a list an element `value`.

use quick_xml::{Reader, escape, events::Event};
use serde_json::{Map, Value};

use crate::fields::Fields;

/// What an item of a list is called.
const ITEM: &str = "value";
/// Elements within each other; the service's have five.
const DEEPEST: usize = 32;

/// An element that is being read.
struct Element {
    name: String,
    text: String,
    children: Vec<(String, Value)>,
}

impl Element {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), text: String::new(), children: Vec::new() }
    }

    /// A list where every child is an item, an object where there are others, otherwise its text.
    fn value(self) -> Value {
        if self.children.is_empty() {
            return Value::String(self.text);
        }
        if self.children.iter().all(|(name, _)| name == ITEM) {
            return Value::Array(self.children.into_iter().map(|(_, value)| value).collect());
        }
        Value::Object(self.children.into_iter().collect::<Map<_, _>>())
    }
}

/// The members of an answer; `None` where it is none, or is broken.
pub(super) fn fields(body: &[u8]) -> Option<Fields> {
    let mut reader = Reader::from_str(std::str::from_utf8(body).ok()?);
    let mut open: Vec<Element> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if open.len() < DEEPEST => open.push(Element::new(start.name().0)),
            Event::Start(_) | Event::Eof => return None,
            Event::Empty(empty) => {
                let child = (empty.name().0.to_owned(), Value::String(String::new()));
                open.last_mut()?.children.push(child);
            }
            Event::End(_) => {
                let element = open.pop()?;
                let name = element.name.clone();
                match (open.last_mut(), element.value()) {
                    (Some(parent), value) => parent.children.push((name, value)),
                    (None, value @ Value::Object(_)) => return Fields::of(value),
                    (None, _) => return None,
                }
            }
            Event::Text(text) => {
                let Some(element) = open.last_mut() else { continue };
                element.text.push_str(&text);
            }
            Event::CData(text) => open.last_mut()?.text.push_str(&text),
            Event::GeneralRef(name) => {
                let character = name.resolve_char_ref().ok()?;
                let text = character.map(String::from);
                let text = text.or_else(|| escape::resolve_xml_entity(&name).map(str::to_owned))?;
                open.last_mut()?.text.push_str(&text);
            }
            // A document type could define entities; the service sends none.
            Event::DocType(_) => return None,
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn members_and_lists_are_read_as_json_would_be() {
        let text = "<?xml version=\"1.0\"?>\n<answer><status>success</status><stats><value><call_id>1439981389.2702770\
            </call_id><clid>R&amp;D &lt;1&gt; &#1040;</clid></value><value><call_id/></value></stats><empty></empty></answer>";
        let read = fields(text.as_bytes()).expect("an answer");
        assert_eq!(read.text("status").as_deref(), Some("success"));
        let rows: Vec<Fields> = read.array("stats").expect("rows").iter().cloned().filter_map(Fields::of).collect();
        assert_eq!(rows[0].text("call_id").as_deref(), Some("1439981389.2702770"), "its last digit counts");
        assert_eq!(rows[0].text("clid").as_deref(), Some("R&D <1> А"));
        assert_eq!((rows.len(), rows[1].text("call_id"), read.text("empty")), (2, None, None));
        let one = fields(b"<answer><numbers><value>100</value></numbers></answer>").expect("an answer");
        assert_eq!(one.array("numbers").map(Vec::len), Some(1), "one item is a list, too");
    }

    #[test]
    fn what_is_no_answer_is_not_read() {
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        for text in [
            "",
            "<html>",
            "<answer>",
            "<answer>text</answer>",
            "<answer><value>1</value></answer>",
            "<answer><a></b></answer>",
            "<answer><a>&unknown;</a></answer>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><answer><a>&b;</a></answer>",
            &deep,
        ] {
            assert_eq!(fields(text.as_bytes()), None, "{}", &text[..text.len().min(60)]);
        }
        assert_eq!(fields(b"<answer>\xff</answer>"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..90) {
            let _ = fields(&bytes);
            let whole = b"<answer><status>success</status><a><value>1</value></a></answer>";
            let broken = [&whole[..cut.min(whole.len())], &bytes].concat();
            let _ = fields(&broken);
        }
    }
}
