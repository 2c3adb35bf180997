//! `galen import` into a running server: NDJSON with bad lines, each named by its line; run again, nothing is loaded
//! twice; another server gets everything.

use crate::harness::{Place, Server};
use http::StatusCode;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

fn patient(number: usize) -> String {
    let name = json!([{ "family": format!("Linewise{number}"), "given": ["Una"] }]);
    json!({ "resourceType": "Patient", "id": format!("line-{number}"), "name": name, "birthDate": "1985-05-05" }).to_string()
}

/// Ten lines: the third is empty, the fifth no JSON, the eighth no valid resource.
fn lines() -> String {
    let mut lines: Vec<String> = (1..=10).map(patient).collect();
    lines[2] = String::new();
    lines[4] = r#"{"resourceType":"Patient","id":"#.to_owned();
    lines[7] = json!({ "resourceType": "Patient", "id": "line-8", "gender": "no-such-gender" }).to_string();
    lines.join("\n") + "\n"
}

fn import(file: &Path, server: &Server, token: &str, state: &Path) -> Output {
    let mut command = Command::new(crate::harness::GALEN);
    command.args(["import", file.to_str().unwrap(), "--server", &server.origin, "--token", token, "--json"]);
    command.env("XDG_STATE_HOME", state).output().unwrap()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

#[tokio::test]
async fn lines_go_into_a_running_server_and_bad_ones_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("patients.ndjson");
    std::fs::write(&file, lines()).unwrap();
    let place = Place::new();
    place.add_user("feed", "integration");
    let token = place.token("feed");
    let server = place.serve();

    let first = import(&file, &server, &token, folder.path());
    assert_eq!(first.status.code(), Some(3), "{first:?}");
    let told = report(&first);
    assert_eq!(told["created"], 7, "{told}");
    let mut refused: Vec<u64> =
        told["refused"].as_array().unwrap().iter().map(|r| r["entry"].as_u64().unwrap()).collect();
    refused.sort_unstable();
    assert_eq!(refused, [5, 8], "{told}");
    for line in [1, 2, 4, 6, 7, 9, 10] {
        assert_eq!(
            server.get(&token, &format!("/fhir/Patient/line-{line}")).await.status,
            StatusCode::OK,
            "{line}"
        );
    }
    let none = server.get(&token, "/fhir/Patient/line-8").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);

    let again = import(&file, &server, &token, folder.path());
    let told = report(&again);
    assert_eq!(
        (&told["skipped"], &told["created"], &told["updated"]),
        (&json!(1), &json!(0), &json!(0)),
        "{told}"
    );

    // What one server has had, another on this machine has not.
    let other = Place::new();
    other.add_user("feed", "integration");
    let token = other.token("feed");
    let server = other.serve();
    let told = report(&import(&file, &server, &token, folder.path()));
    assert_eq!(told["created"], 7, "{told}");
}

#[tokio::test]
async fn a_server_that_does_not_know_the_caller_ends_the_import_with_its_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("patients.ndjson");
    std::fs::write(&file, lines()).unwrap();
    let server = Place::new();
    let server = server.serve();
    let output = import(&file, &server, "no-token", folder.path());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("401"), "{output:?}");
}
