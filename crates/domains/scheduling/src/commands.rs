//! What one may ask of scheduling.

use crate::decide::TicketStep;
use crate::model::{CancellationReason, Portal, Priority, Step, Unit};
use galen_kernel::{Instant, Phi};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An amount of money in the currency's smallest unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Price {
    /// Pence, cents.
    pub minor_units: i64,
    /// ISO 4217: `GBP`.
    pub currency: String,
}

/// Currencies whose smallest unit is not a hundredth.
const MINOR_DIGITS: [(&str, u32); 6] =
    [("JPY", 0), ("KRW", 0), ("CLP", 0), ("BHD", 3), ("KWD", 3), ("JOD", 3)];

impl Price {
    /// As FHIR's Money writes it: `12.50`.
    pub fn decimal(&self) -> String {
        let digits = MINOR_DIGITS.iter().find(|(code, _)| *code == self.currency).map_or(2, |(_, n)| *n);
        let unit = 10_i64.pow(digits);
        if digits == 0 {
            return self.minor_units.to_string();
        }
        let sign = if self.minor_units < 0 { "-" } else { "" };
        let (whole, part) = (self.minor_units.abs() / unit, self.minor_units.abs() % unit);
        let width = usize::try_from(digits).unwrap_or(2);
        format!("{sign}{whole}.{part:0width$}")
    }
}

/// Adds something to make appointments for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddService {
    /// Its name.
    pub name: String,
    /// How long an appointment is.
    pub minutes: i64,
    /// What patients may do by themselves.
    #[serde(default)]
    pub portal: Portal,
    /// How long before an appointment patients may still book, move or cancel it.
    #[serde(default)]
    pub notice_minutes: i64,
    /// What to do before coming.
    #[serde(default)]
    pub preparation: Option<String>,
    /// What it costs.
    #[serde(default)]
    pub price: Option<Price>,
}

/// A part of each week.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionOfWeek {
    /// `mon` to `sun`.
    pub days: Vec<String>,
    /// Local time: `09:00`.
    pub start: String,
    /// Local time; of the next day, if it is not after `start`.
    pub end: String,
    /// HealthcareServices (ids); any, if there are none.
    #[serde(default)]
    pub services: Vec<String>,
}

/// What a timetable says.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimetableForm {
    /// Who or what: `Practitioner/7`, `Location/12`, `Device/3`.
    pub actor: String,
    /// The clinic (id of a Location) whose board and queue it belongs to.
    #[serde(default)]
    pub clinic: Option<String>,
    /// IANA name: `Europe/London`.
    pub zone: String,
    /// How many appointments at the same time.
    #[serde(default = "one")]
    pub capacity: u32,
    /// Whether it can be booked.
    #[serde(default = "yes")]
    pub active: bool,
    /// Each week.
    pub sessions: Vec<SessionOfWeek>,
    /// First day.
    #[serde(default)]
    pub from: Option<String>,
    /// Last day.
    #[serde(default)]
    pub until: Option<String>,
    /// Local days on which it is closed: public holidays.
    #[serde(default)]
    pub closed: Vec<String>,
}

const fn one() -> u32 {
    1
}

const fn yes() -> bool {
    true
}

/// Adds a Schedule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct AddSchedule(pub TimetableForm);

/// Replaces what a Schedule says. Appointments that it no longer has room for stay; the answer names them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AmendSchedule {
    /// The Schedule, from the address.
    #[serde(skip)]
    pub id: String,
    /// The version that the caller saw.
    pub version: u64,
    /// What it says from now on.
    pub timetable: TimetableForm,
}

/// Closes (or opens) a Schedule for a while, whatever its timetable says.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddException {
    /// The Schedule, from the address.
    #[serde(skip)]
    pub schedule: String,
    /// From when.
    #[schemars(with = "String")]
    pub start: Instant,
    /// Until when.
    #[schemars(with = "String")]
    pub end: Instant,
    /// Whether it is open then (an extra session) rather than closed (leave).
    #[serde(default)]
    pub open: bool,
    /// A note for staff.
    #[serde(default)]
    pub comment: Option<String>,
}

