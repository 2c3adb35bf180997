//! What patients see of their results, at every place where results leave the house.

use galen_testkit::ward::{Client, START, Ward};
use serde_json::{Value, json};

struct Scene {
    ward: Ward,
    patient: String,
}

async fn scene() -> Scene {
    let services = vec![&galen_results::SERVICE, &galen_fhir_api::SERVICE, &galen_service::accounts::SERVICE];
    let ward = Ward::new(services).await;
    let who = json!({ "resourceType": "Patient", "name": [{ "family": "Waiting", "given": ["Will"] }] });
    let patient = ward.as_user("fhir").at("/fhir").create(&who).await;
    ward.add_patient_user("will", &patient).await;
    ward.add_practitioner_user("consultant", "doctor", "consultant-1").await;
    Scene { ward, patient }
}

impl Scene {
    fn fhir(&self, name: &str) -> Client<'_> {
        self.ward.as_user(name).at("/fhir")
    }

    fn potassium(&self, id: &str, value: f64, interpretation: &str) -> Value {
        let now = galen_kernel::Instant::from_micros(START).to_string();
        json!({
            "resourceType": "Observation", "id": id, "status": "final", "issued": now,
            "code": { "coding": [{ "system": "http://loinc.org", "code": "2823-3" }] },
            "subject": { "reference": format!("Patient/{}", self.patient) },
            "valueQuantity": { "value": value, "unit": "mmol/L" },
            "interpretation": [{ "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
                "code": interpretation }] }]
        })
    }

    fn report(&self, id: &str, results: &[&str]) -> Value {
        let results: Vec<Value> =
            results.iter().map(|id| json!({ "reference": format!("Observation/{id}") })).collect();
        json!({
            "resourceType": "DiagnosticReport", "id": id, "status": "final",
            "code": { "text": "Electrolytes" },
            "subject": { "reference": format!("Patient/{}", self.patient) },
            "result": results
        })
    }

    async fn put(&self, resource: &Value) -> Value {
        let path =
            format!("/{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap());
        let reply = self.fhir("fhir").put(&path, resource).await;
        assert!(reply.status.is_success(), "{}", reply.text());
        reply.json()
    }

    async fn seen(&self) -> Vec<String> {
        let mut ids = self.fhir("will").get("/Observation").await.expect(200).ids();
        ids.sort();
        ids
    }

    async fn held(&self) -> Value {
        let path = format!("/api/patients/{}/results/held", self.patient);
        self.ward.as_user("will").get(&path).await.expect(200).json()
    }
}

#[tokio::test]
async fn a_critical_result_is_not_there_for_the_patient_until_its_time() {
    let scene = scene().await;
    scene.put(&scene.potassium("calm", 4.2, "N")).await;
    let stored = scene.put(&scene.potassium("high", 7.1, "HH")).await;
    assert_eq!(stored["extension"][0]["valueInstant"], "2026-09-24T14:13:20.000Z");
    scene.put(&scene.report("report", &["high"])).await;

    assert_eq!(scene.seen().await, ["calm"]);
    let will = scene.fhir("will");
    will.get("/Observation/high").await.expect(404);
    will.get("/Observation/high/_history/1").await.expect(404);
    will.get("/Observation/high/_history").await.expect(404);
    will.get("/DiagnosticReport/report").await.expect(404);
    let count = will.get("/Observation?_summary=count").await.expect(200).json();
    assert_eq!(count["total"], 1);
    for path in [
        format!("/Patient/{}/$everything", scene.patient),
        format!(
            "/Patient?_id={}&_revinclude=Observation:subject&_revinclude=DiagnosticReport:subject",
            scene.patient
        ),
        "/Observation/_history".to_owned(),
        "/DiagnosticReport?_include=DiagnosticReport:result".to_owned(),
    ] {
        let found = will.get(&path).await.expect(200).text();
        assert!(!found.contains("7.1") && !found.contains("\"high\""), "{path}: {found}");
    }
    let value = will.get("/Observation?value-quantity=gt7").await.expect(200).json();
    assert_eq!(value["total"].as_u64().unwrap_or_default(), 0, "a search does not find out either");
    assert_eq!(scene.held().await, json!({ "count": 2, "next": "2026-09-24T14:13:20.000Z" }));
    scene.fhir("doctor").get("/Observation/high").await.expect(200);

    scene.ward.pass_seconds(72 * 3_600 - 1);
    assert_eq!(scene.seen().await, ["calm"]);
    scene.ward.pass_seconds(1);
    assert_eq!(scene.seen().await, ["calm", "high"]);
    scene.fhir("will").get("/DiagnosticReport/report").await.expect(200);
    assert_eq!(scene.held().await, json!({ "count": 0 }));
}

