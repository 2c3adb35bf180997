//! `Composition/$document`: a composition and all that it says, as one document bundle.

use super::{Call, GET_OR_POST, Level, Of, Operation, optional, returned};
use crate::admit::writable_types;
use crate::answer::Answer;
use crate::ask::{entry_of, write_one};
use crate::failure::{Failure, broken};
use crate::read::{absent, may_see};
use crate::sights::{Seen, note_rows, sight};
use crate::wish::{BodyFormat, Wish};
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::bundle::{Method, Target};
use galen_fhir::{Issue, IssueCode, Json, Object, ParsedReference, Resource, ResourceType};
use galen_kernel::RejectionKind;
use galen_records::Stored;
use galen_service::House;
use galen_service::observe::{Draft, looked};
use std::collections::HashSet;

/// Most resources of one document.
const RESOURCES_MAX: usize = 2_000;
/// How far references are followed from the composition: what it says, and what that refers to.
const HOPS_MAX: usize = 2;
/// Most missing resources that a refusal lists.
const MISSING_TOLD_MAX: usize = 20;

pub(super) static DOCUMENT: Operation = Operation {
    code: "document",
    id: "Composition-document",
    canonical: "http://hl7.org/fhir/OperationDefinition/Composition-document",
    title: "A composition and all that it says, as one document",
    levels: &[Level::Instance],
    of: Of::Only(&["Composition"]),
    methods: GET_OR_POST,
    affects_state: false,
    formats: &[BodyFormat::Json, BodyFormat::Form],
    rest_max: 0,
    parameters: &[
        optional("persist", "boolean", "Whether the document is kept here, too"),
        returned("Bundle", "The document"),
    ],
    audited: "document",
    class: Interaction::Read,
    handler: |house, context, draft, call, wish| Box::pin(document(house, context, draft, call, wish)),
};

async fn document(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: Call,
    wish: Wish,
) -> Result<Answer, Failure> {
    let (resource_type, id) = call.instance()?;
    let persist = call.parameters.flag("persist")?;
    draft.entities = vec![format!("{resource_type}/{id}")];
    let Some(composition) = house.records.get(resource_type, id).await? else {
        return Err(absent(house, context, "FhirRead", resource_type).await);
    };
    may_see(house, context, "FhirRead", &composition, draft).await?;
    let Seen { sight, opened, .. } = sight(house, context, writable_types()).await?;
    let sealed = house.records.sealed(context.at).await?;
    let mut rows = vec![composition];
    let mut seen: HashSet<String> = rows.iter().map(Stored::reference).collect();
    let mut begin = 0;
    for hop in 0..HOPS_MAX {
        let wanted = referred(rows.get(begin..).unwrap_or_default(), &mut seen)?;
        begin = rows.len();
        let asked: Vec<(ResourceType, String)> = wanted.iter().map(|one| (one.0, one.1.clone())).collect();
        for stored in house.records.get_many(&asked).await? {
            if house.records.may_show(&stored, &sight, &sealed)? {
                rows.push(stored);
            }
        }
        // A document that lacks what its composition says would be taken for the whole of it.
        if hop == 0 {
            complete(&wanted, &rows)?;
        }
        if rows.len() > RESOURCES_MAX {
            let message = format!("the document would have more than {RESOURCES_MAX} resources");
            return Err(refused(vec![Issue::error(IssueCode::TooCostly, message)]));
        }
    }
    note_rows(&rows, &opened, draft);
    let bundle = bundle(house, context, &rows)?;
    if persist {
        let target = Target { resource_type: Some(bundle.resource_type()), ..Target::default() };
        return write_one(house, context, draft, entry_of(Method::Post, target, Some(bundle)), wish).await;
    }
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    Ok(Answer::of(bundle.to_bytes()))
}

/// A resource that is referred to: type, id, and the place of the reference.
type Wanted = (ResourceType, String, String);

fn referred(rows: &[Stored], seen: &mut HashSet<String>) -> Result<Vec<Wanted>, Failure> {
    let mut wanted = Vec::new();
    for stored in rows {
        let Some(resource) = stored.resource()? else { continue };
        for found in galen_fhir::index::references(&resource) {
            if let Some(ParsedReference::Local { resource_type, id, .. }) =
                ParsedReference::parse(found.literal)
                && seen.insert(format!("{resource_type}/{id}"))
            {
                wanted.push((resource_type, id.to_owned(), found.location));
            }
        }
    }
    wanted.truncate(RESOURCES_MAX);
    Ok(wanted)
}

fn complete(wanted: &[Wanted], rows: &[Stored]) -> Result<(), Failure> {
    let there: HashSet<String> = rows.iter().map(Stored::reference).collect();
    let missing: Vec<Issue> = wanted
        .iter()
        .filter(|(resource_type, id, _)| !there.contains(&format!("{resource_type}/{id}")))
        .take(MISSING_TOLD_MAX)
        .map(|(resource_type, _, place)| {
            let message = format!("the {resource_type} that is referred to cannot be put into the document");
            Issue::error(IssueCode::NotFound, message).at(place.as_str())
        })
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(refused(missing)) }
}

fn refused(issues: Vec<Issue>) -> Failure {
    Failure::of_issues(RejectionKind::Unprocessable, "document-incomplete", issues)
}

fn bundle(house: &House, context: &Context, rows: &[Stored]) -> Result<Resource, Failure> {
    let base = house.fhir_base();
    let mut entries = Vec::with_capacity(rows.len());
    for stored in rows {
        let Some(resource) = stored.resource()? else { continue };
        let full_url = format!("{base}/{}", stored.reference());
        entries.push(Json::Object(
            Object::new().with("fullUrl", full_url).with("resource", resource.into_json()),
        ));
    }
    let id = house.store.new_id(galen_store::ShardId(0), context.at, house.entropy.sixteen());
    let identifier =
        Object::new().with("system", "urn:ietf:rfc:3986").with("value", format!("{base}/Bundle/{id}"));
    let object = Object::new()
        .with("resourceType", "Bundle")
        .with("identifier", identifier)
        .with("type", "document")
        .with("timestamp", context.at.to_string())
        .with("entry", entries);
    Resource::from_json(Json::Object(object)).map_err(|_| broken("a document is no bundle"))
}
