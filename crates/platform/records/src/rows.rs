//! The index rows of a resource: what `galen_fhir` extracts, in the store's families.

use crate::encode::{self, CodeHash, SubjectHash, code_hash, patient_subject};
use crate::release::release_of;
use galen_fhir::{IndexTerm, IndexValue, ParamKind, Parameters, Resource, SearchParameter, search_parameter};
use galen_kernel::Instant;
use galen_store::{IndexRows, Link, Match, Param, TermMatch};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Token parameters by which a compartment is commonly searched: each gets a row led by the patient.
const LINKED_CODES: &[&str] = &["code", "category"];
/// The parameter whose date orders a compartment.
pub(crate) const LINKED_DATE: &str = "date";
/// The code of the row that stands for the whole kind.
pub(crate) const ANY_CODE: CodeHash = [0; 8];
/// Subject of the extra row that resources of more than one patient have: who may see one of them only is shown none.
pub(crate) const SHARED: SubjectHash = [0; 16];
/// Answered from the document row itself.
const NOT_STORED: &[&str] = &["_id", "_lastUpdated"];

/// A second index beside a parameter's own: its numbers lie where no parameter's do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beside(u16);

impl Beside {
    /// The number of this index of a parameter.
    pub(crate) const fn of(self, param: Param) -> Param {
        Param(param.0 | self.0)
    }
}

/// Texts of tokens, for `:text`.
pub(crate) const TEXT: Beside = Beside(0x8000);
/// Identifiers of references, for `:identifier`.
pub(crate) const IDENTIFIER: Beside = Beside(0x4000);
/// Identifiers with their types, for `:of-type`.
pub(crate) const OF_TYPE: Beside = Beside(0xC000);
/// Quantities in canonical units.
pub(crate) const CANONICAL: Beside = Beside(0x2000);
/// Words of what people read, and of the narrative: no parameters of R4's list, so they have numbers of their own.
pub(crate) const CONTENT: Param = Param(0x1FFF);
pub(crate) const NARRATIVE: Param = Param(0x1FFE);
/// When what is held back from the patient is released; a span from then on.
pub(crate) const RELEASE: Param = Param(0x1FFD);

/// Where a parameter's rows are.
pub(crate) fn places(param: &SearchParameter) -> impl Iterator<Item = Param> + '_ {
    param.kept_by.iter().map(|id| Param(id.0))
}

/// One term, asked for in every place where a parameter's rows are.
pub(crate) fn term(param: &SearchParameter, term: Vec<u8>) -> Match {
    any_term(param, &Arc::from([term]))
}

/// A list of terms, asked for in every place where a parameter's rows are.
pub(crate) fn any_term(param: &SearchParameter, terms: &Arc<[Vec<u8>]>) -> Match {
    let how = |place| match terms.as_ref() {
        [only] => Match::Term(place, TermMatch::Equals(only.clone())),
        _ => Match::TermIn(place, Arc::clone(terms)),
    };
    anywhere(param, how)
}

/// A test in every place where a parameter's rows are.
pub(crate) fn anywhere(param: &SearchParameter, test: impl Fn(Param) -> Match) -> Match {
    let mut all: Vec<Match> = places(param).map(test).collect();
    match (all.pop(), all.is_empty()) {
        (Some(only), true) => only,
        (last, _) => Match::Any(all.into_iter().chain(last).collect()),
    }
}

/// Whether a compartment has its own rows for this parameter.
pub(crate) fn is_linked_code(name: &str) -> bool {
    LINKED_CODES.contains(&name)
}

/// Whether compartment rows are ordered by this parameter.
pub(crate) fn is_linked_date(name: &str) -> bool {
    name == LINKED_DATE
}

/// The rows of a resource that is no document: what a document's own row answers is indexed as well.
pub(crate) fn journal_rows(resource: &Resource, at: Instant) -> IndexRows {
    let parameters = Parameters::default();
    let mut rows = index_rows(resource, at, &parameters);
    let values = galen_fhir::extract(resource, &parameters);
    let kind = resource.resource_type();
    let own: Vec<_> =
        NOT_STORED.iter().filter_map(|name| search_parameter(kind, name)).map(|p| p.id).collect();
    for value in values.iter().filter(|v| own.contains(&v.param)) {
        add(&mut rows, value);
    }
    rows
}

