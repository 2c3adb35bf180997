//! Exchange between two hospitals, each a Galen of its own: what one pulls, pulls again, and pushes.

use crate::harness::{Place, Server};
use http::{Method, StatusCode};
use serde_json::{Value, json};

/// Two places; the first knows the second as the partner `mercy`.
struct Two {
    here: Place,
    token: String,
    there: Server,
    their_token: String,
    _their_place: Place,
}

impl Two {
    fn new() -> Self {
        let (here, their_place) = (Place::new(), Place::new());
        here.add_user("feed", "integration");
        their_place.add_user("feed", "integration");
        their_place.add_user("visitor", "integration");
        let (token, their_token) = (here.token("feed"), their_place.token("feed"));
        let there = their_place.serve();
        let rules = format!("[outbound]\nallowed = [\"{}\"]\n", there.address());
        std::fs::write(here.path().join("galen.toml"), rules).unwrap();
        let url = format!("{}/fhir", there.origin);
        here.json(&["exchange", "add", "mercy", "--url", &url, "--json"]);
        // The key is made before there is a client id, so that it can be registered.
        let keys = here.path().join("keys.json");
        let printed = here.run(&["exchange", "keys", "mercy"]);
        assert!(printed.status.success(), "{printed:?}");
        std::fs::write(&keys, &printed.stdout).unwrap();
        let keys = keys.to_str().unwrap();
        let scopes = "system/*.cruds";
        let client = their_place.json(&[
            "client", "add", "--name", "Galen", "--jwks", keys, "--user", "visitor", "--scopes", scopes,
            "--json",
        ]);
        let id = client["clientId"].as_str().unwrap();
        let add =
            ["exchange", "add", "mercy", "--url", &url, "--client-id", id, "--scopes", scopes, "--json"];
        let added = here.json(&add);
        assert_eq!(added[0]["clientId"], id);
        let kept: Value = serde_json::from_slice(&printed.stdout).unwrap();
        assert_eq!(added[0]["key"], kept["keys"][0]["kid"], "the key stays");
        Self { here, token, there, their_token, _their_place: their_place }
    }

    /// Puts something there.
    async fn put(&self, body: &Value) -> Value {
        put(&self.there, &self.their_token, body).await
    }

    /// What is there.
    async fn theirs(&self, path: &str) -> Value {
        let found = self.there.get(&self.their_token, &format!("/fhir/{path}")).await;
        assert_eq!(found.status, StatusCode::OK, "{path}");
        found.json()
    }

    /// Runs an exchange; its exit code and report.
    fn exchange(&self, arguments: &[&str]) -> (i32, Value) {
        let mut all = vec!["exchange"];
        all.extend(arguments);
        all.push("--json");
        let output = self.here.run(&all);
        let report = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)));
        (output.status.code().unwrap(), report)
    }

    fn base(&self) -> String {
        format!("{}/fhir", self.there.origin)
    }
}

async fn put(server: &Server, token: &str, body: &Value) -> Value {
    put_text(server, token, body, &body.to_string()).await
}

/// Puts a text, which may write a decimal as JSON libraries do not.
async fn put_text(server: &Server, token: &str, body: &Value, text: &str) -> Value {
    let path = format!("/fhir/{}/{}", body["resourceType"].as_str().unwrap(), body["id"].as_str().unwrap());
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/fhir+json")];
    let put = server.send(Method::PUT, &path, &headers, text.as_bytes()).await;
    assert!(put.status.is_success(), "{path}: {}", String::from_utf8_lossy(&put.body));
    put.json()
}

/// Puts an observation whose value is 61.50: its digits say how exactly it was measured.
async fn put_exact(server: &Server, token: &str, id: &str, patient: &str) {
    let body = observation(id, patient, 12345);
    put_text(server, token, &body, &body.to_string().replace("12345", "61.50")).await;
}

