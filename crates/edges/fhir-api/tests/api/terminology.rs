//! Questions about codes, through HTTP: R4's own code systems and those that were uploaded.

use crate::ward::{Client, Ward, observation, patient};
use serde_json::{Value, json};

/// The value of a row of a Parameters resource.
fn value<'v>(parameters: &'v Value, name: &str) -> &'v Value {
    let rows = parameters["parameter"].as_array().unwrap();
    let row = rows.iter().find(|row| row["name"] == name).unwrap_or(&Value::Null);
    row.as_object()
        .and_then(|row| row.iter().find(|(key, _)| key.starts_with("value")))
        .map_or(&Value::Null, |(_, v)| v)
}

async fn uploaded(client: &Client<'_>) -> (String, String) {
    let system = json!({ "resourceType": "CodeSystem", "url": "urn:animals", "version": "2", "status": "active",
        "content": "complete", "concept": [
            { "code": "mammal", "display": "Mammal", "concept": [{ "code": "cat", "display": "Cat" }, { "code": "bat", "display": "Bat" }] },
            { "code": "bird", "display": "Bird" }] });
    let system = client.create(&system).await;
    let set = json!({ "resourceType": "ValueSet", "url": "urn:vs:mammals", "status": "active", "compose": { "include": [
        { "system": "urn:animals", "filter": [{ "property": "concept", "op": "is-a", "value": "mammal" }] }] } });
    (system, client.create(&set).await)
}

fn expanded(reply: &Value) -> Vec<String> {
    let contains = reply["expansion"]["contains"].as_array().cloned().unwrap_or_default();
    contains.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn value_sets_expand() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let (_, set) = uploaded(&client).await;
    let gender = client.get("/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender").await;
    let gender = gender.expect(200).json();
    assert_eq!(expanded(&gender), ["male", "female", "other", "unknown"]);
    assert_eq!((gender["status"].as_str(), gender["expansion"]["total"].as_u64()), (Some("active"), Some(4)));
    assert_eq!(gender["expansion"]["contains"][0]["system"], "http://hl7.org/fhir/administrative-gender");
    let page = "/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender&count=2&offset=1";
    assert_eq!(expanded(&client.get(page).await.expect(200).json()), ["female", "other"]);
    for path in [format!("/ValueSet/{set}/$expand"), "/ValueSet/$expand?url=urn:vs:mammals".to_owned()] {
        assert_eq!(expanded(&client.get(&path).await.expect(200).json()), ["mammal", "cat", "bat"], "{path}");
    }
    let filtered = client.get("/ValueSet/$expand?url=urn:vs:mammals&filter=ca").await.expect(200).json();
    assert_eq!(expanded(&filtered), ["cat"]);
    let given = json!({ "resourceType": "Parameters", "parameter": [{ "name": "valueSet", "resource": {
        "resourceType": "ValueSet", "status": "draft", "compose": { "include": [{ "valueSet": ["urn:vs:mammals"] }],
            "exclude": [{ "system": "urn:animals", "concept": [{ "code": "bat" }] }] } } }] });
    let given = client.post("/ValueSet/$expand", &given).await.expect(200).json();
    assert_eq!(expanded(&given), ["mammal", "cat"]);
    for (path, status) in [
        ("/ValueSet/$expand", 400),
        ("/ValueSet/$expand?url=urn:nowhere", 404),
        ("/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/ucum-units", 422),
        ("/ValueSet/$expand?url=urn:vs:mammals&count=many", 400),
        ("/ValueSet/$expand?url=urn:vs:mammals&nonsense=1", 400),
    ] {
        let reply = client.get(path).await.expect(status);
        assert_eq!(reply.json()["resourceType"], "OperationOutcome", "{path}");
    }
    ward.nobody().get("/ValueSet/$expand?url=urn:vs:mammals").await.expect(401);
}

#[tokio::test]
async fn codes_are_validated() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let (system, set) = uploaded(&client).await;
    for (path, expected) in [
        ("/ValueSet/$validate-code?url=urn:vs:mammals&system=urn:animals&code=cat".to_owned(), true),
        ("/ValueSet/$validate-code?url=urn:vs:mammals&system=urn:animals&code=bird".to_owned(), false),
        ("/ValueSet/$validate-code?url=urn:vs:mammals&system=urn:other&code=cat".to_owned(), false),
        (format!("/ValueSet/{set}/$validate-code?system=urn:animals&code=cat&display=Cat"), true),
        (format!("/ValueSet/{set}/$validate-code?system=urn:animals&code=cat&display=Dog"), false),
        (
            "/ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/administrative-gender&code=male"
                .to_owned(),
            true,
        ),
        ("/CodeSystem/$validate-code?url=urn:animals&code=bird".to_owned(), true),
        ("/CodeSystem/$validate-code?url=urn:animals&code=fish".to_owned(), false),
        (format!("/CodeSystem/{system}/$validate-code?code=bat"), true),
        ("/CodeSystem/$validate-code?url=http://unitsofmeasure.org&code=mg%2FdL".to_owned(), true),
        ("/CodeSystem/$validate-code?url=http://unitsofmeasure.org&code=florin".to_owned(), false),
    ] {
        let reply = client.get(&path).await.expect(200).json();
        assert_eq!(value(&reply, "result"), &json!(expected), "{path}");
        assert_eq!(value(&reply, "message").is_string(), !expected, "{path}");
    }
    let concept = json!({ "resourceType": "Parameters", "parameter": [
        { "name": "url", "valueUri": "urn:vs:mammals" },
        { "name": "codeableConcept", "valueCodeableConcept": { "coding": [
            { "system": "urn:animals", "code": "bird" }, { "system": "urn:animals", "code": "bat" }] } }] });
    let reply = client.post("/ValueSet/$validate-code", &concept).await.expect(200).json();
    assert_eq!((value(&reply, "result"), value(&reply, "display")), (&json!(true), &json!("Bat")));
    client.get("/ValueSet/$validate-code?url=urn:vs:mammals").await.expect(400);
    client.get("/CodeSystem/$validate-code?url=urn:nowhere&code=x").await.expect(404);
}

