//! What patients withhold, at every place where a record leaves the house.

use galen_fhir::Resource;
use galen_registration::fhir::{choice, consent_of, directive};
use galen_testkit::ward::{Client, Ward};
use serde_json::{Value, json};

const CATEGORY: &str = "https://galen.health/fhir/CodeSystem/record-category";

struct Scene {
    ward: Ward,
    patient: String,
    other: String,
    neighbour: String,
    colleague: String,
}

/// A patient with an account and an observation, another one; two nurses who are Practitioners.
async fn scene() -> Scene {
    let services =
        vec![&galen_registration::SERVICE, &galen_fhir_api::SERVICE, &galen_service::accounts::SERVICE];
    let ward = Ward::new(services).await;
    let fhir = ward.as_user("fhir").at("/fhir");
    let mut ids = Vec::new();
    for (family, date) in [("Withholding", "1970-01-01"), ("Other", "1980-02-02")] {
        let who = json!({
            "resourceType": "Patient", "name": [{ "family": family, "given": ["Pat"] }], "birthDate": date
        });
        let id = fhir.create(&who).await;
        fhir.create(&observation(&id)).await;
        ids.push(id);
    }
    let mut nurses = Vec::new();
    for (name, family) in [("neighbour", "Nextdoor"), ("colleague", "Faraway")] {
        let who = json!({ "resourceType": "Practitioner", "name": [{ "family": family, "given": ["Nan"] }] });
        let id = fhir.create(&who).await;
        ward.add_practitioner_user(name, "nurse", &id).await;
        nurses.push(id);
    }
    ward.add_patient_user("pat", &ids[0]).await;
    ward.add_patient_user("stranger", &ids[1]).await;
    let [patient, other] = [ids[0].clone(), ids[1].clone()];
    let [neighbour, colleague] = [nurses[0].clone(), nurses[1].clone()];
    Scene { ward, patient, other, neighbour, colleague }
}

fn observation(patient: &str) -> Value {
    json!({
        "resourceType": "Observation", "status": "final",
        "code": { "coding": [{ "system": "http://loinc.org", "code": "718-7" }] },
        "subject": { "reference": format!("Patient/{patient}") },
        "valueQuantity": { "value": 140, "unit": "g/L", "system": "http://unitsofmeasure.org", "code": "g/L" }
    })
}

async fn record(client: &Client<'_>, patient: &str, body: &Value) -> String {
    let made = client.post(&format!("/api/patients/{patient}/consents"), body).await.expect(201).json();
    made["id"].as_str().unwrap().to_owned()
}

impl Scene {
    fn fhir(&self, name: &str) -> Client<'_> {
        self.ward.as_user(name).at("/fhir")
    }

    /// How many observations a search by this client shows, and of whom.
    async fn seen_by(&self, name: &str) -> Vec<String> {
        let found = self.fhir(name).get("/Observation").await.expect(200);
        let mut whose: Vec<String> = found
            .of_mode("match")
            .iter()
            .map(|one| one["subject"]["reference"].as_str().unwrap().replace("Patient/", ""))
            .collect();
        whose.sort();
        whose
    }

    fn both(&self) -> Vec<String> {
        let mut both = vec![self.patient.clone(), self.other.clone()];
        both.sort();
        both
    }
}

fn from_neighbour(scene: &Scene, contents: &str) -> Value {
    json!({ "choice": "withholdFromPerson", "practitioner": scene.neighbour, "contents": contents })
}

