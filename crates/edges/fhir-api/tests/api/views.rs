//! `$viewdefinition-run`: formats, whose rows there are, what is refused and where, and what the audit says of it.

use crate::sight::{Scene, scene};
use crate::ward::{Client, Ward, observation, patient};
use galen_testkit::ward::Reply;
use serde_json::{Value, json};

const RUN: &str = "/$viewdefinition-run";

fn people() -> Value {
    json!({ "resourceType": "ViewDefinition", "name": "people", "status": "active", "resource": "Patient",
        "select": [{ "column": [{ "name": "id", "path": "id", "type": "id" }, { "name": "born", "path": "birthDate" },
            { "name": "family", "path": "name.family.first()" }] }] })
}

fn results() -> Value {
    json!({ "resourceType": "ViewDefinition", "status": "active", "resource": "Observation",
        "select": [{ "column": [{ "name": "id", "path": "id" }, { "name": "value", "path": "value.ofType(Quantity).value" },
            { "name": "patient", "path": "subject.getReferenceKey(Patient)" }] }] })
}

/// The input of a run: a view, and parameters by name.
fn input(view: &Value, more: &[Value]) -> Value {
    let mut parameter = vec![json!({ "name": "viewResource", "resource": view })];
    parameter.extend_from_slice(more);
    json!({ "resourceType": "Parameters", "parameter": parameter })
}

fn code(name: &str, value: &str) -> Value {
    json!({ "name": name, "valueCode": value })
}

fn lines(reply: &Reply) -> Vec<Value> {
    reply.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn rows(client: &Client<'_>, view: &Value, more: &[Value]) -> Vec<Value> {
    lines(&client.post(RUN, &input(view, more)).await.expect(200))
}

#[tokio::test]
async fn a_run_answers_in_every_format_at_both_addresses() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let id = client.create(&patient("A, \"B\"", "C", "2000-01-02")).await;
    for path in [RUN, "/ViewDefinition/$viewdefinition-run", "/ViewDefinition/$run"] {
        let reply = client.post(path, &input(&people(), &[])).await.expect(200);
        assert_eq!(reply.header("content-type"), "application/x-ndjson");
        assert_eq!(
            lines(&reply),
            [json!({ "id": id, "born": "2000-01-02", "family": "A, \"B\"" })],
            "{path}"
        );
    }
    let csv = client.post(RUN, &input(&people(), &[code("_format", "csv")])).await.expect(200);
    assert_eq!(csv.header("content-type"), "text/csv");
    assert_eq!(csv.text(), format!("id,born,family\n{id},2000-01-02,\"A, \"\"B\"\"\"\n"));
    let bare = [code("_format", "text/csv"), json!({ "name": "header", "valueBoolean": false })];
    let csv = client.post(RUN, &input(&people(), &bare)).await.expect(200);
    assert!(csv.text().starts_with(&id));
    let array = client.post(&format!("{RUN}?_format=json"), &input(&people(), &[])).await.expect(200);
    assert_eq!(array.header("content-type"), "application/json");
    assert_eq!(array.json()[0]["id"], id);
    let parquet = client.post(RUN, &input(&people(), &[code("_format", "parquet")])).await.expect(200);
    assert!(parquet.bytes.starts_with(b"PAR1") && parquet.bytes.ends_with(b"PAR1"));
    let accepting = ward.as_user("fhir").with("accept", "text/csv");
    assert!(accepting.post(RUN, &input(&people(), &[])).await.expect(200).text().starts_with("id,born"));
    // What the parameter says counts more.
    let both = accepting.post(RUN, &input(&people(), &[code("_format", "ndjson")])).await.expect(200);
    assert_eq!(both.header("content-type"), "application/x-ndjson");
    ward.nobody().post(RUN, &input(&people(), &[])).await.expect(401);
    client.get("/ViewDefinition/$export").await.expect(404);
    client.get("/ViewDefinition/1").await.expect(404);
}

