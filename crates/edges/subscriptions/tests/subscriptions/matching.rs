//! What matches is what a search finds: for many queries over many resources, both ways say the same.

use crate::scene::{Scene, patient};
use galen_fhir::bundle::query_pairs;
use galen_fhir::search::{Handling, parse};
use galen_fhir::{ResourceType, search_parameter};
use galen_records::Sight;
use serde_json::{Value, json};

fn resources() -> Vec<Value> {
    let mut all = Vec::new();
    for (n, (code, value, when, status)) in [
        ("1975-2", 5.0, "2026-01-01", "final"),
        ("1975-2", 15.5, "2026-01-02T10:00:00Z", "preliminary"),
        ("718-7", 120.0, "2025-12-31T23:30:00-01:00", "final"),
        ("718-7", 0.0, "2024", "amended"),
        ("a b", -3.25, "2026-06", "entered-in-error"),
    ]
    .into_iter()
    .enumerate()
    {
        all.push(json!({ "resourceType": "Observation", "id": format!("o{n}"), "status": status,
            "code": { "coding": [{ "system": "http://loinc.org", "code": code, "display": "Bilirubin total" }],
                      "text": "Bilirubin" },
            "subject": { "reference": format!("Patient/p{}", n % 2) },
            "effectiveDateTime": when,
            "valueQuantity": { "value": value, "unit": "g/L", "system": "http://unitsofmeasure.org", "code": "g/L" } }));
    }
    all.push(
        json!({ "resourceType": "Observation", "id": "o9", "status": "final", "code": { "text": "bare" } }),
    );
    all
}

const QUERIES: &[&str] = &[
    "",
    "code=1975-2",
    "code=http://loinc.org|718-7",
    "code=|1975-2",
    "code=http://other|1975-2",
    "code:not=1975-2",
    "code:text=bili",
    "code:missing=true",
    "subject=Patient/p0",
    "subject=p1",
    "patient=p0",
    "subject:missing=true",
    "subject.family=zero",
    "subject:Patient.family=one",
    "date=2026-01-01",
    "date=ge2026",
    "date=lt2026",
    "date=sa2026-01-01",
    "date=eb2026-01-01",
    "date=ap2026-01-01",
    "date=2026-01",
    "date:missing=true",
    "value-quantity=5",
    "value-quantity=gt5|http://unitsofmeasure.org|g/L",
    "value-quantity=lt0",
    "value-quantity=15500|http://unitsofmeasure.org|mg/L",
    "value-quantity=ne5",
    "status=final,amended",
    "status:not=final",
    "_id=o1,o2",
    "_id=none",
    "combo-code=718-7",
    "_lastUpdated=ge2020",
    "_lastUpdated=lt2020",
    "code-value-quantity=718-7$gt100",
    "_content=bilirubin",
    "_filter=code eq 1975-2 or status eq amended",
    "_filter=not (status eq final)",
    "subject=Patient/p0&code=1975-2&date=ge2026",
    "_security=R",
];

#[tokio::test]
async fn matching_and_searching_say_the_same() {
    let scene = Scene::new().await;
    for (id, family) in [("p0", "Zero"), ("p1", "One")] {
        let mut body = patient(family);
        body["id"] = id.into();
        scene.fhir().put(&format!("/Patient/{id}"), &body).await.expect(201);
    }
    let all = resources();
    for resource in &all {
        let id = resource["id"].as_str().unwrap();
        scene.fhir().put(&format!("/Observation/{id}"), resource).await.expect(201);
    }
    let house = &scene.ward.house;
    let context = scene.ward.context("fhir").await;
    let now = house.clock.now();
    let observation = ResourceType::parse("Observation").unwrap();
    let mut sight = Sight::nothing();
    for name in ["Observation", "Patient"] {
        let target = galen_access::Target::plain(name, galen_access::Category::of_type(name));
        let seen = house.access.visibility(&context, "FhirSearch", &target).await.unwrap().unwrap();
        sight = sight.with(ResourceType::parse(name).unwrap(), seen);
    }
    assert!(search_parameter(observation, "code").is_some());
    let (mut found_some, mut found_none) = (0, 0);
    for query in QUERIES {
        let pairs = query_pairs(&query.replace(' ', "%20")).unwrap();
        let read = parse(observation, &pairs, Handling::Strict, &house.records.parameters())
            .unwrap_or_else(|e| panic!("{query}: {e:?}"));
        let found = house.records.search(&read, &sight, None, now).await.unwrap().unwrap();
        let mut found: Vec<String> = found.rows.into_iter().map(|row| row.stored.document.id).collect();
        found.sort();
        let mut matched = Vec::new();
        for resource in &all {
            let id = resource["id"].as_str().unwrap();
            let stored = house.records.get(observation, id).await.unwrap().unwrap();
            if house.records.matches(&read, &sight, &stored, now).await.unwrap().unwrap() {
                matched.push(id.to_owned());
            }
        }
        assert_eq!(matched, found, "{query}");
        if matched.is_empty() { found_none += 1 } else { found_some += 1 }
    }
    assert!(found_some > 25 && found_none > 2, "{found_some} {found_none}");
}

#[tokio::test]
async fn a_version_that_matched_is_told_although_the_next_does_not() {
    let scene = Scene::new().await;
    let id = scene.subscribed("Patient?gender=female").await;
    let person = scene.fhir().create(&patient("Brief")).await;
    let mut next = patient("Brief");
    next["id"] = person.as_str().into();
    next["gender"] = "male".into();
    scene.fhir().put(&format!("/Patient/{person}"), &next).await.expect(200);
    scene.work().await;
    let heard = scene.hook.heard();
    assert_eq!(heard.len(), 1);
    let told: Value = serde_json::from_str(&heard[0].body).unwrap();
    assert_eq!((told["meta"]["versionId"].as_str(), told["gender"].as_str()), (Some("1"), Some("female")));
    assert_eq!(scene.row(&id).await["waiting"], 0);
}
