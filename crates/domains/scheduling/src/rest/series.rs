//! Series over HTTP. Each appointment is a command of its own, with its own commit and audit entry: a day of a Schedule is
//! decided by what is stored, so several of one day cannot share a commit, and one that cannot be must not take the rest along.

use super::placing::by_patient;
use super::timetabling::weekday;
use super::view::{AppointmentView, ChoiceView};
use crate::commands::{
    BookSeries, CancelAppointment, CancelSeries, NewAppointment, PlaceAppointment, PlanForm, PreviewSeries,
    SeriesTime,
};
use crate::model::{Ends, OCCURRENCES_MAX, Plan, State as TimeState, Status};
use crate::queries;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_kernel::{PatientId, Rejection, RejectionKind};
use galen_service::answering::{Sent, shown};
use galen_service::caller::parsed;
use galen_service::execute::execute;
use galen_service::http::{json, read_json};
use galen_service::idempotency::Key;
use galen_service::observe::{Draft, refused};
use galen_service::{Caller, House, Refusal};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

type Answer = Result<Response, Refusal>;

/// A time of a planned series.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OccurrenceView {
    /// Its number, from 1.
    pub number: usize,
    /// The local day.
    pub day: String,
    /// When it begins; there is no such time on a day on which the clocks skip it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Whether it can be booked, or what stands in its way.
    pub state: TimeState,
    /// The free time that is nearest, where it cannot be booked and there is one within a week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<ChoiceView>,
}

/// A planned series.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeriesPreview {
    /// IANA name of the zone of its local times.
    pub zone: String,
    /// Its times, in order: each that was planned is here.
    pub occurrences: Vec<OccurrenceView>,
}

/// What became of one appointment of a series.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeriesOutcome {
    /// When it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// The appointment as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appointment: Option<AppointmentView>,
    /// Why it was not done: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What became of a series: of each appointment.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeriesView {
    /// The series' number.
    pub series: String,
    /// Whether all was done. If not, the same request with the same key does what is left.
    pub is_complete: bool,
    /// Of each, in order.
    pub outcomes: Vec<SeriesOutcome>,
}

fn malformed(at: &str, message: &str) -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, "plan-invalid", message).at(at)
}

/// The plan of a form.
pub(crate) fn plan(form: &PlanForm) -> Result<Plan, Rejection> {
    let date = |text: &str, at: &str| text.parse().map_err(|_| malformed(at, "A date is written 2026-11-27"));
    let ends = match (form.count, &form.until) {
        (Some(count), None) if count > 0 => Ends::After(count),
        (None, Some(day)) => Ends::With(date(day, "plan.until")?),
        _ => return Err(malformed("plan.count", "Say how many, or until when")),
    };
    Ok(Plan {
        first: date(&form.first, "plan.first")?,
        time: form.time.parse().map_err(|_| malformed("plan.time", "A time is written 09:00"))?,
        every: form.every,
        unit: form.unit,
        days: form.days.iter().map(|code| weekday(code, "plan.days")).collect::<Result<_, _>>()?,
        ends,
    })
}

/// `POST /api/appointment-series/preview`.
pub(super) async fn preview(State(house): State<Arc<House>>, Caller(context): Caller, body: Bytes) -> Answer {
    const NAME: &str = "PreviewAppointmentSeries";
    let mut draft = Draft::new(NAME, Interaction::Execute);
    let read = read_json::<PreviewSeries>(&body);
    let wanted = parsed(&house, &context, NAME, Interaction::Execute, read).await?;
    let previewed = async {
        let anybody = Target::plain("Appointment", Category::Administrative);
        house.access.visibility(&context, NAME, &anybody).await??;
        let missing = || Rejection::new(RejectionKind::NotFound, "not-found", "There is no such patient");
        let patient = PatientId::parse(wanted.patient.clone()).map_err(|_| missing().at("patient"))?;
        let resource = house.records.resource("Patient", patient.as_str()).await?;
        let target = super::placing::target(&house, &context, Some(&patient), resource.as_ref()).await?;
        draft.patients = vec![patient.to_string()];
        draft.allow(&house, &context, NAME, &target).await?;
        if resource.is_none() {
            return Err(missing().at("patient").into());
        }
        queries::preview(&house, &wanted, &patient, by_patient(&context), context.at).await
    };
    let previewed = previewed.await;
    shown(&house, &context, draft, previewed).await
}

fn outcome(start: Option<String>, done: Result<AppointmentView, Refusal>) -> Result<SeriesOutcome, Refusal> {
    match done {
        Ok(appointment) => {
            let start = appointment.start.clone().or(start);
            Ok(SeriesOutcome { start, appointment: Some(appointment), code: None, detail: None })
        }
        Err(Refusal::Rejected(refused)) => {
            let (code, detail) = (Some(refused.code.to_owned()), Some(refused.message.clone()));
            Ok(SeriesOutcome { start, appointment: None, code, detail })
        }
        // What was done stays done: the same request with the same key does what is left.
        Err(fault) => Err(fault),
    }
}

fn view(series: String, outcomes: Vec<SeriesOutcome>) -> SeriesView {
    let is_complete = outcomes.iter().all(|outcome| outcome.appointment.is_some());
    SeriesView { series, is_complete, outcomes }
}

