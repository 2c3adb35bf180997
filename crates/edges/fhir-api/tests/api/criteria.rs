//! What searches may ask beyond one parameter's value: chains both ways, filters, lists, words, hierarchies, parts that must
//! meet, canonical units, several sort keys, iterated includes.

use crate::ward::{Client, Ward, observation, patient};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Checks that each query finds exactly these resources, named by their place.
async fn finds(client: &Client<'_>, of: &str, ids: &[String], cases: &[(&str, &[usize])]) {
    for (query, expected) in cases {
        let found = client.get(&format!("/{of}?{}", query.replace(' ', "%20").replace('|', "%7C"))).await;
        let found: BTreeSet<String> = found.expect(200).ids().into_iter().collect();
        assert_eq!(found, expected.iter().map(|n| ids[*n].clone()).collect(), "{of}?{query}");
    }
}

async fn people(client: &Client<'_>) -> Vec<String> {
    let mut ids = Vec::new();
    for (family, given, birth, gender) in [
        ("Adams", "Ann", "1980-02-03", "female"),
        ("Brown", "Bob", "1980-02-20", "male"),
        ("Adams", "Cyd", "1990-05-01", "female"),
        ("Clark", "Dan", "2001-12-31", "male"),
    ] {
        let mut one = patient(family, given, birth);
        one["gender"] = gender.into();
        ids.push(client.create(&one).await);
    }
    ids
}

/// A trust with a ward in it, encounters there, and an observation in each.
struct Care {
    organizations: [String; 2],
    encounters: Vec<String>,
    observations: Vec<String>,
}

async fn care(client: &Client<'_>, people: &[String]) -> Care {
    let trust = client.create(&json!({ "resourceType": "Organization", "name": "Trust" })).await;
    let unit = json!({ "resourceType": "Organization", "name": "Ward",
        "partOf": { "reference": format!("Organization/{trust}") } });
    let unit = client.create(&unit).await;
    let practitioner = json!({ "resourceType": "Practitioner", "name": [{ "family": "House" }] });
    let practitioner = client.create(&practitioner).await;
    let (mut encounters, mut observations) = (Vec::new(), Vec::new());
    for (who, place, code, value) in [(0, &trust, "a-1", 5.0), (1, &unit, "a-1", 9.0), (2, &unit, "b-2", 5.0)]
    {
        let encounter = json!({ "resourceType": "Encounter", "status": "finished",
            "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB" },
            "subject": { "reference": format!("Patient/{}", people[who]) },
            "serviceProvider": { "reference": format!("Organization/{place}") } });
        let encounter = client.create(&encounter).await;
        let mut one = observation(&people[who], code, "2020-01-01", value);
        one["encounter"] = json!({ "reference": format!("Encounter/{encounter}") });
        one["performer"] = json!([{ "reference": format!("Practitioner/{practitioner}") }]);
        observations.push(client.create(&one).await);
        encounters.push(encounter);
    }
    Care { organizations: [trust, unit], encounters, observations }
}

#[tokio::test]
async fn chains_both_ways_and_of_any_depth() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let p = people(&client).await;
    let Care { organizations, encounters, observations: obs } = care(&client, &p).await;
    let [trust, unit] = &organizations;
    finds(
        &client,
        "Observation",
        &obs,
        &[
            ("patient.name=adams", &[0, 2]),
            ("encounter.service-provider.name=ward", &[1, 2]),
            ("encounter.service-provider.partof.name=trust", &[1, 2]),
            ("encounter.service-provider:Organization.name=trust", &[0]),
            ("encounter.subject:Patient.name=brown", &[1]),
            ("performer.name=house&patient.gender=male", &[1]),
            ("patient.birthdate=gt1985", &[2]),
            ("patient._id=nobody", &[]),
        ],
    )
    .await;
    finds(
        &client,
        "Patient",
        &p,
        &[
            ("_has:Observation:patient:code=a-1", &[0, 1]),
            ("_has:Observation:patient:code=a-1,b-2", &[0, 1, 2]),
            ("_has:Observation:patient:code:not=a-1", &[2]),
            ("_has:Observation:patient:value-quantity=gt6", &[1]),
            ("_has:Observation:patient:performer.name=house&gender=male", &[1]),
            ("_has:Encounter:subject:_has:Observation:encounter:code=b-2", &[2]),
            ("_has:Encounter:patient:service-provider.partof.name=trust", &[1, 2]),
            ("_has:Observation:patient:code=none", &[]),
        ],
    )
    .await;
    finds(
        &client,
        "Organization",
        &organizations,
        &[("_has:Encounter:service-provider:patient.name=adams", &[0, 1]), ("partof.name=trust", &[1])],
    )
    .await;
    // A hierarchy: the thing itself with all beneath, or all above.
    finds(
        &client,
        "Encounter",
        &encounters,
        &[
            (&format!("service-provider:below=Organization/{trust}"), &[0, 1, 2]),
            (&format!("service-provider:below=Organization/{unit}"), &[1, 2]),
            (&format!("service-provider:above=Organization/{unit}"), &[0, 1, 2]),
            (&format!("service-provider:above=Organization/{trust}"), &[0]),
        ],
    )
    .await;
}

