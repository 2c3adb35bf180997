//! The CapabilityStatement, walked: what it promises is tried, and what it does not promise is refused.

use crate::ward::{Client, Ward};
use serde_json::{Value, json};

/// All that can be written at a type's address or beneath it.
const WRITES: [&str; 4] = ["create", "update", "patch", "delete"];

async fn statement(ward: &Ward) -> Value {
    ward.nobody().get("/metadata").await.expect(200).json()
}

/// The types and what is said of them. Subscriptions are answered by a service that is not in this house.
fn resources(statement: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let all = list(&statement["rest"][0], "resource").into_iter();
    all.map(|one| (one["type"].as_str().unwrap(), one)).filter(|(name, _)| *name != "Subscription")
}

fn list<'v>(of: &'v Value, name: &str) -> Vec<&'v Value> {
    of[name].as_array().map(|all| all.iter().collect()).unwrap_or_default()
}

fn texts<'v>(of: &'v Value, name: &str, inner: &str) -> Vec<&'v str> {
    list(of, name)
        .into_iter()
        .filter_map(|one| if inner.is_empty() { one.as_str() } else { one[inner].as_str() })
        .collect()
}

/// A value that a parameter of this type takes.
fn value_for(name: &str, kind: &str) -> String {
    match (name, kind) {
        ("near", _) => "51.5|-0.1|5|km".to_owned(),
        ("_list", _) => "no-such-list".to_owned(),
        ("_filter", _) => "_id eq x".to_owned(),
        ("_type", _) => "Patient".to_owned(),
        ("_has", _) => "x".to_owned(),
        (_, "date") => "ge2024-01-01".to_owned(),
        (_, "number") => "gt1".to_owned(),
        (_, "quantity") => "1|http://unitsofmeasure.org|mg".to_owned(),
        (_, "uri") => "urn:x".to_owned(),
        (_, "reference") => "x".to_owned(),
        _ => "x".to_owned(),
    }
}

/// Somebody who may ask for all of a type.
fn reader<'w>(ward: &'w Ward, name: &str) -> Client<'w> {
    ward.as_user(if name == "AuditEvent" { "privacy" } else { "fhir" })
}

async fn status(client: &Client<'_>, path: &str) -> u16 {
    client.get(path).await.status.as_u16()
}

#[tokio::test]
async fn every_search_parameter_is_answered_and_no_other() {
    let ward = Ward::new().await;
    let statement = statement(&ward).await;
    let mut tried = 0;
    for (name, resource) in resources(&statement) {
        let client = reader(&ward, name);
        for parameter in list(resource, "searchParam") {
            let (code, kind) = (parameter["name"].as_str().unwrap(), parameter["type"].as_str().unwrap());
            if kind == "composite" {
                // Their values have parts of their own; without them it is the value that is refused, not the name.
                let reply = client.get(&format!("/{name}?{code}=x")).await;
                assert_ne!(
                    reply.json()["issue"][0]["details"]["coding"][0]["code"],
                    "parameter-unknown",
                    "{name}?{code}"
                );
            } else {
                let value = value_for(code, kind).replace(' ', "%20");
                assert_eq!(
                    status(&client, &format!("/{name}?{code}={value}&_count=0")).await,
                    200,
                    "{name}?{code}"
                );
                if kind != "special" && !code.starts_with('_') {
                    let missing = format!("/{name}?{code}:missing=true&_count=0");
                    assert_eq!(status(&client, &missing).await, 200, "{name}?{code}:missing");
                }
            }
            tried += 1;
        }
        assert_eq!(status(&client, &format!("/{name}?no-such-parameter=x")).await, 400, "{name}");
    }
    assert!(tried > 1_400, "{tried} parameters");
}

