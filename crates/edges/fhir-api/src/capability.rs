//! `GET /fhir/metadata`: what is really there, made from the definitions that answer, once per address.

use crate::answer::Answer;
use crate::failure::Failure;
use crate::operations::told_of;
use crate::wish::Wish;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use galen_access::Context;
use galen_fhir::bundle::query_pairs;
use galen_fhir::capability::{ServerSupport, TypeSupport, capability_statement};
use galen_fhir::definitions::ParamKind;
use galen_fhir::{Parameters, ResourceType};
use galen_service::House;
use galen_service::observe::{Draft, looked};
use http::{HeaderMap, Uri};
use std::sync::{Arc, RwLock};

/// The date of this version's definitions.
pub(crate) const RELEASE_DATE: &str = "2026-11-23";

/// The statement last made, and of what.
static MADE: RwLock<Option<Made>> = RwLock::new(None);

struct Made {
    base: String,
    parameters: Parameters,
    is_smart: bool,
    bytes: Bytes,
}

/// Answers for everybody: a client must be able to see what it talks to.
pub(crate) async fn metadata(State(house): State<Arc<House>>, uri: Uri, headers: HeaderMap) -> Response {
    let mut pairs = query_pairs(uri.query().unwrap_or_default()).unwrap_or_default();
    match Wish::read(&headers, &mut pairs) {
        Ok(wish) => Answer::of(statement(&house).to_vec()).respond(&house.fhir_base(), wish),
        Err(failure) => failure.respond(&house.fhir_base()),
    }
}

/// Answers an entry of a bundle.
pub(crate) async fn capabilities(
    house: &House,
    context: &Context,
    draft: &mut Draft,
) -> Result<Answer, Failure> {
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    Ok(Answer::of(statement(house).to_vec()))
}

fn statement(house: &House) -> Bytes {
    let (base, parameters) = (house.fhir_base(), house.records.parameters());
    let is_smart = house.services.contains(&"smart");
    if let Ok(made) = MADE.read()
        && let Some(made) = &*made
        && made.base == base
        && made.is_smart == is_smart
        && made.parameters.is_same(&parameters)
    {
        return made.bytes.clone();
    }
    let server = ServerSupport {
        name: "Galen".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        release_date: RELEASE_DATE.to_owned(),
        date: house.clock.now().to_string(),
        url: base.clone(),
        types: ResourceType::all().map(|one| support(one, &parameters)).collect(),
        system_interactions: vec!["transaction", "batch", "search-system", "history-system"],
        operations: told_of(None),
        websocket: websocket(house),
        oauth_uris: if is_smart { oauth_uris(house) } else { Vec::new() },
    };
    let bytes = Bytes::from(capability_statement(&server).to_bytes());
    if let Ok(mut made) = MADE.write() {
        *made = Some(Made { base, parameters, is_smart, bytes: bytes.clone() });
    }
    bytes
}

/// Where websocket subscriptions are bound, where the service of subscriptions runs.
fn websocket(house: &House) -> Option<String> {
    let runs = house.services.contains(&"subscriptions");
    let address = house.origin.strip_prefix("http").filter(|_| runs)?;
    Some(format!("ws{address}/fhir/$subscription-websocket"))
}

/// Where applications are authorized.
fn oauth_uris(house: &House) -> Vec<(String, String)> {
    let names = ["authorize", "token", "introspect", "revoke"];
    let at = |name: &str| (name.to_owned(), format!("{}/oauth/{name}", house.origin));
    names.into_iter().map(at).collect()
}

fn support(resource_type: ResourceType, parameters: &Parameters) -> TypeSupport {
    let is_written = crate::admit::writable(resource_type).is_ok();
    let mut interactions = vec!["read", "vread", "history-instance", "search-type"];
    if is_written {
        interactions.extend(["create", "update", "patch", "delete", "history-type"]);
    }
    let references = parameters.of(resource_type).filter(|p| p.kind == ParamKind::Reference);
    let includes = references.map(|p| format!("{}:{}", resource_type.name(), p.code)).collect();
    TypeSupport {
        resource_type,
        interactions,
        search_parameters: parameters.of(resource_type).collect(),
        includes,
        revincludes: revincludes(resource_type, parameters),
        operations: told_of(Some(resource_type)),
        versioning: "versioned",
        conditional_create: is_written,
        conditional_update: is_written,
        conditional_delete: if is_written { "multiple" } else { "not-supported" },
        update_create: is_written,
    }
}

fn revincludes(target: ResourceType, parameters: &Parameters) -> Vec<String> {
    let mut all = Vec::new();
    for source in ResourceType::all() {
        for parameter in parameters.of(source).filter(|p| p.kind == ParamKind::Reference) {
            if parameter.targets.contains(&target) {
                all.push(format!("{}:{}", source.name(), parameter.code));
            }
        }
    }
    all
}
