//! The shell's view of holding, booking, confirming and moving.

use super::view::AppointmentView;
use crate::commands::{ConfirmAppointment, PlaceAppointment, RescheduleAppointment};
use crate::decide::{self, Purpose, Wanted};
use crate::events::Event;
use crate::fhir::{self, Details, Taken};
use crate::model::{CancellationReason, Span, Status, Visit};
use crate::store::{self, Read, StoredVisit};
use galen_access::{Category, Context, Label, Target};
use galen_audit::Interaction;
use galen_contracts::scheduling::{
    AppointmentAttendedV1, AppointmentBookedV1, AppointmentCancelledV1, AppointmentOfferedV1,
    AppointmentRequestedV1, AppointmentRescheduledV1, WaitingEndedV1,
};
use galen_fhir::Resource;
use galen_kernel::{Fault, PatientId, Rejection, RejectionKind};
use galen_records::{Change, label_of};
use galen_service::command::{Command, Facts, Saved, clash};
use galen_service::{House, Refusal};
use galen_store::{Conflict, Expected};

/// How often a booking, or what frees one, is decided anew: of those who change the same day, one wins each time.
pub(super) const BOOKING_ATTEMPTS_MAX: u32 = 32;

/// What placing and moving read.
pub struct Loaded {
    /// As it stands now; `None` for a new one.
    pub(super) stored: Option<StoredVisit>,
    /// What it becomes, if what was asked for can be understood at all.
    pub(super) wanted: Option<Wanted>,
    /// What the rules know.
    pub(super) read: Read,
    /// The appointment that this one takes the place of.
    pub(super) replaced: Option<StoredVisit>,
    /// What policy is asked about.
    pub(super) target: Target,
}

pub(crate) fn by_patient(context: &Context) -> bool {
    context.actor.patient.is_some()
}

/// The appointment of a patient as policy sees it.
pub(super) async fn target(
    house: &House,
    context: &Context,
    patient: Option<&PatientId>,
    resource: Option<&Resource>,
) -> Result<Target, Fault> {
    let sealed = house.records.sealed(context.at).await?;
    let label = patient.map_or(Label::Normal, |patient| sealed.label(patient));
    let label = label.max(resource.map(label_of).unwrap_or_default());
    Ok(Target::plain("Appointment", Category::Administrative)
        .of(patient.cloned().into_iter().collect())
        .labelled(label))
}

async fn may_overbook(house: &House, context: &Context) -> Result<(), Refusal> {
    let anybody = Target::plain("Appointment", Category::Administrative);
    house.access.visibility(context, "OverbookAppointment", &anybody).await??;
    Ok(())
}

fn no_patient() -> Rejection {
    Rejection::new(RejectionKind::NotFound, "not-found", "There is no such patient").at("patient")
}

impl Loaded {
    pub(super) fn wanted(&self) -> Result<&Wanted, Rejection> {
        self.wanted.as_ref().ok_or_else(|| {
            Rejection::new(RejectionKind::Unprocessable, "no-time", "This appointment has no time")
                .at("start")
        })
    }

