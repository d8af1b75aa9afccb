//! Recorded exchanges: `fixtures/<make>/<case>/` with what came, and what it must mean in `expected.json`. What came is
//! `request.http` of a make that posts (`request-1.http`, `request-2.http` and so on where there is more than one),
//! `frames.jsonl` of one with a socket, answers of one that is polled; or the answer to a command.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use calls::Source;
use gateway::http_message::HttpMessage;
use jiff::tz::TimeZone;
use pbx::{ConnectionConfig, DecodeContext, Delivery, Make, Pbx, SessionInput};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::vectors::Report;

/// When every fixture is said to have come.
pub(crate) const RECEIVED_AT: &str = "2018-04-23T15:01:30Z";

/// Checks every case of every make that has fixtures.
pub(crate) fn check_all(report: &mut Report) {
    let package = std::env::var("CARGO_MANIFEST_DIR").expect("cargo names the folder");
    for make in folders(&Path::new(&package).join("fixtures")) {
        for case in folders(&make) {
            // A session remembers its calls, so each case begins with a make of its own.
            let pbx = configured(&make);
            report.checked_one("fixtures", &json!({"id": name(&case)}), check(pbx.as_ref(), of(&make), &case));
        }
    }
}

fn check(pbx: &dyn Pbx, make: Make, case: &Path) -> Result<(), String> {
    let read = |file: &str| fs::read(case.join(file)).map_err(|error| format!("{file}: {error}"));
    if read("NOTES.md")?.trim_ascii().is_empty() {
        return Err("NOTES.md must say where the exchange comes from".to_owned());
    }
    let expected: Value = serde_json::from_slice(&read("expected.json")?).map_err(|error| error.to_string())?;
    let posted =
        |bytes: Vec<u8>| Ok::<_, String>(meaning(pbx, &HttpMessage::parse(&bytes).map_err(|error| error.to_string())?));
    let numbered = |place: usize| case.join(format!("request-{place}.http"));
    let found = if case.join("command.json").exists() {
        crate::commands::meaning(pbx, make, case)?
    } else if case.join("request.http").exists() {
        posted(read("request.http")?)?
    } else if numbered(1).exists() {
        let bytes = (1..).map_while(|place| fs::read(numbered(place)).ok());
        json!({"messages": bytes.map(posted).collect::<Result<Vec<_>, _>>()?})
    } else if case.join("frames.jsonl").exists() {
        match make.delivery {
            Delivery::SocketPerExtension => of_frames(pbx, make, &String::from_utf8_lossy(&read("frames.jsonl")?)),
            Delivery::Socket | Delivery::Webhook | Delivery::Polling => crate::era::meaning(pbx, case, RECEIVED_AT)?,
        }
    } else {
        crate::ringcloud::meaning(pbx, case, RECEIVED_AT)?
    };
    if found == expected { Ok(()) } else { Err(format!("means\n{found:#}\nand must mean\n{expected:#}")) }
}

/// What a message means: why it is refused, or its events and the reply.
fn meaning(pbx: &dyn Pbx, message: &HttpMessage) -> Value {
    let verified = match pbx.verify(message.request()) {
        Ok(verified) => verified,
        Err(error) => return json!({"refused": error.to_string()}),
    };
    let received_at = RECEIVED_AT.parse().expect("a time");
    let context = DecodeContext { received_at, zone: TimeZone::UTC, source: Source::Webhook };
    let decoded = pbx.decode(verified, &context);
    let reply: Value = serde_json::from_slice(&decoded.reply.body).expect("a reply in JSON");
    json!({"events": decoded.events, "reply": reply, "status": decoded.reply.status})
}

/// What frames mean to a session that is live: its events, in order.
fn of_frames(pbx: &dyn Pbx, make: Make, frames: &str) -> Value {
    let mut session = trubka_fuzz::live(pbx, make);
    let outputs = frames.lines().flat_map(|frame| session.step(SessionInput::Text(frame), trubka_fuzz::now()));
    json!({"events": outputs.flat_map(|output| output.events().to_vec()).collect::<Vec<_>>()})
}

fn of(folder: &Path) -> Make {
    name(folder).parse().expect("the folder has the make's name")
}

/// The make with the fixtures' own secrets.
fn configured(folder: &Path) -> Box<dyn Pbx> {
    let secrets = fs::read(folder.join("secrets.json")).expect("secrets.json beside the cases");
    let secrets: BTreeMap<String, String> = serde_json::from_slice(&secrets).expect("names and values");
    let make = of(folder);
    let own_address = make.base_url.is_empty().then(|| "https://pbx.example".parse().expect("an address"));
    let config = ConnectionConfig {
        id: "fixture".parse().expect("an id"),
        make,
        zone: None,
        base_url: own_address,
        trust_anchor_pem: None,
        secrets: secrets.into_iter().map(|(name, value)| (name, SecretString::from(value))).collect(),
        overrides: BTreeMap::new(),
    };
    pbx::build(&config).expect("a make")
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).expect("a folder");
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[test]
fn every_make_has_recorded_exchanges() {
    let package = std::env::var("CARGO_MANIFEST_DIR").expect("cargo names the folder");
    for make in pbx::MAKES {
        // Makes with one page are one protocol.
        let cases = folders(&Path::new(&package).join("fixtures").join(make.page));
        assert!(cases.len() >= 5, "{make}: only {} cases", cases.len());
    }
}