#[tokio::test]
async fn what_is_withheld_from_a_person_is_gone_for_that_person_alone_and_comes_back() {
    let scene = scene().await;
    let pat = scene.ward.as_user("pat");
    assert_eq!(scene.seen_by("neighbour").await, scene.both());
    let id = record(&pat, &scene.patient, &from_neighbour(&scene, "healthRecord")).await;

    assert_eq!(scene.seen_by("neighbour").await, std::slice::from_ref(&scene.other));
    assert_eq!(scene.seen_by("colleague").await, scene.both());
    let count = scene.fhir("neighbour").get("/Observation?_summary=count").await.expect(200).json();
    assert_eq!(count["total"], 1, "a count leaks nothing");
    let refused = scene.fhir("neighbour").get(&format!("/Consent/{id}")).await.expect(403);
    assert!(refused.text().contains("break-glass"), "{}", refused.text());
    scene.fhir("neighbour").get(&format!("/Patient/{}", scene.patient)).await.expect(200);
    let everything = scene.fhir("neighbour").get(&format!("/Patient/{}/$everything", scene.patient)).await;
    assert!(!everything.text().contains("\"Observation\""), "{}", everything.text());
    let history = scene.fhir("neighbour").get("/Observation/_history").await.expect(200).json();
    assert_eq!(history["total"], 1, "{history}");
    let named = format!("/Patient?_id={}&_revinclude=Observation:subject", scene.patient);
    let included = scene.fhir("neighbour").get(&named).await.expect(200);
    assert!(included.of_mode("include").is_empty());
    let chained =
        scene.fhir("neighbour").get("/Patient?_has:Observation:subject:code=718-7").await.expect(200);
    assert_eq!(chained.ids(), std::slice::from_ref(&scene.other));
    scene.fhir("pat").get(&format!("/Consent/{id}")).await.expect(200);

    pat.delete(&format!("/api/consents/{id}")).await.expect(200);
    assert_eq!(scene.seen_by("neighbour").await, scene.both());
    let again = pat.delete(&format!("/api/consents/{id}")).await.expect(409).json();
    assert_eq!(again["code"], "consent-not-in-force");
    let listed = pat.get(&format!("/api/patients/{}/consents", scene.patient)).await.expect(200).json();
    assert_eq!(listed["consents"][0]["status"], "inactive");
    assert_eq!(listed["consents"][0]["people"][0]["name"], "Nan Nextdoor");
}

#[tokio::test]
async fn withholding_everything_hides_that_the_person_is_a_patient_here() {
    let scene = scene().await;
    record(&scene.ward.as_user("pat"), &scene.patient, &from_neighbour(&scene, "everything")).await;
    let neighbour = scene.ward.as_user("neighbour");
    let found = neighbour.get("/api/patients?name=Withholding").await.expect(200).json();
    assert_eq!(found["patients"], json!([]));
    let refused = neighbour.get(&format!("/api/patients/{}", scene.patient)).await.expect(403).json();
    assert_eq!(refused["code"], "consent-withheld");
    scene.fhir("neighbour").get(&format!("/Patient/{}", scene.patient)).await.expect(403);
    scene.ward.as_user("clerk").get(&format!("/api/patients/{}", scene.patient)).await.expect(200);
}

#[tokio::test]
async fn a_glass_broken_for_care_opens_what_is_withheld_and_leaves_evidence() {
    let scene = scene().await;
    record(&scene.ward.as_user("pat"), &scene.patient, &from_neighbour(&scene, "everything")).await;
    let neighbour = scene.ward.as_user("neighbour");
    let body = json!({ "patient": scene.patient, "reason": "Found unconscious at the bus stop" });
    neighbour.post("/api/access/break-glass", &body).await.expect(201);
    scene.fhir("neighbour").get(&format!("/Patient/{}", scene.patient)).await.expect(200);
    let searched = async { scene.fhir("neighbour").get("/Observation").await };
    let (found, entries) = scene.ward.entries_of(searched).await;
    assert_eq!(found.expect(200).ids().len(), 2);
    assert!(entries[0].audit.broken_glass);
}

#[tokio::test]
async fn everybody_but_those_named_is_shut_out_and_integrations_with_them() {
    let scene = scene().await;
    let body = json!({ "choice": "withholdFromEverybody", "except": [scene.colleague] });
    record(&scene.ward.as_user("pat"), &scene.patient, &body).await;
    for (who, seen) in [
        ("colleague", scene.both()),
        ("neighbour", vec![scene.other.clone()]),
        ("doctor", vec![scene.other.clone()]),
        ("fhir", vec![scene.other.clone()]),
        ("guardian", scene.both()),
    ] {
        assert_eq!(scene.seen_by(who).await, seen, "{who}");
    }
    assert_eq!(
        scene.seen_by("pat").await,
        std::slice::from_ref(&scene.patient),
        "one's own record stays one's own"
    );
    scene.fhir("doctor").post("/Observation", &observation(&scene.patient)).await.expect(403);
}

#[tokio::test]
async fn a_refusal_of_research_closes_that_purpose_and_no_other() {
    let scene = scene().await;
    record(&scene.ward.as_user("pat"), &scene.patient, &json!({ "choice": "noResearch" })).await;
    assert_eq!(scene.seen_by("fhir").await, scene.both());
    let research = scene.fhir("fhir").with("x-purpose-of-use", "HRESCH");
    let found = research.get("/Observation").await.expect(200);
    assert_eq!(found.of_mode("match").len(), 1, "{}", found.text());
    assert!(!found.text().contains(&scene.patient));
}

