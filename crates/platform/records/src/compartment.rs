//! The compartment rows that answer a search: those led by the patient, and within by a code.

use crate::encode::{SubjectHash, code_hash, patient_subject};
use crate::rows::{ANY_CODE, is_linked_code};
use galen_fhir::search::{Clause, Criterion, Modifier, ReferenceTest, SearchValue, TokenTest};
use galen_fhir::{ParsedReference, ResourceType};
use galen_store::{Bound, Match, Order};

/// A patient's compartment and what narrows it there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compartment {
    subject: SubjectHash,
    code: [u8; 8],
}

impl Compartment {
    /// Being in it.
    pub(crate) fn test(self) -> Match {
        let at = (Bound::Open, Bound::Open);
        Match::Link { subject: self.subject, code: self.code, at }
    }

    /// By the date of its rows.
    pub(crate) fn order(self, descending: bool) -> Order {
        Order::Linked { subject: self.subject, code: self.code, descending }
    }
}

/// The compartment that the criteria name, if they name one.
pub(crate) fn compartment(resource_type: ResourceType, criteria: &[Criterion]) -> Option<Compartment> {
    let patient = criteria.iter().find_map(|criterion| match criterion {
        Criterion::Clause(clause) => patient_of(resource_type, clause),
        Criterion::Compartment(owner, id) if owner.name() == "Patient" => Some(id),
        _ => None,
    })?;
    let code = criteria.iter().find_map(linked_code).unwrap_or(ANY_CODE);
    Some(Compartment { subject: patient_subject(patient), code })
}

/// Whether the compartment's rows answer the criterion by themselves: a bare code does, with a system the term decides as
/// well; and being in the compartment is what they say.
pub(crate) fn is_answered_by(criterion: &Criterion, compartment: Compartment) -> bool {
    match criterion {
        Criterion::Clause(clause) => {
            let bare = matches!(clause.any_of.as_slice(), [SearchValue::Token(TokenTest::Code(_))]);
            bare && compartment.code != ANY_CODE && linked_code(criterion) == Some(compartment.code)
        }
        Criterion::Compartment(owner, id) => {
            owner.name() == "Patient" && patient_subject(id) == compartment.subject
        }
        _ => false,
    }
}

/// Whether the clause's parameter is the patients among the subjects, and subjects put resources into compartments: the
/// compartment definition names only `subject` then.
fn is_patient_of_subject(resource_type: ResourceType, clause: &Clause) -> bool {
    clause.param.code == "patient"
        && galen_fhir::search_parameter(resource_type, "subject")
            .is_some_and(|subject| subject.patient_compartment)
}

/// The one patient that a clause names, when the clause's parameter puts resources into patients' compartments.
fn patient_of(resource_type: ResourceType, clause: &Clause) -> Option<&str> {
    if !(clause.param.patient_compartment || is_patient_of_subject(resource_type, clause)) {
        return None;
    }
    let is_patient = |t: &ResourceType| t.name() == "Patient";
    let of_type = match clause.modifier {
        Modifier::None => true,
        Modifier::Type(t) => is_patient(&t),
        _ => false,
    };
    match clause.any_of.as_slice() {
        [SearchValue::Reference(ReferenceTest::Id(id))] if of_type => {
            // A bare id may be another type's where the parameter allows several: the reference condition decides;
            // the compartment then only narrows when Patient is the sole target.
            // What is called 'patient' indexes patients only, whatever else its element may refer to.
            let sole = matches!(clause.modifier, Modifier::Type(_))
                || clause.param.code == "patient"
                || clause.param.targets.iter().all(is_patient);
            sole.then_some(id)
        }
        [SearchValue::Reference(ReferenceTest::To(ParsedReference::Local { resource_type, id, .. }))]
            if of_type && is_patient(resource_type) =>
        {
            Some(id)
        }
        _ => None,
    }
}

/// The code that a clause asks for in a compartment row.
fn linked_code(criterion: &Criterion) -> Option<[u8; 8]> {
    let Criterion::Clause(clause) = criterion else { return None };
    if clause.modifier != Modifier::None || !is_linked_code(clause.param.code) {
        return None;
    }
    match clause.any_of.as_slice() {
        [SearchValue::Token(TokenTest::Code(code) | TokenTest::SystemCode(_, code))] => {
            Some(code_hash(clause.param.id, code))
        }
        _ => None,
    }
}
