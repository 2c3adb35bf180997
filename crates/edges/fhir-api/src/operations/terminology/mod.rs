//! Questions about codes (<https://hl7.org/fhir/R4/terminology-service.html>): expand, validate, look up, compare, translate.

mod expand;
mod lookup;
mod translate;
mod validate;

pub(super) use expand::EXPAND;
pub(super) use lookup::{LOOKUP, SUBSUMES};
pub(super) use translate::TRANSLATE;
pub(super) use validate::{IN_SYSTEM, IN_VALUE_SET};

use super::Call;
use crate::answer::Answer;
use crate::failure::{Failure, broken};
use crate::sights::{permit, plain};
use galen_access::Context;
use galen_fhir::terminology::{CodeSystem, ValueSet};
use galen_fhir::{Json, Object, ResourceType};
use galen_kernel::{Rejection, RejectionKind};
use galen_records::value_set_of;
use galen_service::House;
use galen_service::observe::{Draft, looked};
use std::sync::Arc;

/// A code with its system.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Coding {
    system: Option<String>,
    version: Option<String>,
    code: String,
    display: Option<String>,
}

impl Coding {
    fn of(json: &Json) -> Option<Self> {
        let text = |name| json.str(name).map(str::to_owned);
        Some(Self {
            system: text("system"),
            version: text("version"),
            code: text("code")?,
            display: text("display"),
        })
    }
}

/// Conformance resources are for everybody signed in; that is asked of policy all the same.
async fn may_ask(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    resource_type: &'static str,
) -> Result<(), Failure> {
    let kind = ResourceType::parse(resource_type).ok_or_else(|| broken("the definitions lack a type"))?;
    draft.entities = vec![resource_type.to_owned()];
    permit(house, context, "FhirRead", &plain(kind), draft).await
}

/// Answers once the audit entry is written.
async fn answer(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    json: impl Into<Json>,
) -> Result<Answer, Failure> {
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    Ok(Answer::of(json.into().to_bytes()))
}

fn refused(kind: RejectionKind, code: &'static str, message: &str) -> Failure {
    Rejection::new(kind, code, message).into()
}

fn missing(message: &str) -> Failure {
    refused(RejectionKind::Malformed, "parameter-missing", message)
}

/// A Parameters resource.
fn parameters(rows: Vec<Object>) -> Object {
    let rows: Vec<Json> = rows.into_iter().map(Json::from).collect();
    Object::new().with("resourceType", "Parameters").with("parameter", Json::Array(rows))
}

/// One of its rows.
fn row(name: &str, kind: &str, value: impl Into<Json>) -> Object {
    Object::new().with("name", name).with(kind, value)
}

/// One that has parts.
fn parted(name: &str, parts: Vec<Object>) -> Object {
    let parts: Vec<Json> = parts.into_iter().map(Json::from).collect();
    Object::new().with("name", name).with("part", Json::Array(parts))
}

/// The codings asked about: `coding`, each of a `codeableConcept`, or `code` with `system`.
fn codings(call: &Call, system: &str) -> Result<Vec<Coding>, Failure> {
    let form = || missing("Say which code: code with its system, coding, or codeableConcept");
    if let Some(coding) = call.parameters.complex("coding") {
        return Ok(vec![Coding::of(coding).ok_or_else(form)?]);
    }
    if let Some(concept) = call.parameters.complex("codeableConcept") {
        let all: Vec<Coding> = concept.list("coding").filter_map(Coding::of).collect();
        return if all.is_empty() { Err(form()) } else { Ok(all) };
    }
    let text = |name: &str| call.parameters.text(name).map(str::to_owned);
    let code = text("code").ok_or_else(form)?;
    Ok(vec![Coding { system: text(system), version: text("version"), code, display: text("display") }])
}

/// The value set asked about: the resource of the address, one that was sent along, or one by its url.
async fn value_set(house: &House, call: &Call) -> Result<Arc<ValueSet>, Failure> {
    let unknown = || refused(RejectionKind::NotFound, "value-set-unknown", "There is no such value set here");
    if let Some(id) = &call.id {
        return house.records.value_set(&format!("ValueSet/{id}")).await?.ok_or_else(unknown);
    }
    if let Some(given) = call.parameters.resource("valueSet") {
        return Ok(Arc::new(value_set_of(given)));
    }
    let url = call
        .parameters
        .text("url")
        .ok_or_else(|| missing("Say which value set: url, valueSet, or its address"))?;
    let version = call.parameters.text("valueSetVersion").filter(|_| !url.contains('|'));
    let canonical = version.map_or_else(|| url.to_owned(), |version| format!("{url}|{version}"));
    house.records.value_set(&canonical).await?.ok_or_else(unknown)
}

/// The code system asked about, by the address, a resource sent along, or its url.
async fn code_system(
    house: &House,
    call: &Call,
    url: Option<&str>,
    version: Option<&str>,
) -> Result<Arc<CodeSystem>, Failure> {
    let unknown =
        || refused(RejectionKind::NotFound, "code-system-unknown", "There is no such code system here");
    if let Some(given) = call.parameters.resource("codeSystem") {
        return CodeSystem::from_json(given.json()).map(Arc::new).ok_or_else(unknown);
    }
    if let Some((resource_type, id)) = call.resource_type.zip(call.id.as_deref()) {
        let stored = house.records.get(resource_type, id).await?.ok_or_else(unknown)?;
        let resource = stored.resource()?.ok_or_else(unknown)?;
        return CodeSystem::from_json(resource.json()).map(Arc::new).ok_or_else(unknown);
    }
    let url = url.ok_or_else(|| missing("Say which code system: system or url, or its address"))?;
    house.records.code_system(url, version).await?.ok_or_else(unknown)
}