/// What is asked for, whether it may be, and by which key it is known.
fn booking(sent: &Sent) -> Result<(BookSeries, Key), Rejection> {
    let wanted: BookSeries = read_json(&sent.body)?;
    if wanted.times.is_empty() || wanted.times.len() > OCCURRENCES_MAX {
        let message = format!("A series has 1 to {OCCURRENCES_MAX} appointments");
        return Err(Rejection::new(RejectionKind::Unprocessable, "too-many-occurrences", message).at("times"));
    }
    // The key of a request is of all that it says; a retry may say another time for what could not be.
    let key = sent.key_of_address()?.ok_or_else(|| {
        let message = "A series is booked with an idempotency key, so that it can be finished";
        Rejection::new(RejectionKind::PreconditionRequired, "idempotency-key-required", message)
            .at("Idempotency-Key")
    })?;
    Ok((wanted, key))
}

/// Refuses, with an audit entry, whoever may do this to nobody.
async fn may(house: &House, context: &Context, name: &'static str) -> Result<(), Refusal> {
    let anybody = Target::plain("Appointment", Category::Administrative);
    let asked = async {
        house.access.visibility(context, name, &anybody).await??;
        Ok::<(), Refusal>(())
    };
    match asked.await {
        Ok(()) => Ok(()),
        Err(refusal) => {
            Err(refused(house, Some(context), Draft::new(name, Interaction::Execute), refusal).await)
        }
    }
}

/// A series that some of is booked already, if it is this patient's.
async fn continued(
    house: &House,
    context: &Context,
    patient: &str,
    series: String,
) -> Result<String, Refusal> {
    let anybody = Target::plain("Appointment", Category::Administrative);
    let known = async {
        let visibility = house.access.visibility(context, "ListAppointments", &anybody).await??;
        let all = queries::of_series(house, &series, visibility).await?;
        let is_theirs = |one: &AppointmentView| one.patient.as_deref() == Some(patient);
        if !all.is_empty() && all.iter().all(is_theirs) && all.len() < OCCURRENCES_MAX {
            return Ok(());
        }
        let message = "There is no such series of this patient, or it has no room for more";
        Err(Rejection::new(RejectionKind::Unprocessable, "series-unknown", message).at("series").into())
    };
    match known.await {
        Ok(()) => Ok(series),
        Err(refusal) => {
            let draft = Draft::new("BookAppointmentSeries", Interaction::Create);
            Err(refused(house, Some(context), draft, refusal).await)
        }
    }
}

/// `POST /api/appointment-series`.
pub(super) async fn book(State(house): State<Arc<House>>, Caller(context): Caller, sent: Sent) -> Answer {
    const NAME: &str = "BookAppointmentSeries";
    may(&house, &context, NAME).await?;
    let read = booking(&sent);
    let (wanted, key) = parsed(&house, &context, NAME, Interaction::Create, read).await?;
    let series = match wanted.series.clone() {
        Some(series) => continued(&house, &context, &wanted.patient, series).await?,
        None => key.name(&context),
    };
    let mut outcomes = Vec::with_capacity(wanted.times.len());
    for (place, time) in wanted.times.iter().enumerate() {
        let SeriesTime { start, schedules } = time.clone();
        let part = key.part(place + 1, format!("{series} {start} {schedules:?}").as_bytes())?;
        let command = PlaceAppointment::<false>(NewAppointment {
            patient: wanted.patient.clone(),
            service: wanted.service.clone(),
            start,
            schedules,
            description: wanted.description.clone(),
            overbook: false,
            series: Some(series.clone()),
        });
        let booked = execute(&house, &context, &command, Some(&part)).await;
        outcomes.push(outcome(Some(start.to_string()), booked)?);
    }
    let view = view(series, outcomes);
    Ok(json(if view.is_complete { StatusCode::CREATED } else { StatusCode::OK }, &view))
}

/// `POST /api/appointment-series/{series}/cancel`.
pub(super) async fn cancel(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(series): Path<String>,
    body: Bytes,
) -> Answer {
    const NAME: &str = "CancelAppointmentSeries";
    let read = read_json::<CancelSeries>(&body);
    let wanted = parsed(&house, &context, NAME, Interaction::Update, read).await?;
    let listed = async {
        let anybody = Target::plain("Appointment", Category::Administrative);
        let visibility = house.access.visibility(&context, NAME, &anybody).await??;
        queries::of_series(&house, &series, visibility).await
    };
    let listed = match listed.await {
        Ok(listed) => listed,
        Err(refusal) => {
            let draft = Draft::new(NAME, Interaction::Update);
            return Err(refused(&house, Some(&context), draft, refusal).await);
        }
    };
    let from = wanted.from.unwrap_or(context.at);
    let mut outcomes = Vec::new();
    for one in listed {
        let begins = one.start.as_deref().and_then(galen_kernel::Instant::parse);
        let is_left = matches!(Status::of_code(&one.status), Some(Status::Booked | Status::Pending));
        if !is_left || begins.is_none_or(|begins| begins < from) {
            continue;
        }
        let command = CancelAppointment { id: one.id.clone(), version: one.version, reason: wanted.reason };
        outcomes.push(outcome(one.start, execute(&house, &context, &command, None).await)?);
    }
    if outcomes.is_empty() {
        let missing = Rejection::new(RejectionKind::NotFound, "not-found", "Nothing is left of this series");
        let draft = Draft::new(NAME, Interaction::Update);
        return Err(refused(&house, Some(&context), draft, missing.into()).await);
    }
    Ok(json(StatusCode::OK, &view(series, outcomes)))
}
