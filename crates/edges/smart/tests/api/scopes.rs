//! A token is never more than its scopes, on every way to a resource.

use crate::ward::{Ward, observation, two_patients};
use serde_json::{Value, json};

const LABORATORY: &str =
    "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory";

fn is_laboratory(resource: &Value) -> bool {
    resource["category"][0]["coding"][0]["code"] == "laboratory"
}

#[tokio::test]
async fn granular_scopes_filter_every_way_to_a_resource() {
    let ward = Ward::new().await;
    let (one, _) = two_patients(&ward).await;
    let token =
        ward.connect("doctor", &format!("launch/patient patient/Patient.rs {LABORATORY}"), Some(&one)).await;
    let app = ward.app(&token);
    let all =
        ward.as_user("doctor").at("/fhir").get(&format!("/Observation?patient={one}")).await.of_mode("match");
    assert_eq!(all.len(), 2);

    let found = app.get("/Observation?_total=accurate").await.expect(200);
    assert_eq!(found.json()["total"], 1);
    assert!(found.of_mode("match").iter().all(is_laboratory));
    let included = app.get(&format!("/Patient?_id={one}&_revinclude=Observation:patient")).await.expect(200);
    assert_eq!(included.of_mode("include").len(), 1);
    assert!(included.of_mode("include").iter().all(is_laboratory));
    let chained = "/Patient?_has:Observation:patient:category=vital-signs";
    assert!(
        app.get(chained).await.expect(200).ids().is_empty(),
        "what is out of scope is not chained through"
    );
    let chained = "/Patient?_has:Observation:patient:category=laboratory";
    assert_eq!(app.get(chained).await.expect(200).ids().len(), 1);
    let everything = app.get(&format!("/Patient/{one}/$everything")).await.expect(200);
    let observations: Vec<Value> =
        everything.of_mode("match").into_iter().filter(|r| r["resourceType"] == "Observation").collect();
    assert_eq!(observations.len(), 1);
    assert!(observations.iter().all(is_laboratory));
    let history = app.get("/Observation/_history").await.expect(200).json();
    assert_eq!(history["entry"].as_array().unwrap().len(), 1);
    let last = app.get(&format!("/Observation/$lastn?patient={one}&max=5")).await.expect(200).json();
    assert_eq!(last["entry"].as_array().unwrap().len(), 1);

    for resource in &all {
        let id = resource["id"].as_str().unwrap();
        let wanted = if is_laboratory(resource) { 200 } else { 403 };
        for path in [
            format!("/Observation/{id}"),
            format!("/Observation/{id}/_history"),
            format!("/Observation/{id}/_history/1"),
        ] {
            let reply = app.get(&path).await.expect(wanted);
            let told = reply.header("www-authenticate").contains("insufficient_scope");
            assert_eq!(told, wanted == 403, "{path}");
        }
        let entry = json!({ "request": { "method": "GET", "url": format!("Observation/{id}") } });
        let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": [entry] });
        let answered = app.post("", &batch).await.expect(200).json();
        let status = answered["entry"][0]["response"]["status"].as_str().unwrap().to_owned();
        assert!(status.starts_with(&wanted.to_string()), "{status}");
    }
}

#[tokio::test]
async fn writes_need_their_letter_and_stay_within_patient_and_criteria() {
    let ward = Ward::new().await;
    let (one, other) = two_patients(&ward).await;
    let scope = "launch/patient patient/Observation.cru?category=laboratory";
    let token = ward.connect("doctor", scope, Some(&one)).await;
    let app = ward.app(&token);
    let made = app.post("/Observation", &observation(&one, "laboratory")).await.expect(201).json();
    app.post("/Observation", &observation(&one, "vital-signs")).await.expect(403);
    app.post("/Observation", &observation(&other, "laboratory")).await.expect(403);
    let path = format!("/Observation/{}", made["id"].as_str().unwrap());
    let mut moved = made.clone();
    moved["subject"]["reference"] = json!(format!("Patient/{other}"));
    app.put(&path, &moved).await.expect(403);
    let mut renamed = made.clone();
    renamed["category"][0]["coding"][0]["code"] = json!("vital-signs");
    app.put(&path, &renamed).await.expect(403);
    app.put(&path, &made).await.expect(200);
    app.delete(&path).await.expect(403);
    app.get("/Observation").await.expect(403);
    let patch =
        json!([{ "op": "replace", "path": "/subject/reference", "value": format!("Patient/{other}") }]);
    let patching = ward.app(&token).with("content-type", "application/json-patch+json");
    patching.send("PATCH", &path, patch.to_string()).await.expect(403);
}

