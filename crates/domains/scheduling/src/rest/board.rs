//! The day of a clinic over HTTP.

use super::view::AppointmentView;
use crate::queries::{self, Which};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_service::answering::shown;
use galen_service::observe::Draft;
use galen_service::{Caller, House, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

type Answer = Result<Response, Refusal>;

/// A Schedule as it is chosen.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleLine {
    /// Its id.
    pub id: String,
    /// Who or what it is of: `Practitioner/7`.
    pub actor: String,
    /// The name of who or what it is of; none is known of what was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many appointments at the same time.
    pub capacity: u32,
    /// Whether it can be booked.
    pub active: bool,
    /// HealthcareServices (ids) that it offers; any, if there are none.
    pub services: Vec<String>,
    /// Whether it is of whoever asks.
    pub is_own: bool,
}

/// A clinic.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClinicView {
    /// The Location (id) that it is.
    pub id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// IANA name of the zone of its days.
    pub zone: String,
    /// Its schedules: practitioners first, then rooms and devices, by name.
    pub schedules: Vec<ScheduleLine>,
}

/// The clinics.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClinicPage {
    /// By name.
    pub clinics: Vec<ClinicView>,
    /// Whether there are more schedules than are looked at.
    pub has_more: bool,
}

/// From when until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpanView {
    /// From.
    pub start: String,
    /// Until.
    pub end: String,
}

/// Who comes, by more than one identifier.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhoView {
    /// The patient (id).
    pub id: String,
    /// NHS number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nhs_number: Option<String>,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Given names.
    pub given: Vec<String>,
    /// Birth date, as well as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    /// Administrative gender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
}

/// An appointment on the board.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BoardEntry {
    /// The appointment.
    pub appointment: AppointmentView,
    /// Who comes; nobody where the record is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<WhoView>,
    /// The name of the HealthcareService.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
}

/// A Schedule's day.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ColumnView {
    /// The Schedule.
    pub schedule: ScheduleLine,
    /// When it is open: by its timetable or by an extra session.
    pub open: Vec<SpanView>,
    /// When nobody is there although it would be open.
    pub absences: Vec<SpanView>,
    /// Times that appointments take which whoever asks may not see.
    pub hidden: Vec<SpanView>,
    /// The appointments, by their beginning; cancelled ones, too.
    pub entries: Vec<BoardEntry>,
}

/// A day of a clinic, or of whoever asks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BoardView {
    /// The local day.
    pub day: String,
    /// IANA name of the zone of the day.
    pub zone: String,
    /// When the day begins.
    pub start: String,
    /// When the day ends.
    pub end: String,
    /// When this was so.
    pub at: String,
    /// One for each Schedule.
    pub columns: Vec<ColumnView>,
}

/// What patients asked for.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestPage {
    /// By their beginning.
    pub requests: Vec<BoardEntry>,
    /// Whether there are more than are shown.
    pub has_more: bool,
}

/// Why an appointment cannot be at its time any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Nobody is there.
    Leave,
    /// A holiday of the clinic's.
    Holiday,
}

/// An appointment that is to be moved.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ToMove {
    /// The appointment, and who comes.
    #[serde(flatten)]
    pub entry: BoardEntry,
    /// Why.
    pub why: Why,
    /// The Schedules that cannot be there, by name.
    pub missing: Vec<ScheduleLine>,
}

/// Appointments that are to be moved.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ToMovePage {
    /// By their beginning.
    pub appointments: Vec<ToMove>,
    /// Until when is looked ahead.
    pub until: String,
    /// Whether there are more than are shown.
    pub has_more: bool,
}

/// `GET /api/appointments-to-move`.
pub(super) async fn to_move(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    wanted: Result<Query<queries::ListToMove>, QueryRejection>,
) -> Answer {
    let mut draft = Draft::new("ListAppointmentsToMove", Interaction::Execute);
    let listed = async {
        let anybody = Target::plain("Appointment", Category::Administrative);
        let visibility = house.access.visibility(&context, "ListAppointmentsToMove", &anybody).await??;
        queries::to_move(&house, &super::handlers::query(wanted)?, context.at, visibility).await
    };
    let listed = listed.await;
    if let Ok(page) = &listed {
        draft.patients = patients(page.appointments.iter().map(|one| &one.entry));
    }
    shown(&house, &context, draft, listed).await
}

/// `GET /api/clinics`.
pub(super) async fn clinics(State(house): State<Arc<House>>, Caller(context): Caller) -> Answer {
    let draft = Draft::new("ListClinics", Interaction::Execute);
    let listed = all_clinics(&house, &context).await;
    shown(&house, &context, draft, listed).await
}

/// The clinics, for whoever may know of them.
pub(crate) async fn all_clinics(house: &House, context: &Context) -> Result<ClinicPage, Refusal> {
    let anybody = Target::plain("Appointment", Category::Administrative);
    house.access.visibility(context, "ListClinics", &anybody).await??;
    queries::clinics(house, context.actor.practitioner.as_ref()).await
}

/// `GET /api/clinics/{id}/days/{day}`.
pub(super) async fn day(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path((clinic, day)): Path<(String, String)>,
) -> Answer {
    let mut draft = Draft::new("ReadClinicDay", Interaction::Read);
    draft.entities = vec![format!("Location/{clinic}")];
    let day = board_of(&house, &context, "ReadClinicDay", (&Which::Clinic(clinic), &day), &mut draft).await;
    shown(&house, &context, draft, day).await
}

/// `GET /api/own-days/{day}`.
pub(super) async fn own_day(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(day): Path<String>,
) -> Answer {
    let mut draft = Draft::new("ReadOwnDay", Interaction::Execute);
    let day = board_of(&house, &context, "ReadOwnDay", (&Which::Own, &day), &mut draft).await;
    shown(&house, &context, draft, day).await
}

/// A day, as far as whoever asks may see it.
pub(crate) async fn board_of(
    house: &House,
    context: &Context,
    action: &'static str,
    (which, day): (&Which, &str),
    draft: &mut Draft,
) -> Result<BoardView, Refusal> {
    if let Which::Clinic(clinic) = which {
        draft.entities = vec![format!("Location/{clinic}")];
    }
    let anybody = Target::plain("Appointment", Category::Administrative);
    let visibility = house.access.visibility(context, action, &anybody).await??;
    let board = queries::board(house, which, day, context, visibility).await?;
    draft.patients = patients(board.columns.iter().flat_map(|column| &column.entries));
    Ok(board)
}

/// Whose records are shown: they see in theirs who looked.
pub(super) fn patients<'e>(entries: impl Iterator<Item = &'e BoardEntry>) -> Vec<String> {
    let all: BTreeSet<String> = entries.filter_map(|entry| entry.appointment.patient.clone()).collect();
    all.into_iter().collect()
}

/// `GET /api/appointment-requests`.
pub(super) async fn requests(State(house): State<Arc<House>>, Caller(context): Caller) -> Answer {
    let mut draft = Draft::new("ListAppointmentRequests", Interaction::Execute);
    let listed = asked_for(&house, &context, &mut draft).await;
    shown(&house, &context, draft, listed).await
}

/// What patients asked for, as far as whoever asks may see it.
pub(crate) async fn asked_for(
    house: &House,
    context: &Context,
    draft: &mut Draft,
) -> Result<RequestPage, Refusal> {
    let anybody = Target::plain("Appointment", Category::Administrative);
    let visibility = house.access.visibility(context, "ListAppointmentRequests", &anybody).await??;
    let page = queries::requests(house, context.at, visibility).await?;
    draft.patients = patients(page.requests.iter());
    Ok(page)
}
