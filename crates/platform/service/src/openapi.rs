//! The OpenAPI 3.1 description, made from the route tables: what is not a route is not in it.

use crate::service::{Access, Route, Service};
use serde_json::{Map, Value, json};

/// The JSON Schema of a body, for a route's `request` and `answer`.
pub fn schema<T: schemars::JsonSchema>() -> Value {
    schemars::schema_for!(T).to_value()
}

/// The document for these services.
pub fn document(services: &[&'static Service], version: &str) -> Value {
    let mut paths = Map::new();
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
                methods.insert(route.method.name().to_lowercase(), operation(service.name, &route));
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
            "schemas": { "Problem": problem_schema() }
        }
    })
}

fn operation(service: &str, route: &Route) -> Value {
    let mut operation = json!({
        "tags": [service],
        "summary": route.summary,
        "operationId": operation_id(route),
        "parameters": parameters(route.path),
        "responses": responses(route),
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
            json!({ "required": true, "content": { kind: { "schema": schema() } } }),
        );
    }
    operation
}

fn operation_id(route: &Route) -> String {
    let words: Vec<String> = route
        .path
        .split(['/', '{', '}', '.', '$', '_'])
        .filter(|word| !word.is_empty())
        .map(|word| word.replace('-', ""))
        .collect();
    format!("{}-{}", route.method.name().to_lowercase(), words.join("-"))
}

fn parameters(path: &str) -> Vec<Value> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect()
}

fn responses(route: &Route) -> Value {
    let schema = route.answer.map_or_else(|| json!({}), |answer| answer());
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
