//! Operations: what they answer, who may ask, and that each leaves one audit entry.

use crate::sight::{Scene, scene};
use crate::ward::{Ward, observation, patient};
use serde_json::{Value, json};

#[tokio::test]
async fn meta_is_read_added_to_and_taken_from() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let id = client.create(&patient("A", "B", "2000-01-01")).await;
    let path = format!("/Patient/{id}");
    let input = |tags: Value| json!({ "resourceType": "Parameters", "parameter": [{ "name": "meta", "valueMeta": { "tag": tags } }] });
    let tag = |code: &str| json!({ "system": "urn:t", "code": code });
    let tags = |reply: &Value| {
        let rows = reply["parameter"][0]["valueMeta"]["tag"].as_array().cloned().unwrap_or_default();
        rows.iter().map(|t| t["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let added = client
        .post(&format!("{path}/$meta-add"), &input(json!([tag("x"), tag("y"), tag("x")])))
        .await
        .expect(200);
    assert_eq!(tags(&added.json()), ["x", "y"]);
    assert_eq!(added.header("etag"), "W/\"2\"");
    let taken =
        client.post(&format!("{path}/$meta-delete"), &input(json!([tag("x"), tag("z")]))).await.expect(200);
    assert_eq!(tags(&taken.json()), ["y"]);
    let read = client.get(&format!("{path}/$meta")).await.expect(200).json();
    assert_eq!(tags(&read), ["y"]);
    assert_eq!(read["parameter"][0]["valueMeta"]["versionId"], "3");
    client.post(&format!("{path}/$meta-add"), &json!({ "resourceType": "Parameters" })).await.expect(400);
    client.post("/Patient/nobody/$meta-add", &input(json!([tag("x")]))).await.expect(404);
    let stale = ward.as_user("fhir").with("if-match", "W/\"1\"");
    stale.post(&format!("{path}/$meta-add"), &input(json!([tag("w")]))).await.expect(412);
    ward.as_user("doctor").post(&format!("{path}/$meta-add"), &input(json!([tag("w")]))).await.expect(403);
    // A label is a tag like any other: putting one on what one may then not see is refused, so is taking one off.
    let label = json!({ "resourceType": "Parameters", "parameter": [{ "name": "meta", "valueMeta": { "security":
        [{ "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V" }] } }] });
    client.post(&format!("{path}/$meta-add"), &label).await.expect(403);
}

#[tokio::test]
async fn everything_is_the_whole_record_and_no_more() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let doctor = client.create(&json!({ "resourceType": "Practitioner", "name": [{ "family": "D" }] })).await;
    let id = client.create(&patient("A", "B", "2000-01-01")).await;
    let other = client.create(&patient("C", "D", "2000-01-01")).await;
    for n in 0..7 {
        let mut one = observation(&id, "a", &format!("2020-01-0{}", n + 1), 1.0);
        one["performer"] = json!([{ "reference": format!("Practitioner/{doctor}") }]);
        client.create(&one).await;
    }
    client.create(&observation(&other, "a", "2020-01-01", 1.0)).await;
    let allergy = json!({ "resourceType": "AllergyIntolerance", "patient": { "reference": format!("Patient/{id}") },
        "clinicalStatus": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
            "code": "active" }] } });
    client.create(&allergy).await;
    let path = format!("/Patient/{id}/$everything");
    let whole = client.get(&path).await.expect(200);
    assert_eq!(whole.ids().len(), 9);
    let names: Vec<Value> = whole.of_mode("include").iter().map(|r| r["resourceType"].clone()).collect();
    assert_eq!(names, ["Practitioner"]);
    assert!(!whole.text().contains(&other));
    let mut next = Some(format!("{path}?_count=2"));
    let mut seen = Vec::new();
    while let Some(page) = next {
        let reply = client.get(&page).await.expect(200);
        assert!(reply.ids().len() <= 2);
        seen.extend(reply.ids());
        next = reply.link("next");
    }
    assert_eq!(seen, whole.ids());
    assert_eq!(client.get(&format!("{path}?_type=Observation")).await.expect(200).ids().len(), 7);
    // Care of three days; what has no clinical date belongs to all days.
    assert_eq!(
        client.get(&format!("{path}?start=2020-01-03&end=2020-01-05")).await.expect(200).ids().len(),
        5
    );
    assert!(client.get(&format!("{path}?_since=2099-01-01")).await.expect(200).ids().is_empty());
    let body =
        json!({ "resourceType": "Parameters", "parameter": [{ "name": "_type", "valueCode": "Patient" }] });
    assert_eq!(client.post(&path, &body).await.expect(200).ids(), [id.as_str()]);
    for (query, place) in [
        ("_since=x", "_since"),
        ("_type=Nobody", "_type"),
        ("_count=0", "_count"),
        ("nonsense=1", "nonsense"),
        ("_page=x", "_page"),
    ] {
        assert_eq!(client.get(&format!("{path}?{query}")).await.expect(400).issue().0, place, "{query}");
    }
    client.get("/Patient/nobody/$everything").await.expect(404);
    client.get("/Group/1/$everything").await.expect(404);
    ward.as_user("support").get(&path).await.expect(403);
    ward.add_patient_user("anna", &id).await;
    let own = ward.as_user("anna").get("/Patient/$everything").await.expect(200);
    assert_eq!(own.ids().len(), 9);
    ward.as_user("anna").get(&format!("/Patient/{other}/$everything")).await.expect(404);
}

