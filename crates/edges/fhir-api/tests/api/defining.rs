//! Search parameters that users define, and the index rows of what was there before.

use crate::ward::{Client, Ward, observation, patient};
use galen_fhir::ResourceType;
use galen_records::{Progress, Reindexer, kind_of};
use galen_store::{IndexRows, Operation, WriteSet};
use serde_json::{Value, json};

/// Longer than a definition settles.
const SETTLED_SECONDS: i64 = 6;
const COLOUR: &str = "http://example.org/eye-colour";

fn parameter(code: &str, kind: &str, base: &[&str], expression: &str) -> Value {
    json!({ "resourceType": "SearchParameter", "url": format!("http://example.org/{code}-{}", base[0]),
        "name": "Own", "status": "active", "description": "ours", "code": code, "base": base, "type": kind,
        "expression": expression })
}

/// Indexes until nothing waits; says how many resources it looked at.
async fn indexed(ward: &Ward) -> u64 {
    ward.pass_seconds(SETTLED_SECONDS);
    let mut reindexer = Reindexer::new(ward.house.records.clone());
    let mut total = 0;
    loop {
        match reindexer.step(ward.house.clock.now()).await.unwrap() {
            Progress::Idle => return total,
            Progress::Working => {}
            Progress::Finished(_, count) => total += count,
        }
    }
}

async fn finds(client: &Client<'_>, query: &str, expected: &[&str]) {
    let found = client
        .get(&format!("/{}", query.replace('|', "%7C").replace(' ', "%20").replace('"', "%22")))
        .await
        .expect(200);
    let mut ids = found.ids();
    ids.sort();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(ids, expected, "{query}");
}

fn coloured(family: &str, colour: &str) -> Value {
    let mut one = patient(family, "Ann", "1980-01-01");
    one["extension"] = json!([{ "url": COLOUR, "valueCode": colour }]);
    one
}

#[tokio::test]
async fn what_was_there_before_is_found_once_it_is_indexed_and_not_sooner() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let blue = client.create(&coloured("Adams", "blue")).await;
    let brown = client.create(&coloured("Brown", "brown")).await;
    let before = client.get(&format!("/Patient/{blue}")).await.expect(200).json();
    client.get("/Patient?eye-colour=blue").await.expect(400);

    let expression = format!("Patient.extension('{COLOUR}').value.ofType(code)");
    let made = parameter("eye-colour", "token", &["Patient"], &expression);
    let id = client.create(&made).await;
    let (_, told) = client.get("/Patient?eye-colour=blue").await.expect(400).issue();
    assert!(told.contains("still being indexed"), "{told}");
    assert!(!client.get("/metadata").await.expect(200).text().contains("eye-colour"));
    // Written by the definition, before the others are indexed.
    let green = client.create(&coloured("Clark", "green")).await;

    assert_eq!(indexed(&ward).await, 3);
    finds(&client, "Patient?eye-colour=blue", &[&blue]).await;
    finds(&client, "Patient?eye-colour=green", &[&green]).await;
    finds(&client, "Patient?eye-colour:not=blue", &[&brown, &green]).await;
    finds(&client, "Patient?eye-colour:missing=true", &[]).await;
    finds(&client, "Patient?eye-colour=blue,brown&_sort=-eye-colour", &[&blue, &brown]).await;
    let sorted = client.get("/Patient?_sort=-eye-colour").await.expect(200).ids();
    assert_eq!(sorted, [green.clone(), brown.clone(), blue.clone()]);
    assert!(
        client.get("/metadata").await.expect(200).text().contains("http://example.org/eye-colour-Patient")
    );
    // Indexing is no change of the resource.
    assert_eq!(client.get(&format!("/Patient/{blue}")).await.expect(200).json(), before);
    assert_eq!(client.get(&format!("/Patient/{blue}/_history")).await.expect(200).json()["total"], 1);

    let mut other = before.clone();
    other["extension"][0]["valueCode"] = "grey".into();
    client.put(&format!("/Patient/{blue}"), &other).await.expect(200);
    finds(&client, "Patient?eye-colour=blue", &[]).await;
    finds(&client, "Patient?eye-colour=grey", &[&blue]).await;

    client.delete(&format!("/SearchParameter/{id}")).await.expect(204);
    client.get("/Patient?eye-colour=grey").await.expect(400);
    assert!(!client.get("/metadata").await.expect(200).text().contains("eye-colour-Patient"));
    // Defined anew, it is indexed anew: what was written in between has no rows.
    let late = client.create(&coloured("Dunn", "blue")).await;
    client.create(&made).await;
    indexed(&ward).await;
    finds(&client, "Patient?eye-colour=blue", &[&late]).await;
}

