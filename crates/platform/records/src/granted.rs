//! What an application's token covers, as conditions of a scan and as a test of one resource: a patient's compartment,
//! search criteria of a granular scope, or both.

use crate::condition::clause_test;
use crate::sight::in_compartment_alone;
use galen_access::smart::Granted;
use galen_fhir::bundle::query_pairs;
use galen_fhir::search::{Clause, Criterion, Handling, Modifier, SearchValue, parse};
use galen_fhir::{ParamKind, Parameters, Resource, ResourceType};
use galen_kernel::PatientId;
use galen_store::Match;

/// Most criteria of one scope.
const CRITERIA_MAX: usize = 10;
/// The type whose rows are made from the journal: no criteria of scopes are held against it.
const AUDIT_EVENT: &str = "AuditEvent";

/// Whether criteria can be held against every resource of the type, found or in hand: clauses of its own elements,
/// whose answer needs no other resource and no terminology.
pub fn is_enforceable(resource_type: ResourceType, criteria: &str) -> bool {
    clauses(resource_type, criteria).is_some()
}

/// Which of these criteria a resource meets.
pub fn met_by<'c>(resource: &Resource, all: impl Iterator<Item = &'c str>) -> Vec<String> {
    all.filter(|criteria| meets(resource, criteria)).map(str::to_owned).collect()
}

fn meets(resource: &Resource, criteria: &str) -> bool {
    let Some(clauses) = clauses(resource.resource_type(), criteria) else { return false };
    clauses.iter().all(|clause| clause.matches(&galen_fhir::extract_of(resource, clause.param)))
}

fn clauses(resource_type: ResourceType, criteria: &str) -> Option<Vec<Clause>> {
    if resource_type.name() == AUDIT_EVENT {
        return None;
    }
    let pairs = query_pairs(criteria)?;
    if pairs.is_empty() || pairs.len() > CRITERIA_MAX {
        return None;
    }
    // What governs the result instead of choosing from it (and what is answered from the document's row) is no criterion.
    let is_own = |name: &str| !name.starts_with('_') || matches!(name, "_security" | "_tag");
    if !pairs.iter().all(|(name, _)| is_own(name)) {
        return None;
    }
    // R4's own parameters alone: what a token covers must not change with a definition that somebody stores.
    let query = parse(resource_type, &pairs, Handling::Strict, &Parameters::default()).ok()?;
    query.criteria.into_iter().map(plain).collect()
}

fn plain(criterion: Criterion) -> Option<Clause> {
    let Criterion::Clause(clause) = criterion else { return None };
    let needs_no_other = matches!(
        clause.modifier,
        Modifier::None
            | Modifier::Not
            | Modifier::Missing(_)
            | Modifier::Exact
            | Modifier::Contains
            | Modifier::Type(_)
    );
    let is_plain = |value: &SearchValue| !matches!(value, SearchValue::Near(_) | SearchValue::ValueSet(_));
    let fits = needs_no_other
        && !matches!(clause.param.kind, ParamKind::Composite | ParamKind::Special)
        && clause.any_of.iter().all(is_plain);
    fits.then_some(clause)
}

/// What rows of the type must pass to be covered in one of these ways.
pub(crate) fn test(resource_type: ResourceType, ways: &[Granted]) -> Match {
    let way = |way: &Granted| {
        let mut all: Vec<Match> = way.patient.iter().map(in_compartment_alone).collect();
        if let Some(criteria) = &way.criteria {
            let clauses = clauses(resource_type, criteria)?;
            all.extend(clauses.iter().map(|clause| clause_test(resource_type, clause, false)));
        }
        Some(Match::All(all))
    };
    let mut tests: Vec<Match> = ways.iter().filter_map(way).collect();
    match (tests.len(), tests.pop()) {
        // Conditions that stand by themselves are planned better than alternatives.
        (1, Some(only)) => only,
        (_, Some(last)) => {
            tests.push(last);
            Match::Any(tests)
        }
        (_, None) => Match::Any(Vec::new()),
    }
}

/// Whether a resource in these patients' compartments is covered in one of these ways.
pub(crate) fn covers(ways: &[Granted], patients: &[PatientId], resource: &Resource) -> bool {
    ways.iter().any(|way| {
        let is_patients = way
            .patient
            .as_ref()
            .is_none_or(|own| !patients.is_empty() && patients.iter().all(|one| one == own));
        is_patients && way.criteria.as_ref().is_none_or(|criteria| meets(resource, criteria))
    })
}
