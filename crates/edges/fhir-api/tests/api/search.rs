//! What searches find, in which order, page by page.

use crate::ward::{Ward, observation, patient};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn small_ward() -> (Ward, Vec<String>) {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let mut ids = Vec::new();
    for (family, given, birth) in [
        ("Müller", "Änne", "1980-02-03"),
        ("Muller", "Bo", "1980-02-20"),
        ("Smith", "Cyd", "1990-05"),
        ("Smithson", "Dan", "2001-12-31"),
    ] {
        ids.push(client.create(&patient(family, given, birth)).await);
    }
    (ward, ids)
}

#[tokio::test]
async fn parameters_of_every_kind() {
    let (ward, p) = small_ward().await;
    let client = ward.as_user("fhir");
    let mut extra = patient("Extra", "Eve", "1970-01-01");
    extra["active"] = true.into();
    extra["gender"] = "male".into();
    extra["address"] = json!([{ "city": "São Paulo", "country": "BR" }]);
    extra["managingOrganization"] = json!({ "reference": "Organization/o1" });
    extra["identifier"] = json!([{ "system": "urn:a", "value": "7" }, { "value": "nosys" }]);
    let extra = client.create(&extra).await;
    let all: Vec<&str> = p.iter().map(String::as_str).chain([extra.as_str()]).collect();
    let cases: &[(&str, &[usize])] = &[
        ("name=muller", &[0, 1]),
        ("family=M%C3%9CLL", &[0, 1]),
        ("family:exact=M%C3%BCller", &[0]),
        ("family:exact=muller", &[]),
        ("family:contains=MITH", &[2, 3]),
        ("family=smith,extra", &[2, 3, 4]),
        ("family=smith&given=dan", &[3]),
        ("address-city=sao", &[4]),
        ("gender=male", &[4]),
        ("gender:not=male", &[0, 1, 2, 3]),
        ("active:missing=true", &[0, 1, 2, 3]),
        ("active:missing=false", &[4]),
        ("identifier=urn:a|7", &[4]),
        ("identifier=7", &[4]),
        ("identifier=urn:a|", &[4]),
        ("identifier=|nosys", &[4]),
        ("identifier=|7", &[]),
        ("organization=Organization/o1", &[4]),
        ("organization=o1", &[4]),
        ("organization:Organization=o1", &[4]),
        ("organization=http://galen.test/fhir/Organization/o1", &[4]),
        ("organization=o2", &[]),
        ("birthdate=1980-02", &[0, 1]),
        ("birthdate=1980-02-03", &[0]),
        ("birthdate=1990-05-01", &[]),
        ("birthdate=ap1990-05-01", &[2]),
        ("birthdate=gt1990-05-15", &[2, 3]),
        ("birthdate=ge1990-05", &[2, 3]),
        ("birthdate=sa1990-05", &[3]),
        ("birthdate=lt1980", &[4]),
        ("birthdate=eb1980-02-20", &[0, 4]),
        ("birthdate=le1980-02-03", &[0, 4]),
        ("birthdate=ne1980-02-03", &[1, 2, 3, 4]),
        ("birthdate=ge1980-01-01&birthdate=le1980-12-31", &[0, 1]),
        ("_lastUpdated=ge2026-01-01", &[0, 1, 2, 3, 4]),
        ("_lastUpdated=lt2026-01-01", &[]),
        ("", &[0, 1, 2, 3, 4]),
    ];
    for (query, expected) in cases {
        let found = client.get(&format!("/Patient?{query}")).await.expect(200).ids();
        let expected: BTreeSet<&str> = expected.iter().map(|n| all[*n]).collect();
        assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected, "{query}");
        // The body form finds the same.
        let form = ward.as_user("fhir").with("content-type", "application/x-www-form-urlencoded");
        let by_form =
            form.send("POST", "/Patient/_search", query.replace('|', "%7C")).await.expect(200).ids();
        assert_eq!(by_form, found, "{query}");
    }
    let by_id = client.get(&format!("/Patient?_id={},{}", p[0], p[2])).await.ids();
    assert_eq!(by_id, [p[0].clone(), p[2].clone()]);
    let none = client.get("/Patient?family=nobody").await.expect(200).json();
    assert!(none.get("entry").is_none());
    assert_eq!(none["type"], "searchset");
}

