//! Transactions and batches.

use crate::ward::{Ward, labelled, observation, patient};
use serde_json::{Value, json};

fn bundle(kind: &str, entries: Vec<Value>) -> Value {
    json!({ "resourceType": "Bundle", "type": kind, "entry": entries })
}

fn post(url: &str, resource: Value) -> Value {
    let kind = resource["resourceType"].as_str().unwrap().to_owned();
    json!({ "fullUrl": url, "resource": resource, "request": { "method": "POST", "url": kind } })
}

#[tokio::test]
async fn a_transaction_resolves_its_references() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    client
        .create(
            &json!({ "resourceType": "Practitioner", "identifier": [{ "system": "urn:n", "value": "1" }] }),
        )
        .await;
    let mut first = observation("x", "a-1", "2020-01-01", 1.0);
    first["subject"]["reference"] = "urn:uuid:p".into();
    first["performer"] = json!([{ "reference": "Practitioner?identifier=urn:n|1" }]);
    let mut second = observation("old", "a-2", "2020-01-01", 1.0);
    second["subject"]["reference"] = "Patient/old".into();
    let sent = bundle(
        "transaction",
        vec![
            post("urn:uuid:o1", first),
            post("urn:uuid:p", patient("A", "B", "2000-01-01")),
            post("http://elsewhere.example/Patient/old", patient("C", "D", "2000-01-01")),
            post("urn:uuid:o2", second),
            json!({ "request": { "method": "GET", "url": "Patient?family=a" } }),
            json!({ "resource": { "resourceType": "Basic", "id": "mine", "code": { "text": "x" } },
                "request": { "method": "PUT", "url": "Basic/mine" } }),
        ],
    );
    let reply = client.post("", &sent).await.expect(200).json();
    assert_eq!(reply["type"], "transaction-response");
    let entries = reply["entry"].as_array().unwrap();
    assert_eq!(entries.len(), 6);
    let at = |n: usize| {
        entries[n]["response"]["location"].as_str().unwrap().split("/_history").next().unwrap().to_owned()
    };
    assert_eq!(entries[0]["response"]["status"], "201 Created");
    assert_eq!(entries[0]["response"]["etag"], "W/\"1\"");
    assert!(entries[0]["response"]["lastModified"].as_str().unwrap().starts_with("2026-09-21T"));
    let observation = client.get(&format!("/{}", at(0))).await.expect(200).json();
    assert_eq!(observation["subject"]["reference"], at(1));
    assert!(observation["performer"][0]["reference"].as_str().unwrap().starts_with("Practitioner/"));
    let observation = client.get(&format!("/{}", at(3))).await.expect(200).json();
    assert_eq!(observation["subject"]["reference"], at(2));
    assert_eq!(entries[4]["resource"]["entry"].as_array().unwrap().len(), 1, "reads see the writes");
    assert_eq!(at(5), "Basic/mine");
    let full =
        ward.as_user("fhir").with("prefer", "return=representation").post("", &sent).await.expect(200).json();
    assert_eq!(full["entry"][1]["resource"]["name"][0]["family"], "A");
}

