//! What happened to an appointment.

use crate::model::{CancellationReason, Queue, Span, Status, Ticket, Visit, Waiting, Wishes};
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
    /// It went on the waiting list.
    Joined(Wishes),
    /// Who waits for it is offered a time, which is kept for them for a while.
    Offered {
        /// When.
        span: Span,
        /// Which Schedules (ids) it takes.
        schedules: Vec<String>,
        /// Until when they may answer.
        until: Instant,
    },
    /// The offer was declined or lapsed: it waits on, and the time is free.
    Returned,
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
            visit.wishes = None;
        }
        Event::Joined(wishes) => {
            (visit.status, visit.wishes) = (Status::Waitlist, Some(wishes.clone()));
        }
        Event::Offered { span, schedules, until } => {
            (visit.status, visit.span, visit.until) = (Status::Pending, Some(*span), Some(*until));
            visit.schedules.clone_from(schedules);
            if let Some(wishes) = &mut visit.wishes {
                wishes.offered.push(span.start());
            }
        }
        Event::Returned => {
            (visit.status, visit.span, visit.until) = (Status::Waitlist, None, None);
            visit.schedules.clear();
        }
        Event::Stepped { status, arrived, .. } => {
            visit.arrived = arrived.or(visit.arrived);
            visit.sequence += u32::from(*status == Status::Cancelled);
            (visit.status, visit.until) = (*status, None);
        }
    }
}

/// A fact of a clinic's queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueEvent {
    /// A token was given.
    Issued(Ticket),
    /// It was called.
    Called {
        /// Its number.
        number: u32,
        /// To which room.
        place: String,
        /// When.
        at: Instant,
    },
    /// Nobody came when it was called.
    Skipped {
        /// Its number.
        number: u32,
    },
    /// Who holds it went in.
    Finished {
        /// Its number.
        number: u32,
    },
}

/// The queue after an event.
pub fn evolve_queue(queue: &mut Queue, event: &QueueEvent) {
    let (number, state) = match event {
        QueueEvent::Issued(ticket) => {
            queue.tickets.push(ticket.clone());
            return;
        }
        QueueEvent::Called { number, .. } => (*number, Waiting::Called),
        QueueEvent::Skipped { number } => (*number, Waiting::Skipped),
        QueueEvent::Finished { number } => (*number, Waiting::Finished),
    };
    let Some(ticket) = queue.tickets.iter_mut().find(|ticket| ticket.number == number) else { return };
    ticket.state = state;
    if let QueueEvent::Called { place, at, .. } = event {
        (ticket.place, ticket.called) = (Some(place.clone()), Some(*at));
    }
}
