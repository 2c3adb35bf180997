//! Who sees what: sealed records, own records, and that nothing leaks by counts, chains or includes.

use crate::ward::{Ward, labelled, observation, patient};
use galen_access::break_glass;
use galen_access::relationship::{self, Relationship};
use galen_kernel::{Clock, Instant, PatientId, UserId};
use galen_store::{ShardId, WriteSet};
use serde_json::json;

pub struct Scene {
    pub ward: Ward,
    pub open: String,
    pub sealed: String,
    pub secret: String,
}

/// An open patient and a sealed one, an observation of each, and a labelled observation of the open one.
pub async fn scene() -> Scene {
    let ward = Ward::new().await;
    let fhir = ward.as_user("fhir");
    let open = fhir.create(&patient("Open", "Olga", "1980-01-01")).await;
    let sealed = fhir.create(&patient("Sealed", "Sam", "1985-01-01")).await;
    fhir.create(&observation(&open, "a-1", "2020-01-01", 1.0)).await;
    fhir.create(&observation(&sealed, "a-1", "2020-01-02", 2.0)).await;
    relate(&ward, "nurse", &sealed, 365).await;
    relate(&ward, "nurse", &open, 365).await;
    let secret = labelled(observation(&open, "s-1", "2020-01-03", 3.0), "R");
    let secret = ward.as_user("nurse").create(&secret).await;
    let mut body = labelled(patient("Sealed", "Sam", "1985-01-01"), "R");
    body["id"] = sealed.as_str().into();
    ward.add_user("registrar", galen_access::actor::ActorKind::Staff, "receptionist", None).await;
    relate(&ward, "registrar", &sealed, 365).await;
    ward.as_user("registrar").put(&format!("/Patient/{sealed}"), &body).await.expect(200);
    Scene { ward, open, sealed, secret }
}

pub async fn relate(ward: &Ward, user: &str, patient: &str, days: i64) {
    let now = ward.clock.now();
    let user = UserId::parse(format!("user-{user}")).unwrap();
    let made = Relationship {
        user: user.clone(),
        patient: PatientId::parse(patient).unwrap(),
        from: now,
        until: now.plus_micros(days * 86_400_000_000),
        declared_by: UserId::parse("user-admin").unwrap(),
    };
    let operations = vec![relationship::add(&format!("{user}-{patient}"), &made).unwrap()];
    ward.house
        .store
        .commit(WriteSet { shard: ShardId(0), at: now, operations, journal: None })
        .await
        .unwrap();
    ward.house.access.forget(&user);
}

#[tokio::test]
async fn sealed_records_are_closed_to_all_but_those_who_care() {
    let Scene { ward, open, sealed, secret } = scene().await;
    for (who, sees) in
        [("nurse", true), ("doctor", false), ("fhir", false), ("admin", false), ("guardian", true)]
    {
        let client = ward.as_user(who);
        let status = if sees { 200 } else { 403 };
        let read = client.get(&format!("/Patient/{sealed}")).await;
        assert_eq!(read.status, status, "{who}: {}", read.text());
        assert_eq!(client.get(&format!("/Observation/{secret}")).await.status, status, "{who}");
        assert_eq!(client.get(&format!("/Observation/{secret}/_history/1")).await.status, status, "{who}");
        assert_eq!(client.get(&format!("/Patient/{sealed}/_history")).await.status, status, "{who}");
        // The version from before the seal is as closed as the record is.
        assert_eq!(client.get(&format!("/Patient/{sealed}/_history/1")).await.status, status, "{who}");
        let count = |n: usize| if sees { n + 1 } else { n };
        assert_eq!(client.get("/Patient").await.expect(200).ids().len(), count(1), "{who}");
        assert_eq!(client.get("/Patient?_summary=count").await.json()["total"], count(1), "{who}");
        assert_eq!(client.get("/Observation?code=a-1").await.ids().len(), count(1), "{who}");
        assert_eq!(client.get(&format!("/Observation?patient={open}")).await.ids().len(), count(1), "{who}");
        assert_eq!(
            client.get(&format!("/Observation?patient={sealed}&_total=accurate")).await.json()["total"],
            count(0),
            "{who}"
        );
        assert_eq!(client.get("/Observation?patient.name=sealed").await.ids().len(), count(0), "{who}");
        let back = client.get(&format!("/Patient?_id={open}&_revinclude=Observation:subject")).await;
        assert_eq!(back.of_mode("include").len(), count(1), "{who}");
    }
    let refused = ward.as_user("doctor").get(&format!("/Patient/{sealed}")).await;
    assert!(refused.text().contains("break-glass"), "{}", refused.text());
    // Who has no right to break the glass is not told to.
    assert!(!ward.as_user("fhir").get(&format!("/Patient/{sealed}")).await.text().contains("break-glass"));
}

