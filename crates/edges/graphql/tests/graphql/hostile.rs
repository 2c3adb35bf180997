//! Queries that want too much, each with a clear refusal.

use crate::scene::{Scene, codes};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The longest that a refusal may take, on a machine that does other things, too.
const SOON: Duration = Duration::from_secs(2);

fn deep(levels: usize) -> String {
    let mut query = "{ appointment(id: \"x\") {".to_owned();
    for _ in 0..levels {
        query.push_str(" patient { appointments { appointments {");
    }
    query + " id" + &" } } }".repeat(levels) + " } }"
}

fn doubling(fragments: usize) -> String {
    let mut query = "{ patient(id: \"x\") { ...f0 } }".to_owned();
    for number in 0..fragments {
        let next = number + 1;
        query = format!("{query} fragment f{number} on Patient {{ a: id ...f{next} ...f{next} }}");
    }
    query + &format!(" fragment f{fragments} on Patient {{ id }}")
}

fn repeated(count: usize, part: impl Fn(usize) -> String) -> String {
    let all: Vec<String> = (0..count).map(part).collect();
    format!("{{ {} }}", all.join(" "))
}

fn table() -> Vec<(&'static str, String, &'static str)> {
    let introspection =
        "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }";
    let typed = "{ __type(name: \"Patient\") { fields { type { fields { type { interfaces { possibleTypes { name } } } } } } } }";
    vec![
        ("a thousand aliases", repeated(1_000, |n| format!("a{n}: patient(id: \"x\") {{ id }}")), "document-too-long"),
        ("forty aliases", repeated(40, |n| format!("a{n}: __typename")), "too-many-aliases"),
        ("eleven root fields", repeated(11, |n| format!("a{n}: __typename")), "too-many-root-fields"),
        ("deep", deep(6), "query-too-deep"),
        ("deeper than the parser goes", deep(2_000), "document-too-long"),
        ("brackets", "{a".repeat(500), "document-too-deep"),
        ("lists in arguments", format!("{{ patient(id: {}1{}) {{ id }} }}", "[".repeat(300), "]".repeat(300)), "document-too-deep"),
        ("fragments that double", doubling(40), "too-many-fields"),
        ("a fragment that uses itself", "{ patient(id: \"x\") { ...a } } fragment a on Patient { ...b } fragment b on Patient { ...a }".to_owned(), "fragment-cycle"),
        ("a cycle in a fragment that nobody uses", "{ __typename } fragment a on Patient { ...a }".to_owned(), "fragment-cycle"),
        ("a fragment that is not there", "{ ...nowhere }".to_owned(), "fragment-unknown"),
        ("too many fragments", (0..60).fold("{ __typename }".to_owned(), |all, n| format!("{all} fragment f{n} on Patient {{ id }}")), "too-many-fragments"),
        ("doubling in an operation that is not run", format!("query A {{ __typename }} {}", doubling(40).replacen('{', "query B {", 1)), "too-many-fields"),
        ("too many operations", (0..11).fold(String::new(), |all, n| format!("{all} query Q{n} {{ __typename }}")), "too-many-operations"),
        ("directives", format!("{{ __typename {} }}", "@include(if: true) ".repeat(21)), "too-many-directives"),
        ("lists of lists", "{ patients(name: \"a\", count: 1000) { patients { appointments { appointments { id } } } } }".to_owned(), "query-too-costly"),
        ("a cost beyond all numbers", "{ appointments(patient: \"x\", count: 18446744073709551615) { appointments { patient { appointments(count: 18446744073709551615) { appointments { id start end status } } } } } }".to_owned(), "query-too-costly"),
        ("introspection in circles", introspection.to_owned(), "introspection-too-deep"),
        ("a type in circles", typed.to_owned(), "introspection-too-deep"),
        ("introspection beside records", "{ __schema { queryType { name } } clinics { hasMore } }".to_owned(), "introspection-alone"),
        ("a subscription", "subscription { patient(id: \"x\") { id } }".to_owned(), "subscription-not-supported"),
        ("six commands", repeated(6, |n| format!("a{n}: cancelAppointment(id: \"x\", version: 1, reason: pat, idempotencyKey: \"k\") {{ id }}")).replacen('{', "mutation {", 1), "too-many-root-fields"),
        ("an integer that is none", "mutation { cancelAppointment(id: \"x\", version: 99999999999999999999999, reason: pat, idempotencyKey: \"k\") { id } }".to_owned(), "query-invalid"),
        ("a field that is not there", "{ patient(id: \"x\") { shoeSize } }".to_owned(), "query-invalid"),
        ("a code that is none", "mutation { cancelAppointment(id: \"x\", version: 1, reason: whim, idempotencyKey: \"k\") { id } }".to_owned(), "query-invalid"),
        ("no key", "mutation { cancelAppointment(id: \"x\", version: 1, reason: pat) { id } }".to_owned(), "query-invalid"),
        ("the other kind of id", "{ patient(id: { x: 1 }) { id } }".to_owned(), "query-invalid"),
        ("entities of the whole", "{ _entities(representations: []) { __typename } }".to_owned(), "query-invalid"),
        ("no document", String::new(), "query-unreadable"),
        ("no GraphQL", "SELECT * FROM patients".to_owned(), "query-unreadable"),
        ("a zero byte", "{ \0 }".to_owned(), "query-unreadable"),
        ("a string that does not end", "{ patient(id: \"x) { id } }".to_owned(), "query-unreadable"),
    ]
}

