//! `$meta`, `$meta-add`, `$meta-delete`: profiles, tags and security labels of resources.

use super::{Call, GET_OR_POST, Later, Level, Of, Operation, required, returned};
use crate::answer::Answer;
use crate::ask::entry_of;
use crate::failure::Failure;
use crate::read::{absent, may_see};
use crate::sights::{Seen, sight};
use crate::wish::{BodyFormat, Wish};
use crate::write::{Mode, alone, sole, write};
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::bundle::{Method, RequestBundle, Target};
use galen_fhir::{Json, Object, Resource, ResourceType};
use galen_kernel::{Rejection, RejectionKind};
use galen_records::names_version;
use galen_service::House;
use galen_service::observe::{Draft, looked};

/// How often a change of meta is tried when somebody else writes the resource at the same time.
const ATTEMPTS_MAX: u32 = 3;
/// The lists of a meta, and by which members their items are told apart.
const LISTS: [&str; 3] = ["profile", "security", "tag"];

/// Most profiles, most tags and most labels that are told of a type or of the server.
const IN_USE_MAX: usize = 1_000;

const NOTE: &str = "The meta after it";

pub(super) static META: Operation = Operation {
    code: "meta",
    id: "Resource-meta",
    canonical: "http://hl7.org/fhir/OperationDefinition/Resource-meta",
    title: "Profiles, tags and security labels of a resource, or those in use",
    levels: &[Level::System, Level::Type, Level::Instance],
    of: Of::Every,
    methods: GET_OR_POST,
    affects_state: false,
    formats: &[BodyFormat::Json],
    rest_max: 0,
    parameters: &[returned("Meta", "The meta of the resource, or what is in use in all of them")],
    audited: "meta",
    class: Interaction::Read,
    handler: |house, context, draft, call, _| {
        Box::pin(async move {
            match call.id {
                Some(_) => meta(house, context, draft, call).await,
                None => in_use(house, context, draft, call.resource_type).await,
            }
        })
    },
};

pub(super) static META_ADD: Operation = Operation {
    code: "meta-add",
    id: "Resource-meta-add",
    canonical: "http://hl7.org/fhir/OperationDefinition/Resource-meta-add",
    title: "Add profiles, tags and security labels to a resource",
    levels: &[Level::Instance],
    of: Of::Every,
    methods: &[Method::Post],
    affects_state: true,
    formats: &[BodyFormat::Json],
    rest_max: 0,
    parameters: &[required("meta", "Meta", "What to add"), returned("Meta", NOTE)],
    audited: "meta-add",
    class: Interaction::Update,
    handler: |house, context, draft, call, wish| change(house, context, draft, call, wish, add),
};

pub(super) static META_DELETE: Operation = Operation {
    code: "meta-delete",
    id: "Resource-meta-delete",
    canonical: "http://hl7.org/fhir/OperationDefinition/Resource-meta-delete",
    title: "Take profiles, tags and security labels off a resource",
    levels: &[Level::Instance],
    of: Of::Every,
    methods: &[Method::Post],
    affects_state: true,
    formats: &[BodyFormat::Json],
    rest_max: 0,
    parameters: &[required("meta", "Meta", "What to take off"), returned("Meta", NOTE)],
    audited: "meta-delete",
    class: Interaction::Update,
    handler: |house, context, draft, call, wish| change(house, context, draft, call, wish, delete),
};

async fn meta(house: &House, context: &Context, draft: &mut Draft, call: Call) -> Result<Answer, Failure> {
    let (resource_type, id) = call.instance()?;
    draft.entities = vec![format!("{resource_type}/{id}")];
    let Some(stored) = house.records.get(resource_type, id).await? else {
        return Err(absent(house, context, "FhirRead", resource_type).await);
    };
    may_see(house, context, "FhirRead", &stored, draft).await?;
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let meta = stored.resource()?.and_then(|resource| resource.get("meta").cloned());
    Ok(Answer::of(told(meta)))
}

/// What is in use in all that the caller may find, of one type or of every type but the audit's.
async fn in_use(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    resource_type: Option<ResourceType>,
) -> Result<Answer, Failure> {
    let types: Vec<ResourceType> = match resource_type {
        Some(one) => vec![one],
        None => crate::admit::writable_types().collect(),
    };
    draft.entities = resource_type.iter().map(|one| one.name().to_owned()).collect();
    let Seen { sight, refused, opened } = sight(house, context, types.iter().copied()).await?;
    let is_seen = types.iter().any(|one| sight.of(*one).is_some());
    if let Some(rejection) = refused.filter(|_| !is_seen) {
        return Err(rejection.into());
    }
    // Labels are of everybody's records at once: those of one patient are not told apart from them.
    draft.broken_glass |= !opened.is_empty();
    let sealed = house.records.sealed(context.at).await?;
    let used = house.records.labels_in_use(&types, &sight, &sealed, IN_USE_MAX).await?;
    if used.is_cut {
        let message = format!("More than {IN_USE_MAX} profiles, tags or labels are in use");
        return Err(Rejection::new(RejectionKind::Unprocessable, "too-costly", message)
            .next("Ask for the meta of one type, or of one resource")
            .into());
    }
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let mut meta = Object::new();
    for (list, items) in used.lists.into_iter().filter(|(_, items)| !items.is_empty()) {
        meta.insert(list, items);
    }
    Ok(Answer::of(told(Some(Json::Object(meta)))))
}

