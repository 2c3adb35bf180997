//! What the search index must know about a resource, found by running R4's path programs over it.

mod computed;
mod emit;
mod references;
mod walk;
mod words;

pub use references::{FoundReference, references, rewrite_references};
pub use words::{CONTENT_WORDS_MAX, content_words, narrative_words, words};

use std::collections::HashSet;
use std::sync::Arc;

use crate::decimal::Decimal;
use crate::definitions::{Leaf, ParamId, ParamKind, Parameters, SearchParameter, search_parameters};
use crate::json::Json;
use crate::reference::ParsedReference;
use crate::resource::Resource;
use crate::resource_type::ResourceType;

/// One row for the index.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IndexValue {
    /// Which parameter finds it.
    pub param: ParamId,
    /// By what.
    pub term: IndexTerm,
}

/// What a parameter finds a resource by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum IndexTerm {
    /// A coded value.
    Token {
        /// The code system or identifier namespace; `None` when the value names none.
        system: Option<Box<str>>,
        /// The code; empty when a `CodeableConcept` has only text.
        code: Box<str>,
        /// Display or text, for `:text`.
        text: Option<Box<str>>,
        /// (system, code) of an identifier's type, for `:of-type`.
        types: Vec<(Option<Box<str>>, Box<str>)>,
    },
    /// A text.
    String {
        /// As [`crate::fold::fold`] leaves it.
        folded: Box<str>,
        /// As written, for `:exact`.
        original: Box<str>,
    },
    /// A reference.
    Reference {
        /// Where it points; `None` when it has only an identifier.
        target: Option<ParsedReference>,
        /// (system, value) of a logical reference.
        identifier: Option<(Option<Box<str>>, Box<str>)>,
    },
    /// A uri, whole.
    Uri(Box<str>),
    /// A span of time in microseconds since 1970 UTC; open ends are `i64::MIN` and `i64::MAX`.
    Date {
        /// First instant inside.
        low: i64,
        /// First instant after.
        high: i64,
    },
    /// A number. A Range gives its two ends.
    Number(Decimal),
    /// A quantity. A Range gives its two ends; a comparator is not looked at.
    Quantity {
        /// Its value.
        value: Decimal,
        /// System of the unit's code; for Money ISO 4217.
        system: Option<Box<str>>,
        /// The unit's code; for Money the currency.
        code: Option<Box<str>>,
        /// The unit as written.
        unit: Option<Box<str>>,
        /// In the canonical unit, where the system is UCUM.
        canonical: Option<(Decimal, Arc<str>)>,
    },
    /// One element's values for each component of a composite parameter, in the parameter's order.
    Composite(Vec<Vec<IndexTerm>>),
}

/// Up to this many rows of one parameter, duplicates are looked for by comparing; beyond, by hash, so that a list of
/// thousands costs no square.
const COMPARED_ROWS_MAX: usize = 8;

/// Every index row of a resource, each once, in the order of [`search_parameters`]; then those of the parameters that were
/// defined here. Composites have none, nor has what other parameters keep ([`SearchParameter::kept_by`]).
pub fn extract(resource: &Resource, parameters: &Parameters) -> Vec<IndexValue> {
    let mut rows = Vec::with_capacity(48);
    let mut found = Vec::new();
    // Composites are tested on the resource itself: the index narrows by their parts.
    let kind = resource.resource_type();
    let own = search_parameters(kind).iter().filter(|one| one.kind != ParamKind::Composite && one.is_kept());
    for parameter in own.chain(parameters.to_index(kind)) {
        terms(parameter, resource.json(), &mut |term| found.push(term));
        settle(parameter.id, &mut found, &mut rows);
    }
    rows
}

/// The index rows of one parameter.
pub fn extract_of(resource: &Resource, parameter: &SearchParameter) -> Vec<IndexValue> {
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    if parameter.kind == ParamKind::Composite {
        composite(parameter, resource.json(), &mut found);
    } else {
        terms(parameter, resource.json(), &mut |term| found.push(term));
    }
    settle(parameter.id, &mut found, &mut rows);
    rows
}

/// Moves what one parameter found to the rows: alternatives of its expression may have met the same element twice.
fn settle(param: ParamId, found: &mut Vec<IndexTerm>, rows: &mut Vec<IndexValue>) {
    if found.len() > COMPARED_ROWS_MAX {
        let mut seen = HashSet::with_capacity(found.len());
        let fresh: Vec<bool> = found.iter().map(|term| seen.insert(term)).collect();
        let unique = found.drain(..).zip(fresh).filter(|(_, fresh)| *fresh);
        rows.extend(unique.map(|(term, _)| IndexValue { param, term }));
        return;
    }
    let first = rows.len();
    for term in found.drain(..) {
        if !rows.get(first..).is_some_and(|own| own.iter().any(|row| row.term == term)) {
            rows.push(IndexValue { param, term });
        }
    }
}

fn terms(parameter: &SearchParameter, json: &Json, out: &mut dyn FnMut(IndexTerm)) {
    if let Some(expression) = &parameter.expression {
        return computed::terms(parameter.kind, expression, json, out);
    }
    let mut exists = None;
    for path in &parameter.paths {
        if let Leaf::ExistsAndNotFalse = path.leaf {
            let found = exists.get_or_insert(false);
            walk::walk(json, &path.steps, &mut |value| *found |= value.as_bool() != Some(false));
            continue;
        }
        walk::walk(json, &path.steps, &mut |value| emit::emit(parameter.kind, path, value, out));
    }
    if let Some(exists) = exists {
        out(IndexTerm::Token {
            system: None,
            code: if exists { "true" } else { "false" }.into(),
            text: None,
            types: Vec::new(),
        });
    }
}

fn composite(parameter: &SearchParameter, json: &Json, out: &mut Vec<IndexTerm>) {
    for root in &parameter.paths {
        walk::walk(json, &root.steps, &mut |element| {
            let mut parts = Vec::with_capacity(parameter.components.len());
            for component in &parameter.components {
                let mut found = Vec::new();
                for path in &component.paths {
                    walk::walk(element, &path.steps, &mut |value| {
                        emit::emit(component.kind, path, value, &mut |term| found.push(term));
                    });
                }
                if found.is_empty() {
                    return;
                }
                parts.push(found);
            }
            out.push(IndexTerm::Composite(parts));
        });
    }
}

/// Ids of the patients in whose compartment a resource is (<https://hl7.org/fhir/R4/compartmentdefinition-patient.html>);
/// a Patient is in its own. References to other servers count by their id: the caller knows which base is its own.
pub fn patient_compartment(resource: &Resource) -> Vec<&str> {
    let Some(patient) = ResourceType::parse("Patient") else { return Vec::new() };
    let mut ids: Vec<&str> = Vec::new();
    if resource.resource_type() == patient {
        ids.extend(resource.id());
    }
    for parameter in search_parameters(resource.resource_type()).iter().filter(|one| one.patient_compartment)
    {
        for path in &parameter.paths {
            walk::walk(resource.json(), &path.steps, &mut |value| {
                let literal = value.str("reference").and_then(ParsedReference::parse);
                if let Some(
                    ParsedReference::Local { resource_type, id, .. }
                    | ParsedReference::Absolute { resource_type, id, .. },
                ) = literal
                    && resource_type == patient
                {
                    ids.push(id);
                }
            });
        }
    }
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(*id));
    ids
}

#[cfg(test)]
mod tests;