#[tokio::test]
async fn each_is_refused_at_once_with_its_code() {
    let scene = Scene::open().await;
    for (what, query, code) in table() {
        let operation = query.contains("query A").then_some("A");
        let body = json!({ "query": query, "operationName": operation });
        let client = scene.ward.as_user("clerk").with("content-type", "application/json");
        #[allow(clippy::disallowed_methods)] // measuring, not deciding
        let began = Instant::now();
        let answer = client.post("/graphql", &body).await.expect(200).json();
        assert!(began.elapsed() < SOON, "{what} took {:?}", began.elapsed());
        let (codes, data) = codes(&answer);
        assert_eq!((codes.first().map(String::as_str), data), (Some(code), Value::Null), "{what}: {answer}");
        assert!(!answer["errors"][0]["message"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn patients_are_not_told_the_schema() {
    let scene = Scene::open().await;
    for query in [
        "{ __schema { types { name } } }",
        "{ __type(name: \"Patient\") { name } }",
        "{ ... on Query { x: __schema { types { name } } } }",
    ] {
        let (codes, data) = scene.codes("ada", query, json!({})).await;
        assert_eq!((codes, data), (vec!["introspection-refused".to_owned()], Value::Null), "{query}");
        let told = scene.data("clerk", query, json!({})).await;
        assert!(told.is_object());
    }
    let (codes, _) = scene.codes("ada", "{ patient(id: \"x\") { famly } }", json!({})).await;
    assert_eq!(codes, ["query-invalid"]);
    let text = scene.ask("ada", "{ patient(id: \"x\") { famly } }", json!({})).await.text();
    assert!(!text.contains("family"), "names are not guessed for them: {text}");
}

#[tokio::test]
async fn what_common_tools_ask_of_the_schema_is_answered() {
    let scene = Scene::open().await;
    let query = "query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name }
        types { ...FullType } directives { name description locations args { ...InputValue } } } }
        fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name description args { ...InputValue }
        type { ...TypeRef } isDeprecated deprecationReason } inputFields { ...InputValue } interfaces { ...TypeRef }
        enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
        fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
        fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
        ofType { kind name ofType { kind name ofType { kind name } } } } } } } }";
    let data = scene.data("clerk", query, json!({})).await;
    assert!(data["__schema"]["types"].as_array().unwrap().iter().any(|one| one["name"] == "Appointment"));
}

#[tokio::test]
async fn what_is_no_request_is_told_as_rest_tells_it() {
    let scene = Scene::open().await;
    let send = |body: String| {
        let client = scene.ward.as_user("clerk").with("content-type", "application/json");
        async move { client.send("POST", "/graphql", body).await }
    };
    let batch = send("[{\"query\":\"{ __typename }\"},{\"query\":\"{ __typename }\"}]".to_owned()).await;
    assert_eq!(batch.expect(422).json()["code"], "batch-not-supported");
    for (body, status) in [
        ("{\"query\": 42}", 422),
        ("{\"query\": \"{ __typename }\", \"more\": 1}", 422),
        ("{\"query\": \"{ __typename }\", \"variables\": []}", 422),
        ("{", 400),
        ("", 400),
    ] {
        send(body.to_owned()).await.expect(status);
    }
    let long = format!("{{\"query\": \"{}\"}}", "a".repeat(200_000));
    assert_eq!(send(long).await.expect(413).json()["code"], "body-too-large");
    let nested = format!(
        "{{\"query\": \"{{ __typename }}\", \"variables\": {{\"a\": {}{}}}}}",
        "[".repeat(60_000),
        "]".repeat(60_000)
    );
    send(nested).await.expect(400);
}

#[tokio::test]
async fn nothing_that_was_asked_is_quoted_where_it_cannot_be_read() {
    let scene = Scene::open().await;
    let text = scene.ask("clerk", "{ patients(name: \"Lovelace\" { id }", json!({})).await.expect(200).text();
    assert!(text.contains("line 1") && !text.contains("Lovelace"), "{text}");
}

#[tokio::test]
async fn clients_that_know_graphqls_type_are_told_by_the_status() {
    let scene = Scene::open().await;
    let client = || {
        scene
            .ward
            .as_user("clerk")
            .with("content-type", "application/json")
            .with("accept", "application/graphql-response+json")
    };
    let bad = client().post("/graphql", &json!({ "query": "{ nonsense }" })).await.expect(400);
    assert_eq!(bad.header("content-type"), "application/graphql-response+json");
    let good = client().post("/graphql", &json!({ "query": "{ __typename }" })).await.expect(200);
    assert_eq!(good.json()["data"], json!({ "__typename": "Query" }));
}