#[tokio::test]
async fn filters_lists_and_words() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let p = people(&client).await;
    finds(
        &client,
        "Patient",
        &p,
        &[
            ("_filter=family eq adams", &[0, 2]),
            ("_filter=family eq adam", &[]),
            ("_filter=family sw adam and gender eq male", &[]),
            ("_filter=(family eq adams and birthdate ge 1985) or given eq bob", &[1, 2]),
            ("_filter=not (gender eq female)", &[1, 3]),
            ("_filter=family ne adams", &[1, 3]),
            ("_filter=family ew s and not (given co n)", &[2]),
            ("_filter=birthdate po 1980-02", &[0, 1]),
            ("_filter=deceased pr true", &[0, 1, 2, 3]),
            ("_filter=death-date pr true", &[]),
        ],
    )
    .await;
    let list = json!({ "resourceType": "List", "status": "current", "mode": "changes", "entry": [
        { "item": { "reference": format!("Patient/{}", p[0]) } },
        { "item": { "reference": format!("Patient/{}", p[3]) } },
        { "item": { "reference": format!("Patient/{}", p[1]) }, "deleted": true } ] });
    let list = client.create(&list).await;
    finds(
        &client,
        "Patient",
        &p,
        &[(&format!("_list={list}"), &[0, 3]), (&format!("_list={list}&family=adams"), &[0])],
    )
    .await;
    client.get("/Patient?_list=nowhere").await.expect(400);
    let mut notes = Vec::new();
    for (text, narrative) in
        [("Uses the inhaler daily", "Bronchial asthma"), ("Fracture of the left arm", "X-ray")]
    {
        notes.push(
            client
                .create(&json!({ "resourceType": "Condition", "subject": { "reference": format!("Patient/{}", p[0]) },
                    "note": [{ "text": text }], "text": { "status": "generated",
                        "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{narrative}</div>") } }))
                .await,
        );
    }
    finds(
        &client,
        "Condition",
        &notes,
        &[
            ("_content=INHALER", &[0]),
            ("_content=asthma", &[0]),
            ("_content=inhal", &[]),
            ("_content=inhal*", &[0]),
            ("_content=left arm", &[1]),
            ("_content=left inhaler", &[]),
            ("_content=arm,asthma", &[0, 1]),
            ("_text=asthma", &[0]),
            ("_text=inhaler", &[]),
        ],
    )
    .await;
}

#[tokio::test]
async fn parts_that_must_meet_and_canonical_units() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let pressure = |systolic: f64, diastolic: f64| {
        let part = |code: &str, value: f64| {
            json!({ "code": { "coding": [{ "system": "http://loinc.org", "code": code, "display": "Blood pressure part" }] },
                "valueQuantity": { "value": value, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]" } })
        };
        let mut one = observation("p", "85354-9", "2020-01-01", 0.0);
        one.as_object_mut().unwrap().remove("valueQuantity");
        one["component"] = json!([part("8480-6", systolic), part("8462-4", diastolic)]);
        one
    };
    let ids = [client.create(&pressure(120.0, 80.0)).await, client.create(&pressure(150.0, 95.0)).await];
    finds(
        &client,
        "Observation",
        &ids,
        &[
            ("component-code-value-quantity=8480-6$gt140", &[1]),
            ("component-code-value-quantity=8462-4$gt140", &[]),
            (
                "component-code-value-quantity=http://loinc.org|8462-4$lt90|http://unitsofmeasure.org|mm[Hg]",
                &[0],
            ),
            ("component-code-value-quantity=8480-6$gt18.6|http://unitsofmeasure.org|kPa", &[1]),
            ("component-code-value-quantity=8480-6$120,8462-4$95", &[0, 1]),
            ("component-value-quantity=16.0|http://unitsofmeasure.org|kPa", &[0]),
            ("component-value-quantity=gt0.14|http://unitsofmeasure.org|m[Hg]", &[1]),
            ("component-code:text=blood", &[0, 1]),
            ("component-code:text=pressure", &[]),
            ("component-code-value-quantity:missing=true", &[]),
        ],
    )
    .await;
    assert_eq!(
        client.get("/Observation?component-code-value-quantity=8480-6$gt140&_total=accurate").await.json()["total"],
        1
    );
    let place = |lat: f64, lon: f64| json!({ "resourceType": "Location", "position": { "latitude": lat, "longitude": lon } });
    let places = [client.create(&place(51.5, -0.1)).await, client.create(&place(48.9, 2.4)).await];
    finds(
        &client,
        "Location",
        &places,
        &[("near=51.51|-0.12|5|km", &[0]), ("near=51.51|-0.12|400|km", &[0, 1]), ("near=0|0|10|km", &[])],
    )
    .await;
    client.get("/Location?near=x").await.expect(400);
    let mut typed = patient("Typed", "Tom", "2000-01-01");
    typed["identifier"] = json!([{ "system": "urn:a", "value": "77", "type": { "coding": [
        { "system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR" }] } }]);
    typed["generalPractitioner"] = json!([{ "identifier": { "system": "urn:npi", "value": "5" } }]);
    let typed = [client.create(&typed).await];
    finds(
        &client,
        "Patient",
        &typed,
        &[
            ("identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|77", &[0]),
            ("identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|SS|77", &[]),
            ("general-practitioner:identifier=urn:npi|5", &[0]),
            ("general-practitioner:identifier=5", &[0]),
            ("general-practitioner:identifier=urn:npi|6", &[]),
            ("general-practitioner:missing=false", &[0]),
        ],
    )
    .await;
}

#[tokio::test]
async fn several_sort_keys_and_pages_that_do_not_drift() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let p = people(&client).await;
    for (sort, expected) in [
        ("family,-birthdate", [2, 0, 1, 3]),
        ("family,birthdate", [0, 2, 1, 3]),
        ("-gender,given", [1, 3, 0, 2]),
        ("gender,-family,given", [0, 2, 3, 1]),
        ("-birthdate,_id", [3, 2, 1, 0]),
    ] {
        let expected: Vec<String> = expected.iter().map(|n| p[*n].clone()).collect();
        let whole = client.get(&format!("/Patient?_sort={sort}")).await.expect(200).ids();
        assert_eq!(whole, expected, "{sort}");
        let mut paged = Vec::new();
        let mut page = client.get(&format!("/Patient?_sort={sort}&_count=1")).await.expect(200);
        loop {
            paged.extend(page.ids());
            let Some(next) = page.link("next") else { break };
            page = client.get(next.strip_prefix("http://galen.test/fhir").unwrap()).await.expect(200);
        }
        assert_eq!(paged, expected, "{sort} page by page");
    }
    // A total is counted once, and what comes later stays out of a search that began.
    let first = client.get("/Patient?_count=2&_total=accurate").await.expect(200);
    client.create(&patient("Late", "Eve", "1970-01-01")).await;
    let second =
        client.get(first.link("next").unwrap().strip_prefix("http://galen.test/fhir").unwrap()).await;
    let second = second.expect(200);
    assert_eq!(second.json()["total"], 4);
    assert_eq!(second.ids(), [p[2].clone(), p[3].clone()]);
    assert!(second.link("next").is_none());
}

