//! `$validate`: what a resource would be refused for, and what is to be said besides
//! (<https://hl7.org/fhir/R4/resource-operation-validate.html>).
//!
//! Validation is pure and cannot ask the store. So it notes what it did not know, that is read, and it runs again, until it
//! asks for nothing new.

use super::parameters::bad;
use super::{Call, GET_OR_POST, Later, Level, Of, Operation, Parameter, optional, returned};
use crate::answer::Answer;
use crate::failure::{Failure, broken};
use crate::read::{absent, may_see};
use crate::sights::{permit, plain};
use crate::wish::BodyFormat;
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::terminology::{ValueSet, membership, parts};
use galen_fhir::validate::{Conformance, Membership, Published, Request, validate_fully};
use galen_fhir::{Issue, IssueCode, Json, Resource, ResourceType, operation_outcome};
use galen_kernel::{Fault, Rejection, RejectionKind};
use galen_records::Library;
use galen_service::House;
use galen_service::observe::{Draft, looked};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// How often validation may ask for more: profiles of profiles, each time one level.
const ROUNDS_MAX: usize = 12;
/// Most profiles and value sets that are looked for in the store.
const LOOKED_UP_MAX: usize = 200;

pub(super) static VALIDATE: Operation = Operation {
    code: "validate",
    id: "Resource-validate",
    canonical: "http://hl7.org/fhir/OperationDefinition/Resource-validate",
    title: "What a resource would be refused for",
    levels: &[Level::Type, Level::Instance],
    of: Of::Every,
    methods: GET_OR_POST,
    affects_state: false,
    formats: &[BodyFormat::Json],
    rest_max: 0,
    parameters: &[
        optional("resource", "Resource", "What to look at; without it, the resource of the address"),
        optional("mode", "code", "create, update, delete or profile"),
        Parameter { max: "*", ..optional("profile", "uri", "A profile to meet besides those it names") },
        returned("OperationOutcome", "Everything there is to say about it"),
    ],
    audited: "validate",
    class: Interaction::Execute,
    handler: |house, context, draft, call, _| -> Later<'_> {
        Box::pin(validated(house, context, draft, call))
    },
};

/// What the resource is to be good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    General,
    Create,
    Update,
    Delete,
}

fn mode(call: &Call) -> Result<Mode, Failure> {
    match call.parameters.text("mode") {
        None => Ok(Mode::General),
        Some("profile") if call.parameters.text("profile").is_some() => Ok(Mode::General),
        Some("profile") => Err(bad("mode", "profile needs the parameter 'profile'")),
        Some("create") => Ok(Mode::Create),
        Some("update") => Ok(Mode::Update),
        Some("delete") => Ok(Mode::Delete),
        Some(_) => Err(bad("mode", "must be create, update, delete or profile")),
    }
}

async fn validated(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: Call,
) -> Result<Answer, Failure> {
    let mode = mode(&call)?;
    let resource = match call.parameters.resource("resource") {
        Some(sent) => {
            // What is sent is looked at by rules that everybody may read.
            let rules = ResourceType::parse("StructureDefinition").ok_or_else(|| broken("no rules"))?;
            draft.entities = vec![rules.name().to_owned()];
            permit(house, context, "FhirRead", &plain(rules), draft).await?;
            sent.clone()
        }
        None if call.id.is_some() => stored(house, context, draft, &call).await?,
        None => return Err(nothing()),
    };
    let mut issues = addressed(&call, mode, &resource);
    // What is to be deleted need not be valid.
    if mode != Mode::Delete {
        let profiles: Vec<&str> = call.parameters.texts("profile").collect();
        issues.extend(looked_at(house, context, resource.json(), &profiles).await?);
    }
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    Ok(Answer { is_outcome: true, ..Answer::of(operation_outcome(&issues).to_bytes()) })
}

/// The resource of the address, for who may read it.
async fn stored(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    call: &Call,
) -> Result<Resource, Failure> {
    let (resource_type, id) = call.instance()?;
    draft.entities = vec![format!("{resource_type}/{id}")];
    let Some(stored) = house.records.get(resource_type, id).await? else {
        return Err(absent(house, context, "FhirRead", resource_type).await);
    };
    may_see(house, context, "FhirRead", &stored, draft).await?;
    stored.resource()?.ok_or_else(nothing)
}