#[tokio::test]
async fn quantities_numbers_and_uris() {
    let (ward, p) = small_ward().await;
    let client = ward.as_user("fhir");
    let mut ids = Vec::new();
    for value in [5.4, 5.5, 12.0] {
        ids.push(client.create(&observation(&p[0], "1234-5", "2020-01-01", value)).await);
    }
    let cases: &[(&str, &[usize])] = &[
        ("value-quantity=5.4", &[0]),
        ("value-quantity=5", &[0]),
        ("value-quantity=5.4|http://unitsofmeasure.org|mmol/L", &[0]),
        ("value-quantity=5.4||mmol/L", &[0]),
        ("value-quantity=5.4||mg", &[]),
        ("value-quantity=gt5.4", &[1, 2]),
        ("value-quantity=ge5.4", &[0, 1, 2]),
        ("value-quantity=lt12", &[0, 1]),
        ("value-quantity=le5.4", &[0]),
        ("value-quantity=ne5.4", &[1, 2]),
        ("value-quantity=ap5.3", &[0, 1]),
    ];
    for (query, expected) in cases {
        let found: BTreeSet<String> =
            client.get(&format!("/Observation?{query}")).await.expect(200).ids().into_iter().collect();
        assert_eq!(found, expected.iter().map(|n| ids[*n].clone()).collect(), "{query}");
    }
    let risk = json!({ "resourceType": "RiskAssessment", "status": "final", "subject": { "reference": "Patient/x" },
        "prediction": [{ "probabilityDecimal": 0.8 }] });
    let risk = client.create(&risk).await;
    assert_eq!(client.get("/RiskAssessment?probability=gt0.75").await.ids(), [risk]);
    assert!(client.get("/RiskAssessment?probability=gt0.85").await.ids().is_empty());
    let set = json!({ "resourceType": "ValueSet", "status": "draft", "url": "http://example.org/vs" });
    let set = client.create(&set).await;
    assert_eq!(client.get("/ValueSet?url=http://example.org/vs").await.ids(), [set]);
    assert!(client.get("/ValueSet?url=http://example.org/v").await.ids().is_empty());
}

#[tokio::test]
async fn compartments_chains_and_includes() {
    let (ward, p) = small_ward().await;
    let client = ward.as_user("fhir");
    let mut obs = Vec::new();
    for (n, (who, code, when)) in [
        (0, "a-1", "2020-01-01"),
        (0, "a-1", "2021-01-01"),
        (0, "b-2", "2022-01-01"),
        (1, "a-1", "2019-01-01"),
    ]
    .into_iter()
    .enumerate()
    {
        obs.push(client.create(&observation(&p[who], code, when, 1.0 + n as f64)).await);
    }
    let undated = json!({ "resourceType": "Observation", "status": "final", "code": { "coding": [{ "code": "a-1" }] },
        "subject": { "reference": format!("Patient/{}", p[0]) } });
    obs.push(client.create(&undated).await);
    let find = |query: String| {
        let client = &client;
        async move { client.get(&format!("/Observation?{query}")).await.expect(200).ids() }
    };
    let pick = |places: &[usize]| places.iter().map(|n| obs[*n].clone()).collect::<Vec<_>>();
    let me = &p[0];
    assert_eq!(find(format!("patient={me}&_sort=-date")).await, pick(&[2, 1, 0, 4]));
    assert_eq!(find(format!("patient={me}&_sort=date")).await, pick(&[0, 1, 2, 4]));
    assert_eq!(find(format!("patient=Patient/{me}&code=a-1&_sort=-date")).await, pick(&[1, 0, 4]));
    assert_eq!(
        find(format!("subject=Patient/{me}&code=http://loinc.org|a-1&_sort=-date")).await,
        pick(&[1, 0])
    );
    assert_eq!(find(format!("subject={me}&code=A-1&category=laboratory&_sort=-date")).await, pick(&[1, 0]));
    assert_eq!(find(format!("patient={me}&date=ge2021")).await, pick(&[2, 1]));
    assert_eq!(find(format!("patient={me}&code:not=a-1")).await, pick(&[2]));
    let chained: BTreeSet<String> =
        find("patient.name=muller&code=a-1".to_owned()).await.into_iter().collect();
    assert_eq!(chained, pick(&[0, 1, 3, 4]).into_iter().collect());
    assert_eq!(find("subject:Patient.given=bo".to_owned()).await, pick(&[3]));
    assert!(find("patient.name=nobody".to_owned()).await.is_empty());

    let with =
        client.get(&format!("/Observation?_id={}&_include=Observation:subject", obs[0])).await.expect(200);
    assert_eq!(with.of_mode("include")[0]["id"], me.as_str());
    let with = client
        .get(&format!(
            "/Observation?patient={me}&_include=Observation:subject:Patient&_include=Observation:encounter"
        ))
        .await;
    assert_eq!((with.ids().len(), with.of_mode("include").len()), (4, 1));
    let back = client.get(&format!("/Patient?_id={me}&_revinclude=Observation:subject")).await.expect(200);
    assert_eq!((back.ids().len(), back.of_mode("include").len()), (1, 4));
    let back = client.get(&format!("/Patient?_id={}&_revinclude=Encounter:subject", p[3])).await.expect(200);
    assert!(back.of_mode("include").is_empty());
}

async fn walk(ward: &Ward, first: &str, mut between: impl AsyncFnMut(usize)) -> Vec<String> {
    let client = ward.as_user("fhir");
    let mut path = first.to_owned();
    let mut all = Vec::new();
    for turn in 0.. {
        let page = client.get(&path).await.expect(200);
        all.extend(page.ids());
        assert!(page.link("self").is_some());
        match page.link("next") {
            Some(next) => path = next,
            None => break,
        }
        between(turn).await;
    }
    all
}