/// The meta as the operation returns it.
fn told(meta: Option<Json>) -> Vec<u8> {
    let meta = meta.unwrap_or_else(|| Json::Object(Object::new()));
    let row = Object::new().with("name", "return").with("valueMeta", meta);
    Json::Object(Object::new().with("resourceType", "Parameters").with("parameter", vec![row])).to_bytes()
}

/// How a change of one list is made: what is there, what was sent.
type Change = fn(&mut Vec<Json>, &[Json]);

fn add(known: &mut Vec<Json>, sent: &[Json]) {
    for one in sent {
        if !known.iter().any(|other| is_same(other, one)) {
            known.push(one.clone());
        }
    }
}

fn delete(known: &mut Vec<Json>, sent: &[Json]) {
    known.retain(|one| !sent.iter().any(|other| is_same(one, other)));
}

/// Codings are the same by system and code, profiles by their url.
fn is_same(one: &Json, other: &Json) -> bool {
    match (one.as_object(), other.as_object()) {
        (Some(_), Some(_)) => {
            one.str("system") == other.str("system") && one.str("code") == other.str("code")
        }
        _ => one == other,
    }
}

fn change<'c>(
    house: &'c House,
    context: &'c Context,
    draft: &'c mut Draft,
    call: Call,
    _: Wish,
    change: Change,
) -> Later<'c> {
    Box::pin(changed(house, context, draft, call, change))
}

/// An update by the usual way: permitted, past the type's guard, a new version.
async fn changed(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: Call,
    change: Change,
) -> Result<Answer, Failure> {
    let (resource_type, id) = call.instance()?;
    crate::admit::writable(resource_type)?;
    let Some(sent) = call.parameters.complex("meta") else {
        return Err(super::parameters::bad("meta", "must be a valueMeta"));
    };
    let blank = draft.clone();
    for attempt in 1.. {
        draft.clone_from(&blank);
        draft.entities = vec![format!("{resource_type}/{id}")];
        let Some(stored) = house.records.get(resource_type, id).await? else {
            return Err(absent(house, context, "FhirUpdate", resource_type).await);
        };
        may_see(house, context, "FhirUpdate", &stored, draft).await?;
        let version = stored.document.version;
        if call.if_match.as_deref().is_some_and(|tags| !names_version(tags, version)) {
            let message = "The resource is at another version than If-Match names";
            return Err(Rejection::new(RejectionKind::PreconditionFailed, "version-conflict", message)
                .at("If-Match")
                .into());
        }
        let Some(mut resource) = stored.resource()? else { break };
        apply(&mut resource, sent, change);
        let target =
            Target { resource_type: Some(resource_type), id: Some(id.to_owned()), ..Target::default() };
        let mut entry = entry_of(Method::Put, target, Some(resource));
        entry.if_match = Some(format!("W/\"{version}\""));
        draft.clone_from(&blank);
        let again = || Ok(RequestBundle::transaction(vec![entry.clone()]));
        let done = write(house, context, draft, Mode::Alone, again).await.and_then(sole);
        match done {
            Ok(written) => {
                let resource = written.body.as_deref().and_then(|body| Resource::parse(body).ok());
                let about = written.about;
                return Ok(Answer {
                    about,
                    ..Answer::of(told(resource.and_then(|r| r.get("meta").cloned())))
                });
            }
            // Somebody else wrote it in between: their version is changed instead.
            Err(failure)
                if failure.refusal.code() == "version-conflict"
                    && call.if_match.is_none()
                    && attempt < ATTEMPTS_MAX => {}
            Err(failure) => return Err(failure.relocate(|place| alone(place, resource_type.name()))),
        }
    }
    Err(absent(house, context, "FhirUpdate", resource_type).await)
}

fn apply(resource: &mut Resource, sent: &Json, change: Change) {
    let mut meta = resource.get("meta").and_then(Json::as_object).cloned().unwrap_or_default();
    for list in LISTS {
        let sent: Vec<Json> = sent.list(list).cloned().collect();
        if sent.is_empty() {
            continue;
        }
        let mut known = match meta.remove(list) {
            Some(Json::Array(known)) => known,
            _ => Vec::new(),
        };
        change(&mut known, &sent);
        if !known.is_empty() {
            meta.insert(list, known);
        }
    }
    if let Some(object) = resource.json_mut().as_object_mut() {
        object.insert("meta", meta);
    }
}
