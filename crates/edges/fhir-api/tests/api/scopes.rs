//! Searches of several types, of compartments, of parts of resources, and how a search would be run.

use crate::ward::{Client, Ward, labelled, observation, patient};
use serde_json::{Value, json};
use std::collections::BTreeSet;

struct Place {
    patient: String,
    other: String,
    encounter: String,
    observations: Vec<String>,
    organization: String,
}

async fn place(client: &Client<'_>) -> Place {
    let organization = client.create(&json!({ "resourceType": "Organization", "name": "Trust" })).await;
    let mut one = patient("Adams", "Ann", "1980-02-03");
    one["managingOrganization"] = json!({ "reference": format!("Organization/{organization}") });
    let one = client.create(&one).await;
    let other = client.create(&patient("Brown", "Bob", "1981-01-01")).await;
    let encounter = json!({ "resourceType": "Encounter", "status": "finished",
        "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB" },
        "subject": { "reference": format!("Patient/{one}") } });
    let encounter = client.create(&encounter).await;
    let mut observations = Vec::new();
    for (who, code) in [(&one, "a-1"), (&one, "b-2"), (&other, "a-1")] {
        let mut row = observation(who, code, "2020-01-01", 5.0);
        if observations.is_empty() {
            row["encounter"] = json!({ "reference": format!("Encounter/{encounter}") });
        }
        observations.push(client.create(&row).await);
    }
    Place { patient: one, other, encounter, observations, organization }
}

fn set<'s>(ids: impl IntoIterator<Item = &'s String>) -> BTreeSet<String> {
    ids.into_iter().cloned().collect()
}

#[tokio::test]
async fn compartments_hold_what_their_definitions_say() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let p = place(&client).await;
    let found = async |path: String| set(&client.get(&path).await.expect(200).ids());
    let of = &p.patient;
    assert_eq!(found(format!("/Patient/{of}/Observation")).await, set(&p.observations[..2]));
    assert_eq!(found(format!("/Patient/{of}/Observation?code=a-1")).await, set([&p.observations[0]]));
    let all = found(format!("/Patient/{of}/*")).await;
    assert_eq!(all, set([of, &p.encounter, &p.observations[0], &p.observations[1]]));
    let some = found(format!("/Patient/{of}/*?_type=Encounter,Patient")).await;
    assert_eq!(some, set([of, &p.encounter]));
    assert_eq!(found(format!("/Encounter/{}/Observation", p.encounter)).await, set([&p.observations[0]]));
    assert_eq!(found(format!("/Encounter/{}/*", p.encounter)).await, set([&p.encounter, &p.observations[0]]));
    assert!(found("/Patient/nobody/Observation".to_owned()).await.is_empty());
    let reply = client.get(&format!("/Patient/{of}/Observation?_count=1&_total=accurate")).await.expect(200);
    assert_eq!(reply.json()["total"], 2);
    assert!(
        reply.link("self").unwrap().ends_with(&format!("/Patient/{of}/Observation?_count=1&_total=accurate"))
    );
    let next = reply.link("next").unwrap();
    let rest = client.get(next.strip_prefix("http://galen.test/fhir").unwrap()).await.expect(200);
    assert_eq!(set(reply.ids().iter().chain(&rest.ids())), set(&p.observations[..2]));
    client.get(&format!("/Organization/{}/Patient", p.organization)).await.expect(404);
    client.get(&format!("/Patient/{of}/Organization")).await.expect(404);
}

