//! Which resource scopes mean something here: types that R4 has, and criteria that every way to a resource can enforce.

use galen_access::smart::scope::ResourceScope;
use galen_fhir::ResourceType;
use galen_records::is_enforceable;

/// Whether a scope can be enforced.
pub(crate) fn fits(scope: &ResourceScope) -> bool {
    match (&scope.kind, &scope.criteria) {
        (None, None) => true,
        // Criteria are of one type's parameters.
        (None, Some(_)) => false,
        (Some(kind), criteria) => ResourceType::parse(kind).is_some_and(|resource_type| {
            criteria.as_ref().is_none_or(|criteria| is_enforceable(resource_type, criteria))
        }),
    }
}
