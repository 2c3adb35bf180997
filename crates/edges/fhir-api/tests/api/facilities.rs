//! Facility and purpose of use: who holds a position where, and why a record is opened.

use crate::ward::{Ward, observation, patient};
use serde_json::{Value, json};

fn at(mut resource: Value, element: &str, organization: &str) -> Value {
    resource[element] = json!({ "reference": format!("Organization/{organization}") });
    resource
}

fn encounter(patient: &str) -> Value {
    json!({ "resourceType": "Encounter", "status": "finished",
            "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB" },
            "subject": { "reference": format!("Patient/{patient}") } })
}

#[tokio::test]
async fn staff_see_patients_and_encounters_of_their_facilities_and_of_none() {
    let ward = Ward::new().await;
    let fhir = ward.as_user("fhir");
    let north =
        fhir.create(&at(patient("Northern", "Nora", "1980-01-01"), "managingOrganization", "north")).await;
    let south =
        fhir.create(&at(patient("Southern", "Sven", "1980-01-01"), "managingOrganization", "south")).await;
    let nowhere = fhir.create(&patient("Nowhere", "Nils", "1980-01-01")).await;
    let here = fhir.create(&at(encounter(&nowhere), "serviceProvider", "north")).await;
    let there = fhir.create(&at(encounter(&nowhere), "serviceProvider", "south")).await;
    ward.add_user_at("northerner", "doctor", "north").await;
    let doctor = ward.as_user("northerner");

    doctor.get(&format!("/Patient/{north}")).await.expect(200);
    doctor.get(&format!("/Patient/{nowhere}")).await.expect(200);
    doctor.get(&format!("/Patient/{south}")).await.expect(403);
    let mut seen = doctor.get("/Patient?_total=accurate").await.expect(200);
    assert_eq!(seen.json()["total"], 2, "counts do not leak");
    let mut ids = seen.ids();
    ids.sort();
    let mut wanted = vec![north, nowhere.clone()];
    wanted.sort();
    assert_eq!(ids, wanted);
    seen = doctor.get("/Encounter").await.expect(200);
    assert_eq!(seen.ids(), vec![here.clone()]);
    doctor.get(&format!("/Encounter/{there}")).await.expect(403);
    let included =
        doctor.get(&format!("/Patient?_id={nowhere}&_revinclude=Encounter:patient")).await.expect(200);
    let included: Vec<Value> = included.of_mode("include");
    assert_eq!(included.len(), 1);
    assert_eq!(included[0]["id"], here.as_str());
    // A position everywhere sees everything.
    assert_eq!(ward.as_user("doctor").get("/Patient").await.expect(200).ids().len(), 3);
}

#[tokio::test]
async fn health_records_are_not_opened_for_payment_or_research() {
    let ward = Ward::new().await;
    let fhir = ward.as_user("fhir");
    let id = fhir.create(&patient("Purpose", "Paula", "1980-01-01")).await;
    let observed = fhir.create(&observation(&id, "a-1", "2020-01-01", 1.0)).await;
    for (purpose, status) in [
        ("TREAT", 200),
        ("ETREAT", 200),
        ("HOPERAT", 200),
        ("HPAYMT", 403),
        ("HRESCH", 403),
        ("PUBHLTH", 403),
        ("PATRQT", 403),
        ("NONSENSE", 400),
    ] {
        let doctor = ward.as_user("doctor").with("x-purpose-of-use", purpose);
        doctor.get(&format!("/Observation/{observed}")).await.expect(status);
        let doctor = ward.as_user("doctor").with("x-purpose-of-use", purpose);
        doctor.get("/Observation?code=a-1").await.expect(status);
    }
    let payer = ward.as_user("doctor").with("x-purpose-of-use", "HPAYMT");
    payer.get(&format!("/Patient/{id}")).await.expect(200);
}
