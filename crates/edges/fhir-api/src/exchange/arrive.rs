//! What came from a partner, on its way into the store: told from what is ours, named, and written with its Provenance.

use super::here::{self, Here};
use super::naming::{self, Known, Naming, TAG_SYSTEM};
use super::partner::Partner;
use super::progress::Span;
use super::provenance;
use super::report::Report;
use crate::ask::entry_of;
use crate::failure::Failure;
use crate::strict::faults;
use crate::write::{Mode, write};
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::bundle::{Method, RequestBundle, RequestEntry, Target};
use galen_fhir::index::rewrite_references;
use galen_fhir::{Json, Resource, ResourceType, valid_id};
use galen_kernel::{Fault, Instant, RejectionKind};
use galen_service::observe::Draft;
use galen_service::{House, Refusal};
use std::collections::{HashMap, HashSet};

/// Resources that share a commit.
const RESOURCES_AT_ONCE: usize = 200;

/// A resource that came, as it is to lie here.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    pub(super) resource: Resource,
    /// `Type/id` there.
    pub(super) remote: String,
    /// Its version there, where the server counts.
    pub(super) version: Option<String>,
    pub(super) updated: Option<Instant>,
}

impl Arrival {
    /// `Type/id` here.
    pub(super) fn local(&self) -> String {
        format!("{}/{}", self.resource.resource_type(), self.resource.id().unwrap_or_default())
    }

    /// `Type/id/_history/version` there.
    pub(super) fn remote_version(&self) -> String {
        provenance::versioned(&self.remote, self.version.as_deref())
    }
}

/// Where things arrive.
pub(super) struct Arrivals<'a> {
    pub(super) house: &'a House,
    pub(super) context: &'a Context,
    pub(super) partner: &'a Partner,
    pub(super) naming: &'a Naming,
    /// The types that were asked for: nothing else is taken.
    pub(super) wanted: &'a [ResourceType],
}

