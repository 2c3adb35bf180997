//! The handlers.

use super::placing::{by_patient, target};
use super::view::{AppointmentPage, AppointmentView, Choices, ServicePage};
use crate::commands::{
    AddException, AddSchedule, AddService, AmendSchedule, CancelAppointment, ConfirmAppointment,
    NewAppointment, PlaceAppointment, RecordAttendance, RemoveException, RescheduleAppointment,
    RetractAppointment, TimetableForm,
};
use crate::queries::{self, FindTimes, ListAppointments};
use crate::store;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_kernel::{PatientId, Rejection, RejectionKind};
use galen_service::answering::{Sent, run, shown};
use galen_service::execute::execute;
use galen_service::observe::Draft;
use galen_service::{Caller, House, Refusal};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

type Answer = Result<Response, Refusal>;

/// `POST /api/appointments` and `POST /api/appointments/holds`.
pub(super) async fn place<const HOLD: bool>(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    sent: Sent,
) -> Answer {
    let command = |new: NewAppointment| PlaceAppointment::<HOLD>(new);
    run(&house, &context, sent, StatusCode::CREATED, command).await
}

/// `POST /api/appointments/{id}/confirm`.
pub(super) async fn confirm(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: ConfirmAppointment| ConfirmAppointment { id, ..read };
    run(&house, &context, sent, StatusCode::OK, command).await
}

/// `POST /api/appointments/{id}/reschedule`.
pub(super) async fn reschedule(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: RescheduleAppointment| RescheduleAppointment { id, ..read };
    run(&house, &context, sent, StatusCode::OK, command).await
}

/// `POST /api/appointments/{id}/cancel`.
pub(super) async fn cancel(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: CancelAppointment| CancelAppointment { id, ..read };
    run(&house, &context, sent, StatusCode::OK, command).await
}

/// `POST /api/appointments/{id}/retract`.
pub(super) async fn retract(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: RetractAppointment| RetractAppointment { id, ..read };
    run(&house, &context, sent, StatusCode::OK, command).await
}

/// `POST /api/appointments/{id}/attendance`.
pub(super) async fn attend(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: RecordAttendance| RecordAttendance { id, ..read };
    run(&house, &context, sent, StatusCode::OK, command).await
}

/// `POST /api/services`.
pub(super) async fn add_service(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    sent: Sent,
) -> Answer {
    run(&house, &context, sent, StatusCode::CREATED, |read: AddService| read).await
}

/// `POST /api/schedules`.
pub(super) async fn add_schedule(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    sent: Sent,
) -> Answer {
    let command = |form: TimetableForm| AddSchedule(form);
    run(&house, &context, sent, StatusCode::CREATED, command).await
}

/// `PUT /api/schedules/{id}`.
pub(super) async fn amend_schedule(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: AmendSchedule| AmendSchedule { id, ..read };
    run(&house, &context, sent, StatusCode::OK, command).await
}

/// `POST /api/schedules/{id}/exceptions`.
pub(super) async fn add_exception(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(schedule): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: AddException| AddException { schedule, ..read };
    run(&house, &context, sent, StatusCode::CREATED, command).await
}

/// `DELETE /api/schedules/{id}/exceptions/{slot}`.
pub(super) async fn remove_exception(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path((schedule, slot)): Path<(String, String)>,
) -> Answer {
    execute(&house, &context, &RemoveException { schedule, slot }, None).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) fn query<T>(wanted: Result<Query<T>, QueryRejection>) -> Result<T, Refusal> {
    let Query(wanted) = wanted.map_err(|_| {
        Rejection::new(
            RejectionKind::Malformed,
            "criteria-invalid",
            "A parameter is not known, or one is missing",
        )
    })?;
    Ok(wanted)
}

/// `GET /api/appointments/{id}`.
pub(super) async fn read(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Answer {
    let mut draft = Draft::new("ReadAppointment", Interaction::Read);
    draft.entities = vec![format!("Appointment/{id}")];
    let read = read_one(&house, &context, &id, &mut draft).await;
    shown(&house, &context, draft, read).await
}

async fn read_one(
    house: &House,
    context: &Context,
    id: &str,
    draft: &mut Draft,
) -> Result<AppointmentView, Refusal> {
    let anybody = Target::plain("Appointment", Category::Administrative);
    house.access.visibility(context, "ReadAppointment", &anybody).await??;
    let stored = store::load(house, id).await?;
    let target = target(house, context, stored.visit.patient.as_ref(), Some(&stored.resource)).await?;
    draft.patients = target.patients.iter().map(|p| p.as_str().to_owned()).collect();
    draft.allow(house, context, "ReadAppointment", &target).await?;
    Ok(AppointmentView::new(&stored.resource, stored.version))
}

/// `GET /api/appointments/times`.
pub(super) async fn find(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    wanted: Result<Query<FindTimes>, QueryRejection>,
) -> Answer {
    let draft = Draft::new("FindAppointmentTimes", Interaction::Execute);
    let found = times(&house, &context, query(wanted)).await;
    shown(&house, &context, draft, found).await
}

/// Times that can be booked by whoever asks.
pub(crate) async fn times(
    house: &House,
    context: &Context,
    wanted: Result<FindTimes, Refusal>,
) -> Result<Choices, Refusal> {
    let anybody = Target::plain("Appointment", Category::Administrative);
    house.access.visibility(context, "FindAppointmentTimes", &anybody).await??;
    queries::find(house, &wanted?, by_patient(context), context.at).await
}

/// `GET /api/appointments`.
pub(super) async fn list(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    wanted: Result<Query<ListAppointments>, QueryRejection>,
) -> Answer {
    let mut draft = Draft::new("ListAppointments", Interaction::Execute);
    let listed = listed(&house, &context, query(wanted), &mut draft).await;
    shown(&house, &context, draft, listed).await
}

/// The appointments of a patient or of a Schedule that whoever asks may see.
pub(crate) async fn listed(
    house: &House,
    context: &Context,
    wanted: Result<ListAppointments, Refusal>,
    draft: &mut Draft,
) -> Result<AppointmentPage, Refusal> {
    let wanted = wanted?;
    let patient = wanted.patient.as_deref().and_then(|id| PatientId::parse(id).ok());
    draft.patients = patient.iter().map(|patient| patient.as_str().to_owned()).collect();
    let anybody = Target::plain("Appointment", Category::Administrative);
    let visibility = house.access.visibility(context, "ListAppointments", &anybody).await??;
    let page = queries::list(house, &wanted, visibility).await?;
    draft.patients.extend(page.appointments.iter().filter_map(|one| one.patient.clone()));
    Ok(page)
}

/// Which page of the services.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListServices {
    /// Where the page before ended.
    pub page: Option<String>,
}

/// `GET /api/services`.
pub(super) async fn services(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    wanted: Result<Query<ListServices>, QueryRejection>,
) -> Answer {
    let draft = Draft::new("ListServices", Interaction::Execute);
    let listed = offered(&house, &context, query(wanted)).await;
    shown(&house, &context, draft, listed).await
}

/// What whoever asks may book, or see.
pub(crate) async fn offered(
    house: &House,
    context: &Context,
    wanted: Result<ListServices, Refusal>,
) -> Result<ServicePage, Refusal> {
    let anybody = Target::plain("HealthcareService", Category::Directory);
    house.access.visibility(context, "ListServices", &anybody).await??;
    queries::services(house, by_patient(context), wanted?.page.as_deref()).await
}