#[tokio::test]
async fn includes_do_not_leak_sealed_patients() {
    let Scene { ward, open, sealed, .. } = scene().await;
    // A list of two patients' things, in no compartment, points at both.
    let list = json!({ "resourceType": "Group", "type": "person", "actual": true,
        "member": [{ "entity": { "reference": format!("Patient/{open}") } }] });
    ward.as_user("fhir").create(&list).await;
    let found = ward.as_user("fhir").get("/Group?_include=Group:member").await.expect(200);
    assert_eq!(found.of_mode("include").len(), 1);
    let account = json!({ "resourceType": "Account", "status": "active", "owner": { "reference": "Organization/x" },
        "coverage": [], "guarantor": [{ "party": { "reference": format!("Patient/{sealed}") } }] });
    let _unused = account;
    let link = json!({ "resourceType": "Person", "link": [{ "target": { "reference": format!("Patient/{sealed}") } }] });
    let made = ward.as_user("nurse").post("/Person", &link).await;
    assert_eq!(made.status, 403, "nurses do not register people");
    let found = ward.as_user("fhir").get("/Person?_include=Person:patient").await.expect(200);
    assert!(found.of_mode("include").is_empty());
}

#[tokio::test]
async fn writes_cannot_touch_or_unseal_what_is_closed() {
    let Scene { ward, sealed, secret, open } = scene().await;
    let mut plain = observation(&open, "s-1", "2020-01-03", 3.0);
    plain["id"] = secret.as_str().into();
    ward.as_user("doctor").put(&format!("/Observation/{secret}"), &plain).await.expect(403);
    ward.as_user("fhir").put(&format!("/Observation/{secret}"), &plain).await.expect(403);
    ward.as_user("fhir").delete(&format!("/Observation/{secret}")).await.expect(403);
    ward.as_user("fhir").post("/Observation", &observation(&sealed, "x", "2020", 1.0)).await.expect(403);
    ward.as_user("nurse").post("/Observation", &observation(&sealed, "x", "2020", 1.0)).await.expect(201);
    // An absolute reference to this server is the same reference.
    let mut sly = observation(&sealed, "x", "2020", 1.0);
    sly["subject"]["reference"] = format!("http://galen.test/fhir/Patient/{sealed}").into();
    ward.as_user("fhir").post("/Observation", &sly).await.expect(403);
    // Conditions find nothing that their author may not see.
    let none = ward.as_user("fhir").with("if-none-exist", "identifier=urn:test:mrn|Sealed-Sam");
    none.post("/Patient", &patient("Sealed", "Sam", "1985-01-01")).await.expect(201);
}

#[tokio::test]
async fn broken_glass_opens_for_a_while_and_is_told() {
    let Scene { ward, sealed, .. } = scene().await;
    let doctor = UserId::parse("user-doctor").unwrap();
    let body = json!({ "patient": sealed, "reason": "unconscious on arrival, history needed" });
    let made = ward.post_api("doctor", "/api/access/break-glass", &body).await;
    assert_eq!(made, 201);
    ward.house.access.forget(&doctor);
    let (read, entries) =
        ward.entries_of(async { ward.as_user("doctor").get(&format!("/Patient/{sealed}")).await }).await;
    read.expect(200);
    assert!(entries[0].audit.broken_glass);
    let (found, entries) =
        ward.entries_of(async { ward.as_user("doctor").get("/Observation?code=a-1").await }).await;
    assert_eq!(found.expect(200).ids().len(), 2);
    assert!(entries[0].audit.broken_glass);
    let (_, entries) =
        ward.entries_of(async { ward.as_user("nurse").get(&format!("/Patient/{sealed}")).await }).await;
    assert!(!entries[0].audit.broken_glass);
    ward.pass_seconds(break_glass::OPEN_MICROS / 1_000_000 + 1);
    ward.as_user("doctor").get(&format!("/Patient/{sealed}")).await.expect(403);
    assert_eq!(ward.as_user("doctor").get("/Observation?code=a-1").await.ids().len(), 1);
}

