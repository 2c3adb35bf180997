//! The waiting list over HTTP: joining it, offers, answers, and who is on it.

use super::placing::{BOOKING_ATTEMPTS_MAX, Loaded, by_patient, load_existing, target};
use super::timetabling::weekday;
use super::view::{AppointmentView, WaitingPage};
use crate::commands::{DeclineOffer, JoinWaitingList, OfferAppointment, WishesForm};
use crate::decide::{self, Joining, Record};
use crate::events::Event;
use crate::fhir::{self, Details, Taken};
use crate::model::{Visit, Wishes};
use crate::queries::{self, ListWaiting};
use crate::store;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_fhir::{Json, Resource};
use galen_kernel::{Fault, Instant, PatientId, Rejection, RejectionKind};
use galen_records::Change;
use galen_service::answering::{Sent, run, shown};
use galen_service::command::{Command, Facts, Saved, clash};
use galen_service::observe::Draft;
use galen_service::{Caller, House, Refusal};
use galen_store::{Conflict, Expected};
use http::StatusCode;
use std::sync::Arc;

type Answer = Result<Response, Refusal>;

fn malformed(at: &str, message: &str) -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, "wishes-invalid", message).at(at)
}

/// What a form wishes.
fn wishes(form: &WishesForm, replaced: Option<&Visit>, now: Instant) -> Result<Wishes, Rejection> {
    let date = |text: &str, at: &str| text.parse().map_err(|_| malformed(at, "A date is written 2026-11-27"));
    let time = |text: &Option<String>, at: &str| {
        let text = text.as_deref();
        text.map(|text| text.parse().map_err(|_| malformed(at, "A time is written 09:00"))).transpose()
    };
    let (from, to) = (time(&form.from, "from")?, time(&form.to, "to")?);
    if from.is_some() != to.is_some() {
        return Err(malformed("to", "Say from when to when"));
    }
    let replaces = match (&form.replaces, replaced.and_then(|visit| visit.span)) {
        (Some(id), Some(span)) => Some((id.clone(), span.start())),
        // The rule refuses what is not there to be replaced.
        (Some(id), None) => Some((id.clone(), now)),
        (None, _) => None,
    };
    Ok(Wishes {
        priority: form.priority,
        since: now,
        first: date(&form.first, "first")?,
        last: date(&form.last, "last")?,
        days: form.days.iter().map(|code| weekday(code, "days")).collect::<Result<_, _>>()?,
        hours: from.zip(to),
        schedules: form.schedules.clone(),
        clinic: form.clinic.clone(),
        notice_minutes: form.notice_minutes,
        replaces,
        offered: Vec::new(),
    })
}

fn record(resource: Option<&Resource>) -> Record {
    let is_inactive = |one: &Resource| one.json().get("active").and_then(Json::as_bool) == Some(false);
    match resource {
        Some(one) if one.is_deceased() => Record::Deceased,
        Some(one) if is_inactive(one) => Record::NotInUse,
        _ => Record::InUse,
    }
}

