//! From HTTP to an interaction and back: the one handler behind every route of `/fhir`.

use crate::answer::Answer;
use crate::ask::{Ask, perform};
use crate::bundle::{bundle, parse_body};
use crate::failure::{Failure, unreadable};
use crate::interaction::{Incoming, Interaction, ask_of, interaction, name_of, no_such_address};
use crate::wish::{BodyFormat, Wish, body_format, check_body_format};
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use galen_access::Context;
use galen_audit::Interaction as Class;
use galen_fhir::bundle::{Method as Verb, RequestEntry, Target, TargetFault, query_pairs};
use galen_fhir::patch::{FhirpathPatch, JsonPatch, Patch, PatchError};
use galen_fhir::{Issue, IssueCode, Json, Resource, ResourceType};
use galen_kernel::{Rejection, RejectionKind};
use galen_service::observe::Draft;
use galen_service::{Caller, House};
use http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use std::sync::Arc;

const IF_NONE_EXIST: HeaderName = HeaderName::from_static("if-none-exist");
/// What every address of this edge begins with.
const BASE: &str = "/fhir";

/// A request, as far as it was read.
struct Request<'r> {
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
    match answer(&house, &context, &method, &uri, &headers, body).await {
        Ok((answer, wish)) => answer.respond(&house.fhir_base(), wish),
        Err(failure) => failure.respond(&house.fhir_base()),
    }
}

