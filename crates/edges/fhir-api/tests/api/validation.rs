//! `$validate` through HTTP: by type and by address, with modes, and with profiles and value sets that were uploaded.

use crate::ward::{Client, Ward, patient};
use galen_fhir::validate::Strictness;
use galen_service::strictness::FacilityStrictness;
use serde_json::{Value, json};

/// The issues of an outcome as (severity, place, what is said).
fn issues(outcome: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let all = outcome["issue"].as_array().unwrap().iter();
    all.map(|one| (text(&one["severity"]), text(&one["expression"][0]), text(&one["diagnostics"]))).collect()
}

#[track_caller]
fn says(outcome: &Value, severity: &str, place: &str, part: &str) {
    let found = issues(outcome);
    let told = found.iter().any(|one| one.0 == severity && one.1 == place && one.2.contains(part));
    assert!(told, "{severity} {place} {part}\n{found:#?}");
}

/// A profile of Patient that needs a name and a marital status of an uploaded value set; one based on it needs a birth date.
async fn uploaded(client: &Client<'_>) {
    let profile = |url: &str, base: &str, elements: Value| {
        json!({ "resourceType": "StructureDefinition", "url": url, "name": "P", "status": "active", "kind": "resource",
            "abstract": false, "type": "Patient", "derivation": "constraint", "baseDefinition": base,
            "differential": { "element": elements } })
    };
    let base = "http://hl7.org/fhir/StructureDefinition/Patient";
    let named = json!([{ "id": "Patient.name", "path": "Patient.name", "min": 1 },
        { "id": "Patient.maritalStatus", "path": "Patient.maritalStatus",
            "binding": { "strength": "required", "valueSet": "urn:vs:status" } }]);
    let born = json!([{ "id": "Patient.birthDate", "path": "Patient.birthDate", "min": 1 }]);
    client.create(&profile("http://ward/named", base, named)).await;
    client.create(&profile("http://ward/born", "http://ward/named", born)).await;
    let set = json!({ "resourceType": "ValueSet", "url": "urn:vs:status", "status": "active", "compose": { "include": [
        { "system": "urn:status", "concept": [{ "code": "wed" }] }] } });
    client.create(&set).await;
}

#[tokio::test]
async fn what_is_sent_is_looked_at() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let fine = json!({ "resourceType": "Patient", "text": { "status": "empty", "div": "<div>-</div>" }, "active": true });
    let outcome = client.post("/Patient/$validate", &fine).await.expect(200).json();
    assert!(issues(&outcome).iter().all(|one| one.0 == "information"), "{outcome}");
    let broken = json!({ "resourceType": "Patient", "birthDate": "soon", "contact": [{ "gender": "male" }] });
    let outcome = client.post("/Patient/$validate", &broken).await.expect(200).json();
    says(&outcome, "error", "Patient.birthDate", "date");
    says(&outcome, "error", "Patient.contact[0]", "pat-1");
    says(&outcome, "warning", "Patient", "dom-6");
    let outcome = client.post("/Observation/$validate", &fine).await.expect(200).json();
    says(&outcome, "error", "resourceType", "the resource is a Patient");
    for (path, body) in [
        ("/Patient/$validate?mode=guess", fine.clone()),
        ("/Patient/$validate?mode=profile", fine.clone()),
        ("/Patient/$validate", json!({ "resourceType": "Parameters" })),
    ] {
        client.post(path, &body).await.expect(400);
    }
}

