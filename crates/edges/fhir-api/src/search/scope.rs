//! What is searched: one type, several, or a compartment; each type has its own query.

use crate::ask::Scope;
use crate::failure::Failure;
use galen_fhir::bundle::Member;
use galen_fhir::search::{Criterion, Handling, SearchQuery, parse};
use galen_fhir::{Issue, IssueCode, Parameters, ResourceType, compartment};
use galen_kernel::{Rejection, RejectionKind};

/// The parameter that names the types of a search over several.
const TYPE: &str = "_type";
/// What starts from one type and is no use to the others.
const INCLUDES: &[&str] = &["_include", "_revinclude"];

/// A search, read for each of its types.
pub(super) struct Asked {
    /// One query a type, at least one.
    pub(super) queries: Vec<SearchQuery>,
    /// Whether the caller named the types, so that one he may not see is a refusal.
    pub(super) is_named: bool,
    /// Its address after the base, `Patient` or `Patient/1/Observation`; empty for the whole system.
    pub(super) path: String,
}

impl Scope {
    /// Its address after the base.
    pub(super) fn path(&self) -> String {
        match self {
            Self::Type(resource_type) => resource_type.name().to_owned(),
            Self::System => String::new(),
            Self::Compartment { compartment, id, member } => {
                let member = match member {
                    Member::Type(resource_type) => resource_type.name(),
                    Member::All => "*",
                };
                format!("{}/{id}/{member}", compartment.name())
            }
        }
    }
}

/// Reads the search of a scope. Under lenient handling, pairs that are left out are taken out of `pairs`.
pub(super) fn read(
    scope: &Scope,
    pairs: &mut Vec<(String, String)>,
    handling: Handling,
    base: &str,
    parameters: &Parameters,
) -> Result<Asked, Failure> {
    let path = scope.path();
    let (types, is_named) = types(scope, pairs)?;
    let plain: Vec<(String, String)> = match scope {
        Scope::Type(_) => pairs.clone(),
        _ => pairs.iter().filter(|(name, _)| name != TYPE).cloned().collect(),
    };
    let mut queries = Vec::with_capacity(types.len());
    for resource_type in &types {
        let own = own_pairs(*resource_type, &plain, types.len() > 1, parameters);
        let mut query = parse(*resource_type, &own, handling, parameters)
            .map_err(|issues| Failure::of_issues(RejectionKind::Malformed, "search-invalid", issues))?;
        query.localize(base);
        if let Scope::Compartment { compartment, id, .. } = scope {
            query.criteria.insert(0, Criterion::Compartment(*compartment, id.as_str().into()));
        }
        queries.push(query);
    }
    if types.len() > 1 {
        shared(&types, &plain, &queries, parameters)?;
    }
    if let Some(first) = queries.first().filter(|query| !query.ignored.is_empty()) {
        // The self link tells what was really looked for.
        let about = first.resource_type;
        pairs.retain(|pair| pair.0 == TYPE || is_taken(about, pair, parameters));
    }
    Ok(Asked { queries, is_named, path })
}

fn types(scope: &Scope, pairs: &[(String, String)]) -> Result<(Vec<ResourceType>, bool), Failure> {
    let mut named = Vec::new();
    for name in pairs.iter().filter(|(name, _)| name == TYPE).flat_map(|(_, value)| value.split(',')) {
        let known = ResourceType::parse(name.trim()).ok_or_else(|| wrong("_type names no resource type"))?;
        if !named.contains(&known) {
            named.push(known);
        }
    }
    match scope {
        Scope::Type(resource_type) => Ok((vec![*resource_type], true)),
        Scope::System if named.is_empty() => Ok((ResourceType::all().collect(), false)),
        Scope::System => Ok((named, true)),
        Scope::Compartment { compartment: owner, member, .. } => {
            let members = compartment::members(*owner);
            if !compartment::is_owner(*owner) {
                let message = format!("There are no compartments of {}", owner.name());
                return Err(Rejection::new(RejectionKind::NotFound, "compartment-unknown", message).into());
            }
            match member {
                Member::Type(one) if members.contains(one) => Ok((vec![*one], true)),
                Member::Type(one) => {
                    let message = format!("{} is in no compartment of {}", one.name(), owner.name());
                    Err(Rejection::new(RejectionKind::NotFound, "compartment-unknown", message).into())
                }
                Member::All if named.is_empty() => Ok((members, false)),
                Member::All => Ok((named.into_iter().filter(|one| members.contains(one)).collect(), true)),
            }
        }
    }
}

/// Whether the type can be searched by this pair.
fn is_taken(resource_type: ResourceType, pair: &(String, String), parameters: &Parameters) -> bool {
    parse(resource_type, std::slice::from_ref(pair), Handling::Strict, parameters).is_ok()
}

/// The pairs for one of several types: includes only where they start from it.
fn own_pairs(
    resource_type: ResourceType,
    pairs: &[(String, String)],
    is_several: bool,
    parameters: &Parameters,
) -> Vec<(String, String)> {
    let is_own = |pair: &&(String, String)| {
        let name = pair.0.split(':').next().unwrap_or_default();
        !(is_several && INCLUDES.contains(&name)) || is_taken(resource_type, pair, parameters)
    };
    pairs.iter().filter(is_own).cloned().collect()
}

/// Refuses what several types cannot share: an include that starts from none of them, and an order that is not theirs all.
fn shared(
    types: &[ResourceType],
    pairs: &[(String, String)],
    queries: &[SearchQuery],
    parameters: &Parameters,
) -> Result<(), Failure> {
    for pair in
        pairs.iter().filter(|(name, _)| INCLUDES.contains(&name.split(':').next().unwrap_or_default()))
    {
        if !types.iter().any(|one| is_taken(*one, pair, parameters)) {
            return Err(wrong("an include must start from (or lead to) one of the types that are searched"));
        }
    }
    let kinds = |query: &SearchQuery| -> Vec<_> {
        query.sort.iter().map(|key| (key.param.id, key.param.kind, key.descending)).collect()
    };
    let first = queries.first().map(kinds).unwrap_or_default();
    if queries.iter().any(|query| kinds(query) != first) {
        return Err(wrong("_sort must be by a parameter that all of the types have, as _lastUpdated"));
    }
    Ok(())
}

fn wrong(message: &str) -> Failure {
    let issue = Issue::error(IssueCode::Invalid, message);
    Failure::of_issues(RejectionKind::Malformed, "search-invalid", vec![issue])
}
