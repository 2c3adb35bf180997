//! QuestionnaireResponses on their way in: what patients write of themselves.

use crate::decide::answering::{Answers, answer};
use futures_util::future::BoxFuture;
use galen_access::Context;
use galen_fhir::{ParsedReference, Resource};
use galen_kernel::PatientId;
use galen_records::Change;
use galen_service::guard::Passed;
use galen_service::{Guard, House, Proposal, Refusal};

/// The guard of QuestionnaireResponse.
pub static ANSWERS: AnswersGuard = AnswersGuard;

/// What the rules read of a QuestionnaireResponse.
pub fn answers(response: &Resource) -> Answers {
    let json = response.json();
    let named = |member: &str| json.get(member).map(|one| one.str("reference").and_then(patient_of));
    let (source, author) = (named("source"), named("author"));
    let source_patient = source.clone().flatten();
    let is_others = source.is_some_and(|source| source.is_none())
        || author.is_some_and(|author| author.is_none() || author != source_patient);
    let status = json.str("status").unwrap_or_default().to_owned();
    Answers { status, source: source_patient, is_others }
}

fn patient_of(reference: &str) -> Option<PatientId> {
    PatientId::parse(ParsedReference::local_id(reference, "Patient")?).ok()
}

/// Asks the rules about what patients write.
pub struct AnswersGuard;

impl Guard for AnswersGuard {
    fn resource_type(&self) -> &'static str {
        "QuestionnaireResponse"
    }

    fn pass<'g>(
        &'g self,
        _: &'g House,
        context: &'g Context,
        proposal: Proposal<'g>,
        _: &'g mut Change,
    ) -> BoxFuture<'g, Result<Passed, Refusal>> {
        Box::pin(async move {
            if let (Some(patient), Some(after)) = (&context.actor.patient, &proposal.resource) {
                let before = proposal.current.as_ref().map(answers);
                answer(patient, before.as_ref(), &answers(after))?;
            }
            Ok(Passed { resource: proposal.resource, warnings: Vec::new() })
        })
    }
}