/// Every index row of `resource`, written at `at`, by the parameters in force.
pub fn index_rows(resource: &Resource, at: Instant, parameters: &Parameters) -> IndexRows {
    let values = galen_fhir::extract(resource, parameters);
    let mut rows = IndexRows::default();
    let kind = resource.resource_type();
    let numbered = |name: &str| search_parameter(kind, name).map(|p| p.id);
    let skipped: Vec<_> = NOT_STORED.iter().filter_map(|name| numbered(name)).collect();
    for value in values.iter().filter(|v| !skipped.contains(&v.param)) {
        add(&mut rows, value);
    }
    let words = |param, words: BTreeSet<String>| words.into_iter().map(move |w| (param, w.into_bytes()));
    rows.terms.extend(words(CONTENT, galen_fhir::index::content_words(resource)));
    rows.terms.extend(words(NARRATIVE, galen_fhir::index::narrative_words(resource)));
    rows.spans.extend(release_of(resource).map(|release| (RELEASE, release.micros(), i64::MAX)));
    links(&mut rows, resource, &values, at);
    rows.terms.sort_unstable();
    rows.terms.dedup();
    rows.spans.sort_unstable();
    rows.spans.dedup();
    rows.quantities.sort_unstable();
    rows.quantities.dedup();
    rows
}

fn add(rows: &mut IndexRows, value: &IndexValue) {
    let param = Param(value.param.0);
    match &value.term {
        IndexTerm::Date { low, high } => rows.spans.push((param, *low, *high)),
        IndexTerm::Number(number) => rows.quantities.push((param, number.order_key(), Vec::new())),
        IndexTerm::Quantity { value, system, code, unit, canonical } => {
            let unit = match (code, unit) {
                (Some(code), _) => encode::unit(system.as_deref(), code),
                (None, Some(unit)) => encode::unit(None, unit),
                (None, None) => Vec::new(),
            };
            rows.quantities.push((param, value.order_key(), unit));
            if let Some((value, base)) = canonical {
                rows.quantities.push((CANONICAL.of(param), value.order_key(), encode::unit(None, base)));
            }
        }
        other => {
            rows.terms.extend(encode::term(other).map(|term| (param, term)));
            beside(rows, param, other);
        }
    }
}

/// The rows for the modifiers that look at another part of the element.
fn beside(rows: &mut IndexRows, param: Param, term: &IndexTerm) {
    match term {
        IndexTerm::Token { code, text, types, .. } => {
            let text = text.as_deref().map(galen_fhir::fold::fold).filter(|text| !text.is_empty());
            rows.terms.extend(text.map(|text| (TEXT.of(param), encode::string_start(&text))));
            let of_type = |(system, kind): &(Option<Box<str>>, Box<str>)| {
                (OF_TYPE.of(param), encode::of_type(code, system.as_deref(), kind))
            };
            rows.terms.extend(types.iter().map(of_type));
        }
        IndexTerm::Reference { identifier: Some((system, value)), .. } => {
            rows.terms.push((IDENTIFIER.of(param), encode::token(system.as_deref(), value)));
        }
        _ => {}
    }
}

fn links(rows: &mut IndexRows, resource: &Resource, values: &[IndexValue], at: Instant) {
    let patients = galen_fhir::patient_compartment(resource);
    if patients.is_empty() {
        return;
    }
    let kind = resource.resource_type();
    let date = search_parameter(kind, LINKED_DATE).filter(|p| p.kind == ParamKind::Date).map(|p| p.id);
    let clinical = values.iter().find_map(|v| match v.term {
        IndexTerm::Date { low, high } if Some(v.param) == date => {
            Some(if low == i64::MIN { high } else { low })
        }
        _ => None,
    });
    // Undated rows come last in the usual order, newest first.
    let when = if date.is_some() { clinical.unwrap_or(i64::MIN) } else { at.micros() };
    let mut codes = vec![ANY_CODE];
    for name in LINKED_CODES {
        let Some(param) = search_parameter(kind, name).filter(|p| p.kind == ParamKind::Token) else {
            continue;
        };
        for value in values.iter().filter(|v| v.param == param.id) {
            if let IndexTerm::Token { code, .. } = &value.term
                && !code.is_empty()
            {
                codes.push(code_hash(param.id, code));
            }
        }
    }
    codes.sort_unstable();
    codes.dedup();
    if patients.len() > 1 {
        rows.links.push(Link { subject: SHARED, code: ANY_CODE, at: when });
    }
    for patient in patients {
        let subject = patient_subject(patient);
        rows.links.extend(codes.iter().map(|code| Link { subject, code: *code, at: when }));
    }
}
