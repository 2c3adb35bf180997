//! Two hospitals exchange records: one pulls from the other as a registered program, again after a change, pushes its own
//! back, and overwrites nothing that changed there.

use crate::harness::{Place, Server};
use http::{Method, StatusCode};
use serde_json::{Value, json};

/// A hospital that others pull from: two patients, an observation of the first.
async fn there() -> (Place, Server, String) {
    let place = Place::new();
    place.add_user("feed", "integration");
    let token = place.token("feed");
    let server = place.serve();
    for (id, family) in [("ada", "Travelled"), ("ben", "Stayed")] {
        let patient = json!({ "resourceType": "Patient", "id": id, "name": [{ "family": family }], "birthDate": "1980-01-01" });
        assert_eq!(put(&server, &token, &patient).await, StatusCode::CREATED);
    }
    let observation = json!({ "resourceType": "Observation", "id": "weight", "status": "final", "code": { "text": "Weight" },
        "subject": { "reference": "Patient/ada" }, "valueQuantity": { "value": 61.50, "unit": "kg" } });
    assert_eq!(put(&server, &token, &observation).await, StatusCode::CREATED);
    (place, server, token)
}

async fn put(server: &Server, token: &str, resource: &Value) -> StatusCode {
    let (kind, id) = (resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap());
    server.call(token, Method::PUT, &format!("/fhir/{kind}/{id}"), resource).await.status
}

async fn get(server: &Server, token: &str, path: &str) -> Value {
    let answer = server.get(token, path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

fn found(bundle: &Value) -> Vec<&Value> {
    bundle["entry"].as_array().map(|all| all.iter().map(|one| &one["resource"]).collect()).unwrap_or_default()
}

/// What an exchange came to: created, updated, unchanged, returned, refused.
fn counts(report: &Value) -> [u64; 5] {
    ["created", "updated", "unchanged", "returned", "refusals"].map(|name| report[name].as_u64().unwrap())
}

#[tokio::test]
async fn records_travel_both_ways_and_nothing_is_overwritten() {
    let (their_place, theirs, their_token) = there().await;
    let base = format!("{}/fhir", theirs.origin);

    // Our side may call that server, makes a key, and is registered there with it.
    let place = Place::new();
    let allowed = format!("[outbound]\nallowed = [\"{}\"]\n", theirs.address());
    std::fs::write(place.path().join("galen.toml"), allowed).unwrap();
    place.add_user("feed", "integration");
    let token = place.token("feed");
    place.json(&["exchange", "add", "mercy", "--url", &base, "--json"]);
    let keys = place.run(&["exchange", "keys", "mercy"]);
    assert!(keys.status.success(), "{keys:?}");
    let file = their_place.path().join("keys.json");
    std::fs::write(&file, &keys.stdout).unwrap();
    let pull = ["exchange", "pull", "mercy", "--type", "Patient", "--type", "Observation", "--json"];
    let stranger = place.run(&pull);
    assert_eq!(stranger.status.code(), Some(1), "nobody is let in unregistered: {stranger:?}");
    let scopes = "system/Patient.cruds system/Observation.cruds";
    let client = their_place.json(&[
        "client",
        "add",
        "--name",
        "Neighbour",
        "--jwks",
        file.to_str().unwrap(),
        "--user",
        "feed",
        "--scopes",
        scopes,
        "--json",
    ]);
    let client = client["clientId"].as_str().unwrap();
    place.json(&[
        "exchange",
        "add",
        "mercy",
        "--url",
        &base,
        "--client-id",
        client,
        "--scopes",
        scopes,
        "--json",
    ]);

    // All of it comes, once; then what changed.
    assert_eq!(counts(&place.json(&pull)), [3, 0, 0, 0, 0]);
    let again = counts(&place.json(&pull));
    assert_eq!((again[0], again[1]), (0, 0), "{again:?}");
    let ben = json!({ "resourceType": "Patient", "id": "ben", "name": [{ "family": "Moved" }], "birthDate": "1980-01-01" });
    assert_eq!(put(&theirs, &their_token, &ben).await, StatusCode::OK);
    let changed = counts(&place.json(&pull));
    assert_eq!((changed[0], changed[1]), (0, 1), "{changed:?}");

    let ours = place.serve();
    let patients = get(&ours, &token, "/fhir/Patient?family=travelled,moved&_sort=family").await;
    let patients = found(&patients);
    assert_eq!(patients.len(), 2, "{patients:?}");
    let ada = patients[1]["id"].as_str().unwrap();
    assert_ne!(ada, "ada", "the id of another hospital is not ours");
    let source = patients[1]["meta"]["source"].as_str().unwrap();
    assert!(source.starts_with(&format!("{base}/Patient/ada")), "{source}");
    let results = get(&ours, &token, &format!("/fhir/Observation?patient={ada}")).await;
    let results = found(&results);
    assert_eq!(results.len(), 1, "references lead to what lies here");
    let results = results[0].to_string();
    assert!(results.contains("61.50") || results.contains("61.5"), "{results}");
    let told = get(&ours, &token, &format!("/fhir/Provenance?target=Patient/{ada}")).await;
    let told = found(&told);
    assert_eq!(told.len(), 1);
    let what = told[0]["entity"].to_string();
    assert!(what.contains(&format!("{base}/Patient/ada/_history/1")), "{what}");

    // Ours goes there once, is changed there, and stays as they changed it. Theirs is not sent back to them.
    let local = json!({ "resourceType": "Patient", "id": "cleo", "name": [{ "family": "Local" }], "birthDate": "1990-02-03" });
    assert_eq!(put(&ours, &token, &local).await, StatusCode::CREATED);
    let push = ["exchange", "push", "mercy", "--type", "Patient", "--json"];
    let sent = counts(&place.json(&push));
    assert_eq!((sent[0], sent[3], sent[4]), (1, 2, 0), "{sent:?}");
    let there = get(&theirs, &their_token, "/fhir/Patient?family=local").await;
    let mut copy = found(&there)[0].clone();
    assert_eq!(counts(&place.json(&push))[..3], [0, 0, 1]);
    let back = counts(&place.json(&pull));
    assert_eq!((back[0], back[1]), (0, 0), "what we brought there is not another's: {back:?}");
    copy["name"][0]["family"] = "Corrected".into();
    assert_eq!(put(&theirs, &their_token, &copy).await, StatusCode::OK);
    let local = json!({ "resourceType": "Patient", "id": "cleo", "name": [{ "family": "Localised" }], "birthDate": "1990-02-03" });
    assert_eq!(put(&ours, &token, &local).await, StatusCode::OK);
    let refused = place.run(&push);
    assert_eq!(refused.status.code(), Some(3), "{refused:?}");
    let report: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(
        (&report["refused"][0]["code"], &report["refused"][0]["resource"]),
        (&json!("conflict"), &json!("Patient/cleo"))
    );
    let kept = get(&theirs, &their_token, "/fhir/Patient?family=corrected").await;
    assert_eq!(found(&kept).len(), 1);
}

#[tokio::test]
async fn servers_that_nobody_allowed_are_not_called() {
    let (_place, theirs, _) = there().await;
    let place = Place::new();
    let refused = place.run(&["exchange", "add", "inside", "--url", &format!("{}/fhir", theirs.origin)]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("outbound.allowed"), "{refused:?}");
}
