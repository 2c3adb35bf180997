//! The handlers.

use super::merging;
use super::registering::{may_ever, target};
use super::view::{PatientPage, PatientView};
use crate::commands::{AmendPatient, MergePatients, RegisterPatient, UnmergePatients};
use crate::fhir::demographics;
use crate::queries::{self, FindPatients, PreviewMerge};
use crate::store;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_kernel::{Rejection, RejectionKind};
use galen_service::answering::{Sent, run, shown};
use galen_service::execute::execute;
use galen_service::http::json;
use galen_service::observe::Draft;
use galen_service::{Caller, House, Refusal};
use http::StatusCode;
use std::sync::Arc;

type Answer = Result<Response, Refusal>;

/// `POST /api/patients`.
pub(super) async fn register(State(house): State<Arc<House>>, Caller(context): Caller, sent: Sent) -> Answer {
    run(&house, &context, sent, StatusCode::CREATED, |read: RegisterPatient| read).await
}

/// `PATCH /api/patients/{id}`.
pub(super) async fn amend(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: AmendPatient| AmendPatient { id, ..read };
    run(&house, &context, sent, StatusCode::OK, command).await
}

/// `POST /api/patients/{id}/merge`.
pub(super) async fn merge(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(survivor): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: MergePatients| MergePatients { survivor, ..read };
    run(&house, &context, sent, StatusCode::CREATED, command).await
}

/// `POST /api/patient-merges/{id}/undo`.
pub(super) async fn unmerge(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(merge): Path<String>,
) -> Answer {
    Ok(json(StatusCode::OK, &execute(&house, &context, &UnmergePatients { merge }, None).await?))
}

/// `GET /api/patients/{id}`.
pub(super) async fn read(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Answer {
    let mut draft = Draft::new("ReadPatient", Interaction::Read);
    draft.entities = vec![format!("Patient/{id}")];
    let read = read_one(&house, &context, &id, &mut draft).await;
    shown(&house, &context, draft, read).await
}

/// `GET /api/patients/{id}/merge-preview`.
pub(super) async fn preview_merge(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(survivor): Path<String>,
    wanted: Result<Query<PreviewMerge>, QueryRejection>,
) -> Answer {
    let mut draft = Draft::new("PreviewMerge", Interaction::Read);
    draft.entities = vec![format!("Patient/{survivor}")];
    let preview = match wanted {
        Ok(Query(PreviewMerge { duplicate })) => {
            draft.entities.push(format!("Patient/{duplicate}"));
            merging::preview(&house, &context, &survivor, &duplicate, &mut draft).await
        }
        Err(_) => Err(Rejection::new(
            RejectionKind::Malformed,
            "criteria-invalid",
            "Say which record would be replaced",
        )
        .at("duplicate")
        .next("Give its id as duplicate")
        .into()),
    };
    shown(&house, &context, draft, preview).await
}

/// `GET /api/patients/{id}/merges`.
pub(super) async fn merges(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(survivor): Path<String>,
) -> Answer {
    let mut draft = Draft::new("ListMerges", Interaction::Read);
    draft.entities = vec![format!("Patient/{survivor}")];
    let list = merging::list(&house, &context, &survivor, &mut draft).await;
    shown(&house, &context, draft, list).await
}

async fn read_one(
    house: &House,
    context: &Context,
    id: &str,
    draft: &mut Draft,
) -> Result<PatientView, Refusal> {
    may_ever(house, context, "ReadPatient").await?;
    let patient = store::load(house, id).await?;
    draft.patients = vec![id.to_owned()];
    draft.allow(house, context, "ReadPatient", &target(house, &patient, context).await?).await?;
    Ok(PatientView::new(id, patient.version, &patient.demographics))
}

/// `GET /api/patients`.
pub(super) async fn find(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    wanted: Result<Query<FindPatients>, QueryRejection>,
) -> Answer {
    let mut draft = Draft::new("FindPatients", Interaction::Execute);
    let wanted = wanted.map(|Query(wanted)| wanted).map_err(|_| {
        Rejection::new(RejectionKind::Malformed, "criteria-invalid", "There is a parameter that is not known")
            .next("Use text, name, birthDate, nhsNumber, mrn, count and page")
    });
    let page = found(&house, &context, wanted, &mut draft).await;
    shown(&house, &context, draft, page).await
}

/// The patients who fit, of those whom whoever asks may see.
pub(crate) async fn found(
    house: &House,
    context: &Context,
    wanted: Result<FindPatients, Rejection>,
    draft: &mut Draft,
) -> Result<PatientPage, Refusal> {
    let wanted = wanted?;
    draft.query = Some(wanted.as_query());
    let target = Target::plain("Patient", Category::Demographic);
    let visibility = house.access.visibility(context, "FindPatients", &target).await??;
    let found = queries::find(house, &wanted, visibility, context.at).await?;
    let mut patients = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        if let Some(resource) = row.stored.resource()? {
            let document = &row.stored.document;
            patients.push(PatientView::new(&document.id, document.version, &demographics(&resource)));
        }
    }
    draft.patients = patients.iter().map(|p| p.id.clone()).collect();
    let next = found.next.map(|token| token.seal(&house.store)).transpose()?;
    Ok(PatientPage { patients, next })
}