    pub(super) fn save(
        self,
        house: &House,
        events: &[Event],
        facts: &Facts,
        details: &Details,
        change: &mut Change,
    ) -> Result<Saved<AppointmentView>, Fault> {
        let Self { stored, wanted, read, replaced, .. } = self;
        let patient = wanted.as_ref().and_then(|wanted| wanted.patient.clone());
        let patient = patient.ok_or(Fault::new("save appointment", "it is of no patient"))?;
        let overbook = wanted.is_some_and(|wanted| wanted.overbook);
        let (mut resource, expected) = match stored {
            Some(stored) => (stored.resource, Expected::Version(stored.version)),
            None => {
                let schedule = read.around.schedules.first().map_or("", |day| day.timetable.id.as_str());
                let shard = house.records.shard_of(schedule);
                let id = house.store.new_id(shard, facts.now, facts.chance_for_id());
                let service = read.around.service.as_ref();
                (fhir::appointment(&id, &patient, service, details, facts.now)?, Expected::Absent)
            }
        };
        let before = fhir::visit(&resource);
        for event in events {
            let taken = match event {
                Event::Placed { schedules, .. } | Event::Offered { schedules, .. } => read.taken(schedules),
                Event::Stepped { .. } | Event::Joined(_) | Event::Returned => Taken::default(),
            };
            fhir::apply(&mut resource, event, &taken);
            announce(&before, event, &patient, expected.next(), read.around.by_patient, change);
        }
        let after = fhir::visit(&resource);
        let Read { around, diaries, .. } = read;
        let room = store::room(&around.schedules, overbook);
        let freed = replaced.filter(|one| decide::is_replaced(&after, &one.visit));
        let freed = freed.map(|one| free(house, one, &patient, around.by_patient, facts, change));
        let visits: Vec<&Visit> = std::iter::once(&after).chain(&freed).collect();
        diaries.rewrite(&visits, &room, facts.now, change)?;
        store::claims(house, &before, &after, facts.now, change);
        change.put(&house.records, &mut resource, expected, facts.now);
        let mut saved = Saved::new(
            AppointmentView::new(&resource, expected.next()),
            vec![format!("Appointment/{}", after.id)],
        );
        saved.patients = vec![patient.to_string()];
        Ok(saved)
    }
}

/// Calls off the appointment that an accepted time takes the place of.
fn free(
    house: &House,
    replaced: StoredVisit,
    patient: &PatientId,
    by_patient: bool,
    facts: &Facts,
    change: &mut Change,
) -> Visit {
    let StoredVisit { version, mut resource, visit } = replaced;
    let reason = Some(CancellationReason::Pat);
    let event = Event::Stepped { status: Status::Cancelled, reason, arrived: None };
    fhir::apply(&mut resource, &event, &Taken::default());
    announce(&visit, &event, patient, version + 1, by_patient, change);
    let after = fhir::visit(&resource);
    change.put(&house.records, &mut resource, Expected::Version(version), facts.now);
    after
}

/// Tells the others.
pub(crate) fn announce(
    before: &Visit,
    event: &Event,
    patient: &PatientId,
    version: u64,
    by_patient: bool,
    change: &mut Change,
) {
    let (appointment, patient) = (before.id.clone(), patient.clone());
    match event {
        Event::Placed { is_request: true, .. } => {
            change.event(&AppointmentRequestedV1 { appointment, patient, version });
        }
        Event::Placed { .. } if before.status == Status::Booked => {
            change.event(&AppointmentRescheduledV1 { appointment, patient, version, by_patient });
        }
        Event::Placed { status: Status::Booked, .. } => {
            change.event(&AppointmentBookedV1 { appointment, patient, version, by_patient });
        }
        Event::Placed { .. } | Event::Joined(_) | Event::Returned => {}
        Event::Offered { .. } => change.event(&AppointmentOfferedV1 { appointment, patient, version }),
        Event::Stepped { status: Status::Cancelled | Status::EnteredInError, .. } if before.is_waiting() => {
            change.event(&WaitingEndedV1 { appointment, patient, version, by_patient });
        }
        Event::Stepped { status: Status::Booked, .. } => {
            change.event(&AppointmentBookedV1 { appointment, patient, version, by_patient });
        }
        // Of times that were only kept for a moment nobody was told.
        Event::Stepped { .. } if before.status == Status::Pending && !before.is_request => {}
        Event::Stepped { status: Status::Cancelled | Status::EnteredInError, .. } => {
            change.event(&AppointmentCancelledV1 { appointment, patient, version, by_patient });
        }
        Event::Stepped { status, .. } => {
            let status = status.code().to_owned();
            change.event(&AppointmentAttendedV1 { appointment, patient, version, status });
        }
    }
}

