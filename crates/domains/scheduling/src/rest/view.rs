//! Scheduling as the API shows it.

use super::board::BoardEntry;
use crate::decide::{self, Choice};
use crate::fhir;
use crate::model::{Priority, ServiceRules, Step, Timetable, Wishes};
use galen_fhir::Resource;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An appointment.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppointmentView {
    /// Its id.
    pub id: String,
    /// Its version: send it with what you do to it.
    pub version: u64,
    /// FHIR's status.
    pub status: String,
    /// When it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// The patient (id).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<String>,
    /// The HealthcareService (id).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Schedules (ids) that it takes.
    pub schedules: Vec<String>,
    /// When the times are not kept any more, unless it is booked before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_until: Option<String>,
    /// When the patient came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<String>,
    /// Whether the patient asked for it and staff must answer.
    #[serde(default)]
    pub is_request: bool,
    /// What can be done with it now.
    pub steps: Vec<Step>,
    /// Why the patient comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// IANA name of the zone that its times are told in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The series that it is one of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// Whether it is a time that somebody on the waiting list was offered and has not answered.
    #[serde(default)]
    pub is_offer: bool,
    /// What is wished, of who waits for a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wishes: Option<WishesView>,
}

/// What somebody who waits would take.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WishesView {
    /// Since when they wait.
    pub since: String,
    /// How much it matters.
    pub priority: Priority,
    /// The first local day that suits; there is none where another system wrote none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// The last local day that suits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// `mon` to `sun`; any, if there are none.
    pub days: Vec<String>,
    /// Local time from which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Local time until which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Schedules (ids) of whom they would like to see; anybody, if there are none.
    pub schedules: Vec<String>,
    /// The clinic (a Location's id) where they would like to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clinic: Option<String>,
    /// How long before its beginning they must know of a time.
    pub notice_minutes: i64,
    /// The appointment (id) that an earlier time would take the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// How many times they were offered.
    pub offers: usize,
    /// Whether times that become free are offered to them; if not, by hand only.
    pub is_offered_more: bool,
}

impl From<&Wishes> for WishesView {
    fn from(wishes: &Wishes) -> Self {
        let time = |time: jiff::civil::Time| format!("{:02}:{:02}", time.hour(), time.minute());
        let date = |date: Date, unbounded: Date| (date != unbounded).then(|| date.to_string());
        let code = |day| fhir::DAYS.iter().find(|(_, own)| own == day).map(|(code, _)| (*code).to_owned());
        Self {
            since: wishes.since.to_string(),
            priority: wishes.priority,
            first: date(wishes.first, Date::MIN),
            last: date(wishes.last, Date::MAX),
            days: wishes.days.iter().filter_map(code).collect(),
            from: wishes.hours.map(|(from, _)| time(from)),
            to: wishes.hours.map(|(_, to)| time(to)),
            schedules: wishes.schedules.clone(),
            clinic: wishes.clinic.clone(),
            notice_minutes: wishes.notice_minutes,
            replaces: wishes.replaces.as_ref().map(|(id, _)| id.clone()),
            offers: wishes.offered.len(),
            is_offered_more: decide::is_offered_more(wishes),
        }
    }
}

impl AppointmentView {
    /// Of a resource.
    pub fn new(resource: &Resource, version: u64) -> Self {
        let visit = fhir::visit(resource);
        Self {
            version,
            status: visit.status.code().to_owned(),
            is_offer: visit.is_offer(),
            start: visit.span.map(|span| span.start().to_string()),
            end: visit.span.map(|span| span.end().to_string()),
            patient: visit.patient.map(|patient| patient.to_string()),
            service: visit.service,
            schedules: visit.schedules,
            held_until: visit.until.map(|until| until.to_string()),
            arrived_at: visit.arrived.map(|at| at.to_string()),
            is_request: visit.is_request,
            steps: visit.status.steps().collect(),
            description: resource.json().str("description").map(str::to_owned),
            series: fhir::series(resource).map(str::to_owned),
            zone: fhir::zone(resource).map(str::to_owned),
            wishes: visit.wishes.as_ref().map(WishesView::from),
            id: visit.id,
        }
    }
}

/// Who waits for a time.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitingPage {
    /// In the order in which they are offered a time; those with an open offer first.
    pub entries: Vec<BoardEntry>,
    /// Whether there are more than are looked at.
    pub has_more: bool,
}

/// A page of appointments.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppointmentPage {
    /// The appointments, by their beginning.
    pub appointments: Vec<AppointmentView>,
    /// Token of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A time that can be booked.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChoiceView {
    /// When it begins.
    pub start: String,
    /// When it ends.
    pub end: String,
    /// Schedules (ids) to book.
    pub schedules: Vec<String>,
}

impl From<&Choice> for ChoiceView {
    fn from(choice: &Choice) -> Self {
        Self {
            start: choice.span.start().to_string(),
            end: choice.span.end().to_string(),
            schedules: choice.schedules.clone(),
        }
    }
}

/// Times that can be booked.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Choices {
    /// In order.
    pub choices: Vec<ChoiceView>,
    /// IANA name of the zone of the first of the schedules that were looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Whether there are more than were asked for.
    pub has_more: bool,
}

/// Something to make appointments for.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How long an appointment is.
    pub minutes: i64,
    /// What patients may do by themselves.
    pub portal: crate::model::Portal,
    /// How long before an appointment patients may still book, move or cancel it.
    pub notice_minutes: i64,
    /// What to do before coming.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preparation: Option<String>,
}

impl From<&ServiceRules> for ServiceView {
    fn from(rules: &ServiceRules) -> Self {
        Self {
            id: rules.id.clone(),
            name: rules.name.clone(),
            minutes: rules.minutes,
            portal: rules.portal,
            notice_minutes: rules.notice_minutes,
            preparation: rules.preparation.clone(),
        }
    }
}

/// A page of services.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServicePage {
    /// The services, by name.
    pub services: Vec<ServiceView>,
    /// Token of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A Schedule.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleView {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u64,
    /// Who or what it is of.
    pub actor: String,
    /// IANA name of the zone of its local times.
    pub zone: String,
    /// How many appointments at the same time.
    pub capacity: u32,
    /// Whether it can be booked.
    pub active: bool,
}

impl ScheduleView {
    /// Of a timetable.
    pub fn new(timetable: &Timetable, version: u64) -> Self {
        Self {
            id: timetable.id.clone(),
            version,
            actor: timetable.actor.clone(),
            zone: timetable.zone.name().to_owned(),
            capacity: timetable.capacity,
            active: timetable.active,
        }
    }
}

/// An exception of a Schedule.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionView {
    /// The Slot (id) that it is.
    pub slot: String,
    /// Appointments (ids) that lie in it: somebody must move them.
    pub appointments: Vec<String>,
}