#[tokio::test]
async fn includes_that_iterate() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let p = people(&client).await;
    let mut organizations: Vec<String> = Vec::new();
    for level in 0..3 {
        let mut one = json!({ "resourceType": "Organization", "name": format!("Level {level}") });
        if let Some(above) = organizations.last() {
            one["partOf"] = json!({ "reference": format!("Organization/{above}") });
        }
        organizations.push(client.create(&one).await);
    }
    let mut member = patient("Member", "Max", "1999-09-09");
    member["managingOrganization"] = json!({ "reference": format!("Organization/{}", organizations[2]) });
    member["link"] = json!([{ "other": { "reference": format!("Patient/{}", p[0]) }, "type": "seealso" }]);
    let member = client.create(&member).await;
    let obs = client.create(&observation(&member, "a-1", "2020-01-01", 1.0)).await;
    let included = |bundle: &Value| -> BTreeSet<String> {
        let entries = bundle["entry"].as_array().unwrap();
        let of = entries.iter().filter(|e| e["search"]["mode"] == "include");
        of.map(|e| e["resource"]["id"].as_str().unwrap().to_owned()).collect()
    };
    for (query, expected) in [
        (format!("/Observation?_id={obs}&_include=Observation:patient"), vec![&member]),
        (format!("/Observation?_id={obs}&_include=*"), vec![&member]),
        (
            format!("/Observation?_id={obs}&_include=Observation:*&_include:iterate=Patient:organization"),
            vec![&member, &organizations[2]],
        ),
        (
            format!(
                "/Patient?_id={member}&_include=Patient:organization&_include:iterate=Organization:partof"
            ),
            organizations.iter().collect(),
        ),
        (format!("/Patient?_id={member}&_include=Patient:link:Patient"), vec![&p[0]]),
        (format!("/Patient?_id={member}&_revinclude=Observation:*"), vec![&obs]),
        (
            format!("/Organization?_id={}&_revinclude:iterate=Organization:partof", organizations[0]),
            organizations[1..].iter().collect(),
        ),
        (
            format!(
                "/Organization?_id={}&_revinclude=Patient:organization&_revinclude:iterate=Observation:patient",
                organizations[2]
            ),
            vec![&member, &obs],
        ),
    ] {
        let found = client.get(&query).await.expect(200).json();
        assert_eq!(included(&found), expected.into_iter().cloned().collect(), "{query}");
    }
    // What refers in a circle is included once.
    let mut circle = client.get(&format!("/Organization/{}", organizations[0])).await.json();
    circle["partOf"] = json!({ "reference": format!("Organization/{}", organizations[2]) });
    client.put(&format!("/Organization/{}", organizations[0]), &circle).await.expect(200);
    let query = format!("/Organization?_id={}&_include:iterate=Organization:partof", organizations[0]);
    let found = client.get(&query).await.expect(200).json();
    assert_eq!(included(&found), organizations[1..].iter().cloned().collect());
}
