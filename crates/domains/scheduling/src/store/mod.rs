//! Scheduling in the store: diaries, the places of the grid, and what is read for a decision.

mod diaries;
mod queue;
mod waiting;

pub use diaries::{Diaries, diaries};
pub use queue::{QueueDay, queue_day};
pub use waiting::{claims, has_offer, is_waiting};

use crate::decide::{Around, OVERBOOKED_MAX, ScheduleDay};
use crate::fhir::{Taken, service_rules, timetable, visit};
use crate::model::{Actor, ServiceRules, Span, Timetable, Visit};
use futures_util::future::try_join;
use galen_fhir::{Json, Resource};
use galen_kernel::{Fault, PatientId, Rejection, RejectionKind};
use galen_records::resource_type;
use galen_service::{House, Refusal};
use galen_store::{Conflict, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// Diaries: one document for each actor and day.
pub const DIARY: Kind = Kind(1121);
/// Queues: one document for each clinic and day.
pub const QUEUE: Kind = Kind(1122);

/// An appointment as stored.
#[derive(Debug, Clone)]
pub struct StoredVisit {
    /// The version that was read.
    pub version: u64,
    /// The resource.
    pub resource: Resource,
    /// What the rules read of it.
    pub visit: Visit,
}

/// An appointment; a refusal when there is none.
pub async fn load(house: &House, id: &str) -> Result<StoredVisit, Refusal> {
    let missing = || Rejection::new(RejectionKind::NotFound, "not-found", "There is no such appointment");
    let Some(found) = house.records.get(resource_type("Appointment")?, id).await? else {
        return Err(missing().into());
    };
    let Some(resource) = found.resource()? else { return Err(missing().into()) };
    let visit = visit(&resource);
    Ok(StoredVisit { version: found.document.version, resource, visit })
}

/// The resources that a decision about an appointment reads.
pub struct Read {
    /// What the rules read of them.
    pub around: Around,
    /// The diaries, to be rewritten.
    pub diaries: Diaries,
    /// The Patient.
    pub patient: Option<Resource>,
}

/// Reads all that a decision needs: at most two reads for each shard.
pub async fn around(
    house: &House,
    patient: Option<&PatientId>,
    service: Option<&str>,
    schedules: &[String],
    spans: &[Span],
    before: &[&Visit],
) -> Result<Read, Refusal> {
    let mut wanted = Vec::new();
    for id in schedules {
        wanted.push((resource_type("Schedule")?, id.clone()));
    }
    if let Some(id) = patient {
        wanted.push((resource_type("Patient")?, id.to_string()));
    }
    if let Some(id) = service {
        wanted.push((resource_type("HealthcareService")?, id.to_owned()));
    }
    let mut actors: BTreeSet<Actor> = schedules.iter().cloned().map(Actor::Schedule).collect();
    actors.extend(patient.cloned().map(Actor::Patient));
    actors.extend(before.iter().flat_map(|visit| visit.actors()));
    let mut spans = spans.to_vec();
    spans.extend(before.iter().filter_map(|visit| visit.span));
    let (found, diaries) = try_join(house.records.get_many(&wanted), diaries(house, &actors, &spans)).await?;
    let mut read = Read {
        around: Around {
            service: None,
            schedules: Vec::new(),
            patient_entries: patient
                .map(|id| diaries.entries(&Actor::Patient(id.clone())))
                .unwrap_or_default(),
            is_deceased: false,
            is_inactive: false,
            by_patient: false,
        },
        diaries,
        patient: None,
    };
    for stored in found {
        if let Some(resource) = stored.resource()? {
            read.take(resource);
        }
    }
    Ok(read)
}

impl Read {
    fn take(&mut self, resource: Resource) {
        match resource.resource_type().name() {
            "Schedule" => {
                if let Some(timetable) = timetable(&resource) {
                    let entries = self.diaries.entries(&Actor::Schedule(timetable.id.clone()));
                    self.around.schedules.push(ScheduleDay { timetable, entries });
                }
            }
            "HealthcareService" => self.around.service = service_rules(&resource),
            _ => {
                let json = resource.json();
                self.around.is_deceased = resource.is_deceased();
                self.around.is_inactive = json.get("active").and_then(Json::as_bool) == Some(false);
                self.patient = Some(resource);
            }
        }
    }

    /// The timetables of these Schedules.
    pub fn timetable(&self, id: &str) -> Option<&Timetable> {
        self.around.schedules.iter().map(|day| &day.timetable).find(|timetable| timetable.id == id)
    }

    /// Who or what the Schedules are of, and where.
    pub fn taken(&self, schedules: &[String]) -> Taken {
        let tables = || schedules.iter().filter_map(|id| self.timetable(id));
        Taken {
            actors: tables().map(|table| table.actor.clone()).collect(),
            zone: tables().next().map(|table| table.zone.name().to_owned()),
        }
    }

    /// The service; a refusal when there is none that can be booked.
    pub fn service(&self) -> Result<&ServiceRules, Rejection> {
        self.around.service.as_ref().ok_or_else(|| {
            Rejection::new(
                RejectionKind::Unprocessable,
                "service-unknown",
                "There is nothing like this to book",
            )
            .at("service")
        })
    }
}

/// How many appointments each Schedule may have at the same time.
pub fn room(schedules: &[ScheduleDay], overbook: bool) -> BTreeMap<&str, u32> {
    let beyond = if overbook { OVERBOOKED_MAX } else { 0 };
    let room = |day: &ScheduleDay| day.timetable.capacity + beyond;
    schedules.iter().map(|day| (day.timetable.id.as_str(), room(day))).collect()
}

/// What one can make appointments for; `None` when there is no such service or it is not one to book.
pub async fn service(house: &House, id: &str) -> Result<Option<ServiceRules>, Fault> {
    let resource = house.records.resource("HealthcareService", id).await?;
    Ok(resource.as_ref().and_then(service_rules))
}

/// What a clash on a place of the grid or of the waiting list means.
pub fn clash(conflict: &Conflict) -> Option<Rejection> {
    if let Some(refused) = waiting::clash(conflict) {
        return Some(refused);
    }
    match conflict {
        Conflict::BelowFloor { .. } => Some(
            Rejection::new(RejectionKind::Conflict, "already-booked", "This time is taken")
                .at("start")
                .next("Look for free times again and choose another"),
        ),
        _ => None,
    }
}
