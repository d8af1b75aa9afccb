//! A request of the journal as a line for a POSIX shell. What was taken out of it is a variable that whoever sends it sets.

use std::fmt::Write;

use pbx::WireForm;
use serde_json::Value;

/// What the journal has in place of a secret.
const MASK: &str = "•••";
/// A body that was longer is cut, so it cannot be said again.
const WHOLE: usize = 8 << 10;
/// Where the path of a link was taken out.
const NO_PATH: &str = "/…";

/// The line, unless it cannot be written: the body is cut, or a control character stands in it that a terminal might obey.
///
/// `shown` hides what else is not to be seen, in what is neither secret nor a name of a field: what it hides may look like a
/// secret's mask.
pub(crate) fn curl(
    form: &WireForm,
    target: &str,
    body: Option<&str>,
    shown: impl Fn(&str) -> String,
) -> Option<String> {
    let is_sane =
        |text: &str| text.len() <= WHOLE && !pbx::is_cut(text) && !text.contains(|c: char| c.is_control() && c != '\n');
    if !is_sane(target) || !body.is_none_or(is_sane) {
        return None;
    }
    let mut url = String::new();
    let target = &shown(target);
    match &form.scheme {
        Some(scheme) => match target.strip_suffix(NO_PATH) {
            Some(host) => {
                literal(&mut url, &format!("{scheme}://{host}/"));
                variable(&mut url, "PATH");
            }
            None => literal(&mut url, &format!("{scheme}://{target}")),
        },
        None => {
            variable(&mut url, "HOOK");
            literal(&mut url, target);
        }
    }
    if form.has_query {
        literal(&mut url, "?");
        variable(&mut url, "QUERY");
    }
    let mut line = "curl --globoff --request ".to_owned();
    literal(&mut line, &form.method);
    let _ = write!(line, " --url {url}");
    if let Some(content_type) = &form.content_type {
        line.push_str(" --header ");
        literal(&mut line, &format!("Content-Type: {content_type}"));
    }
    for name in &form.proofs {
        line.push_str(" --header ");
        literal(&mut line, &format!("{name}: "));
        variable(&mut line, &name.to_ascii_uppercase().replace('-', "_"));
    }
    let is_form = form.content_type.as_ref().is_some_and(|it| it.starts_with("application/x-www-form-urlencoded"));
    match (body, body.filter(|_| is_form).and_then(fields)) {
        (None, _) => {}
        (Some(_), Some(fields)) => {
            for (name, value) in fields {
                line.push_str(" --data-urlencode ");
                masked(&mut line, &format!("{name}={value}"), &shown);
            }
        }
        (Some(body), None) => {
            line.push_str(" --data-raw ");
            masked(&mut line, body, &shown);
        }
    }
    Some(line)
}

/// The fields of a form, which the journal keeps as JSON; `None` where one could not be sent as it was.
fn fields(body: &str) -> Option<Vec<(String, String)>> {
    let Value::Object(fields) = serde_json::from_str(body).ok()? else { return None };
    let is_plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.[]".contains(&byte));
    let field = |(name, value): (String, Value)| {
        let value = if let Value::String(text) = value { text } else { value.to_string() };
        is_plain(&name).then_some((name, value))
    };
    fields.into_iter().map(field).collect()
}

/// The text with a variable in place of each secret.
fn masked(line: &mut String, text: &str, shown: impl Fn(&str) -> String) {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(MASK) {
        let (before, from) = rest.split_at(at);
        let behind = from.trim_start_matches('•');
        let points = &from[..from.len() - behind.len()];
        plain.push_str(before);
        if points == MASK {
            literal(line, &shown(&std::mem::take(&mut plain)));
            variable(line, "SECRET");
        } else {
            plain.push_str(points);
        }
        rest = behind;
    }
    plain.push_str(rest);
    literal(line, &shown(&plain));
}

/// A part of a word that the shell takes as it is.
fn literal(line: &mut String, text: &str) {
    let _ = write!(line, "'{}'", text.replace('\'', r"'\''"));
}

