//! The OpenAPI 3.1 description, made from the route tables: what is not a route is not in it.

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
    let mut schemas = Map::from_iter([("Problem".to_owned(), problem_schema())]);
    let mut tags = Vec::new();
    for service in services {
        let routes = (service.routes)();
        if routes.is_empty() {
            continue;
        }
        tags.push(json!({ "name": service.name, "description": service.about }));
        for route in routes {
            let methods = paths.entry(route.path).or_insert_with(|| json!({}));
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
        "responses": responses(route, schemas),
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
    if let Some(schema) = route.request {
        let kind = if route.path.starts_with("/fhir") { "application/fhir+json" } else { "application/json" };
        object.insert(
            "requestBody".to_owned(),
            json!({ "required": true, "content": { kind: { "schema": shared(schema(), schemas) } } }),
        );
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
            schemas.entry(name).or_insert(definition);
        }
    }
    point_to_components(&mut schema);
    let Some(title) = title else { return schema };
    schemas.entry(title.clone()).or_insert(schema);
    json!({ "$ref": format!("#/components/schemas/{title}") })
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
        .map(|name| json!({ "name": name.trim_start_matches('*'), "in": "path", "required": true, "schema": { "type": "string" } }));
    in_path.chain(route.query.iter().flat_map(|query| query_parameters(&query()))).collect()
}

fn query_parameters(schema: &Value) -> Vec<Value> {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return Vec::new() };
    properties
        .iter()
        .map(|(name, schema)| {
            let mut schema = schema.clone();
            let about = schema.as_object_mut().and_then(|object| object.remove("description"));
            json!({ "name": name, "in": "query", "description": about, "schema": schema })
        })
        .collect()
}

fn responses(route: &Route, schemas: &mut Map<String, Value>) -> Value {
    let schema = route.answer.map_or_else(|| json!({}), |answer| shared(answer(), schemas));
    let kind = if route.path.starts_with("/fhir") { "application/fhir+json" } else { "application/json" };
    json!({
        "2XX": { "description": "Done", "content": { kind: { "schema": schema } } },
        "4XX": {
            "description": "Refused: why, and what to do next",
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
        },
        "5XX": {
            "description": "A fault of ours, or the database is away",
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
        }
    })
}

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": { "type": "string", "format": "uri" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "code": { "type": "string", "description": "Stable code for programs" },
            "detail": { "type": "string", "description": "For people" },
            "location": { "type": "string", "description": "Where in the request" },
            "next": { "type": "string", "description": "What to do" },
            "related": { "type": "array", "items": { "type": "string" }, "description": "Ids of what it clashes with" }
        }
    })
}
