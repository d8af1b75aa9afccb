//! `sign`, `verify`, `replay` and `check`, for every make that is served.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use pbx::{MAKES, Make};
use simulator::{Simulator, SimulatorConfig};

use crate::cli::{Program, Ran};

/// A configuration with a connection to each simulated PBX, called after its make; `other` are makes whose first secret is
/// not the right one.
fn config(folder: &Path, simulator: &Simulator, other: &[&str]) -> PathBuf {
    let mut text = "listen = \"127.0.0.1:0\"\ndata_dir = \"data\"\nlog = { kind = \"sqlite\" }\n".to_owned();
    for make in MAKES {
        let of_simulator = make.name.parse().expect("both know it by one name");
        let access = simulator.credentials().of(of_simulator).expect("it runs");
        let mut secrets = Vec::new();
        for (place, (name, value)) in access.secrets().enumerate() {
            let file = format!("{make}.{name}");
            let is_wrong = place == 0 && other.contains(&make.name);
            let value = if is_wrong { format!("{value}0") } else { value.to_owned() };
            std::fs::write(folder.join(&file), value).expect("is written");
            secrets.push(format!("{name} = {{ file = \"{file}\" }}"));
        }
        let (url, secrets) = (&access.url, secrets.join(", "));
        let connection = format!("id = \"{make}\"\npbx = \"{make}\"\nbase_url = \"{url}\"\nsecrets = {{ {secrets} }}");
        write!(text, "[[connection]]\n{connection}\n").expect("a string takes everything");
    }
    let path = folder.join("gateway.toml");
    std::fs::write(&path, text).expect("is written");
    path
}

async fn pbxs() -> Simulator {
    let config = SimulatorConfig { history: false, ..SimulatorConfig::of(simulator::Make::ALL) };
    Simulator::start(config).await.expect("free ports")
}

/// A webhook without its signature, of the inputs that every make has.
fn unsigned(folder: &Path, make: Make) -> PathBuf {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus").join(make.page);
    let from = corpus.join(if make.delivery.needs_public_address() { "webhook" } else { "frame" }).join("event-rings");
    let message = std::fs::read(&from).or_else(|_| std::fs::read(corpus.join("answer/event-rings"))).expect("an input");
    let message = if message.starts_with(b"POST ") { message } else { [b"POST / HTTP/1.1\n\n", &*message].concat() };
    let path = folder.join(format!("{make}.http"));
    std::fs::write(&path, message).expect("is written");
    path
}

async fn run(config: &Path, make: Make, command: &'static str, file: &Path, more: &[&str]) -> Ran {
    let file = file.to_str().expect("text").to_owned();
    let more: Vec<String> = more.iter().map(|&text| text.to_owned()).collect();
    let config = config.to_owned();
    let running = tokio::task::spawn_blocking(move || {
        let mut arguments = vec![command, "--connection", make.name, "--request", &file];
        arguments.extend(more.iter().map(String::as_str));
        Program::run(&config, &arguments)
    });
    running.await.expect("ends")
}

#[tokio::test]
async fn every_make_is_signed_verified_and_replayed_or_says_why_not() {
    let (simulator, folder) = (pbxs().await, tempfile::tempdir().expect("a folder"));
    let config = config(folder.path(), &simulator, &[]);
    let gateway = Program::serve(&config).await;
    let to = ["--to", gateway.address.as_str()];
    for make in MAKES {
        let plain = unsigned(folder.path(), *make);
        let signed = run(&config, *make, "sign", &plain, &[]).await;
        if !make.delivery.needs_public_address() {
            assert!(signed.failed().contains("sends no webhooks"), "{make}");
            assert!(run(&config, *make, "verify", &plain, &[]).await.failed().contains("sends no webhooks"), "{make}");
            assert!(run(&config, *make, "replay", &plain, &to).await.refused_with("403 "), "{make}");
            continue;
        }
        let unsigned = run(&config, *make, "verify", &plain, &[]).await.failed();
        assert!(unsigned.contains("is missing"), "{make}: {unsigned}");
        let file = folder.path().join(format!("{make}-signed.http"));
        let text = signed.succeeded();
        std::fs::write(&file, &text).expect("is written");
        assert_eq!(run(&config, *make, "verify", &file, &[]).await.succeeded(), "valid\n", "{make}");
        let again = run(&config, *make, "sign", &file, &[]).await.failed();
        assert!(again.contains("bears a signature already"), "{make}: {again}");
        // A digit of the caller's number: every vendor signs that.
        let flipped = folder.path().join(format!("{make}-flipped.http"));
        std::fs::write(&flipped, text.replace("79161234567", "79161234568")).expect("is written");
        let refused = run(&config, *make, "verify", &flipped, &[]).await.failed();
        assert!(refused.contains("does not match"), "{make}: {refused}");
        for file in [&plain, &file] {
            let answer = run(&config, *make, "replay", file, &to).await.succeeded();
            assert!(answer.starts_with("200 "), "{make}: {answer}");
        }
        assert!(run(&config, *make, "replay", &flipped, &to).await.refused_with("403 "), "{make}");
    }
}

#[tokio::test]
async fn every_make_is_checked() {
    let (simulator, folder) = (pbxs().await, tempfile::tempdir().expect("a folder"));
    let all: Vec<&str> = MAKES.iter().map(|make| make.name).collect();
    for wrong in [&[][..], &all] {
        let config = config(folder.path(), &simulator, wrong);
        for make in MAKES {
            let arguments = ["check", "--connection", make.name, "--json"];
            let config = config.clone();
            let checked = tokio::task::spawn_blocking(move || Program::run(&config, &arguments).stdout()).await;
            let findings: serde_json::Value = serde_json::from_str(&checked.expect("ends")).expect("JSON");
            let finding = &findings[0];
            let reason = if wrong.is_empty() { "works" } else { "wrongCredentials" };
            assert_eq!(
                (&finding["pbx"], &finding["ok"], &finding["reason"]),
                (&make.name.into(), &wrong.is_empty().into(), &reason.into()),
                "{finding}"
            );
        }
    }
}