#[tokio::test]
async fn pages_neither_drift_nor_repeat() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let mut ids = Vec::new();
    for n in 0..23 {
        ward.pass_seconds(1);
        let mut body =
            patient(&format!("F{:02}", (n * 7) % 23), "X", &format!("19{:02}-01-01", 10 + (n * 5) % 23));
        if n % 6 == 0 {
            body.as_object_mut().unwrap().remove("birthDate");
        }
        ids.push(client.create(&body).await);
    }
    let known: BTreeSet<String> = ids.iter().cloned().collect();
    for sort in [
        "",
        "_sort=family&",
        "_sort=-family&",
        "_sort=birthdate&",
        "_sort=-birthdate&",
        "_sort=_id&",
        "_sort=-_lastUpdated&",
    ] {
        let mut made = 0;
        let found = walk(&ward, &format!("/Patient?identifier:missing=false&{sort}_count=4"), async |_| {
            // Somebody writes between the pages; those who were there are each seen once.
            made += 1;
            client.create(&json!({ "resourceType": "Patient", "name": [{ "family": "Between" }] })).await;
        })
        .await;
        assert_eq!(found.len(), 23, "{sort}");
        assert_eq!(found.iter().cloned().collect::<BTreeSet<_>>(), known, "{sort}");
        assert_eq!(made, 5, "{sort}");
        let whole = client.get(&format!("/Patient?identifier:missing=false&{sort}_count=100")).await.ids();
        assert_eq!(found, whole, "{sort}");
    }
    let family = |r: &Value| r["name"][0]["family"].as_str().unwrap().to_owned();
    let sorted =
        client.get("/Patient?identifier:missing=false&_sort=family&_count=100").await.of_mode("match");
    assert!(sorted.windows(2).all(|w| family(&w[0]) <= family(&w[1])));
}

#[tokio::test]
async fn totals_and_counts() {
    let (ward, _) = small_ward().await;
    let client = ward.as_user("fhir");
    assert!(client.get("/Patient").await.json().get("total").is_none());
    assert_eq!(client.get("/Patient?_total=accurate&_count=1").await.json()["total"], 4);
    let count = client.get("/Patient?_summary=count&family=smith").await.expect(200).json();
    assert_eq!((count["total"].as_u64(), count.get("entry").is_none()), (Some(2), true));
    assert_eq!(client.get("/Patient?_count=0").await.json()["total"], 4);
    assert_eq!(client.get("/Patient?_count=3").await.ids().len(), 3);
}

#[tokio::test]
async fn unknown_parameters_are_refused_or_told() {
    let (ward, _) = small_ward().await;
    let refused = ward.as_user("fhir").get("/Patient?famly=x").await.expect(400);
    assert!(refused.issue().1.contains("'family'"), "{}", refused.text());
    let lenient = ward
        .as_user("fhir")
        .with("prefer", "handling=lenient")
        .get("/Patient?famly=x&family=smith")
        .await
        .expect(200);
    assert_eq!(lenient.ids().len(), 2);
    assert!(lenient.of_mode("outcome")[0]["issue"][0]["diagnostics"].as_str().unwrap().contains("famly"));
    assert_eq!(lenient.link("self").unwrap(), "http://galen.test/fhir/Patient?family=smith");
    for bad in [
        "birthdate=yesterday",
        "_count=x",
        "family:nope=x",
        "_sort=nope",
        "_page=zzz",
        "_has:Observation:patient=x",
        "_has:Observation:encounter:code=x",
        "_include=Patient:nope",
        "name=%zz",
        "birthdate:missing=maybe",
        "_sort=family,nope",
        "_filter=name",
        "_list=nope",
    ] {
        ward.as_user("fhir").get(&format!("/Patient?{bad}")).await.expect(400);
    }
    ward.as_user("fhir").get("/Observation?value-quantity=lots").await.expect(400);
}

/// Ids that clients make lie on any shard, whosever the record is: all of a patient's are found, page by page.
#[tokio::test]
async fn a_compartment_is_found_wherever_its_parts_lie() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let id = client.create(&patient("Spread", "Ann", "1980-01-01")).await;
    let other = client.create(&patient("Spread", "Ben", "1980-01-01")).await;
    let mut expected = vec![client.create(&observation(&id, "8302-2", "2024-01-01", 5.0)).await];
    for number in 0..12 {
        let mut one = observation(&id, "8302-2", &format!("2024-02-{:02}", number + 1), 5.0);
        one["id"] = format!("spread-{number}").into();
        client.put(&format!("/Observation/spread-{number}"), &one).await.expect(201);
        expected.push(format!("spread-{number}"));
    }
    expected.sort();
    for query in ["patient=", "code=8302-2&patient=", "_sort=-date&patient=", "_sort=_id&subject=Patient/"] {
        let mut found = walk(&ward, &format!("/Observation?_count=5&{query}{id}"), async |_| {}).await;
        found.sort();
        assert_eq!(found, expected, "{query}");
        let nothing = client.get(&format!("/Observation?{query}{other}&_total=accurate")).await.expect(200);
        assert_eq!((nothing.ids().len(), &nothing.json()["total"]), (0, &json!(0)), "{query}");
    }
}
