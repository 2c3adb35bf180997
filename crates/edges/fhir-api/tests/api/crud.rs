//! Create, read, update, delete, versions, history, conditions.

use crate::ward::{Ward, patient};
use serde_json::json;

#[tokio::test]
async fn a_resource_lives_and_dies() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let made = client.post("/Patient", &patient("Chalmers", "Peter", "1974-12-25")).await.expect(201);
    assert_eq!(made.header("etag"), "W/\"1\"");
    assert_eq!(made.header("content-type"), "application/fhir+json");
    let json = made.json();
    let id = json["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), format!("http://galen.test/fhir/Patient/{id}/_history/1"));
    assert_eq!(json["meta"]["versionId"], "1");

    let path = format!("/Patient/{id}");
    let read = client.get(&path).await.expect(200);
    assert_eq!(read.json(), json);
    assert_eq!(read.header("last-modified"), "Mon, 21 Sep 2026 14:13:20 GMT");
    let head = client.send("HEAD", &path, "").await.expect(200);
    assert!(head.bytes.is_empty());
    assert_eq!(head.header("etag"), "W/\"1\"");

    ward.pass_seconds(10);
    let mut changed = json.clone();
    changed["gender"] = "male".into();
    let updated = client.put(&path, &changed).await.expect(200);
    assert_eq!(updated.json()["meta"]["versionId"], "2");
    assert_eq!(client.get(&format!("{path}/_history/1")).await.expect(200).json(), json);
    assert_eq!(client.get(&format!("{path}/_history/2")).await.expect(200).json()["gender"], "male");
    client.get(&format!("{path}/_history/3")).await.expect(404);
    client.get(&format!("{path}/_history/x")).await.expect(404);

    client.delete(&path).await.expect(204);
    let gone = client.get(&path).await.expect(410);
    assert_eq!(gone.header("location"), format!("http://galen.test/fhir/Patient/{id}/_history/3"));
    assert_eq!(gone.header("etag"), "W/\"3\"");
    client.get(&format!("{path}/_history/3")).await.expect(410);
    client.delete(&path).await.expect(204);
    let history = client.get(&format!("{path}/_history")).await.expect(200).json();
    let methods: Vec<&str> = history["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["request"]["method"].as_str().unwrap())
        .collect();
    assert_eq!(methods, ["DELETE", "PUT", "POST"]);
    assert_eq!(history["type"], "history");

    let back = client.put(&path, &changed).await.expect(201);
    assert_eq!(back.json()["meta"]["versionId"], "4");
    client.get(&path).await.expect(200);
    client.get("/Patient/nobody").await.expect(404);
    client.get("/Patient/nobody/_history").await.expect(404);
    // Deleting is idempotent: what is not there is as it should be.
    client.delete("/Patient/nobody").await.expect(204);
}

#[tokio::test]
async fn history_pages() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    for n in 0..7 {
        let body = json!({ "resourceType": "Basic", "id": "b", "code": { "text": n.to_string() } });
        client.put("/Basic/b", &body).await;
    }
    let mut path = "/Basic/b/_history?_count=3".to_owned();
    let mut versions = Vec::new();
    loop {
        let page = client.get(&path).await.expect(200);
        for entry in page.json()["entry"].as_array().unwrap() {
            versions.push(entry["resource"]["meta"]["versionId"].as_str().unwrap().to_owned());
        }
        match page.link("next") {
            Some(next) => path = next,
            None => break,
        }
    }
    assert_eq!(versions, ["7", "6", "5", "4", "3", "2", "1"]);
}

#[tokio::test]
async fn reads_can_be_conditional() {
    let ward = Ward::new().await;
    let id = ward.as_user("fhir").create(&patient("A", "B", "2000-01-01")).await;
    let path = format!("/Patient/{id}");
    let client = || ward.as_user("fhir");
    let same = client().with("if-none-match", "W/\"1\"").get(&path).await.expect(304);
    assert!(same.bytes.is_empty());
    assert_eq!(same.header("etag"), "W/\"1\"");
    client().with("if-none-match", "W/\"2\"").get(&path).await.expect(200);
    client().with("if-modified-since", "Mon, 21 Sep 2026 14:13:20 GMT").get(&path).await.expect(304);
    client().with("if-modified-since", "Mon, 21 Sep 2026 14:13:19 GMT").get(&path).await.expect(200);
    client().with("if-modified-since", "yesterday").get(&path).await.expect(200);
}

#[tokio::test]
async fn updates_can_be_guarded_by_a_version() {
    let ward = Ward::new().await;
    let id = ward.as_user("fhir").create(&patient("A", "B", "2000-01-01")).await;
    let path = format!("/Patient/{id}");
    let mut body = patient("A", "C", "2000-01-01");
    body["id"] = id.as_str().into();
    let stale = ward.as_user("fhir").with("if-match", "W/\"9\"").put(&path, &body).await.expect(412);
    assert_eq!(stale.issue().0, "If-Match");
    ward.as_user("fhir").with("if-match", "nonsense").put(&path, &body).await.expect(412);
    ward.as_user("fhir").with("if-match", "W/\"1\"").put(&path, &body).await.expect(200);
    ward.as_user("fhir").with("if-match", "W/\"1\"").put(&path, &body).await.expect(412);
    ward.as_user("fhir").with("if-match", "W/\"1\"").delete(&path).await.expect(412);
    ward.as_user("fhir").with("if-match", "W/\"2\"").delete(&path).await.expect(204);
    body["id"] = "new".into();
    ward.as_user("fhir").with("if-match", "W/\"1\"").put("/Patient/new", &body).await.expect(412);
    ward.as_user("fhir").get("/Patient/new").await.expect(404);
}

