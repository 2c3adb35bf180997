//! The directory through a whole house.

use galen_testkit::ward::{Client, Ward};
use serde_json::{Value, json};

async fn ward() -> Ward {
    Ward::new(vec![&galen_directory::SERVICE, &galen_service::accounts::SERVICE]).await
}

async fn place(client: &Client<'_>, name: &str, kind: &str, part_of: Option<&str>) -> String {
    let body = json!({ "name": name, "kind": kind, "partOf": part_of });
    client.post("/api/directory/places", &body).await.expect(201).json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_hospital_is_built_and_listed() {
    let ward = ward().await;
    let admin = ward.as_user("admin");
    let site = place(&admin, "St Mary", "site", None).await;
    let unit = place(&admin, "Ward 7", "ward", Some(&site)).await;
    for bed in ["Bed B", "Bed A"] {
        place(&admin, bed, "bed", Some(&unit)).await;
    }
    let beds =
        ward.as_user("nurse").get(&format!("/api/directory/places?partOf={unit}")).await.expect(200).json();
    let names: Vec<&str> =
        beds["places"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Bed A", "Bed B"]);
    let organization = json!({ "name": "Trust", "odsCode": "R1A" });
    let organization = admin.post("/api/directory/organizations", &organization).await.expect(201).json();
    let practitioner = json!({ "family": "House", "given": ["Greg"],
                               "identifier": ["https://fhir.hl7.org.uk/Id/gmc-number", "1234567"] });
    let practitioner = admin.post("/api/directory/practitioners", &practitioner).await.expect(201).json();
    let role = json!({ "practitioner": practitioner["id"], "organization": organization["id"], "code": "R8000",
                       "locations": [unit] });
    admin.post("/api/directory/roles", &role).await.expect(201);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_place() {
    let ward = ward().await;
    let admin = ward.as_user("admin");
    let site = place(&admin, "St Mary", "site", None).await;
    let unit = place(&admin, "Ward 7", "ward", Some(&site)).await;
    place(&admin, "Bed A", "bed", Some(&unit)).await;
    for (body, status, code) in [
        (json!({ "name": "Bed A", "kind": "bed", "partOf": unit }), 409, "bed-name-taken"),
        (json!({ "name": " bed a", "kind": "bed", "partOf": unit }), 409, "bed-name-taken"),
        (json!({ "name": "Bed B", "kind": "bed", "partOf": site }), 422, "place-does-not-fit"),
        (json!({ "name": "Bed B", "kind": "bed" }), 422, "bed-needs-ward"),
        (json!({ "name": "Bed B", "kind": "bed", "partOf": "nowhere" }), 422, "not-found"),
        (json!({ "name": "", "kind": "site" }), 422, "name-invalid"),
        (json!({ "name": "x", "kind": "castle" }), 422, "body-invalid"),
    ] {
        let refused = admin.post("/api/directory/places", &body).await.expect(status).json();
        assert_eq!(refused["code"], code, "{body}");
    }
    admin.get("/api/directory/places?unknown=1").await.expect(400);
}

#[tokio::test]
async fn a_number_of_a_register_belongs_to_one_practitioner() {
    let ward = ward().await;
    let admin = ward.as_user("admin");
    let body =
        json!({ "family": "House", "identifier": ["https://fhir.hl7.org.uk/Id/gmc-number", "1234567"] });
    admin.post("/api/directory/practitioners", &body).await.expect(201);
    let refused = admin.post("/api/directory/practitioners", &body).await.expect(409).json();
    assert_eq!(refused["code"], "identifier-taken");
}

#[tokio::test]
async fn only_those_who_maintain_it_change_it_and_each_request_is_audited_once() {
    let ward = ward().await;
    let body = json!({ "name": "St Mary", "kind": "site" });
    let (reply, entries) = ward.entries_of(ward.as_user("nurse").post("/api/directory/places", &body)).await;
    assert_eq!((reply.status.as_u16(), entries.len()), (403, 1));
    let (reply, entries) = ward.entries_of(ward.as_user("admin").post("/api/directory/places", &body)).await;
    assert_eq!((reply.status.as_u16(), entries.len()), (201, 1));
    let (reply, entries) = ward.entries_of(ward.nobody().post("/api/directory/places", &Value::Null)).await;
    assert_eq!((reply.status.as_u16(), entries.len()), (401, 1));
}
