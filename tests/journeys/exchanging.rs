//! FHIR exchange as a client meets it: what the CapabilityStatement claims is there, who somebody may be, and an export that
//! a restart does not lose.

use crate::harness::{Answer, Place, Server};
use http::{Method, StatusCode};
use serde_json::{Value, json};

async fn ask(server: &Server, token: &str, method: Method, path: &str, body: &Value) -> Answer {
    ask_with(server, token, method, path, body, &[]).await
}

async fn ask_with(
    server: &Server,
    token: &str,
    method: Method,
    path: &str,
    body: &Value,
    more: &[(&str, &str)],
) -> Answer {
    let bearer = format!("Bearer {token}");
    let kind = match method {
        Method::PATCH => "application/json-patch+json",
        _ => "application/fhir+json",
    };
    let mut headers = vec![("authorization", bearer.as_str()), ("content-type", kind)];
    headers.extend_from_slice(more);
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    server.send(method, path, &headers, &body).await
}

/// How a claimed interaction is asked for, on something that need not be there.
fn request(interaction: &str, kind: &str) -> (Method, String, Value) {
    let (one, all) = (format!("/fhir/{kind}/none"), format!("/fhir/{kind}"));
    let body = json!({ "resourceType": kind, "id": "none" });
    match interaction {
        "read" => (Method::GET, one, Value::Null),
        "vread" => (Method::GET, format!("{one}/_history/1"), Value::Null),
        "history-instance" => (Method::GET, format!("{one}/_history"), Value::Null),
        "history-type" => (Method::GET, format!("{all}/_history?_count=1"), Value::Null),
        "search-type" => (Method::GET, format!("{all}?_count=1"), Value::Null),
        "create" => (Method::POST, all, body),
        "update" => (Method::PUT, one, body),
        "patch" => (Method::PATCH, one, json!([])),
        "delete" => (Method::DELETE, one, Value::Null),
        other => panic!("{other} is claimed and nobody knows how to ask for it"),
    }
}

const INTERACTIONS: [&str; 9] = [
    "read",
    "vread",
    "history-instance",
    "history-type",
    "search-type",
    "create",
    "update",
    "patch",
    "delete",
];

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

fn is_answered(reply: &Answer) -> bool {
    !reply.status.is_server_error() && reply.status != StatusCode::METHOD_NOT_ALLOWED
}

#[tokio::test]
async fn what_the_capability_statement_claims_is_there_and_nothing_else() {
    let place = Place::new();
    place.add_user("admin", "administrator");
    let token = place.token("admin");
    let server = place.serve();
    let told = server.send(Method::GET, "/fhir/metadata", &[], b"").await.json();
    let rest = &told["rest"][0];
    let mut asked = 0;
    for row in rest["resource"].as_array().unwrap() {
        let kind = row["type"].as_str().unwrap();
        let claimed: Vec<&str> =
            row["interaction"].as_array().unwrap().iter().map(|i| i["code"].as_str().unwrap()).collect();
        for interaction in INTERACTIONS {
            let (method, path, body) = request(interaction, kind);
            let reply = ask(&server, &token, method, &path, &body).await;
            let is_claimed = claimed.contains(&interaction);
            assert_eq!(is_answered(&reply), is_claimed, "{interaction} of {kind}: {}", reply.status);
            asked += 1;
        }
        // Conditions: none at all is refused as such where they are claimed.
        let is_conditional = row["conditionalUpdate"] == true;
        let reply =
            ask(&server, &token, Method::PUT, &format!("/fhir/{kind}"), &json!({ "resourceType": kind }))
                .await;
        assert_eq!(reply.status == StatusCode::PRECONDITION_FAILED, is_conditional, "{kind}");
        if row["conditionalDelete"] == "multiple" {
            let path = format!("/fhir/{kind}?_id=none&_count=2");
            let reply = ask(&server, &token, Method::DELETE, &path, &Value::Null).await;
            let is_open = reply.status == StatusCode::OK
                || kind == "Subscription" && reply.status == StatusCode::FORBIDDEN;
            assert!(is_open, "{kind}: {}", text(&reply));
        }
    }
    assert!(asked > 1_000);
    for interaction in rest["interaction"].as_array().unwrap() {
        let code = interaction["code"].as_str().unwrap();
        let (method, path, body) = match code {
            "transaction" | "batch" => {
                (Method::POST, "/fhir", json!({ "resourceType": "Bundle", "type": code }))
            }
            "history-system" => (Method::GET, "/fhir/_history?_count=1", Value::Null),
            "search-system" => (Method::GET, "/fhir?_type=Patient,Group", Value::Null),
            other => panic!("{other} is claimed and nobody knows how to ask for it"),
        };
        assert_eq!(ask(&server, &token, method, path, &body).await.status, StatusCode::OK, "{code}");
    }
    operations_answer(&server, &token, rest).await;
}

