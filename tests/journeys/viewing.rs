//! `galen views`: resources are loaded, a view is checked and run in every format, and its rows are read back; what is wrong is
//! told with its place.

use crate::harness::{GALEN, Place};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const COUNT: usize = 1_200;

/// A file of this text in a folder.
fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn patient(number: usize) -> String {
    let name = json!([{ "family": format!("Row{number}"), "given": ["Ida", "May"] }]);
    json!({ "resourceType": "Patient", "id": format!("row-{number}"), "name": name, "birthDate": "1990-01-01" }).to_string()
}

fn view(paths: &[(&str, &str)]) -> String {
    let columns: Vec<Value> =
        paths.iter().map(|(name, path)| json!({ "name": name, "path": path })).collect();
    json!({ "resourceType": "ViewDefinition", "name": "rows", "status": "active", "resource": "Patient",
        "select": [{ "column": columns }, { "forEach": "name.given", "column": [{ "name": "given", "path": "$this" }] }] })
    .to_string()
}

/// A check needs no data directory.
fn checked(view: &str) -> Output {
    Command::new(GALEN).args(["views", "check", view]).output().unwrap()
}

fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_view_is_run_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = (0..COUNT).map(patient).collect();
    let patients = file(folder.path(), "patients.ndjson", &lines.join("\n"));
    let view = file(
        folder.path(),
        "view.json",
        &view(&[("id", "id"), ("family", "name.family"), ("born", "birthDate")]),
    );
    let (patients, view) = (patients.to_str().unwrap(), view.to_str().unwrap());
    let place = Place::new();
    assert_eq!(place.json(&["import", patients, "--json"])["created"], COUNT);
    assert!(succeeded(&checked(view)).contains("family"));

    let rows = succeeded(&place.run(&["views", "run", view, "--format", "ndjson"]));
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), COUNT * 2);
    let mut ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), COUNT);

    let csv = succeeded(&place.run(&["views", "run", view, "--format", "csv"]));
    assert_eq!(csv.lines().count(), COUNT * 2 + 1);
    assert_eq!(csv.lines().next(), Some("id,family,born,given"));
    let some = place.run(&["views", "run", view, "--format", "csv", "--no-header", "--limit", "3"]);
    assert_eq!(succeeded(&some).lines().count(), 3);

    let out = folder.path().join("rows.parquet");
    succeeded(&place.run(&["views", "run", view, "--format", "parquet", "--out", out.to_str().unwrap()]));
    let bytes = std::fs::read(&out).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    assert!(!folder.path().join("rows.parquet.part").exists());
}

#[test]
fn a_view_that_is_wrong_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new();
    let wrong = file(folder.path(), "wrong.json", &view(&[("id", "name.(")]));
    let doubtful = file(folder.path(), "doubtful.json", &view(&[("id", "familiy")]));
    let (wrong, doubtful) = (wrong.to_str().unwrap(), doubtful.to_str().unwrap());
    let place_of = "ViewDefinition.select[0].column[0].path";
    for file in [wrong, doubtful] {
        let checked = checked(file);
        assert_eq!(checked.status.code(), Some(3), "{checked:?}");
        assert!(String::from_utf8_lossy(&checked.stdout).contains(place_of), "{checked:?}");
        let run = place.run(&["views", "run", file]);
        assert_eq!(run.status.code(), Some(1), "{run:?}");
        assert!(String::from_utf8_lossy(&run.stderr).contains(place_of), "{run:?}");
    }
    assert!(succeeded(&place.run(&["views", "run", doubtful, "--lenient"])).is_empty());
    let absent = folder.path().join("absent.json");
    assert_eq!(place.run(&["views", "run", absent.to_str().unwrap()]).status.code(), Some(1));
}