#[tokio::test]
async fn rows_are_narrowed() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let (one, two) = (
        client.create(&patient("A", "B", "2000-01-01")).await,
        client.create(&patient("C", "D", "2000-01-01")).await,
    );
    for (patient, count) in [(&one, 3), (&two, 2)] {
        for n in 0..count {
            client.create(&observation(patient, "a", &format!("2020-01-0{}", n + 1), 1.0)).await;
        }
    }
    let reference = |name: &str, to: String| json!({ "name": name, "valueReference": { "reference": to } });
    assert_eq!(rows(&client, &results(), &[]).await.len(), 5);
    let own = rows(&client, &results(), &[reference("patient", format!("Patient/{one}"))]).await;
    assert_eq!(own.len(), 3);
    assert!(own.iter().all(|row| row["patient"] == format!("Patient/{one}")));
    let group = json!({ "resourceType": "Group", "type": "person", "actual": true,
        "member": [{ "entity": { "reference": format!("Patient/{two}") } }] });
    let group = client.create(&group).await;
    let in_group = reference("group", format!("Group/{group}"));
    assert_eq!(rows(&client, &results(), std::slice::from_ref(&in_group)).await.len(), 2);
    assert!(
        rows(&client, &results(), &[in_group, reference("patient", format!("Patient/{one}"))])
            .await
            .is_empty()
    );
    let limit = |n: i32| json!({ "name": "_limit", "valueInteger": n });
    assert_eq!(rows(&client, &results(), &[limit(4)]).await.len(), 4);
    ward.pass_seconds(60);
    let since = json!({ "name": "_since", "valueInstant": ward.house.clock.now().to_string() });
    let late = client.create(&observation(&one, "z", "2020-02-01", 2.5)).await;
    let found = rows(&client, &results(), &[since]).await;
    assert_eq!(found, [json!({ "id": late, "value": 2.5, "patient": format!("Patient/{one}") })]);
    client
        .post(RUN, &input(&results(), &[reference("patient", "Patient/nobody".to_owned())]))
        .await
        .expect(404);
    client.post(RUN, &input(&results(), &[reference("group", "Group/nobody".to_owned())])).await.expect(404);
}

#[tokio::test]
async fn rows_of_what_came_with_the_request() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    client.create(&patient("Stored", "B", "2000-01-01")).await;
    let given = |family: &str| json!({ "name": "resource", "resource": patient(family, "B", "2000-01-01") });
    let other =
        json!({ "name": "resource", "resource": { "resourceType": "Basic", "code": { "text": "t" } } });
    let found = rows(&client, &people(), &[given("X"), other, given("Y")]).await;
    let families: Vec<&Value> = found.iter().map(|row| &row["family"]).collect();
    assert_eq!(families, ["X", "Y"]);
    let patient = json!({ "name": "patient", "valueString": "1" });
    let refused = client.post(RUN, &input(&people(), &[given("X"), patient])).await.expect(400);
    assert_eq!(refused.issue().0, "patient");
}

#[tokio::test]
async fn what_is_hidden_has_no_rows() {
    let Scene { ward, open, sealed, secret } = scene().await;
    for (who, sees) in [("nurse", true), ("doctor", false), ("fhir", false), ("admin", false)] {
        let client = ward.as_user(who);
        let found = rows(&client, &people(), &[]).await;
        assert_eq!(found.iter().any(|row| row["id"] == sealed), sees, "{who}");
        assert!(found.iter().any(|row| row["id"] == open), "{who}");
        let found = rows(&client, &results(), &[]).await;
        assert_eq!(found.iter().any(|row| row["id"] == secret), sees, "{who}");
        assert_eq!(found.iter().any(|row| row["patient"] == format!("Patient/{sealed}")), sees, "{who}");
        let one =
            json!({ "name": "patient", "valueReference": { "reference": format!("Patient/{sealed}") } });
        client.post(RUN, &input(&people(), &[one])).await.expect(if sees { 200 } else { 403 });
    }
    // Who sees no such type at all is told so, inline resources or not.
    ward.as_user("clerk").post(RUN, &input(&results(), &[])).await.expect(403);
    ward.as_user("support").post(RUN, &input(&people(), &[])).await.expect(403);
    ward.add_patient_user("olga", &open).await;
    let own = rows(&ward.as_user("olga"), &people(), &[]).await;
    assert_eq!(own.iter().map(|row| &row["id"]).collect::<Vec<_>>(), [&open]);
}

#[tokio::test]
async fn views_that_are_wrong_are_refused_at_their_place() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    client.create(&patient("A", "B", "2000-01-01")).await;
    let column = |path: &str, more: Value| {
        let mut column = json!({ "name": "v", "path": path });
        column.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "resourceType": "ViewDefinition", "resource": "Patient", "select": [{ "column": [column] }] })
    };
    for (view, place) in [
        (column("name.(", json!({})), "viewResource.select[0].column[0].path"),
        (column("%nothing", json!({})), "viewResource.select[0].column[0].path"),
        (column("id", json!({ "type": "Nothing" })), "viewResource.select[0].column[0].type"),
        // An element that R4 does not have would be a column of nulls.
        (column("name.familiy", json!({})), "viewResource.select[0].column[0].path"),
        (json!({ "resourceType": "ViewDefinition", "select": [] }), "viewResource.resource"),
        (json!(7), "viewResource"),
    ] {
        let refused = client.post(RUN, &input(&view, &[])).await.expect(422);
        assert_eq!(refused.issue().0, place, "{view}");
    }
    let lenient = ward.as_user("fhir").with("prefer", "handling=lenient");
    assert_eq!(rows(&lenient, &column("name.familiy", json!({})), &[]).await, [json!({ "v": null })]);
    // What shows only when it meets the data is refused like any other request.
    let several = column("name.given | name.family", json!({}));
    let refused = client.post(RUN, &input(&several, &[])).await.expect(422);
    assert_eq!(refused.issue().0, "ViewDefinition.select[0].column[0].path");
    for (more, place) in [
        (code("_format", "xml"), "_format"),
        (json!({ "name": "_limit", "valueInteger": 0 }), "_limit"),
        (json!({ "name": "header", "valueString": "maybe" }), "header"),
        (json!({ "name": "_since", "valueString": "x" }), "_since"),
        (json!({ "name": "patient", "valueString": "a b" }), "patient"),
        (json!({ "name": "source", "valueString": "s3://x" }), "source"),
    ] {
        let csv = code("_format", "csv");
        let given = if place == "header" { vec![csv, more] } else { vec![more] };
        let refused = client.post(RUN, &input(&people(), &given)).await.expect(400);
        assert_eq!(refused.issue().0, place);
    }
    client.post(RUN, &json!({ "resourceType": "Parameters" })).await.expect(400);
    client.get(RUN).await.expect(400);
    let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": [{ "request": { "method": "POST",
        "url": "$viewdefinition-run" }, "resource": input(&people(), &[]) }] });
    let answered = client.post("", &batch).await.expect(200).json();
    assert!(answered["entry"][0]["response"]["status"].as_str().unwrap().starts_with("405"), "{answered}");
}