/// Takes an exception back.
#[derive(Debug, Clone)]
pub struct RemoveException {
    /// The Schedule.
    pub schedule: String,
    /// The Slot that the exception is.
    pub slot: String,
}

/// A time, the Schedules that it takes, and whose it is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAppointment {
    /// The patient (id).
    pub patient: String,
    /// The HealthcareService (id).
    pub service: String,
    /// When it begins; how long it takes is the service's.
    #[schemars(with = "String")]
    pub start: Instant,
    /// Schedules (ids): of the practitioner, the room, the device.
    pub schedules: Vec<String>,
    /// Why the patient comes, in a few words.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub description: Option<Phi<String>>,
    /// Whether to squeeze it in although the time is taken or closed; needs the right.
    #[serde(default)]
    pub overbook: bool,
    /// The series that it is one of.
    #[serde(skip)]
    pub series: Option<String>,
}

/// Keeps times for ten minutes (`HOLD`), or books at once.
#[derive(Debug, Clone)]
pub struct PlaceAppointment<const HOLD: bool>(pub NewAppointment);

/// Books what is held, or approves what was asked for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfirmAppointment {
    /// The appointment, from the address.
    #[serde(skip)]
    pub id: String,
    /// The version that the caller saw.
    pub version: u64,
}

/// Moves a booked appointment: the new times are taken and the old ones freed in one commit.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RescheduleAppointment {
    /// The appointment, from the address.
    #[serde(skip)]
    pub id: String,
    /// The version that the caller saw.
    pub version: u64,
    /// When it begins from now on.
    #[schemars(with = "String")]
    pub start: Instant,
    /// Schedules (ids); those that it has, if none are given.
    #[serde(default)]
    pub schedules: Vec<String>,
    /// As in booking.
    #[serde(default)]
    pub overbook: bool,
}

/// Calls an appointment off.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancelAppointment {
    /// The appointment, from the address.
    #[serde(skip)]
    pub id: String,
    /// The version that the caller saw.
    pub version: u64,
    /// Why.
    pub reason: CancellationReason,
}

/// Says that an appointment should never have been written: of another patient, or made by mistake.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RetractAppointment {
    /// The appointment, from the address.
    #[serde(skip)]
    pub id: String,
    /// The version that the caller saw.
    pub version: u64,
    /// Why, in a few words.
    #[schemars(with = "String")]
    pub reason: Phi<String>,
}

/// Says that the patient arrived, is checked in, was seen, did not come.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordAttendance {
    /// The appointment, from the address.
    #[serde(skip)]
    pub id: String,
    /// The version that the caller saw.
    pub version: u64,
    /// `arrive`, `check-in`, `fulfil` or `miss`.
    pub step: Step,
}

/// Gives the next token of a clinic's day to a walk-in, or to somebody whose appointment it is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IssueTicket {
    /// The clinic, from the address.
    #[serde(skip)]
    pub clinic: String,
    /// The patient (id) who walks in.
    #[serde(default)]
    pub patient: Option<String>,
    /// The appointment (id) of who has one, instead.
    #[serde(default)]
    pub appointment: Option<String>,
    /// What a walk-in comes for (a HealthcareService).
    #[serde(default)]
    pub service: Option<String>,
    /// Whether they go first.
    #[serde(default)]
    pub priority: bool,
}

/// Calls whoever is next to a room.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CallNext {
    /// The clinic, from the address.
    #[serde(skip)]
    pub clinic: String,
    /// The Schedule (id) of the room.
    pub room: String,
}

/// Calls a token again, skips it, or says that its holder went in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StepTicket {
    /// The clinic, from the address.
    #[serde(skip)]
    pub clinic: String,
    /// The token's number, from the address.
    #[serde(skip)]
    pub number: u32,
    /// What is done.
    pub step: TicketStep,
}

