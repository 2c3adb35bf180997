//! Formats, preferences, parts of resources, and the conditions of reads and writes.

use crate::ward::{Ward, patient};
use serde_json::json;

#[tokio::test]
async fn formats_are_agreed_on_or_refused() {
    let ward = Ward::new().await;
    let id = ward.as_user("fhir").create(&patient("A", "B", "2000-01-01")).await;
    let path = format!("/Patient/{id}");
    for (accept, status) in [
        ("application/fhir+json", 200),
        ("application/fhir+json; fhirVersion=4.0", 200),
        ("application/fhir+json;fhirversion=4.0.1", 200),
        ("application/fhir+json; fhirVersion=3.0", 406),
        ("application/fhir+xml, application/fhir+json;q=0.5", 200),
        ("application/fhir+xml", 406),
        ("application/fhir+json;q=0", 406),
        ("application/fhir+json;q=0, */*", 406),
        ("application/fhir+xml, */*;q=0.1", 200),
        ("image/png", 406),
        ("application/*", 200),
        ("", 200),
    ] {
        let reply = ward.as_user("fhir").with("accept", accept).get(&path).await;
        assert_eq!(reply.status.as_u16(), status, "{accept}");
        assert_eq!(reply.header("content-type"), "application/fhir+json", "{accept}");
    }
    for (format, status) in [
        ("json", 200),
        ("application/fhir%2Bjson", 200),
        ("application/fhir+json", 200),
        ("xml", 406),
        ("ttl", 406),
    ] {
        // The parameter wins over the header.
        let client = ward.as_user("fhir").with("accept", "application/fhir+xml");
        client.get(&format!("{path}?_format={format}")).await.expect(status);
    }
    for kind in ["application/fhir+xml", "text/plain", "application/fhir+json; fhirVersion=5.0"] {
        ward.as_user("fhir")
            .with("content-type", kind)
            .post("/Patient", &patient("A", "B", "2000"))
            .await
            .expect(415);
    }
}

#[tokio::test]
async fn parts_of_resources() {
    let ward = Ward::new().await;
    let mut body = patient("A", "B", "2000-01-01");
    body["text"] =
        json!({ "status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">A</div>" });
    body["contact"] = json!([{ "name": { "text": "C" } }]);
    let client = ward.as_user("fhir");
    let id = client.create(&body).await;
    for path in [format!("/Patient/{id}"), format!("/Patient/{id}/_history/1")] {
        let names = |query: &str| {
            let (client, path) = (ward.as_user("fhir"), format!("{path}?{query}"));
            async move {
                let json = client.get(&path).await.expect(200).json();
                let is_part = json["meta"]["tag"][0]["code"] == "SUBSETTED";
                let mut names: Vec<String> = json.as_object().unwrap().keys().cloned().collect();
                names.sort();
                (names.join(" "), is_part)
            }
        };
        assert_eq!(
            names("_summary=true").await,
            ("birthDate gender id identifier meta name resourceType".into(), true)
        );
        assert_eq!(names("_summary=text").await, ("id meta resourceType text".into(), true));
        assert!(!names("_summary=data").await.0.contains("text"));
        assert_eq!(names("_elements=name,contact").await, ("contact id meta name resourceType".into(), true));
        assert!(!names("_summary=false").await.1);
        client.get(&format!("{path}?_summary=nonsense")).await.expect(400);
        client.get(&format!("{path}?_elements=nonsense")).await.expect(400);
        client.get(&format!("{path}?_elements=name&_summary=true")).await.expect(400);
    }
}

#[tokio::test]
async fn a_put_can_be_kept_from_replacing() {
    let ward = Ward::new().await;
    let body = json!({ "resourceType": "Basic", "id": "b", "code": { "text": "x" } });
    let create_only = || ward.as_user("fhir").with("if-none-match", "*");
    create_only().put("/Basic/b", &body).await.expect(201);
    let refused = create_only().put("/Basic/b", &body).await.expect(412);
    assert_eq!(refused.issue().0, "If-None-Match");
    ward.as_user("fhir").with("if-match", "W/\"7\", W/\"1\"").put("/Basic/b", &body).await.expect(200);
    ward.as_user("fhir").with("if-match", "*").put("/Basic/b", &body).await.expect(200);
    ward.as_user("fhir")
        .with("if-match", "*")
        .put("/Basic/c", &json!({ "resourceType": "Basic", "id": "c", "code": {} }))
        .await;
    ward.as_user("fhir").get("/Basic/c").await.expect(404);
    ward.as_user("fhir").delete("/Basic/b").await.expect(204);
    create_only().put("/Basic/b", &body).await.expect(201);
}

#[tokio::test]
async fn several_are_deleted_only_when_that_is_said() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    for n in 0..5 {
        client.create(&patient("Many", &format!("N{n}"), "2000-01-01")).await;
    }
    client.delete("/Patient?family=many").await.expect(412);
    for bad in ["_count=0", "_count=x", "_count=1000000000"] {
        client.delete(&format!("/Patient?family=many&{bad}")).await.expect(400);
    }
    client.delete("/Patient?_count=3").await.expect(412);
    let (reply, entries) =
        ward.entries_of(async { ward.as_user("fhir").delete("/Patient?family=many&_count=3").await }).await;
    assert!(reply.expect(200).issue().1.starts_with("3 deleted"));
    assert_eq!((entries.len(), entries[0].audit.entities.len()), (1, 3));
    assert_eq!(client.get("/Patient?family=many").await.ids().len(), 2);
    client.delete("/Patient?family=many&_count=1000").await.expect(200);
    let none = client.delete("/Patient?family=many&_count=10").await.expect(200);
    assert!(none.issue().1.starts_with("0 deleted"));
    ward.as_user("doctor").delete("/Patient?family=many&_count=10").await.expect(403);
}

#[tokio::test]
async fn what_the_client_says_of_ids_and_versions_is_not_believed() {
    let ward = Ward::new().await;
    let mut body = patient("A", "B", "2000-01-01");
    body["id"] = "mine".into();
    body["meta"] = json!({ "versionId": "77", "lastUpdated": "1999-01-01T00:00:00Z", "source": "urn:s",
        "profile": ["http://example.org/p"], "tag": [{ "system": "urn:t", "code": "c" }] });
    let made = ward.as_user("fhir").post("/Patient", &body).await.expect(201).json();
    assert_ne!(made["id"], "mine");
    assert_eq!(made["meta"]["versionId"], "1");
    assert!(made["meta"]["lastUpdated"].as_str().unwrap().starts_with("2026-"));
    assert_eq!((&made["meta"]["source"], &made["meta"]["tag"][0]["code"]), (&"urn:s".into(), &"c".into()));
    assert_eq!(made["meta"]["profile"][0], "http://example.org/p");
}