#[tokio::test]
async fn many_writers_of_one_resource_all_get_through_or_are_told() {
    let ward = Ward::new().await;
    let body = json!({ "resourceType": "Basic", "id": "b", "code": { "text": "x" } });
    ward.as_user("fhir").put("/Basic/b", &body).await.expect(201);
    let client = ward.as_user("fhir");
    let work = (0..12).map(|_| client.put("/Basic/b", &body));
    let replies = futures_util::future::join_all(work).await;
    let done = replies.iter().filter(|r| r.status == 200).count();
    assert!(replies.iter().all(|r| r.status == 200 || r.status == 409));
    let version =
        client.get("/Basic/b").await.json()["meta"]["versionId"].as_str().unwrap().parse::<usize>().unwrap();
    assert_eq!(version, done + 1);
}

#[tokio::test]
async fn preferences_shape_the_answer() {
    let ward = Ward::new().await;
    let body = patient("A", "B", "2000-01-01");
    let minimal =
        ward.as_user("fhir").with("prefer", "return=minimal").post("/Patient", &body).await.expect(201);
    assert!(minimal.bytes.is_empty());
    assert!(minimal.header("location").contains("/Patient/"));
    let outcome = ward
        .as_user("fhir")
        .with("prefer", "return=OperationOutcome")
        .post("/Patient", &body)
        .await
        .expect(201);
    assert_eq!(outcome.json()["resourceType"], "OperationOutcome");
    let full = ward
        .as_user("fhir")
        .with("prefer", "return=representation")
        .post("/Patient", &body)
        .await
        .expect(201);
    assert_eq!(full.json()["resourceType"], "Patient");
    let id = full.json()["id"].as_str().unwrap().to_owned();
    let pretty = ward.as_user("fhir").get(&format!("/Patient/{id}?_pretty=true")).await.expect(200);
    assert!(pretty.text().contains("\n  \""));
    assert_eq!(pretty.json(), full.json());
}

#[tokio::test]
async fn creates_can_be_conditional() {
    let ward = Ward::new().await;
    let body = patient("A", "B", "2000-01-01");
    let client = || ward.as_user("fhir").with("if-none-exist", "identifier=urn:test:mrn|A-B");
    let first = client().post("/Patient", &body).await.expect(201).json();
    let second = client().post("/Patient", &body).await.expect(200).json();
    assert_eq!(first, second);
    ward.as_user("fhir").create(&body).await;
    client().post("/Patient", &body).await.expect(412);
    ward.as_user("fhir").with("if-none-exist", "nope=1").post("/Patient", &body).await.expect(400);
    ward.as_user("fhir").with("if-none-exist", "_count=1").post("/Patient", &body).await.expect(412);
}

#[tokio::test]
async fn conditional_creates_at_once_make_one() {
    let ward = Ward::new().await;
    let body = patient("Once", "Only", "2000-01-01");
    let client = ward.as_user("fhir").with("if-none-exist", "identifier=urn:test:mrn|Once-Only");
    let replies = futures_util::future::join_all((0..8).map(|_| client.post("/Patient", &body))).await;
    assert_eq!(replies.iter().filter(|r| r.status == 201).count(), 1);
    assert!(replies.iter().all(|r| r.status.is_success()), "{replies:?}");
    assert_eq!(ward.as_user("fhir").get("/Patient?identifier=urn:test:mrn|Once-Only").await.ids().len(), 1);
    // Deleted at once, it can be made again at once: the claim of the first does not stand in the way.
    let id = replies[0].json()["id"].as_str().unwrap().to_owned();
    ward.as_user("fhir").delete(&format!("/Patient/{id}")).await.expect(204);
    client.post("/Patient", &body).await.expect(201);
}

#[tokio::test]
async fn updates_and_deletes_can_be_conditional() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let path = "/Patient?identifier=urn:test:mrn|A-B";
    let mut body = patient("A", "B", "2000-01-01");
    let made = client.put(path, &body).await.expect(201).json();
    let again = client.put(path, &body).await.expect(200).json();
    assert_eq!(made["id"], again["id"]);
    assert_eq!(again["meta"]["versionId"], "2");
    body["id"] = "another".into();
    let mismatch = client.put(path, &body).await.expect(400);
    assert_eq!(mismatch.issue().0, "Patient.id");
    let mut named = patient("C", "D", "2000-01-01");
    named["id"] = "named".into();
    client.put("/Patient?identifier=urn:test:mrn|C-D", &named).await.expect(201);
    client.get("/Patient/named").await.expect(200);
    client.put("/Patient?gender=female", &patient("A", "B", "2000-01-01")).await.expect(412);
    client.delete("/Patient?gender=female").await.expect(412);
    client.delete("/Patient").await.expect(412);
    client.delete(path).await.expect(204);
    client.delete(path).await.expect(204);
    named["name"][0]["family"] = "Taken".into();
    let taken = client.put("/Patient?identifier=urn:test:mrn|nobody", &named).await.expect(409);
    assert_eq!(taken.issue().0, "Patient.id");
}

#[tokio::test]
async fn the_capability_statement_is_public_and_valid() {
    let ward = Ward::new().await;
    let reply = ward.nobody().get("/metadata").await.expect(200);
    let json = galen_fhir::json::parse(&reply.bytes).unwrap();
    assert_eq!(json.str("fhirVersion"), Some("4.0.1"));
    let issues = galen_fhir::validate::validate_json(&json);
    assert!(issues.iter().all(|i| !i.is_error()), "{issues:?}");
    let types = json.list("rest").next().unwrap().list("resource").count();
    assert_eq!(types, 146);
    ward.nobody().get("/metadata?_format=xml").await.expect(406);
    ward.nobody().get("/Patient").await.expect(401);
}
