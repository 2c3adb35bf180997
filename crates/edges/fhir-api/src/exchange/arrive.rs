//! What came from a partner, on its way into the store: told from what is ours, named, and written with its Provenance.

use super::link::Link;
use super::naming::{self, Known, Naming, TAG_SYSTEM};
use super::partner::Partner;
use super::progress::Span;
use super::provenance;
use super::report::Report;
use crate::ask::entry_of;
use crate::failure::Failure;
use crate::write::{Mode, write};
use galen_access::Context;
use galen_audit::Interaction;
use galen_fhir::bundle::{Method, RequestBundle, RequestEntry, Target};
use galen_fhir::index::rewrite_references;
use galen_fhir::{Issue, Json, Resource, ResourceType, valid_id, validate};
use galen_kernel::{Fault, Instant};
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
    remote: String,
    /// Its version there, where the server counts.
    version: Option<String>,
    updated: Option<Instant>,
}

impl Arrival {
    /// `Type/id` here.
    pub(super) fn local(&self) -> String {
        format!("{}/{}", self.resource.resource_type(), self.resource.id().unwrap_or_default())
    }

    /// `Type/id/_history/version` there.
    pub(super) fn remote_version(&self) -> String {
        match &self.version {
            Some(version) => format!("{}/_history/{version}", self.remote),
            None => self.remote.clone(),
        }
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
        let mut theirs = Vec::with_capacity(arrived.len());
        for arrival in arrived {
            if self.is_ours(&arrival).await? {
                report.returned += 1;
                span.see(arrival.updated, false);
            } else {
                theirs.push(arrival);
            }
        }
        self.name(&mut theirs).await?;
        let mut changed = Vec::with_capacity(theirs.len());
        for arrival in theirs {
            if self.is_here(&arrival).await? {
                report.unchanged += 1;
                span.see(arrival.updated, false);
            } else if let Some(issue) = validate(&arrival.resource).into_iter().find(Issue::is_error) {
                let message = format!("{}: {}", issue.location, issue.message);
                report.refuse(arrival.remote, "resource-invalid", message);
                span.see(arrival.updated, true);
            } else {
                changed.push(arrival);
            }
        }
        while !changed.is_empty() {
            let rest = changed.split_off(changed.len().min(RESOURCES_AT_ONCE));
            self.write(changed, report, span).await?;
            changed = rest;
        }
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

    /// Whether it is something that we brought there.
    async fn is_ours(&self, arrival: &Arrival) -> Result<bool, Fault> {
        let house = self.house;
        Ok(naming::is_from(&arrival.resource, &house.fhir_base())
            || Link::of_remote(house, self.naming.base(), &arrival.remote).await?.is_some())
    }

    /// Gives each its id here, and makes its references lead where its things are.
    async fn name(&self, arrivals: &mut [Arrival]) -> Result<(), Fault> {
        let known = self.known(arrivals).await?;
        let own_base = self.house.fhir_base();
        // An address of ours leads to what is here.
        let own = |text: &str| text.starts_with(&own_base).then(|| naming::own_reference(text, &own_base))?;
        for arrival in arrivals {
            let version = naming::version_of(&arrival.resource);
            let (type_name, id) = arrival.remote.split_once('/').unwrap_or_default();
            let id = self.naming.local_id(type_name, id);
            let resource = &mut arrival.resource;
            rewrite_references(resource, |text| self.naming.arriving(text, &known).or_else(|| own(text)));
            resource.set_id(&id);
            resource.add_meta_coding("tag", TAG_SYSTEM, &self.partner.name);
            naming::set_source(resource, &self.naming.source(&arrival.remote, &version));
        }
        Ok(())
    }

    /// What the resources refer to that is here, or comes with them.
    async fn known(&self, arrivals: &[Arrival]) -> Result<Known, Fault> {
        let mut known = Known::new();
        let local_of = |remote: &str| {
            let (type_name, id) = remote.split_once('/').unwrap_or_default();
            (ResourceType::parse(type_name), self.naming.local_id(type_name, id))
        };
        for arrival in arrivals {
            let (_, id) = local_of(&arrival.remote);
            known.insert(arrival.remote.clone(), format!("{}/{id}", arrival.resource.resource_type()));
        }
        let mut asked: HashSet<String> = HashSet::new();
        for text in arrivals.iter().flat_map(|one| naming::references(&one.resource)) {
            let Some(remote) = self.naming.their_reference(&text) else { continue };
            if known.contains_key(&remote) || !asked.insert(remote.clone()) {
                continue;
            }
            let (Some(resource_type), id) = local_of(&remote) else { continue };
            let stored = self.house.records.get(resource_type, &id).await?;
            if stored.is_some_and(|stored| !stored.document.deleted) {
                known.insert(remote, format!("{resource_type}/{id}"));
            } else if let Some(link) = Link::of_remote(self.house, self.naming.base(), &remote).await? {
                known.insert(remote, link.local);
            }
        }
        Ok(known)
    }

    /// Whether this very version lies here already, and refers to what it would refer to now.
    async fn is_here(&self, arrival: &Arrival) -> Result<bool, Fault> {
        let id = arrival.resource.id().unwrap_or_default();
        let stored = self.house.records.get(arrival.resource.resource_type(), id).await?;
        let Some(stored) = stored.filter(|stored| !stored.document.deleted) else { return Ok(false) };
        let Some(resource) = stored.resource()? else { return Ok(false) };
        let source = |resource: &Resource| resource.json().str_at(&["meta", "source"]).map(str::to_owned);
        let here = naming::references(&resource);
        let leads_there = naming::references(&arrival.resource).iter().all(|one| here.contains(one));
        Ok(source(&resource) == source(&arrival.resource) && leads_there)
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
            let mut draft = Draft::new("create", Interaction::Create);
            draft.entities = vec![left_out.local()];
            let failure = failure.recorded(self.house, self.context, draft).await;
            let Refusal::Rejected(rejection) = &failure.refusal else { return Err(failure) };
            report.refuse(left_out.remote, rejection.code, rejection.message.as_str());
            span.see(left_out.updated, true);
        }
        Ok(())
    }

    /// One commit.
    async fn write_all(&self, arrivals: &[Arrival], report: &mut Report) -> Result<(), (Failure, Draft)> {
        let context = &galen_access::Context { at: self.house.clock.now(), ..self.context.clone() };
        let mut draft = Draft::new("transaction", Interaction::Execute);
        let again = || Ok(RequestBundle::transaction(self.entries(arrivals, context.at)));
        match write(self.house, context, &mut draft, Mode::Alone, again).await {
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
