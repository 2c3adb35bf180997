//! `_include` and `_revinclude`, within the caller's sight.

use crate::condition::condition;
use crate::encode;
use crate::kind_of;
use crate::reader::{Records, Stored};
use crate::resolve::View;
use crate::rows::any_term;
use crate::search::FoundRow;
use crate::sight::{conditions, shows};
use crate::stop::Stop;
use galen_fhir::bundle::SearchMode;
use galen_fhir::search::{Follow, Include, SearchQuery};
use galen_fhir::{IndexTerm, ParamKind, ParsedReference, ResourceType};
use galen_kernel::Fault;
use galen_store::{Condition, Match, Order, PAGE_ROWS_MAX, Scan, ShardId};
use std::collections::BTreeSet;

/// Most resources that one page includes beside its matches.
const INCLUDED_MAX: usize = 1_000;
/// Most times that `:iterate` goes on from what it included.
const ITERATIONS_MAX: usize = 16;

impl Records {
    /// What the matches' includes bring, and whether there was more than a page takes.
    pub(crate) async fn included(
        &self,
        queries: &[SearchQuery],
        matches: &[FoundRow],
        view: View<'_>,
    ) -> Result<(Vec<FoundRow>, bool), Stop> {
        let includes: Vec<&Include> = queries.iter().flat_map(|query| &query.includes).collect();
        let reverse: Vec<&Include> = queries.iter().flat_map(|query| &query.revincludes).collect();
        if includes.is_empty() && reverse.is_empty() {
            return Ok((Vec::new(), false));
        }
        let mut seen: BTreeSet<String> = matches.iter().map(|row| row.stored.reference()).collect();
        let mut included: Vec<Stored> = Vec::new();
        let mut from: Vec<Stored> = matches.iter().map(|row| row.stored.clone()).collect();
        let mut is_truncated = false;
        for round in 0..ITERATIONS_MAX {
            let asked = |include: &&&Include| round == 0 || include.follow == Follow::Included;
            let forward: Vec<&Include> = includes.iter().filter(asked).copied().collect();
            let mut fresh = Vec::new();
            let wanted = self.targets(&forward, &from, view)?;
            is_truncated |= wanted.len() > INCLUDED_MAX;
            for stored in
                self.get_many(wanted.get(..INCLUDED_MAX.min(wanted.len())).unwrap_or_default()).await?
            {
                let Some(visibility) = view.sight.of(stored.resource_type) else { continue };
                let Some(resource) = stored.resource()? else { continue };
                if shows(visibility, &resource, view.sealed) && seen.insert(stored.reference()) {
                    fresh.push(stored);
                }
            }
            for include in reverse.iter().filter(asked) {
                let (referring, more) = self.referring(include, &from, view).await?;
                is_truncated |= more;
                fresh.extend(referring.into_iter().filter(|stored| seen.insert(stored.reference())));
            }
            if fresh.is_empty() {
                break;
            }
            included.extend(fresh.iter().cloned());
            if included.len() > INCLUDED_MAX {
                is_truncated = true;
                break;
            }
            from = fresh;
        }
        included.truncate(INCLUDED_MAX);
        let row = |stored| FoundRow { stored, mode: SearchMode::Include };
        Ok((included.into_iter().map(row).collect(), is_truncated))
    }

    /// What the resources refer to by the included parameters.
    fn targets(
        &self,
        includes: &[&Include],
        from: &[Stored],
        view: View<'_>,
    ) -> Result<Vec<(ResourceType, String)>, Fault> {
        let mut wanted = BTreeSet::new();
        if includes.is_empty() {
            return Ok(Vec::new());
        }
        for stored in from {
            let source = stored.resource_type;
            let asked: Vec<_> = self
                .parameters()
                .of(source)
                .filter(|param| param.kind == ParamKind::Reference)
                .filter(|param| includes.iter().any(|include| include.asks_for(source, param)))
                .collect();
            if asked.is_empty() {
                continue;
            }
            let Some(resource) = stored.resource()? else { continue };
            for param in asked {
                for value in galen_fhir::extract_of(&resource, param) {
                    let IndexTerm::Reference {
                        target: Some(ParsedReference::Local { resource_type, id, .. }),
                        ..
                    } = value.term
                    else {
                        continue;
                    };
                    let is_asked = includes.iter().any(|include| {
                        include.asks_for(source, param) && include.target.is_none_or(|t| t == resource_type)
                    });
                    if is_asked && view.sight.of(resource_type).is_some() {
                        wanted.insert((resource_type.number(), id.into_string()));
                    }
                }
            }
        }
        let typed = |(number, id)| ResourceType::from_number(number).map(|resource_type| (resource_type, id));
        Ok(wanted.into_iter().filter_map(typed).collect())
    }

    /// The resources of one type in a patient's compartment, whatever their labels: for work that must reach all of
    /// them (merging), never for showing.
    pub async fn in_compartment(
        &self,
        resource_type: ResourceType,
        patient: &galen_kernel::PatientId,
        most: usize,
    ) -> Result<Vec<Stored>, Fault> {
        let subject = crate::encode::patient_subject(patient.as_str());
        let at = (galen_store::Bound::Open, galen_store::Bound::Open);
        let all = vec![Condition::Any(vec![Match::Link { subject, code: crate::rows::ANY_CODE, at }])];
        let order = Order::Key { descending: false };
        let mut found = Vec::new();
        for shard in (0..self.store().shards()).map(ShardId) {
            let mut scan = Scan::new(kind_of(resource_type), all.clone(), order, PAGE_ROWS_MAX);
            loop {
                let page = self.store().scan(shard, &scan).await?;
                let stored = |document| Stored { resource_type, shard, document };
                found.extend(page.documents.into_iter().map(stored));
                scan.after = page.next;
                if scan.after.is_none() || found.len() >= most {
                    break;
                }
            }
        }
        found.truncate(most);
        Ok(found)
    }

    /// What refers to the resources by the included parameter, and whether there is more.
    async fn referring(
        &self,
        include: &Include,
        from: &[Stored],
        view: View<'_>,
    ) -> Result<(Vec<Stored>, bool), Stop> {
        let Some(source) = include.source else { return Ok((Vec::new(), false)) };
        let Some(visibility) = view.sight.of(source) else { return Ok((Vec::new(), false)) };
        let of_target = |stored: &&Stored| include.target.is_none_or(|t| t == stored.resource_type);
        let targets: std::sync::Arc<[Vec<u8>]> =
            from.iter().filter(of_target).map(|stored| encode::uri(&stored.reference())).collect();
        if targets.is_empty() {
            return Ok((Vec::new(), false));
        }
        let parameters = self.parameters();
        let params = parameters
            .of(source)
            .filter(|param| param.kind == ParamKind::Reference && include.asks_for(source, param));
        let any = params.map(|param| any_term(param, &targets)).collect();
        let mut all = condition(Match::Any(any));
        all.extend(conditions(source, visibility, view.sealed));
        let scan = Scan::new(kind_of(source), all, Order::Key { descending: false }, PAGE_ROWS_MAX);
        let (mut found, mut more) = (Vec::new(), false);
        for shard in (0..self.store().shards()).map(ShardId) {
            let page = self.store().scan(shard, &scan).await?;
            let stored = |document| Stored { resource_type: source, shard, document };
            found.extend(page.documents.into_iter().map(stored));
            more |= page.next.is_some();
        }
        Ok((found, more))
    }
}