#[tokio::test]
async fn every_kind_and_every_use() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let mut one = patient("Adams", "Ann", "1980-01-01");
    one["multipleBirthInteger"] = 2.into();
    one["maritalStatus"] = json!({ "text": "It is complicated" });
    one["contact"] = json!([{ "name": { "family": "Ünal" },
        "period": { "start": "2020-01-01", "end": "2020-06-30" } }]);
    one["meta"] = json!({ "source": "http://lab.example/feed" });
    let one = client.create(&one).await;
    let two = client.create(&patient("Brown", "Bob", "1990-01-01")).await;
    let practitioner = json!({ "resourceType": "Practitioner", "name": [{ "family": "House" }] });
    let practitioner = client.create(&practitioner).await;
    let mut seen = observation(&one, "a-1", "2020-01-01", 5.0);
    seen["performer"] = json!([{ "reference": format!("Practitioner/{practitioner}") }]);
    seen["referenceRange"] = json!([{ "low": { "value": 0.5, "unit": "g", "system": "http://unitsofmeasure.org",
        "code": "g" } }]);
    let seen = client.create(&seen).await;

    let bundle: Vec<Value> = [
        parameter("birth-order", "number", &["Patient"], "Patient.multipleBirth.ofType(integer)"),
        parameter("contact-name", "string", &["Patient"], "Patient.contact.name"),
        parameter("contact-time", "date", &["Patient"], "Patient.contact.period"),
        parameter("source-of", "uri", &["Patient", "Observation"], "meta.source"),
        parameter("is-twin", "token", &["Patient"], "Patient.multipleBirth.exists()"),
        parameter(
            "by",
            "reference",
            &["Observation"],
            "Observation.performer.where(resolve() is Practitioner)",
        ),
        parameter("normal-from", "quantity", &["Observation"], "Observation.referenceRange.low"),
    ]
    .into_iter()
    .map(|one| json!({ "resource": one, "request": { "method": "POST", "url": "SearchParameter" } }))
    .collect();
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": bundle });
    client.post("", &bundle).await.expect(200);
    indexed(&ward).await;

    for (query, expected) in [
        ("Patient?birth-order=2", vec![&one]),
        ("Patient?birth-order=gt2", vec![]),
        ("Patient?contact-name=unal", vec![&one]),
        ("Patient?contact-name:exact=%C3%9Cnal", vec![&one]),
        ("Patient?contact-time=2020-03", vec![]),
        ("Patient?contact-time=2020", vec![&one]),
        ("Patient?contact-time=ap2020-03", vec![&one]),
        ("Patient?source-of=http://lab.example/feed", vec![&one]),
        ("Patient?source-of:below=http://lab.example", vec![&one]),
        ("Patient?is-twin=true", vec![&one]),
        ("Patient?is-twin=false", vec![&two]),
        ("Patient?_has:Observation:subject:by.family=house", vec![&one]),
        ("Patient?_filter=birth-order eq 2 and contact-name co \"nal\"", vec![&one]),
        ("Observation?by.name=house", vec![&seen]),
        ("Observation?by=Practitioner/nobody", vec![]),
        ("Observation?normal-from=500|http://unitsofmeasure.org|mg", vec![&seen]),
        ("Observation?subject:Patient.birth-order=2", vec![&seen]),
        ("Observation?source-of:missing=true", vec![&seen]),
    ] {
        finds(&client, query, &expected.iter().map(|id| id.as_str()).collect::<Vec<_>>()).await;
    }
    let found = client.get("/Observation?_include=Observation:by").await.expect(200);
    assert_eq!(found.of_mode("include")[0]["id"], practitioner);
    let found = client.get("/Practitioner?_revinclude=Observation:by").await.expect(200);
    assert_eq!(found.of_mode("include")[0]["id"], seen);
    let form = client.with("content-type", "application/x-www-form-urlencoded");
    let found = form.send("POST", "/Patient/_search", "birth-order=2").await.expect(200);
    assert_eq!(found.ids(), [one]);
}