#[tokio::test]
async fn one_bad_entry_and_nothing_is_written() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let good = || post("urn:uuid:1", patient("Good", "One", "2000-01-01"));
    let put = |id: &str, if_match: &str| {
        json!({ "resource": { "resourceType": "Basic", "id": id, "code": { "text": "x" } },
            "request": { "method": "PUT", "url": format!("Basic/{id}"), "ifMatch": if_match } })
    };
    let mut wrong = patient("Bad", "Two", "2000-01-01");
    wrong["birthDate"] = "20000101".into();
    let mut dangling = observation("x", "a", "2020", 1.0);
    dangling["subject"]["reference"] = "Patient?identifier=urn:nope|1".into();
    let cases = vec![
        (post("urn:uuid:2", wrong), 422, "Bundle.entry[1].resource.birthDate"),
        (post("urn:uuid:2", dangling), 412, "Bundle.entry[1].resource.subject"),
        (put("b", "W/\"3\""), 412, "Bundle.entry[1].request.ifMatch"),
        (post("urn:uuid:2", json!({ "resourceType": "AuditEvent" })), 422, "Bundle.entry[1].resource"),
        (post("urn:uuid:2", labelled(patient("V", "V", "2000-01-01"), "V")), 403, "Bundle.entry[1].resource"),
        (
            json!({ "request": { "method": "DELETE", "url": "AuditEvent/0-0-1" } }),
            405,
            "Bundle.entry[1].resource",
        ),
        (json!({ "request": { "method": "DELETE", "url": "Patient?" } }), 400, "Bundle.entry[1].request.url"),
        (
            json!({ "resource": { "resourceType": "Binary", "contentType": "application/json-patch+json", "data": "W10=" },
                "request": { "method": "PATCH", "url": "Patient/1" } }),
            404,
            "Bundle.entry[1].request.url",
        ),
        (post("urn:uuid:1", patient("Same", "Url", "2000-01-01")), 400, "Bundle.entry[1].fullUrl"),
        (json!({ "request": { "method": "NOPE", "url": "x" } }), 400, "Bundle.entry[1].request.method"),
    ];
    for (bad, status, place) in cases {
        let reply = client.post("", &bundle("transaction", vec![good(), bad.clone()])).await;
        assert_eq!(reply.status, status, "{bad}: {}", reply.text());
        assert!(reply.issue().0.starts_with(place), "{bad}: {:?}", reply.issue());
        assert!(client.get("/Patient?family=good").await.ids().is_empty(), "{bad}");
    }
    let all = ward.as_user("doctor").post("", &bundle("transaction", vec![post("urn:uuid:1", json!({ "resourceType": "Coverage", "status": "active", "beneficiary": { "reference": "Patient/1" }, "payor": [{ "display": "x" }] }))])).await;
    assert_eq!(all.status, 403, "{}", all.text());
}

#[tokio::test]
async fn every_fault_of_a_transaction_is_listed() {
    let ward = Ward::new().await;
    let mut wrong = patient("A", "B", "nope");
    wrong["gender"] = "blue".into();
    wrong["nonsense"] = 1.into();
    let reply = ward
        .as_user("fhir")
        .post("", &bundle("transaction", vec![post("urn:uuid:1", wrong)]))
        .await
        .expect(422);
    assert!(reply.json()["issue"].as_array().unwrap().len() >= 3, "{}", reply.text());
}

#[tokio::test]
async fn conditions_within_a_transaction() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let conditional = |url: &str, n: usize| {
        let mut entry = post(
            url,
            json!({ "resourceType": "Organization", "name": format!("O{n}"), "identifier": [{ "system": "urn:o", "value": n.to_string() }] }),
        );
        entry["request"]["ifNoneExist"] = format!("identifier=urn:o|{n}").into();
        entry
    };
    let mut member = patient("A", "B", "2000-01-01");
    member["managingOrganization"] = json!({ "reference": "urn:uuid:o1b" });
    let sent = bundle(
        "transaction",
        vec![
            conditional("urn:uuid:o1", 1),
            conditional("urn:uuid:o1b", 1),
            conditional("urn:uuid:o2", 2),
            post("urn:uuid:p", member),
        ],
    );
    let first = client.post("", &sent).await.expect(200).json();
    let at = |json: &Value, n: usize| json["entry"][n]["response"]["location"].as_str().unwrap().to_owned();
    assert_eq!(at(&first, 0), at(&first, 1), "the same condition twice makes one");
    assert_eq!(first["entry"][1]["response"]["status"], "200 OK");
    let second = client.post("", &sent).await.expect(200).json();
    assert_eq!(at(&first, 0), at(&second, 0));
    assert_eq!(second["entry"][0]["response"]["status"], "200 OK");
    assert_eq!(client.get("/Organization").await.ids().len(), 2);
    let patients = client.get("/Patient").await.of_mode("match");
    assert!(
        patients
            .iter()
            .all(|p| at(&first, 0).starts_with(p["managingOrganization"]["reference"].as_str().unwrap()))
    );
    // Two conditional puts that come to the same resource are told.
    let put = json!({ "resource": { "resourceType": "Organization", "name": "X" }, "request": { "method": "PUT", "url": "Organization?identifier=urn:o|1" } });
    let other = json!({ "resource": { "resourceType": "Organization", "name": "Y" }, "request": { "method": "PUT", "url": "Organization?name=O1" } });
    client.post("", &bundle("transaction", vec![put, other])).await.expect(400);
}