#[tokio::test]
async fn every_include_is_answered_and_no_other() {
    let ward = Ward::new().await;
    let statement = statement(&ward).await;
    for (name, resource) in resources(&statement) {
        let client = reader(&ward, name);
        for (parameter, listed) in [("_include", "searchInclude"), ("_revinclude", "searchRevInclude")] {
            // All of a type at once: a search takes so many.
            for some in texts(resource, listed, "").chunks(10) {
                let query: Vec<String> = some.iter().map(|one| format!("{parameter}={one}")).collect();
                let path = format!("/{name}?{}", query.join("&"));
                assert_eq!(status(&client, &path).await, 200, "{path}");
            }
            assert_eq!(status(&client, &format!("/{name}?{parameter}={name}:nothing")).await, 400, "{name}");
        }
    }
}

#[tokio::test]
async fn every_interaction_is_answered_and_no_other() {
    let ward = Ward::new().await;
    let statement = statement(&ward).await;
    for (name, resource) in resources(&statement) {
        let client = reader(&ward, name);
        let promised = texts(resource, "interaction", "code");
        let here = format!("/{name}/not-here");
        for (interaction, path, expected) in [
            ("read", here.clone(), 404),
            ("vread", format!("{here}/_history/1"), 404),
            ("history-instance", format!("{here}/_history"), 404),
            ("search-type", format!("/{name}?_count=0"), 200),
            ("history-type", format!("/{name}/_history?_count=1"), 200),
        ] {
            let found = status(&client, &path).await;
            if promised.contains(&interaction) {
                assert_eq!(found, expected, "{interaction} {path}");
            } else {
                assert!(found >= 400, "{interaction} of {name} is not promised, but answered");
            }
        }
        for interaction in WRITES {
            let body = json!({ "resourceType": name, "id": "not-here", "noSuchElement": 1 });
            let patch = json!([{ "op": "replace", "path": "/language", "value": "en" }]);
            let reply = match interaction {
                "create" => client.post(&format!("/{name}"), &body).await,
                "update" => client.put(&here, &body).await,
                "patch" => client.send("PATCH", &here, patch.to_string()).await,
                _ => client.delete(&here).await,
            };
            let is_refused = matches!(reply.status.as_u16(), 403 | 405);
            assert_eq!(
                is_refused,
                !promised.contains(&interaction),
                "{interaction} of {name}: {}",
                reply.status
            );
        }
    }
    let client = ward.as_user("fhir");
    for path in ["/?_type=Patient", "/_history?_count=1"] {
        assert_eq!(status(&client, path).await, 200, "{path}");
    }
    for kind in ["batch", "transaction"] {
        client.post("", &json!({ "resourceType": "Bundle", "type": kind, "entry": [] })).await.expect(200);
    }
    let promised = texts(&statement["rest"][0], "interaction", "code");
    assert_eq!(promised, ["transaction", "batch", "search-system", "history-system"]);
}

#[tokio::test]
async fn every_operation_is_known_with_its_definition_and_no_other() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let statement = statement(&ward).await;
    let rest = &statement["rest"][0];
    let unknown = |reply: &galen_testkit::ward::Reply| {
        reply.status.as_u16() == 404
            && reply.json()["issue"][0]["diagnostics"]
                .as_str()
                .unwrap_or_default()
                .contains("There is no operation")
    };
    let places =
        list(rest, "resource").into_iter().map(|one| (format!("/{}", one["type"].as_str().unwrap()), one));
    let mut seen = 0;
    for (place, of) in places.chain([(String::new(), rest)]) {
        for operation in list(of, "operation") {
            let name = operation["name"].as_str().unwrap();
            let on_type = client.get(&format!("{place}/${name}")).await;
            let on_one = client.get(&format!("{place}/not-here/${name}")).await;
            assert!(!unknown(&on_type) || !unknown(&on_one), "{place}/${name}");
            assert!(
                operation["definition"].as_str().is_some_and(|url| url.contains("OperationDefinition/")),
                "{operation}"
            );
            seen += 1;
        }
        assert!(unknown(&client.get(&format!("{place}/$no-such-operation")).await), "{place}");
    }
    assert!(seen > 400, "{seen} operations");
}
