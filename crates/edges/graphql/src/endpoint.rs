//! The endpoints: one request, one operation.

use crate::GraphSettings;
use crate::answer::GraphError;
use crate::collect::Reader;
use crate::lexical::look;
use crate::limits::QUERY_TIME_MAX;
use crate::measure::{Measured, count, measure};
use crate::operation::Operation;
use crate::persisted::{Document, Documents, NOT_FOUND, OTHER};
use crate::run::Run;
use crate::schema::{ValidateOnly, schema};
use crate::shape::Shape;
use async_graphql::dynamic::Schema;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition};
use async_graphql::{Positioned, Request, Value as Shown, Variables};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use galen_access::actor::ActorKind;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_kernel::{Fault, Rejection, RejectionKind};
use galen_service::http::read_json;
use galen_service::observe::{Draft, looked, refused};
use galen_service::{Caller, House, Refusal};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// The action, and what the audit calls an operation that touched nothing.
const QUERY_GRAPH: &str = "QueryGraph";
/// What clients accept that know GraphQL's own type of answers.
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

/// A request.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GraphRequest {
    /// The document; absent where its hash says which.
    #[serde(default)]
    pub query: Option<String>,
    /// Which of the document's operations.
    #[serde(default)]
    pub operation_name: Option<String>,
    /// Values of its variables.
    #[serde(default)]
    pub variables: Option<Map<String, Value>>,
    /// `persistedQuery` is looked at, others are not.
    #[serde(default)]
    pub extensions: Option<Map<String, Value>>,
}

/// An answer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GraphAnswer {
    /// What was asked for; absent where the request was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub data: Option<Shown>,
    /// Why something is not there.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub errors: Vec<GraphError>,
}

/// What one graph is made of.
struct Face {
    shape: Shape,
    schema: Schema,
}

/// What this edge makes of the parts that run here.
struct Faces {
    whole: Result<Face, String>,
    parts: HashMap<&'static str, Result<Face, String>>,
    documents: Documents,
}

fn faces(house: &House) -> Result<Arc<Faces>, Fault> {
    let parts = &house.graph.parts;
    let face = |parts: &[_], is_federated| {
        let shape = Shape::of(parts)?;
        Ok(Face { schema: schema(&shape, is_federated)?, shape })
    };
    house.graph.made(|| Faces {
        whole: face(parts, false),
        parts: parts.iter().map(|(name, part)| (*name, face(&[(*name, *part)], true))).collect(),
        documents: Documents::of(parts),
    })
}

/// `POST /graphql`.
pub async fn whole(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    answer(&house, &context, None, (&headers, &body)).await
}

/// `POST /graphql/{domain}`.
pub async fn part(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(domain): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    answer(&house, &context, Some(&domain), (&headers, &body)).await
}

/// How far a request came.
enum Ended {
    /// It is no GraphQL, or not for whoever asks: told as REST tells.
    Refused(Refusal),
    /// The operation was refused before it ran: told as GraphQL tells.
    Invalid(Vec<GraphError>, Rejection),
}

impl<T: Into<Refusal>> From<T> for Ended {
    fn from(refusal: T) -> Self {
        Self::Refused(refusal.into())
    }
}

async fn answer(
    house: &House,
    context: &Context,
    domain: Option<&str>,
    (headers, body): (&HeaderMap, &Bytes),
) -> Result<Response, Refusal> {
    let draft = || Draft::new(QUERY_GRAPH, Interaction::Execute);
    let faces = faces(house)?;
    let mut name = OTHER;
    let ended = run(house, context, (&faces, domain), (headers, body), &mut name).await;
    let outcome = match &ended {
        Ok(answer) if answer.errors.is_empty() => "done",
        Ok(_) => "in-part",
        Err(_) => "refused",
    };
    house.metrics.graph_operation(name, outcome);
    tracing::debug!(request = context.request.as_str(), operation = name, outcome, "graph");
    match ended {
        Ok(answer) => written(&answer, headers, StatusCode::OK),
        Err(Ended::Refused(refusal)) => Err(refused(house, Some(context), draft(), refusal).await),
        Err(Ended::Invalid(errors, rejection)) => {
            let status = if rejection.code == NOT_FOUND { 200 } else { rejection.kind.status() };
            match refused(house, Some(context), draft(), rejection.into()).await {
                Refusal::Rejected(_) => {
                    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
                    written(&GraphAnswer { data: None, errors }, headers, status)
                }
                fault @ Refusal::Faulted(_) => Err(fault),
            }
        }
    }
}