#[tokio::test]
async fn a_batch_does_what_it_can() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let id = client.create(&patient("Old", "One", "2000-01-01")).await;
    let mut bad = patient("Bad", "Two", "2000-01-01");
    bad["gender"] = "blue".into();
    let sent = bundle(
        "batch",
        vec![
            json!({ "request": { "method": "GET", "url": "Patient?family=new" } }),
            post("urn:uuid:1", patient("New", "One", "2000-01-01")),
            post("urn:uuid:2", bad),
            json!({ "request": { "method": "DELETE", "url": format!("Patient/{id}") } }),
            json!({ "request": { "method": "GET", "url": format!("Patient/{id}") } }),
            json!({ "request": { "method": "GET", "url": "Patient/nobody" } }),
            json!({ "request": { "method": "GET", "url": "metadata2" } }),
        ],
    );
    let (reply, entries) = ward.entries_of(async { client.post("", &sent).await }).await;
    let reply = reply.expect(200).json();
    let statuses: Vec<&str> = reply["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["response"]["status"].as_str().unwrap()[..3])
        .collect();
    assert_eq!(statuses, ["200", "201", "422", "204", "410", "404", "400"]);
    let unread = &reply["entry"][6]["response"]["outcome"]["issue"][0];
    assert_eq!(unread["expression"][0], "Bundle.entry[6].request.url");
    assert_eq!(reply["entry"][0]["resource"]["entry"].as_array().unwrap().len(), 1, "reads come last");
    assert_eq!(reply["entry"][2]["response"]["outcome"]["issue"][0]["expression"][0], "Patient.gender");
    assert_eq!(entries.len(), 7, "each entry is an interaction of its own");
    client.post("", &bundle("batch", vec![])).await.expect(200);
}

fn binary(patch: &Value) -> Value {
    let data = data_encoding::BASE64.encode(patch.to_string().as_bytes());
    json!({ "resourceType": "Binary", "contentType": "application/json-patch+json", "data": data })
}