#[tokio::test]
async fn relationships_end() {
    let Scene { ward, sealed, .. } = scene().await;
    ward.pass_seconds(366 * 86_400);
    ward.as_user("nurse").get(&format!("/Patient/{sealed}")).await.expect(403);
    assert_eq!(ward.as_user("nurse").get("/Patient").await.ids().len(), 1);
}

#[tokio::test]
async fn patients_see_their_own_and_nothing_else() {
    let Scene { ward, open, sealed, .. } = scene().await;
    ward.add_patient_user("olga", &open).await;
    ward.add_patient_user("sam", &sealed).await;
    let fhir = ward.as_user("fhir");
    // Shared by both: shown to neither, for it tells of the other.
    let shared = json!({ "resourceType": "Appointment", "status": "proposed", "participant": [
        { "actor": { "reference": format!("Patient/{open}") }, "status": "accepted" },
        { "actor": { "reference": "Patient/third" }, "status": "accepted" }] });
    let shared = fhir.create(&shared).await;
    let organization = fhir.create(&json!({ "resourceType": "Organization", "name": "Ward 1" })).await;
    let device = fhir
        .create(&json!({ "resourceType": "Device", "patient": { "reference": format!("Patient/{open}") } }))
        .await;
    let olga = ward.as_user("olga");
    olga.get(&format!("/Patient/{open}")).await.expect(200);
    assert_eq!(olga.get("/Patient").await.ids(), [open.clone()]);
    assert_eq!(
        olga.get("/Observation?_total=accurate").await.expect(200).ids().len(),
        2,
        "her own R label is hers"
    );
    assert_eq!(olga.get("/Observation?_total=accurate").await.json()["total"], 2);
    assert_eq!(olga.get("/Observation?patient.name=sealed").await.ids().len(), 0);
    assert!(olga.get("/Appointment").await.ids().is_empty());
    olga.get(&format!("/Appointment/{shared}")).await.expect(404);
    olga.get(&format!("/Organization/{organization}")).await.expect(200);
    olga.get(&format!("/Device/{device}")).await.expect(404);
    olga.get("/Device").await.expect(200);
    assert!(olga.get("/Device").await.ids().is_empty());
    // Another's and nobody's look the same.
    let other = olga.get(&format!("/Patient/{sealed}")).await.expect(404).json();
    let nobody = olga.get("/Patient/nobody").await.expect(404).json();
    assert_eq!(other, nobody);
    olga.post("/Observation", &observation(&open, "x", "2020", 1.0)).await.expect(403);
    olga.delete(&format!("/Patient/{open}")).await.expect(403);
    olga.post("", &json!({ "resourceType": "Bundle", "type": "batch" })).await.expect(403);
    // Sam's record is sealed (R): still his own.
    ward.as_user("sam").get(&format!("/Patient/{sealed}")).await.expect(200);
    assert_eq!(ward.as_user("sam").get("/Observation").await.ids().len(), 1);
    // Who looked at my record?
    let looked = ward.as_user("olga").get("/AuditEvent?_count=500").await.expect(200);
    assert!(!looked.ids().is_empty());
    for event in looked.of_mode("match") {
        let text = event.to_string();
        assert!(!text.contains(&format!("Patient/{sealed}")), "{text}");
    }
}

#[tokio::test]
async fn roles_without_a_right_learn_nothing() {
    let Scene { ward, open, .. } = scene().await;
    let support = ward.as_user("support");
    for path in [
        "/Patient",
        &format!("/Patient/{open}"),
        "/Patient/nobody",
        "/Observation",
        "/Coverage",
        "/AuditEvent",
        "/Patient/nobody/_history",
    ] {
        support.get(path).await.expect(403);
    }
    support.get("/Organization").await.expect(200);
    support.delete("/Patient/nobody").await.expect(403);
    support.post("/Patient", &patient("A", "B", "2000-01-01")).await.expect(403);
    let clerk = ward.as_user("clerk");
    clerk.get("/Patient").await.expect(200);
    clerk.get("/Observation").await.expect(403);
    // A chain through what may not be seen is refused; an include of it shows nothing.
    clerk.get("/Appointment?patient.name=open").await.expect(200);
    clerk.get("/Patient?_revinclude=Observation:subject").await.expect(200);
    assert!(clerk.get("/Patient?_revinclude=Observation:subject").await.of_mode("include").is_empty());
    let _at: Instant = ward.clock.now();
}
