//! What the caller may do and see: the questions that this edge asks of policy.

use crate::failure::Failure;
use galen_access::smart::grant::INSUFFICIENT_SCOPE;
use galen_access::{Category, Context, Decision, Met, Target, Visibility};
use galen_fhir::{Resource, ResourceType};
use galen_kernel::{Fault, PatientId, Rejection, RejectionKind};
use galen_records::{SealedPatients, Sight, Stored, met_by};
use galen_service::observe::Draft;
use galen_service::{House, Refusal};
use memchr::memmem;

/// A thing of this type that belongs to nobody.
pub(crate) fn plain(resource_type: ResourceType) -> Target {
    Target::plain(resource_type.name(), Category::of_type(resource_type.name()))
}

/// What policy is asked about a resource, held against the criteria of the token that the caller came with.
pub(crate) fn target_of(context: &Context, resource: &Resource, sealed: &SealedPatients) -> Target {
    let mut target = galen_records::target_of(resource, sealed);
    if let Some(grant) = &context.actor.grant {
        target.met = Met::These(met_by(resource, grant.criteria_of(target.kind)));
    }
    target
}

/// Whether the account may, but the application's token does not cover it: a client is told that much.
pub(crate) fn lacks_scope(failure: &Failure) -> bool {
    matches!(&failure.refusal, Refusal::Rejected(rejection) if rejection.code == INSUFFICIENT_SCOPE)
}

/// Asks policy about one thing; notes in the draft whose record it is and whether the glass was broken.
pub(crate) async fn permit(
    house: &House,
    context: &Context,
    action: &'static str,
    target: &Target,
    draft: &mut Draft,
) -> Result<(), Failure> {
    draft.patients.extend(target.patients.iter().map(|p| p.as_str().to_owned()));
    match house.access.authorize(context, action, target).await? {
        Decision::Allowed { broken_glass } => {
            draft.broken_glass |= broken_glass;
            Ok(())
        }
        Decision::Refused(rejection) => Err(rejection.into()),
    }
}

/// Asks policy about a write. A patient's refusal is the same whether or not there is such a resource.
pub(crate) async fn permit_write(
    house: &House,
    context: &Context,
    action: &'static str,
    target: &Target,
    draft: &mut Draft,
) -> Result<(), Failure> {
    match permit(house, context, action, target, draft).await {
        Err(failure) if context.actor.patient.is_some() && !lacks_scope(&failure) => {
            let message = format!("Your account does not permit writing this ({})", target.kind);
            Err(Rejection::new(RejectionKind::Forbidden, "not-permitted", message).into())
        }
        done => done,
    }
}

/// What a search may see of each of its types.
pub(crate) struct Seen {
    /// For records.
    pub(crate) sight: Sight,
    /// Why the first type cannot be seen, if it cannot.
    pub(crate) refused: Option<Rejection>,
    /// Patients who are seen by break-glass only.
    pub(crate) opened: Vec<PatientId>,
}

/// The sight of these types; the first is the one that is searched.
pub(crate) async fn sight(
    house: &House,
    context: &Context,
    types: impl IntoIterator<Item = ResourceType>,
) -> Result<Seen, Fault> {
    sight_for(house, context, "FhirSearch", types).await
}

/// The same for another action than a search.
pub(crate) async fn sight_for(
    house: &House,
    context: &Context,
    action: &'static str,
    types: impl IntoIterator<Item = ResourceType>,
) -> Result<Seen, Fault> {
    let mut seen = Seen { sight: Sight::nothing(), refused: None, opened: Vec::new() };
    for (place, resource_type) in types.into_iter().enumerate() {
        if place > 0 && seen.sight.of(resource_type).is_some() {
            continue;
        }
        match house.access.visibility(context, action, &plain(resource_type)).await? {
            Ok(visibility) => {
                let Visibility { opened, .. } = &visibility;
                seen.opened
                    .extend(opened.iter().filter(|p| !seen.opened.contains(p)).cloned().collect::<Vec<_>>());
                seen.sight = seen.sight.with(resource_type, visibility);
            }
            Err(rejection) if place == 0 => seen.refused = Some(rejection),
            Err(_) => {}
        }
    }
    Ok(seen)
}

/// Notes the patients whom these resources name, and whether any of them is seen by break-glass only.
pub(crate) fn note_rows(rows: &[Stored], opened: &[PatientId], draft: &mut Draft) {
    for stored in rows {
        let body = stored.document.body.as_deref().unwrap_or_default();
        note_patients(stored.resource_type, &stored.document.id, body, &mut draft.patients);
    }
    draft.broken_glass |= opened.iter().any(|p| draft.patients.iter().any(|shown| shown == p.as_str()));
}

/// Notes the patients whom a stored resource names: for the audit of a search, which must not parse a page to write it.
/// Everything stored is written by this program, so a reference to a patient always looks like this.
pub(crate) fn note_patients(resource_type: ResourceType, id: &str, body: &[u8], patients: &mut Vec<String>) {
    const START: &[u8] = b"\"reference\":\"Patient/";
    if resource_type.name() == "Patient" {
        patients.push(id.to_owned());
        return;
    }
    for at in memmem::find_iter(body, START) {
        let rest = body.get(at + START.len()..).unwrap_or_default();
        let end = rest.iter().position(|b| matches!(b, b'"' | b'/')).unwrap_or(0);
        if let Some(found) = rest.get(..end).and_then(|id| std::str::from_utf8(id).ok())
            && !found.is_empty()
            && patients.last().is_none_or(|last| last != found)
        {
            patients.push(found.to_owned());
        }
    }
}