/// Every operation told of is known at every level that its definition names.
async fn operations_answer(server: &Server, token: &str, rest: &Value) {
    let rows = rest["resource"].as_array().unwrap().iter().chain(std::iter::once(rest));
    let mut seen = std::collections::BTreeSet::new();
    for operation in rows.flat_map(|row| row["operation"].as_array().cloned().unwrap_or_default()) {
        let canonical = operation["definition"].as_str().unwrap().to_owned();
        if !seen.insert(canonical.clone()) {
            continue;
        }
        let id = canonical.rsplit('/').next().unwrap();
        let path = format!("/fhir/OperationDefinition/{id}");
        let definition = ask(server, token, Method::GET, &path, &Value::Null).await.json();
        let code = definition["code"].as_str().unwrap();
        let kind = match definition["resource"][0].as_str() {
            Some("Resource") | None => "Basic",
            Some(kind) => kind,
        };
        for (level, path) in [
            ("system", format!("/fhir/${code}")),
            ("type", format!("/fhir/{kind}/${code}")),
            ("instance", format!("/fhir/{kind}/none/${code}")),
        ] {
            let reply = ask(server, token, Method::POST, &path, &Value::Null).await;
            assert!(!reply.status.is_server_error(), "{path}: {}", text(&reply));
            let is_unknown = text(&reply).contains("no-such-operation");
            assert!(!is_unknown || definition[level] == false, "{path}: {}", text(&reply));
        }
    }
    assert!(seen.len() >= 12, "{seen:?}");
}

#[tokio::test]
async fn who_somebody_may_be_is_told_with_a_grade() {
    let place = Place::new();
    place.add_user("exchange", "integration");
    place.add_user("clerk", "receptionist");
    let (token, clerk) = (place.token("exchange"), place.token("clerk"));
    let server = place.serve();
    let person = |family: &str, given: &str, born: &str, number: &str| {
        json!({ "resourceType": "Patient", "name": [{ "family": family, "given": [given] }], "birthDate": born,
            "identifier": [{ "system": "urn:test", "value": number }] })
    };
    for (family, given, born, number) in [
        ("Lovelace", "Ada", "1985-12-10", "1"),
        ("Lovelase", "Ada", "1985-12-10", "2"),
        ("Hopper", "Grace", "1976-12-09", "3"),
    ] {
        let made =
            ask(&server, &token, Method::POST, "/fhir/Patient", &person(family, given, born, number)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", text(&made));
    }
    let matched = |body: Value| {
        let (server, clerk) = (&server, clerk.as_str());
        async move { ask(server, clerk, Method::POST, "/fhir/Patient/$match", &body).await }
    };
    let found = matched(person("Lovelace", "Ada", "1985-12-10", "1")).await.json();
    let rows: Vec<(f64, &str)> = found["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| {
            (
                e["search"]["score"].as_f64().unwrap(),
                e["search"]["extension"][0]["valueCode"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(rows.len(), 2, "{found}");
    assert_eq!((rows[0], rows[1].1), ((1.0, "certain"), "probable"));
    assert!(rows[1].0 < 1.0 && found["total"] == 2);
    let parameters = |only: bool| {
        json!({ "resourceType": "Parameters", "parameter": [
            { "name": "resource", "resource": person("Lovelace", "Ada", "1985-12-10", "none") },
            { "name": "onlyCertainMatches", "valueBoolean": only }, { "name": "count", "valueInteger": 1 }] })
    };
    assert_eq!(matched(parameters(false)).await.json()["entry"].as_array().unwrap().len(), 1);
    assert_eq!(matched(parameters(true)).await.json()["total"], 0);
    assert_eq!(matched(json!({ "resourceType": "Group" })).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_export_survives_a_restart() {
    let place = Place::new();
    place.add_user("exchange", "integration");
    let token = place.token("exchange");
    let server = place.serve();
    for n in 0..3 {
        let body = json!({ "resourceType": "Basic", "code": { "text": n.to_string() } });
        ask(&server, &token, Method::POST, "/fhir/Basic", &body).await;
    }
    let prefer = [("prefer", "respond-async")];
    let accepted =
        ask_with(&server, &token, Method::GET, "/fhir/$export?_type=Basic", &Value::Null, &prefer).await;
    assert_eq!(accepted.status, StatusCode::ACCEPTED);
    let status = path_of(accepted.headers["content-location"].to_str().unwrap());
    drop(server);
    let server = place.serve();
    let mut told = None;
    for _ in 0..100 {
        let reply = ask(&server, &token, Method::GET, &status, &Value::Null).await;
        if reply.status == StatusCode::OK {
            told = Some(reply.json());
            break;
        }
        assert_eq!(reply.status, StatusCode::ACCEPTED, "{}", text(&reply));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let told = told.expect("the export was never prepared");
    assert_eq!(told["output"][0]["count"], 3);
    let file = path_of(told["output"][0]["url"].as_str().unwrap());
    let lines = ask(&server, &token, Method::GET, &file, &Value::Null).await;
    assert_eq!((lines.status, text(&lines).lines().count()), (StatusCode::OK, 3), "{}", text(&lines));
}

/// A url's path and query: the port is another after a restart.
fn path_of(url: &str) -> String {
    let rest = url.split_once("://").unwrap().1;
    format!("/{}", rest.split_once('/').unwrap().1)
}