/// Clients that know GraphQL's own type are told by the status, too; others look into the answer.
fn written(answer: &GraphAnswer, headers: &HeaderMap, status: StatusCode) -> Result<Response, Refusal> {
    let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let knows = accepts.into_iter().any(|value| value.contains(GRAPHQL_RESPONSE));
    let (kind, status) =
        if knows { (GRAPHQL_RESPONSE, status) } else { ("application/json", StatusCode::OK) };
    let body = serde_json::to_vec(answer).map_err(|error| Fault::new("write answer", error))?;
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response)
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<GraphRequest, Rejection> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Forms and plain text are what pages of other origins can send without being asked first.
    if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
        let message = "A GraphQL request is application/json";
        let rejection = Rejection::new(RejectionKind::UnsupportedFormat, "format-not-supported", message);
        return Err(rejection.at("Content-Type").next("Send application/json"));
    }
    if body.trim_ascii_start().starts_with(b"[") {
        let message = "Operations are sent one by one";
        return Err(Rejection::new(RejectionKind::Unprocessable, "batch-not-supported", message)
            .next("Send a request for each, or several fields in one operation"));
    }
    read_json(body)
}

fn invalid(rejection: Rejection) -> Ended {
    Ended::Invalid(vec![GraphError::rejected(rejection.clone())], rejection)
}

async fn run(
    house: &House,
    context: &Context,
    (faces, domain): (&Faces, Option<&str>),
    (headers, body): (&HeaderMap, &Bytes),
    name: &mut &'static str,
) -> Result<GraphAnswer, Ended> {
    let anybody = Target::plain("Graph", Category::Directory);
    house.access.visibility(context, QUERY_GRAPH, &anybody).await.map_err(Refusal::from)??;
    let face = match domain {
        None => Some(&faces.whole),
        Some(domain) => faces.parts.get(domain),
    };
    let face = face.ok_or_else(|| {
        Rejection::new(RejectionKind::NotFound, "not-found", "There is no such domain here").at("domain")
    })?;
    let face = face.as_ref().map_err(|error| Refusal::from(Fault::new("graph", error.clone())))?;
    let request = read(headers, body)?;
    let settings = house.settings.of::<GraphSettings>().map(|settings| *settings).unwrap_or_default();
    let document = faces.documents.document(request.query.as_deref(), request.extensions.as_ref(), settings);
    let document = document.map_err(invalid)?;
    *name = document.name;
    let parsed = parsed(&document).map_err(invalid)?;
    let operation = operation_of(&parsed, request.operation_name.as_deref()).map_err(invalid)?;
    let variables = variables_of(operation, request.variables.unwrap_or_default());
    let reader = Reader { fragments: &parsed.fragments, variables: &variables };
    let measured = measure(&face.shape, &parsed, operation, &reader).map_err(invalid)?;
    if measured.is_introspection && context.actor.kind == ActorKind::Patient {
        let message = "The schema is told to staff and programs";
        let rejection = Rejection::new(RejectionKind::Forbidden, "introspection-refused", message);
        return Err(invalid(rejection.at("query")));
    }
    let told = validated(face, &parsed, request.operation_name, &variables, measured).await?;
    if measured.is_introspection {
        looked(house, context, Draft::new(QUERY_GRAPH, Interaction::Execute)).await.map_err(Refusal::from)?;
        return Ok(GraphAnswer { data: Some(told), errors: Vec::new() });
    }
    Ok(shown(house, context, face, (&reader, operation), measured).await?)
}

