//! Operations without a resource of their own: the records of all patients, and the labels in use.

use crate::sight::{Scene, scene};
use crate::ward::{Ward, observation, patient};
use serde_json::{Value, json};

/// Pages of this address, put together.
async fn whole(client: &crate::ward::Client<'_>, path: &str) -> Vec<String> {
    let mut next = Some(path.to_owned());
    let mut seen = Vec::new();
    while let Some(page) = next {
        let reply = client.get(&page).await.expect(200);
        seen.extend(reply.ids());
        next = reply.link("next");
    }
    seen
}

#[tokio::test]
async fn everything_of_all_patients_is_the_sum_of_their_records() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let doctor = client.create(&json!({ "resourceType": "Practitioner", "name": [{ "family": "D" }] })).await;
    let mut patients = Vec::new();
    for (family, day) in [("A", "2020-01-01"), ("B", "2020-02-01")] {
        let id = client.create(&patient(family, "G", "2000-01-01")).await;
        for code in ["x", "y"] {
            let mut one = observation(&id, code, day, 1.0);
            one["performer"] = json!([{ "reference": format!("Practitioner/{doctor}") }]);
            client.create(&one).await;
        }
        patients.push(id);
    }
    let mut of_device = observation(&patients[0], "z", "2020-01-01", 1.0);
    of_device["subject"] = json!({ "display": "the fridge on ward 4" });
    let of_device = client.create(&of_device).await;
    let path = "/Patient/$everything";
    let found = client.get(path).await.expect(200);
    let mut all = found.ids();
    assert_eq!(found.link("self").as_deref(), Some("http://galen.test/fhir/Patient/$everything"));
    assert_eq!(found.of_mode("include").len(), 1, "what they refer to comes along");
    assert!(!all.contains(&of_device), "what is of no patient is in nobody's record");
    let mut sum = Vec::new();
    for id in &patients {
        sum.extend(client.get(&format!("/Patient/{id}/$everything")).await.expect(200).ids());
    }
    assert_eq!(whole(&client, &format!("{path}?_count=2")).await, all);
    all.sort();
    sum.sort();
    assert_eq!(all, sum);
    assert_eq!(whole(&client, &format!("{path}?_type=Observation")).await.len(), 4);
    let dated = client.get(&format!("{path}?start=2020-01-15")).await.expect(200);
    assert_eq!(dated.ids().len(), 4, "two patients, who have no date, and two observations");
    let dated = client.get(&format!("{path}?_type=Observation&end=2020-01-15")).await.expect(200);
    assert_eq!(dated.ids().len(), 2);
    let body =
        json!({ "resourceType": "Parameters", "parameter": [{ "name": "_type", "valueCode": "Patient" }] });
    assert_eq!(client.post(path, &body).await.expect(200).ids().len(), 2);
    for (query, place) in [("_since=x", "_since"), ("_page=x", "_page"), ("nonsense=1", "nonsense")] {
        assert_eq!(client.get(&format!("{path}?{query}")).await.expect(400).issue().0, place, "{query}");
    }
    ward.as_user("support").get(path).await.expect(403);
    ward.nobody().get(path).await.expect(401);
    ward.add_patient_user("anna", &patients[0]).await;
    assert_eq!(ward.as_user("anna").get(path).await.expect(200).ids().len(), 3);
}

/// The codes and urls of a list of the meta that an answer holds.
fn listed(reply: &Value, list: &str) -> Vec<String> {
    let rows = reply["parameter"][0]["valueMeta"][list].as_array().cloned().unwrap_or_default();
    let mut all: Vec<String> =
        rows.iter().map(|one| one["code"].as_str().or(one.as_str()).unwrap().to_owned()).collect();
    all.sort();
    all
}

#[tokio::test]
async fn labels_in_use_are_told_of_a_type_and_of_the_server() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let tagged = |mut resource: Value, tags: &[&str]| {
        let tags: Vec<Value> = tags.iter().map(|code| json!({ "system": "urn:t", "code": code })).collect();
        resource["meta"] = json!({ "tag": tags });
        resource
    };
    let id = client.create(&tagged(patient("A", "B", "2000-01-01"), &["one", "two"])).await;
    client.create(&tagged(patient("C", "D", "2000-01-01"), &["two"])).await;
    let mut measured = tagged(observation(&id, "a", "2020-01-01", 1.0), &["three"]);
    measured["meta"]["profile"] = json!(["http://hl7.org/fhir/StructureDefinition/vitalsigns"]);
    let measured_id = client.create(&measured).await;
    let of_patients = client.get("/Patient/$meta").await.expect(200).json();
    assert_eq!(listed(&of_patients, "tag"), ["one", "two"]);
    assert!(of_patients["parameter"][0]["valueMeta"].get("versionId").is_none());
    let of_all = client.get("/$meta").await.expect(200).json();
    assert_eq!(listed(&of_all, "tag"), ["one", "three", "two"]);
    assert_eq!(listed(&of_all, "profile"), ["http://hl7.org/fhir/StructureDefinition/vitalsigns"]);
    assert_eq!(
        client.post("/$meta", &json!({ "resourceType": "Parameters" })).await.expect(200).json(),
        of_all
    );
    assert!(listed(&client.get("/Condition/$meta").await.expect(200).json(), "tag").is_empty());
    client.delete(&format!("/Observation/{measured_id}")).await.expect(204);
    assert_eq!(listed(&client.get("/$meta").await.expect(200).json(), "tag"), ["one", "two"]);
    client.get("/Nobody/$meta").await.expect(404);
    client.post("/$meta-add", &json!({ "resourceType": "Parameters" })).await.expect(404);
    ward.nobody().get("/$meta").await.expect(401);
    ward.as_user("support").get("/Patient/$meta").await.expect(403);
    let (_, entries) = ward.entries_of(client.get("/$meta")).await;
    assert_eq!(entries.len(), 1);
}

#[tokio::test]
async fn labels_of_what_one_may_not_see_are_not_told() {
    let Scene { ward, .. } = scene().await;
    for (who, wanted) in [("doctor", false), ("fhir", false), ("nurse", true)] {
        for path in ["/Observation/$meta", "/$meta"] {
            let told = ward.as_user(who).get(path).await.expect(200).json();
            assert_eq!(listed(&told, "security").contains(&"R".to_owned()), wanted, "{who} {path}");
        }
    }
    let everybody = ward.as_user("doctor").get("/Patient/$everything").await.expect(200);
    assert!(!everybody.text().contains("Sealed"), "a sealed record is in no sum");
}
