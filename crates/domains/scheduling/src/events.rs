//! What happened to an appointment.

use crate::model::{CancellationReason, Span, Status, Visit};
use galen_kernel::Instant;

/// A fact of scheduling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It was given times: held, booked or moved.
    Placed {
        /// What it is now.
        status: Status,
        /// When.
        span: Span,
        /// Which Schedules (ids) it takes.
        schedules: Vec<String>,
        /// When a hold lapses.
        until: Option<Instant>,
        /// Whether staff must approve it.
        is_request: bool,
    },
    /// Its state changed, its times did not.
    Stepped {
        /// What it is now.
        status: Status,
        /// Why it was called off.
        reason: Option<CancellationReason>,
        /// When the patient came, if this is that.
        arrived: Option<Instant>,
    },
}

/// The appointment after an event.
pub fn evolve(visit: &mut Visit, event: &Event) {
    match event {
        Event::Placed { status, span, schedules, until, is_request } => {
            let is_news = visit.status.occupies() && visit.span != Some(*span);
            visit.sequence += u32::from(is_news);
            (visit.status, visit.span, visit.until) = (*status, Some(*span), *until);
            visit.schedules.clone_from(schedules);
            visit.is_request = *is_request;
        }
        Event::Stepped { status, arrived, .. } => {
            visit.arrived = arrived.or(visit.arrived);
            visit.sequence += u32::from(*status == Status::Cancelled);
            (visit.status, visit.until) = (*status, None);
        }
    }
}