impl Arrivals<'_> {
    /// Takes the resources of a page in; what is refused is noted and stops nothing.
    pub(super) async fn take(
        &self,
        resources: Vec<Json>,
        report: &mut Report,
        span: &mut Span,
    ) -> Result<(), Failure> {
        let arrived = self.read_all(resources, report);
        let page = arrived.iter().map(|one| (one.remote.as_str(), &one.resource));
        let here = Here::look(self.house, self.naming, &here::names(self.naming, page)).await?;
        let own_base = self.house.fhir_base();
        let sorted = sort(arrived, &here, (self.naming, &own_base, &self.partner.name))?;
        report.returned += sorted.returned.len();
        report.unchanged += sorted.unchanged.len();
        for updated in sorted.returned.into_iter().chain(sorted.unchanged) {
            span.see(updated, false);
        }
        let mut changed = self.good(sorted.changed, report, span).await?;
        while !changed.is_empty() {
            let rest = changed.split_off(changed.len().min(RESOURCES_AT_ONCE));
            self.write(changed, report, span).await?;
            changed = rest;
        }
        Ok(())
    }

    /// The resources of a page that can be read, each once.
    fn read_all(&self, resources: Vec<Json>, report: &mut Report) -> Vec<Arrival> {
        let mut arrived = Vec::with_capacity(resources.len());
        let mut seen = HashSet::new();
        for json in resources {
            report.seen += 1;
            match self.read(json) {
                Ok(arrival) if seen.insert(arrival.remote.clone()) => arrived.push(arrival),
                Ok(_) => report.unchanged += 1,
                Err((name, code, message)) => report.refuse(name, code, message),
            }
        }
        arrived
    }

    /// Those that may be written by the rules of the facility, which a write of the same by REST keeps, too.
    async fn good(
        &self,
        arrivals: Vec<Arrival>,
        report: &mut Report,
        span: &mut Span,
    ) -> Result<Vec<Arrival>, Failure> {
        let mut good = Vec::with_capacity(arrivals.len());
        for arrival in arrivals {
            let issues = faults(self.house, self.context, &arrival.resource).await?;
            if issues.is_empty() {
                good.push(arrival);
                continue;
            }
            let failure = Failure::of_issues(RejectionKind::Unprocessable, "resource-invalid", issues);
            self.leave_out(arrival, failure, report, span).await?;
        }
        Ok(good)
    }

    /// Notes a refusal in the audit and the report; a fault ends everything.
    async fn leave_out(
        &self,
        arrival: Arrival,
        failure: Failure,
        report: &mut Report,
        span: &mut Span,
    ) -> Result<(), Failure> {
        let mut draft = Draft::new("create", Interaction::Create);
        draft.entities = vec![arrival.local()];
        let failure = failure.recorded(self.house, self.context, draft).await;
        let Refusal::Rejected(rejection) = &failure.refusal else { return Err(failure) };
        // A place in a bundle that we made says nothing to others.
        let place = rejection.location.as_deref().filter(|place| !place.starts_with("Bundle."));
        let message = match place {
            Some(place) => format!("{place}: {}", rejection.message),
            None => rejection.message.clone(),
        };
        report.refuse(arrival.remote, rejection.code, message);
        span.see(arrival.updated, true);
        Ok(())
    }

    /// A resource of the kind that was asked for, with what it is called there.
    fn read(&self, json: Json) -> Result<Arrival, (String, &'static str, String)> {
        let shown =
            |json: &Json| format!("{}/?", json.str("resourceType").filter(|t| valid_id(t)).unwrap_or("?"));
        let name = shown(&json);
        let resource = Resource::from_json(json)
            .map_err(|issue| (name.clone(), "resource-invalid", issue.message.clone()))?;
        let resource_type = resource.resource_type();
        if !self.wanted.contains(&resource_type) {
            return Err((name, "not-asked-for", "The partner sent a type that was not asked for".to_owned()));
        }
        let Some(id) = resource.id().filter(|id| valid_id(id)) else {
            return Err((name, "id-invalid", "The partner sent a resource without a valid id".to_owned()));
        };
        let remote = format!("{resource_type}/{id}");
        let version = resource.version_id().filter(|version| valid_id(version)).map(str::to_owned);
        let updated = resource.last_updated().and_then(Instant::parse);
        Ok(Arrival { resource, remote, version, updated })
    }

    /// Writes in as few commits as it takes: one that is refused is left out and the others are tried again, so that a
    /// Provenance never tells of what was not written.
    async fn write(
        &self,
        arrivals: Vec<Arrival>,
        report: &mut Report,
        span: &mut Span,
    ) -> Result<(), Failure> {
        let mut waiting = vec![arrivals];
        while let Some(mut some) = waiting.pop() {
            if some.is_empty() {
                continue;
            }
            let Err((failure, draft)) = self.write_all(&some, report).await else {
                for arrival in &some {
                    span.see(arrival.updated, false);
                }
                continue;
            };
            let at = match (failure.entry(), &failure.refusal) {
                (_, Refusal::Faulted(_)) => {
                    return Err(failure.recorded(self.house, self.context, draft).await);
                }
                (Some(at), _) if at < some.len() => at,
                // Its Provenance may not be written: nothing may.
                (Some(_), _) => return Err(failure.recorded(self.house, self.context, draft).await),
                (None, _) if some.len() > 1 => {
                    let half = some.split_off(some.len() / 2);
                    waiting.extend([half, some]);
                    continue;
                }
                (None, _) => 0,
            };
            let left_out = some.remove(at);
            waiting.push(some);
            self.leave_out(left_out, failure, report, span).await?;
        }
        Ok(())
    }

    /// One commit.
    async fn write_all(&self, arrivals: &[Arrival], report: &mut Report) -> Result<(), (Failure, Draft)> {
        let context = &galen_access::Context { at: self.house.clock.now(), ..self.context.clone() };
        let mut draft = Draft::new("transaction", Interaction::Execute);
        let again = || Ok(RequestBundle::transaction(self.entries(arrivals, context.at)));
        match write(self.house, context, &mut draft, Mode::Checked, again).await {
            Ok(outcome) => {
                let statuses: HashMap<usize, u16> =
                    outcome.written.iter().map(|one| (one.index, one.status.as_u16())).collect();
                for at in 0..arrivals.len() {
                    match statuses.get(&at) {
                        Some(201) => report.created += 1,
                        _ => report.updated += 1,
                    }
                }
                Ok(())
            }
            Err(failure) => Err((failure, draft)),
        }
    }

    fn entries(&self, arrivals: &[Arrival], at: Instant) -> Vec<RequestEntry> {
        let put = |arrival: &Arrival| {
            let resource_type = Some(arrival.resource.resource_type());
            let id = arrival.resource.id().map(str::to_owned);
            let target = Target { resource_type, id, ..Target::default() };
            entry_of(Method::Put, target, Some(arrival.resource.clone()))
        };
        let (name, base) = (self.partner.name.as_str(), self.naming.base());
        let told = provenance::of(arrivals, name, base, &self.house.origin, at);
        let posts = told.into_iter().map(|resource| {
            let target = Target { resource_type: Some(resource.resource_type()), ..Target::default() };
            entry_of(Method::Post, target, Some(resource))
        });
        let all = arrivals.iter().map(put).chain(posts);
        all.enumerate().map(|(index, entry)| RequestEntry { index, ..entry }).collect()
    }
}