#[tokio::test]
async fn uploaded_profiles_and_value_sets_count() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    uploaded(&client).await;
    let status = json!({ "coding": [{ "system": "urn:status", "code": "single" }] });
    let somebody = json!({ "resourceType": "Patient", "maritalStatus": status });
    let given = json!({ "resourceType": "Parameters", "parameter": [
        { "name": "resource", "resource": somebody }, { "name": "mode", "valueCode": "profile" },
        { "name": "profile", "valueUri": "http://ward/born" }] });
    let outcome = client.post("/Patient/$validate", &given).await.expect(200).json();
    says(&outcome, "error", "Patient.name", "at least 1");
    says(&outcome, "error", "Patient.birthDate", "at least 1");
    says(&outcome, "error", "Patient.maritalStatus", "no code of the value set urn:vs:status");
    let fine = json!({ "resourceType": "Patient", "meta": { "profile": ["http://ward/born", "http://ward/none"] },
        "name": [{ "family": "Chalmers" }], "birthDate": "1974-12-25",
        "maritalStatus": { "coding": [{ "system": "urn:status", "code": "wed" }] } });
    let outcome = client.post("/Patient/$validate", &fine).await.expect(200).json();
    assert!(issues(&outcome).iter().all(|one| one.0 != "error"), "{outcome}");
    says(&outcome, "warning", "Patient", "http://ward/none");
}

#[tokio::test]
async fn what_is_stored_is_looked_at_by_who_may_see_it() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let id = client.create(&patient("Chalmers", "Petra", "1974-12-25")).await;
    let path = format!("/Patient/{id}/$validate");
    let outcome = client.get(&path).await.expect(200).json();
    assert!(issues(&outcome).iter().all(|one| one.0 != "error"), "{outcome}");
    client.get(&format!("{path}?mode=delete")).await.expect(200);
    let other = json!({ "resourceType": "Patient", "id": "other" });
    let outcome = client.post(&format!("{path}?mode=update"), &other).await.expect(200).json();
    says(&outcome, "error", "Patient.id", "the id of its address");
    client.get("/Patient/none/$validate").await.expect(404);
    client.get("/Patient/$validate").await.expect(400);
    ward.as_user("support").get(&path).await.expect(403);
}

/// Each facility says how strictly what its people write is checked; a profile that nobody knows never stops anything.
#[tokio::test]
async fn facilities_are_as_strict_as_they_want() {
    let at = |id: &str, strictness| (id.to_owned(), strictness);
    let facilities = [at("lax", Strictness::Structure), at("strict", Strictness::Profiles)].into();
    let ward = Ward::strict(FacilityStrictness { usual: Strictness::Rules, facilities }).await;
    uploaded(&ward.as_user("fhir")).await;
    for facility in ["lax", "usual", "strict"] {
        ward.add_user_at(facility, "receptionist", facility).await;
    }
    let claims = |profile: &str| json!({ "profile": [profile] });
    let ruleless =
        json!({ "resourceType": "Patient", "name": [{ "family": "A" }], "contact": [{ "gender": "male" }] });
    let mut nameless = json!({ "resourceType": "Patient", "birthDate": "1980-01-01" });
    nameless["meta"] = claims("http://ward/named");
    let mut unknown = patient("Known", "Not", "1980-01-01");
    unknown["meta"] = claims("http://nobody/knows");
    for (name, expected) in
        [("lax", [201, 201, 201]), ("usual", [422, 201, 201]), ("strict", [422, 422, 201])]
    {
        let client = ward.as_user(name);
        for (resource, status) in [&ruleless, &nameless, &unknown].into_iter().zip(expected) {
            let reply = client.post("/Patient", resource).await;
            assert_eq!(reply.status.as_u16(), status, "{name}: {}", reply.text());
        }
        let shapeless = json!({ "resourceType": "Patient", "name": "A" });
        client.post("/Patient", &shapeless).await.expect(422);
    }
    let strict = ward.as_user("strict");
    let refused = strict.post("/Patient", &nameless).await.expect(422).json();
    says(&refused, "error", "Patient.name", "");
    nameless["name"] = json!([{ "family": "Given" }]);
    let id = strict.create(&nameless).await;
    let patch = json!([{ "op": "remove", "path": "/name" }]);
    strict.send("PATCH", &format!("/Patient/{id}"), patch.to_string()).await.expect(422);
}