#[tokio::test]
async fn a_record_is_printed_for_whoever_may_see_it() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let id = client.create(&patient("A", "B", "2000-01-01")).await;
    let other = client.create(&patient("C", "D", "2000-01-01")).await;
    client.create(&observation(&id, "a", "2020-01-01", 1.0)).await;
    ward.add_patient_user("anna", &id).await;
    let anna = ward.as_user("anna");
    let path = format!("/Patient/{id}/$print");
    let (english, entries) = ward.entries_of(anna.get(&path)).await;
    let english = english.expect(200);
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (entries[0].audit.operation.as_str(), &entries[0].audit.patients[..]),
        ("print", &[id.clone()][..])
    );
    assert_eq!(english.header("content-type"), "application/pdf");
    assert_eq!(english.header("content-disposition"), "attachment; filename=\"record.pdf\"");
    assert!(english.bytes.starts_with(b"%PDF-"));
    let arabic = anna.get(&format!("{path}?language=ar-EG&_format=pdf")).await.expect(200);
    assert!(arabic.bytes.starts_with(b"%PDF-") && arabic.bytes != english.bytes);
    for (query, place) in [("language=fr", "language"), ("_format=html", "_format"), ("_type=Claim", "_type")]
    {
        assert_eq!(anna.get(&format!("{path}?{query}")).await.expect(400).issue().0, place, "{query}");
    }
    anna.get(&format!("/Patient/{other}/$print")).await.expect(404);
    anna.get("/Patient/nobody/$print").await.expect(404);
    client.get("/Group/1/$print").await.expect(404);
    ward.as_user("support").get(&path).await.expect(403);
    ward.as_user("doctor").get(&path).await.expect(200);
}

#[tokio::test]
async fn everything_of_an_encounter() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let id = client.create(&patient("A", "B", "2000-01-01")).await;
    let encounter = json!({ "resourceType": "Encounter", "status": "finished", "class": { "code": "AMB" },
        "subject": { "reference": format!("Patient/{id}") } });
    let (one, two) = (client.create(&encounter).await, client.create(&encounter).await);
    for (encounter, code) in [(&one, "in"), (&two, "out")] {
        let mut made = observation(&id, code, "2020", 1.0);
        made["encounter"] = json!({ "reference": format!("Encounter/{encounter}") });
        client.create(&made).await;
    }
    let found = client.get(&format!("/Encounter/{one}/$everything")).await.expect(200);
    assert_eq!(found.ids().len(), 2);
    assert!(!found.text().contains(&two));
    ward.as_user("support").get(&format!("/Encounter/{one}/$everything")).await.expect(403);
}

#[tokio::test]
async fn what_is_sealed_leaks_through_no_operation() {
    let Scene { ward, open, sealed, secret } = scene().await;
    for who in ["doctor", "fhir", "admin"] {
        let client = ward.as_user(who);
        client.get(&format!("/Patient/{sealed}/$everything")).await.expect(403);
        client.get(&format!("/Patient/{sealed}/$print")).await.expect(403);
        client.get(&format!("/Patient/{sealed}/$meta")).await.expect(403);
        for path in
            [format!("/Patient/{open}/$everything"), format!("/Observation/$lastn?patient={open}&max=9")]
        {
            let found = client.get(&path).await.expect(200);
            assert!(!found.text().contains(&secret), "{who} {path}");
        }
        assert!(
            client.get(&format!("/Observation/$lastn?patient={sealed}")).await.expect(200).ids().is_empty()
        );
    }
    let nurse = ward.as_user("nurse").get(&format!("/Patient/{open}/$everything")).await.expect(200);
    assert!(nurse.text().contains(&secret));
    ward.as_user("clerk").get(&format!("/Observation/$lastn?patient={open}")).await.expect(403);
    let clerk = ward.as_user("clerk").get(&format!("/Patient/{open}/$everything")).await.expect(200);
    assert!(clerk.of_mode("match").iter().all(|r| r["resourceType"] != "Observation"));
}

