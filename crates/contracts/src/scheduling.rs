//! What scheduling tells the others. Who wants the time or the place reads the Appointment, as it is now.

use galen_kernel::{Contract, Instant, PatientId};
use serde::{Deserialize, Serialize};

/// An appointment was booked: a held one confirmed, a request approved, or booked at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AppointmentBookedV1 {
    /// The appointment.
    pub appointment: String,
    /// Whose.
    #[cfg_attr(test, schemars(with = "String"))]
    pub patient: PatientId,
    /// The version that the booking made.
    pub version: u64,
    /// Whether the patient (or a proxy) booked it: staff are told of those.
    pub by_patient: bool,
}

/// A patient asked for a time that staff must approve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AppointmentRequestedV1 {
    /// The appointment.
    pub appointment: String,
    /// Whose.
    #[cfg_attr(test, schemars(with = "String"))]
    pub patient: PatientId,
    /// The version that the request made.
    pub version: u64,
}

/// A booked appointment was moved to other times or other people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AppointmentRescheduledV1 {
    /// The appointment.
    pub appointment: String,
    /// Whose.
    #[cfg_attr(test, schemars(with = "String"))]
    pub patient: PatientId,
    /// The version that the move made.
    pub version: u64,
    /// Whether the patient (or a proxy) moved it.
    pub by_patient: bool,
}

/// An appointment was cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AppointmentCancelledV1 {
    /// The appointment.
    pub appointment: String,
    /// Whose.
    #[cfg_attr(test, schemars(with = "String"))]
    pub patient: PatientId,
    /// The version that the cancellation made.
    pub version: u64,
    /// Whether the patient (or a proxy) cancelled it.
    pub by_patient: bool,
}

/// What is known of a patient's coming changed: arrived, checked in, fulfilled, not come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AppointmentAttendedV1 {
    /// The appointment.
    pub appointment: String,
    /// Whose.
    #[cfg_attr(test, schemars(with = "String"))]
    pub patient: PatientId,
    /// The version that the change made.
    pub version: u64,
    /// FHIR's status now: `arrived`, `checked-in`, `fulfilled` or `noshow`.
    pub status: String,
}

/// What is open for booking changed: a timetable, an absence, a holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScheduleChangedV1 {
    /// The Schedule.
    pub schedule: String,
}

/// Somebody on the waiting list is offered a time, which is kept for them for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AppointmentOfferedV1 {
    /// The appointment.
    pub appointment: String,
    /// Whose.
    #[cfg_attr(test, schemars(with = "String"))]
    pub patient: PatientId,
    /// The version that the offer made.
    pub version: u64,
}

/// Somebody is not on the waiting list any more, and has no appointment from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WaitingEndedV1 {
    /// The appointment that they waited for.
    pub appointment: String,
    /// Whose.
    #[cfg_attr(test, schemars(with = "String"))]
    pub patient: PatientId,
    /// The version that the end made.
    pub version: u64,
    /// Whether the patient (or a proxy) ended it.
    pub by_patient: bool,
}

/// A time became free: an appointment, a hold or an offer ended, leave was taken back, a session was added. Nobody's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TimeFreedV1 {
    /// The Schedules that are free together.
    pub schedules: Vec<String>,
    /// From when.
    #[cfg_attr(test, schemars(with = "String"))]
    pub start: Instant,
    /// Until when.
    #[cfg_attr(test, schemars(with = "String"))]
    pub end: Instant,
}

macro_rules! appointment_contracts {
    ($($name:ident),* $(,)?) => {
        $(impl Contract for $name {
            const NAME: &'static str = concat!("scheduling.", stringify!($name));
            fn subject(&self) -> String {
                format!("Appointment/{}", self.appointment)
            }
        })*
    };
}

appointment_contracts!(
    AppointmentBookedV1,
    AppointmentRequestedV1,
    AppointmentRescheduledV1,
    AppointmentCancelledV1,
    AppointmentAttendedV1,
    AppointmentOfferedV1,
    WaitingEndedV1,
);

impl Contract for TimeFreedV1 {
    const NAME: &'static str = "scheduling.TimeFreedV1";
    fn subject(&self) -> String {
        format!("Schedule/{}", self.schedules.first().map_or("", String::as_str))
    }
}

impl Contract for ScheduleChangedV1 {
    const NAME: &'static str = "scheduling.ScheduleChangedV1";
    fn subject(&self) -> String {
        format!("Schedule/{}", self.schedule)
    }
}
