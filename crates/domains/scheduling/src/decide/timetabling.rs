//! What a timetable and a service must be.

use super::refuse;
use crate::model::{GRANULE_MINUTES, SPAN_MINUTES_MAX, ServiceRules, Timetable};
use galen_kernel::Rejection;
use jiff::civil::Time;

/// Most sessions of a week.
pub const SESSIONS_MAX: usize = 50;
/// Most appointments at the same time.
pub const CAPACITY_MAX: u32 = 500;
/// Actors that have diaries.
const ACTORS: [&str; 5] =
    ["Practitioner/", "PractitionerRole/", "Location/", "Device/", "HealthcareService/"];

/// Refuses a timetable that nobody could keep.
pub fn check_timetable(timetable: &Timetable) -> Result<(), Rejection> {
    if !ACTORS.iter().any(|kind| timetable.actor.starts_with(kind)) {
        return Err(refuse(
            "actor-invalid",
            "actor",
            "A schedule is of a practitioner, place, device or service",
        ));
    }
    if timetable.sessions.len() > SESSIONS_MAX {
        return Err(refuse("too-many-sessions", "sessions", "A week has 50 sessions at most"));
    }
    if timetable.capacity == 0 || timetable.capacity > CAPACITY_MAX {
        return Err(refuse("capacity-invalid", "capacity", "1 to 500 appointments can be at the same time"));
    }
    if let (Some(from), Some(until)) = (timetable.from, timetable.until)
        && from > until
    {
        return Err(refuse("horizon-invalid", "until", "The schedule would end before it begins"));
    }
    for (place, session) in timetable.sessions.iter().enumerate() {
        if session.days.is_empty() {
            return Err(refuse("session-invalid", &format!("sessions[{place}].days"), "A session has a day"));
        }
        if !is_on_grid(session.start) || !is_on_grid(session.end) {
            let at = format!("sessions[{place}]");
            return Err(refuse("off-grid", &at, "Sessions begin and end on a five-minute mark"));
        }
    }
    Ok(())
}

fn is_on_grid(time: Time) -> bool {
    i64::from(time.minute()) % GRANULE_MINUTES == 0 && time.second() == 0 && time.subsec_nanosecond() == 0
}

/// Refuses a service that nobody could book.
pub fn check_service(service: &ServiceRules) -> Result<(), Rejection> {
    if service.name.trim().is_empty() {
        return Err(refuse("name-required", "name", "A service has a name"));
    }
    let is_whole = service.minutes % GRANULE_MINUTES == 0;
    if !is_whole || service.minutes < GRANULE_MINUTES || service.minutes > SPAN_MINUTES_MAX {
        return Err(refuse(
            "duration-invalid",
            "minutes",
            "An appointment takes 5 minutes to 24 hours, in steps of 5",
        ));
    }
    if service.notice_minutes < 0 {
        return Err(refuse("notice-invalid", "noticeMinutes", "The notice is not negative"));
    }
    Ok(())
}
