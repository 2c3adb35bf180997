//! The words of scheduling: spans of time, statuses, services, timetables, diaries, appointments.

mod appointment;
mod diary;
mod queue;
mod series;
mod service;
mod span;
mod status;
mod timetable;
mod wishes;

pub use appointment::{Actor, Visit};
pub use diary::{Diary, ENTRIES_MAX, Entry, What};
pub use queue::{Queue, TICKETS_MAX, Ticket, Waiting};
pub use series::{EVERY_MAX, Ends, OCCURRENCES_MAX, Plan, State, Unit};
pub use service::{Portal, ServiceRules};
pub use span::{GRANULE_MINUTES, SPAN_MINUTES_MAX, Span, utc_day};
pub use status::{CancellationReason, Status, Step};
pub use timetable::{Session, Timetable, Zone};
pub use wishes::{Priority, Wishes};
