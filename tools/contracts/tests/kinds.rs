//! Each kind of change that breaks is refused, and its harmless twin is allowed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use galen_contract_check::{Way, compare, events, openapi};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn document() -> Value {
    json!({
        "paths": { "/seats": {
            "get": {
                "operationId": "listSeats",
                "parameters": [
                    { "name": "row", "in": "query", "required": false, "schema": { "type": ["integer", "null"] } },
                    { "name": "state", "in": "query", "required": false, "schema": { "$ref": "#/components/schemas/State" } },
                ],
                "responses": { "2XX": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Seat" } } } } },
            },
            "post": {
                "operationId": "addSeat", "x-galen-public": "a reason",
                "requestBody": { "required": false, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/NewSeat" } } } },
                "responses": { "204": {} },
            },
        } },
        "components": { "schemas": {
            "State": { "oneOf": [{ "const": "free" }, { "const": "taken" }] },
            "Seat": {
                "type": "object", "required": ["id", "row", "state"],
                "properties": {
                    "id": { "type": "string" }, "row": { "type": "integer" }, "state": { "$ref": "#/components/schemas/State" },
                    "note": { "type": ["string", "null"] }, "beside": { "$ref": "#/components/schemas/Seat" },
                    "tags": { "type": "array", "items": { "type": "string" } },
                },
            },
            "NewSeat": {
                "type": "object", "additionalProperties": false, "required": ["row"],
                "properties": { "row": { "type": "integer", "minimum": 1 }, "note": { "type": ["string", "null"] },
                                "kind": { "enum": ["soft", "hard"] }, "names": { "type": "array", "items": { "type": "string" }, "maxItems": 9 } },
            },
        } },
    })
}

const GET: &str = "/paths/~1seats/get";
const POST: &str = "/paths/~1seats/post";
const SEAT: &str = "/components/schemas/Seat";
const NEW: &str = "/components/schemas/NewSeat";

/// The description with a value put at a place; `null` takes away what is there.
fn with(changes: &[(String, Value)]) -> Value {
    let mut document = document();
    for (place, value) in changes {
        let (parent, name) = place.rsplit_once('/').unwrap();
        let name = name.replace("~1", "/");
        match document.pointer_mut(parent).unwrap() {
            Value::Object(members) if value.is_null() => _ = members.remove(&name).unwrap(),
            Value::Object(members) => _ = members.insert(name, value.clone()),
            Value::Array(items) if value.is_null() => _ = items.remove(name.parse().unwrap()),
            Value::Array(items) if name == "-" => items.push(value.clone()),
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value.clone(),
            other => *other = value.clone(),
        }
    }
    document
}

fn at(base: &str, place: &str) -> String {
    format!("{base}{place}")
}

#[test]
fn what_breaks_clients_is_refused() {
    let nothing = Value::Null;
    let table: Vec<(String, Value, &str)> = vec![
        ("/paths/~1seats".to_owned(), nothing.clone(), "the route is gone"),
        (GET.to_owned(), nothing.clone(), "GET /seats: the route is gone"),
        (at(GET, "/operationId"), json!("seats"), "operationId"),
        (at(POST, "/x-galen-public"), nothing.clone(), "open to anybody"),
        (at(GET, "/parameters/0"), nothing.clone(), "parameter row is no longer taken"),
        (at(GET, "/parameters/0/required"), json!(true), "parameter row must be sent now"),
        (at(GET, "/parameters/0/schema"), json!({ "type": "integer" }), "the type was"),
        (
            at(GET, "/parameters/-"),
            json!({ "name": "hall", "in": "query", "required": true, "schema": {} }),
            "parameter hall must be sent",
        ),
        (at(GET, "/responses/2XX"), nothing.clone(), "2XX is no longer answered"),
        (
            at(GET, "/responses/2XX/content"),
            json!({ "text/csv": {} }),
            "no longer answered as application/json",
        ),
        (at(POST, "/requestBody"), nothing.clone(), "a body is no longer taken"),
        (at(POST, "/requestBody/required"), json!(true), "a body must be sent now"),
        (
            at(POST, "/requestBody/content"),
            json!({ "text/csv": {} }),
            "a body of application/json is no longer taken",
        ),
        (at(SEAT, "/properties/note"), nothing.clone(), "note: is no longer answered"),
        (at(SEAT, "/properties/row/type"), json!("string"), "row: the type was"),
        (at(SEAT, "/properties/row/type"), json!(["integer", "null"]), "row: the type was"),
        (at(SEAT, "/properties/tags/items/type"), json!("integer"), "tags[]: the type was"),
        (at(SEAT, "/required"), json!(["id", "row"]), "state: may be absent now"),
        ("/components/schemas/State/oneOf/-".to_owned(), json!({ "const": "broken" }), "nobody was told of"),
        ("/components/schemas/State/oneOf/1".to_owned(), nothing.clone(), "\"taken\" is no longer taken"),
        (at(NEW, "/properties/note"), nothing.clone(), "note: is no longer taken"),
        (at(NEW, "/required"), json!(["row", "note"]), "note: must be sent now"),
        (at(NEW, "/properties/note/type"), json!("string"), "note: the type was"),
        (at(NEW, "/properties/kind/enum"), json!(["soft"]), "\"hard\" is no longer taken"),
        (at(NEW, "/properties/row/minimum"), json!(2), "minimum takes less"),
        (at(NEW, "/properties/row/maximum"), json!(99), "maximum takes less"),
        (at(NEW, "/properties/names/maxItems"), json!(3), "maxItems takes less"),
        (at(NEW, "/properties/note/format"), json!("date"), "the format was"),
        (at(NEW, "/properties/note/pattern"), json!("^x"), "the pattern"),
    ];
    for (place, value, told) in &table {
        let found = openapi(&document(), &with(&[(place.clone(), value.clone())]));
        assert!(found.iter().any(|one| one.contains(told)), "{place} := {value} was told as {found:?}");
    }
    println!("{} kinds of breaking changes are refused", table.len());
}

#[test]
fn what_breaks_nobody_is_allowed() {
    let seat = json!({ "type": "string" });
    let table: Vec<Vec<(String, Value)>> = vec![
        vec![],
        vec![("/paths/~1rows".to_owned(), json!({ "get": {} }))],
        vec![(at("/paths/~1seats", "/delete"), json!({}))],
        vec![(
            at(GET, "/parameters/-"),
            json!({ "name": "hall", "in": "query", "required": false, "schema": {} }),
        )],
        vec![(at(GET, "/summary"), json!("Other words"))],
        vec![(at(GET, "/responses/404"), json!({}))],
        vec![(at(SEAT, "/properties/colour"), seat.clone())],
        vec![
            (at(SEAT, "/properties/colour"), seat.clone()),
            (at(SEAT, "/required"), json!(["id", "row", "state", "colour"])),
        ],
        vec![(at(SEAT, "/properties/note/type"), json!("string"))],
        vec![(at(NEW, "/properties/colour"), seat)],
        vec![(at(NEW, "/required"), json!([]))],
        vec![(at(NEW, "/properties/row/type"), json!("number"))],
        vec![(at(NEW, "/properties/row/minimum"), json!(0))],
        vec![(at(NEW, "/properties/names/maxItems"), Value::Null)],
        vec![(at(NEW, "/properties/kind/enum"), json!(["soft", "hard", "none"]))],
        vec![(at(NEW, "/additionalProperties"), Value::Null)],
        // The name of a shared type is nothing that clients send or get.
        vec![
            ("/components/schemas/Chair".to_owned(), document()["components"]["schemas"]["Seat"].clone()),
            (
                at(GET, "/responses/2XX/content/application~1json/schema"),
                json!({ "$ref": "#/components/schemas/Chair" }),
            ),
        ],
    ];
    for changes in table {
        let found = openapi(&document(), &with(&changes));
        assert!(found.is_empty(), "{changes:?} was refused: {found:?}");
    }
}

#[test]
fn alternatives_are_compared_one_by_one() {
    let either = |kinds: &[&str]| {
        let all: Vec<Value> = kinds.iter().map(|kind| json!({ "type": "object", "required": [kind], "properties": { *kind: { "type": "string" } } })).collect();
        json!({ "anyOf": all })
    };
    let differ = |way, old: &[&str], new: &[&str]| {
        let (old, new) = (either(old), either(new));
        compare(way, "x", (&old, &old), (&new, &new)).len()
    };
    assert_eq!(differ(Way::Sent, &["a", "b"], &["a", "b", "c"]), 0);
    assert_eq!(differ(Way::Sent, &["a", "b"], &["a", "c"]), 1);
    assert_eq!(differ(Way::Answered, &["a", "b"], &["a", "b", "c"]), 1);
    assert_eq!(differ(Way::Answered, &["a", "b", "c"], &["a", "b"]), 0);
}

#[test]
fn an_event_may_say_more_and_need_no_more() {
    let event = |properties: Value, required: Value| {
        let schema = json!({ "type": "object", "properties": properties, "required": required });
        BTreeMap::from([("seat.TakenV1".to_owned(), schema)])
    };
    let text = json!({ "type": "string" });
    let old = event(json!({ "seat": text }), json!(["seat"]));
    assert_eq!(events(&old, &event(json!({ "seat": text, "by": text }), json!(["seat"]))), [] as [String; 0]);
    // Events that are years old have no `by`.
    assert_eq!(events(&old, &event(json!({ "seat": text, "by": text }), json!(["seat", "by"]))).len(), 1);
    assert_eq!(events(&old, &event(json!({ "seat": { "type": "integer" } }), json!(["seat"]))).len(), 1);
    assert!(!events(&old, &event(json!({}), json!([]))).is_empty());
    assert!(events(&old, &BTreeMap::new())[0].contains("gone"));
}
