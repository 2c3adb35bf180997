//! What requests and answers are written in: JSON, FHIR's JSON, OAuth's forms, and texts for browsers and scrapers.

use crate::service::{Media, Method, Route};
use galen_fhir::ResourceType;
use serde_json::{Map, Value, json};

const PROBLEM: &str = "application/problem+json";
const FHIR: &str = "application/fhir+json";
const FORM: &str = "application/x-www-form-urlencoded";
/// What FHIR allows in an id and in a version's.
const ID_PATTERN: &str = r"^[A-Za-z0-9\-.]{1,64}$";

/// The schemas that every document has.
pub(super) fn schemas() -> Map<String, Value> {
    let types: Vec<&str> = ResourceType::all().map(ResourceType::name).collect();
    Map::from_iter([
        ("Problem".to_owned(), problem()),
        ("ResourceType".to_owned(), json!({ "type": "string", "enum": types })),
        ("Resource".to_owned(), resource("Any resource of FHIR R4")),
        ("OperationOutcome".to_owned(), outcome()),
        ("OAuthError".to_owned(), oauth_error()),
    ])
}

fn named(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

/// The schema of a parameter in the path.
pub(super) fn in_path(media: Media, name: &str) -> Value {
    match (media, name) {
        (Media::Fhir, "type") => named("ResourceType"),
        (Media::Fhir, "id" | "vid") => json!({ "type": "string", "pattern": ID_PATTERN }),
        _ => json!({ "type": "string" }),
    }
}

/// The body of a request, if it has one. `schema` is the route's own.
pub(super) fn request(route: &Route, schema: Option<Value>) -> Option<Value> {
    let body = |content: Value, is_needed: bool| Some(json!({ "required": is_needed, "content": content }));
    match (route.media, schema) {
        (Media::OAuth | Media::Consent, Some(schema)) => body(json!({ FORM: { "schema": schema } }), true),
        (_, Some(mut schema)) => {
            let optional = schema.as_object_mut().and_then(|object| object.remove(OPTIONAL));
            body(json!({ "application/json": { "schema": schema } }), optional.is_none())
        }
        (Media::Fhir, None) => fhir_request(route).and_then(|(content, is_needed)| body(content, is_needed)),
        _ => None,
    }
}

/// Marks the schema of a body that may be left out.
pub(super) const OPTIONAL: &str = "x-galen-optional";

fn fhir_request(route: &Route) -> Option<(Value, bool)> {
    if route.path.ends_with("/_search") {
        let text = json!({ "type": "object", "additionalProperties": { "type": "string" } });
        return matches!(route.method, Method::Post).then(|| (json!({ FORM: { "schema": text } }), false));
    }
    let resource = json!({ "schema": named("Resource") });
    // Below a resource, and at the address of one, POST is an operation, whose parameters may be absent.
    let is_operation = matches!(route.method, Method::Post) && route.path.matches('/').count() > 2;
    match route.method {
        Method::Get | Method::Delete => None,
        Method::Patch => Some((
            json!({ "application/json-patch+json": { "schema": { "type": "array" } }, FHIR: resource }),
            true,
        )),
        _ => Some((json!({ FHIR: resource }), !is_operation)),
    }
}

/// The answers. `schema` is that of a successful one.
pub(super) fn responses(route: &Route, schema: Option<Value>) -> Value {
    let mut responses = success(route.media, schema);
    let refusal = match route.media {
        Media::Fhir => json!({ FHIR: { "schema": named("OperationOutcome") } }),
        Media::OAuth => {
            json!({ "application/json": { "schema": named("OAuthError") }, PROBLEM: { "schema": named("Problem") } })
        }
        Media::Consent => json!({ "text/html": {}, PROBLEM: { "schema": named("Problem") } }),
        Media::Json | Media::Text(_) => json!({ PROBLEM: { "schema": named("Problem") } }),
    };
    let both =
        [("4XX", "Refused: why, and what to do next"), ("5XX", "A fault of ours, or the database is away")];
    for (status, description) in both {
        responses.insert(status.to_owned(), json!({ "description": description, "content": refusal }));
    }
    Value::Object(responses)
}

fn success(media: Media, schema: Option<Value>) -> Map<String, Value> {
    let done = |kind: &str, schema: Value| json!({ "description": "Done", "content": { kind: { "schema": schema } } });
    let bare = |description: &str| json!({ "description": description });
    let answers = match (media, schema) {
        (Media::Json, None) => vec![("204", bare("Done; there is nothing to tell"))],
        (Media::OAuth, None) => vec![("200", bare("Done; there is nothing to tell"))],
        (Media::Json | Media::OAuth, schema) => {
            vec![("2XX", done("application/json", schema.unwrap_or_else(|| json!({}))))]
        }
        (Media::Text(kind), _) => vec![("2XX", done(kind, json!({})))],
        (Media::Consent, _) => {
            vec![("303", bare("On to the page that asks the user, or back to the client"))]
        }
        (Media::Fhir, _) => vec![
            ("2XX", done(FHIR, named("Resource"))),
            ("101", bare("The web socket opens")),
            ("202", bare("Accepted: Content-Location says where to ask how it fares")),
            ("204", bare("Done; there is nothing to tell")),
            ("304", bare("Not modified since the version that was named")),
        ],
    };
    answers.into_iter().map(|(status, answer)| (status.to_owned(), answer)).collect()
}

fn problem() -> Value {
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

fn resource(about: &str) -> Value {
    json!({
        "type": "object",
        "description": about,
        "required": ["resourceType"],
        "properties": { "resourceType": named("ResourceType") }
    })
}

fn outcome() -> Value {
    json!({
        "type": "object",
        "description": "FHIR's refusal",
        "required": ["resourceType", "issue"],
        "properties": {
            "resourceType": { "const": "OperationOutcome" },
            "issue": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["severity", "code"],
                    "properties": {
                        "severity": { "enum": ["fatal", "error", "warning", "information"] },
                        "code": { "type": "string" },
                        "diagnostics": { "type": "string", "description": "For people" }
                    }
                }
            }
        }
    })
}

fn oauth_error() -> Value {
    json!({
        "type": "object",
        "description": "RFC 6749, 5.2",
        "required": ["error"],
        "properties": { "error": { "type": "string" }, "error_description": { "type": "string" } }
    })
}