fn nothing() -> Failure {
    let message = "$validate needs a resource: as the body, as the parameter 'resource', or by its address";
    Rejection::new(RejectionKind::Malformed, "parameter-missing", message).at("resource").into()
}

/// Whether it is of the type and, where it replaces another, has the id of its address.
fn addressed(call: &Call, mode: Mode, resource: &Resource) -> Vec<Issue> {
    let found = resource.resource_type();
    let mut issues = Vec::new();
    if let Some(wanted) = call.resource_type.filter(|wanted| *wanted != found) {
        let message = format!("the address is of {wanted}, the resource is a {found}");
        issues.push(Issue::error(IssueCode::Invalid, message).at("resourceType"));
    }
    if mode == Mode::Update
        && let Some(id) = &call.id
        && resource.id() != Some(id)
    {
        let message = "an update has the id of its address";
        issues.push(Issue::error(IssueCode::Invalid, message).at(format!("{found}.id")));
    }
    issues
}

/// Validates with all that is stored here.
pub(crate) async fn looked_at(
    house: &House,
    context: &Context,
    json: &Json,
    profiles: &[&str],
) -> Result<Vec<Issue>, Failure> {
    let mut known = Known::default();
    for round in 0..ROUNDS_MAX {
        let now = Some(context.at.micros());
        let issues = validate_fully(json, &Request { profiles, conformance: &known, now });
        let asked = known.asked.take();
        if asked.is_empty() || round + 1 == ROUNDS_MAX {
            return Ok(issues);
        }
        known.learn(house, asked).await?;
    }
    Ok(Vec::new())
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Question {
    Profile(String),
    ValueSet(String),
}

/// What was read from the store so far, and what else was asked for.
#[derive(Default)]
struct Known {
    profiles: HashMap<String, Option<Json>>,
    sets: HashMap<String, Option<(Arc<ValueSet>, Library)>>,
    asked: RefCell<BTreeSet<Question>>,
}

impl Known {
    fn ask(&self, question: Question) {
        let mut asked = self.asked.borrow_mut();
        if self.profiles.len() + self.sets.len() + asked.len() < LOOKED_UP_MAX {
            asked.insert(question);
        }
    }

    async fn learn(&mut self, house: &House, asked: BTreeSet<Question>) -> Result<(), Fault> {
        for question in asked {
            match question {
                Question::Profile(canonical) => {
                    let found = uploaded(house, &canonical).await?;
                    self.profiles.insert(canonical, found);
                }
                Question::ValueSet(canonical) => {
                    let found = match house.records.value_set(&canonical).await? {
                        Some(set) => {
                            let library = house.records.library(&set).await?;
                            Some((set, library))
                        }
                        None => None,
                    };
                    self.sets.insert(canonical, found);
                }
            }
        }
        Ok(())
    }
}

impl Conformance for Known {
    fn structure_definition(&self, canonical: &str) -> Option<Json> {
        match self.profiles.get(canonical) {
            Some(Some(found)) => return Some(found.clone()),
            Some(None) => {}
            None => self.ask(Question::Profile(canonical.to_owned())),
        }
        Published.structure_definition(canonical)
    }

    fn member(&self, value_set: &str, system: Option<&str>, code: &str) -> Membership {
        match self.sets.get(value_set) {
            Some(Some((set, library))) => return membership(set, system, code, library).into(),
            Some(None) => {}
            None => self.ask(Question::ValueSet(value_set.to_owned())),
        }
        Published.member(value_set, system, code)
    }
}

/// The stored `StructureDefinition` of a canonical.
async fn uploaded(house: &House, canonical: &str) -> Result<Option<Json>, Fault> {
    let Some(kind) = ResourceType::parse("StructureDefinition") else { return Ok(None) };
    let (url, version) = parts(canonical);
    for stored in house.records.by_url(kind, url).await? {
        let found = stored.resource()?;
        let fits = |one: &Resource| version.is_none() || one.json().str("version") == version;
        if let Some(found) = found.filter(fits) {
            return Ok(Some(found.into_json()));
        }
    }
    Ok(None)
}