/// What a page comes to.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// When what we brought there was written.
    pub(super) returned: Vec<Option<Instant>>,
    /// When what lies here already was written.
    pub(super) unchanged: Vec<Option<Instant>>,
    /// The others, named and referring as they are to lie here.
    pub(super) changed: Vec<Arrival>,
}

/// Tells what is new from what is ours and what lies here. Pure: all that it needs to know of the store is in `here`.
pub(super) fn sort(
    arrived: Vec<Arrival>,
    here: &Here,
    (naming, own_base, partner): (&Naming, &str, &str),
) -> Result<Sorted, Fault> {
    let mut sorted = Sorted::default();
    let is_ours =
        |one: &Arrival| naming::is_from(&one.resource, own_base) || here.link(&one.remote).is_some();
    let (ours, mut theirs): (Vec<Arrival>, Vec<Arrival>) = arrived.into_iter().partition(is_ours);
    sorted.returned.extend(ours.iter().map(|one| one.updated));
    let mut known = here.known(naming);
    for arrival in &theirs {
        let (type_name, id) = arrival.remote.split_once('/').unwrap_or_default();
        known.insert(arrival.remote.clone(), format!("{type_name}/{}", naming.local_id(type_name, id)));
    }
    for arrival in &mut theirs {
        name(arrival, &known, (naming, own_base, partner));
    }
    for arrival in theirs {
        if is_here(&arrival, here)? {
            sorted.unchanged.push(arrival.updated);
        } else {
            sorted.changed.push(arrival);
        }
    }
    Ok(sorted)
}

/// Gives it its id here, and makes its references lead where its things are.
fn name(arrival: &mut Arrival, known: &Known, (naming, own_base, partner): (&Naming, &str, &str)) {
    // An address of ours leads to what is here.
    let own = |text: &str| text.starts_with(own_base).then(|| naming::own_reference(text, own_base))?;
    let version = naming::version_of(&arrival.resource);
    let (type_name, id) = arrival.remote.split_once('/').unwrap_or_default();
    let id = naming.local_id(type_name, id);
    let resource = &mut arrival.resource;
    rewrite_references(resource, |text| naming.arriving(text, known).or_else(|| own(text)));
    resource.set_id(&id);
    resource.add_meta_coding("tag", TAG_SYSTEM, partner);
    naming::set_source(resource, &naming.source(&arrival.remote, &version));
}

/// Whether this very version lies here already, and refers to what it would refer to now.
fn is_here(arrival: &Arrival, here: &Here) -> Result<bool, Fault> {
    let Some(stored) = here.stored(&arrival.remote) else { return Ok(false) };
    let Some(resource) = stored.resource()? else { return Ok(false) };
    let source = |resource: &Resource| resource.json().str_at(&["meta", "source"]).map(str::to_owned);
    let lies = naming::references(&resource);
    let leads_there = naming::references(&arrival.resource).iter().all(|one| lies.contains(one));
    Ok(source(&resource) == source(&arrival.resource) && leads_there)
}
