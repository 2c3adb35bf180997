//! FHIR by proxy: what somebody sees and does for a patient for whom they act.

use crate::sight::{Scene, scene};
use crate::ward::{Ward, observation, patient};
use galen_access::proxy::{Kinship, Proxy, ProxyScope, StoredProxy};
use galen_kernel::{Clock, PatientId, Phi, UserId};
use galen_store::{ShardId, WriteSet};

const DAY_MICROS: i64 = 86_400_000_000;

/// Lets `user` act for `patient` for ten days.
async fn let_act(ward: &Ward, user: &str, patient: &str, scopes: &[ProxyScope]) {
    let now = ward.clock.now();
    let holder = UserId::parse(format!("user-{user}")).unwrap();
    let proxy = Proxy {
        holder: holder.clone(),
        name: Phi::new(user.to_owned()),
        patient: PatientId::parse(patient).unwrap(),
        kinship: Kinship::Parent,
        scopes: scopes.to_vec(),
        from: now,
        until: now.plus_micros(10 * DAY_MICROS),
        given_by: UserId::parse("user-clerk").unwrap(),
    };
    let stored = StoredProxy { id: format!("{user}-{patient}"), version: 0, proxy };
    let operations = vec![stored.add().unwrap()];
    ward.house
        .store
        .commit(WriteSet { shard: ShardId(0), at: now, operations, journal: None })
        .await
        .unwrap();
    ward.house.access.forget(&holder);
}

#[tokio::test]
async fn who_acts_for_a_patient_sees_that_record_only_and_nothing_sealed() {
    let Scene { ward, open, sealed, secret } = scene().await;
    let own = ward.as_user("fhir").create(&patient("Mother", "Mia", "1960-01-01")).await;
    ward.as_user("fhir").create(&observation(&own, "a-1", "2020-01-01", 4.0)).await;
    ward.add_patient_user("mia", &own).await;
    let_act(&ward, "mia", &open, &[ProxyScope::Record]).await;
    let_act(&ward, "mia", &sealed, &[ProxyScope::Record]).await;

    let herself = ward.as_user("mia");
    assert_eq!(herself.get("/Observation").await.expect(200).ids().len(), 1);
    herself.get(&format!("/Patient/{open}")).await.expect(404);

    let acting = ward.as_user("mia").with("x-acting-for", &open);
    assert_eq!(acting.get("/Patient").await.expect(200).ids(), [open.as_str()]);
    let seen = acting.get("/Observation").await.expect(200).ids();
    assert_eq!(seen.len(), 1, "neither her own nor what is sealed");
    acting.get(&format!("/Observation/{}", seen[0])).await.expect(200);
    acting.get(&format!("/Observation/{secret}")).await.expect(404);
    acting.get(&format!("/Patient/{own}")).await.expect(404);
    let everything = acting.get(&format!("/Patient/{open}/$everything")).await.expect(200);
    assert!(!everything.text().contains(&secret));

    let for_sealed = ward.as_user("mia").with("x-acting-for", &sealed);
    for_sealed.get(&format!("/Patient/{sealed}")).await.expect(404);
    assert!(for_sealed.get("/Patient").await.expect(200).ids().is_empty());
    assert!(for_sealed.get("/Observation").await.expect(200).ids().is_empty());

    ward.pass_seconds(11 * 86_400);
    ward.as_user("mia").with("x-acting-for", &open).get("/Patient").await.expect(403);
}

#[tokio::test]
async fn a_proxy_for_appointments_sees_no_results_and_one_for_the_record_no_appointments() {
    let Scene { ward, open, .. } = scene().await;
    ward.add_user("mia", galen_access::actor::ActorKind::Patient, "patient", None).await;
    let_act(&ward, "mia", &open, &[ProxyScope::Appointments]).await;
    let acting = ward.as_user("mia").with("x-acting-for", &open);
    acting.get("/Appointment").await.expect(200);
    acting.get(&format!("/Patient/{open}")).await.expect(200);
    for path in ["/Observation", "/MedicationRequest", "/AuditEvent", "/DocumentReference"] {
        let refused = acting.get(path).await.expect(403);
        assert!(refused.text().contains("beyond-proxy"), "{path}");
    }
    ward.add_user("max", galen_access::actor::ActorKind::Patient, "patient", None).await;
    let_act(&ward, "max", &open, &[ProxyScope::Record]).await;
    let acting = ward.as_user("max").with("x-acting-for", &open);
    acting.get("/Observation").await.expect(200);
    acting.get("/AuditEvent").await.expect(200);
    acting.get("/Appointment").await.expect(403);
}