/// Runs what was found valid; the answer waits for the evidence.
async fn shown(
    house: &House,
    context: &Context,
    face: &Face,
    (reader, definition): (&Reader<'_>, &OperationDefinition),
    measured: Measured,
) -> Result<GraphAnswer, Refusal> {
    let operation = Operation::new(house, context);
    let run = Run { shape: &face.shape, reader, operation: &operation };
    let root = run.root(measured.is_mutation, &definition.selection_set.node);
    let data = if measured.is_mutation {
        root.await
    } else {
        tokio::time::timeout(QUERY_TIME_MAX, root).await.map_err(|late| Fault::unavailable("graph", late))?
    };
    if operation.evidence.is_empty() && !measured.is_mutation {
        looked(house, context, Draft::new(QUERY_GRAPH, Interaction::Execute)).await?;
    }
    operation.evidence.write(house, context).await?;
    Ok(GraphAnswer { data: Some(data.unwrap_or_default()), errors: operation.errors() })
}

fn parsed(document: &Document) -> Result<ExecutableDocument, Rejection> {
    look(&document.text)?;
    let parsed = parse_query(&*document.text).map_err(|error| {
        let place = error.positions().next();
        let place = place.map(|at| format!(" at line {} column {}", at.line, at.column)).unwrap_or_default();
        // The parser's own text quotes the line, which may name somebody.
        let message = format!("The document cannot be read{place}");
        Rejection::new(RejectionKind::Malformed, "query-unreadable", message).at("query")
    })?;
    count(&parsed)?;
    Ok(parsed)
}

fn operation_of<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Result<&'d OperationDefinition, Rejection> {
    let malformed = |message: &str| {
        Rejection::new(RejectionKind::Malformed, "operation-unknown", message).at("operationName")
    };
    let found: Option<&Positioned<OperationDefinition>> = match (&document.operations, name) {
        (DocumentOperations::Single(only), None) => Some(only),
        (DocumentOperations::Multiple(all), Some(name)) => all.get(name),
        (DocumentOperations::Multiple(all), None) if all.len() == 1 => all.values().next(),
        (DocumentOperations::Multiple(_), None) => {
            return Err(malformed("The document has several operations: say which"));
        }
        (DocumentOperations::Single(_), Some(_)) => None,
    };
    found.map(|one| &one.node).ok_or_else(|| malformed("The document has no operation of this name"))
}

fn variables_of(operation: &OperationDefinition, mut given: Map<String, Value>) -> Map<String, Value> {
    for definition in &operation.variable_definitions {
        let name = definition.node.name.node.as_str();
        let default = definition.node.default_value.as_ref();
        if let (false, Some(default)) = (given.contains_key(name), default)
            && let Ok(value) = default.node.clone().into_json()
        {
            given.insert(name.to_owned(), value);
        }
    }
    given
}

/// Validates a document; of introspection the answer, too.
async fn validated(
    face: &Face,
    parsed: &ExecutableDocument,
    name: Option<String>,
    variables: &Map<String, Value>,
    measured: Measured,
) -> Result<Shown, Ended> {
    let mut request = Request::new("").variables(Variables::from_json(Value::Object(variables.clone())));
    request.operation_name = name;
    request.set_parsed_query(parsed.clone());
    if !measured.is_introspection {
        request = request.data(ValidateOnly);
    }
    let response = face.schema.execute(request).await;
    if response.errors.is_empty() {
        return Ok(response.data);
    }
    let errors = response.errors.into_iter().take(crate::limits::ERRORS_MAX);
    let errors = errors.map(|error| GraphError::invalid(error.message, &error.locations)).collect();
    let message = "The document does not fit the schema";
    Err(Ended::Invalid(errors, Rejection::new(RejectionKind::Malformed, "query-invalid", message)))
}
