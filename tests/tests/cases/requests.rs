//! The requests of a case.

use std::{collections::BTreeMap, time::Duration};

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{
    desks::Desks,
    file::{Part, Request, Status},
    gateway::Served,
    http, template,
};

/// Makes the requests in order; the first that is answered otherwise than expected is an error.
pub(crate) async fn make(
    served: &Served,
    desks: &Desks,
    defaults: &Request,
    requests: &[Request],
) -> Result<(), String> {
    let mut remembered: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for (place, request) in requests.iter().enumerate() {
        let wrong = |why: String| format!("request {}: {why}", place + 1);
        if let Some(pause) = request.pause {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            continue;
        }
        let bytes = match &request.resend {
            Some(name) => remembered.get(name.as_str()).cloned().ok_or_else(|| format!("nothing is named \"{name}\"")),
            None => written(served, desks, defaults, request),
        };
        let bytes = bytes.map_err(wrong)?;
        let answer = http::send(served.address, &bytes).await.map_err(wrong)?;
        let wanted = request.status.as_ref().or(defaults.status.as_ref()).cloned().unwrap_or(Status::One(200));
        if !wanted.admits(answer.status) {
            let said = String::from_utf8_lossy(&answer.body);
            return Err(wrong(format!("is answered {}, and must be {wanted:?}: {said}", answer.status)));
        }
        if let Some(name) = &request.name {
            remembered.insert(name, bytes);
        }
    }
    Ok(())
}

fn written(served: &Served, desks: &Desks, defaults: &Request, request: &Request) -> Result<Vec<u8>, String> {
    let method = request.method.as_ref().or(defaults.method.as_ref()).map_or("POST", String::as_str);
    let path = request.path.as_ref().or(defaults.path.as_ref()).ok_or("has no path")?;
    let body = body(defaults, request)?;
    let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    match &request.desk {
        Some(desk) => headers.push(("Authorization".to_owned(), format!("Bearer {}", desks.token(desk)?))),
        None => {
            let access = served.access();
            headers.push(("X-Client-ID".to_owned(), access.secret("client_id").to_owned()));
            headers.push(("X-Client-Sign".to_owned(), sign(access.secret("client_id"), &body, access.secret("key"))));
        }
    }
    for (name, value) in defaults.headers.iter().chain(&request.headers) {
        let value = value.as_str().ok_or_else(|| format!("the header {name} is no text"))?;
        headers.push((name.clone(), template::fill(value)?));
    }
    Ok(http::write(method, &template::fill(path)?, &headers, &body))
}

/// As the vendor signs: a digest over id, exact bytes and key.
fn sign(client_id: &str, body: &[u8], key: &str) -> String {
    let digest = Sha256::new().chain_update(client_id).chain_update(body).chain_update(key).finalize();
    HEXLOWER.encode(&digest)
}

fn body(defaults: &Request, request: &Request) -> Result<Vec<u8>, String> {
    let hex = |hex: &str| HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).map_err(|error| format!("{hex}: {error}"));
    if let Some(text) = &request.text {
        return Ok(template::fill(text)?.into_bytes());
    }
    if let Some(bytes) = &request.hex {
        return hex(bytes);
    }
    if let Some(parts) = &request.parts {
        let bytes = parts.iter().map(|part| match part {
            Part::Text(text) => template::fill(text).map(String::into_bytes),
            Part::Hex(bytes) => hex(bytes),
        });
        return Ok(bytes.collect::<Result<Vec<_>, _>>()?.concat());
    }
    let default = defaults.body.as_ref().filter(|_| request.desk.is_none());
    let mut members: Map<String, Value> = default.cloned().unwrap_or_default();
    if members.is_empty() && request.body.is_none() {
        return Ok(vec![]);
    }
    for (name, value) in request.body.iter().flatten() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    Ok(template::fill_all(&Value::Object(members))?.to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str) -> Request {
        serde_json::from_str(text).expect("a request")
    }

    #[test]
    fn a_body_is_the_default_one_with_its_fields_in_place() {
        let defaults = request(r#"{"body": {"a": 1, "b": 2}}"#);
        let text = |of: &str| String::from_utf8(body(&defaults, &request(of)).expect("a body")).expect("text");
        assert_eq!(text("{}"), r#"{"a":1,"b":2}"#);
        assert_eq!(text(r#"{"body": {"b": null, "c": "x"}}"#), r#"{"a":1,"c":"x"}"#);
        assert_eq!(text(r#"{"body": {"c": 3}, "as": "anna"}"#), r#"{"c":3}"#);
        assert_eq!(text(r#"{"as": "anna"}"#), "");
        assert_eq!(text(r#"{"parts": [{"text": "{"}, {"hex": "7D"}]}"#), "{}");
    }

    #[test]
    fn the_published_example_is_signed_as_published() {
        let digest = sign(
            "000003C405E6525C64C184258C44EC99",
            br#"{"request_number": "+74951234567","from_sipuri": "test_user@cloudpbx.rt.ru"}"#,
            "00000716ABDA6D4DFF10F82BCBBFC532",
        );
        assert_eq!(digest, "fc95a524342dc68df90f7488e6d821c5a8a3b667d585490b50ebf939f1202c36");
    }
}