#[tokio::test]
async fn a_clinicians_release_opens_a_report_with_its_results_and_says_what_there_is_to_say() {
    let scene = scene().await;
    scene.put(&scene.potassium("high", 7.1, "HH")).await;
    scene.put(&scene.report("report", &["high"])).await;
    let consultant = scene.ward.as_user("consultant");
    let path = "/api/results/DiagnosticReport/report/release";
    let body = json!({ "version": 1, "comment": "Please come in today." });
    scene.ward.nobody().post(path, &body).await.expect(401);
    scene.ward.as_user("clerk").post(path, &body).await.expect(403);
    scene.ward.as_user("will").post(path, &body).await.expect(403);
    consultant.post(path, &json!({ "version": 9 })).await.expect(409);
    consultant.post("/api/results/Patient/report/release", &body).await.expect(404);
    let released = consultant.post(path, &body).await.expect(200).json();
    assert_eq!(released["released"], json!(["DiagnosticReport/report", "Observation/high"]));
    assert_eq!(scene.seen().await, ["high"]);
    let report = scene.fhir("will").get("/DiagnosticReport/report").await.expect(200).json();
    assert_eq!(report["conclusion"], "Please come in today.");
    assert_eq!(report["resultsInterpreter"][0]["reference"], "Practitioner/consultant-1");
    let again = consultant.post(path, &json!({ "version": 2 })).await.expect(409).json();
    assert_eq!(again["code"], "not-held");

    // The laboratory sends it again unchanged: it stays open. Another value is another result.
    scene.put(&scene.potassium("high", 7.1, "HH")).await;
    assert_eq!(scene.seen().await, ["high"]);
    scene.put(&scene.potassium("high", 8.0, "HH")).await;
    assert_eq!(scene.seen().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_comment_by_fhir_releases_and_a_note_of_an_analyser_does_not() {
    let scene = scene().await;
    let mut result = scene.potassium("high", 7.1, "HH");
    result["note"] = json!([{ "text": "Haemolysis index 0" }]);
    scene.put(&result).await;
    assert_eq!(scene.seen().await, Vec::<String>::new());
    result["note"] = json!([{
        "authorReference": { "reference": "Practitioner/consultant-1" }, "text": "Repeat tomorrow" }]);
    let stored = scene.put(&result).await;
    assert!(stored.get("extension").is_none());
    assert_eq!(scene.seen().await, ["high"]);
}

#[tokio::test]
async fn a_report_in_one_transaction_with_its_result_is_held_with_it() {
    let scene = scene().await;
    let entry = |resource: &Value| {
        let url =
            format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap());
        json!({ "resource": resource, "request": { "method": "PUT", "url": url } })
    };
    let bundle = json!({
        "resourceType": "Bundle", "type": "transaction",
        "entry": [entry(&scene.potassium("high", 7.1, "HH")), entry(&scene.report("report", &["high"]))]
    });
    scene.fhir("fhir").post("/", &bundle).await.expect(200);
    scene.fhir("will").get("/DiagnosticReport/report").await.expect(404);
    assert_eq!(scene.held().await["count"], 2);
}

#[tokio::test]
async fn another_patient_and_nobody_learn_nothing_of_what_is_held() {
    let scene = scene().await;
    scene.put(&scene.potassium("high", 7.1, "HH")).await;
    let other = json!({ "resourceType": "Patient", "name": [{ "family": "Other" }] });
    let other = scene.fhir("fhir").create(&other).await;
    scene.ward.add_patient_user("other", &other).await;
    let path = format!("/api/patients/{}/results/held", scene.patient);
    scene.ward.as_user("other").get(&path).await.expect(404);
    scene.ward.nobody().get(&path).await.expect(401);
    scene.ward.as_user("clerk").get(&path).await.expect(403);
    assert_eq!(scene.ward.as_user("nurse").get(&path).await.expect(200).json()["count"], 1);
}