#[tokio::test]
async fn several_types_at_once() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let p = place(&client).await;
    let reply = client.get("/?_type=Patient,Encounter").await.expect(200);
    assert_eq!(set(&reply.ids()), set([&p.patient, &p.other, &p.encounter]));
    let reply =
        client.get("/?_type=Encounter,Patient&_sort=-_lastUpdated,_id&_count=2&_total=accurate").await;
    let reply = reply.expect(200);
    assert_eq!(reply.json()["total"], 3);
    let mut all = reply.ids();
    let mut next = reply.link("next");
    while let Some(link) = next {
        let page = client.get(link.strip_prefix("http://galen.test/fhir").unwrap()).await.expect(200);
        all.extend(page.ids());
        next = page.link("next");
    }
    assert_eq!(set(&all), set([&p.patient, &p.other, &p.encounter]));
    assert_eq!(all.len(), 3, "no page repeats what another had");
    let by_id = client.get(&format!("/?_id={}", p.encounter)).await.expect(200);
    assert_eq!(by_id.ids(), [p.encounter.clone()]);
    let form = ward.as_user("fhir").with("content-type", "application/x-www-form-urlencoded");
    let posted = form.send("POST", "/_search", format!("_type=Organization&_id={}", p.organization)).await;
    assert_eq!(posted.expect(200).ids(), [p.organization.clone()]);
    let included =
        client.get("/?_type=Patient,Encounter&_include=Encounter:patient&_id=".to_owned().as_str()).await;
    included.expect(400);
    let included = client
        .get(&format!("/?_type=Patient,Encounter&_id={}&_include=Encounter:patient", p.encounter))
        .await;
    assert_eq!(included.expect(200).of_mode("include")[0]["id"], json!(p.patient));
    for bad in [
        "_type=Nonsense",
        "_type=Patient,Observation&family=x",
        "_type=Patient,Observation&_sort=family",
        "_type=Patient&_include=Observation:patient",
    ] {
        client.get(&format!("/?{bad}")).await.expect(400);
    }
    // Of types that nobody named, those that the caller may not see are left out; of named ones it is a refusal.
    let clerk = ward.as_user("clerk");
    let seen = clerk.get("/?_lastUpdated=ge2020").await.expect(200);
    assert!(seen.ids().contains(&p.patient) && !seen.ids().contains(&p.observations[0]));
    clerk.get("/?_type=Patient,Observation").await.expect(403);
    ward.nobody().get("/?_type=Patient").await.expect(401);
}

#[tokio::test]
async fn sealed_rows_stay_out_of_every_scope() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let p = place(&client).await;
    let hidden = labelled(observation(&p.patient, "secret", "2020-01-01", 1.0), "V");
    let hidden = ward.as_user("guardian").post("/Observation", &hidden).await;
    let doctor = ward.as_user("doctor");
    for path in [
        format!("/Patient/{}/Observation?_total=accurate", p.patient),
        format!("/Patient/{}/*", p.patient),
        "/?_type=Observation".to_owned(),
        "/Patient?_has:Observation:patient:code=secret".to_owned(),
        "/Observation?_filter=code%20eq%20secret&_total=accurate".to_owned(),
        "/Observation?_content=secret".to_owned(),
    ] {
        let reply = doctor.get(&path).await.expect(200);
        assert!(!reply.text().contains("secret") || reply.ids().is_empty(), "{path}: {}", reply.text());
    }
    assert!(hidden.status.is_success() || hidden.status.as_u16() == 403);
}

#[tokio::test]
async fn parts_of_resources() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let p = place(&client).await;
    let entry = async |query: &str| -> Value {
        client.get(query).await.expect(200).json()["entry"][0]["resource"].clone()
    };
    let summary = entry(&format!("/Patient?_id={}&_summary=true", p.patient)).await;
    assert_eq!(summary["meta"]["tag"][0]["code"], "SUBSETTED");
    let elements = entry(&format!("/Patient?_id={}&_elements=birthDate", p.patient)).await;
    assert_eq!(elements["birthDate"], "1980-02-03");
    assert!(elements.get("name").is_none() && elements["id"] == json!(p.patient));
    let reply = client
        .get(&format!("/Encounter?_id={}&_elements=status&_include=Encounter:patient", p.encounter))
        .await
        .expect(200);
    assert!(reply.of_mode("include")[0].get("name").is_some(), "included whole");
    let count = client.get("/Observation?_summary=count").await.expect(200).json();
    assert_eq!((count["total"].as_u64(), count.get("entry")), (Some(3), None));
    client.get("/Patient?_summary=true&_elements=name").await.expect(400);
    client.get("/Patient?_elements=nonsense").await.expect(400);
}

#[tokio::test]
async fn searches_are_explained_to_those_who_may_take_everything() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    place(&client).await;
    let query = "/Observation?code=http://loinc.org|a-1&value-quantity=gt1&code-value-quantity=a-1$gt1&__explain=true";
    let query = query.replace('|', "%7C");
    let (reply, entries) = ward.entries_of(async { client.get(&query).await.expect(200) }).await;
    assert_eq!(entries.len(), 1);
    let plan = &reply.json()["parameter"][0];
    let text = plan.to_string();
    assert_eq!(plan["name"], "plan");
    for words in ["led-by", "\"code\"", "tested-on-resources", "code-value-quantity", "SELECT "] {
        assert!(text.contains(words), "{words}: {text}");
    }
    ward.as_user("doctor").get("/Observation?code=x&__explain=true").await.expect(403);
    client.get("/Observation?__explain=maybe").await.expect(400);
}
