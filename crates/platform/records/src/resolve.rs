//! Criteria as tests on the index families. What a criterion asks of other resources is looked up first, within the
//! caller's sight: chains, reverse chains, lists, hierarchies, value sets.

use crate::condition::{clause_test, condition};
use crate::encode;
use crate::kind_of;
use crate::reader::Records;
use crate::rows::{ANY_CODE, CONTENT, NARRATIVE, any_term, places};
use crate::sealed::SealedPatients;
use crate::search::unseen;
use crate::sight::{Sight, conditions};
use crate::stop::{Stop, too_costly};
use galen_fhir::search::{Clause, Criterion, Modifier, ReferenceTest, SearchValue, TokenTest};
use galen_fhir::{
    Json, ParamKind, ParsedReference, ResourceType, SearchParameter, search_parameter, search_parameters,
};
use galen_kernel::{Instant, Rejection, RejectionKind};
use galen_store::{Bound, Condition, LISTED_MAX, Match, Order, PAGE_ROWS_MAX, Scan, ShardId, TermMatch};
use std::collections::BTreeSet;

/// How many matches a condition is followed to: two say "more than one".
pub const MATCHES_RESOLVED_MAX: u32 = 2;
/// Most resources at the far end of a chain, and most that refer in a reverse chain.
const CHAIN_TARGETS_MAX: usize = LISTED_MAX;
/// Most levels of a hierarchy that `:above` and `:below` follow.
const LEVELS_MAX: usize = 32;
/// Parameters by which a resource refers to the one above it in its hierarchy.
const PARENTS: &[&str] = &["partof", "part-of"];

/// Through whose eyes, and when.
#[derive(Clone, Copy)]
pub(crate) struct View<'v> {
    pub(crate) sight: &'v Sight,
    pub(crate) sealed: &'v SealedPatients,
    pub(crate) now: Instant,
}

impl Records {
    /// What a resource of the type must pass for this criterion.
    pub(crate) async fn test(
        &self,
        about: ResourceType,
        criterion: &Criterion,
        view: View<'_>,
    ) -> Result<Match, Stop> {
        match criterion {
            Criterion::Clause(clause) => self.clause(about, clause, view).await,
            Criterion::Chained(param, chains) => {
                let mut any = Vec::with_capacity(chains.len());
                for chain in chains {
                    // A type that the caller may not see has no matches; if it is the only one, that is a refusal.
                    if view.sight.of(chain.target).is_none() && chains.len() > 1 {
                        continue;
                    }
                    let far = self.ids(chain.target, &chain.criterion, param.code, view).await?;
                    any.push(any_term(param, &references_to(chain.target, &far)));
                }
                Ok(Match::Any(any))
            }
            Criterion::Reverse(source, param, criterion) => {
                let ids = self.referred(*source, param, criterion, about, view).await?;
                Ok(self.of_ids(about, ids))
            }
            Criterion::Listed(list) => {
                let ids = self.listed(list, about, view).await?;
                Ok(self.of_ids(about, ids))
            }
            Criterion::Compartment(owner, id) => self.in_compartment_of(about, *owner, id),
            Criterion::Words(in_narrative, words) => {
                Ok(Match::All(words.iter().map(|word| word_test(word, *in_narrative)).collect()))
            }
            Criterion::All(all) => Ok(Match::All(self.tests(about, all, view).await?)),
            Criterion::Any(any) => Ok(Match::Any(self.tests(about, any, view).await?)),
            Criterion::Not(inner) => Ok(Match::Not(Box::new(Box::pin(self.test(about, inner, view)).await?))),
        }
    }

    async fn tests(
        &self,
        about: ResourceType,
        criteria: &[Criterion],
        view: View<'_>,
    ) -> Result<Vec<Match>, Stop> {
        let mut tests = Vec::with_capacity(criteria.len());
        for criterion in criteria {
            tests.push(Box::pin(self.test(about, criterion, view)).await?);
        }
        Ok(tests)
    }

    async fn clause(&self, about: ResourceType, clause: &Clause, view: View<'_>) -> Result<Match, Stop> {
        let in_journal = self.is_journal(about);
        let kind = clause.param.kind;
        match clause.modifier {
            Modifier::Above | Modifier::Below if kind == ParamKind::Reference => {
                self.hierarchy(clause, view).await
            }
            Modifier::In | Modifier::NotIn => self.coded(clause, view).await,
            Modifier::Above | Modifier::Below if kind == ParamKind::Token => self.coded(clause, view).await,
            _ => Ok(clause_test(about, clause, in_journal)),
        }
    }