#[tokio::test]
async fn every_verb_in_one_transaction() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let old = client.create(&patient("Old", "One", "2000-01-01")).await;
    let gone = client.create(&patient("Gone", "Two", "2000-01-01")).await;
    let patch = json!([{ "op": "add", "path": "/link", "value":
        [{ "other": { "reference": "urn:uuid:new" }, "type": "seealso" }] }]);
    let mut link_back = patient("New", "Three", "2000-01-01");
    // References may go in a circle.
    link_back["link"] = json!([{ "other": { "reference": format!("Patient/{old}") }, "type": "seealso" }]);
    let sent = bundle(
        "transaction",
        vec![
            json!({ "request": { "method": "GET", "url": format!("Patient/{old}/_history") } }),
            json!({ "request": { "method": "HEAD", "url": format!("Patient/{old}") } }),
            json!({ "resource": binary(&patch), "request": { "method": "PATCH", "url": format!("Patient/{old}") } }),
            post("urn:uuid:new", link_back),
            json!({ "request": { "method": "DELETE", "url": format!("Patient/{gone}") } }),
            json!({ "request": { "method": "GET", "url": format!("Patient/{gone}") } }),
            json!({ "request": { "method": "GET", "url": format!("Patient/{old}/$meta") } }),
            json!({ "request": { "method": "GET", "url": "metadata" } }),
        ],
    );
    let reply = client.post("", &sent).await.expect(200).json();
    let status = |n: usize| reply["entry"][n]["response"]["status"].as_str().unwrap()[..3].to_owned();
    assert_eq!(
        (0..8).map(status).collect::<Vec<_>>(),
        ["200", "200", "200", "201", "204", "410", "200", "200"]
    );
    assert_eq!(reply["entry"][0]["resource"]["entry"].as_array().unwrap().len(), 2, "reads see the patch");
    assert!(reply["entry"][1]["resource"].is_null());
    assert_eq!(reply["entry"][6]["resource"]["resourceType"], "Parameters");
    let new = reply["entry"][3]["response"]["location"].as_str().unwrap().split("/_history").next().unwrap();
    let patched = client.get(&format!("/Patient/{old}")).await.expect(200).json();
    assert_eq!(patched["link"][0]["other"]["reference"], new);
    // Patched and put in one transaction: one of them would be lost.
    let mut body = patient("Old", "One", "2000-01-01");
    body["id"] = old.as_str().into();
    let twice = bundle(
        "transaction",
        vec![
            json!({ "resource": binary(&patch), "request": { "method": "PATCH", "url": "Patient?family=old" } }),
            json!({ "resource": body, "request": { "method": "PUT", "url": format!("Patient/{old}") } }),
        ],
    );
    client.post("", &twice).await.expect(400);
}

#[tokio::test]
async fn references_that_lead_nowhere_are_refused() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let mut lost = observation("x", "a", "2020", 1.0);
    lost["subject"]["reference"] = "urn:uuid:nobody".into();
    let refused =
        client.post("", &bundle("transaction", vec![post("urn:uuid:1", lost.clone())])).await.expect(400);
    assert_eq!(refused.issue().0, "Bundle.entry[0].resource.subject.reference");
    assert!(client.get("/Observation").await.ids().is_empty());
    let other = bundle("collection", vec![json!({ "resource": lost })]);
    let refused = client.post("", &other).await.expect(400);
    assert_eq!(refused.issue().0, "Bundle.type");
    // As a resource among resources it is kept.
    client.post("/Bundle", &other).await.expect(201);
}

/// The most memory that this process ever had, in mebibytes.
fn peak_mebibytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1_024.0
}

#[tokio::test]
async fn ten_thousand_entries_are_one_transaction() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let entries: Vec<Value> = (0..10_000)
        .map(|n| {
            if n % 100 == 0 {
                let mut entry =
                    post(&format!("urn:uuid:p{n}"), patient("Many", &format!("N{n}"), "2000-01-01"));
                entry["request"]["ifNoneExist"] = format!("identifier=urn:test:mrn|Many-N{n}").into();
                return entry;
            }
            let mut one = observation("x", "a", "2020-01-01", 1.0);
            one["subject"]["reference"] = format!("urn:uuid:p{}", n - n % 100).into();
            post(&format!("urn:uuid:o{n}"), one)
        })
        .collect();
    let sent = bundle("transaction", entries).to_string();
    let before = peak_mebibytes();
    let began = std::time::Instant::now();
    let reply = client.send("POST", "", sent).await.expect(200).json();
    let (seconds, grown) = (began.elapsed().as_secs_f64(), peak_mebibytes() - before);
    println!("10,000 entries: {seconds:.2} s, {grown:.0} MiB more at the peak");
    assert_eq!(reply["entry"].as_array().unwrap().len(), 10_000);
    assert!(seconds < 60.0 && grown < 600.0, "{seconds} s, {grown} MiB");
    assert_eq!(client.get("/Observation?_summary=count").await.json()["total"], 9_900);
}