async fn replaced(house: &House, id: Option<&String>) -> Result<Option<Visit>, Refusal> {
    let Some(id) = id else { return Ok(None) };
    match store::load(house, id).await {
        Ok(stored) => Ok(Some(stored.visit)),
        Err(Refusal::Rejected(_)) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// What the rules know of whoever comes onto the list by FHIR; `None` where the service is not one that is booked here.
pub(crate) async fn joining(
    house: &House,
    context: &Context,
    patient: &PatientId,
    service: &str,
    wishes: &Wishes,
) -> Result<Option<Joining>, Refusal> {
    let Some(service) = store::service(house, service).await? else { return Ok(None) };
    let resource = house.records.resource("Patient", patient.as_str()).await?;
    let record = record(resource.as_ref());
    let is_waiting = store::is_waiting(house, patient, &service.id, context.at).await?;
    let replaced = replaced(house, wishes.replaces.as_ref().map(|(id, _)| id)).await?;
    let replaced = replaced.filter(|visit| visit.patient.as_ref() == Some(patient));
    let by_patient = by_patient(context);
    Ok(Some(Joining { service, record, by_patient, is_waiting, replaced }))
}

/// What joining reads.
pub struct JoinLoaded {
    patient: PatientId,
    exists: bool,
    joining: Option<Joining>,
    wishes: Wishes,
    target: Target,
}

impl Command for JoinWaitingList {
    type Loaded = JoinLoaded;
    type Event = Event;
    type Answer = AppointmentView;
    const NAME: &'static str = "JoinWaitingList";
    const INTERACTION: Interaction = Interaction::Create;
    const ABOUT: (&'static str, Category) = ("Appointment", Category::Administrative);

    async fn load(&self, house: &House, context: &Context) -> Result<JoinLoaded, Refusal> {
        let patient = PatientId::parse(self.patient.clone()).map_err(|_| no_patient())?;
        let resource = house.records.resource("Patient", patient.as_str()).await?;
        let target = target(house, context, Some(&patient), resource.as_ref()).await?;
        // Whether another's appointment is there is nobody's to learn here: it is as if it were not.
        let replaced = replaced(house, self.wishes.replaces.as_ref()).await?;
        let replaced = replaced.filter(|visit| visit.patient.as_ref() == Some(&patient));
        let wishes = wishes(&self.wishes, replaced.as_ref(), context.at)?;
        let joining = joining(house, context, &patient, &self.service, &wishes).await?;
        Ok(JoinLoaded { patient, exists: resource.is_some(), joining, wishes, target })
    }

    fn target(&self, loaded: &JoinLoaded) -> Target {
        loaded.target.clone()
    }

    fn decide(&self, loaded: &JoinLoaded, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        if !loaded.exists {
            return Err(no_patient());
        }
        let joining = loaded.joining.as_ref().ok_or_else(no_service)?;
        decide::join(&loaded.wishes, joining, facts.now)
    }

    fn save(
        &self,
        house: &House,
        loaded: JoinLoaded,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<AppointmentView>, Fault> {
        let JoinLoaded { patient, joining, .. } = loaded;
        let id =
            house.store.new_id(house.records.shard_of(patient.as_str()), facts.now, facts.chance_for_id());
        let details = Details { description: self.description.clone(), series: None };
        let service = joining.as_ref().map(|joining| &joining.service);
        let mut resource = fhir::appointment(&id, &patient, service, &details, facts.now)?;
        let before = fhir::visit(&resource);
        for event in &events {
            fhir::apply(&mut resource, event, &Taken::default());
        }
        store::claims(house, &before, &fhir::visit(&resource), facts.now, change);
        change.put(&house.records, &mut resource, Expected::Absent, facts.now);
        let mut saved = Saved::new(AppointmentView::new(&resource, 1), vec![format!("Appointment/{id}")]);
        saved.patients = vec![patient.to_string()];
        Ok(saved)
    }

    fn clash(&self, conflict: &Conflict) -> Rejection {
        store::clash(conflict).unwrap_or_else(|| clash(conflict))
    }
}

fn no_patient() -> Rejection {
    Rejection::new(RejectionKind::NotFound, "not-found", "There is no such patient").at("patient")
}

fn no_service() -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, "service-unknown", "There is nothing like this to book")
        .at("service")
}

/// What offering reads.
pub struct OfferLoaded {
    place: Loaded,
    has_offer: (bool, bool),
}

impl Command for OfferAppointment {
    type Loaded = OfferLoaded;
    type Event = Event;
    type Answer = AppointmentView;
    const NAME: &'static str = "OfferAppointment";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Appointment", Category::Administrative);
    const ATTEMPTS: u32 = BOOKING_ATTEMPTS_MAX;

    async fn load(&self, house: &House, context: &Context) -> Result<OfferLoaded, Refusal> {
        let place = load_existing(house, context, &self.id, Some(self.start), &self.schedules, false).await?;
        let patient = place.stored.as_ref().and_then(|stored| stored.visit.patient.as_ref());
        let has_offer = match patient {
            Some(patient) => store::has_offer(house, patient, self.start, context.at).await?,
            None => (false, false),
        };
        Ok(OfferLoaded { place, has_offer })
    }

    fn target(&self, loaded: &OfferLoaded) -> Target {
        loaded.place.target.clone()
    }

    fn decide(&self, loaded: &OfferLoaded, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        let stored = loaded.place.stored.as_ref().ok_or_else(no_patient)?;
        super::stepping::same_version(stored, self.version)?;
        let mut visit = stored.visit.clone();
        let (has_offer, was_offered) = loaded.has_offer;
        if let (true, Some(wishes)) = (was_offered, &mut visit.wishes) {
            // For something else that they wait for.
            wishes.offered.push(self.start);
        }
        decide::offer(&visit, loaded.place.wanted()?, &loaded.place.read.around, has_offer, facts.now)
    }

    fn save(
        &self,
        house: &House,
        loaded: OfferLoaded,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<AppointmentView>, Fault> {
        loaded.place.save(house, &events, facts, &Details::default(), change)
    }

    fn clash(&self, conflict: &Conflict) -> Rejection {
        store::clash(conflict).unwrap_or_else(|| clash(conflict))
    }
}

/// `POST /api/waiting-list`.
pub(super) async fn join(State(house): State<Arc<House>>, Caller(context): Caller, sent: Sent) -> Answer {
    run(&house, &context, sent, StatusCode::CREATED, |read: JoinWaitingList| read).await
}

/// `POST /api/appointments/{id}/offer`.
pub(super) async fn offer(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: OfferAppointment| OfferAppointment { id, ..read };
    run(&house, &context, sent, StatusCode::OK, command).await
}

/// `POST /api/appointments/{id}/decline`.
pub(super) async fn decline(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: DeclineOffer| DeclineOffer { id, ..read };
    run(&house, &context, sent, StatusCode::OK, command).await
}

/// `GET /api/waiting-list`.
pub(super) async fn list(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    wanted: Result<Query<ListWaiting>, QueryRejection>,
) -> Answer {
    let mut draft = Draft::new("ListWaiting", Interaction::Execute);
    let listed: Result<WaitingPage, Refusal> = async {
        let anybody = Target::plain("Appointment", Category::Administrative);
        let visibility = house.access.visibility(&context, "ListWaiting", &anybody).await??;
        queries::waiting(&house, &super::handlers::query(wanted)?, visibility).await
    }
    .await;
    if let Ok(page) = &listed {
        draft.patients = super::board::patients(page.entries.iter());
    }
    shown(&house, &context, draft, listed).await
}
