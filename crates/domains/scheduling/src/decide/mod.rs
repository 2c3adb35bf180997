//! The rules of scheduling: pure. REST routes, FHIR's guard and the search for free times ask the same functions.

mod free;
mod placing;
mod queueing;
mod series;
mod stepping;
mod timetabling;
mod waiting;

pub use free::{Choice, Open, find, free, open};
pub use placing::{
    Around, HOLD_MINUTES, HORIZON_DAYS_MAX, OVERBOOKED_MAX, Purpose, SCHEDULES_MAX, ScheduleDay, Wanted,
    place,
};
pub use queueing::{TicketStep, call_next, issue, step};
pub use series::{Occurrence, nearest, occurrences, state};
pub use stepping::{REASON_CHARACTERS_MAX, attend, cancel, expire, retract};
pub use timetabling::{CAPACITY_MAX, SESSIONS_MAX, check_service, check_timetable};
pub use waiting::{
    Joining, NOTICE_DAYS_MAX, OFFER_FROM_HOUR, OFFER_MINUTES, OFFER_MINUTES_MIN, OFFER_UNTIL_HOUR,
    OFFERS_MAX, Record, WISHED_SCHEDULES_MAX, decline, end_waiting, in_order, is_offered_more, is_over,
    is_replaced, join, left_of, offer, offer_until, suits,
};

use galen_kernel::{Rejection, RejectionKind};

fn refuse(code: &'static str, at: &str, message: &str) -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, code, message).at(at)
}

fn clash(code: &'static str, at: &str, message: &str) -> Rejection {
    Rejection::new(RejectionKind::Conflict, code, message).at(at)
}
