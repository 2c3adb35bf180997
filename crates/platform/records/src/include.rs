//! `_include` and `_revinclude`, within the caller's sight.

use crate::encode;
use crate::kind_of;
use crate::reader::{Records, Stored};
use crate::sealed::SealedPatients;
use crate::search::FoundRow;
use crate::sight::{Sight, conditions, shows};
use galen_fhir::bundle::SearchMode;
use galen_fhir::search::{Include, SearchQuery};
use galen_fhir::{IndexTerm, ParsedReference, ResourceType};
use galen_kernel::Fault;
use galen_store::{Condition, Match, Order, PAGE_ROWS_MAX, Param, Scan, ShardId, TermMatch};
use std::collections::BTreeSet;

/// Most resources that one page includes beside its matches.
const INCLUDED_MAX: usize = 1_000;

impl Records {
    pub(crate) async fn included(
        &self,
        query: &SearchQuery,
        matches: &[FoundRow],
        sight: &Sight,
        sealed: &SealedPatients,
    ) -> Result<Vec<FoundRow>, Fault> {
        let mut seen: BTreeSet<String> = matches.iter().map(|row| row.stored.reference()).collect();
        let mut included = Vec::new();
        let wanted = Self::targets(&query.includes, matches, sight)?;
        for stored in self.get_many(&wanted).await? {
            let Some(visibility) = sight.of(stored.resource_type) else { continue };
            let Some(resource) = stored.resource()? else { continue };
            if shows(visibility, &resource, sealed) && seen.insert(stored.reference()) {
                included.push(stored);
            }
        }
        for include in &query.revincludes {
            for stored in self.referring(include, matches, sight, sealed).await? {
                if seen.insert(stored.reference()) {
                    included.push(stored);
                }
            }
        }
        included.truncate(INCLUDED_MAX);
        Ok(included.into_iter().map(|stored| FoundRow { stored, mode: SearchMode::Include }).collect())
    }

    /// What the matches refer to by the included parameters.
    fn targets(
        includes: &[Include],
        matches: &[FoundRow],
        sight: &Sight,
    ) -> Result<Vec<(ResourceType, String)>, Fault> {
        let mut wanted = BTreeSet::new();
        if includes.is_empty() {
            return Ok(Vec::new());
        }
        for row in matches {
            let Some(resource) = row.stored.resource()? else { continue };
            for value in galen_fhir::extract(&resource) {
                let asked = includes
                    .iter()
                    .find(|i| i.source == resource.resource_type() && i.param.id == value.param);
                let (
                    Some(include),
                    IndexTerm::Reference {
                        target: Some(ParsedReference::Local { resource_type, id, .. }),
                        ..
                    },
                ) = (asked, &value.term)
                else {
                    continue;
                };
                if include.target.is_none_or(|t| t == *resource_type) && sight.of(*resource_type).is_some() {
                    wanted.insert((resource_type.number(), id.to_string()));
                }
            }
        }
        Ok(wanted
            .into_iter()
            .take(INCLUDED_MAX)
            .filter_map(|(number, id)| ResourceType::from_number(number).map(|t| (t, id)))
            .collect())
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
            let mut scan = Scan {
                kind: kind_of(resource_type),
                all: all.clone(),
                order,
                after: None,
                limit: PAGE_ROWS_MAX,
            };
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

    /// What refers to the matches by the included parameter.
    async fn referring(
        &self,
        include: &Include,
        matches: &[FoundRow],
        sight: &Sight,
        sealed: &SealedPatients,
    ) -> Result<Vec<Stored>, Fault> {
        let Some(visibility) = sight.of(include.source) else { return Ok(Vec::new()) };
        let targets: Vec<Match> = matches
            .iter()
            .filter(|row| include.target.is_none_or(|t| t == row.stored.resource_type))
            .map(|row| {
                let term = encode::uri(&row.stored.reference());
                Match::Term(Param(include.param.id.0), TermMatch::Equals(term))
            })
            .collect();
        if targets.is_empty() {
            return Ok(Vec::new());
        }
        let mut all = vec![Condition::Any(targets)];
        all.extend(conditions(include.source, visibility, sealed));
        let order = Order::Key { descending: false };
        let scan = Scan { kind: kind_of(include.source), all, order, after: None, limit: PAGE_ROWS_MAX };
        let mut found = Vec::new();
        for shard in (0..self.store().shards()).map(ShardId) {
            let page = self.store().scan(shard, &scan).await?;
            let stored = |document| Stored { resource_type: include.source, shard, document };
            found.extend(page.documents.into_iter().map(stored));
        }
        Ok(found)
    }
}