#[tokio::test]
async fn a_consent_by_fhir_is_obeyed_or_refused_where_it_could_not_be() {
    let scene = scene().await;
    let doctor = scene.fhir("doctor");
    let id =
        doctor.create(&consent(&scene, &json!({ "type": "deny", "actor": [actor(&scene.neighbour)] }))).await;
    scene.ward.pass_seconds(2);
    assert_eq!(scene.seen_by("neighbour").await, std::slice::from_ref(&scene.other));
    // What the words of a choice cannot say is listed without one.
    let until = json!({
        "type": "deny", "actor": [actor(&scene.colleague)],
        "period": { "end": "2026-09-30" }, "class": [{ "system": CATEGORY, "code": "laboratory" }]
    });
    doctor.create(&consent(&scene, &until)).await;
    let listed = scene.ward.as_user("pat").get(&format!("/api/patients/{}/consents", scene.patient)).await;
    let listed = listed.expect(200).json();
    let choices: Vec<bool> =
        listed["consents"].as_array().unwrap().iter().map(|c| c.get("choice").is_some()).collect();
    assert_eq!(choices.iter().filter(|has| **has).count(), 1, "{listed}");

    for (place, provision) in [
        ("provision.securityLabel", json!({ "type": "deny", "securityLabel": [{ "code": "R" }] })),
        ("provision.action", json!({ "type": "deny", "action": [{ "coding": [{ "code": "correct" }] }] })),
        ("provision.dataPeriod", json!({ "type": "deny", "dataPeriod": { "start": "2020" } })),
        ("provision.purpose", json!({ "type": "deny", "purpose": [{ "code": "WOOF" }] })),
        ("provision.class", json!({ "type": "deny", "class": [{ "system": "urn:x", "code": "y" }] })),
        (
            "provision.actor.reference",
            json!({ "type": "deny", "actor": [{ "role": { "text": "r" }, "reference": { "reference": "RelatedPerson/1" } }] }),
        ),
        (
            "provision.provision",
            json!({ "type": "deny", "provision": [{ "type": "deny", "actor": [actor(&scene.colleague)] }] }),
        ),
    ] {
        let refused = doctor.post("/Consent", &consent(&scene, &provision)).await.expect(422);
        assert_eq!(refused.issue().0, format!("Consent.{place}"), "{}", refused.text());
    }
    let mut kept = consent(&scene, &json!({ "type": "deny", "dataPeriod": { "start": "2020" } }));
    kept["status"] = json!("draft");
    doctor.create(&kept).await;

    let mut withdrawn = doctor.get(&format!("/Consent/{id}")).await.expect(200).json();
    withdrawn["status"] = json!("inactive");
    doctor.put(&format!("/Consent/{id}"), &withdrawn).await.expect(200);
    scene.ward.pass_seconds(2);
    assert_eq!(scene.seen_by("neighbour").await, scene.both());
}

#[tokio::test]
async fn a_deleted_consent_withholds_nothing_and_one_that_is_put_again_does() {
    let scene = scene().await;
    let body = consent(&scene, &json!({ "type": "deny", "actor": [actor(&scene.neighbour)] }));
    let id = scene.fhir("fhir").create(&body).await;
    scene.fhir("fhir").delete(&format!("/Consent/{id}")).await.expect(204);
    scene.ward.pass_seconds(2);
    assert_eq!(scene.seen_by("neighbour").await, scene.both());
    let mut again = body;
    again["id"] = json!(id);
    scene.fhir("fhir").put(&format!("/Consent/{id}"), &again).await.expect(201);
    scene.ward.pass_seconds(2);
    assert_eq!(scene.seen_by("neighbour").await, std::slice::from_ref(&scene.other));
}

#[tokio::test]
async fn a_merge_takes_what_is_withheld_along_and_an_unmerge_gives_it_back() {
    let scene = scene().await;
    record(&scene.ward.as_user("pat"), &scene.patient, &from_neighbour(&scene, "healthRecord")).await;
    let records = scene.ward.as_user("records");
    let path = format!("/api/patients/{}/merge", scene.other);
    let merged = records.post(&path, &json!({ "duplicate": scene.patient })).await.expect(201).json();
    scene.ward.pass_seconds(2);
    assert_eq!(scene.seen_by("neighbour").await, Vec::<String>::new());
    assert_eq!(scene.seen_by("colleague").await.len(), 2);
    let undo = format!("/api/patient-merges/{}/undo", merged["id"].as_str().unwrap());
    records.post(&undo, &Value::Null).await.expect(200);
    scene.ward.pass_seconds(2);
    assert_eq!(scene.seen_by("neighbour").await, std::slice::from_ref(&scene.other));
}

