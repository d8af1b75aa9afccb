//! The program: its first line, its credentials, its end.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::client::{get, post};
use crate::hook::Hook;
use crate::office;

async fn start(arguments: &[&str]) -> (Child, Value) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_trubka-simulator"))
        .arg("serve")
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("piped");
    BufReader::new(stdout).read_line(&mut line).await.expect("a first line");
    (child, serde_json::from_str(&line).expect("JSON"))
}

#[tokio::test]
async fn the_first_line_names_the_makes_that_run_with_the_same_secrets_for_the_same_seed() {
    let both = ["--rostelecom", "127.0.0.1:0", "--mango-client", ":0", "--seed", "7", "--json"];
    let (_first, one) = start(&both).await;
    let (_second, two) = start(&both).await;
    for pointer in ["/rostelecom/client_id", "/rostelecom/key", "/mango-client/token"] {
        assert!(one.pointer(pointer).is_some_and(Value::is_string), "{pointer}");
        assert_eq!(one.pointer(pointer), two.pointer(pointer));
    }
    assert_ne!(one["rostelecom"]["url"], two["rostelecom"]["url"]);
    let (_third, other) = start(&["--mango-client", ":0", "--seed", "8"]).await;
    assert!(other.get("rostelecom").is_none());
    assert_ne!(one["mango-client"]["token"], other["mango-client"]["token"]);
    let url = format!("{}/v1/channel/", other["mango-client"]["url"].as_str().expect("a url"));
    let wrong = format!("Bearer {}", one["mango-client"]["token"].as_str().expect("a token"));
    assert_eq!(post(&url, &[("Authorization", &wrong)], r#"{"extension":"202"}"#).await.status, 401);
}

#[tokio::test]
async fn a_script_file_is_played_against_a_hook() {
    let receiver = office::start().await;
    let mut hook = Hook::of(&receiver).await;
    let file = std::env::temp_dir().join(format!("trubka-simulator-script-{}.jsonl", std::process::id()));
    std::fs::write(&file, r#"{"make":"rostelecom","call":"missed","from":"+79161234567","ring":"1s"}"#)
        .expect("a file");
    // The hook's receiver knows the credentials of the seed that both simulators share.
    let address = hook.url().to_owned();
    let script = file.to_string_lossy().into_owned();
    let arguments = ["--rostelecom", ":0", "--script", &script, "--hook", &address, "--speed", "20"];
    let (_child, _) = start(&arguments).await;
    assert_eq!(hook.call().await.len(), 4);
    std::fs::remove_file(&file).expect("it was written");
}

#[tokio::test]
async fn wrong_arguments_and_scripts_are_refused_with_the_reason() {
    let run = async |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_trubka-simulator")).args(arguments).output().await;
        let output = output.expect("the program runs");
        assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(run(&["serve"]).await.contains("--rostelecom"));
    assert!(run(&["serve", "--rostelecom", ":0", "--fault", "gravity"]).await.contains("known faults"));
    assert!(run(&["serve", "--rostelecom", ":0", "--hook", "http://192.0.2.1/"]).await.contains("loopback"));
    assert!(run(&["serve", "--rostelecom", ":0", "--script", "/nowhere/script"]).await.contains("/nowhere/script"));
    assert!(run(&["serve", "--rostelecom", ":0", "--speed", "0"]).await.contains("speed"));
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = taken.local_addr().expect("a port").to_string();
    assert!(run(&["serve", "--rostelecom", &address]).await.contains("another port"));
}

#[cfg(unix)]
#[tokio::test]
async fn it_runs_until_it_is_told_to_stop_even_without_standard_input() {
    let (mut child, first) = start(&["--rostelecom", ":0"]).await;
    let url = format!("{}/_simulator/phones", first["rostelecom"]["url"].as_str().expect("a url"));
    assert_eq!(get(&url, &[]).await.status, 200);
    let id = child.id().expect("it runs").to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.expect("kill").success());
    assert!(child.wait().await.expect("it ends").success());
}
