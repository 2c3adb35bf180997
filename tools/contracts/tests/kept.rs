//! The contracts of the tree against those that were released last, in schemas/released.
//!
//! What breaks one is refused here. Where breaking is meant (a new major version, told to whom it concerns),
//! `cargo run -p galen-xtask -- release-contracts` makes the tree's the released ones.
#![allow(clippy::unwrap_used)]

use galen_contract_check::{events, openapi};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn schemas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn all(folder: &Path) -> BTreeMap<String, Value> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), json(&path))).collect()
}

#[test]
fn the_rest_api_breaks_nobody() {
    let released = json(&schemas().join("released/openapi.json"));
    assert!(released["paths"].as_object().unwrap().len() > 50, "there is something to compare with");
    let found = openapi(&released, &json(&schemas().join("openapi.json")));
    assert!(found.is_empty(), "released clients would break:\n{}", found.join("\n"));
}

#[test]
fn the_events_break_nobody() {
    let released = all(&schemas().join("released/events"));
    assert!(released.len() >= 10, "there is something to compare with");
    let found = events(&released, &all(&schemas().join("events")));
    assert!(found.is_empty(), "who reads events would break:\n{}", found.join("\n"));
}