/// A part of a word that is whatever the variable holds.
fn variable(line: &mut String, name: &str) {
    let _ = write!(line, "\"$TRUBKA_{name}\"");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> WireForm {
        WireForm {
            method: "POST".to_owned(),
            scheme: Some("https".to_owned()),
            content_type: Some("application/json".to_owned()),
            proofs: vec!["X-Client-Sign".to_owned()],
            has_query: false,
            signed: true,
        }
    }

    /// What a shell gives curl of the line.
    #[cfg(unix)]
    fn given(line: &str) -> Vec<String> {
        let script = format!("curl() {{ for word; do printf '%s\\0' \"$word\"; done; }}\n{line}\n");
        let mut shell = std::process::Command::new("sh");
        let variables = [("SECRET", "$(s3 'c\"ret)"), ("X_CLIENT_SIGN", "00ff"), ("HOOK", "https://h/hook/rt1")];
        shell.envs(variables.map(|(name, value)| (format!("TRUBKA_{name}"), value)));
        let output = shell.envs([("TRUBKA_QUERY", "a=1&b=2"), ("TRUBKA_PATH", "r/1")]).args(["-c", &script]).output();
        let output = output.expect("a shell");
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        let text = String::from_utf8(output.stdout).expect("text");
        text.split_terminator('\0').map(str::to_owned).collect()
    }

    #[cfg(unix)]
    #[test]
    fn a_shell_gives_curl_exactly_what_was_said() {
        let texts = [
            "plain",
            "it's",
            "'; touch /tmp/x; '",
            "$(id) `id` $HOME \\ \\' \"",
            "a\nb\n",
            "!! * ? [a] {b,c} ~ # & | < > ;",
            "'",
            "''",
            "@/etc/passwd",
            "",
            "ключ",
            "-d",
            "\\",
            "%s\\n",
        ];
        for text in texts {
            let line = curl(&form(), "api.example/call", Some(text), str::to_owned).expect("a line");
            let expected = [
                "--globoff",
                "--request",
                "POST",
                "--url",
                "https://api.example/call",
                "--header",
                "Content-Type: application/json",
                "--header",
                "X-Client-Sign: 00ff",
                "--data-raw",
                text,
            ];
            assert_eq!(given(&line), expected, "{line}");
            let incoming = WireForm { scheme: None, has_query: true, content_type: None, ..form() };
            let line = curl(&incoming, &format!("/{text}"), None, str::to_owned).expect("a line");
            assert_eq!(given(&line)[4], format!("https://h/hook/rt1/{text}?a=1&b=2"), "{line}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_was_taken_out_is_a_variable_and_a_form_is_a_form() {
        // A hidden number may look like a hidden secret, and is none.
        let hidden = |text: &str| text.replace("1234567", "12•••67");
        let body = "{\"token\":\"•••\",\"from\":\"1234567\"}";
        let line = curl(&form(), "api.example/…", Some(body), hidden).expect("a line");
        let words = given(&line);
        assert_eq!(words[4], "https://api.example/r/1");
        assert_eq!(words.last().expect("a body"), "{\"token\":\"$(s3 'c\"ret)\",\"from\":\"12•••67\"}");
        let posted =
            WireForm { content_type: Some("application/x-www-form-urlencoded; charset=UTF-8".to_owned()), ..form() };
        let line =
            curl(&posted, "api.example/x", Some("{\"json\":\"{\\\"a\\\":'1'}\",\"sign\":\"•••\"}"), str::to_owned)
                .expect("a line");
        assert_eq!(
            given(&line)[9..],
            ["--data-urlencode", "json={\"a\":'1'}", "--data-urlencode", "sign=$(s3 'c\"ret)"]
        );
    }

    #[test]
    fn nothing_is_offered_of_what_is_cut_or_might_command_a_terminal() {
        for body in ["\u{1b}[2J", "a\0b", "a\rb", "\u{9b}1A"] {
            assert_eq!(curl(&form(), "api.example/x", Some(body), str::to_owned), None, "{body:?}");
        }
        assert_eq!(curl(&form(), "api.example/x", Some(&"x".repeat(WHOLE + 1)), str::to_owned), None);
        assert_eq!(curl(&form(), "api.example/x", Some("<xml>… (70000 bytes)"), str::to_owned), None);
        assert_eq!(curl(&form(), "/\u{7}", None, str::to_owned), None);
    }
}