#[tokio::test]
async fn both_versions_mean_the_same() {
    let ward = Ward::new().await;
    let (one, _) = two_patients(&ward).await;
    for (scope, reads, writes) in [
        ("patient/Observation.read", 200, 403),
        ("patient/Observation.rs", 200, 403),
        ("patient/Observation.write", 403, 201),
        ("patient/Observation.*", 200, 201),
        ("patient/*.cruds", 200, 201),
        ("user/Observation.r", 403, 403),
        ("user/*.s", 200, 403),
    ] {
        let token = ward.connect("doctor", &format!("launch/patient {scope}"), Some(&one)).await;
        let app = ward.app(&token);
        assert_eq!(app.get("/Observation").await.status.as_u16(), reads, "{scope}");
        let made = app.post("/Observation", &observation(&one, "laboratory")).await;
        assert_eq!(made.status.as_u16(), writes, "{scope}");
    }
}

#[tokio::test]
async fn a_token_is_never_more_than_its_user() {
    let ward = Ward::new().await;
    let (one, other) = two_patients(&ward).await;
    let scope = "user/*.cruds launch/patient patient/*.cruds";
    let clerk = ward.connect("clerk", scope, Some(&one)).await;
    ward.app(&clerk).get("/Patient").await.expect(200);
    ward.app(&clerk).get("/Observation").await.expect(403);
    ward.add_patient_user("ann", &one).await;
    let own = ward.connect("ann", scope, None).await;
    assert_eq!(ward.app(&own).get("/Patient").await.expect(200).ids(), std::slice::from_ref(&one));
    ward.app(&own).get(&format!("/Patient/{other}")).await.expect(404);
    ward.app(&own).get("/AuditEvent").await.expect(200);
    ward.app(&own).post("/Observation", &observation(&one, "laboratory")).await.expect(403);
    let read_only = ward.connect("ann", "patient/Patient.rs", None).await;
    ward.app(&read_only).get("/Observation").await.expect(403);
}

#[tokio::test]
async fn an_applications_token_reaches_fhir_and_nothing_else() {
    let ward = Ward::new().await;
    let token = ward.connect("admin", "user/*.cruds", None).await;
    let app = ward.app(&token).at("");
    for (method, path) in [
        ("POST", "/api/token"),
        ("GET", "/api/users"),
        ("GET", "/api/session"),
        ("DELETE", "/api/session"),
        ("GET", "/api/clients"),
        ("GET", "/api/authorizations"),
        ("POST", "/api/launches"),
    ] {
        let refused = app.send(method, path, "{}").await.expect(403);
        assert_eq!(refused.json()["code"], "insufficient-scope", "{method} {path}");
    }
    ward.app(&token).get("/Patient").await.expect(200);
}

#[tokio::test]
async fn everything_without_an_id_is_the_record_that_the_application_was_opened_on() {
    let ward = Ward::new().await;
    let (one, other) = two_patients(&ward).await;
    let narrow = ward.connect("doctor", "launch/patient patient/*.rs", Some(&one)).await;
    let own = ward.app(&narrow).get("/Patient/$everything").await.expect(200);
    assert_eq!(own.ids().len(), 3);
    assert!(own.link("self").unwrap().ends_with(&format!("/Patient/{one}/$everything")));
    assert!(!own.text().contains(&other));
    let wide = ward.connect("doctor", "launch/patient patient/*.rs user/*.rs", Some(&one)).await;
    assert_eq!(ward.app(&wide).get("/Patient/$everything").await.expect(200).ids().len(), 6);
    let few = ward.connect("doctor", "user/Patient.rs", None).await;
    assert_eq!(ward.app(&few).get("/Patient/$everything").await.expect(200).ids().len(), 2);
    let none = ward.connect("doctor", "user/Observation.rs", None).await;
    ward.app(&none).get("/Patient/$everything").await.expect(403);
}
