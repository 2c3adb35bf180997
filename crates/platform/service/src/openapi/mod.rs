//! The OpenAPI 3.1 description, made from the route tables: what is not a route is not in it.

mod media;

use crate::service::{Access, Route, Service};
use serde_json::{Map, Value, json};

/// The JSON Schema of a body, for a route's `request` and `answer`.
pub fn schema<T: schemars::JsonSchema>() -> Value {
    schemars::schema_for!(T).to_value()
}

/// The document for these services.
pub fn document(services: &[&'static Service], version: &str) -> Value {
    let all: Vec<Route> = services.iter().flat_map(|service| (service.routes)()).collect();
    let mut paths = Map::new();
    let mut schemas = media::schemas();
    let mut tags = Vec::new();
    for service in services {
        let routes = (service.routes)();
        if routes.is_empty() {
            continue;
        }
        tags.push(json!({ "name": service.name, "description": service.about }));
        for route in routes {
            // A path that takes all that follows is written like any other: OpenAPI knows no stars.
            let methods = paths.entry(route.path.replace("{*", "{")).or_insert_with(|| json!({}));
            if let Some(methods) = methods.as_object_mut() {
                methods.insert(
                    route.method.name().to_lowercase(),
                    operation(service.name, &route, &all, &mut schemas),
                );
            }
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Galen",
            "version": version,
            "description": "Hospital management over REST and FHIR R4. Refusals are problem+json (RFC 9457), under /fhir OperationOutcome.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" }
        },
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-galen-session" }
            },
            "schemas": schemas
        }
    })
}

fn operation(service: &str, route: &Route, all: &[Route], schemas: &mut Map<String, Value>) -> Value {
    let mut operation = json!({
        "tags": [service],
        "summary": route.summary,
        "operationId": operation_id(route, all),
        "parameters": parameters(route),
        "responses": media::responses(route, route.answer.map(|answer| shared(answer(), schemas))),
    });
    let Some(object) = operation.as_object_mut() else { return operation };
    match route.access {
        Access::Public(reason) => {
            object.insert("security".to_owned(), json!([]));
            object.insert("x-galen-public".to_owned(), reason.into());
        }
        Access::Action { name, .. } => {
            object.insert("security".to_owned(), json!([{ "bearer": [] }, { "session": [] }]));
            object.insert("x-galen-action".to_owned(), name.into());
        }
    }
    let schema = route.request.map(|schema| shared(schema(), schemas));
    if let Some(body) = media::request(route, schema) {
        object.insert("requestBody".to_owned(), body);
    }
    operation
}

/// Puts a schema and those it defines under `components`, once each by title, and answers with the reference: within a
/// larger document a reference to `#/$defs` would point to nothing.
fn shared(mut schema: Value, schemas: &mut Map<String, Value>) -> Value {
    let Some(object) = schema.as_object_mut() else { return schema };
    object.remove("$schema");
    let inner = object.remove("$defs");
    let title = object.get("title").and_then(Value::as_str).map(str::to_owned);
    if let Some(Value::Object(inner)) = inner {
        for (name, mut definition) in inner {
            point_to_components(&mut definition);
            keep(schemas, name, definition);
        }
    }
    point_to_components(&mut schema);
    let Some(title) = title else { return schema };
    let optional = schema.as_object_mut().and_then(|object| object.remove(media::OPTIONAL));
    keep(schemas, title.clone(), schema);
    let mut reference = json!({ "$ref": format!("#/components/schemas/{title}") });
    if let (Some(object), Some(optional)) = (reference.as_object_mut(), optional) {
        object.insert(media::OPTIONAL.to_owned(), optional);
    }
    reference
}

/// Keeps a schema by its name, which is its name for all: a type of another service that is called the same is a mistake
/// that tests find, for clients would be told of one of the two only.
fn keep(schemas: &mut Map<String, Value>, name: String, schema: Value) {
    let says = |schema: &Value| {
        let mut members = schema.as_object().cloned().unwrap_or_default();
        members.remove("title");
        members
    };
    debug_assert!(
        schemas.get(&name).is_none_or(|known| says(known) == says(&schema)),
        "two schemas are called {name}"
    );
    schemas.entry(name).or_insert(schema);
}

fn point_to_components(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::String(target)) = object.get_mut("$ref") {
                *target = target.replace("#/$defs/", "#/components/schemas/");
            }
            object.values_mut().for_each(point_to_components);
        }
        Value::Array(items) => items.iter_mut().for_each(point_to_components),
        _ => {}
    }
}

/// The action's name where one route alone has it, the method and the path's words elsewhere.
fn operation_id(route: &Route, all: &[Route]) -> String {
    if let Access::Action { name, .. } = route.access {
        let same = |other: &&Route| matches!(other.access, Access::Action { name: n, .. } if n == name);
        if all.iter().filter(same).count() == 1 {
            let mut letters = name.chars();
            return letters.next().map(|c| c.to_ascii_lowercase()).into_iter().chain(letters).collect();
        }
    }
    let words = route.path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let words = words.map(|word| {
        let mut letters = word.chars();
        letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    });
    format!("{}{}", route.method.name().to_lowercase(), words.collect::<String>())
}

fn parameters(route: &Route) -> Vec<Value> {
    let in_path = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| name.trim_start_matches('*'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": media::in_path(route.media, name) }));
    in_path.chain(route.query.iter().flat_map(|query| query_parameters(&query()))).collect()
}

fn query_parameters(schema: &Value) -> Vec<Value> {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return Vec::new() };
    let required = schema.get("required").and_then(Value::as_array);
    let required: Vec<&str> = required.into_iter().flatten().filter_map(Value::as_str).collect();
    properties
        .iter()
        .map(|(name, schema)| {
            let mut schema = schema.clone();
            let about = schema.as_object_mut().and_then(|object| object.remove("description"));
            let required = required.contains(&name.as_str());
            json!({ "name": name, "in": "query", "required": required, "description": about, "schema": schema })
        })
        .collect()
}