#[tokio::test]
async fn a_view_may_lie_in_a_binary() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let id = client.create(&patient("A", "B", "2000-01-01")).await;
    let stored = |text: &str| {
        json!({ "resourceType": "Binary", "contentType": "application/json",
            "data": data_encoding::BASE64.encode(text.as_bytes()) })
    };
    let binary = client.create(&stored(&people().to_string())).await;
    let read = client.get(&format!("{RUN}?viewReference=Binary/{binary}&_format=ndjson")).await.expect(200);
    assert_eq!(lines(&read)[0]["id"], id);
    let wrong = client.create(&stored("{\"resource\":\"Patient\"}")).await;
    let refused = client.get(&format!("{RUN}?viewReference=Binary/{wrong}")).await.expect(422);
    assert_eq!(refused.issue().0, "ViewDefinition.select");
    let no_json = client.create(&stored("nothing")).await;
    client.get(&format!("{RUN}?viewReference=Binary/{no_json}")).await.expect(422);
    for reference in ["ViewDefinition/1", "Binary/nobody", "http://other.example/ViewDefinition/1"] {
        client.get(&format!("{RUN}?viewReference={reference}")).await.expect(404);
    }
    let both =
        json!({ "name": "viewReference", "valueReference": { "reference": format!("Binary/{binary}") } });
    client.post(RUN, &input(&people(), &[both])).await.expect(400);
    ward.as_user("support").get(&format!("{RUN}?viewReference=Binary/{binary}")).await.expect(403);
}

#[tokio::test]
async fn whose_rows_were_sent_is_in_the_audit() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let id = client.create(&patient("A", "B", "2000-01-01")).await;
    let other = client.create(&patient("Other", "B", "2001-01-01")).await;
    let mut view = people();
    view["where"] = json!([{ "path": "birthDate = @2000-01-01" }]);
    let run = |who: &'static str| {
        let (ward, view) = (&ward, &view);
        async move { ward.entries_of(async { ward.as_user(who).post(RUN, &input(view, &[])).await }).await }
    };
    let (reply, entries) = run("fhir").await;
    reply.expect(200);
    assert_eq!(entries.len(), 1);
    let entry = &entries[0].audit;
    assert_eq!((&*entry.operation, &entry.patients), ("viewdefinition-run", &vec![id.clone()]));
    assert!(!entry.patients.contains(&other));
    assert_eq!(entry.entities, ["Patient"]);
    assert_eq!(entry.query.as_deref(), Some("Patient people(id,born,family)"));
    let (reply, entries) = run("support").await;
    reply.expect(403);
    assert_eq!(entries.len(), 1);
}

#[tokio::test]
async fn a_large_table_comes_in_parts_and_every_part_is_in_the_audit() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let count = 450;
    let long = "x".repeat(400);
    let entry = |n: usize| json!({ "resource": patient(&format!("{long}{n}"), "B", "2000-01-01"), "request": { "method": "POST", "url": "Patient" } });
    let entries: Vec<Value> = (0..count).map(entry).collect();
    client
        .post("", &json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries }))
        .await
        .expect(200);
    let (reply, entries) = ward.entries_of(async { client.post(RUN, &input(&people(), &[])).await }).await;
    let found = lines(&reply.expect(200));
    assert_eq!(found.len(), count);
    assert!(entries.len() > 1, "{}", entries.len());
    let told: std::collections::BTreeSet<&String> =
        entries.iter().flat_map(|entry| &entry.audit.patients).collect();
    assert_eq!(told.len(), count);
    // A limit ends it in the midst.
    let limit = json!({ "name": "_limit", "valueInteger": 300 });
    assert_eq!(rows(&client, &people(), &[limit]).await.len(), 300);
}