#[tokio::test]
async fn a_choice_is_ones_own_and_is_refused_where_it_says_nothing_new() {
    let scene = scene().await;
    let path = format!("/api/patients/{}/consents", scene.patient);
    let body = from_neighbour(&scene, "healthRecord");
    scene.ward.nobody().post(&path, &body).await.expect(401);
    scene.ward.as_user("stranger").post(&path, &body).await.expect(404);
    scene.ward.as_user("stranger").get(&path).await.expect(404);
    scene.ward.as_user("lab").post(&path, &body).await.expect(403);
    let id = record(&scene.ward.as_user("clerk"), &scene.patient, &body).await;
    scene.ward.as_user("stranger").delete(&format!("/api/consents/{id}")).await.expect(404);
    let pat = scene.ward.as_user("pat");
    assert_eq!(pat.post(&path, &body).await.expect(409).json()["code"], "consent-in-force");
    for (body, code) in [
        (json!({ "choice": "withholdFromPerson" }), "practitioner-required"),
        (json!({ "choice": "withholdFromPerson", "practitioner": "nobody-here" }), "practitioner-unknown"),
        (json!({ "choice": "withholdFromEverybody", "except": ["nobody-here"] }), "practitioner-unknown"),
    ] {
        assert_eq!(pat.post(&path, &body).await.expect(422).json()["code"], code);
    }
    pat.delete("/api/consents/none").await.expect(404);
}

fn actor(practitioner: &str) -> Value {
    json!({
        "role": { "coding": [{ "code": "IRCP" }] },
        "reference": { "reference": format!("Practitioner/{practitioner}") }
    })
}

fn consent(scene: &Scene, provision: &Value) -> Value {
    json!({
        "resourceType": "Consent", "status": "active",
        "scope": { "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy" }] },
        "category": [{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IDSCL" }] }],
        "patient": { "reference": format!("Patient/{}", scene.patient) },
        "policyRule": { "coding": [{ "code": "OPTIN" }] },
        "provision": provision
    })
}

#[test]
fn exceptions_narrow_a_denial_and_every_choice_reads_back_as_itself() {
    use galen_access::PurposeOfUse;
    use galen_kernel::{Instant, PatientId, PractitionerId};
    use galen_registration::decide::consenting::{Choice, Contents};
    let patient = PatientId::parse("p").unwrap();
    let someone = |id: &str| PractitionerId::parse(id).unwrap();
    for contents in [Contents::HealthRecord, Contents::Everything] {
        for one in [
            Choice::WithholdFromPerson { practitioner: someone("a"), contents },
            Choice::WithholdFromEverybody { except: vec![], contents },
            Choice::WithholdFromEverybody { except: vec![someone("a"), someone("b")], contents },
            Choice::NoResearch,
        ] {
            let made = consent_of("c", &patient, &one, Instant::from_micros(0)).unwrap();
            assert_eq!(choice(&directive(&made).unwrap().unwrap()), Some(one));
        }
    }
    let of = |provision: Value, scope: &str| {
        let body = json!({
            "resourceType": "Consent", "status": "active", "patient": { "reference": "Patient/p" },
            "scope": { "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": scope }] },
            "provision": provision
        });
        directive(&Resource::parse(body.to_string().as_bytes()).unwrap()).unwrap()
    };
    let but_emergencies =
        json!({ "type": "deny", "provision": [{ "type": "permit", "purpose": [{ "code": "ETREAT" }] }] });
    let found = of(but_emergencies, "patient-privacy").unwrap();
    assert!(!found.denials[0].purposes.contains(&PurposeOfUse::Etreat));
    assert!(found.denials[0].purposes.contains(&PurposeOfUse::Treat));
    let permitted =
        json!({ "type": "permit", "provision": [{ "type": "deny", "purpose": [{ "code": "HPAYMT" }] }] });
    assert_eq!(of(permitted, "patient-privacy").unwrap().denials[0].purposes, [PurposeOfUse::Hpaymt]);
    assert_eq!(of(json!({ "type": "permit" }), "patient-privacy"), None);
    assert_eq!(of(json!({ "type": "deny" }), "treatment"), None);
    assert_eq!(
        of(json!({ "type": "deny" }), "research").unwrap().denials[0].purposes,
        [PurposeOfUse::Hresch]
    );
}