    /// Codes of value sets and of hierarchies of codes, as the terminology has them.
    async fn coded(&self, clause: &Clause, view: View<'_>) -> Result<Match, Stop> {
        let mut codes = Vec::new();
        for value in &clause.any_of {
            let found = match value {
                SearchValue::ValueSet(set) => self.terminology.expand(self, set, view.now).await?,
                SearchValue::Token(TokenTest::SystemCode(system, code)) => {
                    let above = clause.modifier == Modifier::Above;
                    self.terminology.relatives(self, system, code, above, view.now).await?
                }
                _ => Err(Rejection::new(
                    RejectionKind::Malformed,
                    "search-invalid",
                    format!("'{}' with this modifier needs system|code", clause.param.code),
                )),
            };
            codes.extend(found?);
        }
        if codes.len() > LISTED_MAX {
            return Err(
                too_costly(format!("The codes asked for in '{}' are too many", clause.param.code)).into()
            );
        }
        let terms: Vec<Vec<u8>> =
            codes.iter().map(|(system, code)| encode::token(Some(system), code)).collect();
        let any = any_term(clause.param, &terms.into());
        let negated = clause.modifier == Modifier::NotIn;
        Ok(if negated { Match::Not(Box::new(any)) } else { any })
    }

    /// `location:below=Location/1`: the resource itself and all beneath (or above) it by their part-of references.
    async fn hierarchy(&self, clause: &Clause, view: View<'_>) -> Result<Match, Stop> {
        let mut any = Vec::new();
        for value in &clause.any_of {
            let SearchValue::Reference(ReferenceTest::To(ParsedReference::Local {
                resource_type, id, ..
            })) = value
            else {
                let message = format!("'{}' with ':above' or ':below' needs Type/id", clause.param.code);
                return Err(Rejection::new(RejectionKind::Malformed, "search-invalid", message).into());
            };
            let Some(parent) = parent_parameter(*resource_type) else {
                let message = format!("{} has no hierarchy", resource_type.name());
                return Err(Rejection::new(RejectionKind::Malformed, "search-invalid", message).into());
            };
            let mut known = BTreeSet::from([id.to_string()]);
            let mut level = vec![id.to_string()];
            for _ in 0..LEVELS_MAX {
                level = if clause.modifier == Modifier::Below {
                    let of = any_term(parent, &references_to(*resource_type, &level));
                    self.ids_of(*resource_type, vec![of], clause.param.code, view).await?
                } else {
                    let of = self.of_ids(*resource_type, level);
                    self.targets_of(*resource_type, parent, vec![of], *resource_type, view).await?
                };
                level.retain(|id| known.insert(id.clone()));
                if level.is_empty() {
                    break;
                }
            }
            let known: Vec<String> = known.into_iter().collect();
            any.push(any_term(clause.param, &references_to(*resource_type, &known)));
        }
        Ok(Match::Any(any))
    }

    /// The ids of what passes a criterion.
    async fn ids(
        &self,
        target: ResourceType,
        criterion: &Criterion,
        code: &str,
        view: View<'_>,
    ) -> Result<Vec<String>, Stop> {
        let test = Box::pin(self.test(target, criterion, view)).await?;
        self.ids_of(target, vec![test], code, view).await
    }

    async fn ids_of(
        &self,
        target: ResourceType,
        tests: Vec<Match>,
        code: &str,
        view: View<'_>,
    ) -> Result<Vec<String>, Stop> {
        let mut scan = self.far_scan(target, tests, view)?;
        let mut ids = Vec::new();
        for shard in (0..self.store().shards()).map(ShardId) {
            scan.after = None;
            loop {
                let (found, next) = self.store().scan_ids(shard, &scan).await?;
                ids.extend(found);
                if ids.len() > CHAIN_TARGETS_MAX {
                    let message = format!(
                        "The condition beyond '{code}' holds for more than {CHAIN_TARGETS_MAX} resources"
                    );
                    return Err(too_costly(message).into());
                }
                scan.after = next;
                if scan.after.is_none() {
                    break;
                }
            }
        }
        Ok(ids)
    }

    /// The ids of resources of type `about` that something passing `criterion` refers to by `param`.
    async fn referred(
        &self,
        source: ResourceType,
        param: &SearchParameter,
        criterion: &Criterion,
        about: ResourceType,
        view: View<'_>,
    ) -> Result<Vec<String>, Stop> {
        if view.sight.of(source).is_none() {
            return Err(unseen(source).into());
        }
        let test = Box::pin(self.test(source, criterion, view)).await?;
        self.targets_of(source, param, vec![test], about, view).await
    }

    async fn targets_of(
        &self,
        source: ResourceType,
        param: &SearchParameter,
        tests: Vec<Match>,
        about: ResourceType,
        view: View<'_>,
    ) -> Result<Vec<String>, Stop> {
        let mut scan = self.far_scan(source, tests, view)?;
        let start = format!("{}/", about.name()).into_bytes();
        let mut ids = BTreeSet::new();
        let mut looked = 0;
        let shards = (0..self.store().shards()).map(ShardId);
        for (shard, place) in shards.flat_map(|shard| places(param).map(move |place| (shard, place))) {
            scan.after = None;
            loop {
                let (terms, next) = self.store().scan_terms(shard, &scan, place).await?;
                looked += terms.len();
                let own = terms.iter().filter_map(|term| term.strip_prefix(start.as_slice()));
                ids.extend(own.filter_map(|id| std::str::from_utf8(id).ok()).map(str::to_owned));
                if looked > CHAIN_TARGETS_MAX {
                    let message = format!(
                        "The condition on {} holds for more than {CHAIN_TARGETS_MAX} resources",
                        source.name()
                    );
                    return Err(too_costly(message).into());
                }
                scan.after = next;
                if scan.after.is_none() {
                    break;
                }
            }
        }
        Ok(ids.into_iter().collect())
    }

