//! PATCH: by id and by condition, guarded, refused with its place, past the same rules as an update.

use crate::sight::{Scene, scene};
use crate::ward::{Ward, patient};
use serde_json::json;

const JSON_PATCH: &str = "application/json-patch+json";

#[tokio::test]
async fn a_patch_makes_the_next_version() {
    let ward = Ward::new().await;
    let id = ward.as_user("fhir").create(&patient("A", "B", "2000-01-01")).await;
    let path = format!("/Patient/{id}");
    let client = || ward.as_user("fhir").with("content-type", JSON_PATCH);
    let patch = json!([
        { "op": "test", "path": "/birthDate", "value": "2000-01-01" },
        { "op": "replace", "path": "/name/0/family", "value": "Oak" },
        { "op": "add", "path": "/name/0/given/-", "value": "Cat" },
        { "op": "remove", "path": "/gender" }
    ]);
    let done = client().send("PATCH", &path, patch.to_string()).await.expect(200);
    assert_eq!(done.header("etag"), "W/\"2\"");
    let json = done.json();
    assert_eq!((&json["name"][0]["given"][1], json["gender"].is_null()), (&"Cat".into(), true));
    assert_eq!(ward.as_user("fhir").get(&path).await.json(), json);
    // Plain JSON says by its shape what it is.
    let plain = ward.as_user("fhir").with("content-type", "application/json");
    plain
        .send("PATCH", &path, json!([{ "op": "add", "path": "/active", "value": true }]).to_string())
        .await
        .expect(200);
    let guarded = client().with("if-match", "W/\"1\"");
    guarded.send("PATCH", &path, "[]").await.expect(412);
    client()
        .with("if-match", "W/\"3\"")
        .with("prefer", "return=minimal")
        .send("PATCH", &path, "[]")
        .await
        .expect(200);
}

#[tokio::test]
async fn a_patch_can_be_conditional() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir").with("content-type", JSON_PATCH);
    let patch = json!([{ "op": "add", "path": "/active", "value": true }]).to_string();
    client.send("PATCH", "/Patient?family=oak", patch.as_str()).await.expect(404);
    ward.as_user("fhir").create(&patient("Oak", "A", "2000-01-01")).await;
    client.send("PATCH", "/Patient?family=oak", patch.as_str()).await.expect(200);
    ward.as_user("fhir").create(&patient("Oak", "B", "2000-01-01")).await;
    client.send("PATCH", "/Patient?family=oak", patch.as_str()).await.expect(412);
    client.send("PATCH", "/Patient", patch.as_str()).await.expect(412);
    client.send("PATCH", "/Patient?nonsense=1", patch.as_str()).await.expect(400);
}

#[tokio::test]
async fn what_does_not_fit_changes_nothing() {
    let ward = Ward::new().await;
    let id = ward.as_user("fhir").create(&patient("A", "B", "2000-01-01")).await;
    let path = format!("/Patient/{id}");
    let client = || ward.as_user("fhir").with("content-type", JSON_PATCH);
    for (patch, status, place) in [
        (json!([{ "op": "test", "path": "/gender", "value": "male" }]), 422, "patch[0].value"),
        (json!([{ "op": "remove", "path": "/photo/0" }]), 422, "patch[0].path"),
        (json!([{ "op": "replace", "path": "/id", "value": "b" }]), 422, "Patient.id"),
        (json!([{ "op": "replace", "path": "/resourceType", "value": "Group" }]), 422, "resourceType"),
        (json!([{ "op": "add", "path": "/meta/versionId", "value": "7" }]), 422, "Patient.meta.versionId"),
        (json!([{ "op": "replace", "path": "/birthDate", "value": "20000101" }]), 422, "Patient.birthDate"),
        (json!([{ "op": "add", "path": "/nonsense", "value": 1 }]), 422, "Patient.nonsense"),
        (json!([{ "op": "frob", "path": "/active" }]), 400, "patch[0].op"),
        (json!({ "op": "add" }), 400, "patch"),
    ] {
        let refused = client().send("PATCH", &path, patch.to_string()).await.expect(status);
        assert_eq!(refused.issue().0, place, "{patch}");
    }
    client().send("PATCH", &path, "{").await.expect(400);
    ward.as_user("fhir")
        .with("content-type", "application/xml-patch+xml")
        .send("PATCH", &path, "<diff/>")
        .await
        .expect(415);
    client().send("PATCH", "/Patient/nobody", "[]").await.expect(404);
    assert_eq!(ward.as_user("fhir").get(&path).await.json()["meta"]["versionId"], "1");
    ward.as_user("fhir").delete(&path).await.expect(204);
    client().send("PATCH", &path, "[]").await.expect(410);
}