#[tokio::test]
async fn codes_are_looked_up_compared_and_translated() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    uploaded(&client).await;
    let found = client.get("/CodeSystem/$lookup?system=urn:animals&code=cat").await.expect(200).json();
    assert_eq!((value(&found, "display"), value(&found, "version")), (&json!("Cat"), &json!("2")));
    assert!(found.to_string().contains(r#""valueCode":"mammal""#), "{found}");
    let gender = "/CodeSystem/$lookup?system=http://hl7.org/fhir/administrative-gender&code=male";
    assert!(value(&client.get(gender).await.expect(200).json(), "definition").is_string());
    client.get("/CodeSystem/$lookup?system=urn:animals&code=fish").await.expect(404);
    client.get("/CodeSystem/$lookup?system=urn:nowhere&code=fish").await.expect(404);
    for (a, b, expected) in [
        ("mammal", "cat", "subsumes"),
        ("cat", "mammal", "subsumed-by"),
        ("cat", "cat", "equivalent"),
        ("cat", "bird", "not-subsumed"),
    ] {
        let path = format!("/CodeSystem/$subsumes?system=urn:animals&codeA={a}&codeB={b}");
        assert_eq!(value(&client.get(&path).await.expect(200).json(), "outcome"), &json!(expected), "{path}");
    }
    let map = json!({ "resourceType": "ConceptMap", "url": "urn:map", "status": "active", "group": [{
        "source": "urn:animals", "target": "urn:food", "element": [{ "code": "cat", "target": [
            { "code": "fish", "display": "Fish", "equivalence": "relatedto" }] }] }] });
    let map = client.create(&map).await;
    for path in [
        "/ConceptMap/$translate?url=urn:map&system=urn:animals&code=cat".to_owned(),
        format!("/ConceptMap/{map}/$translate?system=urn:animals&code=cat"),
        "/ConceptMap/$translate?system=urn:animals&code=cat&targetsystem=urn:food".to_owned(),
    ] {
        let reply = client.get(&path).await.expect(200).json();
        assert_eq!(value(&reply, "result"), &json!(true), "{path}");
        assert!(reply.to_string().contains(r#""code":"fish""#), "{path}: {reply}");
    }
    let back = client.get("/ConceptMap/$translate?url=urn:map&system=urn:food&code=fish&reverse=true").await;
    assert!(back.expect(200).text().contains(r#""code":"cat""#));
    let none = client
        .get("/ConceptMap/$translate?url=urn:map&system=urn:animals&code=bird")
        .await
        .expect(200)
        .json();
    assert_eq!(value(&none, "result"), &json!(false));
    client.get("/ConceptMap/$translate?url=urn:nowhere&code=x").await.expect(404);
}

#[tokio::test]
async fn searches_ask_the_terminology() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let (_, set) = uploaded(&client).await;
    let mut ids = Vec::new();
    for code in ["mammal", "cat", "bird"] {
        let mut one = observation("p", code, "2020-01-01", 1.0);
        one["code"] = json!({ "coding": [{ "system": "urn:animals", "code": code }] });
        ids.push(client.create(&one).await);
    }
    let mut male = patient("Adams", "Al", "1980-01-01");
    male["gender"] = "male".into();
    let male = client.create(&male).await;
    for (query, expected) in [
        ("code:in=urn:vs:mammals".to_owned(), vec![0, 1]),
        (format!("code:in=ValueSet/{set}"), vec![0, 1]),
        ("code:not-in=urn:vs:mammals".to_owned(), vec![2]),
        ("code:below=urn:animals%7Cmammal".to_owned(), vec![0, 1]),
        ("code:above=urn:animals%7Ccat".to_owned(), vec![0, 1]),
        ("code:above=urn:animals%7Cbird".to_owned(), vec![2]),
    ] {
        let mut found = client.get(&format!("/Observation?{query}")).await.expect(200).ids();
        found.sort();
        let mut expected: Vec<String> = expected.into_iter().map(|n: usize| ids[n].clone()).collect();
        expected.sort();
        assert_eq!(found, expected, "{query}");
    }
    let by_set = "/Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender";
    assert_eq!(client.get(by_set).await.expect(200).ids(), [male]);
    client.get("/Observation?code:in=urn:nowhere").await.expect(404);
    client.get("/Observation?code:below=mammal").await.expect(400);
}
