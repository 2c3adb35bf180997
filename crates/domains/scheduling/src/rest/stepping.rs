//! The shell's view of cancelling and attendance.

use super::placing::{BOOKING_ATTEMPTS_MAX, announce, by_patient, target};
use super::view::AppointmentView;
use crate::commands::{CancelAppointment, DeclineOffer, RecordAttendance, RetractAppointment};
use crate::decide;
use crate::events::Event;
use crate::fhir::{self, Taken};
use crate::store::{self, Diaries, StoredVisit};
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_kernel::{Fault, Rejection};
use galen_records::Change;
use galen_service::command::{Command, Facts, Saved};
use galen_service::{House, Refusal};
use galen_store::Expected;
use std::collections::{BTreeMap, BTreeSet};

/// What a step reads.
pub struct Loaded {
    stored: StoredVisit,
    diaries: Diaries,
    service: Option<crate::model::ServiceRules>,
    target: Target,
    by_patient: bool,
}

/// Refuses what was decided by another version.
pub(super) fn same_version(stored: &StoredVisit, version: u64) -> Result<(), Rejection> {
    if stored.version == version {
        return Ok(());
    }
    Err(Rejection::version_conflict("this appointment", "the appointment", stored.version))
}

async fn load(house: &House, context: &Context, id: &str) -> Result<Loaded, Refusal> {
    let stored = store::load(house, id).await?;
    let actors: BTreeSet<_> = stored.visit.actors().collect();
    let spans: Vec<_> = stored.visit.span.into_iter().collect();
    let diaries = store::diaries(house, &actors, &spans).await?;
    let service = match &stored.visit.service {
        Some(id) => store::service(house, id).await?,
        None => None,
    };
    let target = target(house, context, stored.visit.patient.as_ref(), Some(&stored.resource)).await?;
    Ok(Loaded { stored, diaries, service, target, by_patient: by_patient(context) })
}

fn save(
    house: &House,
    loaded: Loaded,
    events: &[Event],
    facts: &Facts,
    change: &mut Change,
) -> Result<Saved<AppointmentView>, Fault> {
    let Loaded { stored, diaries, by_patient, .. } = loaded;
    let StoredVisit { version, mut resource, visit } = stored;
    for event in events {
        fhir::apply(&mut resource, event, &Taken::default());
        if let Some(patient) = &visit.patient {
            announce(&visit, event, patient, version + 1, by_patient, change);
        }
    }
    let after = fhir::visit(&resource);
    diaries.rewrite(&[&after], &BTreeMap::new(), facts.now, change)?;
    store::claims(house, &visit, &after, facts.now, change);
    change.put(&house.records, &mut resource, Expected::Version(version), facts.now);
    let entity = format!("Appointment/{}", after.id);
    Ok(Saved::new(AppointmentView::new(&resource, version + 1), vec![entity]))
}

impl Command for CancelAppointment {
    type Loaded = Loaded;
    type Event = Event;
    type Answer = AppointmentView;
    const NAME: &'static str = "CancelAppointment";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Appointment", Category::Administrative);
    const ATTEMPTS: u32 = BOOKING_ATTEMPTS_MAX;

    async fn load(&self, house: &House, context: &Context) -> Result<Loaded, Refusal> {
        load(house, context, &self.id).await
    }

    fn target(&self, loaded: &Loaded) -> Target {
        loaded.target.clone()
    }

    fn decide(&self, loaded: &Loaded, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        same_version(&loaded.stored, self.version)?;
        let (visit, service) = (&loaded.stored.visit, loaded.service.as_ref());
        decide::cancel(visit, self.reason, service, loaded.by_patient, facts.now)
    }

    fn save(
        &self,
        house: &House,
        loaded: Loaded,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<AppointmentView>, Fault> {
        save(house, loaded, &events, facts, change)
    }
}

impl Command for RecordAttendance {
    type Loaded = Loaded;
    type Event = Event;
    type Answer = AppointmentView;
    const NAME: &'static str = "RecordAttendance";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Appointment", Category::Administrative);
    const ATTEMPTS: u32 = BOOKING_ATTEMPTS_MAX;

    async fn load(&self, house: &House, context: &Context) -> Result<Loaded, Refusal> {
        load(house, context, &self.id).await
    }

    fn target(&self, loaded: &Loaded) -> Target {
        loaded.target.clone()
    }

    fn decide(&self, loaded: &Loaded, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        same_version(&loaded.stored, self.version)?;
        decide::attend(&loaded.stored.visit, self.step, loaded.by_patient, facts.now)
    }

    fn save(
        &self,
        house: &House,
        loaded: Loaded,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<AppointmentView>, Fault> {
        save(house, loaded, &events, facts, change)
    }
}

impl Command for DeclineOffer {
    type Loaded = Loaded;
    type Event = Event;
    type Answer = AppointmentView;
    const NAME: &'static str = "DeclineAppointmentOffer";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Appointment", Category::Administrative);
    const ATTEMPTS: u32 = BOOKING_ATTEMPTS_MAX;

    async fn load(&self, house: &House, context: &Context) -> Result<Loaded, Refusal> {
        load(house, context, &self.id).await
    }

    fn target(&self, loaded: &Loaded) -> Target {
        loaded.target.clone()
    }

    fn decide(&self, loaded: &Loaded, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        same_version(&loaded.stored, self.version)?;
        decide::decline(&loaded.stored.visit, facts.now)
    }

    fn save(
        &self,
        house: &House,
        loaded: Loaded,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<AppointmentView>, Fault> {
        save(house, loaded, &events, facts, change)
    }
}

impl Command for RetractAppointment {
    type Loaded = Loaded;
    type Event = Event;
    type Answer = AppointmentView;
    const NAME: &'static str = "RetractAppointment";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Appointment", Category::Administrative);
    const ATTEMPTS: u32 = BOOKING_ATTEMPTS_MAX;

    async fn load(&self, house: &House, context: &Context) -> Result<Loaded, Refusal> {
        load(house, context, &self.id).await
    }

    fn target(&self, loaded: &Loaded) -> Target {
        loaded.target.clone()
    }

    fn decide(&self, loaded: &Loaded, _: &Facts) -> Result<Vec<Event>, Rejection> {
        same_version(&loaded.stored, self.version)?;
        decide::retract(&loaded.stored.visit, self.reason.reveal())
    }

    fn save(
        &self,
        house: &House,
        mut loaded: Loaded,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<AppointmentView>, Fault> {
        fhir::set_retraction(&mut loaded.stored.resource, &self.reason);
        save(house, loaded, &events, facts, change)
    }
}
