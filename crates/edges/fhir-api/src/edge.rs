//! From HTTP to an interaction and back: the one handler behind every route of `/fhir`.

use crate::ask::{Ask, entry_of, perform};
use crate::bundle::bundle;
use crate::failure::{Failure, no_such_type, not_yet, unreadable};
use crate::read::Unless;
use crate::wish::{Wish, check_body_format};
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::bundle::{Method as Verb, Target, query_pairs};
use galen_fhir::{Issue, IssueCode, Resource, ResourceType, valid_id};
use galen_kernel::{Rejection, RejectionKind};
use galen_service::observe::Draft;
use galen_service::{Caller, House};
use http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use std::sync::Arc;

const IF_NONE_EXIST: HeaderName = HeaderName::from_static("if-none-exist");

/// A request, as far as it was read.
struct Request<'r> {
    method: Method,
    path: &'r str,
    headers: &'r HeaderMap,
    body: Bytes,
}

/// Answers every request to `/fhir` but the public ones.
pub(crate) async fn fhir(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match answer(&house, &context, method, &uri, &headers, body).await {
        Ok(response) => response,
        Err(failure) => failure.respond(),
    }
}

async fn answer(
    house: &House,
    context: &Context,
    method: Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Failure> {
    let draft = Draft::new(operation_of(&method, uri.path()), Interaction::Execute);
    let read = match body {
        Err(rejection) => Err(too_large(rejection)),
        Ok(body) => {
            read(Request { method, path: uri.path(), headers, body }, uri.query().unwrap_or_default())
        }
    };
    let (todo, wish) = match read {
        Ok(read) => read,
        Err(failure) => return Err(failure.recorded(house, context, draft).await),
    };
    let answer = match todo {
        Todo::One(ask) => perform(house, context, ask, wish).await?,
        Todo::Bundle(body) => bundle(house, context, &body, wish).await?,
    };
    Ok(answer.respond(&house.fhir_base(), wish))
}

/// What the audit calls a request that could not be read.
fn operation_of(method: &Method, path: &str) -> &'static str {
    let depth = segments(path).count();
    match (method.as_str(), depth) {
        ("POST", 0) => "batch",
        ("POST", 1) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", _) => "delete",
        ("GET" | "HEAD", 2) => "read",
        ("GET" | "HEAD", 1) => "search-type",
        ("GET" | "HEAD", 0) => "search-system",
        ("GET" | "HEAD", _) => "history-instance",
        _ => "operation",
    }
}

fn too_large(rejection: BytesRejection) -> Failure {
    if rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
        let message = "The request body is larger than this server takes";
        return Rejection::new(RejectionKind::TooLarge, "body-too-large", message)
            .next("Send it in smaller parts")
            .into();
    }
    Rejection::new(RejectionKind::Malformed, "body-unreadable", "The request body could not be received")
        .into()
}

enum Todo {
    One(Ask),
    Bundle(Bytes),
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.trim_start_matches('/').split('/').skip(1).filter(|part| !part.is_empty())
}

fn read(request: Request<'_>, query: &str) -> Result<(Todo, Wish), Failure> {
    let mut pairs = query_pairs(query).ok_or_else(|| {
        Failure::from(
            Rejection::new(RejectionKind::Malformed, "query-invalid", "The query cannot be decoded")
                .at("url"),
        )
    })?;
    let wish = Wish::read(request.headers, &mut pairs)?;
    let parts: Vec<&str> = segments(request.path).collect();
    let verb = request.method.as_str();
    let todo = match (verb, parts.as_slice()) {
        ("POST", []) => {
            check_body_format(request.headers, false)?;
            Todo::Bundle(request.body)
        }
        (_, [] | ["_search", ..]) => return Err(not_yet("A search of all types at once")),
        (_, [first, ..]) if first.starts_with('$') => return Err(not_yet("This operation")),
        (_, ["_history", ..]) => return Err(not_yet("The history of the whole server")),
        (_, [name, rest @ ..]) => {
            let resource_type = ResourceType::parse(name).ok_or_else(|| no_such_type(name))?;
            Todo::One(read_typed(&request, resource_type, rest, pairs)?)
        }
    };
    Ok((todo, wish))
}