impl<const HOLD: bool> Command for PlaceAppointment<HOLD> {
    type Loaded = Loaded;
    type Event = Event;
    type Answer = AppointmentView;
    const NAME: &'static str = if HOLD { "HoldAppointment" } else { "BookAppointment" };
    const INTERACTION: Interaction = Interaction::Create;
    const ABOUT: (&'static str, Category) = ("Appointment", Category::Administrative);
    const ATTEMPTS: u32 = BOOKING_ATTEMPTS_MAX;

    async fn load(&self, house: &House, context: &Context) -> Result<Loaded, Refusal> {
        let new = &self.0;
        let patient = PatientId::parse(new.patient.clone()).map_err(|_| no_patient())?;
        // How long it takes is the service's: diaries are read for the longest it could be until that is known.
        let longest = Span::of_minutes(new.start, crate::model::SPAN_MINUTES_MAX);
        let spans: Vec<Span> = longest.into_iter().collect();
        let mut read =
            store::around(house, Some(&patient), Some(&new.service), &new.schedules, &spans, &[]).await?;
        read.around.by_patient = by_patient(context);
        let target = target(house, context, Some(&patient), read.patient.as_ref()).await?;
        if new.overbook {
            may_overbook(house, context).await?;
        }
        let minutes = read.service().map(|service| service.minutes).unwrap_or_default();
        let wanted = Span::of_minutes(new.start, minutes).map(|span| Wanted {
            span,
            schedules: new.schedules.clone(),
            patient: Some(patient),
            overbook: new.overbook,
            is_there: false,
        });
        Ok(Loaded { stored: None, wanted, read, replaced: None, target })
    }

    fn target(&self, loaded: &Loaded) -> Target {
        loaded.target.clone()
    }

    fn decide(&self, loaded: &Loaded, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        if loaded.read.patient.is_none() {
            return Err(no_patient());
        }
        loaded.read.service()?;
        let purpose = if HOLD { Purpose::Hold } else { Purpose::Book };
        decide::place(&Visit::proposed(), loaded.wanted()?, purpose, &loaded.read.around, facts.now)
    }

    fn save(
        &self,
        house: &House,
        loaded: Loaded,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<AppointmentView>, Fault> {
        let details = Details { description: self.0.description.clone(), series: self.0.series.clone() };
        loaded.save(house, &events, facts, &details, change)
    }

    fn clash(&self, conflict: &Conflict) -> Rejection {
        store::clash(conflict).unwrap_or_else(|| clash(conflict))
    }
}

/// Reads an appointment and all that moving or confirming it needs.
pub(super) async fn load_existing(
    house: &House,
    context: &Context,
    id: &str,
    start: Option<galen_kernel::Instant>,
    schedules: &[String],
    overbook: bool,
) -> Result<Loaded, Refusal> {
    let stored = store::load(house, id).await?;
    let visit = &stored.visit;
    let schedules = if schedules.is_empty() { visit.schedules.clone() } else { schedules.to_vec() };
    let minutes = match (visit.span, &visit.service) {
        (Some(span), _) => Some(span.minutes()),
        (None, Some(service)) => store::service(house, service).await?.map(|service| service.minutes),
        (None, None) => None,
    };
    let span = match (start, minutes) {
        (Some(start), Some(minutes)) => Span::of_minutes(start, minutes),
        _ => visit.span,
    };
    let replaced = replaced(house, visit).await?;
    let spans: Vec<Span> = span.into_iter().collect();
    let service = visit.service.as_deref();
    let before: Vec<&Visit> = std::iter::once(visit).chain(replaced.as_ref().map(|one| &one.visit)).collect();
    let mut read = store::around(house, visit.patient.as_ref(), service, &schedules, &spans, &before).await?;
    read.around.by_patient = by_patient(context);
    if let Some(replaced) = &replaced {
        // It makes room for the one that takes its place.
        read.around.patient_entries.retain(|entry| entry.holder != replaced.visit.id);
    }
    let target = target(house, context, visit.patient.as_ref(), Some(&stored.resource)).await?;
    if overbook {
        may_overbook(house, context).await?;
    }
    let patient = visit.patient.clone();
    let wanted = span.map(|span| Wanted { span, schedules, patient, overbook, is_there: false });
    Ok(Loaded { stored: Some(stored), wanted, read, replaced, target })
}

/// The appointment that an offer would take the place of, as far as it still can be.
async fn replaced(house: &House, offer: &Visit) -> Result<Option<StoredVisit>, Refusal> {
    let wishes = offer.wishes.as_ref().filter(|_| offer.is_offer());
    let Some((id, _)) = wishes.and_then(|wishes| wishes.replaces.as_ref()) else { return Ok(None) };
    match store::load(house, id).await {
        Ok(stored) => Ok(Some(stored).filter(|stored| decide::is_replaced(offer, &stored.visit))),
        // It was deleted in the meantime.
        Err(Refusal::Rejected(_)) => Ok(None),
        Err(fault) => Err(fault),
    }
}

impl Loaded {
    /// Decides about an appointment that is there, of the version that the caller saw.
    fn move_to(&self, version: u64, purpose: Purpose, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        let stored = self.stored.as_ref().ok_or_else(no_patient)?;
        super::stepping::same_version(stored, version)?;
        decide::place(&stored.visit, self.wanted()?, purpose, &self.read.around, facts.now)
    }
}

impl Command for RescheduleAppointment {
    type Loaded = Loaded;
    type Event = Event;
    type Answer = AppointmentView;
    const NAME: &'static str = "RescheduleAppointment";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Appointment", Category::Administrative);
    const ATTEMPTS: u32 = BOOKING_ATTEMPTS_MAX;

    async fn load(&self, house: &House, context: &Context) -> Result<Loaded, Refusal> {
        load_existing(house, context, &self.id, Some(self.start), &self.schedules, self.overbook).await
    }

    fn target(&self, loaded: &Loaded) -> Target {
        loaded.target.clone()
    }

    fn decide(&self, loaded: &Loaded, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        let status = loaded.stored.as_ref().map(|stored| stored.visit.status);
        if status != Some(Status::Booked) {
            return Err(Rejection::new(
                RejectionKind::Conflict,
                "not-possible-now",
                "Only what is booked can be moved",
            )
            .at("status"));
        }
        loaded.move_to(self.version, Purpose::Book, facts)
    }

    fn save(
        &self,
        house: &House,
        loaded: Loaded,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<AppointmentView>, Fault> {
        loaded.save(house, &events, facts, &Details::default(), change)
    }

    fn clash(&self, conflict: &Conflict) -> Rejection {
        store::clash(conflict).unwrap_or_else(|| clash(conflict))
    }
}

impl Command for ConfirmAppointment {
    type Loaded = Loaded;
    type Event = Event;
    type Answer = AppointmentView;
    const NAME: &'static str = "ConfirmAppointment";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Appointment", Category::Administrative);
    const ATTEMPTS: u32 = BOOKING_ATTEMPTS_MAX;

    async fn load(&self, house: &House, context: &Context) -> Result<Loaded, Refusal> {
        load_existing(house, context, &self.id, None, &[], false).await
    }

    fn target(&self, loaded: &Loaded) -> Target {
        loaded.target.clone()
    }

    fn decide(&self, loaded: &Loaded, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        let visit = loaded.stored.as_ref().map(|stored| &stored.visit);
        match visit {
            Some(visit) if visit.status != Status::Pending => Err(Rejection::new(
                RejectionKind::Conflict,
                "not-possible-now",
                format!("This appointment is {}", visit.status.code()),
            )
            .at("status")),
            Some(visit) if visit.until.is_some_and(|until| until <= facts.now) => {
                Err(Rejection::new(RejectionKind::Conflict, "hold-expired", "This time is not kept any more")
                    .next("Look for free times again and choose one"))
            }
            _ => loaded.move_to(self.version, Purpose::Book, facts),
        }
    }

    fn save(
        &self,
        house: &House,
        loaded: Loaded,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<AppointmentView>, Fault> {
        loaded.save(house, &events, facts, &Details::default(), change)
    }

    fn clash(&self, conflict: &Conflict) -> Rejection {
        store::clash(conflict).unwrap_or_else(|| clash(conflict))
    }
}
