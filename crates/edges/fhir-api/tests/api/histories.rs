//! Histories of a type and of the server: order, pages, times, totals, and who sees what.

use crate::sight::{Scene, scene};
use crate::ward::{Ward, observation, patient};
use galen_testkit::ward::Client;
use serde_json::{Value, json};

async fn pages(client: &Client<'_>, first: &str) -> Vec<Value> {
    let mut path = first.to_owned();
    let mut entries = Vec::new();
    loop {
        let page = client.get(&path).await.expect(200);
        let json = page.json();
        assert_eq!(json["type"], "history");
        entries.extend(json["entry"].as_array().cloned().unwrap_or_default());
        assert!(entries.len() < 1_000, "the pages never end");
        match page.link("next") {
            Some(next) => path = next,
            None => return entries,
        }
    }
}

fn told(entries: &[Value]) -> Vec<String> {
    let tell = |e: &Value| {
        let id = e["fullUrl"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        format!(
            "{id}{} {}",
            e["response"]["etag"].as_str().unwrap(),
            e["request"]["method"].as_str().unwrap()
        )
    };
    entries.iter().map(tell).collect()
}

/// Basics a and b, a second later each: a1, b1, a2, a deleted, a made anew.
async fn some(ward: &Ward) {
    let client = ward.as_user("fhir");
    let put = |id: &str, text: &str| json!({ "resourceType": "Basic", "id": id, "code": { "text": text } });
    client.put("/Basic/a", &put("a", "1")).await.expect(201);
    ward.pass_seconds(1);
    client.put("/Basic/b", &put("b", "1")).await.expect(201);
    ward.pass_seconds(1);
    client.put("/Basic/a", &put("a", "2")).await.expect(200);
    ward.pass_seconds(1);
    client.delete("/Basic/a").await.expect(204);
    ward.pass_seconds(1);
    client.put("/Basic/a", &put("a", "3")).await.expect(201);
}

#[tokio::test]
async fn a_type_tells_every_version_newest_first() {
    let ward = Ward::new().await;
    some(&ward).await;
    let client = ward.as_user("fhir");
    let whole = client.get("/Basic/_history").await.expect(200).json();
    let entries = whole["entry"].as_array().unwrap();
    let expected = ["aW/\"4\" PUT", "aW/\"3\" DELETE", "aW/\"2\" PUT", "bW/\"1\" PUT", "aW/\"1\" PUT"];
    assert_eq!(told(entries), expected);
    assert_eq!(whole["total"], 5);
    assert!(entries[1]["resource"].is_null());
    assert_eq!(entries[1]["response"]["status"], "204");
    assert_eq!(entries[2]["resource"]["code"]["text"], "2");
    assert_eq!(entries[4]["response"]["status"], "201");
    let json = galen_fhir::json::parse(whole.to_string().as_bytes()).unwrap();
    assert_eq!(galen_fhir::validate::validate_json(&json), []);
    for count in [1, 2, 3, 5] {
        assert_eq!(
            told(&pages(&client, &format!("/Basic/_history?_count={count}")).await),
            expected,
            "{count}"
        );
    }
    let first = client.get("/Basic/_history?_count=2").await.expect(200);
    assert_eq!(first.json()["total"], 5);
    let mut backwards = expected;
    backwards.reverse();
    assert_eq!(told(&pages(&client, "/Basic/_history?_count=2&_sort=_lastUpdated").await), backwards);
    assert_eq!(told(&pages(&client, "/_history?_type=Basic").await), expected);
    assert!(pages(&client, "/Patient/_history").await.is_empty());
}

#[tokio::test]
async fn pages_stay_with_what_was_there() {
    let ward = Ward::new().await;
    some(&ward).await;
    let client = ward.as_user("fhir");
    for sort in ["-_lastUpdated", "_lastUpdated"] {
        let first = client.get(&format!("/Basic/_history?_count=3&_sort={sort}")).await.expect(200);
        let total = first.json()["total"].as_u64().unwrap();
        let mut seen = told(first.json()["entry"].as_array().unwrap());
        ward.pass_seconds(1);
        client.create(&json!({ "resourceType": "Basic", "code": { "text": "late" } })).await;
        let next = first.link("next").unwrap();
        let rest = pages(&client, &next).await;
        seen.extend(told(&rest));
        assert_eq!(seen.len() as u64, total, "{sort}");
        assert_eq!(client.get(&next).await.json()["total"], total, "{sort}");
    }
}

#[tokio::test]
async fn times_narrow_a_history() {
    let ward = Ward::new().await;
    some(&ward).await;
    let client = ward.as_user("fhir");
    let all = pages(&client, "/Basic/_history").await;
    let at = |n: usize| all[n]["response"]["lastModified"].as_str().unwrap().to_owned();
    let since = pages(&client, &format!("/Basic/_history?_since={}", at(2))).await;
    assert_eq!(told(&since), told(&all[..3]));
    // What was current when b was made: a's first version, and b.
    let then = pages(&client, &format!("/Basic/_history?_at={}", at(3))).await;
    assert_eq!(told(&then), ["bW/\"1\" PUT", "aW/\"1\" PUT"]);
    // While a was deleted there was b alone; the end of a is told.
    let then = pages(&client, &format!("/Basic/_history?_at={}", at(1))).await;
    assert_eq!(told(&then), ["aW/\"3\" DELETE", "bW/\"1\" PUT"]);
    let one = pages(&client, &format!("/Basic/a/_history?_at={}", at(2))).await;
    assert_eq!(told(&one), ["aW/\"2\" PUT"]);
    let one = pages(&client, &format!("/Basic/a/_history?_since={}&_count=1", at(2))).await;
    assert_eq!(told(&one), ["aW/\"4\" PUT", "aW/\"3\" DELETE", "aW/\"2\" PUT"]);
    assert_eq!(client.get("/Basic/a/_history?_count=1").await.json()["total"], 4);
    let short = pages(&client, "/Basic/a/_history?_summary=true&_count=2&_sort=_lastUpdated").await;
    assert_eq!(told(&short), ["aW/\"1\" PUT", "aW/\"2\" PUT", "aW/\"3\" DELETE", "aW/\"4\" PUT"]);
    assert_eq!(short[0]["resource"]["meta"]["tag"][0]["code"], "SUBSETTED");
    assert_eq!(short[3]["response"]["status"], "201", "made anew after its end");
}

#[tokio::test]
async fn nonsense_is_refused_with_its_place() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    for (query, place) in [
        ("_since=yesterday", "_since"),
        ("_since=2024-02-30", "_since"),
        ("_at=x", "_at"),
        ("_count=1e9", "_count"),
        ("_count=-1", "_count"),
        ("_sort=family", "_sort"),
        ("_page=nonsense", "_page"),
        ("_elements=nonsense", "_elements"),
        ("_type=Nobody", "_type"),
    ] {
        for level in ["/_history", "/Basic/_history", "/Basic/a/_history"] {
            let refused = client.get(&format!("{level}?{query}")).await.expect(400);
            assert_eq!(refused.issue().0, place, "{level}?{query}");
        }
    }
    client.get("/Basic/_history?family=x").await.expect(400);
    client.get("/Nobody/_history").await.expect(404);
    client.get("/Basic/_history?_count=1000000000").await.expect(200);
}