/// The observations of a patient, as they are written.
async fn text_of(server: &Server, token: &str, patient: &str) -> String {
    let answer = server.get(token, &format!("/fhir/Observation?subject={patient}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    String::from_utf8(answer.body).unwrap()
}

fn patient(id: &str, family: &str) -> Value {
    json!({ "resourceType": "Patient", "id": id, "birthDate": "1970-01-01",
        "name": [{ "family": family, "given": ["Test"] }] })
}

fn observation(id: &str, patient: &str, value: i64) -> Value {
    json!({ "resourceType": "Observation", "id": id, "status": "final", "code": { "text": "pulse" },
        "subject": { "reference": patient }, "valueQuantity": { "value": value, "unit": "/min" } })
}

fn counts(report: &Value) -> [u64; 5] {
    ["created", "updated", "unchanged", "returned", "refusals"].map(|name| report[name].as_u64().unwrap())
}

/// The matches of a search.
async fn found(server: &Server, token: &str, query: &str) -> Vec<Value> {
    let answer = server.get(token, &format!("/fhir/{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {}", String::from_utf8_lossy(&answer.body));
    let rows = answer.json()["entry"].as_array().cloned().unwrap_or_default();
    rows.into_iter().map(|row| row["resource"].clone()).collect()
}

const BOTH: [&str; 6] = ["pull", "mercy", "--type", "Observation", "--type", "Patient"];

#[tokio::test]
async fn what_is_pulled_lies_here_once_with_its_provenance() {
    let two = Two::new();
    for n in 0..120 {
        two.put(&patient(&format!("p{n}"), &format!("Family{n}"))).await;
    }
    two.put(&observation("o1", "Patient/p1", 60)).await;
    put_exact(&two.there, &two.their_token, "o2", "Patient/p2").await;
    let mut lost = observation("o3", "Patient/p1", 80);
    lost["performer"] = json!([{ "reference": "Practitioner/not-pulled" }]);
    two.put(&lost).await;
    let (code, report) = two.exchange(&BOTH);
    assert_eq!((code, counts(&report)), (0, [123, 0, 0, 0, 0]), "{report}");
    assert!(report["pages"].as_u64().unwrap() >= 3, "{report}");
    let (code, report) = two.exchange(&BOTH);
    assert_eq!((code, &counts(&report)[..2], counts(&report)[4]), (0, &[0, 0][..], 0), "{report}");
    let (_, report) = two.exchange(&[&BOTH[..], &["--whole"]].concat());
    assert_eq!(counts(&report), [0, 0, 123, 0, 0], "{report}");

    two.put(&observation("o1", "Patient/p1", 61)).await;
    let (_, report) = two.exchange(&BOTH);
    assert_eq!(&counts(&report)[..2], [0, 1], "{report}");
    let (_, report) = two.exchange(&["pull", "mercy", "--id", "Observation/o1", "--id", "Patient/p1"]);
    assert_eq!(counts(&report), [0, 0, 2, 0, 0], "{report}");
    two.put(&observation("o1", "Patient/p1", 62)).await;
    let (code, report) =
        two.exchange(&["pull", "mercy", "--id", "Observation/o1", "--id", "Observation/none"]);
    assert_eq!((code, counts(&report)), (3, [0, 1, 0, 0, 1]), "{report}");
    assert_eq!(report["refused"][0]["code"], "partner-has-not");

    let server = two.here.serve();
    let tag = "https://galen.health/CodeSystem/exchange-partner|mercy";
    let observations = found(&server, &two.token, &format!("Observation?_tag={tag}&_count=10")).await;
    assert_eq!(observations.len(), 3);
    let source = |number: u32| format!("{}/Observation/o{number}|", two.base());
    let of = |number: u32| {
        let is_it = |one: &&Value| one["meta"]["source"].as_str().unwrap().starts_with(&source(number));
        observations.iter().find(is_it).unwrap()
    };
    assert_eq!(
        (&of(1)["meta"]["source"], &of(1)["meta"]["versionId"]),
        (&json!(source(1) + "3"), &json!("3"))
    );
    assert_eq!(of(1)["valueQuantity"]["value"], 62);
    let subject = of(1)["subject"]["reference"].as_str().unwrap();
    let person = server.get(&two.token, &format!("/fhir/{subject}")).await.json();
    assert_eq!(person["name"][0]["family"], "Family1");
    assert_eq!(of(3)["subject"]["reference"], subject);
    let exact = text_of(&server, &two.token, of(2)["subject"]["reference"].as_str().unwrap()).await;
    assert!(exact.contains("\"value\":61.50,"), "{exact}");
    assert_eq!(of(3)["performer"][0]["reference"], format!("{}/Practitioner/not-pulled", two.base()));
    provenance_is_right(&two, &server, of(1), subject).await;
    audit_is_right(&server, &two).await;
}

/// One Provenance for each version of an Observation here, none of which names two patients.
async fn provenance_is_right(two: &Two, server: &Server, observation: &Value, subject: &str) {
    let local = format!("Observation/{}", observation["id"].as_str().unwrap());
    let told = found(server, &two.token, &format!("Provenance?target={local}&_count=10")).await;
    assert_eq!(told.len(), 3);
    let mut sources: Vec<&str> = Vec::new();
    for one in &told {
        assert_eq!(one["agent"][0]["type"]["coding"][0]["code"], "assembler");
        assert_eq!(one["agent"][1]["who"]["display"], "mercy");
        assert_eq!(one["target"].as_array().unwrap().len(), one["entity"].as_array().unwrap().len());
        let rows = one["entity"].as_array().unwrap();
        assert!(rows.iter().all(|row| row["role"] == "source"));
        sources.extend(rows.iter().filter_map(|row| row["what"]["reference"].as_str()));
    }
    for version in 1..=3 {
        let wanted = format!("{}/Observation/o1/_history/{version}", two.base());
        assert!(sources.contains(&wanted.as_str()), "{wanted} of {sources:?}");
    }
    let of_patient = found(server, &two.token, &format!("Provenance?target={subject}&_count=10")).await;
    assert_eq!(of_patient.len(), 1);
    assert_eq!(of_patient[0]["target"].as_array().unwrap().len(), 1, "{}", of_patient[0]);
}

/// The exchanges are in the audit by the partner's name, and nobody's name is.
async fn audit_is_right(server: &Server, two: &Two) {
    two.here.add_user("reviewer", "administrator");
    let reviewer = two.here.token("reviewer");
    let entries = found(server, &reviewer, "AuditEvent?_count=1000").await;
    let text = serde_json::to_string(&entries).unwrap();
    assert!(text.contains("exchange-pull") && text.contains("ExchangePartner/mercy"));
    assert!(!text.contains("Family1") && !text.contains("PRIVATE"));
}

#[tokio::test]
async fn what_is_pushed_is_theirs_once_and_never_written_over() {
    let two = Two::new();
    two.put(&patient("theirs", "Theirs")).await;
    let (_, report) = two.exchange(&["pull", "mercy", "--type", "Patient"]);
    assert_eq!(counts(&report), [1, 0, 0, 0, 0], "{report}");
    let server = two.here.serve();
    let pulled = found(&server, &two.token, "Patient?family=Theirs").await;
    let pulled = format!("Patient/{}", pulled[0]["id"].as_str().unwrap());
    put(&server, &two.token, &patient("ours", "Ours")).await;
    put(&server, &two.token, &observation("about-ours", "Patient/ours", 50)).await;
    put_exact(&server, &two.token, "about-theirs", &pulled).await;
    drop(server);

    let push = ["push", "mercy", "--type", "Observation", "--type", "Patient"];
    let (code, report) = two.exchange(&push);
    assert_eq!((code, counts(&report)), (0, [3, 0, 0, 1, 0]), "{report}");
    let (_, report) = two.exchange(&push);
    assert_eq!(counts(&report), [0, 0, 3, 1, 0], "{report}");
    let there = found(&two.there, &two.their_token, "Patient?family=Ours").await;
    assert_eq!(there.len(), 1);
    let ours = format!("Patient/{}", there[0]["id"].as_str().unwrap());
    let identifiers = there[0]["identifier"].as_array().unwrap();
    assert!(identifiers.iter().any(|one| one["value"] == "Patient/ours"), "{identifiers:?}");
    let about = found(&two.there, &two.their_token, &format!("Observation?subject={ours}")).await;
    assert_eq!((about.len(), &about[0]["valueQuantity"]["value"]), (1, &json!(50)));
    let exact = text_of(&two.there, &two.their_token, "Patient/theirs").await;
    assert!(exact.contains("\"value\":61.50,"), "{exact}");

    // What we brought there does not come back as another's; what is written about it there comes to what is ours.
    two.put(&observation("reply", &ours, 52)).await;
    let (_, report) =
        two.exchange(&["pull", "mercy", "--type", "Patient", "--type", "Observation", "--whole"]);
    assert_eq!(counts(&report), [1, 0, 1, 3, 0], "{report}");
    let server = two.here.serve();
    let replies = found(&server, &two.token, "Observation?subject=Patient/ours&_count=10").await;
    assert!(replies.iter().any(|one| one["valueQuantity"]["value"] == 52), "{replies:?}");

    put(&server, &two.token, &patient("ours", "Changed")).await;
    drop(server);
    let (_, report) = two.exchange(&push);
    assert_eq!(&counts(&report)[..2], [0, 1], "{report}");
    let mut there = two.theirs(&ours).await;
    assert_eq!(there["name"][0]["family"], "Changed");

    there["name"][0]["family"] = json!("Corrected there");
    two.put(&there).await;
    let server = two.here.serve();
    put(&server, &two.token, &patient("ours", "Changed again")).await;
    drop(server);
    let (code, report) = two.exchange(&push);
    assert_eq!((code, report["refused"][0]["code"].as_str()), (3, Some("conflict")), "{report}");
    assert_eq!(report["refused"][0]["resource"], "Patient/ours");
    assert_eq!(two.theirs(&ours).await["name"][0]["family"], "Corrected there");
}

#[tokio::test]
async fn what_is_deleted_there_ends_here_unless_it_was_changed_here() {
    let two = Two::new();
    for (id, family) in [("gone", "Gone"), ("edited", "Edited"), ("stays", "Stays")] {
        two.put(&patient(id, family)).await;
    }
    let pull = ["pull", "mercy", "--type", "Patient"];
    let (_, report) = two.exchange(&pull);
    assert_eq!((counts(&report), &report["deleted"]), ([3, 0, 0, 0, 0], &json!(0)), "{report}");
    let server = two.here.serve();
    let mut edited = found(&server, &two.token, "Patient?family=Edited").await.remove(0);
    edited["gender"] = json!("other");
    put(&server, &two.token, &edited).await;
    drop(server);
    for id in ["gone", "edited"] {
        let path = format!("/fhir/Patient/{id}");
        let deleted = two.there.call(&two.their_token, Method::DELETE, &path, &Value::Null).await;
        assert!(deleted.status.is_success(), "{:?}", deleted.status);
    }
    let (code, report) = two.exchange(&pull);
    assert_eq!((code, &report["deleted"], &report["refusals"]), (3, &json!(1), &json!(1)), "{report}");
    assert_eq!(report["refused"][0]["code"], "conflict");
    assert_eq!(report["refused"][0]["resource"], "Patient/edited");
    assert_eq!(report["deletionsUntold"], json!([]), "Galen tells of deletions");
    let (_, report) = two.exchange(&pull);
    assert_eq!(report["deleted"], 0, "once: {report}");
    let server = two.here.serve();
    let mut left: Vec<String> = Vec::new();
    for one in found(&server, &two.token, "Patient?_sort=family").await {
        left.push(one["name"][0]["family"].as_str().unwrap().to_owned());
    }
    assert_eq!(left, ["Edited", "Stays"]);
}

#[tokio::test]
async fn what_could_not_be_found_again_there_is_counted_and_not_sent() {
    let two = Two::new();
    let server = two.here.serve();
    let item = |kind: &str| json!({ "type": kind, "resource": { "display": "it" } });
    let linkage =
        json!({ "resourceType": "Linkage", "id": "l", "item": [item("source"), item("alternate")] });
    put(&server, &two.token, &linkage).await;
    put(&server, &two.token, &patient("ours", "Ours")).await;
    drop(server);
    let (code, report) = two.exchange(&["push", "mercy", "--type", "Linkage", "--type", "Patient"]);
    assert_eq!((code, counts(&report)), (3, [1, 0, 0, 0, 0]), "{report}");
    let skipped = &report["skipped"];
    assert_eq!((&skipped[0]["type"], &skipped[0]["resources"]), (&json!("Linkage"), &json!(1)), "{report}");
    let told = two.here.run(&["exchange", "push", "mercy", "--type", "Linkage"]);
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(text.contains("1 Linkage not sent") && text.contains("let the partner pull it"), "{text}");
}

#[tokio::test]
async fn an_exchange_that_may_not_be_is_not() {
    let two = Two::new();
    let refused = |arguments: &[&str], said: &str| {
        let output = two.here.run(&[&["exchange"], arguments].concat());
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && text.contains(said), "{arguments:?}: {text}");
    };
    refused(&["pull", "nobody", "--type", "Patient"], "no partner 'nobody'");
    refused(&["pull", "mercy", "--type", "AuditEvent"], "not exchanged");
    refused(&["pull", "mercy", "--type", "Nonsense"], "resource types");
    refused(&["pull", "mercy", "--id", "Nonsense"], "Patient/123");
    refused(&["pull", "mercy", "--type", "Patient", "--query", "nonsense=1"], "answers 400");
    refused(&["add", "Bad Name", "--url", "https://ehr.example/fhir"], "small letters");
    // One that is within, and whom nobody allowed.
    refused(&["add", "inside", "--url", "http://127.0.0.1:9/fhir"], "of this machine");
    refused(&["add", "inside", "--url", "http://127.0.0.1:9/fhir"], "outbound.allowed");
    refused(&["add", "plain", "--url", "http://ehr.example/fhir"], "must be https");
    refused(&["add", "query", "--url", "https://ehr.example/fhir?a=b"], "without a query");
    // Another key than the one that is registered there.
    let url = two.base();
    two.here.json(&["exchange", "add", "other", "--url", &url, "--client-id", "nobody", "--json"]);
    refused(&["pull", "other", "--type", "Patient"], "invalid_client");
    let listed = two.here.json(&["exchange", "list", "--json"]);
    let names: Vec<&str> =
        listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["mercy", "other"]);
    assert!(two.here.run(&["exchange", "remove", "other"]).status.success());
    refused(&["remove", "other"], "no partner 'other'");
    two.here.json(&["exchange", "add", "other", "--url", &url, "--json"]);
    refused(&["pull", "other", "--type", "Patient"], "answers 401");
}