#[tokio::test]
async fn patches_are_under_the_policies_of_updates() {
    let Scene { ward, open, sealed, secret } = scene().await;
    let patch = json!([{ "op": "remove", "path": "/meta/security" }]).to_string();
    let label = json!([{ "op": "add", "path": "/meta/security", "value":
        [{ "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V" }] }])
    .to_string();
    for (who, path, patch) in [
        ("doctor", format!("/Observation/{secret}"), &patch),
        ("fhir", format!("/Observation/{secret}"), &patch),
        ("fhir", format!("/Patient/{sealed}"), &patch),
        ("fhir", format!("/Patient/{open}"), &label),
        ("support", format!("/Patient/{open}"), &patch),
        ("doctor", format!("/Patient/{open}"), &patch),
    ] {
        let (reply, entries) = ward
            .entries_of(async {
                ward.as_user(who).with("content-type", JSON_PATCH).send("PATCH", &path, patch.as_str()).await
            })
            .await;
        reply.expect(403);
        assert_eq!((entries.len(), entries[0].audit.operation.as_str()), (1, "patch"), "{who}");
    }
}

#[tokio::test]
async fn a_fhirpath_patch_changes_what_its_expressions_select() {
    let ward = Ward::new().await;
    let id = ward.as_user("fhir").create(&patient("A", "B", "2000-01-01")).await;
    let path = format!("/Patient/{id}");
    let operation = |kind: &str, path: &str, more: Vec<serde_json::Value>| {
        let mut part = vec![
            json!({ "name": "type", "valueCode": kind }),
            json!({ "name": "path", "valueString": path }),
        ];
        part.extend(more);
        json!({ "name": "operation", "part": part })
    };
    let patch = |operations: Vec<serde_json::Value>| {
        json!({ "resourceType": "Parameters", "parameter": operations }).to_string()
    };
    let value = |member: &str, value: &str| json!({ "name": "value", member: value });
    let named = |name: &str| json!({ "name": "name", "valueString": name });
    let client = ward.as_user("fhir").with("content-type", "application/fhir+json");
    let sent = patch(vec![
        operation("replace", "Patient.name.where(family = 'A').family", vec![value("valueString", "Oak")]),
        operation(
            "add",
            "Patient",
            vec![named("deceased"), json!({ "name": "value", "valueBoolean": true })],
        ),
        operation("delete", "Patient.gender", vec![]),
        operation("delete", "Patient.photo", vec![]),
        operation(
            "insert",
            "Patient.name.given",
            vec![json!({ "name": "index", "valueInteger": 0 }), value("valueString", "Ann")],
        ),
    ]);
    let done = client.send("PATCH", &path, sent).await.expect(200).json();
    assert_eq!(
        (&done["name"][0]["family"], &done["name"][0]["given"]),
        (&"Oak".into(), &json!(["Ann", "B"]))
    );
    assert_eq!((&done["deceasedBoolean"], done["gender"].is_null()), (&true.into(), true));
    for (operation, status) in [
        (operation("replace", "Patient.photo", vec![value("valueString", "x")]), 422),
        (operation("delete", "Patient.name.given", vec![]), 422),
        (operation("replace", "Patient.id", vec![value("valueId", "other")]), 422),
        (operation("replace", "Patient.name.count()", vec![value("valueString", "x")]), 400),
        (operation("delete", "Patient.(", vec![]), 400),
    ] {
        let refused = client.send("PATCH", &path, patch(vec![operation.clone()])).await.expect(status);
        assert!(!refused.issue().0.is_empty(), "{operation}");
    }
    assert_eq!(ward.as_user("fhir").get(&path).await.json()["meta"]["versionId"], "2");
}