    /// A scan of what is looked up on the way, within the caller's sight.
    fn far_scan(&self, target: ResourceType, tests: Vec<Match>, view: View<'_>) -> Result<Scan, Stop> {
        if self.is_journal(target) {
            let message = format!("{} cannot be chained through", target.name());
            return Err(Rejection::new(RejectionKind::NotSupported, "not-supported", message).into());
        }
        let Some(visibility) = view.sight.of(target) else { return Err(unseen(target).into()) };
        let mut all: Vec<Condition> = tests.into_iter().flat_map(condition).collect();
        all.extend(conditions(target, visibility, view.sealed));
        Ok(Scan::new(kind_of(target), all, Order::Key { descending: false }, PAGE_ROWS_MAX))
    }

    /// The entries of a List that are of type `about` and not deleted.
    async fn listed(&self, list: &str, about: ResourceType, view: View<'_>) -> Result<Vec<String>, Stop> {
        let none =
            || Rejection::new(RejectionKind::Malformed, "list-unknown", "There is no such List").at("_list");
        let kind = ResourceType::parse("List").ok_or_else(none)?;
        let visibility = view.sight.of(kind).ok_or_else(|| unseen(kind))?;
        let stored = self.get(kind, list).await?;
        let resource = stored.map(|stored| stored.resource()).transpose()?.flatten().ok_or_else(none)?;
        if !crate::sight::shows(visibility, &resource, view.sealed) {
            return Err(none().into());
        }
        let is_kept = |entry: &&Json| entry.get("deleted").and_then(Json::as_bool) != Some(true);
        let ids = resource.json().list("entry").filter(is_kept).filter_map(|entry| {
            match ParsedReference::parse(entry.str_at(&["item", "reference"])?)? {
                ParsedReference::Local { resource_type, id, .. } if resource_type == about => {
                    Some(id.to_owned())
                }
                _ => None,
            }
        });
        Ok(ids.take(LISTED_MAX).collect())
    }

    fn of_ids(&self, about: ResourceType, ids: Vec<String>) -> Match {
        match search_parameter(about, "_id").filter(|_| self.is_journal(about)) {
            Some(param) => {
                let terms: Vec<Vec<u8>> = ids.iter().map(|id| encode::token(None, id)).collect();
                any_term(param, &terms.into())
            }
            None => Match::Ids(ids.into()),
        }
    }

    /// In a patient's compartment by its own rows; in another's by the parameters that its definition names.
    fn in_compartment_of(&self, about: ResourceType, owner: ResourceType, id: &str) -> Result<Match, Stop> {
        if owner.name() == "Patient" {
            let subject = encode::patient_subject(id);
            return Ok(Match::Link { subject, code: ANY_CODE, at: (Bound::Open, Bound::Open) });
        }
        let mut any = Vec::new();
        if about == owner {
            any.push(self.of_ids(about, vec![id.to_owned()]));
        }
        let term = encode::uri(&format!("{}/{id}", owner.name()));
        for code in galen_fhir::compartment::parameters(owner, about) {
            if let Some(param) = search_parameter(about, code) {
                any.extend(places(param).map(|at| Match::Term(at, TermMatch::Equals(term.clone()))));
            }
        }
        if any.is_empty() {
            let message = format!("{} is in no compartment of a {}", about.name(), owner.name());
            return Err(Rejection::new(RejectionKind::NotFound, "compartment-unknown", message).into());
        }
        Ok(Match::Any(any))
    }
}

/// References to these resources, as indexed.
fn references_to(target: ResourceType, ids: &[String]) -> std::sync::Arc<[Vec<u8>]> {
    ids.iter().map(|id| encode::uri(&format!("{}/{id}", target.name()))).collect()
}

/// The parameter by which a resource refers to another of its type that it is part of.
fn parent_parameter(resource_type: ResourceType) -> Option<&'static SearchParameter> {
    search_parameters(resource_type)
        .iter()
        .find(|param| PARENTS.contains(&param.code) && param.targets.contains(&resource_type))
}

fn word_test(word: &str, in_narrative: bool) -> Match {
    let how = match word.strip_suffix('*') {
        Some(start) => TermMatch::Prefix(start.as_bytes().to_vec()),
        None => TermMatch::Equals(word.as_bytes().to_vec()),
    };
    let narrative = Match::Term(NARRATIVE, how.clone());
    if in_narrative { narrative } else { Match::Any(vec![Match::Term(CONTENT, how), narrative]) }
}
