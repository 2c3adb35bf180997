//! `galen terminology import`: a publisher's release, then questions about its codes to a server; a newer release takes the
//! place of the one before while the server runs.

use crate::harness::{Place, Server};
use http::StatusCode;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

const ICD: &str = "http://hl7.org/fhir/sid/icd-10-cm";

/// An order file of made-up codes: a category, `children` beneath it, one other.
fn order_file(folder: &Path, name: &str, children: usize) -> PathBuf {
    let mut text = String::new();
    let mut line = |code: &str, valid: u8, title: &str| {
        writeln!(text, "00000 {code:<7} {valid} {title:<60} {title}\r").unwrap();
    };
    line("Q99", 0, "Invented disorders");
    for child in 0..children {
        line(&format!("Q99{child:04}"), 1, &format!("Invented disorder, kind {child}"));
    }
    line("Q98", 1, "Another thing");
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn import(place: &Place, publication: &str, path: &Path) -> Value {
    place.json(&["terminology", "import", publication, path.to_str().unwrap(), "--json"])
}

async fn asked(server: &Server, token: &str, path: &str) -> Value {
    let answer = server.get(token, path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

fn value<'v>(parameters: &'v Value, name: &str) -> &'v Value {
    let rows = parameters["parameter"].as_array().unwrap();
    let row = rows.iter().find(|row| row["name"] == name).unwrap_or(&Value::Null);
    row.as_object()
        .and_then(|row| row.iter().find(|(key, _)| key.starts_with("value")))
        .map_or(&Value::Null, |(_, v)| v)
}

#[tokio::test]
async fn a_release_is_loaded_asked_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new();
    place.add_user("feed", "integration");
    let token = place.token("feed");
    let first = import(&place, "icd-10-cm", &order_file(folder.path(), "icd10cm_order_2026.txt", 2_500));
    assert_eq!((&first["version"], &first["concepts"]), (&json!("2026"), &json!(2_502)));
    let server = place.serve();

    let lookup = format!("/fhir/CodeSystem/$lookup?system={ICD}&code=Q99.0007");
    assert_eq!(value(&asked(&server, &token, &lookup).await, "display"), "Invented disorder, kind 7");
    let subsumes = format!("/fhir/CodeSystem/$subsumes?system={ICD}&codeA=Q99&codeB=Q99.2499");
    assert_eq!(value(&asked(&server, &token, &subsumes).await, "outcome"), "subsumes");
    let set = json!({ "resourceType": "ValueSet", "id": "invented", "url": "urn:invented", "status": "active",
        "compose": { "include": [{ "system": ICD, "filter": [{ "property": "concept", "op": "is-a", "value": "Q99" }] }] } });
    let put = server.call(&token, http::Method::PUT, "/fhir/ValueSet/invented", &set).await;
    assert_eq!(put.status, StatusCode::CREATED);
    let page =
        asked(&server, &token, "/fhir/ValueSet/invented/$expand?filter=kind%2024&count=3&offset=1").await;
    assert_eq!(page["expansion"]["total"], 111, "24, 240 to 249 and 2400 to 2499");
    assert_eq!(page["expansion"]["contains"].as_array().unwrap().len(), 3);
    let all = server.get(&token, "/fhir/ValueSet/invented/$expand").await;
    assert_eq!(all.status, StatusCode::OK, "2,501 codes are fewer than an expansion may have");
    let holds = format!("/fhir/ValueSet/invented/$validate-code?system={ICD}&code=");
    assert_eq!(value(&asked(&server, &token, &format!("{holds}Q99.0001")).await, "result"), true);
    assert_eq!(value(&asked(&server, &token, &format!("{holds}Q98")).await, "result"), false);

    // The newer release has fewer codes; the server answers from it without being told.
    import(&place, "icd-10-cm", &order_file(folder.path(), "icd10cm_order_2027.txt", 3));
    let gone = server.get(&token, &lookup).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let now = asked(&server, &token, &format!("/fhir/CodeSystem/$lookup?system={ICD}&code=Q99.0002")).await;
    assert_eq!(value(&now, "version"), "2027");
    let system = asked(&server, &token, "/fhir/CodeSystem/icd-10-cm").await;
    assert_eq!((&system["content"], &system["count"]), (&json!("not-present"), &json!(5)));
    let listed = place.json(&["terminology", "list", "--json"]);
    assert_eq!(listed[0]["version"], "2027", "{listed}");

    // What cannot be read changes nothing.
    let wrong = folder.path().join("icd10cm_order_2028.txt");
    std::fs::write(&wrong, "this is no order file\n").unwrap();
    let refused = place.run(&["terminology", "import", "icd-10-cm", wrong.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("line 1"), "{refused:?}");
    assert_eq!(place.json(&["terminology", "list", "--json"]), listed);
}

#[tokio::test]
async fn an_archive_is_a_release_and_urls_imply_value_sets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Loinc_9.99.zip");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    for (name, text) in [
        (
            "Loinc_9.99/LoincTable/Loinc.csv",
            "LOINC_NUM,COMPONENT,STATUS,SHORTNAME,LONG_COMMON_NAME\n90001-1,Made up,ACTIVE,Made,Made up measure\n",
        ),
        (
            "Loinc_9.99/AccessoryFiles/AnswerFile/AnswerList.csv",
            "AnswerListId,AnswerStringId,DisplayText\nLL9-1,LA1-1,Yes\nLL9-1,LA2-2,No\nLL8-1,LA3-3,Maybe\n",
        ),
    ] {
        archive.start_file(name, options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    let place = Place::new();
    place.add_user("feed", "integration");
    let token = place.token("feed");
    assert_eq!(import(&place, "loinc", &path)["version"], "9.99");
    let server = place.serve();
    let answers = asked(&server, &token, "/fhir/ValueSet/$expand?url=http://loinc.org/vs/LL9-1").await;
    let codes: Vec<&str> = answers["expansion"]["contains"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["code"].as_str())
        .collect();
    assert_eq!(codes, ["LA1-1", "LA2-2"]);
    let all = "/fhir/ValueSet/$validate-code?url=http://loinc.org/vs&system=http://loinc.org&code=90001-1";
    assert_eq!(value(&asked(&server, &token, all).await, "display"), "Made up measure");
}