#[tokio::test]
async fn what_is_sealed_is_in_no_history() {
    let Scene { ward, open, sealed, secret } = scene().await;
    let leaks = |entries: &[Value], who: &str| {
        let text = Value::Array(entries.to_vec()).to_string();
        for hidden in [&sealed, &secret] {
            assert!(!text.contains(hidden.as_str()), "{who} sees {hidden}");
        }
        assert!(text.contains(&open), "{who}");
    };
    for who in ["doctor", "fhir", "admin"] {
        let client = ward.as_user(who);
        for path in ["/_history", "/Patient/_history", "/_history?_type=Patient,Observation&_count=1"] {
            leaks(&pages(&client, path).await, who);
        }
        // Nothing hidden is counted.
        let told = client.get("/Patient/_history").await.expect(200).json();
        assert_eq!(told["total"], told["entry"].as_array().unwrap().len(), "{who}");
    }
    let nurse = pages(&ward.as_user("nurse"), "/_history").await;
    let text = Value::Array(nurse).to_string();
    assert!(text.contains(&sealed) && text.contains(&secret));
    // The end of a closed resource is as closed as it was; a sealed patient is not deleted, for the seal would go, too.
    ward.add_user("keeper", galen_access::actor::ActorKind::Service, "integration", None).await;
    for patient in [&open, &sealed] {
        crate::sight::relate(&ward, "keeper", patient, 365).await;
    }
    ward.as_user("keeper").delete(&format!("/Patient/{sealed}")).await.expect(409);
    ward.as_user("keeper").delete(&format!("/Observation/{secret}")).await.expect(204);
    for path in ["/Observation/_history".to_owned(), "/_history".to_owned()] {
        let after = pages(&ward.as_user("doctor"), &path).await;
        assert!(!Value::Array(after).to_string().contains(&secret));
    }
    for path in [format!("/Observation/{secret}/_history"), format!("/Observation/{secret}/_history/1")] {
        ward.as_user("doctor").get(&path).await.expect(403);
    }
    ward.as_user("support").get("/Patient/_history").await.expect(403);
    ward.as_user("clerk").get("/Observation/_history").await.expect(403);
    let clerk = pages(&ward.as_user("clerk"), "/_history").await;
    assert!(clerk.iter().all(|e| !e["fullUrl"].as_str().unwrap().contains("/Observation/")));
}

#[tokio::test]
async fn patients_see_the_history_of_their_own() {
    let Scene { ward, open, sealed, .. } = scene().await;
    ward.add_patient_user("olga", &open).await;
    let other = ward.as_user("fhir").create(&patient("Third", "Tom", "1990-01-01")).await;
    ward.as_user("fhir").create(&observation(&other, "a", "2020", 1.0)).await;
    let mine = pages(&ward.as_user("olga"), "/_history").await;
    let text = Value::Array(mine).to_string();
    assert!(text.contains(&open) && !text.contains(&other) && !text.contains(&sealed));
}
