//! Call tracking.

use calls::{Attribution, Effect, VendorEvent};
use serde_json::{Value, json};

use super::decode;

fn tracked(result: &Value) -> Vec<VendorEvent> {
    let result: String = url::form_urlencoded::byte_serialize(result.to_string().as_bytes()).collect();
    decode(&format!("event=CALL_TRACKING&result={result}")).events
}

fn row(call: &str, more: Value) -> Value {
    let mut row = json!({"tracker": "1", "start": "2026-03-02 12:00:20", "duration": "42", "caller_id": "79161234567",
        "caller_did": "74951234567", "pbx_call_id": call});
    row.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
    row
}

fn attribution(event: &VendorEvent) -> &Attribution {
    let [Effect::Attributed { attribution }] = event.effects.as_slice() else { panic!("{event:?}") };
    attribution
}

fn is_kept(event: &VendorEvent) -> bool {
    event.call.is_none() && matches!(event.effects.as_slice(), [Effect::Unknown { .. }])
}

#[test]
fn each_call_is_told_its_advertisement() {
    let events = tracked(&json!([
        row(
            "in_1",
            json!({"utm_source": "yandex", "utm_campaign": "Лето", "url": "https://u:p@shop.example/%D0%BE%D0%BA%D0%BD%D0%B0/?a=1#b"})
        ),
        row("in_2", json!({"url": "http://shop.example"})),
    ]));
    let [first, second] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((first.call.as_deref(), second.call.as_deref()), (Some("in_1"), Some("in_2")));
    let told = attribution(first);
    assert_eq!((told.source.as_deref(), told.campaign.as_deref()), (Some("yandex"), Some("Лето")));
    assert_eq!((&told.medium, told.page.as_deref()), (&None, Some("shop.example/окна")), "nothing behind the path");
    assert_eq!(attribution(second).page.as_deref(), Some("shop.example"));
    assert_ne!(first.dedupe_key, second.dedupe_key);
    let again = tracked(&json!([row("in_2", json!({"url": "http://shop.example"}))]));
    assert_eq!(again[0].dedupe_key, second.dedupe_key, "told again with others it is the same");
}

#[test]
fn what_cannot_be_attributed_is_kept_and_costs_the_others_nothing() {
    let known = row("in_1", json!({"utm_source": "yandex"}));
    for odd in [json!(1.5), json!(null), json!([]), row("", json!({"utm_source": "x"})), row("in_2", json!({}))] {
        let events = tracked(&json!([odd, known]));
        assert!(
            matches!(events.as_slice(), [first, kept] if first.call.as_deref() == Some("in_1") && is_kept(kept)),
            "{odd}"
        );
    }
    for none in [json!([]), json!({}), json!("text"), json!(null), json!(1e300)] {
        assert!(matches!(tracked(&none).as_slice(), [kept] if is_kept(kept)), "{none}");
    }
    let page = |url: &str| tracked(&json!([row("in_1", json!({"url": url, "utm_source": "x"}))]))[0].clone();
    for url in ["javascript:alert(1)", "data:text/html,x", "okna", "", "https://"] {
        assert_eq!(attribution(&page(url)).page, None, "{url}");
    }
    let long = "я".repeat(5000);
    let events = tracked(&json!(row("in_1", json!({"utm_term": long}))));
    assert_eq!(attribution(&events[0]).term.as_ref().map(|term| term.chars().count()), Some(200));
}