/// What somebody who waits would take.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WishesForm {
    /// The first local day that suits: `2026-11-27`.
    #[schemars(extend("format" = "date"))]
    pub first: String,
    /// The last local day that suits.
    #[schemars(extend("format" = "date"))]
    pub last: String,
    /// `mon` to `sun`; any, if there are none.
    #[serde(default)]
    pub days: Vec<String>,
    /// Local time from which: `09:00`.
    #[serde(default)]
    pub from: Option<String>,
    /// Local time until which.
    #[serde(default)]
    pub to: Option<String>,
    /// Schedules (ids) of whom they would like to see; anybody, if there are none.
    #[serde(default)]
    pub schedules: Vec<String>,
    /// The clinic (a Location's id) where they would like to come.
    #[serde(default)]
    pub clinic: Option<String>,
    /// How long before its beginning they must know of a time.
    #[serde(default)]
    pub notice_minutes: i64,
    /// How much it matters; for staff to say.
    #[serde(default)]
    pub priority: Priority,
    /// The appointment (id) that an earlier time would take the place of.
    #[serde(default)]
    pub replaces: Option<String>,
}

/// Puts a patient on the waiting list.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JoinWaitingList {
    /// The patient (id).
    pub patient: String,
    /// The HealthcareService (id).
    pub service: String,
    /// What they would take.
    pub wishes: WishesForm,
    /// Why the patient comes, in a few words.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub description: Option<Phi<String>>,
}

/// Offers a time to somebody who waits, by hand: it is kept for them until they answer or the offer lapses.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OfferAppointment {
    /// The appointment, from the address.
    #[serde(skip)]
    pub id: String,
    /// The version that the caller saw.
    pub version: u64,
    /// When it begins.
    #[schemars(with = "String")]
    pub start: Instant,
    /// Schedules (ids).
    pub schedules: Vec<String>,
}

/// Turns an offer down: whoever was offered it waits on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeclineOffer {
    /// The appointment, from the address.
    #[serde(skip)]
    pub id: String,
    /// The version that the caller saw.
    pub version: u64,
}

/// When the appointments of a series are, in the clinic's time.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanForm {
    /// The first local day: `2026-11-27`.
    #[schemars(extend("format" = "date"))]
    pub first: String,
    /// The local time of each: `09:00`.
    pub time: String,
    /// Every so many days or weeks.
    #[serde(default = "one")]
    pub every: u32,
    /// Days or weeks.
    pub unit: Unit,
    /// On which days of a week (`mon` to `sun`); the first day's, if there are none.
    #[serde(default)]
    pub days: Vec<String>,
    /// How many; or `until`.
    #[serde(default)]
    pub count: Option<usize>,
    /// The last local day; or `count`.
    #[serde(default)]
    #[schemars(extend("format" = "date"))]
    pub until: Option<String>,
}

/// Asks what stands in the way of a series.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreviewSeries {
    /// The patient (id).
    pub patient: String,
    /// The HealthcareService (id).
    pub service: String,
    /// Schedules (ids) of each.
    pub schedules: Vec<String>,
    /// When they are.
    pub plan: PlanForm,
}

/// A time of a series, as it was agreed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeriesTime {
    /// When it begins.
    #[schemars(with = "String")]
    pub start: Instant,
    /// Schedules (ids).
    pub schedules: Vec<String>,
}

/// Books a series: each appointment is booked, or the answer says why it is not.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BookSeries {
    /// The patient (id).
    pub patient: String,
    /// The HealthcareService (id).
    pub service: String,
    /// The times that were agreed.
    pub times: Vec<SeriesTime>,
    /// Why the patient comes, in a few words.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub description: Option<Phi<String>>,
    /// The series that these times belong to, if some of it is booked already.
    #[serde(default)]
    pub series: Option<String>,
}

/// Calls off what is left of a series.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancelSeries {
    /// Those that begin then or later; all that are not over, if nothing is said.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub from: Option<Instant>,
    /// Why.
    pub reason: CancellationReason,
}