async fn answer(
    house: &House,
    context: &Context,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(Answer, Wish), Failure> {
    let mut draft = Draft::new("operation", Class::Execute);
    let read = match body {
        Err(rejection) => Err(too_large(rejection)),
        Ok(body) => read(method, uri, &Request { headers, body }, &mut draft),
    };
    match read {
        Err(failure) => Err(failure.recorded(house, context, draft).await),
        Ok((Todo::One(ask), wish)) => Ok((perform(house, context, ask, wish).await?, wish)),
        Ok((Todo::Bundle(body), wish)) => Ok((bundle(house, context, &body, wish).await?, wish)),
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

fn verb_of(method: &Method) -> Option<Verb> {
    Some(match method.as_str() {
        "GET" => Verb::Get,
        "HEAD" => Verb::Head,
        "POST" => Verb::Post,
        "PUT" => Verb::Put,
        "PATCH" => Verb::Patch,
        "DELETE" => Verb::Delete,
        _ => return None,
    })
}

/// Reads a request; the draft learns what it is as soon as that is known.
fn read(
    method: &Method,
    uri: &Uri,
    request: &Request<'_>,
    draft: &mut Draft,
) -> Result<(Todo, Wish), Failure> {
    let path = uri.path().strip_prefix(BASE).unwrap_or_default();
    let mut target = Target::parse_path(path).map_err(|fault| no_such_address(&fault))?;
    target.query = query_pairs(uri.query().unwrap_or_default())
        .ok_or_else(|| no_such_address(&TargetFault::BadQuery))?;
    let verb = verb_of(method).ok_or_else(|| {
        Rejection::new(RejectionKind::NotSupported, "not-supported", "This method is not supported")
    })?;
    let what = interaction(verb, &target)?;
    name_of(what, &target).clone_into(&mut draft.operation);
    let wish = match what {
        Interaction::Operate(operation) if operation.has_own_formats() => {
            Wish::of_table(request.headers, &mut target.query)
        }
        _ => Wish::read(request.headers, &mut target.query)?,
    };
    if let Interaction::Bundle = what {
        check_body_format(request.headers, &[BodyFormat::Json])?;
        return Ok((Todo::Bundle(request.body.clone()), wish));
    }
    if let Interaction::SearchByForm = what {
        check_body_format(request.headers, &[BodyFormat::Form])?;
        target.query.extend(form(&request.body)?);
        target.query.retain(|(name, _)| name != "_format" && name != "_pretty");
    }
    let incoming = incoming(what, verb, target, request)?;
    Ok((Todo::One(ask_of(what, incoming)?), wish))
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

/// The request as an entry of a bundle would be: body and conditions read.
fn incoming(
    what: Interaction,
    method: Verb,
    target: Target,
    request: &Request<'_>,
) -> Result<Incoming, Failure> {
    let mut entry = RequestEntry {
        index: 0,
        method,
        target,
        full_url: None,
        if_none_exist: None,
        if_match: text(request.headers, &header::IF_MATCH),
        if_none_match: text(request.headers, &header::IF_NONE_MATCH),
        if_modified_since: text(request.headers, &header::IF_MODIFIED_SINCE),
        resource: None,
        patch: None,
    };
    let mut lines = None;
    let writes =
        matches!(what, Interaction::Create | Interaction::Update | Interaction::Patch | Interaction::Delete);
    if let Some(resource_type) = entry.target.resource_type.filter(|_| writes) {
        // Before the body is read: whatever it is, it is not taken.
        crate::admit::writable(resource_type)?;
    }
    match what {
        Interaction::Create | Interaction::Update => {
            entry.resource = Some(resource(request, what, &entry.target)?);
            if matches!(what, Interaction::Create) {
                entry.if_none_exist = condition(request.headers)?;
            }
        }
        Interaction::Patch => entry.patch = Some(patch(request)?),
        Interaction::Operate(operation) if method == Verb::Post && !request.body.is_empty() => {
            check_body_format(request.headers, operation.formats)?;
            match body_format(request.headers)? {
                Some(BodyFormat::Lines) => lines = Some(request.body.clone()),
                Some(BodyFormat::Form) => entry.target.query.extend(form(&request.body)?),
                _ => entry.resource = Some(Resource::parse(&request.body).map_err(unreadable)?),
            }
        }
        _ => {}
    }
    Ok(Incoming { entry, lines })
}

/// `If-None-Exist`.
fn condition(headers: &HeaderMap) -> Result<Option<Vec<(String, String)>>, Failure> {
    let Some(condition) = text(headers, &IF_NONE_EXIST) else { return Ok(None) };
    let condition = condition.rsplit_once('?').map_or(condition.as_str(), |(_, query)| query);
    match query_pairs(condition) {
        Some(pairs) => Ok(Some(pairs)),
        None => {
            let message = "The condition cannot be decoded";
            Err(Rejection::new(RejectionKind::Malformed, "condition-invalid", message)
                .at("If-None-Exist")
                .into())
        }
    }
}

fn resource(request: &Request<'_>, what: Interaction, target: &Target) -> Result<Resource, Failure> {
    check_body_format(request.headers, &[BodyFormat::Json])?;
    let resource = Resource::parse(&request.body).map_err(unreadable)?;
    let own = resource.resource_type();
    if let Some(resource_type) = target.resource_type.filter(|one| *one != own) {
        let message = format!("the address is of {resource_type}, the resource of {own}");
        return Err(unreadable(Issue::error(IssueCode::Invalid, message).at("resourceType")));
    }
    if let (Interaction::Update, Some(id)) = (what, &target.id)
        && resource.id() != Some(id)
    {
        return Err(other_id(own, resource.id().is_some()));
    }
    Ok(resource)
}

fn other_id(resource_type: ResourceType, has_id: bool) -> Failure {
    let message = if has_id {
        "the id of the resource and of the address must be the same"
    } else {
        "the resource must have the id that the address names"
    };
    unreadable(Issue::error(IssueCode::Value, message).at(format!("{resource_type}.id")))
}

/// A patch says by its media type which kind it is; plain JSON says it by its shape.
fn patch(request: &Request<'_>) -> Result<Patch, Failure> {
    check_body_format(request.headers, &[BodyFormat::JsonPatch, BodyFormat::Json])?;
    let json = parse_body(&request.body)?;
    let is_json_patch = match body_format(request.headers)? {
        Some(BodyFormat::JsonPatch) => true,
        _ => matches!(json, Json::Array(_)),
    };
    let read = if is_json_patch {
        JsonPatch::read(json).map(Patch::Json)
    } else {
        FhirpathPatch::read(&json).map(Patch::Fhirpath)
    };
    read.map_err(PatchError::into_issue)
        .map_err(|issue| Failure::of_issues(RejectionKind::Malformed, "patch-invalid", vec![issue]))
}