#[tokio::test]
async fn what_cannot_be_indexed_is_refused_with_its_reason() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let fine = || parameter("shoe-size", "number", &["Patient"], "Patient.multipleBirth.ofType(integer)");
    client.create(&fine()).await;
    let changed = |name: &str, value: Value| {
        let mut one = fine();
        one["code"] = "other".into();
        one[name] = value;
        one
    };
    let mut nameless = changed("code", "other".into());
    nameless.as_object_mut().unwrap().remove("expression");
    for (bad, place, says) in [
        (changed("expression", "Patient.(".into()), "expression", "expect"),
        (changed("expression", "Patient.shoe".into()), "expression", "shoe"),
        (changed("expression", "Patient.name.nonsense()".into()), "expression", "nonsense"),
        (nameless, "expression", "needed"),
        (changed("code", "name".into()), "code", "of R4 already"),
        (changed("code", "_own".into()), "code", "letters"),
        (changed("code", "a b".into()), "code", "letters"),
        (changed("code", "shoe-size".into()), "code", "already"),
        (changed("type", "special".into()), "type", "not"),
        (parameter("trail", "token", &["AuditEvent"], "AuditEvent.type"), "base", "audit log"),
    ] {
        let (at, told) = client.post("/SearchParameter", &bad).await.expect(422).issue();
        assert!(at.ends_with(place), "{at}: {bad}");
        assert!(told.contains(says), "{told}: {bad}");
    }
    // What is not active, and what R4 has, is stored and defines nothing.
    client.create(&changed("status", "draft".into())).await;
    client.create(&changed("url", "http://hl7.org/fhir/SearchParameter/Patient-name".into())).await;
    indexed(&ward).await;
    client.get("/Patient?other=1").await.expect(400);
    client.get("/Patient?shoe-size=1").await.expect(200);
}

#[tokio::test]
async fn a_changed_definition_is_indexed_again_before_it_answers() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let mut one = patient("Adams", "Ann", "1980-01-01");
    one["maritalStatus"] = json!({ "text": "alpha" });
    one["communication"] = json!([{ "language": { "text": "omega" } }]);
    let one = client.create(&one).await;
    let id = client.create(&parameter("words", "string", &["Patient"], "Patient.maritalStatus.text")).await;
    indexed(&ward).await;
    finds(&client, "Patient?words=alpha", &[&one]).await;
    let mut changed = client.get(&format!("/SearchParameter/{id}")).await.expect(200).json();
    changed["expression"] = "Patient.communication.language.text".into();
    client.put(&format!("/SearchParameter/{id}"), &changed).await.expect(200);
    client.get("/Patient?words=omega").await.expect(400);
    indexed(&ward).await;
    finds(&client, "Patient?words=omega", &[&one]).await;
    finds(&client, "Patient?words=alpha", &[]).await;
    changed["status"] = "retired".into();
    client.put(&format!("/SearchParameter/{id}"), &changed).await.expect(200);
    client.get("/Patient?words=omega").await.expect(400);
}

#[tokio::test]
async fn rows_that_an_older_edition_did_not_write_are_written() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let id = client.create(&patient("Adams", "Ann", "1980-01-01")).await;
    let records = &ward.house.records;
    let now = ward.house.clock.now();
    let bare = Operation::Reindex {
        kind: kind_of(ResourceType::parse("Patient").unwrap()),
        id: id.clone(),
        version: 1,
        owner: id.clone(),
        index: IndexRows::default(),
    };
    let shard = records.shard_of(&id);
    let set = WriteSet { shard, at: now, operations: vec![bare], journal: None };
    ward.house.store.commit(set).await.unwrap();
    finds(&client, "Patient?name=adams", &[]).await;
    assert_eq!(indexed(&ward).await, 0, "this edition wrote everything");
    records.ensure_indexed(true, now).await.unwrap();
    assert!(!records.is_indexed().await.unwrap());
    assert!(indexed(&ward).await >= 1);
    assert!(records.is_indexed().await.unwrap());
    finds(&client, "Patient?name=adams", &[&id]).await;
}