#[tokio::test]
async fn lastn_is_the_latest_of_each_kind() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let id = client.create(&patient("A", "B", "2000-01-01")).await;
    for (code, when) in [("a", "2020-01-01"), ("a", "2020-03-01"), ("a", "2020-02-01"), ("b", "2019-01-01")] {
        client.create(&observation(&id, code, when, 1.0)).await;
    }
    // Shares a coding with kind a, so it is of kind a.
    let mut both = observation(&id, "a", "2020-04-01", 1.0);
    both["code"]["coding"].as_array_mut().unwrap().insert(0, json!({ "system": "urn:local", "code": "A" }));
    client.create(&both).await;
    let mut text = observation(&id, "x", "2018-01-01", 1.0);
    text["code"] = json!({ "text": "Mood" });
    client.create(&text).await;
    let dates = |reply: &galen_testkit::ward::Reply| {
        reply
            .of_mode("match")
            .iter()
            .map(|r| r["effectiveDateTime"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let one = client.get(&format!("/Observation/$lastn?patient={id}")).await.expect(200);
    assert_eq!(dates(&one), ["2020-04-01", "2019-01-01", "2018-01-01"]);
    let two = client.get(&format!("/Observation/$lastn?subject=Patient/{id}&max=2")).await.expect(200);
    assert_eq!(dates(&two), ["2020-04-01", "2020-03-01", "2019-01-01", "2018-01-01"]);
    let only =
        client.get(&format!("/Observation/$lastn?patient={id}&code=http://loinc.org|b")).await.expect(200);
    assert_eq!(dates(&only), ["2019-01-01"]);
    client.get("/Observation/$lastn").await.expect(400);
    client.get(&format!("/Observation/$lastn?patient={id}&max=0")).await.expect(400);
}

#[tokio::test]
async fn a_document_is_whole_or_refused() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let id = client.create(&patient("A", "B", "2000-01-01")).await;
    let author = client.create(&json!({ "resourceType": "Practitioner", "name": [{ "family": "D" }] })).await;
    let seen = client.create(&observation(&id, "a", "2020", 1.0)).await;
    let composition = |entry: &str| {
        json!({ "resourceType": "Composition", "status": "final", "type": { "text": "t" },
        "subject": { "reference": format!("Patient/{id}") }, "date": "2020", "title": "T",
        "author": [{ "reference": format!("Practitioner/{author}") }],
        "section": [{ "title": "S", "entry": [{ "reference": entry }] }] })
    };
    let made = client.create(&composition(&format!("Observation/{seen}"))).await;
    let document = client.get(&format!("/Composition/{made}/$document")).await.expect(200).json();
    assert_eq!(
        (&document["type"], &document["entry"][0]["resource"]["resourceType"]),
        (&"document".into(), &"Composition".into())
    );
    assert_eq!(document["entry"].as_array().unwrap().len(), 4);
    let json = galen_fhir::json::parse(document.to_string().as_bytes()).unwrap();
    let issues = galen_fhir::validate::validate_json(&json);
    assert!(issues.iter().all(|i| !i.is_error()), "{issues:?}");
    let kept = client.get(&format!("/Composition/{made}/$document?persist=true")).await.expect(201);
    assert!(kept.header("location").contains("/Bundle/"));
    let broken = client.create(&composition("Observation/nobody")).await;
    let refused = client.get(&format!("/Composition/{broken}/$document")).await.expect(422);
    assert_eq!(refused.issue().0, "Composition.section[0].entry[0]");
    ward.as_user("support").get(&format!("/Composition/{made}/$document")).await.expect(403);
    // Who may not keep bundles may read the document all the same.
    ward.as_user("clerk").get(&format!("/Composition/{made}/$document?persist=true")).await.expect(403);
}

#[tokio::test]
async fn what_is_told_of_operations_is_there() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let told = ward.nobody().get("/metadata").await.expect(200).json();
    let mut seen = std::collections::BTreeSet::new();
    let rest = &told["rest"][0];
    let rows = rest["resource"].as_array().unwrap().iter().chain(std::iter::once(rest));
    for operation in rows.flat_map(|row| row["operation"].as_array().cloned().unwrap_or_default()) {
        let canonical = operation["definition"].as_str().unwrap().to_owned();
        if !seen.insert(canonical.clone()) {
            continue;
        }
        let id = canonical.rsplit('/').next().unwrap();
        let definition = client.get(&format!("/OperationDefinition/{id}")).await.expect(200);
        assert_eq!(definition.json()["url"], canonical);
        assert_eq!(definition.json()["code"], operation["name"]);
        let issues =
            galen_fhir::validate::validate_json(&galen_fhir::json::parse(&definition.bytes).unwrap());
        assert!(issues.iter().all(|i| !i.is_error()), "{id}: {issues:?}");
    }
    assert!(seen.len() >= 8, "{seen:?}");
    client.get("/OperationDefinition/nonsense").await.expect(404);
    client.get("/Patient/$nonsense").await.expect(404);
}
