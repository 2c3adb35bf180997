//! Who saw a patient's record, and why: the audit, in words that a patient can read.

use super::registering::target;
use super::view::{AccessPage, AccessView};
use crate::{queries, store};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_kernel::{Instant, PatientId, Rejection, RejectionKind};
use galen_service::answering::shown;
use galen_service::observe::Draft;
use galen_service::{Caller, House, Refusal};
use std::sync::Arc;

/// `GET /api/patients/{id}/accesses`.
pub(super) async fn accesses(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    wanted: Result<Query<queries::ListAccesses>, QueryRejection>,
) -> Result<Response, Refusal> {
    let mut draft = Draft::new("ListAccesses", Interaction::Read);
    let wanted = wanted.map(|Query(wanted)| wanted).map_err(|_| {
        Rejection::new(RejectionKind::Malformed, "criteria-invalid", "There is a parameter that is not known")
            .next("Use page")
    });
    let listed = accesses_of(&house, &context, &id, wanted, &mut draft).await;
    shown(&house, &context, draft, listed).await
}

/// Who saw a patient's record, for whoever may know.
pub(crate) async fn accesses_of(
    house: &House,
    context: &Context,
    id: &str,
    wanted: Result<queries::ListAccesses, Rejection>,
    draft: &mut Draft,
) -> Result<AccessPage, Refusal> {
    let anybody = Target::plain("AuditEvent", Category::Audit);
    house.access.visibility(context, "ListAccesses", &anybody).await??;
    let wanted = wanted?;
    let patient = store::load(house, id).await?;
    draft.entities = vec![format!("Patient/{id}")];
    draft.patients = vec![id.to_owned()];
    let label = target(house, &patient, context).await?.label;
    let about = anybody.of(vec![patient.id.clone()]).labelled(label);
    draft.allow(house, context, "ListAccesses", &about).await?;
    page(house, &patient.id, &wanted, context.at).await
}

async fn page(
    house: &House,
    patient: &PatientId,
    wanted: &queries::ListAccesses,
    now: Instant,
) -> Result<AccessPage, Refusal> {
    let found = queries::accesses(house, patient, wanted, now).await?;
    let people = queries::people(house, found.accesses.iter().map(|access| access.user.as_str())).await?;
    let accesses = found
        .accesses
        .into_iter()
        .map(|access| {
            let who = people.get(&access.user);
            AccessView::new(access, who)
        })
        .collect();
    Ok(AccessPage { accesses, next: found.next })
}