fn read_typed(
    request: &Request<'_>,
    resource_type: ResourceType,
    rest: &[&str],
    mut pairs: Vec<(String, String)>,
) -> Result<Ask, Failure> {
    if rest.iter().any(|part| part.starts_with('$')) {
        return Err(not_yet("This operation"));
    }
    let id = match rest {
        [id, ..] if !id.starts_with('_') => Some(checked_id(id)?),
        _ => None,
    };
    match (request.method.as_str(), rest) {
        ("GET" | "HEAD", []) => Ok(Ask::Search(resource_type, pairs)),
        ("POST", ["_search"]) => {
            check_body_format(request.headers, true)?;
            pairs.extend(form(&request.body)?);
            pairs.retain(|(name, _)| name != "_format" && name != "_pretty");
            Ok(Ask::Search(resource_type, pairs))
        }
        (_, ["_history"]) => Err(not_yet("The history of a type")),
        ("POST", []) => write(request, Verb::Post, resource_type, None, pairs),
        ("PUT", []) => write(request, Verb::Put, resource_type, None, criteria(pairs)?),
        ("DELETE", []) => write(request, Verb::Delete, resource_type, None, criteria(pairs)?),
        ("PATCH", _) => Err(not_yet("PATCH")),
        ("GET" | "HEAD", [_]) => {
            Ok(Ask::Read(resource_type, id.unwrap_or_default(), unless(request.headers)))
        }
        ("PUT", [_]) => write(request, Verb::Put, resource_type, id, Vec::new()),
        ("DELETE", [_]) => write(request, Verb::Delete, resource_type, id, Vec::new()),
        ("GET" | "HEAD", [_, "_history"]) => Ok(Ask::History(resource_type, id.unwrap_or_default(), pairs)),
        ("GET" | "HEAD", [_, "_history", version]) => {
            Ok(Ask::Vread(resource_type, id.unwrap_or_default(), checked_id(version)?))
        }
        ("DELETE", [_, "_history", ..]) => Err(Rejection::new(
            RejectionKind::NotSupported,
            "history-kept",
            "The history of a resource is never deleted",
        )
        .into()),
        (_, [_, other, ..]) if other.starts_with('_') => Err(not_yet("This interaction")),
        _ => {
            let message =
                "Compartment searches are not supported yet; search the type by the patient's parameter";
            Err(Rejection::new(RejectionKind::NotSupported, "not-supported", message).into())
        }
    }
}

fn checked_id(id: &str) -> Result<String, Failure> {
    if valid_id(id) {
        return Ok(id.to_owned());
    }
    let issue = Issue::error(IssueCode::Value, "an id has 1 to 64 letters, digits, '-' or '.'").at("url");
    Err(Failure::of_issues(RejectionKind::Malformed, "id-invalid", vec![issue]))
}

fn criteria(pairs: Vec<(String, String)>) -> Result<Vec<(String, String)>, Failure> {
    if pairs.is_empty() {
        let message = "A conditional write needs a condition, or an id in the address";
        return Err(Rejection::new(RejectionKind::PreconditionFailed, "condition-empty", message)
            .at("url")
            .into());
    }
    Ok(pairs)
}

fn form(body: &[u8]) -> Result<Vec<(String, String)>, Failure> {
    std::str::from_utf8(body).ok().and_then(query_pairs).ok_or_else(|| {
        Rejection::new(RejectionKind::Malformed, "query-invalid", "The form cannot be decoded")
            .at("body")
            .into()
    })
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn unless(headers: &HeaderMap) -> Unless {
    Unless {
        none_match: text(headers, &header::IF_NONE_MATCH),
        modified_since: text(headers, &header::IF_MODIFIED_SINCE),
    }
}

fn write(
    request: &Request<'_>,
    verb: Verb,
    resource_type: ResourceType,
    id: Option<String>,
    query: Vec<(String, String)>,
) -> Result<Ask, Failure> {
    crate::admit::writable(resource_type)?;
    let resource =
        if verb == Verb::Delete { None } else { Some(resource(request, resource_type, id.as_deref())?) };
    let query = if verb == Verb::Post { Vec::new() } else { query };
    let target = Target { resource_type: Some(resource_type), id, query, ..Target::default() };
    let mut entry = entry_of(verb, target, resource);
    entry.if_match = text(request.headers, &header::IF_MATCH);
    if verb == Verb::Post
        && let Some(condition) = text(request.headers, &IF_NONE_EXIST)
    {
        let condition = condition.rsplit_once('?').map_or(condition.as_str(), |(_, query)| query);
        let pairs = query_pairs(condition).ok_or_else(|| {
            let message = "The condition cannot be decoded";
            Rejection::new(RejectionKind::Malformed, "condition-invalid", message).at("If-None-Exist")
        })?;
        entry.if_none_exist = Some(pairs);
    }
    Ok(Ask::Write(Box::new(entry)))
}

fn resource(
    request: &Request<'_>,
    resource_type: ResourceType,
    id: Option<&str>,
) -> Result<Resource, Failure> {
    check_body_format(request.headers, false)?;
    let resource = Resource::parse(&request.body).map_err(unreadable)?;
    if resource.resource_type() != resource_type {
        let message =
            format!("the address is of {resource_type}, the resource of {}", resource.resource_type());
        return Err(unreadable(Issue::error(IssueCode::Invalid, message).at("resourceType")));
    }
    if let Some(id) = id
        && resource.id() != Some(id)
    {
        let message = if resource.id().is_some() {
            "the id of the resource and of the address must be the same"
        } else {
            "the resource must have the id that the address names"
        };
        return Err(unreadable(Issue::error(IssueCode::Value, message).at(format!("{resource_type}.id"))));
    }
    Ok(resource)
}
